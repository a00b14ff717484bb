#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/cleanup.h"
#include "core/error.h"
#include "core/file.h"
#include "platform/sensor.h"
#include "sensor_tree.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

void sensor_tree_put(const struct sensor_tree *f, const char *name, const char *text)
{
	char path[512];
	snprintf(path, sizeof path, "%s%s", f->root, name);
	for (char *p = path + strlen(f->root) + 1; *p; p++)
		if (*p == '/') {
			*p = '\0';
			mkdir(path, 0700);
			*p = '/';
		}
	cleanup_file FILE *stream = fopen(path, "w");
	assert_non_null(stream);
	fputs(text, stream);
}

void sensor_tree_drop(const struct sensor_tree *f, const char *name)
{
	char path[512];
	snprintf(path, sizeof path, "%s%s", f->root, name);
	assert_int_equal(unlink(path), 0);
}

int sensor_tree_set_up(void **state)
{
	struct error err;
	struct sensor_tree *const f = calloc(1, sizeof *f);
	assert_non_null(f);
	assert_int_equal(file_make_temporary_folder(NULL, "test_sensors", &f->root, &err), 0);
	for (uint32_t cpu = 0; cpu < 4; cpu++)
		cpuset_add(&f->cpus, cpu);
	*state = f;
	return 0;
}

int sensor_tree_tear_down(void **state)
{
	struct sensor_tree *const f = *state;
	struct error err;
	sensor_close(&f->sensor);
	assert_int_equal(file_remove_tree(AT_FDCWD, f->root, &err), 0);
	free(f->root);
	free(f);
	return 0;
}

void sensor_tree_open(struct sensor_tree *f, enum sensor_number number)
{
	struct error err;
	const struct sensor_settings settings = {f->root, &f->cpus};
	sensor_close(&f->sensor);
	assert_int_equal(sensor_open(sensor_kinds[number], &settings, &f->sensor, &err), 0);
	assert_true(f->sensor.is_available == !f->sensor.reason[0]);
	assert_true(f->sensor.most_readings <= SENSOR_TREE_MOST);
}

void sensor_tree_expect_absent(struct sensor_tree *f, enum sensor_number number, const char *reason)
{
	sensor_tree_open(f, number);
	assert_false(f->sensor.is_available);
	if (!strstr(f->sensor.reason, reason))
		fail_msg("\"%s\" is not in \"%s\"", reason, f->sensor.reason);
	assert_int_equal(sensor_read(&f->sensor, START_NS, f->readings, SENSOR_TREE_MOST), 0);
}

void sensor_tree_expect_source(const struct sensor_tree *f, const char *source)
{
	assert_true(f->sensor.is_available);
	assert_string_equal(f->sensor.source, source);
}

void sensor_tree_read(struct sensor_tree *f, double seconds)
{
	memset(f->readings, 0x5a, sizeof f->readings);
	f->count = sensor_read(&f->sensor, START_NS + llround(seconds * 1e9), f->readings,
	                       f->sensor.most_readings);
	assert_true(f->count <= f->sensor.most_readings);
}

const struct sensor_reading *sensor_tree_find(const struct sensor_tree *f, const char *name,
                                              int32_t place)
{
	for (size_t i = 0; i < f->count; i++)
		if (f->readings[i].place == place &&
		    strcmp(f->sensor.kind->figures[f->readings[i].figure].name, name) == 0)
			return &f->readings[i];
	return NULL;
}

void sensor_tree_expect(const struct sensor_tree *f, const char *name, int32_t place, double value)
{
	const struct sensor_reading *const reading = sensor_tree_find(f, name, place);
	if (!reading)
		fail_msg("%s of %d is not there", name, (int)place);
	else if (fabs(reading->value - value) > 1e-9 * fmax(1, fabs(value)))
		fail_msg("%s of %d is %.12g, not %.12g", name, (int)place, reading->value, value);
}
