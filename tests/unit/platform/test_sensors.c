/* Sensors of the node, on trees of /sys and /proc as kernels show them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/cleanup.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"
#include "platform/cpu_clock.h"
#include "platform/sensor.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define CPU      "/sys/devices/system/cpu"
#define HWMON    "/sys/class/hwmon"
#define ZONES    "/sys/class/thermal"
#define POWERCAP "/sys/class/powercap"
#define START_NS (1000 * NS_PER_S)

enum { MOST = 64 };

/* A tree, a sensor on it, and what it said last. */
struct fixture {
	char *root;
	struct cpuset cpus;
	struct sensor sensor;
	struct sensor_reading readings[MOST];
	size_t count;
};

static void put_file(const struct fixture *f, const char *name, const char *text)
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

static void drop(const struct fixture *f, const char *name)
{
	char path[512];
	snprintf(path, sizeof path, "%s%s", f->root, name);
	assert_int_equal(unlink(path), 0);
}

static void link_to(const struct fixture *f, const char *name, const char *target)
{
	char path[512];
	snprintf(path, sizeof path, "%s%s", f->root, name);
	assert_int_equal(symlink(target, path), 0);
}

static int set_up(void **state)
{
	struct error err;
	struct fixture *const f = calloc(1, sizeof *f);
	assert_non_null(f);
	assert_int_equal(file_make_temporary_folder(NULL, "test_sensors", &f->root, &err), 0);
	for (uint32_t cpu = 0; cpu < 4; cpu++)
		cpuset_add(&f->cpus, cpu);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *const f = *state;
	struct error err;
	sensor_close(&f->sensor);
	assert_int_equal(file_remove_tree(AT_FDCWD, f->root, &err), 0);
	free(f->root);
	free(f);
	return 0;
}

static void open_it(struct fixture *f, enum sensor_number number)
{
	struct error err;
	const struct sensor_settings settings = {f->root, &f->cpus};
	sensor_close(&f->sensor);
	assert_int_equal(sensor_open(sensor_kinds[number], &settings, &f->sensor, &err), 0);
	assert_true(f->sensor.is_available == !f->sensor.reason[0]);
	assert_true(f->sensor.most_readings <= MOST);
}

static void expect_absent(struct fixture *f, enum sensor_number number, const char *reason)
{
	open_it(f, number);
	assert_false(f->sensor.is_available);
	if (!strstr(f->sensor.reason, reason))
		fail_msg("\"%s\" is not in \"%s\"", reason, f->sensor.reason);
	assert_int_equal(sensor_read(&f->sensor, START_NS, f->readings, MOST), 0);
}

static void expect_source(const struct fixture *f, const char *source)
{
	assert_true(f->sensor.is_available);
	assert_string_equal(f->sensor.source, source);
}

static void read_at(struct fixture *f, double seconds)
{
	memset(f->readings, 0x5a, sizeof f->readings);
	f->count = sensor_read(&f->sensor, START_NS + llround(seconds * 1e9), f->readings,
	                       f->sensor.most_readings);
	assert_true(f->count <= f->sensor.most_readings);
}

static const struct sensor_reading *find(const struct fixture *f, const char *name, int32_t place)
{
	for (size_t i = 0; i < f->count; i++)
		if (f->readings[i].place == place &&
		    strcmp(f->sensor.kind->figures[f->readings[i].figure].name, name) == 0)
			return &f->readings[i];
	return NULL;
}

static void expect(const struct fixture *f, const char *name, int32_t place, double value)
{
	const struct sensor_reading *const reading = find(f, name, place);
	if (!reading)
		fail_msg("%s of %d is not there", name, (int)place);
	else if (fabs(reading->value - value) > 1e-9 * fmax(1, fabs(value)))
		fail_msg("%s of %d is %.12g, not %.12g", name, (int)place, reading->value, value);
}

static uint32_t epoch_of(const struct fixture *f, const char *name, int32_t place)
{
	const struct sensor_reading *const reading = find(f, name, place);
	assert_non_null(reading);
	return reading ? reading->epoch : UINT32_MAX;
}

/* What stands in the way of root is taken away, and given back. */
static void set_override(bool is_allowed)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
	const uint32_t bits = 1U << CAP_DAC_OVERRIDE | 1U << CAP_DAC_READ_SEARCH;
	assert_int_equal(syscall(SYS_capget, &header, data), 0);
	data[0].effective = is_allowed ? data[0].effective | (data[0].permitted & bits)
	                               : data[0].effective & ~bits;
	assert_int_equal(syscall(SYS_capset, &header, data), 0);
}

static void forbid(const struct fixture *f, const char *name)
{
	char path[512];
	snprintf(path, sizeof path, "%s%s", f->root, name);
	assert_int_equal(chmod(path, 0), 0);
}

/* ---- Nothing at all ----------------------------------------------------------------------- */

static void test_an_empty_tree_has_reasons(void **state)
{
	static const struct {
		enum sensor_number number;
		const char *reason;
	} cases[] = {
	        {SENSOR_CPU_FREQUENCY, "no cpufreq driver"},
	        {SENSOR_CPU_CLOCK, "modprobe msr"},
	        {SENSOR_TEMPERATURE, "no hwmon driver"},
	        {SENSOR_ENERGY, "intel_rapl"},
	        {SENSOR_THROTTLE, "no thermal_throttle"},
	        {SENSOR_STALLS, "CONFIG_PSI"},
	        {SENSOR_CPU_TIME, "/proc/stat"},
	        {SENSOR_MEMORY, "/proc/meminfo"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
		expect_absent(*state, cases[i].number, cases[i].reason);
}

/* ---- Frequency ---------------------------------------------------------------------------- */

static void test_frequency_of_cpus(void **state)
{
	struct fixture *const f = *state;
	put_file(f, CPU "/cpu0/cpufreq/scaling_cur_freq", "2250000\n");
	put_file(f, CPU "/cpu0/cpufreq/scaling_driver", "acpi-cpufreq\n");
	put_file(f, CPU "/cpu1/cpufreq/scaling_cur_freq", "3391234\n");
	put_file(f, CPU "/cpu2/cpufreq/scaling_cur_freq", "<unknown>\n");
	put_file(f, CPU "/cpu3/cpufreq/scaling_cur_freq", "0\n");
	put_file(f, CPU "/cpu9/cpufreq/scaling_cur_freq", "1000000\n");
	open_it(f, SENSOR_CPU_FREQUENCY);
	expect_source(f, "cpufreq, driver acpi-cpufreq: what the kernel says, not measured");
	read_at(f, 0);
	assert_int_equal(f->count, 2);
	expect(f, "cpu_frequency_hz", 0, 2.25e9);
	expect(f, "cpu_frequency_hz", 1, 3.391234e9);
	/* Unplugged, and back again. */
	drop(f, CPU "/cpu0/cpufreq/scaling_cur_freq");
	read_at(f, 1);
	assert_int_equal(f->count, 1);
	assert_null(find(f, "cpu_frequency_hz", 0));
	put_file(f, CPU "/cpu0/cpufreq/scaling_cur_freq", "1500000");
	put_file(f, CPU "/cpu1/cpufreq/scaling_cur_freq", "-5\n");
	read_at(f, 2);
	assert_int_equal(f->count, 1);
	expect(f, "cpu_frequency_hz", 0, 1.5e9);
}

static void test_frequency_that_is_not_told(void **state)
{
	struct fixture *const f = *state;
	for (int i = 0; i < 2; i++) {
		char name[64];
		snprintf(name, sizeof name, CPU "/cpu%d/cpufreq/scaling_cur_freq", i);
		put_file(f, name, "<unknown>\n");
	}
	expect_absent(f, SENSOR_CPU_FREQUENCY, "does not tell the frequency");
	put_file(f, CPU "/cpu1/cpufreq/scaling_cur_freq", "2000000\n");
	forbid(f, CPU "/cpu1/cpufreq/scaling_cur_freq");
	set_override(false);
	expect_absent(f, SENSOR_CPU_FREQUENCY, "not permitted");
	set_override(true);
}

/* ---- Clock -------------------------------------------------------------------------------- */

static void test_clock_from_counts(void **state)
{
	static const struct cpu_clock_counts before = {START_NS, 1000, 500, 7000};
	static const struct {
		int64_t ns;
		uint64_t aperf, mperf, tsc;
		double hz;
	} cases[] = {
	        {NS_PER_S, 3000000000, 2000000000, 2000000000, 3e9},
	        /* Half of the time idle: the clock is that of the other half. */
	        {NS_PER_S, 1500000000, 1000000000, 2000000000, 3e9},
	        {2 * NS_PER_S, 1000000000, 2000000000, 4000000000, 1e9},
	        /* Idle: 1 % is the least. */
	        {NS_PER_S, 19000000, 19000000, 2000000000, NAN},
	        {NS_PER_S, 0, 0, 2000000000, NAN},
	        {0, 1, 1, 1, NAN},
	        /* A counter that stands still, and one that runs away. */
	        {NS_PER_S, 0, 2000000000, 2000000000, NAN},
	        {NS_PER_S, UINT64_MAX / 2, 2000000000, 2000000000, NAN},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		const struct cpu_clock_counts after = {
		        before.at_ns + cases[i].ns, before.aperf + cases[i].aperf,
		        before.mperf + cases[i].mperf, before.tsc + cases[i].tsc};
		const double hz = cpu_clock_hz(&before, &after);
		if (isnan(cases[i].hz) ? !isnan(hz) : fabs(hz - cases[i].hz) > 1)
			fail_msg("case %zu: %g, not %g", i, hz, cases[i].hz);
	}
	/* Over the end of 64 bits. */
	const struct cpu_clock_counts late = {START_NS, UINT64_MAX - 9, UINT64_MAX, 5};
	const struct cpu_clock_counts later = {START_NS + NS_PER_S, 2999999990, 1999999999,
	                                       2000000005};
	assert_true(fabs(cpu_clock_hz(&late, &later) - 3e9) < 1);
}

/* A plain file stands for /dev/cpu/N/msr. In a file the registers 0xe7 and 0xe8 overlap, so that
 * only some pairs can be had: mperf = low, aperf = low >> 8 | top << 56. */
static void put_msr(const struct fixture *f, int cpu, uint64_t tsc, uint64_t mperf, uint8_t top)
{
	char name[64];
	char path[512];
	unsigned char bytes[0x100] = {0};
	snprintf(name, sizeof name, "/dev/cpu/%d/msr", cpu);
	put_file(f, name, "");
	snprintf(path, sizeof path, "%s%s", f->root, name);
	for (int i = 0; i < 8; i++) {
		bytes[0x10 + i] = (unsigned char)(tsc >> (8 * i));
		bytes[0xe7 + i] = (unsigned char)(mperf >> (8 * i));
	}
	bytes[0xe8 + 7] = top;
	cleanup_file FILE *stream = fopen(path, "r+");
	assert_non_null(stream);
	assert_int_equal(fwrite(bytes, 1, sizeof bytes, stream), sizeof bytes);
}

static void test_clock_by_msr(void **state)
{
	struct fixture *const f = *state;
	put_msr(f, 0, 0, 0, 0);
	put_msr(f, 2, 0, 0, 0);
	open_it(f, SENSOR_CPU_CLOCK);
	expect_source(f, "aperf/mperf x tsc, measured, by /dev/cpu/*/msr; of CPUs that are not "
	                 "idle");
	read_at(f, 0);
	assert_int_equal(f->count, 0); /* nothing to compare with */
	/* The clock is aperf / mperf x tsc / time: 1/256 of what tsc counts. */
	const int64_t begin_ns = clock_now_ns();
	put_msr(f, 0, 0, 0, 0);
	assert_int_equal(sensor_read(&f->sensor, START_NS, f->readings, 4), 0);
	const int64_t read_ns = clock_now_ns();
	clock_sleep_until(read_ns + 20 * NS_PER_MS);
	put_msr(f, 0, UINT64_C(50000000000), UINT64_C(1) << 40, 0);
	const int64_t again_ns = clock_now_ns();
	put_msr(f, 2, UINT64_C(50000000000), 0, 0); /* idle */
	read_at(f, 0);
	assert_int_equal(f->count, 1);
	assert_int_equal(f->readings[0].place, 0);
	const double counted = 5e10 / 256;
	assert_true(f->readings[0].value <= counted / (double)(again_ns - read_ns) * NS_PER_S);
	assert_true(f->readings[0].value >=
	            counted / (double)(clock_now_ns() - begin_ns) * NS_PER_S);
	/* A file that has become too short is opened again. */
	put_file(f, "/dev/cpu/0/msr", "short");
	read_at(f, 1);
	assert_int_equal(f->count, 0);
}

static void test_clock_that_is_forbidden(void **state)
{
	struct fixture *const f = *state;
	put_msr(f, 0, 0, 0, 0);
	forbid(f, "/dev/cpu/0/msr");
	set_override(false);
	expect_absent(f, SENSOR_CPU_CLOCK, "is for root");
	set_override(true);
}

/* ---- Temperature -------------------------------------------------------------------------- */

static void test_temperature_of_intel(void **state)
{
	struct fixture *const f = *state;
	put_file(f, HWMON "/hwmon0/name", "nvme\n");
	put_file(f, HWMON "/hwmon0/temp1_input", "90000\n");
	put_file(f, HWMON "/hwmon4/name", "coretemp\n");
	put_file(f, HWMON "/hwmon4/temp1_label", "Package id 1\n");
	put_file(f, HWMON "/hwmon4/temp1_input", "61000\n");
	put_file(f, HWMON "/hwmon4/temp2_label", "Core 0\n");
	put_file(f, HWMON "/hwmon4/temp2_input", "70000\n");
	put_file(f, HWMON "/hwmon5/name", "coretemp\n");
	put_file(f, HWMON "/hwmon5/temp1_label", "Package id 0\n");
	put_file(f, HWMON "/hwmon5/temp1_input", "-5500\n");
	open_it(f, SENSOR_TEMPERATURE);
	expect_source(f, "hwmon, driver coretemp, \"Package id\"");
	read_at(f, 0);
	assert_int_equal(f->count, 2);
	expect(f, "temperature_c", 0, -5.5);
	expect(f, "temperature_c", 1, 61);
	/* Nonsense has no reading; the other package has. */
	put_file(f, HWMON "/hwmon5/temp1_input", "999000\n");
	read_at(f, 1);
	assert_int_equal(f->count, 1);
	drop(f, HWMON "/hwmon4/temp1_input");
	read_at(f, 2);
	assert_int_equal(f->count, 0);
}

static void test_temperature_of_amd(void **state)
{
	struct fixture *const f = *state;
	/* The order of packages is that of the devices, not of hwmon. */
	put_file(f, HWMON "/hwmon1/name", "k10temp\n");
	link_to(f, HWMON "/hwmon1/device", "../../../0000:00:19.3");
	put_file(f, HWMON "/hwmon1/temp1_label", "Tctl\n");
	put_file(f, HWMON "/hwmon1/temp1_input", "82125\n");
	put_file(f, HWMON "/hwmon1/temp2_label", "Tdie\n");
	put_file(f, HWMON "/hwmon1/temp2_input", "72125\n");
	put_file(f, HWMON "/hwmon2/name", "k10temp\n");
	link_to(f, HWMON "/hwmon2/device", "../../../0000:00:18.3");
	put_file(f, HWMON "/hwmon2/temp1_label", "Tctl\n");
	put_file(f, HWMON "/hwmon2/temp1_input", "50000\n");
	open_it(f, SENSOR_TEMPERATURE);
	read_at(f, 0);
	assert_int_equal(f->count, 2);
	expect(f, "temperature_c", 0, 50);
	expect(f, "temperature_c", 1, 72.125);
}

static void test_temperature_without_a_package(void **state)
{
	struct fixture *const f = *state;
	put_file(f, HWMON "/hwmon0/name", "cpu_thermal\n");
	put_file(f, HWMON "/hwmon0/temp1_input", "40000\n");
	put_file(f, HWMON "/hwmon0/temp3_input", "44000\n");
	open_it(f, SENSOR_TEMPERATURE);
	read_at(f, 0);
	assert_int_equal(f->count, 1);
	expect(f, "temperature_c", 0, 44);
}

static void test_temperature_of_zones(void **state)
{
	struct fixture *const f = *state;
	put_file(f, ZONES "/thermal_zone0/type", "pch_skylake\n");
	put_file(f, ZONES "/thermal_zone0/temp", "30000\n");
	put_file(f, ZONES "/thermal_zone7/type", "x86_pkg_temp\n");
	put_file(f, ZONES "/thermal_zone7/temp", "47000\n");
	put_file(f, ZONES "/thermal_zone8/type", "cpu-thermal\n");
	put_file(f, ZONES "/thermal_zone8/temp", "garbage\n");
	open_it(f, SENSOR_TEMPERATURE);
	expect_source(f, "thermal zones (1, the first is x86_pkg_temp), as no hwmon driver shows "
	                 "the processor");
	read_at(f, 0);
	assert_int_equal(f->count, 1);
	expect(f, "zone_temperature_c", 7, 47);
}

/* ---- Energy ------------------------------------------------------------------------------- */

static void put_domain(const struct fixture *f, const char *folder, const char *name,
                       const char *range, const char *uj)
{
	char path[128];
	snprintf(path, sizeof path, POWERCAP "/%s/name", folder);
	put_file(f, path, name);
	snprintf(path, sizeof path, POWERCAP "/%s/max_energy_range_uj", folder);
	put_file(f, path, range);
	snprintf(path, sizeof path, POWERCAP "/%s/energy_uj", folder);
	put_file(f, path, uj);
}

static void set_energy(const struct fixture *f, const char *folder, const char *uj)
{
	char path[128];
	snprintf(path, sizeof path, POWERCAP "/%s/energy_uj", folder);
	put_file(f, path, uj);
}

static void test_energy_wraps(void **state)
{
	struct fixture *const f = *state;
	put_domain(f, "intel-rapl:0", "package-0\n", "262143328850\n", "262143000000\n");
	put_domain(f, "intel-rapl:0:0", "core\n", "262143328850\n", "5\n");
	put_domain(f, "intel-rapl:0:1", "dram\n", "65712999613\n", "1000000\n");
	put_domain(f, "intel-rapl:1", "package-1\n", "262143328850\n", "7\n"); /* without dram */
	put_domain(f, "intel-rapl:2", "psys\n", "262143328850\n", "7\n");
	put_domain(f, "intel-rapl-mmio:0", "package-0\n", "262143328850\n", "1\n");
	open_it(f, SENSOR_ENERGY);
	expect_source(f, "powercap, intel-rapl: 2 package domains, memory of 1");
	read_at(f, 0);
	assert_int_equal(f->count, 3);
	expect(f, "package_power_w", 0, 0);
	expect(f, "dram_power_w", 0, 0);
	assert_null(find(f, "dram_power_w", 1));
	/* 328850 to the end, and 99671150 more: 100 J. */
	set_energy(f, "intel-rapl:0", "99671150\n");
	set_energy(f, "intel-rapl:1", "50000007\n");
	set_energy(f, "intel-rapl:0:1", "3500000\n");
	read_at(f, 1);
	expect(f, "package_power_w", 0, 100);
	expect(f, "package_power_w", 1, 50);
	expect(f, "dram_power_w", 0, 2.5);
	assert_int_equal(epoch_of(f, "package_power_w", 0), 0);
	/* After 262 s at 1 kW the counter may have come round more than once. */
	set_energy(f, "intel-rapl:0", "99671150\n");
	read_at(f, 1 + 263);
	assert_int_equal(epoch_of(f, "package_power_w", 0), 1);
	assert_int_equal(epoch_of(f, "dram_power_w", 0), 1);
	set_energy(f, "intel-rapl:0", "109671150\n");
	read_at(f, 1 + 264);
	expect(f, "package_power_w", 0, 110);
	assert_int_equal(epoch_of(f, "package_power_w", 0), 1);
}

static void test_energy_of_a_package_that_goes(void **state)
{
	struct fixture *const f = *state;
	put_domain(f, "intel-rapl:0", "package-0-die-0\n", "1000000000000\n", "10\n");
	put_domain(f, "intel-rapl:1", "package-0-die-1\n", "1000000000000\n", "20\n");
	put_domain(f, "intel-rapl:2", "package-1-die-0\n", "1000000000000\n", "30\n");
	open_it(f, SENSOR_ENERGY);
	read_at(f, 0);
	assert_int_equal(f->count, 2);
	set_energy(f, "intel-rapl:0", "2000010\n");
	set_energy(f, "intel-rapl:1", "3000020\n");
	read_at(f, 1);
	expect(f, "package_power_w", 0, 5); /* both dies */
	/* One die without a reading: half a sum is none. */
	set_energy(f, "intel-rapl:1", "no number\n");
	read_at(f, 2);
	assert_null(find(f, "package_power_w", 0));
	expect(f, "package_power_w", 1, 0);
	set_energy(f, "intel-rapl:1", "9000020\n");
	read_at(f, 3);
	assert_int_equal(epoch_of(f, "package_power_w", 0), 1);
	/* More than the counter can hold. */
	set_energy(f, "intel-rapl:2", "1000000000001\n");
	read_at(f, 4);
	assert_null(find(f, "package_power_w", 1));
}

static void test_energy_that_is_forbidden(void **state)
{
	struct fixture *const f = *state;
	put_domain(f, "intel-rapl:0", "package-0\n", "262143328850\n", "5\n");
	forbid(f, POWERCAP "/intel-rapl:0/energy_uj");
	set_override(false);
	expect_absent(f, SENSOR_ENERGY, "since Linux 5.10 root alone reads energy_uj");
	set_override(true);
	drop(f, POWERCAP "/intel-rapl:0/energy_uj");
	expect_absent(f, SENSOR_ENERGY, "intel_rapl_msr");
	set_energy(f, "intel-rapl:0", "?\n");
	expect_absent(f, SENSOR_ENERGY, "cannot be read");
}

/* ---- Throttling --------------------------------------------------------------------------- */

static void put_throttle(const struct fixture *f, int cpu, const char *core, const char *package,
                         const char *file, const char *value)
{
	char path[128];
	snprintf(path, sizeof path, CPU "/cpu%d/topology/core_id", cpu);
	put_file(f, path, core);
	snprintf(path, sizeof path, CPU "/cpu%d/topology/physical_package_id", cpu);
	put_file(f, path, package);
	snprintf(path, sizeof path, CPU "/cpu%d/thermal_throttle/%s", cpu, file);
	put_file(f, path, value);
}

static void test_throttling(void **state)
{
	/* CPUs 0 and 2 are one core; 0 to 2 one package, 3 the other. */
	static const char *const cores[] = {"0", "1", "0", "0"};
	static const char *const packages[] = {"0", "0", "0", "1"};
	struct fixture *const f = *state;
	for (int cpu = 0; cpu < 4; cpu++) {
		put_throttle(f, cpu, cores[cpu], packages[cpu], "core_throttle_count", "10\n");
		put_throttle(f, cpu, cores[cpu], packages[cpu], "package_throttle_count", "20\n");
		put_throttle(f, cpu, cores[cpu], packages[cpu], "core_throttle_total_time_ms",
		             "100\n");
		put_throttle(f, cpu, cores[cpu], packages[cpu], "package_throttle_total_time_ms",
		             "200\n");
	}
	open_it(f, SENSOR_THROTTLE);
	expect_source(f, "thermal_throttle of 3 cores: counts and times");
	read_at(f, 0);
	assert_int_equal(f->count, 8);
	expect(f, "core_throttle_per_s", 0, 0);
	for (int cpu = 0; cpu < 3; cpu++) {
		put_throttle(f, cpu, cores[cpu], packages[cpu], "core_throttle_count", "13\n");
		put_throttle(f, cpu, cores[cpu], packages[cpu], "package_throttle_count", "24\n");
		put_throttle(f, cpu, cores[cpu], packages[cpu], "core_throttle_total_time_ms",
		             "1600\n");
	}
	read_at(f, 1);
	expect(f, "core_throttle_per_s", 0, 6); /* two cores, of which each counts 3 */
	expect(f, "package_throttle_per_s", 0, 4);
	expect(f, "core_throttled_s_per_s", 0, 3);
	expect(f, "package_throttled_share", 0, 0);
	expect(f, "core_throttle_per_s", 1, 0);
	/* Unplugged, and back from 0: what it counted before stays, nothing is made up. */
	drop(f, CPU "/cpu1/thermal_throttle/core_throttle_count");
	read_at(f, 2);
	expect(f, "core_throttle_per_s", 0, 6);
	put_throttle(f, 1, "1", "0", "core_throttle_count", "0\n");
	read_at(f, 3);
	put_throttle(f, 1, "1", "0", "core_throttle_count", "2\n");
	read_at(f, 4);
	expect(f, "core_throttle_per_s", 0, 8);
}

static void test_throttling_without_times(void **state)
{
	struct fixture *const f = *state;
	put_throttle(f, 0, "0", "0", "core_throttle_count", "1\n");
	put_throttle(f, 0, "0", "0", "package_throttle_count", "junk\n");
	open_it(f, SENSOR_THROTTLE);
	expect_source(f, "thermal_throttle of 1 core: counts");
	read_at(f, 0);
	assert_int_equal(f->count, 2);
}

static void test_amd_counts_no_throttling(void **state)
{
	put_file(*state, "/proc/cpuinfo", "processor\t: 0\nvendor_id\t: AuthenticAMD\n");
	expect_absent(*state, SENSOR_THROTTLE, "of AMD processors");
}

/* ---- What every machine has --------------------------------------------------------------- */

static void test_stalls_cpu_time_and_memory(void **state)
{
	struct fixture *const f = *state;
	put_file(f, "/proc/pressure/cpu", "some avg10=0.00 avg60=0.00 avg300=0.00 total=1500000\n");
	put_file(f, "/proc/pressure/io",
	         "some avg10=0.00 avg60=0.00 avg300=0.00 total=20\n"
	         "full avg10=0.00 avg60=0.00 avg300=0.00 total=10\n");
	put_file(f, "/proc/stat",
	         "cpu  100 10 50 1000 5 2 38 80 90 0\ncpu0 50 5 25 500 2 1 1 3 45 "
	         "0\ncpu1 50 5 25 500 3 1 2 4 45 0\nintr 1\n");
	put_file(f, "/proc/meminfo",
	         "MemTotal: 1000 kB\nMemFree: 5 kB\nMemAvailable:  800 kB\nDirty: 3 "
	         "kB\nWriteback: 4 kB\n");
	put_file(f, "/sys/devices/system/node/node0/meminfo",
	         "Node 0 MemTotal: 600 kB\nNode 0 MemFree:    300 kB\n");
	put_file(f, "/sys/devices/system/node/node2/meminfo", "Node 2 MemFree:  7 kB\n");
	open_it(f, SENSOR_STALLS);
	read_at(f, 0);
	assert_int_equal(f->count, 3);
	expect(f, "psi_cpu_some_share", -1, 1.5);
	expect(f, "psi_io_full_share", -1, 1e-5);
	open_it(f, SENSOR_CPU_TIME);
	read_at(f, 0);
	const double per_s = 2.0 * (double)sysconf(_SC_CLK_TCK);
	expect(f, "cpu_busy_share", -1, 200 / per_s);
	expect(f, "cpu_steal_share", -1, 80 / per_s);
	open_it(f, SENSOR_MEMORY);
	expect_source(f, "/proc/meminfo, and of 2 NUMA nodes");
	read_at(f, 0);
	assert_int_equal(f->count, 4);
	expect(f, "memory_available_bytes", -1, 800 * 1024);
	expect(f, "memory_dirty_bytes", -1, 7 * 1024);
	expect(f, "numa_free_bytes", 0, 300 * 1024);
	expect(f, "numa_free_bytes", 2, 7 * 1024);
}

static void test_this_machine(void **state)
{
	struct fixture *const f = *state;
	for (int i = 0; i < SENSOR_KINDS; i++) {
		struct error err;
		struct sensor sensor;
		const struct sensor_settings settings = {NULL, &f->cpus};
		assert_int_equal(sensor_open(sensor_kinds[i], &settings, &sensor, &err), 0);
		assert_true(sensor.is_available ? sensor.source[0] : sensor.reason[0]);
		struct sensor_reading *const readings =
		        calloc(sensor.most_readings + 1, sizeof *readings);
		assert_non_null(readings);
		for (int k = 0; k < 3; k++) {
			const size_t count = sensor_read(&sensor, clock_now_ns(), readings,
			                                 sensor.most_readings);
			assert_true(count <= sensor.most_readings);
			for (size_t j = 0; j < count; j++)
				assert_true(readings[j].figure < sensor.kind->figure_count &&
				            isfinite(readings[j].value));
		}
		free(readings);
		sensor_close(&sensor);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define SENSOR_TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	        SENSOR_TEST(test_an_empty_tree_has_reasons),
	        SENSOR_TEST(test_frequency_of_cpus),
	        SENSOR_TEST(test_frequency_that_is_not_told),
	        SENSOR_TEST(test_clock_from_counts),
	        SENSOR_TEST(test_clock_by_msr),
	        SENSOR_TEST(test_clock_that_is_forbidden),
	        SENSOR_TEST(test_temperature_of_intel),
	        SENSOR_TEST(test_temperature_of_amd),
	        SENSOR_TEST(test_temperature_without_a_package),
	        SENSOR_TEST(test_temperature_of_zones),
	        SENSOR_TEST(test_energy_wraps),
	        SENSOR_TEST(test_energy_of_a_package_that_goes),
	        SENSOR_TEST(test_energy_that_is_forbidden),
	        SENSOR_TEST(test_throttling),
	        SENSOR_TEST(test_throttling_without_times),
	        SENSOR_TEST(test_amd_counts_no_throttling),
	        SENSOR_TEST(test_stalls_cpu_time_and_memory),
	        SENSOR_TEST(test_this_machine),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
