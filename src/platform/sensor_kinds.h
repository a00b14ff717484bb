/* The kinds of sensors, each in its file; for platform/sensor.c and tests. */
#ifndef PLATFORM_SENSOR_KINDS_H
#define PLATFORM_SENSOR_KINDS_H

#include "platform/sensor.h"

extern const struct sensor_kind sensor_cpu_frequency;
extern const struct sensor_kind sensor_cpu_clock;
extern const struct sensor_kind sensor_temperature;
extern const struct sensor_kind sensor_energy;
extern const struct sensor_kind sensor_throttle;
extern const struct sensor_kind sensor_stalls;
extern const struct sensor_kind sensor_cpu_time;
extern const struct sensor_kind sensor_memory;

#endif
