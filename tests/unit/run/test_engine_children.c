/* Processes that tasks leave behind are found and ended, and nobody else is blamed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine_fixture.h"
#include "engine_trial.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void test_daemon_is_found_and_ended(void **state)
{
	(void)state;
	struct fixture f;
	struct trial_outcome outcome;
	fixture_init(&f, ENGINE_SH("setsid sleep 1000 & exit 0"), (const uint32_t[]){1, 0});
	f.scenario.sweep.warmup.tasks = 0;
	f.scenario.sweep.measured.tasks = 1;
	fixture_run(&f, &outcome);
	assert_int_equal(engine_trial_first(&f, RECORD_TASK, NULL)->task.state, TASK_LEFT_CHILDREN);
	engine_trial_no_child_is_left();
	fixture_release(&f);
}

static void test_children_that_end_in_time_are_no_fault(void **state)
{
	(void)state;
	struct fixture f;
	struct trial_outcome outcome;
	fixture_init(&f, ENGINE_SH("sleep 0.1 & setsid sleep 0.1 & exit 0"),
	             (const uint32_t[]){1, 0});
	f.scenario.sweep.measured.tasks = 2;
	fixture_run(&f, &outcome);
	assert_int_equal(outcome.record.state, TRIAL_DONE);
	assert_int_equal(outcome.failures, 0);
	engine_trial_no_child_is_left();
	fixture_release(&f);
}

static void test_lingering_tasks_end_as_what_they_were(void **state)
{
	(void)state;
	/* Slot 0 leaves a child for longer than it runs itself: the window opens when the slot is
	 * empty, and the last measured task is let linger. */
	struct fixture f;
	struct trial_outcome outcome;
	fixture_init(&f, ENGINE_SH("sleep 0.1; [ $PLATEAU_SLOT = 0 ] && sleep 0.3 & exit 0"),
	             engine_trial_two);
	f.scenario.sweep.measured.tasks = 6;
	fixture_run(&f, &outcome);
	assert_int_equal(outcome.record.state, TRIAL_DONE);
	assert_true(engine_trial_check_roles(&f, &outcome.record) >= 6);
	engine_trial_no_child_is_left();
	fixture_release(&f);
}

static void test_a_late_orphan_is_nobody_elses_fault(void **state)
{
	(void)state;
	struct fixture f;
	struct trial_outcome outcome;
	fixture_init(
	        &f,
	        ENGINE_SH(
	                "[ $PLATEAU_INDEX = 1 ] && { (sleep 0.05; setsid sleep 60 &) & exit 0; }\n"
	                "exec sleep 0.1"),
	        (const uint32_t[]){1, 0});
	f.scenario.sweep.measured.tasks = 8;
	fixture_run(&f, &outcome);
	for (size_t i = 0; i < f.collected.count; i++) {
		const struct record *const record = &f.collected.items[i];
		if (record->kind == RECORD_TASK && record->task.index != 1)
			assert_int_not_equal(record->task.state, TASK_LEFT_CHILDREN);
	}
	engine_trial_no_child_is_left();
	fixture_release(&f);
}

static void test_a_root_that_leaves_its_group_is_ended(void **state)
{
	(void)state;
	struct fixture f;
	struct trial_outcome outcome;
	const char *const top = getenv("top_builddir");
	char path[4096];
	snprintf(path, sizeof path, "%s/tests/unit/run/escape", top ? top : ".");
	fixture_init(&f, (const char *const[]){path, NULL}, (const uint32_t[]){1, 0});
	f.scenario.task.timeout_ns = 100 * NS_PER_MS;
	fixture_run(&f, &outcome);
	assert_int_equal(engine_trial_first(&f, RECORD_TASK, NULL)->task.state, TASK_TIMEOUT);
	engine_trial_no_child_is_left();
	fixture_release(&f);
}

static void test_an_ignored_sigchld_is_no_harm(void **state)
{
	(void)state;
	struct fixture f;
	struct trial_outcome outcome;
	signal(SIGCHLD, SIG_IGN);
	fixture_init(&f, (const char *const[]){"/bin/true", NULL}, engine_trial_two);
	fixture_run(&f, &outcome);
	assert_int_equal(outcome.record.state, TRIAL_DONE);
	fixture_release(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_daemon_is_found_and_ended),
	        cmocka_unit_test(test_children_that_end_in_time_are_no_fault),
	        cmocka_unit_test(test_lingering_tasks_end_as_what_they_were),
	        cmocka_unit_test(test_a_late_orphan_is_nobody_elses_fault),
	        cmocka_unit_test(test_a_root_that_leaves_its_group_is_ended),
	        cmocka_unit_test(test_an_ignored_sigchld_is_no_harm),
	};
	/* Whoever starts tests in the background of a script has them begin with INT ignored. */
	signal(SIGINT, SIG_DFL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
