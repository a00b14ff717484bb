/* Real processes through the engine: what each kind of task is recorded as, and that the protocol
 * holds. Nothing here asserts an absolute time. */
#include "engine_fixture.h"

#include "core/array.h"
#include "core/file.h"
#include "platform/delays.h"
#include "platform/node.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define SH(text) ((const char *const[]){"/bin/sh", "-c", text, NULL})

static const uint32_t two[] = {2, 0};

static const struct record *first_of_kind(const struct fixture *f, enum record_kind kind,
                                          const char *code)
{
	for (size_t i = 0; i < f->collected.count; i++) {
		const struct record *const record = &f->collected.items[i];
		if (record->kind == kind && (!code || strcmp(record->event.code, code) == 0))
			return record;
	}
	fail_msg("no record of kind %d %s", (int)kind, code ? code : "");
	abort(); /* not reached; the compiler does not know that fail_msg leaves */
}

static void no_child_is_left(void)
{
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

/* Every task's role against its trial's window. Returns how many were measured. */
static size_t check_roles(const struct fixture *f, const struct trial_record *trial)
{
	size_t measured = 0;
	for (size_t i = 0; i < f->collected.count; i++) {
		const struct record *const record = &f->collected.items[i];
		if (record->kind != RECORD_TASK || record->task.trial == 0)
			continue;
		const struct task_record *const task = &record->task;
		assert_true(task->end_ns > task->start_ns);
		if (task->role == ROLE_WARMUP)
			assert_true(task->end_ns <= trial->window_start_ns);
		else if (task->role == ROLE_FILLER)
			assert_true(task->start_ns >= trial->window_end_ns);
		else
			assert_true(task->end_ns > trial->window_start_ns &&
			            task->start_ns < trial->window_end_ns);
		measured += task->role == ROLE_MEASURED;
		/* A measured task is always let finish. */
		if (task->role == ROLE_MEASURED)
			assert_int_equal(task->state, TASK_OK);
	}
	return measured;
}

static void test_roles_and_window(void **state)
{
	(void)state;
	struct fixture f;
	struct trial_outcome outcome;
	fixture_init(&f, SH("exec sleep 0.05"), two);
	fixture_run(&f, &outcome);
	const struct trial_record *const trial = &outcome.record;
	assert_int_equal(trial->state, TRIAL_DONE);
	assert_true(trial->window_start_ns > trial->start_ns);
	assert_true(trial->window_end_ns > trial->window_start_ns);
	assert_int_equal(fixture_count(&f, 0, TASK_OK), 1);
	const size_t measured = check_roles(&f, trial);
	assert_true(measured >= 4);
	assert_int_equal(outcome.measured, measured);
	no_child_is_left();
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
		fixture_init(&f, c->argv, two);
		fixture_run(&f, &outcome);
		print_message("a task that %s\n", c->what);
		assert_int_equal(outcome.record.state, TRIAL_ABANDONED);
		assert_true(strlen(outcome.record.reason) > 0);
		const struct task_record *const probe = &first_of_kind(&f, RECORD_TASK, NULL)->task;
		assert_int_equal(probe->role, ROLE_PROBE);
		assert_int_equal(probe->state, c->state);
		assert_int_equal(probe->exit_status, c->exit_status);
		assert_int_equal(probe->signal, c->signal);
		assert_int_equal(probe->start_errno, c->start_errno);
		assert_true(fixture_count(&f, 1, c->state) >= 4);
		assert_int_equal(outcome.failures, fixture_count(&f, 1, c->state));
		if (c->state == TASK_NOT_STARTED)
			assert_non_null(first_of_kind(&f, RECORD_EVENT, "task-not-started"));
		no_child_is_left();
		fixture_release(&f);
	}
}

static void test_timeout_of_a_task_that_ignores_term(void **state)
{
	(void)state;
	struct fixture f;
	struct trial_outcome outcome;
	fixture_init(&f, SH("trap '' TERM; while :; do sleep 0.01; done"),
	             (const uint32_t[]){1, 0});
	f.scenario.task.timeout_ns = 100 * NS_PER_MS;
	fixture_run(&f, &outcome);
	assert_int_equal(outcome.record.state, TRIAL_ABANDONED);
	assert_true(fixture_count(&f, 1, TASK_TIMEOUT) >= 4);
	assert_int_equal(first_of_kind(&f, RECORD_TASK, NULL)->task.signal, SIGKILL);
	no_child_is_left();
	fixture_release(&f);
}

static void test_censored_by_a_timeout_in_the_window(void **state)
{
	(void)state;
	struct fixture f;
	struct trial_outcome outcome;
	/* The third task and those behind it hang: in the window, not in warm-up. */
	fixture_init(&f, SH("[ $PLATEAU_INDEX -lt 2 ] && exec sleep 0.05; exec sleep 100"),
	             (const uint32_t[]){1, 0});
	f.scenario.task.timeout_ns = 300 * NS_PER_MS;
	fixture_run(&f, &outcome);
	assert_int_equal(outcome.record.state, TRIAL_CENSORED);
	no_child_is_left();
	fixture_release(&f);
}

static void test_daemon_is_found_and_ended(void **state)
{
	(void)state;
	struct fixture f;
	struct trial_outcome outcome;
	fixture_init(&f, SH("setsid sleep 1000 & exit 0"), (const uint32_t[]){1, 0});
	f.scenario.sweep.warmup.tasks = 0;
	f.scenario.sweep.measured.tasks = 1;
	fixture_run(&f, &outcome);
	assert_int_equal(first_of_kind(&f, RECORD_TASK, NULL)->task.state, TASK_LEFT_CHILDREN);
	no_child_is_left();
	fixture_release(&f);
}

static void test_children_that_end_in_time_are_no_fault(void **state)
{
	(void)state;
	struct fixture f;
	struct trial_outcome outcome;
	fixture_init(&f, SH("sleep 0.1 & setsid sleep 0.1 & exit 0"), (const uint32_t[]){1, 0});
	f.scenario.sweep.measured.tasks = 2;
	fixture_run(&f, &outcome);
	assert_int_equal(outcome.record.state, TRIAL_DONE);
	assert_int_equal(outcome.failures, 0);
	no_child_is_left();
	fixture_release(&f);
}

static void test_removed_workdir_is_made_again(void **state)
{
	(void)state;
	struct fixture f;
	struct trial_outcome outcome;
	fixture_init(&f, SH("test -d \"$0\" && rmdir \"$0\""), (const uint32_t[]){1, 0});
	struct error err;
	assert_int_equal(words_add(&f.scenario.task.command, "{workdir}", &err), 0);
	fixture_run(&f, &outcome);
	assert_int_equal(outcome.record.state, TRIAL_DONE);
	assert_int_equal(outcome.failures, 0);
	assert_non_null(first_of_kind(&f, RECORD_EVENT, "workdir-removed"));
	fixture_release(&f);
}

/* A task says `bytes` and ten more. */
static void check_heads_and_tails(const char *bytes)
{
	struct fixture f;
	struct trial_outcome outcome;
	struct error err;
	fixture_init(&f,
	             SH("echo begin; head -c $0 /dev/zero | tr '\\0' x; echo end; echo talk >&2"),
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
	        SH("[ -z \"$(cat)\" ] || exit 10\n"
	           "grep -q '^SigBlk:.0*$' /proc/self/status || exit 12\n"
	           "[ \"$PLATEAU_LEVEL\" = 1 ] && [ -d \"$PLATEAU_WORKDIR\" ] || exit 13\n"
	           "[ \"$PLATEAU_SLOT\" = 0 ] && [ -n \"$PLATEAU_RUN\" ] || exit 14\n"
	           "read -r _ _ _ _ group _ < /proc/$$/stat && [ \"$group\" = $$ ] || exit 15\n"),
	        (const uint32_t[]){1, 0});
	fixture_run(&f, &outcome);
	const struct task_record *const probe = &first_of_kind(&f, RECORD_TASK, NULL)->task;
	assert_int_equal(probe->exit_status, 0);
	fixture_release(&f);
}

static void test_no_descriptor_of_ours_reaches_a_task(void **state)
{
	(void)state;
	struct fixture f;
	struct trial_outcome outcome;
	const int inherited = open("/etc/passwd", O_RDONLY);
	fixture_init(&f, (const char *const[]){"/bin/ls", "/proc/self/fd", NULL}, two);
	f.scenario.task.keep = KEEP_ALL;
	fixture_run(&f, &outcome);
	const struct output_record *const output = &first_of_kind(&f, RECORD_OUTPUT, NULL)->output;
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
	fixture_init(&f,
	             SH("head -c 1000000 /dev/zero > \"$PLATEAU_WORKDIR/x\"; dd bs=100M count=1 "
	                "if=/dev/zero of=/dev/null 2>&1"),
	             (const uint32_t[]){1, 0});
	assert_int_equal(words_add(&f.scenario.events, "task-clock", &err), 0);
	assert_int_equal(words_add(&f.scenario.events, "page-faults", &err), 0);
	assert_int_equal(words_add(&f.scenario.events, "no-such-event", &err), 0);
	fixture_run(&f, &outcome);
	assert_int_equal(f.events.definitions[2].state, COUNTER_UNKNOWN);
	assert_true(strlen(f.events.definitions[2].reason) > 0);
	const struct record *const record = first_of_kind(&f, RECORD_TASK, NULL);
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

/* A trial counts the events of its set; of the others nothing is opened, and nothing is 0. */
static void test_sets_of_events_take_turns(void **state)
{
	(void)state;
	struct fixture f;
	struct trial_outcome outcomes[3];
	struct error err;
	static const char *const names[] = {"task-clock", "page-faults", "cpu-clock"};
	cleanup_node struct node *node = NULL; /* sets libpfm4 up */
	assert_int_equal(node_open(&node, &err), 0);
	fixture_init(&f, SH("dd bs=20M count=1 if=/dev/zero of=/dev/null 2>&1"),
	             (const uint32_t[]){1, 1, 1, 0});
	for (size_t e = 0; e < ARRAY_LENGTH(names); e++)
		assert_int_equal(words_add(&f.scenario.events, names[e], &err), 0);
	f.plan.event_sets = (struct event_sets){.count = 2, .events = {1 | 2, 1 | 4}};
	f.plan.trials[0].event_set = 2;
	f.plan.trials[1].event_set = 1;
	fixture_run(&f, outcomes);
	static const bool is_counted[][3] = {
	        {true, true, true}, {true, false, true}, {true, true, false}, {true, true, true}};
	size_t tasks[4] = {0};
	for (size_t i = 0; i < f.collected.count; i++) {
		const struct record *const record = &f.collected.items[i];
		if (record->kind != RECORD_TASK)
			continue;
		tasks[record->task.trial]++;
		for (size_t e = 0; e < 3; e++) {
			const struct counter_value *const counter = &record->counters[e];
			if (!is_counted[record->task.trial][e]) {
				assert_int_equal(counter->state, COUNTER_NOT_COUNTED);
				assert_true(isnan(counter_scaled_value(counter)));
			} else if (f.events.definitions[e].state == COUNTER_OK &&
			           record->task.state == TASK_OK) {
				assert_int_equal(counter->state, COUNTER_OK);
				assert_true(counter->raw > 0);
			}
		}
	}
	for (size_t t = 0; t < 4; t++)
		assert_true(tasks[t] > 0);
	for (size_t t = 0; t < 3; t++)
		assert_int_equal(outcomes[t].record.event_set, f.plan.trials[t].event_set);
	fixture_release(&f);
}

#define SPIN "i=0; while [ $i -lt 60000 ]; do i=$((i+1)); done"

/* A task that does nothing but compute: its wall time is CPU time and waiting for a CPU. */
static void test_delays(void **state)
{
	(void)state;
	struct fixture f;
	struct trial_outcome outcome;
	struct delays *delays = NULL;
	struct error err;
	const char *why;
	fixture_init(&f, SH(SPIN), (const uint32_t[]){4, 0});
	fixture_run(&f, &outcome);
	assert_int_equal(delays_open(NULL, &delays, &err), 0);
	const bool has_run_delay = delays_source(delays, DELAY_RUN, &why) != NULL;
	const bool has_block_delay = delays_source(delays, DELAY_BLOCK, &why) != NULL;
	delays_close(delays);
	for (size_t i = 0; i < f.collected.count; i++) {
		const struct task_record *const task = &f.collected.items[i].task;
		if (f.collected.items[i].kind != RECORD_TASK || task->state != TASK_OK)
			continue;
		const int64_t off_ns =
		        task->end_ns - task->start_ns - task->user_ns - task->system_ns;
		assert_int_equal(task->run_delay_ns != RECORD_ABSENT, has_run_delay);
		assert_int_equal(task->block_delay_ns != RECORD_ABSENT, has_block_delay);
		if (has_run_delay)
			assert_true(task->run_delay_ns >= 0 &&
			            task->run_delay_ns < off_ns + 5 * NS_PER_MS);
	}
	fixture_release(&f);
}

/* What a child did is not in its parent's account. */
static void test_delays_of_children_are_unknown(void **state)
{
	(void)state;
	struct fixture f;
	struct trial_outcome outcome;
	fixture_init(&f, SH("sh -c '" SPIN "'; exit 0"), (const uint32_t[]){1, 0});
	fixture_run(&f, &outcome);
	const struct task_record *const task = &first_of_kind(&f, RECORD_TASK, NULL)->task;
	assert_int_equal(task->state, TASK_OK);
	assert_int_equal(task->run_delay_ns, RECORD_ABSENT);
	assert_int_equal(task->page_in_delay_ns, RECORD_ABSENT);
	fixture_release(&f);
}

/* Every kind that this machine tells has one sample, which is no longer than the time between the
 * readings; all of them or, where the kernel has none, none. */
static void test_stalls_of_the_window(void **state)
{
	(void)state;
	struct fixture f;
	struct trial_outcome outcome;
	fixture_init(&f, SH("exec sleep 0.05"), two);
	fixture_run(&f, &outcome);
	size_t kinds = 0;
	double elapsed_s = 0;
	for (size_t i = 0; i < f.collected.count; i++) {
		const struct sample_record *const sample = &f.collected.items[i].sample;
		if (f.collected.items[i].kind != RECORD_SAMPLE ||
		    strncmp(sample->name, "stall_", 6) != 0)
			continue;
		assert_int_equal(sample->trial, 1);
		assert_true(sample->value >= 0);
		if (strcmp(sample->name, stall_elapsed_sample_name) == 0)
			elapsed_s = sample->value;
		else
			kinds++;
	}
	const double window_s =
	        (double)(outcome.record.window_end_ns - outcome.record.window_start_ns) * 1e-9;
	assert_true(kinds <= STALL_KINDS);
	assert_int_equal(elapsed_s > 0, kinds > 0);
	if (kinds > 0)
		assert_true(elapsed_s > 0.5 * window_s);
	fixture_release(&f);
}

static void test_start_together(void **state)
{
	(void)state;
	struct fixture f;
	struct trial_outcome outcome;
	fixture_init(&f, SH("exec sleep 0.05"), (const uint32_t[]){8, 0});
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
	no_child_is_left();
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
	fixture_init(&f, SH(command), (const uint32_t[]){1, 0});
	f.scenario.sweep.measured.tasks = 1000;
	fixture_run(&f, outcomes);
	assert_int_equal(outcomes[0].record.state, TRIAL_INTERRUPTED);
	no_child_is_left();
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
	no_child_is_left();
	fixture_release(&f);
}

static void test_lingering_tasks_end_as_what_they_were(void **state)
{
	(void)state;
	/* Slot 0 leaves a child for longer than it runs itself: the window opens when the slot is
	 * empty, and the last measured task is let linger. */
	struct fixture f;
	struct trial_outcome outcome;
	fixture_init(&f, SH("sleep 0.1; [ $PLATEAU_SLOT = 0 ] && sleep 0.3 & exit 0"), two);
	f.scenario.sweep.measured.tasks = 6;
	fixture_run(&f, &outcome);
	assert_int_equal(outcome.record.state, TRIAL_DONE);
	assert_true(check_roles(&f, &outcome.record) >= 6);
	no_child_is_left();
	fixture_release(&f);
}

static void test_a_late_orphan_is_nobody_elses_fault(void **state)
{
	(void)state;
	struct fixture f;
	struct trial_outcome outcome;
	fixture_init(&f,
	             SH("[ $PLATEAU_INDEX = 1 ] && { (sleep 0.05; setsid sleep 60 &) & exit 0; }\n"
	                "exec sleep 0.1"),
	             (const uint32_t[]){1, 0});
	f.scenario.sweep.measured.tasks = 8;
	fixture_run(&f, &outcome);
	for (size_t i = 0; i < f.collected.count; i++) {
		const struct record *const record = &f.collected.items[i];
		if (record->kind == RECORD_TASK && record->task.index != 1)
			assert_int_not_equal(record->task.state, TASK_LEFT_CHILDREN);
	}
	no_child_is_left();
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
	assert_int_equal(first_of_kind(&f, RECORD_TASK, NULL)->task.state, TASK_TIMEOUT);
	no_child_is_left();
	fixture_release(&f);
}

static void test_an_ignored_sigchld_is_no_harm(void **state)
{
	(void)state;
	struct fixture f;
	struct trial_outcome outcome;
	signal(SIGCHLD, SIG_IGN);
	fixture_init(&f, (const char *const[]){"/bin/true", NULL}, two);
	fixture_run(&f, &outcome);
	assert_int_equal(outcome.record.state, TRIAL_DONE);
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
	fixture_init(&f, SH(script), (const uint32_t[]){1, 0});
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
	        cmocka_unit_test(test_daemon_is_found_and_ended),
	        cmocka_unit_test(test_children_that_end_in_time_are_no_fault),
	        cmocka_unit_test(test_removed_workdir_is_made_again),
	        cmocka_unit_test(test_output_heads_and_tails),
	        cmocka_unit_test(test_environment_streams_and_mask),
	        cmocka_unit_test(test_no_descriptor_of_ours_reaches_a_task),
	        cmocka_unit_test(test_counts_and_io),
	        cmocka_unit_test(test_sets_of_events_take_turns),
	        cmocka_unit_test(test_delays),
	        cmocka_unit_test(test_delays_of_children_are_unknown),
	        cmocka_unit_test(test_stalls_of_the_window),
	        cmocka_unit_test(test_start_together),
	        cmocka_unit_test(test_interrupt_keeps_the_trial_as_interrupted),
	        cmocka_unit_test(test_tasks_that_end_as_fast_as_they_start),
	        cmocka_unit_test(test_lingering_tasks_end_as_what_they_were),
	        cmocka_unit_test(test_a_late_orphan_is_nobody_elses_fault),
	        cmocka_unit_test(test_a_root_that_leaves_its_group_is_ended),
	        cmocka_unit_test(test_an_ignored_sigchld_is_no_harm),
	        cmocka_unit_test(test_a_link_in_place_of_the_workdir),
	        cmocka_unit_test(test_both_ways_to_start),
	};
	/* Whoever starts tests in the background of a script has them begin with INT ignored. */
	signal(SIGINT, SIG_DFL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
