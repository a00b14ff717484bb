/* Facts about processors: what they are, how fast they may run, and what counts on them. */
#include "platform/host_read.h"

#include "core/str.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAMES_MOST = 4096 };

static const char *const cpu_folder = "/sys/devices/system/cpu";

static void add_count(struct host_reader *reader, const char *name, size_t count,
                      const char *reason)
{
	if (count > 0)
		host_add_number(reader, name, (int64_t)count);
	else
		host_add(reader, name, NULL, reason);
}

static void add_bytes(struct host_reader *reader, const char *name, int64_t bytes)
{
	if (bytes > 0)
		host_add_number(reader, name, bytes);
	else
		host_add(reader, name, NULL, "the machine shows no such cache");
}

static void add_topology(struct host_reader *reader)
{
	const struct topology *const t = node_topology(reader->node);
	const struct node_caches caches = node_caches(reader->node);
	char list[CPUSET_TEXT_BYTES];
	const struct cpuset allowed = topology_allowed(t);
	cpuset_format(&allowed, list, sizeof list);
	host_add_number(reader, "pus_machine", (int64_t)t->machine_pu_count);
	host_add_number(reader, "pus_allowed", (int64_t)t->pu_count);
	host_add(reader, "pus_allowed_list", list, NULL);
	host_add_number(reader, "cores_allowed", (int64_t)t->core_count);
	add_count(reader, "packages", t->package_count, "the machine shows no packages");
	add_count(reader, "numa_nodes", t->node_count, "the machine shows no NUMA nodes");
	add_count(reader, "l3_caches", t->l3_count, "the machine shows no L3 cache");
	add_bytes(reader, "l3_bytes", caches.l3_bytes);
	add_bytes(reader, "l2_bytes", caches.l2_bytes);
	if (caches.l3_sizes_differ)
		host_add(reader, "l3_sizes", "differ; l3_bytes is the largest", NULL);
}

static void add_pmu_model(struct host_reader *reader)
{
	const char *reason = "";
	const char *const model = node_pmu_model(reader->node);
	const bool has_names = node_has_event_names(reader->node, &reason);
	host_add(reader, "microarchitecture", model,
	         has_names ? "libpfm4 does not know this processor, or it has no PMU" : reason);
}

/* Names under which kernels show the PMU of the cores: "cpu" on x86, POWER and others, one per
 * kind of core on hybrid processors, armv8_pmuv3_0 and the like on Arm. */
static bool is_core_pmu(const char *name)
{
	static const char *const begins[] = {"armv", "arm_", "apple_", "cpum_cf", "cpu_"};
	if (strcmp(name, "cpu") == 0)
		return true;
	for (size_t i = 0; i < sizeof begins / sizeof begins[0]; i++)
		if (str_starts_with(name, begins[i]))
			return true;
	return false;
}

static void add_pmu(struct host_reader *reader)
{
	cleanup_str struct str found = {0};
	cleanup_str struct str others = {0};
	char *names[64];
	const int count = host_list(reader, "/sys/bus/event_source/devices", "", names, 64);
	for (int i = 0; i < count; i++) {
		struct str *const list = is_core_pmu(names[i]) ? &found : &others;
		str_addf(list, "%s%s", list->length ? ", " : "", names[i]);
		free(names[i]);
	}
	char reason[HOST_REASON_BYTES];
	if (count < 0)
		snprintf(reason, sizeof reason, "the kernel shows no event sources in /sys");
	else
		snprintf(reason, sizeof reason,
		         "the kernel shows no PMU of the processor (only %.120s); most virtual "
		         "machines have none",
		         str_text(&others));
	host_add(reader, "hardware_pmu", found.length ? str_text(&found) : NULL, reason);
}

void host_probe_processor(struct host_reader *reader)
{
	char value[HOST_LINE_BYTES];
	char reason[HOST_REASON_BYTES] = "";
	char *const info = host_read_text(reader, reason, "/proc/cpuinfo");
	const char *const processor = reader->node ? node_topology(reader->node)->processor : NULL;
	const bool has_name = info && host_find_line(info, "model name\t", value);
	host_add(reader, "processor",
	         processor  ? processor
	         : has_name ? value
	                    : NULL,
	         info ? "neither hwloc nor /proc/cpuinfo names it" : reason);
	if (reader->node) {
		add_pmu_model(reader);
		add_topology(reader);
	}
	const bool has_microcode = info && host_find_line(info, "microcode\t", value);
	host_add(reader, "microcode", has_microcode ? value : NULL,
	         info ? "/proc/cpuinfo does not name it" : reason);
	free(info);
	char *const smt = host_read_text(reader, reason, "%s/smt/active", cpu_folder);
	host_add(reader, "smt", smt ? (strcmp(smt, "1") == 0 ? "on" : "off") : NULL, reason);
	free(smt);
	add_pmu(reader);
}

/* The distinct values of one file over all frequency policies, joined by ", ". */
static void collect(const struct host_reader *reader, char *const policies[], int count,
                    const char *file, struct str *out)
{
	for (int i = 0; i < count; i++) {
		char *const text = host_read_text(reader, NULL, "%s/cpufreq/%s/%s", cpu_folder,
		                                  policies[i], file);
		if (text && !strstr(str_text(out), text))
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

void host_probe_frequency(struct host_reader *reader)
{
	static const struct {
		const char *name;
		const char *file;
	} texts[] = {{"cpufreq_driver", "scaling_driver"},
	             {"cpufreq_governor", "scaling_governor"}},
	  speeds[] = {{"frequency_max_hz", "cpuinfo_max_freq"},
	              {"frequency_limit_hz", "scaling_max_freq"},
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
}
