/* A recorder that rests between two parts of a run: what is in the file can be looked at, and the
 * plan becomes longer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fixture.h"
#include "store/load.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct rest {
	struct fixture fixture;
	struct recorder *recorder;
	struct plan longer; /* by the two trials of one more block */
	struct plan_trial trials[FIXTURE_TRIALS + 2];
	char copy[128];
};

static void put(struct recorder *recorder, struct record record)
{
	struct error err = {""};
	assert_int_equal(sink_put(recorder_sink(recorder), &record, &err), 0);
}

static void put_done(struct recorder *recorder, uint32_t trial)
{
	put(recorder, fixture_trial(trial, 1, TRIAL_RUNNING));
	put(recorder, fixture_task(trial, 0));
	put(recorder, fixture_trial(trial, 1, TRIAL_DONE));
}

static int set_up(void **state)
{
	static struct rest rest;
	memset(&rest, 0, sizeof rest);
	fixture_init(&rest.fixture);
	rest.recorder = fixture_recorder(&rest.fixture);
	rest.longer = rest.fixture.plan;
	memcpy(rest.trials, rest.fixture.plan.trials, FIXTURE_TRIALS * sizeof *rest.trials);
	for (size_t i = 0; i < 2; i++) {
		rest.trials[FIXTURE_TRIALS + i] = rest.trials[i];
		rest.trials[FIXTURE_TRIALS + i].block = rest.fixture.plan.blocks;
	}
	rest.longer.trials = rest.trials;
	rest.longer.trial_count = FIXTURE_TRIALS + 2;
	rest.longer.blocks++;
	snprintf(rest.copy, sizeof rest.copy, "%s/copy.db", rest.fixture.folder);
	*state = &rest;
	return 0;
}

static int tear_down(void **state)
{
	struct rest *const rest = *state;
	struct error ignored;
	recorder_close(rest->recorder, RUN_FAILED, RECORD_ABSENT, &ignored);
	fixture_release(&rest->fixture);
	return 0;
}

static void close_it(struct rest *rest)
{
	struct error err = {""};
	struct recorder *const recorder = rest->recorder;
	rest->recorder = NULL;
	assert_int_equal(recorder_close(recorder, RUN_DONE, RECORD_ABSENT, &err), 0);
}

static void test_everything_that_was_put_is_in_the_copy(void **state)
{
	struct rest *const rest = *state;
	struct error err = {""};
	cleanup_dataset struct dataset dataset = {0};
	for (uint32_t trial = 1; trial <= FIXTURE_TRIALS; trial++)
		put_done(rest->recorder, trial);
	assert_int_equal(recorder_rest(rest->recorder, &err), 0);
	assert_int_equal(recorder_stored(rest->recorder), FIXTURE_TRIALS);
	assert_int_equal(recorder_copy(rest->recorder, rest->copy, &err), 0);
	assert_int_equal(load_dataset(rest->copy, &dataset, &err), 0);
	assert_int_equal(dataset.task_count, FIXTURE_TRIALS);
	assert_int_equal(dataset.run.state, RUN_DONE);
	/* The result itself is still held, and no other thing's place is taken. */
	cleanup_dataset struct dataset live = {0};
	assert_int_equal(load_dataset(rest->fixture.path, &live, &err), -EBUSY);
	assert_int_equal(recorder_copy(rest->recorder, rest->copy, &err), -EEXIST);
	/* It may end here. */
	close_it(rest);
	assert_int_equal(load_dataset(rest->fixture.path, &live, &err), 0);
	assert_int_equal(live.task_count, FIXTURE_TRIALS);
}

static void test_a_longer_plan(void **state)
{
	struct rest *const rest = *state;
	struct error err = {""};
	cleanup_dataset struct dataset dataset = {0};
	for (uint32_t trial = 1; trial <= FIXTURE_TRIALS; trial++)
		put_done(rest->recorder, trial);
	assert_int_equal(recorder_rest(rest->recorder, &err), 0);
	assert_int_equal(recorder_extend(rest->recorder, &rest->longer, "{\"longer\":1}", &err), 0);
	assert_int_equal(recorder_go_on(rest->recorder, &err), 0);
	put_done(rest->recorder, FIXTURE_TRIALS + 1);
	/* Twice, to see that it can. */
	assert_int_equal(recorder_rest(rest->recorder, &err), 0);
	assert_int_equal(recorder_go_on(rest->recorder, &err), 0);
	close_it(rest);
	assert_int_equal(load_dataset(rest->fixture.path, &dataset, &err), 0);
	assert_int_equal(dataset.trial_count, FIXTURE_TRIALS + 2);
	assert_int_equal(dataset.task_count, FIXTURE_TRIALS + 1);
	assert_int_equal(dataset.trials[FIXTURE_TRIALS].state, TRIAL_DONE);
	assert_int_equal(dataset.trials[FIXTURE_TRIALS + 1].state, TRIAL_PENDING);
	assert_int_equal(dataset.trials[FIXTURE_TRIALS + 1].block, rest->fixture.plan.blocks);
	assert_string_equal(dataset.run.scenario_json, "{\"longer\":1}");
	assert_int_equal(fixture_query(rest->fixture.path, "SELECT blocks FROM run"),
	                 rest->longer.blocks);
}

static void test_a_trial_that_is_in_no_plan_is_refused(void **state)
{
	struct rest *const rest = *state;
	struct error err = {""};
	put(rest->recorder, fixture_trial(FIXTURE_TRIALS + 1, 1, TRIAL_RUNNING));
	assert_int_equal(recorder_rest(rest->recorder, &err), -EINVAL);
	struct recorder *const recorder = rest->recorder;
	rest->recorder = NULL;
	assert_int_equal(recorder_close(recorder, RUN_DONE, RECORD_ABSENT, &err), -EINVAL);
	assert_int_equal(
	        fixture_query(rest->fixture.path, "SELECT count(*) FROM run WHERE state='failed'"),
	        1);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
	        TEST(test_everything_that_was_put_is_in_the_copy),
	        TEST(test_a_longer_plan),
	        TEST(test_a_trial_that_is_in_no_plan_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
