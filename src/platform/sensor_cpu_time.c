/* CPU time of the whole machine: used by anybody, and given to other guests by the hypervisor. Both
 * as seconds of the machine: divided by the number of CPUs, so that they grow by at most 1 per s.
 */
#include "core/array.h"
#include "core/error.h"
#include "platform/pressure.h"
#include "platform/sensor_kinds.h"
#include "platform/small_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FIGURE_BUSY, FIGURE_STEAL, FIGURES, FIELDS = 8 };

struct cpu_time {
	const char *sysroot;
	double ticks_per_s; /* of the whole machine */
};

/* "cpu  USER NICE SYSTEM IDLE IOWAIT IRQ SOFTIRQ STEAL ..." (man 5 proc_stat). Returns how many of
 * the fields there were. */
static int read_fields(const char *sysroot, long long fields[FIELDS])
{
	char text[256];
	if (small_file_text(sysroot, text, sizeof text, "/proc/stat") < 0)
		return 0;
	text[strcspn(text, "\n")] = '\0';
	return sscanf(text, "cpu %lld %lld %lld %lld %lld %lld %lld %lld", &fields[0], &fields[1],
	              &fields[2], &fields[3], &fields[4], &fields[5], &fields[6], &fields[7]);
}

static int open_cpu_time(const struct sensor_settings *settings, struct sensor *sensor,
                         struct error *err)
{
	long long fields[FIELDS];
	struct pressure now;
	pressure_read(settings->sysroot, &now);
	const int count = read_fields(settings->sysroot, fields);
	if (count < FIELDS - 1 || now.cpus == 0)
		return sensor_absent(sensor, "/proc/stat cannot be read");
	struct cpu_time *const c = calloc(1, sizeof *c);
	if (!c)
		return error_memory(err);
	c->sysroot = settings->sysroot;
	c->ticks_per_s = (double)sysconf(_SC_CLK_TCK) * now.cpus;
	snprintf(sensor->source, sizeof sensor->source, "/proc/stat, of all %u CPUs%s", now.cpus,
	         count < FIELDS ? ", without steal" : "");
	sensor->self = c;
	sensor->is_available = true;
	sensor->most_readings = FIGURES;
	return 0;
}

static size_t read_cpu_time(void *self, int64_t now_ns, struct sensor_reading *readings,
                            size_t most)
{
	const struct cpu_time *const c = self;
	long long t[FIELDS];
	(void)now_ns;
	const int fields = read_fields(c->sysroot, t);
	size_t count = 0;
	if (fields < FIELDS - 1)
		return 0;
	if (count < most)
		readings[count++] = (struct sensor_reading){
		        .figure = FIGURE_BUSY,
		        .place = -1,
		        .value = (double)(t[0] + t[1] + t[2] + t[5] + t[6]) / c->ticks_per_s};
	if (count < most && fields == FIELDS)
		readings[count++] = (struct sensor_reading){.figure = FIGURE_STEAL,
		                                            .place = -1,
		                                            .value = (double)t[7] / c->ticks_per_s};
	return count;
}

static const struct sensor_figure figures[FIGURES] = {
        [FIGURE_BUSY] = {"cpu_busy_share", "cpu_busy_s", SENSOR_OF_NODE},
        [FIGURE_STEAL] = {"cpu_steal_share", "cpu_steal_s", SENSOR_OF_NODE},
};

const struct sensor_kind sensor_cpu_time = {
        .name = "sensor_cpu_time",
        .title = "CPU time and steal",
        .figures = figures,
        .figure_count = FIGURES,
        .elapsed = "cpu_elapsed_s",
        .open = open_cpu_time,
        .read = read_cpu_time,
        .close = free,
};
