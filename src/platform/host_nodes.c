/* Facts about sockets, threads of cores and NUMA nodes of the whole machine, allowed or not: from
 * /sys where that is, else from hwloc's picture; and what the nodes tell of the firmware's
 * setting. */
#include "core/array.h"
#include "core/str.h"
#include "formats/cpulist.h"
#include "platform/host_read.h"
#include "platform/numa_mode.h"

#include "core/error.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_PACKAGES = 64, MOST_NODES = 1024 };

static const char *const node_folder = "/sys/devices/system/node";
static const char *const cpu_folder = "/sys/devices/system/cpu";

/* What was counted. */
struct machine {
	size_t packages;
	size_t cores;
	size_t nodes; /* with CPUs and memory */
	size_t l3_caches;
	size_t threads; /* PUs of the core that has most, 0: not known */
	bool is_even;
	bool is_partial;
};

/* One list of PUs of /sys as a set; false when it is not there or no list. An empty one is a set
 * without any. */
static bool read_list(const struct host_reader *reader, struct cpuset *ret_set, const char *path)
{
	struct error ignored;
	uint32_t *list = NULL;
	size_t count = 0;
	char *const text = host_read_text(reader, NULL, "%s", path);
	bool is_list = text && !*text;
	*ret_set = (struct cpuset){0};
	if (text && *text && cpulist_parse(text, &list, &count, &ignored) == 0) {
		is_list = true;
		for (size_t i = 0; i < count; i++)
			cpuset_add(ret_set, list[i]);
	}
	free(list);
	free(text);
	return is_list;
}

static bool read_cpu_list(const struct host_reader *reader, unsigned cpu, const char *file,
                          struct cpuset *ret_set)
{
	char path[128];
	snprintf(path, sizeof path, "%s/cpu%u/%s", cpu_folder, cpu, file);
	return read_list(reader, ret_set, path);
}

/* ---- From /sys ---------------------------------------------------------------------------- */

static void count_nodes(const struct host_reader *reader, const struct cpuset *packages,
                        struct machine *machine)
{
	size_t of_package[MOST_PACKAGES] = {0};
	char *names[MOST_NODES];
	const int count = host_list(reader, node_folder, "node", names, MOST_NODES);
	for (int i = 0; i < count; i++) {
		char path[128];
		int64_t package = -1;
		struct cpuset pus;
		snprintf(path, sizeof path, "%s/%s/cpulist", node_folder, names[i]);
		free(names[i]);
		const int first = read_list(reader, &pus, path) ? cpuset_next(&pus, 0) : -1;
		if (first < 0)
			continue;
		machine->nodes++;
		if (host_read_number(reader, &package, "%s/cpu%d/topology/physical_package_id",
		                     cpu_folder, first) &&
		    package >= 0 && package < MOST_PACKAGES)
			of_package[package]++;
	}
	machine->is_even = true;
	const int one = cpuset_next(packages, 0);
	for (int p = one; p >= 0 && machine->nodes >= machine->packages;
	     p = cpuset_next(packages, (uint32_t)p + 1))
		if (p >= MOST_PACKAGES || of_package[p] != of_package[one])
			machine->is_even = false;
}

/* A core is counted by its first PU, and so is an L3 cache. */
static void count_cpu(const struct host_reader *reader, unsigned cpu, struct cpuset *packages,
                      struct machine *machine)
{
	int64_t package;
	struct cpuset set;
	if (host_read_number(reader, &package, "%s/cpu%u/topology/physical_package_id", cpu_folder,
	                     cpu) &&
	    package >= 0 && package < CPUSET_MAX_PUS)
		cpuset_add(packages, (uint32_t)package);
	if (read_cpu_list(reader, cpu, "topology/thread_siblings_list", &set)) {
		const size_t threads = cpuset_count(&set);
		machine->cores += cpuset_next(&set, 0) == (int)cpu;
		machine->threads = threads > machine->threads ? threads : machine->threads;
	}
	if (read_cpu_list(reader, cpu, "cache/index3/shared_cpu_list", &set))
		machine->l3_caches += cpuset_next(&set, 0) == (int)cpu;
}

static bool count_in_sys(const struct host_reader *reader, struct machine *ret_machine)
{
	struct cpuset online;
	struct cpuset packages = {0};
	struct machine machine = {0};
	char path[64];
	snprintf(path, sizeof path, "%s/online", cpu_folder);
	if (!read_list(reader, &online, path))
		return false;
	for (int cpu = cpuset_next(&online, 0); cpu >= 0;
	     cpu = cpuset_next(&online, (uint32_t)cpu + 1))
		count_cpu(reader, (unsigned)cpu, &packages, &machine);
	machine.packages = cpuset_count(&packages);
	if (machine.packages == 0)
		return false;
	count_nodes(reader, &packages, &machine);
	*ret_machine = machine;
	return true;
}

/* ---- From hwloc's picture ----------------------------------------------------------------- */

static void count_in_picture(const struct topology *t, struct machine *machine)
{
	size_t of_package[MOST_PACKAGES] = {0};
	size_t package_count = 0;
	for (size_t n = 0; n < t->node_count; n++) {
		const struct topology_node *const node = &t->nodes[n];
		/* Where nothing told of nodes, hwloc puts one there that has no memory. */
		const int first =
		        node->is_dram && node->memory_bytes > 0 ? cpuset_next(&node->pus, 0) : -1;
		const struct topology_pu *const pu =
		        first < 0 ? NULL : topology_find(t, (uint32_t)first);
		if (!pu)
			continue;
		machine->nodes++;
		if (pu->package < 0 || pu->package >= MOST_PACKAGES)
			continue;
		package_count += of_package[pu->package]++ == 0;
	}
	machine->is_even = true;
	for (size_t p = 1; p < MOST_PACKAGES; p++)
		if (of_package[p] && of_package[p] != of_package[0])
			machine->is_even = false;
	machine->packages = t->package_count;
	machine->cores = t->core_count;
	machine->l3_caches = t->l3_count;
	for (size_t i = 0; i < t->pu_count; i++)
		if (t->pus[i].smt_rank + 1 > machine->threads)
			machine->threads = t->pus[i].smt_rank + 1;
	machine->is_partial = t->machine_pu_count > t->pu_count;
	if (machine->nodes >= machine->packages && package_count < machine->packages)
		machine->is_even = false;
}

/* ---- Facts -------------------------------------------------------------------------------- */

static const char *fact(const struct host_reader *reader, const char *name)
{
	return host_facts_get(reader->facts, name);
}

static bool has_numa_off(const struct host_reader *reader)
{
	char *const line = host_read_text(reader, NULL, "/proc/cmdline");
	const bool is_off = line && strstr(line, "numa=off");
	free(line);
	return is_off;
}

static void add_mode(struct host_reader *reader, const struct machine *machine)
{
	char text[NUMA_MODE_TEXT_BYTES];
	char reason[NUMA_MODE_REASON_BYTES];
	const char *const family = fact(reader, "processor_family");
	const char *const model = fact(reader, "processor_model");
	const struct numa_shape shape = {
	        .vendor = fact(reader, "processor_vendor"),
	        .processor = fact(reader, "processor"),
	        .family = family ? (int)strtol(family, NULL, 0) : -1,
	        .model = model ? (int)strtol(model, NULL, 0) : -1,
	        .packages = machine->packages,
	        .nodes = machine->nodes,
	        .l3_caches = machine->l3_caches,
	        .is_even = machine->is_even,
	        .is_partial = machine->is_partial,
	        .is_virtual = host_is_guest(reader),
	        .is_off = has_numa_off(reader),
	};
	const bool is_told = numa_mode_tell(&shape, text, reason);
	host_add(reader, "numa_mode", is_told ? text : NULL, reason);
}

/* "0: 16777216000, 1: 16777216000": bytes by the number of the node. */
static void add_node_memory(struct host_reader *reader)
{
	cleanup_str struct str text = {0};
	char *names[MOST_NODES];
	int64_t bytes[MOST_NODES];
	const int count = host_list(reader, node_folder, "node", names, MOST_NODES);
	for (int n = 0; n < MOST_NODES; n++)
		bytes[n] = -1;
	for (int i = 0; i < count; i++) {
		char *const info =
		        host_read_text(reader, NULL, "%s/%s/meminfo", node_folder, names[i]);
		const char *const total = info ? strstr(info, "MemTotal:") : NULL;
		char *behind;
		const long n = strtol(names[i] + 4, &behind, 10);
		const long long kib = total ? strtoll(total + 9, NULL, 10) : -1;
		if (behind > names[i] + 4 && n >= 0 && n < MOST_NODES && kib >= 0 &&
		    kib <= INT64_MAX / 1024)
			bytes[n] = (int64_t)kib * 1024;
		free(info);
		free(names[i]);
	}
	for (int n = 0; n < MOST_NODES; n++)
		if (bytes[n] >= 0)
			str_addf(&text, "%s%d: %" PRId64, text.length ? ", " : "", n, bytes[n]);
	const struct topology *const t = reader->node ? node_topology(reader->node) : NULL;
	for (size_t n = 0; t && count < 0 && t->memory_bytes >= 0 && n < t->node_count; n++)
		str_addf(&text, "%s%" PRIu32 ": %" PRId64, text.length ? ", " : "",
		         t->nodes[n].os_index, t->nodes[n].memory_bytes);
	host_add(reader, "numa_memory_bytes", text.length ? str_text(&text) : NULL,
	         "neither the kernel nor hwloc tells the memory of NUMA nodes");
}

/* Cores of the L3 caches, those with allowed PUs: "4", or "3 to 4" where they differ. */
static void add_cores_per_l3(struct host_reader *reader)
{
	const struct topology *const t = reader->node ? node_topology(reader->node) : NULL;
	size_t *const cores = t && t->l3_count ? calloc(t->pu_count, sizeof *cores) : NULL;
	size_t least = SIZE_MAX;
	size_t most = 0;
	char text[64];
	for (size_t i = 0; cores && i < t->pu_count; i++)
		if (t->pus[i].l3 >= 0 && (size_t)t->pus[i].l3 < t->pu_count)
			cores[t->pus[i].l3] += t->pus[i].smt_rank == 0;
	for (size_t l = 0; cores && l < t->pu_count; l++) {
		if (cores[l] == 0)
			continue;
		least = cores[l] < least ? cores[l] : least;
		most = cores[l] > most ? cores[l] : most;
	}
	free(cores);
	snprintf(text, sizeof text, least == most ? "%zu" : "%zu to %zu", least, most);
	host_add(reader, "cores_per_l3", most > 0 ? text : NULL, "the machine shows no L3 cache");
}

void host_probe_nodes(struct host_reader *reader)
{
	struct machine machine = {0};
	if (!count_in_sys(reader, &machine) && reader->node)
		count_in_picture(node_topology(reader->node), &machine);
	const char *const hidden = machine.is_partial
	                                   ? "only a part of the machine is to be seen"
	                                   : "/sys does not show the processors, and hwloc neither";
	const char *const no_l3 = machine.is_partial ? hidden : "the machine shows no L3 cache";
	const char *const no_nodes =
	        machine.is_partial ? hidden : "the machine shows no NUMA nodes";
	const size_t threads = machine.threads;
	if (machine.is_partial)
		machine = (struct machine){.is_partial = true};
	host_add_count(reader, "packages_machine", machine.packages, hidden);
	host_add_count(reader, "cores_machine", machine.cores, hidden);
	host_add_count(reader, "threads_per_core", threads, hidden);
	host_add_count(reader, "l3_caches_machine", machine.l3_caches, no_l3);
	host_add_count(reader, "numa_nodes_machine", machine.nodes, no_nodes);
	add_cores_per_l3(reader);
	add_mode(reader, &machine);
	add_node_memory(reader);
}
