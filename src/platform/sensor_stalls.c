/* Pressure stall information over time: how much of the last interval something waited. */
#include "core/array.h"
#include "core/error.h"
#include "platform/sensor_kinds.h"
#include "platform/stalls.h"

#include <stdio.h>

static int open_stalls(const struct sensor_settings *settings, struct sensor *sensor,
                       struct error *err)
{
	struct stalls *stalls = NULL;
	const char *reason;
	const int r = stalls_open(settings->sysroot, &stalls, err);
	if (r < 0)
		return r;
	sensor->self = stalls;
	const char *const source = stalls_source(stalls, &reason);
	if (!source)
		return sensor_absent(sensor, "%s", reason);
	snprintf(sensor->source, sizeof sensor->source, "%s", source);
	sensor->is_available = true;
	sensor->most_readings = STALL_KINDS;
	return 0;
}

static size_t read_stalls(void *self, int64_t now_ns, struct sensor_reading *readings, size_t most)
{
	struct stall_reading reading;
	size_t count = 0;
	(void)now_ns;
	stalls_read(self, &reading);
	for (uint32_t i = 0; i < STALL_KINDS && count < most; i++)
		if (reading.total_ns[i] != RECORD_ABSENT)
			readings[count++] = (struct sensor_reading){
			        .figure = i,
			        .place = -1,
			        .value = (double)reading.total_ns[i] * 1e-9};
	return count;
}

static void close_stalls(void *self)
{
	stalls_close(self);
}

/* The totals of a window are stall_*_s, which run/window_stalls reads at its very ends. */
static const struct sensor_figure figures[STALL_KINDS] = {
        [STALL_CPU_SOME] = {"psi_cpu_some_share", "", SENSOR_OF_NODE},
        [STALL_CPU_FULL] = {"psi_cpu_full_share", "", SENSOR_OF_NODE},
        [STALL_MEMORY_SOME] = {"psi_memory_some_share", "", SENSOR_OF_NODE},
        [STALL_MEMORY_FULL] = {"psi_memory_full_share", "", SENSOR_OF_NODE},
        [STALL_IO_SOME] = {"psi_io_some_share", "", SENSOR_OF_NODE},
        [STALL_IO_FULL] = {"psi_io_full_share", "", SENSOR_OF_NODE},
};

const struct sensor_kind sensor_stalls = {
        .name = "sensor_stalls",
        .title = "pressure stalls",
        .figures = figures,
        .figure_count = ARRAY_LENGTH(figures),
        .open = open_stalls,
        .read = read_stalls,
        .close = close_stalls,
};
