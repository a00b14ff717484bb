#include "platform/host.h"

#include "core/error.h"
#include "platform/host_read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct host_reader reader_of(const char *sysroot)
{
	return (struct host_reader){.sysroot = sysroot ? sysroot : "", .is_live = !sysroot};
}

static void probe_system(struct host_reader *reader)
{
	char value[HOST_LINE_BYTES];
	char reason[HOST_REASON_BYTES] = "";
	if (reader->is_picture) {
		host_add(reader, "hostname", node_info(reader->node, "HostName"), "not recorded");
		host_add(reader, "kernel", node_info(reader->node, "OSRelease"), "not recorded");
		return;
	}
	host_add_file(reader, "hostname", "/proc/sys/kernel/hostname");
	host_add_file(reader, "kernel", "/proc/sys/kernel/osrelease");
	char *const release = host_read_text(reader, reason, "/etc/os-release");
	const bool has_name = release && host_find_line(release, "PRETTY_NAME", value);
	char *name = value;
	if (has_name && value[0] == '"') {
		name++;
		name[strcspn(name, "\"")] = '\0';
	}
	host_add(reader, "operating_system", has_name ? name : NULL,
	         release ? "/etc/os-release does not name it" : reason);
	free(release);
}

/* The probes, in the order of their facts, and whether each knows something of a picture. */
static const struct {
	void (*run)(struct host_reader *reader);
	bool is_of_pictures;
} probes[] = {
        {probe_system, true},
        {host_probe_processor, true},
        {host_probe_identity, true},
        {host_probe_nodes, true},
        {host_probe_frequency, false},
        {host_probe_memory, false},
        {host_probe_memory_type, false},
        {host_probe_limits, false},
        {host_probe_cgroup, false},
        {host_probe_kernel, false},
        {host_probe_delays, false},
        {host_probe_sensors, false},
        {host_probe_environment, false},
};

static int describe(const struct host_reader *how, struct host_facts *ret_facts)
{
	struct host_facts facts = {0};
	struct host_reader reader = *how;
	reader.facts = &facts;
	for (size_t i = 0; i < sizeof probes / sizeof probes[0]; i++)
		if (!reader.is_picture || probes[i].is_of_pictures)
			probes[i].run(&reader);
	struct error no_xml;
	if (reader.result == 0 && reader.node &&
	    node_export_xml(reader.node, &facts.topology_xml, &no_xml) < 0)
		host_add(&reader, "topology_xml", NULL, no_xml.text);
	if (reader.result < 0) {
		host_facts_release(&facts);
		return reader.result;
	}
	*ret_facts = facts;
	return 0;
}

int host_describe(const struct node *node, const char *sysroot, struct host_facts *ret_facts,
                  struct error *err)
{
	struct host_reader reader = reader_of(sysroot);
	reader.node = node;
	reader.err = err;
	return describe(&reader, ret_facts);
}

int host_describe_picture(const struct node *node, struct host_facts *ret_facts, struct error *err)
{
	struct host_reader reader = {.sysroot = "", .is_picture = true, .node = node, .err = err};
	return describe(&reader, ret_facts);
}

/* A line of /proc/meminfo in bytes; -1 when it is not there. */
static int64_t meminfo_bytes(const char *text, const char *key)
{
	char value[HOST_LINE_BYTES];
	if (!text || !host_find_line(text, key, value))
		return -1;
	const long long kib = strtoll(value, NULL, 10);
	return kib < 0 || kib > INT64_MAX / 1024 ? -1 : (int64_t)kib * 1024;
}

void host_probe_memory(struct host_reader *reader)
{
	static const struct {
		const char *name;
		const char *key;
	} lines[] = {
	        {"memory_total_bytes", "MemTotal"},
	        {"memory_available_bytes", "MemAvailable"},
	        {"swap_total_bytes", "SwapTotal"},
	        {"swap_free_bytes", "SwapFree"},
	};
	char reason[HOST_REASON_BYTES] = "";
	char *const text = host_read_text(reader, reason, "/proc/meminfo");
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		const int64_t bytes = meminfo_bytes(text, lines[i].key);
		if (bytes >= 0)
			host_add_number(reader, lines[i].name, bytes);
		else
			host_add(reader, lines[i].name, NULL,
			         text ? "/proc/meminfo does not say" : reason);
	}
	free(text);
	if (reader->is_live)
		host_add_number(reader, "page_size_bytes", sysconf(_SC_PAGESIZE));
	else
		host_add(reader, "page_size_bytes", NULL, "not recorded");
	host_add_file(reader, "transparent_hugepages",
	              "/sys/kernel/mm/transparent_hugepage/enabled");
}

int64_t host_memory_available(const char *sysroot)
{
	const struct host_reader reader = reader_of(sysroot);
	char *const text = host_read_text(&reader, NULL, "/proc/meminfo");
	const int64_t machine = meminfo_bytes(text, "MemAvailable");
	free(text);
	int64_t left;
	const int64_t limit = host_cgroup_memory(&reader, &left, NULL);
	return limit >= 0 && (machine < 0 || left < machine) ? left : machine;
}

int64_t host_memory_granted(const char *sysroot)
{
	const struct host_reader reader = reader_of(sysroot);
	char *const text = host_read_text(&reader, NULL, "/proc/meminfo");
	const int64_t machine = meminfo_bytes(text, "MemTotal");
	free(text);
	int64_t left;
	char reason[HOST_REASON_BYTES];
	const int64_t limit = host_cgroup_memory(&reader, &left, reason);
	return limit >= 0 && (machine < 0 || limit < machine) ? limit : machine;
}

void host_probe_limits(struct host_reader *reader)
{
	char reason[HOST_REASON_BYTES];
	char text[32];
	const double cpus = host_cgroup_cpus(reader, reason);
	snprintf(text, sizeof text, "%.3g", cpus);
	host_add(reader, "cpu_quota_cpus", cpus > 0 ? text : NULL, reason);
	int64_t left;
	const int64_t limit = host_cgroup_memory(reader, &left, reason);
	if (limit >= 0)
		host_add_number(reader, "memory_limit_bytes", limit);
	else
		host_add(reader, "memory_limit_bytes", NULL, reason);
	host_add_file(reader, "perf_event_paranoid", "/proc/sys/kernel/perf_event_paranoid");
	host_add_file(reader, "clock_source",
	              "/sys/devices/system/clocksource/clocksource0/current_clocksource");
	char *const load = host_read_text(reader, reason, "/proc/loadavg");
	if (load)
		load[strcspn(load, " ")] = '\0';
	host_add(reader, "load_average_1min", load, reason);
	free(load);
}
