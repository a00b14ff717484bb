#include "analyse/fleet/fleet_facts.h"

#include "core/array.h"

#include <string.h>

const struct fleet_fact fleet_facts[] = {
        {"processor", "processor", FACT_HARDWARE},
        {"packages", "sockets", FACT_HARDWARE},
        {"cores_allowed", "cores", FACT_HARDWARE},
        {"pus_allowed", "logical CPUs", FACT_HARDWARE},
        {"l3_caches", "L3 caches", FACT_HARDWARE},
        {"numa_nodes", "NUMA nodes", FACT_HARDWARE},
        {"numa_mode", "NUMA mode", FACT_HARDWARE},
        /* Compared by size, not by letter: what kernels keep for themselves differs. */
        {"memory_total_bytes", "memory", FACT_HARDWARE},
        {"architecture", "architecture", FACT_HARDWARE},
        {"hypervisor", "hypervisor", FACT_HARDWARE},
        {"bios_version", "firmware", FACT_FIRMWARE},
        {"microcode", "microcode", FACT_FIRMWARE},
        {"processor_stepping", "stepping", FACT_FIRMWARE},
        {"memory_type", "memory modules", FACT_FIRMWARE},
        {"system_product", "model of server", FACT_FIRMWARE},
        {"threads_per_core", "threads per core", FACT_SETTING},
        {"boost", "boost", FACT_SETTING},
        {"cpufreq_governor", "governor", FACT_SETTING},
        {"cpufreq_driver", "frequency driver", FACT_SETTING},
        {"energy_preference", "energy preference", FACT_SETTING},
        {"frequency_limit_hz", "frequency limit in Hz", FACT_SETTING},
        {"cpu_quota_cpus", "CPU quota", FACT_SETTING},
        {"memory_limit_bytes", "memory limit in bytes", FACT_SETTING},
        {"transparent_hugepages", "transparent huge pages", FACT_SETTING},
        {"numa_balancing", "NUMA balancing", FACT_SETTING},
        {"huge_pages", "huge pages", FACT_SETTING},
        {"mitigations", "mitigations", FACT_SETTING},
        {"clock_source", "clock source", FACT_SETTING},
        {"kernel", "kernel", FACT_SETTING},
        {"kernel_arguments", "kernel arguments", FACT_SETTING},
        {"operating_system", "operating system", FACT_SETTING},
        {"container", "container", FACT_SETTING},
        {"nice", "nice value", FACT_SETTING},
        {"scheduler", "scheduling policy", FACT_SETTING},
        {"limits", "limits", FACT_SETTING},
        {"argument_files", "files of the command", FACT_SETTING},
        /* Of the run, not of the host. */
        {"program_sha256", "program", FACT_SETTING},
        {"plateau_version", "version of plateau", FACT_SETTING},
        {"threads", "threads per task", FACT_SETTING},
        {"counted_modes", "counted modes", FACT_SETTING},
};

const size_t fleet_fact_count = ARRAY_LENGTH(fleet_facts);

const struct fleet_fact *fleet_fact_find(const char *name)
{
	for (size_t i = 0; i < fleet_fact_count; i++)
		if (strcmp(fleet_facts[i].name, name) == 0)
			return &fleet_facts[i];
	return NULL;
}
