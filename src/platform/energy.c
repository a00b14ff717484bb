/* Energy of packages and their memory: powercap's intel-rapl, which serves AMD as well. The
 * counters wrap at max_energy_range_uj, within minutes on a big package. */
#include "core/array.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/str.h"
#include "platform/host_read.h"
#include "platform/sensor_kinds.h"
#include "platform/small_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_DOMAINS = 256, MOST_PACKAGES = 4096, FIGURE_PACKAGE = 0, FIGURE_DRAM = 1 };

/* More than any package or its memory draws: what could have wrapped more than once since the last
 * reading at this power is not known. */
#define MOST_WATTS 1000.0

struct domain {
	char name[40]; /* "intel-rapl:0:2", below /sys/class/powercap */
	uint32_t figure;
	int32_t package;
	int64_t range_uj;
	bool has_last;
	int64_t last_uj;
	int64_t last_ns;
	uint64_t total_uj; /* since the sensor was opened */
	uint32_t epoch;
};

struct energy {
	const char *sysroot;
	struct domain *domains; /* by figure, then package */
	size_t count;
};

/* "package-1", "package-0-die-1": the package; -1: it is none. */
static int package_of(const char *name)
{
	char *end = NULL;
	if (!str_starts_with(name, "package-"))
		return -1;
	const char *const digits = name + strlen("package-");
	const long package = strtol(digits, &end, 10);
	return end == digits || package < 0 || package >= MOST_PACKAGES ? -1 : (int)package;
}

/* The package that the domain "intel-rapl:A:B" is part of: what intel-rapl:A is called. */
static int package_of_parent(const char *sysroot, const char *domain)
{
	char parent[40];
	char name[40];
	snprintf(parent, sizeof parent, "%s", domain);
	char *const colon = strrchr(parent, ':');
	if (!colon || colon == strchr(parent, ':'))
		return -1;
	*colon = '\0';
	small_file_text(sysroot, name, sizeof name, "/sys/class/powercap/%s/name", parent);
	return package_of(name);
}

static int read_uj(const char *sysroot, const char *domain, int64_t *ret_uj)
{
	return small_file_number(sysroot, ret_uj, "/sys/class/powercap/%s/energy_uj", domain);
}

/* Whether the folder is a package or its memory, and can be read; else *code is why, where that is
 * more telling than what it was. */
static bool find_domain(const char *sysroot, const char *folder, struct domain *domain, int *code)
{
	char name[40];
	int64_t uj;
	if (strlen(folder) >= sizeof domain->name)
		return false;
	snprintf(domain->name, sizeof domain->name, "%.39s", folder);
	small_file_text(sysroot, name, sizeof name, "/sys/class/powercap/%s/name", folder);
	const bool is_dram = strcmp(name, "dram") == 0;
	domain->figure = is_dram ? FIGURE_DRAM : FIGURE_PACKAGE;
	domain->package = is_dram ? package_of_parent(sysroot, folder) : package_of(name);
	if (domain->package < 0)
		return false;
	const int r = read_uj(sysroot, folder, &uj);
	if (r < 0) {
		*code = *code == -ENOENT || r == -EACCES ? r : *code;
		return false;
	}
	return small_file_number(sysroot, &domain->range_uj,
	                         "/sys/class/powercap/%s/max_energy_range_uj", folder) == 0 &&
	       domain->range_uj > 0;
}

static int by_place(const void *a, const void *b)
{
	const struct domain *const x = a;
	const struct domain *const y = b;
	if (x->figure != y->figure)
		return x->figure < y->figure ? -1 : 1;
	return (x->package > y->package) - (x->package < y->package);
}

static void find_domains(struct energy *e, int *ret_code)
{
	const struct host_reader reader = {.sysroot = e->sysroot ? e->sysroot : ""};
	char *names[MOST_DOMAINS];
	*ret_code = -ENOENT;
	/* Not intel-rapl-mmio:, which shows the same once more. */
	const int found =
	        host_list(&reader, "/sys/class/powercap", "intel-rapl:", names, MOST_DOMAINS);
	for (int i = 0; i < found; i++) {
		struct domain domain = {0};
		if (find_domain(e->sysroot, names[i], &domain, ret_code))
			e->domains[e->count++] = domain;
		free(names[i]);
	}
	if (e->count > 0)
		qsort(e->domains, e->count, sizeof *e->domains, by_place);
}

static int say_absent(struct sensor *sensor, int code)
{
	if (code == -EACCES || code == -EPERM)
		return sensor_absent(sensor,
		                     "not permitted: since Linux 5.10 root alone reads energy_uj; "
		                     "run as root, or an administrator does chmod a+r "
		                     "/sys/class/powercap/*/energy_uj");
	if (code == -ENOENT)
		return sensor_absent(
		        sensor, "no package energy in /sys/class/powercap (an administrator can "
		                "load intel_rapl_msr; most virtual machines have none)");
	return sensor_absent(sensor, "the package energy in /sys/class/powercap cannot be read");
}

static void describe(const struct energy *e, struct sensor *sensor)
{
	size_t of_figure[2] = {0};
	for (size_t i = 0; i < e->count; i++)
		of_figure[e->domains[i].figure]++;
	snprintf(sensor->source, sizeof sensor->source,
	         "powercap, intel-rapl: %zu package %s, memory of %zu", of_figure[FIGURE_PACKAGE],
	         of_figure[FIGURE_PACKAGE] == 1 ? "domain" : "domains", of_figure[FIGURE_DRAM]);
}

static void close_energy(void *self)
{
	struct energy *const e = self;
	if (!e)
		return;
	free(e->domains);
	free(e);
}

static int open_energy(const struct sensor_settings *settings, struct sensor *sensor,
                       struct error *err)
{
	struct energy *const e = calloc(1, sizeof *e);
	if (!e)
		return error_memory(err);
	sensor->self = e;
	e->sysroot = settings->sysroot;
	e->domains = calloc(MOST_DOMAINS, sizeof *e->domains);
	if (!e->domains)
		return error_memory(err);
	int code;
	find_domains(e, &code);
	if (e->count == 0)
		return say_absent(sensor, code);
	describe(e, sensor);
	sensor->is_available = true;
	sensor->most_readings = e->count;
	return 0;
}

/* Adds what was used since the last reading. Several wraps cannot be told from one: where so much
 * time has passed that there may have been more, or a reading is missing, a new epoch begins. */
static bool advance(const struct energy *e, struct domain *d, int64_t now_ns)
{
	int64_t uj;
	if (read_uj(e->sysroot, d->name, &uj) < 0 || uj < 0 || uj > d->range_uj) {
		d->epoch += d->has_last;
		d->has_last = false;
		return false;
	}
	const double seconds = (double)(now_ns - d->last_ns) / NS_PER_S;
	if (d->has_last && seconds * MOST_WATTS * 1e6 >= (double)d->range_uj)
		d->epoch++;
	else if (d->has_last)
		d->total_uj += (uint64_t)(uj >= d->last_uj ? uj - d->last_uj
		                                           : d->range_uj - d->last_uj + uj);
	d->has_last = true;
	d->last_uj = uj;
	d->last_ns = now_ns;
	return true;
}

/* A package of several dies has a domain for each: their sum is the package's. Where one of them is
 * missing, the sum would be something else. */
static size_t read_energy(void *self, int64_t now_ns, struct sensor_reading *readings, size_t most)
{
	struct energy *const e = self;
	size_t count = 0;
	for (size_t i = 0; i < e->count;) {
		struct sensor_reading sum = {.figure = e->domains[i].figure,
		                             .place = e->domains[i].package};
		bool is_whole = true;
		for (; i < e->count && e->domains[i].figure == sum.figure &&
		       e->domains[i].package == sum.place;
		     i++) {
			is_whole = advance(e, &e->domains[i], now_ns) && is_whole;
			sum.value += (double)e->domains[i].total_uj * 1e-6;
			sum.epoch += e->domains[i].epoch;
		}
		if (is_whole && count < most)
			readings[count++] = sum;
	}
	return count;
}

static const struct sensor_figure figures[] = {
        [FIGURE_PACKAGE] = {"package_power_w", "package_energy_j", SENSOR_OF_PACKAGE},
        [FIGURE_DRAM] = {"dram_power_w", "dram_energy_j", SENSOR_OF_PACKAGE},
};

const struct sensor_kind sensor_energy = {
        .name = "sensor_energy",
        .title = "package energy",
        .figures = figures,
        .figure_count = ARRAY_LENGTH(figures),
        .elapsed = "energy_elapsed_s",
        .open = open_energy,
        .read = read_energy,
        .close = close_energy,
};
