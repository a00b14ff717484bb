/* The frequency of every CPU as the kernel says it (cpufreq's scaling_cur_freq): what was asked
 * for, or an average of the last few ms, depending on driver and kernel. Not a measurement. */
#include "core/error.h"
#include "platform/sensor_kinds.h"
#include "platform/small_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define LEAST_HZ 1e7
#define MOST_HZ  2e10

struct cpu_frequency {
	const char *sysroot;
	struct cpuset cpus;
};

static int read_khz(const char *sysroot, int cpu, int64_t *ret_khz)
{
	return small_file_number(sysroot, ret_khz,
	                         "/sys/devices/system/cpu/cpu%d/cpufreq/scaling_cur_freq", cpu);
}

/* How many can be read; *ret_code gets why the last other one could not. */
static size_t count_readable(const struct sensor_settings *settings, int *ret_code)
{
	size_t count = 0;
	*ret_code = -ENOENT;
	for (int cpu = cpuset_next(settings->cpus, 0); cpu >= 0;
	     cpu = cpuset_next(settings->cpus, (uint32_t)cpu + 1)) {
		int64_t khz;
		const int r = read_khz(settings->sysroot, cpu, &khz);
		count += r == 0;
		/* A refusal tells more than a file that is not there. */
		if (r < 0 && (*ret_code == -ENOENT || r == -EACCES))
			*ret_code = r;
	}
	return count;
}

static int open_frequency(const struct sensor_settings *settings, struct sensor *sensor,
                          struct error *err)
{
	int code;
	const size_t count = count_readable(settings, &code);
	if (count == 0 && code == -EACCES)
		return sensor_absent(sensor,
		                     "not permitted: an administrator has to allow reading "
		                     "/sys/devices/system/cpu/cpu*/cpufreq/scaling_cur_freq");
	if (count == 0 && code != -ENOENT)
		return sensor_absent(sensor, "the cpufreq driver does not tell the frequency "
		                             "(scaling_cur_freq cannot be read)");
	if (count == 0)
		return sensor_absent(sensor, "the kernel has no cpufreq driver for this "
		                             "processor, as in most virtual machines");
	struct cpu_frequency *const f = calloc(1, sizeof *f);
	if (!f)
		return error_memory(err);
	f->sysroot = settings->sysroot;
	f->cpus = *settings->cpus;
	char driver[32];
	int cpu = cpuset_next(settings->cpus, 0);
	int length = 0;
	for (; cpu >= 0 && length <= 0; cpu = cpuset_next(settings->cpus, (uint32_t)cpu + 1))
		length = small_file_text(settings->sysroot, driver, sizeof driver,
		                         "/sys/devices/system/cpu/cpu%d/cpufreq/scaling_driver",
		                         cpu);
	snprintf(sensor->source, sizeof sensor->source,
	         "cpufreq%s%s: what the kernel says, not measured", length > 0 ? ", driver " : "",
	         length > 0 ? driver : "");
	sensor->self = f;
	sensor->is_available = true;
	sensor->most_readings = cpuset_count(settings->cpus);
	return 0;
}

static size_t read_frequency(void *self, int64_t now_ns, struct sensor_reading *readings,
                             size_t most)
{
	const struct cpu_frequency *const f = self;
	size_t count = 0;
	(void)now_ns;
	for (int cpu = cpuset_next(&f->cpus, 0); cpu >= 0 && count < most;
	     cpu = cpuset_next(&f->cpus, (uint32_t)cpu + 1)) {
		int64_t khz;
		if (read_khz(f->sysroot, cpu, &khz) < 0)
			continue;
		const double hz = (double)khz * 1e3;
		if (hz >= LEAST_HZ && hz <= MOST_HZ)
			readings[count++] = (struct sensor_reading){.place = cpu, .value = hz};
	}
	return count;
}

static const struct sensor_figure figures[] = {{"cpu_frequency_hz", NULL, SENSOR_OF_CPU}};

const struct sensor_kind sensor_cpu_frequency = {
        .name = "sensor_cpu_frequency",
        .title = "frequency that the kernel says",
        .figures = figures,
        .figure_count = 1,
        .open = open_frequency,
        .read = read_frequency,
        .close = free,
};
