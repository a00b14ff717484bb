/* What a window's two readings become, from a made-up /proc/pressure that changes between them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/error.h"
#include "core/file.h"
#include "run/window_stalls.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { MOST_SAMPLES = 16 };

struct taken {
	struct sample_record samples[MOST_SAMPLES];
	size_t count;
	size_t room; /* further ones are refused */
};

static int take(void *self, const struct record *record, struct error *err)
{
	struct taken *const taken = self;
	assert_int_equal(record->kind, RECORD_SAMPLE);
	if (taken->count == taken->room)
		return error_set(err, ENOSPC, "no room");
	taken->samples[taken->count++] = record->sample;
	return 0;
}

/* Seconds of a sample; NAN: it was not put. */
static double value_of(const struct taken *taken, const char *name)
{
	for (size_t i = 0; i < taken->count; i++)
		if (strcmp(taken->samples[i].name, name) == 0)
			return taken->samples[i].value;
	return (double)NAN;
}

/* The file keeps its place on the disk: it is open. */
static void set_totals(const char *root, const char *kind, long some_us, long full_us)
{
	char path[300];
	snprintf(path, sizeof path, "%s/proc/pressure/%s", root, kind);
	FILE *const file = fopen(path, "w");
	assert_non_null(file);
	fprintf(file, "some avg10=0.00 total=%ld\nfull avg10=0.00 total=%ld\n", some_us, full_us);
	assert_int_equal(fclose(file), 0);
}

struct fixture {
	char *root;
	struct stalls *stalls;
	struct taken taken;
	struct sink sink;
	struct protocol protocol;
	struct window_stalls window;
	struct trial_record trial;
};

static int set_up(void **state)
{
	struct fixture *const f = calloc(1, sizeof *f);
	struct error err;
	char path[300];
	assert_non_null(f);
	assert_int_equal(file_make_temporary_folder(NULL, "test_stalls", &f->root, &err), 0);
	snprintf(path, sizeof path, "%s/proc", f->root);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(path, sizeof path, "%s/proc/pressure", f->root);
	assert_int_equal(mkdir(path, 0700), 0);
	set_totals(f->root, "cpu", 1000000, 0);
	set_totals(f->root, "io", 500000, 400000);
	assert_int_equal(stalls_open(f->root, &f->stalls, &err), 0);
	f->taken.room = MOST_SAMPLES;
	f->sink = (struct sink){take, &f->taken};
	f->trial = (struct trial_record){.trial = 3, .window_end_ns = 77};
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *const f = *state;
	struct error err;
	stalls_close(f->stalls);
	assert_int_equal(file_remove_tree(AT_FDCWD, f->root, &err), 0);
	free(f->root);
	free(f);
	return 0;
}

static void watch(struct fixture *f, enum protocol_phase phase)
{
	f->protocol.phase = phase;
	window_stalls_watch(&f->window, &f->protocol, f->stalls);
}

static void test_differences_are_put(void **state)
{
	struct fixture *const f = *state;
	struct error err;
	watch(f, PHASE_WARMUP);
	set_totals(f->root, "cpu", 2000000, 0);
	watch(f, PHASE_WINDOW);
	set_totals(f->root, "cpu", 2250000, 0);
	watch(f, PHASE_WINDOW);
	set_totals(f->root, "io", 400000, 900000); /* some goes back: it cannot be */
	watch(f, PHASE_DRAIN);
	set_totals(f->root, "cpu", 9000000, 0);
	watch(f, PHASE_DRAIN);
	assert_int_equal(window_stalls_put(&f->window, &f->trial, &f->sink, &err), 0);
	assert_true(fabs(value_of(&f->taken, "stall_cpu_some_s") - 0.25) < 1e-9);
	assert_true(fabs(value_of(&f->taken, "stall_io_full_s") - 0.5) < 1e-9);
	assert_true(value_of(&f->taken, stall_elapsed_sample_name) > 0);
	assert_int_equal(f->taken.count, 3); /* memory: no file; cpu full: of a machine nothing */
	for (size_t i = 0; i < f->taken.count; i++) {
		assert_int_equal(f->taken.samples[i].trial, 3);
		assert_int_equal(f->taken.samples[i].slot, -1);
		assert_int_equal(f->taken.samples[i].at_ns, 77);
	}
}

static void test_half_a_window_is_nothing(void **state)
{
	static const enum protocol_phase phases[][3] = {
	        {PHASE_WARMUP, PHASE_WARMUP, PHASE_ABANDONED}, /* never opened */
	        {PHASE_WARMUP, PHASE_WINDOW, PHASE_WINDOW},    /* cut off */
	        {PHASE_WARMUP, PHASE_DRAIN, PHASE_DRAIN},      /* never seen open */
	};
	struct fixture *const f = *state;
	struct error err;
	for (size_t i = 0; i < ARRAY_LENGTH(phases); i++) {
		f->window = (struct window_stalls){0};
		for (size_t k = 0; k < ARRAY_LENGTH(phases[i]); k++)
			watch(f, phases[i][k]);
		assert_int_equal(window_stalls_put(&f->window, &f->trial, &f->sink, &err), 0);
		assert_int_equal(f->taken.count, 0);
	}
}

static void test_nothing_to_read(void **state)
{
	struct fixture *const f = *state;
	struct error err;
	stalls_close(f->stalls);
	f->stalls = NULL;
	watch(f, PHASE_WINDOW);
	watch(f, PHASE_DRAIN);
	assert_int_equal(window_stalls_put(&f->window, &f->trial, &f->sink, &err), 0);
	assert_int_equal(f->taken.count, 0);
}

static void test_a_full_sink_is_told(void **state)
{
	struct fixture *const f = *state;
	struct error err = {""};
	watch(f, PHASE_WINDOW);
	watch(f, PHASE_DRAIN);
	f->taken.room = 1;
	assert_int_equal(window_stalls_put(&f->window, &f->trial, &f->sink, &err), -ENOSPC);
	assert_string_equal(err.text, "no room");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	        TEST(test_differences_are_put),
	        TEST(test_half_a_window_is_nothing),
	        TEST(test_nothing_to_read),
	        TEST(test_a_full_sink_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
