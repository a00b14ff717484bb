/* What sensors say of a made tree of /sys and /proc: temperatures, throttling, stalls; and of this
 * machine. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/cleanup.h"
#include "core/clock.h"
#include "core/error.h"
#include "platform/sensor.h"
#include "sensor_tree.h"

#include <linux/capability.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static void link_to(const struct sensor_tree *f, const char *name, const char *target)
{
	char path[512];
	snprintf(path, sizeof path, "%s%s", f->root, name);
	assert_int_equal(symlink(target, path), 0);
}

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
		sensor_tree_expect_absent(*state, cases[i].number, cases[i].reason);
}

static void test_temperature_of_intel(void **state)
{
	struct sensor_tree *const f = *state;
	sensor_tree_put(f, HWMON "/hwmon0/name", "nvme\n");
	sensor_tree_put(f, HWMON "/hwmon0/temp1_input", "90000\n");
	sensor_tree_put(f, HWMON "/hwmon4/name", "coretemp\n");
	sensor_tree_put(f, HWMON "/hwmon4/temp1_label", "Package id 1\n");
	sensor_tree_put(f, HWMON "/hwmon4/temp1_input", "61000\n");
	sensor_tree_put(f, HWMON "/hwmon4/temp2_label", "Core 0\n");
	sensor_tree_put(f, HWMON "/hwmon4/temp2_input", "70000\n");
	sensor_tree_put(f, HWMON "/hwmon5/name", "coretemp\n");
	sensor_tree_put(f, HWMON "/hwmon5/temp1_label", "Package id 0\n");
	sensor_tree_put(f, HWMON "/hwmon5/temp1_input", "-5500\n");
	sensor_tree_open(f, SENSOR_TEMPERATURE);
	sensor_tree_expect_source(f, "hwmon, driver coretemp, \"Package id\"");
	sensor_tree_read(f, 0);
	assert_int_equal(f->count, 2);
	sensor_tree_expect(f, "temperature_c", 0, -5.5);
	sensor_tree_expect(f, "temperature_c", 1, 61);
	/* Nonsense has no reading; the other package has. */
	sensor_tree_put(f, HWMON "/hwmon5/temp1_input", "999000\n");
	sensor_tree_read(f, 1);
	assert_int_equal(f->count, 1);
	sensor_tree_drop(f, HWMON "/hwmon4/temp1_input");
	sensor_tree_read(f, 2);
	assert_int_equal(f->count, 0);
}

static void test_temperature_of_amd(void **state)
{
	struct sensor_tree *const f = *state;
	/* The order of packages is that of the devices, not of hwmon. */
	sensor_tree_put(f, HWMON "/hwmon1/name", "k10temp\n");
	link_to(f, HWMON "/hwmon1/device", "../../../0000:00:19.3");
	sensor_tree_put(f, HWMON "/hwmon1/temp1_label", "Tctl\n");
	sensor_tree_put(f, HWMON "/hwmon1/temp1_input", "82125\n");
	sensor_tree_put(f, HWMON "/hwmon1/temp2_label", "Tdie\n");
	sensor_tree_put(f, HWMON "/hwmon1/temp2_input", "72125\n");
	sensor_tree_put(f, HWMON "/hwmon2/name", "k10temp\n");
	link_to(f, HWMON "/hwmon2/device", "../../../0000:00:18.3");
	sensor_tree_put(f, HWMON "/hwmon2/temp1_label", "Tctl\n");
	sensor_tree_put(f, HWMON "/hwmon2/temp1_input", "50000\n");
	sensor_tree_open(f, SENSOR_TEMPERATURE);
	sensor_tree_read(f, 0);
	assert_int_equal(f->count, 2);
	sensor_tree_expect(f, "temperature_c", 0, 50);
	sensor_tree_expect(f, "temperature_c", 1, 72.125);
}

static void test_temperature_without_a_package(void **state)
{
	struct sensor_tree *const f = *state;
	sensor_tree_put(f, HWMON "/hwmon0/name", "cpu_thermal\n");
	sensor_tree_put(f, HWMON "/hwmon0/temp1_input", "40000\n");
	sensor_tree_put(f, HWMON "/hwmon0/temp3_input", "44000\n");
	sensor_tree_open(f, SENSOR_TEMPERATURE);
	sensor_tree_read(f, 0);
	assert_int_equal(f->count, 1);
	sensor_tree_expect(f, "temperature_c", 0, 44);
}

static void test_temperature_of_zones(void **state)
{
	struct sensor_tree *const f = *state;
	sensor_tree_put(f, ZONES "/thermal_zone0/type", "pch_skylake\n");
	sensor_tree_put(f, ZONES "/thermal_zone0/temp", "30000\n");
	sensor_tree_put(f, ZONES "/thermal_zone7/type", "x86_pkg_temp\n");
	sensor_tree_put(f, ZONES "/thermal_zone7/temp", "47000\n");
	sensor_tree_put(f, ZONES "/thermal_zone8/type", "cpu-thermal\n");
	sensor_tree_put(f, ZONES "/thermal_zone8/temp", "garbage\n");
	sensor_tree_open(f, SENSOR_TEMPERATURE);
	sensor_tree_expect_source(
	        f, "thermal zones (1, the first is x86_pkg_temp), as no hwmon driver shows "
	           "the processor");
	sensor_tree_read(f, 0);
	assert_int_equal(f->count, 1);
	sensor_tree_expect(f, "zone_temperature_c", 7, 47);
}

static void put_throttle(const struct sensor_tree *f, int cpu, const char *core,
                         const char *package, const char *file, const char *value)
{
	char path[128];
	snprintf(path, sizeof path, SENSOR_TREE_CPU "/cpu%d/topology/core_id", cpu);
	sensor_tree_put(f, path, core);
	snprintf(path, sizeof path, SENSOR_TREE_CPU "/cpu%d/topology/physical_package_id", cpu);
	sensor_tree_put(f, path, package);
	snprintf(path, sizeof path, SENSOR_TREE_CPU "/cpu%d/thermal_throttle/%s", cpu, file);
	sensor_tree_put(f, path, value);
}

static void test_throttling(void **state)
{
	/* CPUs 0 and 2 are one core; 0 to 2 one package, 3 the other. */
	static const char *const cores[] = {"0", "1", "0", "0"};
	static const char *const packages[] = {"0", "0", "0", "1"};
	struct sensor_tree *const f = *state;
	for (int cpu = 0; cpu < 4; cpu++) {
		put_throttle(f, cpu, cores[cpu], packages[cpu], "core_throttle_count", "10\n");
		put_throttle(f, cpu, cores[cpu], packages[cpu], "package_throttle_count", "20\n");
		put_throttle(f, cpu, cores[cpu], packages[cpu], "core_throttle_total_time_ms",
		             "100\n");
		put_throttle(f, cpu, cores[cpu], packages[cpu], "package_throttle_total_time_ms",
		             "200\n");
	}
	sensor_tree_open(f, SENSOR_THROTTLE);
	sensor_tree_expect_source(f, "thermal_throttle of 3 cores: counts and times");
	sensor_tree_read(f, 0);
	assert_int_equal(f->count, 8);
	sensor_tree_expect(f, "core_throttle_per_s", 0, 0);
	for (int cpu = 0; cpu < 3; cpu++) {
		put_throttle(f, cpu, cores[cpu], packages[cpu], "core_throttle_count", "13\n");
		put_throttle(f, cpu, cores[cpu], packages[cpu], "package_throttle_count", "24\n");
		put_throttle(f, cpu, cores[cpu], packages[cpu], "core_throttle_total_time_ms",
		             "1600\n");
	}
	sensor_tree_read(f, 1);
	sensor_tree_expect(f, "core_throttle_per_s", 0, 6); /* two cores, of which each counts 3 */
	sensor_tree_expect(f, "package_throttle_per_s", 0, 4);
	sensor_tree_expect(f, "core_throttled_s_per_s", 0, 3);
	sensor_tree_expect(f, "package_throttled_share", 0, 0);
	sensor_tree_expect(f, "core_throttle_per_s", 1, 0);
	/* Unplugged, and back from 0: what it counted before stays, nothing is made up. */
	sensor_tree_drop(f, SENSOR_TREE_CPU "/cpu1/thermal_throttle/core_throttle_count");
	sensor_tree_read(f, 2);
	sensor_tree_expect(f, "core_throttle_per_s", 0, 6);
	put_throttle(f, 1, "1", "0", "core_throttle_count", "0\n");
	sensor_tree_read(f, 3);
	put_throttle(f, 1, "1", "0", "core_throttle_count", "2\n");
	sensor_tree_read(f, 4);
	sensor_tree_expect(f, "core_throttle_per_s", 0, 8);
}

static void test_throttling_without_times(void **state)
{
	struct sensor_tree *const f = *state;
	put_throttle(f, 0, "0", "0", "core_throttle_count", "1\n");
	put_throttle(f, 0, "0", "0", "package_throttle_count", "junk\n");
	sensor_tree_open(f, SENSOR_THROTTLE);
	sensor_tree_expect_source(f, "thermal_throttle of 1 core: counts");
	sensor_tree_read(f, 0);
	assert_int_equal(f->count, 2);
}

static void test_amd_counts_no_throttling(void **state)
{
	sensor_tree_put(*state, "/proc/cpuinfo", "processor\t: 0\nvendor_id\t: AuthenticAMD\n");
	sensor_tree_expect_absent(*state, SENSOR_THROTTLE, "of AMD processors");
}

static void test_stalls_cpu_time_and_memory(void **state)
{
	struct sensor_tree *const f = *state;
	sensor_tree_put(f, "/proc/pressure/cpu",
	                "some avg10=0.00 avg60=0.00 avg300=0.00 total=1500000\n");
	sensor_tree_put(f, "/proc/pressure/io",
	                "some avg10=0.00 avg60=0.00 avg300=0.00 total=20\n"
	                "full avg10=0.00 avg60=0.00 avg300=0.00 total=10\n");
	sensor_tree_put(f, "/proc/stat",
	                "cpu  100 10 50 1000 5 2 38 80 90 0\ncpu0 50 5 25 500 2 1 1 3 45 "
	                "0\ncpu1 50 5 25 500 3 1 2 4 45 0\nintr 1\n");
	sensor_tree_put(f, "/proc/meminfo",
	                "MemTotal: 1000 kB\nMemFree: 5 kB\nMemAvailable:  800 kB\nDirty: 3 "
	                "kB\nWriteback: 4 kB\n");
	sensor_tree_put(f, "/sys/devices/system/node/node0/meminfo",
	                "Node 0 MemTotal: 600 kB\nNode 0 MemFree:    300 kB\n");
	sensor_tree_put(f, "/sys/devices/system/node/node2/meminfo", "Node 2 MemFree:  7 kB\n");
	sensor_tree_open(f, SENSOR_STALLS);
	sensor_tree_read(f, 0);
	assert_int_equal(f->count, 3);
	sensor_tree_expect(f, "psi_cpu_some_share", -1, 1.5);
	sensor_tree_expect(f, "psi_io_full_share", -1, 1e-5);
	sensor_tree_open(f, SENSOR_CPU_TIME);
	sensor_tree_read(f, 0);
	const double per_s = 2.0 * (double)sysconf(_SC_CLK_TCK);
	sensor_tree_expect(f, "cpu_busy_share", -1, 200 / per_s);
	sensor_tree_expect(f, "cpu_steal_share", -1, 80 / per_s);
	sensor_tree_open(f, SENSOR_MEMORY);
	sensor_tree_expect_source(f, "/proc/meminfo, and of 2 NUMA nodes");
	sensor_tree_read(f, 0);
	assert_int_equal(f->count, 4);
	sensor_tree_expect(f, "memory_available_bytes", -1, 800 * 1024);
	sensor_tree_expect(f, "memory_dirty_bytes", -1, 7 * 1024);
	sensor_tree_expect(f, "numa_free_bytes", 0, 300 * 1024);
	sensor_tree_expect(f, "numa_free_bytes", 2, 7 * 1024);
}

static void test_this_machine(void **state)
{
	struct sensor_tree *const f = *state;
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
#define SENSOR_TEST(f) cmocka_unit_test_setup_teardown(f, sensor_tree_set_up, sensor_tree_tear_down)
	        SENSOR_TEST(test_an_empty_tree_has_reasons),
	        SENSOR_TEST(test_temperature_of_intel),
	        SENSOR_TEST(test_temperature_of_amd),
	        SENSOR_TEST(test_temperature_without_a_package),
	        SENSOR_TEST(test_temperature_of_zones),
	        SENSOR_TEST(test_throttling),
	        SENSOR_TEST(test_throttling_without_times),
	        SENSOR_TEST(test_amd_counts_no_throttling),
	        SENSOR_TEST(test_stalls_cpu_time_and_memory),
	        SENSOR_TEST(test_this_machine),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
