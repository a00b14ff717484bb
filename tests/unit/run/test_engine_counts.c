/* What the engine measures of tasks and windows: counts, delays and stalls. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "engine_fixture.h"
#include "engine_trial.h"
#include "platform/delays.h"
#include "platform/node.h"

#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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
	fixture_init(&f, ENGINE_SH("dd bs=20M count=1 if=/dev/zero of=/dev/null 2>&1"),
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

#define ENGINE_SPIN "i=0; while [ $i -lt 60000 ]; do i=$((i+1)); done"

/* A task that does nothing but compute: its wall time is CPU time and waiting for a CPU. */
static void test_delays(void **state)
{
	(void)state;
	struct fixture f;
	struct trial_outcome outcome;
	struct delays *delays = NULL;
	struct error err;
	const char *why;
	fixture_init(&f, ENGINE_SH(ENGINE_SPIN), (const uint32_t[]){4, 0});
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
	fixture_init(&f, ENGINE_SH("sh -c '" ENGINE_SPIN "'; exit 0"), (const uint32_t[]){1, 0});
	fixture_run(&f, &outcome);
	const struct task_record *const task = &engine_trial_first(&f, RECORD_TASK, NULL)->task;
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
	fixture_init(&f, ENGINE_SH("exec sleep 0.05"), engine_trial_two);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_sets_of_events_take_turns),
	        cmocka_unit_test(test_delays),
	        cmocka_unit_test(test_delays_of_children_are_unknown),
	        cmocka_unit_test(test_stalls_of_the_window),
	};
	/* Whoever starts tests in the background of a script has them begin with INT ignored. */
	signal(SIGINT, SIG_DFL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
