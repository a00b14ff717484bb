#include "platform/sensor.h"

#include "platform/sensor_kinds.h"

#include <stdarg.h>
#include <stdio.h>

const struct sensor_kind *const sensor_kinds[SENSOR_KINDS] = {
        [SENSOR_CPU_FREQUENCY] = &sensor_cpu_frequency, [SENSOR_CPU_CLOCK] = &sensor_cpu_clock,
        [SENSOR_TEMPERATURE] = &sensor_temperature,     [SENSOR_ENERGY] = &sensor_energy,
        [SENSOR_THROTTLE] = &sensor_throttle,           [SENSOR_STALLS] = &sensor_stalls,
        [SENSOR_CPU_TIME] = &sensor_cpu_time,           [SENSOR_MEMORY] = &sensor_memory,
};

int sensor_open(const struct sensor_kind *kind, const struct sensor_settings *settings,
                struct sensor *ret_sensor, struct error *err)
{
	struct sensor sensor = {.kind = kind};
	const int r = kind->open(settings, &sensor, err);
	if (r < 0) {
		kind->close(sensor.self);
		return r;
	}
	*ret_sensor = sensor;
	return 0;
}

size_t sensor_read(struct sensor *sensor, int64_t now_ns, struct sensor_reading *readings,
                   size_t most)
{
	return sensor->is_available ? sensor->kind->read(sensor->self, now_ns, readings, most) : 0;
}

void sensor_close(struct sensor *sensor)
{
	if (sensor->kind)
		sensor->kind->close(sensor->self);
	*sensor = (struct sensor){0};
}

int sensor_absent(struct sensor *sensor, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	vsnprintf(sensor->reason, sizeof sensor->reason, format, args);
	va_end(args);
	sensor->is_available = false;
	return 0;
}
