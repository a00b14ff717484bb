/* Frequency, clock and energy, as a made tree of /sys and /dev has them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/cleanup.h"
#include "core/clock.h"
#include "platform/cpu_clock.h"
#include "platform/sensor.h"
#include "sensor_tree.h"

#include <linux/capability.h>
#include <math.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static uint32_t sensor_tree_epoch(const struct sensor_tree *f, const char *name, int32_t place)
{
	const struct sensor_reading *const reading = sensor_tree_find(f, name, place);
	assert_non_null(reading);
	return reading ? reading->epoch : UINT32_MAX;
}

/* What stands in the way of root is taken away, and given back. */
static void sensor_tree_override(bool is_allowed)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
	const uint32_t bits = 1U << CAP_DAC_OVERRIDE | 1U << CAP_DAC_READ_SEARCH;
	assert_int_equal(syscall(SYS_capget, &header, data), 0);
	data[0].effective = is_allowed ? data[0].effective | (data[0].permitted & bits)
	                               : data[0].effective & ~bits;
	assert_int_equal(syscall(SYS_capset, &header, data), 0);
}

static void sensor_tree_forbid(const struct sensor_tree *f, const char *name)
{
	char path[512];
	snprintf(path, sizeof path, "%s%s", f->root, name);
	assert_int_equal(chmod(path, 0), 0);
}

static void test_frequency_of_cpus(void **state)
{
	struct sensor_tree *const f = *state;
	sensor_tree_put(f, SENSOR_TREE_CPU "/cpu0/cpufreq/scaling_cur_freq", "2250000\n");
	sensor_tree_put(f, SENSOR_TREE_CPU "/cpu0/cpufreq/scaling_driver", "acpi-cpufreq\n");
	sensor_tree_put(f, SENSOR_TREE_CPU "/cpu1/cpufreq/scaling_cur_freq", "3391234\n");
	sensor_tree_put(f, SENSOR_TREE_CPU "/cpu2/cpufreq/scaling_cur_freq", "<unknown>\n");
	sensor_tree_put(f, SENSOR_TREE_CPU "/cpu3/cpufreq/scaling_cur_freq", "0\n");
	sensor_tree_put(f, SENSOR_TREE_CPU "/cpu9/cpufreq/scaling_cur_freq", "1000000\n");
	sensor_tree_open(f, SENSOR_CPU_FREQUENCY);
	sensor_tree_expect_source(
	        f, "cpufreq, driver acpi-cpufreq: what the kernel says, not measured");
	sensor_tree_read(f, 0);
	assert_int_equal(f->count, 2);
	sensor_tree_expect(f, "cpu_frequency_hz", 0, 2.25e9);
	sensor_tree_expect(f, "cpu_frequency_hz", 1, 3.391234e9);
	/* Unplugged, and back again. */
	sensor_tree_drop(f, SENSOR_TREE_CPU "/cpu0/cpufreq/scaling_cur_freq");
	sensor_tree_read(f, 1);
	assert_int_equal(f->count, 1);
	assert_null(sensor_tree_find(f, "cpu_frequency_hz", 0));
	sensor_tree_put(f, SENSOR_TREE_CPU "/cpu0/cpufreq/scaling_cur_freq", "1500000");
	sensor_tree_put(f, SENSOR_TREE_CPU "/cpu1/cpufreq/scaling_cur_freq", "-5\n");
	sensor_tree_read(f, 2);
	assert_int_equal(f->count, 1);
	sensor_tree_expect(f, "cpu_frequency_hz", 0, 1.5e9);
}

static void test_frequency_that_is_not_told(void **state)
{
	struct sensor_tree *const f = *state;
	for (int i = 0; i < 2; i++) {
		char name[64];
		snprintf(name, sizeof name, SENSOR_TREE_CPU "/cpu%d/cpufreq/scaling_cur_freq", i);
		sensor_tree_put(f, name, "<unknown>\n");
	}
	sensor_tree_expect_absent(f, SENSOR_CPU_FREQUENCY, "does not tell the frequency");
	sensor_tree_put(f, SENSOR_TREE_CPU "/cpu1/cpufreq/scaling_cur_freq", "2000000\n");
	sensor_tree_forbid(f, SENSOR_TREE_CPU "/cpu1/cpufreq/scaling_cur_freq");
	sensor_tree_override(false);
	sensor_tree_expect_absent(f, SENSOR_CPU_FREQUENCY, "not permitted");
	sensor_tree_override(true);
}

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
static void put_msr(const struct sensor_tree *f, int cpu, uint64_t tsc, uint64_t mperf, uint8_t top)
{
	char name[64];
	char path[512];
	unsigned char bytes[0x100] = {0};
	snprintf(name, sizeof name, "/dev/cpu/%d/msr", cpu);
	sensor_tree_put(f, name, "");
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
	struct sensor_tree *const f = *state;
	put_msr(f, 0, 0, 0, 0);
	put_msr(f, 2, 0, 0, 0);
	sensor_tree_open(f, SENSOR_CPU_CLOCK);
	sensor_tree_expect_source(
	        f, "aperf/mperf x tsc, measured, by /dev/cpu/*/msr; of CPUs that are not "
	           "idle");
	sensor_tree_read(f, 0);
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
	sensor_tree_read(f, 0);
	assert_int_equal(f->count, 1);
	assert_int_equal(f->readings[0].place, 0);
	const double counted = 5e10 / 256;
	assert_true(f->readings[0].value <= counted / (double)(again_ns - read_ns) * NS_PER_S);
	assert_true(f->readings[0].value >=
	            counted / (double)(clock_now_ns() - begin_ns) * NS_PER_S);
	/* A file that has become too short is opened again. */
	sensor_tree_put(f, "/dev/cpu/0/msr", "short");
	sensor_tree_read(f, 1);
	assert_int_equal(f->count, 0);
}

static void test_clock_that_is_forbidden(void **state)
{
	struct sensor_tree *const f = *state;
	put_msr(f, 0, 0, 0, 0);
	sensor_tree_forbid(f, "/dev/cpu/0/msr");
	sensor_tree_override(false);
	sensor_tree_expect_absent(f, SENSOR_CPU_CLOCK, "is for root");
	sensor_tree_override(true);
}

static void put_domain(const struct sensor_tree *f, const char *folder, const char *name,
                       const char *range, const char *uj)
{
	char path[128];
	snprintf(path, sizeof path, POWERCAP "/%s/name", folder);
	sensor_tree_put(f, path, name);
	snprintf(path, sizeof path, POWERCAP "/%s/max_energy_range_uj", folder);
	sensor_tree_put(f, path, range);
	snprintf(path, sizeof path, POWERCAP "/%s/energy_uj", folder);
	sensor_tree_put(f, path, uj);
}

static void set_energy(const struct sensor_tree *f, const char *folder, const char *uj)
{
	char path[128];
	snprintf(path, sizeof path, POWERCAP "/%s/energy_uj", folder);
	sensor_tree_put(f, path, uj);
}

static void test_energy_wraps(void **state)
{
	struct sensor_tree *const f = *state;
	put_domain(f, "intel-rapl:0", "package-0\n", "262143328850\n", "262143000000\n");
	put_domain(f, "intel-rapl:0:0", "core\n", "262143328850\n", "5\n");
	put_domain(f, "intel-rapl:0:1", "dram\n", "65712999613\n", "1000000\n");
	put_domain(f, "intel-rapl:1", "package-1\n", "262143328850\n", "7\n"); /* without dram */
	put_domain(f, "intel-rapl:2", "psys\n", "262143328850\n", "7\n");
	put_domain(f, "intel-rapl-mmio:0", "package-0\n", "262143328850\n", "1\n");
	sensor_tree_open(f, SENSOR_ENERGY);
	sensor_tree_expect_source(f, "powercap, intel-rapl: 2 package domains, memory of 1");
	sensor_tree_read(f, 0);
	assert_int_equal(f->count, 3);
	sensor_tree_expect(f, "package_power_w", 0, 0);
	sensor_tree_expect(f, "dram_power_w", 0, 0);
	assert_null(sensor_tree_find(f, "dram_power_w", 1));
	/* 328850 to the end, and 99671150 more: 100 J. */
	set_energy(f, "intel-rapl:0", "99671150\n");
	set_energy(f, "intel-rapl:1", "50000007\n");
	set_energy(f, "intel-rapl:0:1", "3500000\n");
	sensor_tree_read(f, 1);
	sensor_tree_expect(f, "package_power_w", 0, 100);
	sensor_tree_expect(f, "package_power_w", 1, 50);
	sensor_tree_expect(f, "dram_power_w", 0, 2.5);
	assert_int_equal(sensor_tree_epoch(f, "package_power_w", 0), 0);
	/* After 262 s at 1 kW the counter may have come round more than once. */
	set_energy(f, "intel-rapl:0", "99671150\n");
	sensor_tree_read(f, 1 + 263);
	assert_int_equal(sensor_tree_epoch(f, "package_power_w", 0), 1);
	assert_int_equal(sensor_tree_epoch(f, "dram_power_w", 0), 1);
	set_energy(f, "intel-rapl:0", "109671150\n");
	sensor_tree_read(f, 1 + 264);
	sensor_tree_expect(f, "package_power_w", 0, 110);
	assert_int_equal(sensor_tree_epoch(f, "package_power_w", 0), 1);
}

static void test_energy_of_a_package_that_goes(void **state)
{
	struct sensor_tree *const f = *state;
	put_domain(f, "intel-rapl:0", "package-0-die-0\n", "1000000000000\n", "10\n");
	put_domain(f, "intel-rapl:1", "package-0-die-1\n", "1000000000000\n", "20\n");
	put_domain(f, "intel-rapl:2", "package-1-die-0\n", "1000000000000\n", "30\n");
	sensor_tree_open(f, SENSOR_ENERGY);
	sensor_tree_read(f, 0);
	assert_int_equal(f->count, 2);
	set_energy(f, "intel-rapl:0", "2000010\n");
	set_energy(f, "intel-rapl:1", "3000020\n");
	sensor_tree_read(f, 1);
	sensor_tree_expect(f, "package_power_w", 0, 5); /* both dies */
	/* One die without a reading: half a sum is none. */
	set_energy(f, "intel-rapl:1", "no number\n");
	sensor_tree_read(f, 2);
	assert_null(sensor_tree_find(f, "package_power_w", 0));
	sensor_tree_expect(f, "package_power_w", 1, 0);
	set_energy(f, "intel-rapl:1", "9000020\n");
	sensor_tree_read(f, 3);
	assert_int_equal(sensor_tree_epoch(f, "package_power_w", 0), 1);
	/* More than the counter can hold. */
	set_energy(f, "intel-rapl:2", "1000000000001\n");
	sensor_tree_read(f, 4);
	assert_null(sensor_tree_find(f, "package_power_w", 1));
}

static void test_energy_that_is_forbidden(void **state)
{
	struct sensor_tree *const f = *state;
	put_domain(f, "intel-rapl:0", "package-0\n", "262143328850\n", "5\n");
	sensor_tree_forbid(f, POWERCAP "/intel-rapl:0/energy_uj");
	sensor_tree_override(false);
	sensor_tree_expect_absent(f, SENSOR_ENERGY, "since Linux 5.10 root alone reads energy_uj");
	sensor_tree_override(true);
	sensor_tree_drop(f, POWERCAP "/intel-rapl:0/energy_uj");
	sensor_tree_expect_absent(f, SENSOR_ENERGY, "intel_rapl_msr");
	set_energy(f, "intel-rapl:0", "?\n");
	sensor_tree_expect_absent(f, SENSOR_ENERGY, "cannot be read");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define SENSOR_TEST(f) cmocka_unit_test_setup_teardown(f, sensor_tree_set_up, sensor_tree_tear_down)
	        SENSOR_TEST(test_frequency_of_cpus),
	        SENSOR_TEST(test_frequency_that_is_not_told),
	        SENSOR_TEST(test_clock_from_counts),
	        SENSOR_TEST(test_clock_by_msr),
	        SENSOR_TEST(test_clock_that_is_forbidden),
	        SENSOR_TEST(test_energy_wraps),
	        SENSOR_TEST(test_energy_of_a_package_that_goes),
	        SENSOR_TEST(test_energy_that_is_forbidden),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
