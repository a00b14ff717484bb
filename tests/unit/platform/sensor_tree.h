/* A tree of files that sensors read, and what they make of it. Whatever does not work out fails the
 * test at once. */
#ifndef TESTS_SENSOR_TREE_H
#define TESTS_SENSOR_TREE_H

#include "core/clock.h"
#include "platform/sensor.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#define SENSOR_TREE_CPU "/sys/devices/system/cpu"
#define HWMON           "/sys/class/hwmon"
#define ZONES           "/sys/class/thermal"
#define POWERCAP        "/sys/class/powercap"
#define START_NS        (1000 * NS_PER_S)

enum { SENSOR_TREE_MOST = 64 };

/* A tree, a sensor on it, and what it said last. */
struct sensor_tree {
	char *root;
	struct cpuset cpus;
	struct sensor sensor;
	struct sensor_reading readings[SENSOR_TREE_MOST];
	size_t count;
};

void sensor_tree_put(const struct sensor_tree *f, const char *name, const char *text);

void sensor_tree_drop(const struct sensor_tree *f, const char *name);

int sensor_tree_set_up(void **state);

int sensor_tree_tear_down(void **state);

void sensor_tree_open(struct sensor_tree *f, enum sensor_number number);

void sensor_tree_expect_absent(struct sensor_tree *f, enum sensor_number number,
                               const char *reason);

void sensor_tree_expect_source(const struct sensor_tree *f, const char *source);

void sensor_tree_read(struct sensor_tree *f, double seconds);

const struct sensor_reading *sensor_tree_find(const struct sensor_tree *f, const char *name,
                                              int32_t place);

void sensor_tree_expect(const struct sensor_tree *f, const char *name, int32_t place, double value);

#endif
