/* How often and for how long cores and packages were slowed down for heat or power: the kernel's
 * thermal_throttle counts, of Intel's processors alone. */
#include "core/array.h"
#include "core/error.h"
#include "platform/sensor_kinds.h"
#include "platform/small_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COUNTS = 4, FIGURE_CORE_TIME = 2 };

/* In the order of the figures; times in ms, since Linux 5.8. */
static const char *const files[COUNTS] = {"core_throttle_count", "package_throttle_count",
                                          "core_throttle_total_time_ms",
                                          "package_throttle_total_time_ms"};

/* One CPU stands for its core, and one for its package: the counts of siblings are the same. */
struct watched {
	int cpu;
	int32_t core;
	int32_t package;
	bool is_of_package;   /* the first of its package */
	int64_t last[COUNTS]; /* -1: none */
};

struct throttle {
	const char *sysroot;
	struct watched *cpus; /* by package, then core */
	size_t count;
	bool has_times;
	uint64_t *sums; /* by package in order, COUNTS each */
	size_t package_count;
};

static int64_t read_count(const struct throttle *t, int cpu, int kind)
{
	int64_t value;
	const int r = small_file_number(t->sysroot, &value,
	                                "/sys/devices/system/cpu/cpu%d/thermal_throttle/%s", cpu,
	                                files[kind]);
	return r == 0 && value >= 0 ? value : -1;
}

static int64_t topology_number(const char *sysroot, int cpu, const char *file)
{
	int64_t value;
	const int r = small_file_number(sysroot, &value,
	                                "/sys/devices/system/cpu/cpu%d/topology/%s", cpu, file);
	return r == 0 && value >= 0 && value < INT32_MAX ? value : -1;
}

static int by_core(const void *a, const void *b)
{
	const struct watched *const x = a;
	const struct watched *const y = b;
	if (x->package != y->package)
		return x->package < y->package ? -1 : 1;
	if (x->core != y->core)
		return x->core < y->core ? -1 : 1;
	return (x->cpu > y->cpu) - (x->cpu < y->cpu);
}

/* Keeps the first CPU of every core. */
static void keep_cores(struct throttle *t)
{
	size_t kept = 0;
	qsort(t->cpus, t->count, sizeof *t->cpus, by_core);
	for (size_t i = 0; i < t->count; i++) {
		struct watched *const w = &t->cpus[i];
		const struct watched *const before = kept > 0 ? &t->cpus[kept - 1] : NULL;
		const bool is_known = before && before->package == w->package;
		if (is_known && before->core == w->core)
			continue;
		w->is_of_package = !is_known;
		t->package_count += !is_known;
		t->cpus[kept++] = *w;
	}
	t->count = kept;
}

static void find_cpus(struct throttle *t, const struct cpuset *cpus)
{
	for (int cpu = cpuset_next(cpus, 0); cpu >= 0; cpu = cpuset_next(cpus, (uint32_t)cpu + 1)) {
		if (read_count(t, cpu, 0) < 0)
			continue;
		const int64_t core = topology_number(t->sysroot, cpu, "core_id");
		const int64_t package = topology_number(t->sysroot, cpu, "physical_package_id");
		t->has_times |= read_count(t, cpu, FIGURE_CORE_TIME) >= 0;
		t->cpus[t->count++] = (struct watched){
		        .cpu = cpu,
		        .core = core < 0 ? cpu : (int32_t)core,
		        .package = package < 0 ? 0 : (int32_t)package,
		        .last = {-1, -1, -1, -1},
		};
	}
	keep_cores(t);
}

static int say_absent(const struct sensor_settings *settings, struct sensor *sensor)
{
	char info[256];
	small_file_text(settings->sysroot, info, sizeof info, "/proc/cpuinfo");
	if (strstr(info, "AuthenticAMD") || strstr(info, "HygonGenuine"))
		return sensor_absent(sensor, "the kernel counts no throttling of AMD processors");
	return sensor_absent(sensor, "no thermal_throttle in /sys (Intel processors only, and no "
	                             "virtual machine)");
}

static void close_throttle(void *self)
{
	struct throttle *const t = self;
	if (!t)
		return;
	free(t->cpus);
	free(t->sums);
	free(t);
}

static int open_throttle(const struct sensor_settings *settings, struct sensor *sensor,
                         struct error *err)
{
	struct throttle *const t = calloc(1, sizeof *t);
	if (!t)
		return error_memory(err);
	sensor->self = t;
	t->sysroot = settings->sysroot;
	t->cpus = calloc(cpuset_count(settings->cpus) + 1, sizeof *t->cpus);
	if (!t->cpus)
		return error_memory(err);
	find_cpus(t, settings->cpus);
	if (t->count == 0)
		return say_absent(settings, sensor);
	t->sums = calloc(t->package_count * COUNTS, sizeof *t->sums);
	if (!t->sums)
		return error_memory(err);
	snprintf(sensor->source, sizeof sensor->source, "thermal_throttle of %zu %s: counts%s",
	         t->count, t->count == 1 ? "core" : "cores", t->has_times ? " and times" : "");
	sensor->is_available = true;
	sensor->most_readings = t->package_count * COUNTS;
	return 0;
}

/* A CPU that was away began at 0 again, or comes back with what it had: in both cases what it
 * counted meanwhile is not known, and is not made up. */
static void add_growth(struct throttle *t, struct watched *w, size_t package, int kind)
{
	const int64_t now = read_count(t, w->cpu, kind);
	if (now >= 0 && w->last[kind] >= 0 && now >= w->last[kind])
		t->sums[package * COUNTS + (size_t)kind] += (uint64_t)(now - w->last[kind]);
	w->last[kind] = now;
}

static bool is_of_package(int kind)
{
	return kind % 2 == 1;
}

static size_t read_throttle(void *self, int64_t now_ns, struct sensor_reading *readings,
                            size_t most)
{
	struct throttle *const t = self;
	const int kinds = t->has_times ? COUNTS : FIGURE_CORE_TIME;
	size_t package = 0;
	size_t count = 0;
	(void)now_ns;
	for (size_t i = 0; i < t->count; i++) {
		struct watched *const w = &t->cpus[i];
		package += i > 0 && w->is_of_package;
		for (int k = 0; k < kinds; k++)
			if (!is_of_package(k) || w->is_of_package)
				add_growth(t, w, package, k);
		if (i + 1 < t->count && !t->cpus[i + 1].is_of_package)
			continue;
		for (int k = 0; k < kinds && count < most; k++)
			readings[count++] = (struct sensor_reading){
			        .figure = (uint32_t)k,
			        .place = w->package,
			        .value = (double)t->sums[package * COUNTS + (size_t)k] *
			                 (k < FIGURE_CORE_TIME ? 1 : 1e-3)};
	}
	return count;
}

static const struct sensor_figure figures[COUNTS] = {
        {"core_throttle_per_s", "core_throttle_events", SENSOR_OF_PACKAGE},
        {"package_throttle_per_s", "package_throttle_events", SENSOR_OF_PACKAGE},
        {"core_throttled_s_per_s", "core_throttled_s", SENSOR_OF_PACKAGE},
        {"package_throttled_share", "package_throttled_s", SENSOR_OF_PACKAGE},
};

const struct sensor_kind sensor_throttle = {
        .name = "sensor_throttle",
        .title = "throttling",
        .figures = figures,
        .figure_count = ARRAY_LENGTH(figures),
        .elapsed = "throttle_elapsed_s",
        .open = open_throttle,
        .read = read_throttle,
        .close = close_throttle,
};
