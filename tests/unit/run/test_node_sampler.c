/* What the node sampler makes of a made-up node that changes between a trial's beginning, the two
 * ends of its window, and its end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"
#include "model/cpuset.h"
#include "run/node_sampler.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { MOST_SAMPLES = 4096 };

#define RAPL "/sys/class/powercap/intel-rapl:0"

struct fixture {
	char *root;
	struct cpuset cpus;
	struct node_sampler *sampler;
	struct sample_record samples[MOST_SAMPLES];
	size_t count;
	size_t events;
	size_t room; /* further records are refused */
};

static int take(void *self, const struct record *record, struct error *err)
{
	struct fixture *const f = self;
	if (record->kind == RECORD_EVENT) {
		assert_string_equal(record->event.code, "samples-lost");
		f->events++;
		return 0;
	}
	assert_int_equal(record->kind, RECORD_SAMPLE);
	if (f->count == f->room)
		return error_set(err, ENOSPC, "no room");
	f->samples[f->count++] = record->sample;
	return 0;
}

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
	/* In one step: the sampler may be reading. */
	char whole[520];
	snprintf(whole, sizeof whole, "%s.new", path);
	FILE *const stream = fopen(whole, "w");
	assert_non_null(stream);
	fputs(text, stream);
	assert_int_equal(fclose(stream), 0);
	assert_int_equal(rename(whole, path), 0);
}

static int set_up(void **state)
{
	struct error err;
	struct fixture *const f = calloc(1, sizeof *f);
	assert_non_null(f);
	f->room = MOST_SAMPLES;
	assert_int_equal(file_make_temporary_folder(NULL, "test_node_sampler", &f->root, &err), 0);
	cpuset_add(&f->cpus, 3);
	put_file(f, RAPL "/name", "package-0\n");
	put_file(f, RAPL "/max_energy_range_uj", "100000000000\n");
	put_file(f, RAPL "/energy_uj", "99990000000\n");
	put_file(f, "/sys/class/hwmon/hwmon0/name", "k10temp\n");
	put_file(f, "/sys/class/hwmon/hwmon0/temp1_label", "Tctl\n");
	put_file(f, "/sys/class/hwmon/hwmon0/temp1_input", "40000\n");
	put_file(f, "/sys/devices/system/cpu/cpu3/cpufreq/scaling_cur_freq", "2000000\n");
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *const f = *state;
	struct error err;
	node_sampler_close(f->sampler);
	assert_int_equal(file_remove_tree(AT_FDCWD, f->root, &err), 0);
	free(f->root);
	free(f);
	return 0;
}

static void open_it(struct fixture *f, int64_t interval_ns)
{
	struct error err;
	const struct node_sampler_settings settings = {
	        .sysroot = f->root, .cpus = &f->cpus, .interval_ns = interval_ns, .origin_ns = 0};
	assert_int_equal(node_sampler_open(&settings, &f->sampler, &err), 0);
}

static size_t count_of(const struct fixture *f, const char *name)
{
	size_t count = 0;
	for (size_t i = 0; i < f->count; i++)
		count += strcmp(f->samples[i].name, name) == 0;
	return count;
}

static const struct sample_record *last_of(const struct fixture *f, const char *name)
{
	for (size_t i = f->count; i-- > 0;)
		if (strcmp(f->samples[i].name, name) == 0)
			return &f->samples[i];
	fail_msg("no sample %s", name);
	return &f->samples[0];
}

/* Until so many temperatures have been read, and a little longer, since a round goes on behind
 * them. */
static void await(struct fixture *f, size_t temperatures)
{
	struct error err;
	const struct sink sink = {take, f};
	while (count_of(f, "temperature_c") < temperatures) {
		clock_sleep_until(clock_now_ns() + NS_PER_MS);
		assert_int_equal(node_sampler_drain(f->sampler, &sink, &err), 0);
	}
	clock_sleep_until(clock_now_ns() + 20 * NS_PER_MS);
	assert_int_equal(node_sampler_drain(f->sampler, &sink, &err), 0);
}

static int end_it(struct fixture *f, uint32_t trial, int64_t start_ns)
{
	struct error err;
	const struct sink sink = {take, f};
	const struct trial_record record = {
	        .trial = trial, .start_ns = start_ns, .end_ns = clock_now_ns()};
	return node_sampler_end(f->sampler, &record, &sink, &err);
}

static void test_a_trial(void **state)
{
	struct fixture *const f = *state;
	struct protocol protocol = {.phase = PHASE_WARMUP};
	open_it(f, 3600 * NS_PER_S);
	assert_true(node_sampler_thread_id(f->sampler) > 0);
	const int64_t start_ns = clock_now_ns();
	node_sampler_begin(f->sampler, 7);
	node_sampler_watch(f->sampler, &protocol);
	await(f, 1);
	put_file(f, RAPL "/energy_uj", "99999000000\n"); /* 1 J before the end */
	put_file(f, "/sys/class/hwmon/hwmon0/temp1_input", "55000\n");
	protocol.phase = PHASE_WINDOW;
	const int64_t open_ns = clock_now_ns();
	node_sampler_watch(f->sampler, &protocol);
	node_sampler_watch(f->sampler, &protocol);
	await(f, 2);
	put_file(f, RAPL "/energy_uj", "41000000\n"); /* over the end: 42 J */
	clock_sleep_until(clock_now_ns() + 60 * NS_PER_MS);
	protocol.phase = PHASE_DRAIN;
	node_sampler_watch(f->sampler, &protocol);
	await(f, 3);
	const int64_t close_ns = clock_now_ns();
	put_file(f, RAPL "/energy_uj", "50000000\n");
	assert_int_equal(end_it(f, 7, start_ns), 0);
	assert_int_equal(count_of(f, "temperature_c"), 4);
	assert_int_equal(count_of(f, "cpu_frequency_hz"), 4);
	assert_int_equal(last_of(f, "cpu_frequency_hz")->place, 3);
	const struct sample_record *const energy = last_of(f, "package_energy_j");
	assert_true(fabs(energy->value - 42) < 1e-9);
	assert_int_equal(energy->place, 0);
	assert_int_equal(energy->trial, 7);
	assert_int_equal(energy->slot, -1);
	assert_in_range(energy->at_ns, open_ns, close_ns);
	const double elapsed_s = last_of(f, "energy_elapsed_s")->value;
	assert_true(elapsed_s >= 0.06 && elapsed_s <= (double)(close_ns - open_ns) * 1e-9);
	/* Growth is told of 50 ms and more: from the window's beginning, or from before it, on. */
	assert_true(count_of(f, "package_power_w") >= 1);
	const double power_w = last_of(f, "package_power_w")->value;
	assert_true(power_w > 0 && power_w <= 51 / 0.05);
	assert_true(last_of(f, "node_sampler_cpu_share")->value > 0);
	for (size_t i = 0; i < f->count; i++)
		assert_int_equal(f->samples[i].trial, 7);
	/* The next one knows nothing of it. */
	f->count = 0;
	node_sampler_begin(f->sampler, 8);
	assert_int_equal(end_it(f, 8, clock_now_ns() - NS_PER_S), 0);
	assert_int_equal(count_of(f, "package_energy_j"), 0);
	assert_int_equal(count_of(f, "package_power_w"), 0);
	assert_in_range(count_of(f, "temperature_c"), 1, 2);
}

/* A counter that cannot be read at one end of the window says nothing of it. */
static void test_a_window_with_a_gap(void **state)
{
	struct fixture *const f = *state;
	struct protocol protocol = {.phase = PHASE_WINDOW};
	open_it(f, 3600 * NS_PER_S);
	node_sampler_begin(f->sampler, 1);
	await(f, 1);
	node_sampler_watch(f->sampler, &protocol);
	await(f, 2);
	put_file(f, RAPL "/energy_uj", "nonsense\n");
	protocol.phase = PHASE_DRAIN;
	node_sampler_watch(f->sampler, &protocol);
	await(f, 3);
	put_file(f, RAPL "/energy_uj", "99999000000\n");
	assert_int_equal(end_it(f, 1, clock_now_ns() - NS_PER_S), 0);
	assert_int_equal(count_of(f, "package_energy_j"), 0);
	assert_int_equal(count_of(f, "energy_elapsed_s"), 0);
	assert_int_equal(count_of(f, "temperature_c"), 4);
}

static void test_rounds_come_by_themselves(void **state)
{
	struct fixture *const f = *state;
	open_it(f, 10 * NS_PER_MS);
	const int64_t start_ns = clock_now_ns();
	node_sampler_begin(f->sampler, 2);
	await(f, 10);
	assert_true(clock_now_ns() - start_ns >= 9 * 10 * NS_PER_MS);
	assert_int_equal(end_it(f, 2, start_ns), 0);
	/* Times rise. */
	int64_t last_ns = start_ns;
	for (size_t i = 0; i < f->count; i++)
		if (strcmp(f->samples[i].name, "temperature_c") == 0) {
			assert_true(f->samples[i].at_ns >= last_ns);
			last_ns = f->samples[i].at_ns;
		}
	/* After the end nothing is read any more. */
	const size_t before = f->count;
	struct error err;
	const struct sink sink = {take, f};
	clock_sleep_until(clock_now_ns() + 50 * NS_PER_MS);
	assert_int_equal(node_sampler_drain(f->sampler, &sink, &err), 0);
	assert_int_equal(f->count, before);
}

static void test_a_sink_that_fails(void **state)
{
	struct fixture *const f = *state;
	open_it(f, 10 * NS_PER_MS);
	node_sampler_begin(f->sampler, 3);
	f->room = 1;
	clock_sleep_until(clock_now_ns() + 50 * NS_PER_MS);
	assert_int_equal(end_it(f, 3, clock_now_ns()), -ENOSPC);
	assert_int_equal(f->count, 1);
}

static void test_without_an_interval(void **state)
{
	struct fixture *const f = *state;
	struct error err;
	const struct protocol protocol = {.phase = PHASE_WINDOW};
	open_it(f, 0);
	assert_null(f->sampler);
	node_sampler_begin(f->sampler, 1);
	node_sampler_watch(f->sampler, &protocol);
	assert_int_equal(node_sampler_drain(f->sampler, NULL, &err), 0);
	assert_int_equal(end_it(f, 1, 0), 0);
	assert_int_equal(node_sampler_thread_id(f->sampler), 0);
	assert_int_equal(f->count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(test_a_trial, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(test_a_window_with_a_gap, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(test_rounds_come_by_themselves, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(test_a_sink_that_fails, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(test_without_an_interval, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
