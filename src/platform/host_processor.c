/* Facts about processors: what they are, and what counts on them. */
#include "platform/host_read.h"

#include "core/str.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const cpu_folder = "/sys/devices/system/cpu";

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
	host_add_count(reader, "packages", t->package_count, "the machine shows no packages");
	host_add_count(reader, "numa_nodes", t->node_count, "the machine shows no NUMA nodes");
	host_add_count(reader, "l3_caches", t->l3_count, "the machine shows no L3 cache");
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
	host_add_file(reader, "smt_control", "/sys/devices/system/cpu/smt/control");
	add_pmu(reader);
}
