/* Memory of the node over time: what is available, what waits to be written, and what is free on
 * every NUMA node. */
#include "core/array.h"
#include "core/error.h"
#include "platform/host_read.h"
#include "platform/sensor_kinds.h"
#include "platform/small_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIGURE_AVAILABLE, FIGURE_DIRTY, FIGURE_NUMA, FIGURES, MOST_NODES = 1024, TEXT_BYTES = 4096 };

struct memory {
	const char *sysroot;
	int32_t nodes[MOST_NODES];
	size_t node_count;
};

/* The number behind "KEY:", kB there, as bytes; -1: it is not there. */
static double bytes_of(const char *text, const char *key)
{
	char value[HOST_LINE_BYTES];
	if (!host_find_line(text, key, value))
		return -1;
	char *end = value;
	const long long kib = strtoll(value, &end, 10);
	return end == value || kib < 0 ? -1 : (double)kib * 1024;
}

/* "Node 3 MemFree:     123456 kB". */
static double numa_free(const struct memory *m, int32_t node)
{
	char text[TEXT_BYTES];
	small_file_text(m->sysroot, text, sizeof text, "/sys/devices/system/node/node%d/meminfo",
	                node);
	const char *const at = strstr(text, "MemFree:");
	return at ? bytes_of(at, "MemFree") : -1;
}

static int open_memory(const struct sensor_settings *settings, struct sensor *sensor,
                       struct error *err)
{
	const struct host_reader reader = {.sysroot = settings->sysroot ? settings->sysroot : ""};
	char text[TEXT_BYTES];
	small_file_text(settings->sysroot, text, sizeof text, "/proc/meminfo");
	if (bytes_of(text, "MemAvailable") < 0)
		return sensor_absent(sensor, "/proc/meminfo does not tell what is available");
	struct memory *const m = calloc(1, sizeof *m);
	char **const names = calloc(MOST_NODES, sizeof *names);
	if (!m || !names) {
		free(m);
		free(names);
		return error_memory(err);
	}
	m->sysroot = settings->sysroot;
	const int found = host_list(&reader, "/sys/devices/system/node", "node", names, MOST_NODES);
	for (int i = 0; i < found; i++) {
		m->nodes[m->node_count] = atoi(names[i] + strlen("node"));
		m->node_count += numa_free(m, m->nodes[m->node_count]) >= 0;
		free(names[i]);
	}
	free(names);
	snprintf(sensor->source, sizeof sensor->source, "/proc/meminfo, and of %zu NUMA %s",
	         m->node_count, m->node_count == 1 ? "node" : "nodes");
	sensor->self = m;
	sensor->is_available = true;
	sensor->most_readings = FIGURE_NUMA + m->node_count;
	return 0;
}

static size_t add(struct sensor_reading *readings, size_t count, size_t most, uint32_t figure,
                  int32_t place, double bytes)
{
	if (count == most || bytes < 0)
		return count;
	readings[count] = (struct sensor_reading){.figure = figure, .place = place, .value = bytes};
	return count + 1;
}

static size_t read_memory(void *self, int64_t now_ns, struct sensor_reading *readings, size_t most)
{
	const struct memory *const m = self;
	char text[TEXT_BYTES];
	size_t count = 0;
	(void)now_ns;
	small_file_text(m->sysroot, text, sizeof text, "/proc/meminfo");
	const double dirty = bytes_of(text, "Dirty");
	const double writeback = bytes_of(text, "Writeback");
	count = add(readings, count, most, FIGURE_AVAILABLE, -1, bytes_of(text, "MemAvailable"));
	count = add(readings, count, most, FIGURE_DIRTY, -1,
	            dirty < 0 || writeback < 0 ? -1 : dirty + writeback);
	/* Of a single node it is what is said above, but for the caches. */
	for (size_t i = 0; i < m->node_count && m->node_count > 1; i++)
		count = add(readings, count, most, FIGURE_NUMA, m->nodes[i],
		            numa_free(m, m->nodes[i]));
	return count;
}

static const struct sensor_figure figures[FIGURES] = {
        [FIGURE_AVAILABLE] = {"memory_available_bytes", NULL, SENSOR_OF_NODE},
        [FIGURE_DIRTY] = {"memory_dirty_bytes", NULL, SENSOR_OF_NODE},
        [FIGURE_NUMA] = {"numa_free_bytes", NULL, SENSOR_OF_NUMA},
};

const struct sensor_kind sensor_memory = {
        .name = "sensor_memory",
        .title = "memory",
        .figures = figures,
        .figure_count = FIGURES,
        .open = open_memory,
        .read = read_memory,
        .close = free,
};
