/* The engine runs trials: roles, windows, outcomes and time limits, streams and what tasks are
 * given. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/file.h"
#include "engine_fixture.h"
#include "engine_trial.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void test_roles_and_window(void **state)
{
	(void)state;
	struct fixture f;
	struct trial_outcome outcome;
	fixture_init(&f, ENGINE_SH("exec sleep 0.05"), engine_trial_two);
	fixture_run(&f, &outcome);
	const struct trial_record *const trial = &outcome.record;
	assert_int_equal(trial->state, TRIAL_DONE);
	assert_true(trial->window_start_ns > trial->start_ns);
	assert_true(trial->window_end_ns > trial->window_start_ns);
	assert_int_equal(fixture_count(&f, 0, TASK_OK), 1);
	const size_t measured = engine_trial_check_roles(&f, trial);
	assert_true(measured >= 4);
	assert_int_equal(outcome.measured, measured);
	engine_trial_no_child_is_left();
	fixture_release(&f);
}

static const struct outcome_case {
	const char *what;
	const char *const argv[4];
	enum task_state state;
	int32_t exit_status;
	int32_t signal;
	int32_t start_errno;
} outcome_cases[] = {
        {"exits 3", {"/bin/sh", "-c", "exit 3"}, TASK_FAILED, 3, 0, 0},
        {"dies of SIGSEGV", {"/bin/sh", "-c", "kill -SEGV $$"}, TASK_SIGNALED, -1, SIGSEGV, 0},
        {"does not exist", {"/does/not/exist"}, TASK_NOT_STARTED, -1, 0, ENOENT},
        {"is not in PATH", {"no-such-command-anywhere"}, TASK_NOT_STARTED, -1, 0, ENOENT},
        {"is not executable", {"/etc/passwd"}, TASK_NOT_STARTED, -1, 0, EACCES},
        {"is a folder", {"/tmp"}, TASK_NOT_STARTED, -1, 0, EACCES},
};

static void test_failures_are_what_they_were(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(outcome_cases); i++) {
		const struct outcome_case *const c = &outcome_cases[i];
		struct fixture f;
		struct trial_outcome outcome;
		fixture_init(&f, c->argv, engine_trial_two);
		fixture_run(&f, &outcome);
		print_message("a task that %s\n", c->what);
		assert_int_equal(outcome.record.state, TRIAL_ABANDONED);
		assert_true(strlen(outcome.record.reason) > 0);
		const struct task_record *const probe =
		        &engine_trial_first(&f, RECORD_TASK, NULL)->task;
		assert_int_equal(probe->role, ROLE_PROBE);
		assert_int_equal(probe->state, c->state);
		assert_int_equal(probe->exit_status, c->exit_status);
		assert_int_equal(probe->signal, c->signal);
		assert_int_equal(probe->start_errno, c->start_errno);
		assert_true(fixture_count(&f, 1, c->state) >= 4);
		assert_int_equal(outcome.failures, fixture_count(&f, 1, c->state));
		if (c->state == TASK_NOT_STARTED)
			assert_non_null(engine_trial_first(&f, RECORD_EVENT, "task-not-started"));
		engine_trial_no_child_is_left();
		fixture_release(&f);
	}
}

static void test_timeout_of_a_task_that_ignores_term(void **state)
{
	(void)state;
	struct fixture f;
	struct trial_outcome outcome;
	fixture_init(&f, ENGINE_SH("trap '' TERM; while :; do sleep 0.01; done"),
	             (const uint32_t[]){1, 0});
	f.scenario.task.timeout_ns = 100 * NS_PER_MS;
	fixture_run(&f, &outcome);
	assert_int_equal(outcome.record.state, TRIAL_ABANDONED);
	assert_true(fixture_count(&f, 1, TASK_TIMEOUT) >= 4);
	assert_int_equal(engine_trial_first(&f, RECORD_TASK, NULL)->task.signal, SIGKILL);
	engine_trial_no_child_is_left();
	fixture_release(&f);
}

static void test_censored_by_a_timeout_in_the_window(void **state)
{
	(void)state;
	struct fixture f;
	struct trial_outcome outcome;
	/* The third task and those behind it hang: in the window, not in warm-up. */
	fixture_init(&f, ENGINE_SH("[ $PLATEAU_INDEX -lt 2 ] && exec sleep 0.05; exec sleep 100"),
	             (const uint32_t[]){1, 0});
	f.scenario.task.timeout_ns = 300 * NS_PER_MS;
	fixture_run(&f, &outcome);
	assert_int_equal(outcome.record.state, TRIAL_CENSORED);
	engine_trial_no_child_is_left();
	fixture_release(&f);
}

static void test_removed_workdir_is_made_again(void **state)
{
	(void)state;
	struct fixture f;
	struct trial_outcome outcome;
	fixture_init(&f, ENGINE_SH("test -d \"$0\" && rmdir \"$0\""), (const uint32_t[]){1, 0});
	struct error err;
	assert_int_equal(words_add(&f.scenario.task.command, "{workdir}", &err), 0);
	fixture_run(&f, &outcome);
	assert_int_equal(outcome.record.state, TRIAL_DONE);
	assert_int_equal(outcome.failures, 0);
	assert_non_null(engine_trial_first(&f, RECORD_EVENT, "workdir-removed"));
	fixture_release(&f);
}

/* A task says `bytes` and ten more. */
static void check_heads_and_tails(const char *bytes)
{
	struct fixture f;
	struct trial_outcome outcome;
	struct error err;
	fixture_init(
	        &f,
	        ENGINE_SH("echo begin; head -c $0 /dev/zero | tr '\\0' x; echo end; echo talk >&2"),
	        (const uint32_t[]){1, 0});
	assert_int_equal(words_add(&f.scenario.task.command, bytes, &err), 0);
	f.scenario.task.keep = KEEP_ALL;
	fixture_run(&f, &outcome);
	size_t outputs = 0;
	for (size_t i = 0; i < f.collected.count; i++) {
		const struct record *const record = &f.collected.items[i];
		/* The probe's: fillers are ended in the middle of what they say. */
		if (record->kind != RECORD_OUTPUT || record->output.trial != 0)
			continue;
		const struct output_record *const output = &record->output;
		outputs++;
		if (output->stream == 2) {
			assert_int_equal(output->head_bytes, 5);
			assert_memory_equal(output->head, "talk\n", 5);
			assert_int_equal(output->tail_bytes, 0);
			continue;
		}
		assert_int_equal(output->total_bytes, atol(bytes) + 10);
		assert_int_equal(output->head_bytes, 8192);
		assert_int_equal(output->tail_bytes, 8192);
		assert_memory_equal(output->head, "begin\nxxx", 9);
		assert_memory_equal(output->tail + 8192 - 5, "xend\n", 5);
	}
	assert_int_equal(outputs, 2);
	fixture_release(&f);
}

/* What is short is copied, what is long keeps its file. */
static void test_output_heads_and_tails(void **state)
{
	(void)state;
	check_heads_and_tails("100000");
	check_heads_and_tails("1000000");
}

static void test_environment_streams_and_mask(void **state)
{
	(void)state;
	struct fixture f;
	struct trial_outcome outcome;
	/* stdin is empty, no signal is blocked, the variables are there, and the task leads a
	 * process group of its own. */
	fixture_init(
	        &f,
	        ENGINE_SH("[ -z \"$(cat)\" ] || exit 10\n"
	                  "grep -q '^SigBlk:.0*$' /proc/self/status || exit 12\n"
	                  "[ \"$PLATEAU_LEVEL\" = 1 ] && [ -d \"$PLATEAU_WORKDIR\" ] || exit 13\n"
	                  "[ \"$PLATEAU_SLOT\" = 0 ] && [ -n \"$PLATEAU_RUN\" ] || exit 14\n"
	                  "read -r _ _ _ _ group _ < /proc/$$/stat && [ \"$group\" = $$ ] || exit "
	                  "15\n"),
	        (const uint32_t[]){1, 0});
	fixture_run(&f, &outcome);
	const struct task_record *const probe = &engine_trial_first(&f, RECORD_TASK, NULL)->task;
	assert_int_equal(probe->exit_status, 0);
	fixture_release(&f);
}

static void test_no_descriptor_of_ours_reaches_a_task(void **state)
{
	(void)state;
	struct fixture f;
	struct trial_outcome outcome;
	const int inherited = open("/etc/passwd", O_RDONLY);
	fixture_init(&f, (const char *const[]){"/bin/ls", "/proc/self/fd", NULL}, engine_trial_two);
	f.scenario.task.keep = KEEP_ALL;
	fixture_run(&f, &outcome);
	const struct output_record *const output =
	        &engine_trial_first(&f, RECORD_OUTPUT, NULL)->output;
	/* 3 is the folder that ls reads. */
	assert_int_equal(output->total_bytes, 8);
	assert_memory_equal(output->head, "0\n1\n2\n3\n", 8);
	close(inherited);
	fixture_release(&f);
}

static void test_counts_and_io(void **state)
{
	(void)state;
	struct fixture f;
	struct trial_outcome outcome;
	struct error err;
	fixture_init(
	        &f,
	        ENGINE_SH("head -c 1000000 /dev/zero > \"$PLATEAU_WORKDIR/x\"; dd bs=100M count=1 "
	                  "if=/dev/zero of=/dev/null 2>&1"),
	        (const uint32_t[]){1, 0});
	assert_int_equal(words_add(&f.scenario.events, "task-clock", &err), 0);
	assert_int_equal(words_add(&f.scenario.events, "page-faults", &err), 0);
	assert_int_equal(words_add(&f.scenario.events, "no-such-event", &err), 0);
	fixture_run(&f, &outcome);
	assert_int_equal(f.events.definitions[2].state, COUNTER_UNKNOWN);
	assert_true(strlen(f.events.definitions[2].reason) > 0);
	const struct record *const record = engine_trial_first(&f, RECORD_TASK, NULL);
	assert_true(record->task.max_rss_bytes > 100000000);
	/* Of the tree: the child's writes are in the root's figures once it was waited for. */
	assert_true(record->task.write_chars >= 1000000);
	assert_int_equal(record->counters[2].state, COUNTER_UNKNOWN);
	if (f.events.definitions[0].state == COUNTER_OK) {
		assert_int_equal(record->counters[0].state, COUNTER_OK);
		assert_true(record->counters[0].raw > 0);
		assert_true(record->counters[1].raw >= 50);
	}
	fixture_release(&f);
}

static void test_start_together(void **state)
{
	(void)state;
	struct fixture f;
	struct trial_outcome outcome;
	fixture_init(&f, ENGINE_SH("exec sleep 0.05"), (const uint32_t[]){8, 0});
	f.scenario.sweep.start = START_TOGETHER;
	fixture_run(&f, &outcome);
	assert_int_equal(outcome.record.state, TRIAL_DONE);
	int64_t first_ns = INT64_MAX;
	int64_t last_ns = INT64_MIN;
	for (size_t i = 0; i < f.collected.count; i++) {
		const struct record *const record = &f.collected.items[i];
		if (record->kind != RECORD_TASK || record->task.trial == 0 ||
		    record->task.index >= 8)
			continue;
		if (record->task.start_ns < first_ns)
			first_ns = record->task.start_ns;
		if (record->task.start_ns > last_ns)
			last_ns = record->task.start_ns;
	}
	assert_int_equal(first_ns, last_ns);
	engine_trial_no_child_is_left();
	fixture_release(&f);
}

static void test_interrupt_keeps_the_trial_as_interrupted(void **state)
{
	(void)state;
	struct fixture f;
	struct trial_outcome outcomes[1];
	char command[64];
	snprintf(command, sizeof command, "[ $PLATEAU_INDEX = 3 ] && kill -INT %d; sleep 0.05",
	         (int)getpid());
	fixture_init(&f, ENGINE_SH(command), (const uint32_t[]){1, 0});
	f.scenario.sweep.measured.tasks = 1000;
	fixture_run(&f, outcomes);
	assert_int_equal(outcomes[0].record.state, TRIAL_INTERRUPTED);
	engine_trial_no_child_is_left();
	fixture_release(&f);
}

static void test_tasks_that_end_as_fast_as_they_start(void **state)
{
	(void)state;
	/* More slots than the machine can keep busy with so short a task: somebody has always
	 * ended, and the window must close all the same. */
	struct fixture f;
	struct trial_outcome outcome;
	fixture_init(&f, (const char *const[]){"/bin/true", NULL}, (const uint32_t[]){64, 0});
	f.scenario.sweep.measured.tasks = 5;
	fixture_run(&f, &outcome);
	assert_int_equal(outcome.record.state, TRIAL_DONE);
	assert_true(outcome.record.end_ns - outcome.record.window_end_ns <
	            20 * (outcome.record.window_end_ns - outcome.record.window_start_ns));
	engine_trial_no_child_is_left();
	fixture_release(&f);
}

static void test_a_link_in_place_of_the_workdir(void **state)
{
	(void)state;
	struct fixture f;
	struct trial_outcome outcome;
	struct error err;
	char *outside;
	assert_int_equal(file_make_temporary_folder(NULL, "plateau-test", &outside, &err), 0);
	char script[512];
	snprintf(script, sizeof script,
	         "[ ! -h \"$0\" ] && touch \"$0/x\" && rm -r \"$0\" && ln -s %s \"$0\"", outside);
	fixture_init(&f, ENGINE_SH(script), (const uint32_t[]){1, 0});
	assert_int_equal(words_add(&f.scenario.task.command, "{workdir}", &err), 0);
	fixture_run(&f, &outcome);
	assert_int_equal(outcome.record.state, TRIAL_DONE);
	assert_int_equal(outcome.failures, 0);
	/* Nothing was written through the link, and the folder is still there and empty. */
	assert_int_equal(rmdir(outside), 0);
	free(outside);
	fixture_release(&f);
}

static void test_both_ways_to_start(void **state)
{
	(void)state;
	setenv("PLATEAU_LAUNCH", "gate", 1);
	test_roles_and_window(NULL);
	test_failures_are_what_they_were(NULL);
	test_environment_streams_and_mask(NULL);
	test_no_descriptor_of_ours_reaches_a_task(NULL);
	test_counts_and_io(NULL);
	unsetenv("PLATEAU_LAUNCH");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_roles_and_window),
	        cmocka_unit_test(test_failures_are_what_they_were),
	        cmocka_unit_test(test_timeout_of_a_task_that_ignores_term),
	        cmocka_unit_test(test_censored_by_a_timeout_in_the_window),
	        cmocka_unit_test(test_removed_workdir_is_made_again),
	        cmocka_unit_test(test_output_heads_and_tails),
	        cmocka_unit_test(test_environment_streams_and_mask),
	        cmocka_unit_test(test_no_descriptor_of_ours_reaches_a_task),
	        cmocka_unit_test(test_counts_and_io),
	        cmocka_unit_test(test_start_together),
	        cmocka_unit_test(test_interrupt_keeps_the_trial_as_interrupted),
	        cmocka_unit_test(test_tasks_that_end_as_fast_as_they_start),
	        cmocka_unit_test(test_a_link_in_place_of_the_workdir),
	        cmocka_unit_test(test_both_ways_to_start),
	};
	/* Whoever starts tests in the background of a script has them begin with INT ignored. */
	signal(SIGINT, SIG_DFL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
