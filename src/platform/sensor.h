/* Sensors: figures of the node that are read again and again while tasks run (run/node_sampler):
 * frequency, temperature, energy, throttling, stalls, CPU time, memory. Each kind is a file of its
 * own and an entry of sensor_kinds; each is there, or says why not and what would help.
 *
 *   struct sensor sensor;
 *   sensor_open(sensor_kinds[SENSOR_ENERGY], &settings, &sensor, err);
 *   if (!sensor.is_available) ... sensor.reason
 *   count = sensor_read(&sensor, clock_now_ns(), readings, sensor.most_readings);
 *   sensor_close(&sensor);
 *
 * Everything is read below a sysroot, so that recorded trees serve as well. Reading allocates
 * nothing; a CPU that is unplugged meanwhile, a file that is gone or says nonsense have no reading.
 */
#ifndef PLATFORM_SENSOR_H
#define PLATFORM_SENSOR_H

#include "model/cpuset.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;

enum { SENSOR_SOURCE_BYTES = 160, SENSOR_REASON_BYTES = 256 };

enum sensor_number {
	SENSOR_CPU_FREQUENCY, /* what the kernel says: cpufreq */
	SENSOR_CPU_CLOCK,     /* what aperf and mperf measure */
	SENSOR_TEMPERATURE,
	SENSOR_ENERGY,
	SENSOR_THROTTLE,
	SENSOR_STALLS,
	SENSOR_CPU_TIME,
	SENSOR_MEMORY,
	SENSOR_KINDS
};

/* What the numbers are that readings have as their place. */
enum sensor_place {
	SENSOR_OF_NODE,
	SENSOR_OF_CPU,
	SENSOR_OF_PACKAGE,
	SENSOR_OF_ZONE,
	SENSOR_OF_NUMA
};

struct sensor_figure {
	const char *name;   /* of its samples over time; of a total, of how fast it grows per s */
	const char *window; /* a total: the sample of what it grew by in a trial's window, "" for
	                     * none; NULL: it is no total, but what it is at the moment */
	enum sensor_place place;
};

struct sensor_reading {
	uint32_t figure; /* index into the kind's figures */
	int32_t place;   /* number of the CPU, package, zone or NUMA node; -1: the node */
	uint32_t epoch;  /* totals compare only within one: something was lost in between */
	double value;
};

struct sensor_settings {
	const char *sysroot;       /* NULL: this machine; must outlive the sensor */
	const struct cpuset *cpus; /* on which tasks may run */
};

struct sensor;

struct sensor_kind {
	const char *name;  /* of the host fact that holds its source, or why there is none */
	const char *title; /* for people */
	const struct sensor_figure *figures;
	size_t figure_count;
	const char *elapsed; /* the sample of the time that the totals of a window are of, or NULL
	                      */
	/* Fills is_available and source or reason, most_readings and self. Returns 0 or -ENOMEM. */
	int (*open)(const struct sensor_settings *settings, struct sensor *sensor,
	            struct error *err);
	size_t (*read)(void *self, int64_t now_ns, struct sensor_reading *readings, size_t most);
	void (*close)(void *self); /* NULL is allowed */
};

struct sensor {
	const struct sensor_kind *kind;
	bool is_available;
	char source[SENSOR_SOURCE_BYTES]; /* where the figures come from */
	char reason[SENSOR_REASON_BYTES]; /* why there are none, with the remedy */
	size_t most_readings;
	void *self;
};

/* Indexed by enum sensor_number. */
extern const struct sensor_kind *const sensor_kinds[SENSOR_KINDS];

/* Returns 0 or -ENOMEM; a sensor that is not there is no error. */
int sensor_open(const struct sensor_kind *kind, const struct sensor_settings *settings,
                struct sensor *ret_sensor, struct error *err);

/* How many readings were written, at most `most`. now_ns: monotonic, never before the last. Of one
 * that is not available: 0. */
size_t sensor_read(struct sensor *sensor, int64_t now_ns, struct sensor_reading *readings,
                   size_t most);

/* A zeroed one is allowed. */
void sensor_close(struct sensor *sensor);

/* Marks a sensor as not there; printf form. Returns 0. For the kinds. */
int sensor_absent(struct sensor *sensor, const char *format, ...)
        __attribute__((format(printf, 2, 3)));

#endif
