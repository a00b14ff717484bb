/* The temperature of every package: of hwmon's drivers for processors, else of the thermal zones
 * that are named after one. */
#include "core/array.h"
#include "core/error.h"
#include "core/str.h"
#include "platform/host_read.h"
#include "platform/sensor_kinds.h"
#include "platform/small_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	MOST_FOLDERS = 1024,
	MOST_INPUTS = 64, /* of one hwmon folder */
	MOST_SOURCES = 4096,
	LABEL_BYTES = 48,
	FIGURE_PACKAGE = 0,
	FIGURE_ZONE = 1
};

/* Colder and hotter ones are broken sensors. */
#define LEAST_CELSIUS (-60.0)
#define MOST_CELSIUS  150.0

/* hwmon's drivers for processors. prefix: "LABEL N" is the temperature of package N as a whole, or
 * "LABEL" that of the one package that a folder is of. */
static const struct driver {
	const char *name;
	const char *labels[3]; /* the first that is there; else the highest of the folder */
	bool has_number;
} drivers[] = {
        {"coretemp", {"Package id", NULL}, true},
        {"k10temp", {"Tdie", "Tctl", NULL}, false},
        {"zenpower", {"Tdie", "Tctl", NULL}, false},
        {"cpu_thermal", {NULL}, false},
        {"xgene_hwmon", {"SoC Temperature", NULL}, false},
};

struct input {
	char path[96]; /* below the sysroot */
	int32_t place;
};

struct temperature {
	const char *sysroot;
	struct input *inputs; /* by place */
	size_t count;
	size_t capacity;
	uint32_t figure;
};

static int add_input(struct temperature *t, const char *path, int32_t place, struct error *err)
{
	const int r = array_reserve(&t->inputs, &t->capacity, t->count + 1, sizeof *t->inputs, err);
	if (r < 0)
		return r;
	struct input *const input = &t->inputs[t->count++];
	snprintf(input->path, sizeof input->path, "%s", path);
	input->place = place;
	return 0;
}

static bool read_celsius(const struct temperature *t, const char *path, double *ret_celsius)
{
	int64_t milli;
	if (small_file_number(t->sysroot, &milli, "%s", path) < 0)
		return false;
	*ret_celsius = (double)milli * 1e-3;
	return *ret_celsius >= LEAST_CELSIUS && *ret_celsius <= MOST_CELSIUS;
}

/* ---- hwmon -------------------------------------------------------------------------------- */

struct folder {
	char name[32];   /* "hwmon3" */
	char device[64]; /* what its link points to: "0000:00:18.3"; the name where there is none */
	const struct driver *driver;
};

static const struct driver *find_driver(const char *name)
{
	for (size_t i = 0; i < ARRAY_LENGTH(drivers); i++)
		if (strcmp(name, drivers[i].name) == 0)
			return &drivers[i];
	return NULL;
}

static void name_device(const char *sysroot, struct folder *folder)
{
	char path[512];
	char target[256];
	snprintf(path, sizeof path, "%s/sys/class/hwmon/%s/device", sysroot ? sysroot : "",
	         folder->name);
	const ssize_t length = readlink(path, target, sizeof target - 1);
	target[length > 0 ? length : 0] = '\0';
	const char *const slash = strrchr(target, '/');
	snprintf(folder->device, sizeof folder->device, "%.60s",
	         slash     ? slash + 1
	         : *target ? target
	                   : folder->name);
}

/* By device, of which the bus tells the order of packages; the number at the end as one. */
static int by_device(const void *a, const void *b)
{
	const struct folder *const x = a;
	const struct folder *const y = b;
	const size_t i = strlen(x->device);
	const size_t k = strlen(y->device);
	return i != k ? (i > k) - (i < k) : strcmp(x->device, y->device);
}

static size_t find_folders(const char *sysroot, struct folder *folders, size_t most)
{
	const struct host_reader reader = {.sysroot = sysroot ? sysroot : ""};
	char **const names = calloc(MOST_FOLDERS, sizeof *names);
	const int found =
	        names ? host_list(&reader, "/sys/class/hwmon", "hwmon", names, MOST_FOLDERS) : -1;
	size_t count = 0;
	for (int i = 0; i < found; i++) {
		char driver[48];
		struct folder *const folder = &folders[count];
		small_file_text(sysroot, driver, sizeof driver, "/sys/class/hwmon/%s/name",
		                names[i]);
		if (count < most && find_driver(driver) && strlen(names[i]) < sizeof folder->name) {
			snprintf(folder->name, sizeof folder->name, "%.31s", names[i]);
			folder->driver = find_driver(driver);
			name_device(sysroot, folder);
			count++;
		}
		free(names[i]);
	}
	free(names);
	qsort(folders, count, sizeof *folders, by_device);
	return count;
}

/* The input of a folder whose label begins so; 0: there is none. *ret_number gets what stands
 * behind the label. */
static int find_label(const char *sysroot, const char *folder, const char *label,
                      int64_t *ret_number)
{
	for (int i = 1; i <= MOST_INPUTS; i++) {
		char text[LABEL_BYTES];
		if (small_file_text(sysroot, text, sizeof text, "/sys/class/hwmon/%s/temp%d_label",
		                    folder, i) < 0 ||
		    !str_starts_with(text, label))
			continue;
		*ret_number = strtoll(text + strlen(label), NULL, 10);
		return i;
	}
	return 0;
}

/* All inputs of a folder: where none is of the package as a whole, the highest of them counts. */
static int add_all(struct temperature *t, const char *folder, int32_t place, struct error *err)
{
	int r = 0;
	for (int i = 1; r == 0 && i <= MOST_INPUTS; i++) {
		char path[sizeof((struct input *)NULL)->path];
		double celsius;
		snprintf(path, sizeof path, "/sys/class/hwmon/%s/temp%d_input", folder, i);
		if (read_celsius(t, path, &celsius))
			r = add_input(t, path, place, err);
	}
	return r;
}

static int add_folder(struct temperature *t, const struct folder *folder, int32_t index,
                      const char **ret_label, struct error *err)
{
	const struct driver *const driver = folder->driver;
	for (const char *const *label = driver->labels; *label; label++) {
		int64_t number = 0;
		char path[sizeof((struct input *)NULL)->path];
		double celsius;
		const int input = find_label(t->sysroot, folder->name, *label, &number);
		snprintf(path, sizeof path, "/sys/class/hwmon/%s/temp%d_input", folder->name,
		         input);
		if (input == 0 || !read_celsius(t, path, &celsius))
			continue;
		*ret_label = *label;
		return add_input(t, path,
		                 driver->has_number && number >= 0 && number < INT32_MAX
		                         ? (int32_t)number
		                         : index,
		                 err);
	}
	return add_all(t, folder->name, index, err);
}

static int open_hwmon(struct temperature *t, struct sensor *sensor, struct error *err)
{
	struct folder *const folders = calloc(MOST_FOLDERS, sizeof *folders);
	if (!folders)
		return error_memory(err);
	const size_t count = find_folders(t->sysroot, folders, MOST_FOLDERS);
	const char *label = "highest of the folder";
	int r = 0;
	for (size_t i = 0; r == 0 && i < count; i++) {
		/* Two drivers for the same packages count once: the first. */
		if (folders[i].driver == folders[0].driver)
			r = add_folder(t, &folders[i], (int32_t)i, &label, err);
	}
	if (t->count > 0)
		snprintf(sensor->source, sizeof sensor->source, "hwmon, driver %s, \"%s\"",
		         folders[0].driver->name, label);
	free(folders);
	return r;
}

/* ---- Thermal zones ------------------------------------------------------------------------ */

static bool is_of_processor(const char *type)
{
	static const char *const words[] = {"x86_pkg_temp", "cpu", "CPU", "soc", "SoC", "acpitz"};
	for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
		if (strstr(type, words[i]))
			return true;
	return false;
}

static int open_zones(struct temperature *t, struct sensor *sensor, struct error *err)
{
	const struct host_reader reader = {.sysroot = t->sysroot ? t->sysroot : ""};
	char **const names = calloc(MOST_FOLDERS, sizeof *names);
	if (!names)
		return error_memory(err);
	const int found =
	        host_list(&reader, "/sys/class/thermal", "thermal_zone", names, MOST_FOLDERS);
	char first[LABEL_BYTES] = "";
	int r = 0;
	for (int i = 0; i < found; i++) {
		char type[LABEL_BYTES];
		char path[sizeof((struct input *)NULL)->path];
		double celsius;
		small_file_text(t->sysroot, type, sizeof type, "/sys/class/thermal/%s/type",
		                names[i]);
		snprintf(path, sizeof path, "/sys/class/thermal/%.60s/temp", names[i]);
		if (r == 0 && is_of_processor(type) && read_celsius(t, path, &celsius)) {
			r = add_input(t, path, atoi(names[i] + strlen("thermal_zone")), err);
			if (!first[0])
				snprintf(first, sizeof first, "%s", type);
		}
		free(names[i]);
	}
	free(names);
	t->figure = FIGURE_ZONE;
	if (t->count > 0)
		snprintf(sensor->source, sizeof sensor->source,
		         "thermal zones (%zu, the first is %s), as no hwmon driver shows the "
		         "processor",
		         t->count, first);
	return r;
}

/* ---- The sensor --------------------------------------------------------------------------- */

static void close_temperature(void *self)
{
	struct temperature *const t = self;
	if (!t)
		return;
	free(t->inputs);
	free(t);
}

static int by_place(const void *a, const void *b)
{
	const struct input *const x = a;
	const struct input *const y = b;
	return (x->place > y->place) - (x->place < y->place);
}

static int open_temperature(const struct sensor_settings *settings, struct sensor *sensor,
                            struct error *err)
{
	struct temperature *const t = calloc(1, sizeof *t);
	if (!t)
		return error_memory(err);
	sensor->self = t;
	t->sysroot = settings->sysroot;
	int r = open_hwmon(t, sensor, err);
	if (r == 0 && t->count == 0)
		r = open_zones(t, sensor, err);
	if (r < 0)
		return r;
	if (t->count == 0)
		return sensor_absent(sensor, "no hwmon driver of the processor (coretemp, k10temp, "
		                             "zenpower) and no thermal zone of it; most virtual "
		                             "machines have none");
	qsort(t->inputs, t->count, sizeof *t->inputs, by_place);
	sensor->is_available = true;
	sensor->most_readings = t->count;
	return 0;
}

/* The highest of the inputs of every place. */
static size_t read_temperature(void *self, int64_t now_ns, struct sensor_reading *readings,
                               size_t most)
{
	const struct temperature *const t = self;
	size_t count = 0;
	(void)now_ns;
	for (size_t i = 0; i < t->count; i++) {
		const int32_t place = t->inputs[i].place;
		double celsius;
		if (!read_celsius(t, t->inputs[i].path, &celsius))
			continue;
		if (count > 0 && readings[count - 1].place == place) {
			if (readings[count - 1].value < celsius)
				readings[count - 1].value = celsius;
		} else if (count < most) {
			readings[count++] = (struct sensor_reading){
			        .figure = t->figure, .place = place, .value = celsius};
		}
	}
	return count;
}

static const struct sensor_figure figures[] = {
        [FIGURE_PACKAGE] = {"temperature_c", NULL, SENSOR_OF_PACKAGE},
        [FIGURE_ZONE] = {"zone_temperature_c", NULL, SENSOR_OF_ZONE},
};

const struct sensor_kind sensor_temperature = {
        .name = "sensor_temperature",
        .title = "temperature",
        .figures = figures,
        .figure_count = ARRAY_LENGTH(figures),
        .open = open_temperature,
        .read = read_temperature,
        .close = close_temperature,
};
