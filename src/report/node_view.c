#include "report/node_view.h"

bool node_remarks_refuse(const struct node_remarks *remarks)
{
	for (size_t i = 0; i < remarks->count; i++)
		if (remarks->items[i].is_refusal)
			return true;
	return false;
}

const struct node_frequency_limit node_frequency_limits[] = {
        {"frequency_max_hz", "highest", "cpufreq/cpuinfo_max_freq"},
        {"frequency_limit_hz", "highest as set now", "cpufreq/scaling_max_freq"},
        {"frequency_base_hz", "base", "cpufreq/base_frequency"},
        {"frequency_min_hz", "lowest", "cpufreq/cpuinfo_min_freq"},
        {"frequency_cppc_highest_hz", "highest", "acpi_cppc/highest_perf"},
        {"frequency_cppc_nominal_hz", "nominal", "acpi_cppc/nominal_freq"},
        {"frequency_cpuid_max_hz", "highest", "CPUID leaf 0x16"},
        {"frequency_cpuid_base_hz", "base", "CPUID leaf 0x16"},
        {"frequency_cpuinfo_hz", "as the kernel says", "/proc/cpuinfo"},
        {NULL, NULL, NULL},
};
