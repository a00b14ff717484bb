/* The clock of every CPU as its counters aperf and mperf measure it: by perf's PMU "msr", else by
 * the msr driver. Means over the time since the last reading, while the CPU was not idle. */
#include "platform/cpu_clock.h"

#include "core/array.h"
#include "core/clock.h"
#include "core/error.h"
#include "platform/sensor_kinds.h"
#include "platform/small_file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { COUNTERS = 3 };

#define LEAST_BUSY 0.01
#define LEAST_HZ   1e7
#define MOST_HZ    2e10

/* Registers of the processor, and what perf's PMU calls them. */
static const struct {
	const char *event;
	off_t address;
} counters[COUNTERS] = {{"aperf", 0xe8}, {"mperf", 0xe7}, {"tsc", 0x10}};

struct clocked_cpu {
	int cpu;
	int fds[COUNTERS]; /* perf: of the group, the first is read; msr: the first alone; or -1 */
	bool has_last;
	struct cpu_clock_counts last;
};

struct cpu_clock {
	const char *sysroot;
	bool is_perf;
	uint32_t type;
	uint64_t configs[COUNTERS];
	struct clocked_cpu *cpus;
	size_t count;
};

double cpu_clock_hz(const struct cpu_clock_counts *before, const struct cpu_clock_counts *after)
{
	const double seconds = (double)(after->at_ns - before->at_ns) / NS_PER_S;
	const double aperf = (double)(after->aperf - before->aperf);
	const double mperf = (double)(after->mperf - before->mperf);
	const double tsc = (double)(after->tsc - before->tsc);
	if (seconds <= 0 || tsc <= 0 || mperf < LEAST_BUSY * tsc)
		return NAN;
	const double hz = aperf / mperf * tsc / seconds;
	return hz >= LEAST_HZ && hz <= MOST_HZ ? hz : NAN;
}

/* ---- One CPU ------------------------------------------------------------------------------ */

static void close_cpu(struct clocked_cpu *c)
{
	for (int i = 0; i < COUNTERS; i++) {
		if (c->fds[i] >= 0)
			close(c->fds[i]);
		c->fds[i] = -1;
	}
	c->has_last = false;
}

static int open_perf(const struct cpu_clock *clock, struct clocked_cpu *c)
{
	for (int i = 0; i < COUNTERS; i++) {
		struct perf_event_attr attributes = {
		        .size = sizeof attributes,
		        .type = clock->type,
		        .config = clock->configs[i],
		        .read_format = PERF_FORMAT_GROUP,
		};
		const long fd = syscall(SYS_perf_event_open, &attributes, -1, c->cpu,
		                        i == 0 ? -1 : c->fds[0], PERF_FLAG_FD_CLOEXEC);
		if (fd < 0) {
			const int code = errno;
			close_cpu(c);
			return -code;
		}
		c->fds[i] = (int)fd;
	}
	return 0;
}

static int open_msr(const struct cpu_clock *clock, struct clocked_cpu *c)
{
	char path[256];
	snprintf(path, sizeof path, "%s/dev/cpu/%d/msr", clock->sysroot ? clock->sysroot : "",
	         c->cpu);
	c->fds[0] = open(path, O_RDONLY | O_CLOEXEC);
	return c->fds[0] < 0 ? -errno : 0;
}

static int read_counters(const struct cpu_clock *clock, const struct clocked_cpu *c,
                         uint64_t values[COUNTERS])
{
	if (clock->is_perf) {
		uint64_t group[COUNTERS + 1];
		if (read(c->fds[0], group, sizeof group) != (ssize_t)sizeof group)
			return -ENODEV;
		memcpy(values, group + 1, sizeof group - sizeof *group);
		return 0;
	}
	for (int i = 0; i < COUNTERS; i++) {
		const ssize_t got =
		        pread(c->fds[0], &values[i], sizeof values[i], counters[i].address);
		if (got != (ssize_t)sizeof values[i])
			return got < 0 ? -errno : -EIO;
	}
	return 0;
}

/* Opens the CPU where it is not, and reads it. One that fails is opened again the next time: it may
 * have been unplugged. */
static int read_cpu(const struct cpu_clock *clock, struct clocked_cpu *c,
                    struct cpu_clock_counts *counts)
{
	uint64_t values[COUNTERS];
	int r = 0;
	if (c->fds[0] < 0)
		r = clock->is_perf ? open_perf(clock, c) : open_msr(clock, c);
	if (r == 0)
		r = read_counters(clock, c, values);
	if (r < 0) {
		close_cpu(c);
		return r;
	}
	*counts = (struct cpu_clock_counts){clock_now_ns(), values[0], values[1], values[2]};
	return 0;
}

/* ---- Finding a way ------------------------------------------------------------------------ */

/* The PMU's number and its events' codes: "event=0x01". */
static bool find_pmu(struct cpu_clock *clock)
{
	static const char *const folder = "/sys/bus/event_source/devices/msr";
	int64_t type;
	if (small_file_number(clock->sysroot, &type, "%s/type", folder) < 0)
		return false;
	clock->type = (uint32_t)type;
	for (int i = 0; i < COUNTERS; i++) {
		char text[64];
		unsigned long long config;
		if (small_file_text(clock->sysroot, text, sizeof text, "%s/events/%s", folder,
		                    counters[i].event) < 0 ||
		    sscanf(text, "event=%llx", &config) != 1)
			return false;
		clock->configs[i] = config;
	}
	return true;
}

/* How many of the CPUs can be read in this way; *ret_code gets why the first could not. */
static size_t try_all(struct cpu_clock *clock, bool is_perf, int *ret_code)
{
	size_t count = 0;
	clock->is_perf = is_perf;
	*ret_code = 0;
	for (size_t i = 0; i < clock->count; i++) {
		struct cpu_clock_counts counts;
		const int r = read_cpu(clock, &clock->cpus[i], &counts);
		count += r == 0;
		if (r < 0 && *ret_code == 0)
			*ret_code = r;
		/* What one is not given, none is. */
		if (r == -EACCES || r == -EPERM)
			break;
	}
	return count;
}

static int say_absent(struct sensor *sensor, bool has_pmu, int perf_code, int msr_code)
{
	if (has_pmu && (perf_code == -EACCES || perf_code == -EPERM))
		return sensor_absent(
		        sensor, "not permitted: aperf and mperf of a CPU need CAP_PERFMON, or an "
		                "administrator sets kernel.perf_event_paranoid to 0 or below");
	if (msr_code == -EACCES || msr_code == -EPERM)
		return sensor_absent(sensor,
		                     "not permitted: /dev/cpu/*/msr is for root (CAP_SYS_RAWIO)");
	if (msr_code == -EIO)
		return sensor_absent(sensor, "the processor has no aperf and mperf, as most "
		                             "virtual machines");
	return sensor_absent(
	        sensor, "perf's PMU msr has no such events, and there is no /dev/cpu/*/msr (an "
	                "administrator can do modprobe msr; most virtual machines have none)");
}

static void close_clock(void *self)
{
	struct cpu_clock *const clock = self;
	if (!clock)
		return;
	for (size_t i = 0; i < clock->count; i++)
		close_cpu(&clock->cpus[i]);
	free(clock->cpus);
	free(clock);
}

static int open_clock(const struct sensor_settings *settings, struct sensor *sensor,
                      struct error *err)
{
	struct cpu_clock *const clock = calloc(1, sizeof *clock);
	if (!clock)
		return error_memory(err);
	sensor->self = clock;
	clock->sysroot = settings->sysroot;
	clock->cpus = calloc(cpuset_count(settings->cpus) + 1, sizeof *clock->cpus);
	if (!clock->cpus)
		return error_memory(err);
	for (int cpu = cpuset_next(settings->cpus, 0); cpu >= 0;
	     cpu = cpuset_next(settings->cpus, (uint32_t)cpu + 1))
		clock->cpus[clock->count++] = (struct clocked_cpu){cpu, {-1, -1, -1}, false, {0}};
	int perf_code = 0;
	int msr_code = 0;
	/* A recorded tree has files, but no PMU behind them. */
	const bool has_pmu = find_pmu(clock) && !settings->sysroot;
	if (!(has_pmu && try_all(clock, true, &perf_code) > 0) &&
	    try_all(clock, false, &msr_code) == 0)
		return say_absent(sensor, has_pmu, perf_code, msr_code);
	snprintf(sensor->source, sizeof sensor->source,
	         "aperf/mperf x tsc, measured, by %s; of CPUs that are not idle",
	         clock->is_perf ? "perf's PMU msr" : "/dev/cpu/*/msr");
	sensor->is_available = true;
	sensor->most_readings = clock->count;
	return 0;
}

static size_t read_clock(void *self, int64_t now_ns, struct sensor_reading *readings, size_t most)
{
	struct cpu_clock *const clock = self;
	size_t count = 0;
	(void)now_ns;
	for (size_t i = 0; i < clock->count; i++) {
		struct clocked_cpu *const c = &clock->cpus[i];
		struct cpu_clock_counts now;
		if (read_cpu(clock, c, &now) < 0)
			continue;
		const double hz = c->has_last ? cpu_clock_hz(&c->last, &now) : NAN;
		if (isfinite(hz) && count < most)
			readings[count++] = (struct sensor_reading){.place = c->cpu, .value = hz};
		c->has_last = true;
		c->last = now;
	}
	return count;
}

static const struct sensor_figure figures[] = {{"cpu_clock_hz", NULL, SENSOR_OF_CPU}};

const struct sensor_kind sensor_cpu_clock = {
        .name = "sensor_cpu_clock",
        .title = "clock by aperf/mperf",
        .figures = figures,
        .figure_count = ARRAY_LENGTH(figures),
        .open = open_clock,
        .read = read_clock,
        .close = close_clock,
};
