/* Facts about how fast the processors may run, and who says so: cpufreq, ACPI's CPPC, the processor
 * itself (CPUID leaf 0x16), /proc/cpuinfo. Nothing here was measured. */
#include "core/array.h"
#include "core/str.h"
#include "platform/host_read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>
#endif

enum { NAMES_MOST = 4096 };

static const char *const cpu_folder = "/sys/devices/system/cpu";

/* Whether one of the values between ", " is text. */
static bool has_value(const char *values, const char *text)
{
	const size_t length = strlen(text);
	for (const char *p = values; *p;) {
		const size_t part = strcspn(p, ",");
		if (part == length && memcmp(p, text, length) == 0)
			return true;
		p += part + strspn(p + part, ", ");
	}
	return false;
}

/* The distinct values of one file over all frequency policies, joined by ", ". */
static void collect(const struct host_reader *reader, char *const policies[], int count,
                    const char *file, struct str *out)
{
	for (int i = 0; i < count; i++) {
		char *const text = host_read_text(reader, NULL, "%s/cpufreq/%s/%s", cpu_folder,
		                                  policies[i], file);
		if (text && *text && !has_value(str_text(out), text))
			str_addf(out, "%s%s", out->length ? ", " : "", text);
		free(text);
	}
}

/* The highest of the values in kHz, in Hz; 0 when there is none. */
static int64_t highest_hz(const struct host_reader *reader, char *const policies[], int count,
                          const char *file)
{
	int64_t highest = 0;
	for (int i = 0; i < count; i++) {
		int64_t khz;
		if (host_read_number(reader, &khz, "%s/cpufreq/%s/%s", cpu_folder, policies[i],
		                     file) &&
		    khz > highest && khz < INT64_MAX / 1000)
			highest = khz;
	}
	return highest * 1000;
}

static void add_boost(struct host_reader *reader, const char *absent)
{
	int64_t value;
	if (host_read_number(reader, &value, "%s/cpufreq/boost", cpu_folder))
		host_add(reader, "boost", value ? "on" : "off", NULL);
	else if (host_read_number(reader, &value, "%s/intel_pstate/no_turbo", cpu_folder))
		host_add(reader, "boost", value ? "off" : "on", NULL);
	else
		host_add(reader, "boost", NULL, absent);
}

/* "active", "passive", "off": how the driver of the maker works where there is one. */
static void add_driver_state(struct host_reader *reader)
{
	static const char *const drivers[] = {"intel_pstate", "amd_pstate"};
	char text[HOST_LINE_BYTES] = "";
	for (size_t i = 0; !text[0] && i < ARRAY_LENGTH(drivers); i++) {
		char *const status =
		        host_read_text(reader, NULL, "%s/%s/status", cpu_folder, drivers[i]);
		if (status && *status)
			snprintf(text, sizeof text, "%s: %s", drivers[i], status);
		free(status);
	}
	host_add(reader, "frequency_driver_state", text[0] ? text : NULL,
	         "neither intel_pstate nor amd_pstate is there");
}

/* The nominal frequency of ACPI's Collaborative Processor Performance Control, and the highest: its
 * performance on a scale on which the nominal one is known (as the kernel's amd_pstate has it:
 * nominal_freq x highest_perf / nominal_perf). Of processor 0. */
static void add_cppc(struct host_reader *reader)
{
	static const char *const absent = "the firmware has no CPPC, or the kernel hides it";
	int64_t mhz = 0;
	int64_t highest = 0;
	int64_t nominal = 0;
	const bool has_nominal =
	        host_read_number(reader, &mhz, "%s/cpu0/acpi_cppc/nominal_freq", cpu_folder) &&
	        mhz > 0 && mhz < 1000000;
	if (has_nominal)
		host_add_number(reader, "frequency_cppc_nominal_hz", mhz * 1000000);
	else
		host_add(reader, "frequency_cppc_nominal_hz", NULL, absent);
	if (has_nominal &&
	    host_read_number(reader, &highest, "%s/cpu0/acpi_cppc/highest_perf", cpu_folder) &&
	    host_read_number(reader, &nominal, "%s/cpu0/acpi_cppc/nominal_perf", cpu_folder) &&
	    nominal > 0 && highest >= nominal && highest < 100000)
		host_add_number(reader, "frequency_cppc_highest_hz",
		                mhz * 1000000 / nominal * highest);
	else
		host_add(reader, "frequency_cppc_highest_hz", NULL, absent);
}

/* Leaf 0x16 of CPUID: base and highest frequency in MHz as the maker states them (Intel SDM, vol.
 * 2A); 0 where a processor or a hypervisor leaves them out. */
static void add_cpuid(struct host_reader *reader)
{
	unsigned base_mhz = 0;
	unsigned most_mhz = 0;
	const char *reason = "not recorded";
#if defined(__x86_64__) || defined(__i386__)
	unsigned bus;
	unsigned reserved;
	if (reader->is_live) {
		if (!__get_cpuid(0x16, &base_mhz, &most_mhz, &bus, &reserved))
			base_mhz = most_mhz = 0;
		reason = "the processor has no CPUID leaf 0x16, or a hypervisor leaves it empty";
	}
#else
	if (reader->is_live)
		reason = "only x86 processors have such an instruction";
#endif
	base_mhz &= 0xffff;
	most_mhz &= 0xffff;
	if (base_mhz)
		host_add_number(reader, "frequency_cpuid_base_hz", base_mhz * INT64_C(1000000));
	else
		host_add(reader, "frequency_cpuid_base_hz", NULL, reason);
	if (most_mhz)
		host_add_number(reader, "frequency_cpuid_max_hz", most_mhz * INT64_C(1000000));
	else
		host_add(reader, "frequency_cpuid_max_hz", NULL, reason);
}

/* What /proc/cpuinfo calls the frequency: of the first processor, as the kernel says; on a virtual
 * machine often the nominal one of another time. */
static void add_cpuinfo(struct host_reader *reader)
{
	char value[HOST_LINE_BYTES];
	char reason[HOST_REASON_BYTES] = "";
	char *const info = host_read_text(reader, reason, "/proc/cpuinfo");
	const double mhz =
	        info && host_find_line(info, "cpu MHz\t\t", value) ? strtod(value, NULL) : 0;
	if (mhz > 0 && mhz < 1e6)
		host_add_number(reader, "frequency_cpuinfo_hz", (int64_t)(mhz * 1e6 + 0.5));
	else
		host_add(reader, "frequency_cpuinfo_hz", NULL,
		         info ? "/proc/cpuinfo does not say" : reason);
	free(info);
}

void host_probe_frequency(struct host_reader *reader)
{
	static const struct {
		const char *name;
		const char *file;
	} texts[] = {{"cpufreq_driver", "scaling_driver"},
	             {"cpufreq_governor", "scaling_governor"},
	             {"energy_preference", "energy_performance_preference"}},
	  speeds[] = {{"frequency_max_hz", "cpuinfo_max_freq"},
	              {"frequency_limit_hz", "scaling_max_freq"},
	              {"frequency_min_hz", "cpuinfo_min_freq"},
	              {"frequency_base_hz", "base_frequency"}};
	static const char *const absent =
	        "the kernel has no cpufreq driver for this processor, as in most virtual machines";
	static const char *const no_file = "the cpufreq driver does not say";
	char **const policies = calloc(NAMES_MOST, sizeof *policies);
	char path[128];
	snprintf(path, sizeof path, "%s/cpufreq", cpu_folder);
	const int count = policies ? host_list(reader, path, "policy", policies, NAMES_MOST) : -1;
	const char *const reason = count > 0 ? no_file : absent;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		cleanup_str struct str text = {0};
		collect(reader, policies, count, texts[i].file, &text);
		host_add(reader, texts[i].name, text.length ? str_text(&text) : NULL, reason);
	}
	for (size_t i = 0; i < sizeof speeds / sizeof speeds[0]; i++) {
		const int64_t hz = highest_hz(reader, policies, count, speeds[i].file);
		if (hz > 0)
			host_add_number(reader, speeds[i].name, hz);
		else
			host_add(reader, speeds[i].name, NULL, reason);
	}
	add_boost(reader, reason);
	for (int i = 0; i < count; i++)
		free(policies[i]);
	free(policies);
	add_driver_state(reader);
	add_cppc(reader);
	add_cpuid(reader);
	add_cpuinfo(reader);
}
