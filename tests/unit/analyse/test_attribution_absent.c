/* Counters that are mixed, multiplexed or not there, CPU time without its split, and delays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyse/attribution.h"
#include "attributed.h"
#include "core/array.h"
#include "core/cleanup.h"
#include "core/clock.h"
#include "core/error.h"
#include "costs.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void set_state(struct made *made, size_t task, size_t event, enum counter_state state)
{
	made->dataset.counters[task * made->dataset.event_count + event].state = state;
}

/* Tasks that lack a counter are left out, and the others speak; they differ in nothing else. */
static void mixed_counters(void **state)
{
	(void)state;
	cleanup_made struct made made;
	made_init(&made);
	costs_events(&made, false);
	const struct costs base = costs_usual(false);
	struct costs high = base;
	high.cpi *= 1.5;
	attributed_levels(&made, &base, &high, 0);
	for (size_t i = 0; i < made.dataset.task_count; i++) {
		if (i % 4 == 1)
			set_state(&made, i, 0, COUNTER_SCALED);
		if (i % 4 == 2)
			set_state(&made, i, 2, COUNTER_NOT_COUNTED);
	}
	cleanup_attributed struct attributed found = attributed_find(&made);
	const struct attribution *const a = &found.levels[1];
	assert_int_equal(a->mode, ATTRIBUTION_KERNEL_AND_USER);
	assert_true(a->tasks_used < a->tasks_successful && a->tasks_used > 20);
	assert_near(a->factors[FACTOR_CPI].value, 1.5);
	assert_near(a->product.value, 1.5);
	assert_null(a->reason);
}

/* Every task was multiplexed: without counters, and the reason says what to do. */
static void multiplexed_counters(void **state)
{
	(void)state;
	cleanup_made struct made made;
	made_init(&made);
	costs_events(&made, false);
	const struct costs costs = costs_usual(false);
	attributed_levels(&made, &costs, &costs, 0);
	for (size_t i = 0; i < made.dataset.task_count; i++)
		set_state(&made, i, 1, COUNTER_SCALED);
	cleanup_attributed struct attributed found = attributed_find(&made);
	assert_int_equal(found.levels[1].mode, ATTRIBUTION_NO_COUNTERS);
	assert_contains(found.levels[1].reason, "fewer events");
	assert_true(isnan(found.levels[1].factors[FACTOR_CPI].value));
}

static void uncountable_events_say_why(void **state)
{
	(void)state;
	cleanup_made struct made made;
	made_init(&made);
	costs_events(&made, false);
	made.dataset.events[0].state = COUNTER_NOT_SUPPORTED;
	snprintf(made.dataset.events[0].reason, RECORD_REASON_BYTES, "no such unit");
	const struct costs costs = costs_usual(false);
	attributed_levels(&made, &costs, &costs, 0);
	for (size_t i = 0; i < made.dataset.task_count; i++)
		set_state(&made, i, 0, COUNTER_NOT_SUPPORTED);
	cleanup_attributed struct attributed found = attributed_find(&made);
	assert_int_equal(found.levels[1].mode, ATTRIBUTION_NO_COUNTERS);
	assert_string_equal(found.levels[1].reason, "no such unit");
}

/* Cycles of the kernel alone, as a metric file may have them, are not those of the time that
 * task-clock holds: no clock and no cycles per instruction come from them. */
static void events_of_one_mode_do_not_meet_others(void **state)
{
	(void)state;
	static const char *const strings[] = {"perf::PERF_COUNT_HW_CPU_CYCLES:u=0:k=1", "r3c:k",
	                                      "sysfs:cpu/event=0x3c/k",
	                                      "perf::PERF_COUNT_HW_CPU_CYCLES:u=1:k=0"};
	for (size_t i = 0; i < ARRAY_LENGTH(strings); i++) {
		cleanup_made struct made made;
		made_init(&made);
		costs_events(&made, false);
		snprintf(made.dataset.events[1].encoded, sizeof made.dataset.events[1].encoded,
		         "%s", strings[i]);
		const struct costs costs = costs_usual(false);
		attributed_levels(&made, &costs, &costs, 0);
		cleanup_attributed struct attributed found = attributed_find(&made);
		assert_int_equal(found.levels[1].mode, ATTRIBUTION_NO_COUNTERS);
		assert_true(isnan(found.levels[1].factors[FACTOR_CLOCK].value));
		assert_true(isnan(found.levels[1].factors[FACTOR_CPI].value));
	}
}

/* Below 5 s of CPU time in some trial, user time is too coarse to be a factor. */
static void short_trials_do_not_split_by_ticks(void **state)
{
	(void)state;
	cleanup_made struct made made;
	made_init(&made);
	costs_events(&made, true);
	struct costs base = costs_usual(true);
	base.instructions /= 10; /* 0.16 s per task, five tasks at N=1 */
	struct costs high = base;
	high.cpi *= 1.2;
	high.kernel *= 1.25;
	attributed_levels(&made, &base, &high, 0);
	cleanup_attributed struct attributed found = attributed_find(&made);
	const struct attribution *const a = &found.levels[1];
	assert_int_equal(a->mode, ATTRIBUTION_USER_ONLY);
	assert_contains(a->reason, "5 s of CPU time");
	assert_true(isnan(a->factors[FACTOR_CLOCK].value));
	assert_true(isnan(a->factors[FACTOR_KERNEL].value));
	assert_near(a->factors[FACTOR_CPI].value, 1.2);
	assert_near(a->factors[FACTOR_ON_CPU].value, 1.25);
	assert_near(a->product.value, 1.5);
	cleanup_free char *text = attributed_sentence(&found, 1);
	assert_contains(text, "1.25 from a lower clock or kernel time");
}

/* Makes the CPU time of all tasks one whose split is not known. */
static void forget_split(struct made *made)
{
	made->dataset.run.imported = strdup("csv");
	assert_non_null(made->dataset.run.imported);
	for (size_t i = 0; i < made->dataset.task_count; i++) {
		struct task_record *const task = &made->dataset.tasks[i];
		task->cpu_ns = task_cpu_ns(task);
		task->user_ns = RECORD_ABSENT;
		task->system_ns = RECORD_ABSENT;
	}
}

/* CPU time whose split is not known splits what is on the CPU from what is off it. */
static void cpu_time_without_its_split(void **state)
{
	(void)state;
	cleanup_made struct made made;
	made_init(&made);
	const struct costs base = costs_usual(false);
	struct costs high = base;
	high.off_cpu = 2.1;
	high.instructions *= 1.5;
	attributed_levels(&made, &base, &high, 0);
	forget_split(&made);
	cleanup_attributed struct attributed found = attributed_find(&made);
	assert_int_equal(found.levels[1].mode, ATTRIBUTION_NO_COUNTERS);
	assert_near(found.levels[1].product.value, 3);
	assert_near(found.levels[1].factors[FACTOR_ON_CPU].value, 1.5);
	assert_near(found.levels[1].factors[FACTOR_OFF_CPU].value, 2);
	const double cpu_s = costs_wall_s(&high) / high.off_cpu;
	assert_near(found.summary.levels[1].cpu_s.mean, cpu_s);
	assert_near(found.summary.levels[1].off_cpu_s.mean, costs_wall_s(&high) - cpu_s);
	assert_int_equal(found.summary.levels[1].user_s.tasks, 0);
	assert_int_equal(found.summary.levels[1].system_s.tasks, 0);
}

/* Nothing of it is taken for the time in which user mode was counted. */
static void user_counts_without_user_time(void **state)
{
	(void)state;
	cleanup_made struct made made;
	made_init(&made);
	costs_events(&made, true);
	struct costs base = costs_usual(true);
	base.instructions *= 10;
	struct costs high = base;
	high.cpi *= 1.5;
	attributed_levels(&made, &base, &high, 0);
	forget_split(&made);
	cleanup_attributed struct attributed found = attributed_find(&made);
	const struct attribution *const a = &found.levels[1];
	assert_int_equal(a->mode, ATTRIBUTION_USER_ONLY);
	assert_near(a->factors[FACTOR_CPI].value, 1.5);
	assert_near(a->factors[FACTOR_ON_CPU].value, 1);
	assert_true(isnan(a->factors[FACTOR_CLOCK].value));
	assert_true(isnan(a->factors[FACTOR_KERNEL].value));
	assert_contains(a->reason, "do not say how much of the CPU time was user time");
}

static void set_delays(struct made *made, uint32_t trial_of_level, double run, double block,
                       double page)
{
	for (size_t i = 0; i < made->dataset.task_count; i++) {
		struct task_record *const task = &made->dataset.tasks[i];
		if (made->dataset.trials[task->trial - 1].level != trial_of_level)
			continue;
		task->run_delay_ns = llround(run * NS_PER_S);
		task->block_delay_ns = llround(block * NS_PER_S);
		task->page_in_delay_ns = page < 0 ? RECORD_ABSENT : llround(page * NS_PER_S);
	}
}

static void off_cpu_is_split(void **state)
{
	(void)state;
	static const struct {
		double run, block, page; /* put in at N=4, s; page -1: not known */
		ptrdiff_t most;
		const char *says;
	} cases[] = {
	        {0.70, 0.02, 0.01, OFF_CPU_RUN_QUEUE, "(most of it waiting for a CPU)"},
	        {0.02, 0.70, 0.01, OFF_CPU_BLOCK_IO, "(most of it waiting for block I/O)"},
	        {0.02, 0.01, 0.70, OFF_CPU_PAGE_IN, "(most of it waiting for memory pages)"},
	        {0.01, 0.01, 0.01, OFF_CPU_OTHER, "(most of it other waiting than"},
	        {0.01, 0.01, -1, -1, "all of it from time off the CPU."},
	        {0.30, 0.30, 0.20, -1, "all of it from time off the CPU."},
	        {1000, 0.01, 0.01, -1, "all of it from time off the CPU."},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		cleanup_made struct made made;
		made_init(&made);
		struct error err;
		(void)host_facts_add(&made.dataset.host, "task_page_in_delay", NULL,
		                     "not asked for", &err);
		const struct costs base = costs_usual(false);
		struct costs high = base;
		high.off_cpu *= 1.5; /* 1.6 s of CPU time, 0.08 s and 0.92 s off it */
		attributed_levels(&made, &base, &high, 0);
		set_delays(&made, 0, 0.01, 0.01, 0.01);
		set_delays(&made, 1, cases[i].run, cases[i].block, cases[i].page);
		cleanup_attributed struct attributed found = attributed_find(&made);
		const struct off_cpu_split *const split = &found.levels[1].off_cpu;
		const double page = fmax(cases[i].page, 0);
		const bool is_possible = cases[i].run < 1; /* no wait is longer than the task */
		const double run = is_possible ? cases[i].run : 0;
		if (is_possible) {
			assert_near(split->seconds[OFF_CPU_RUN_QUEUE], run);
		} else {
			assert_true(isnan(split->seconds[OFF_CPU_RUN_QUEUE]));
			assert_contains(split->reason[OFF_CPU_RUN_QUEUE], "longer than");
		}
		assert_near(split->seconds[OFF_CPU_BLOCK_IO], cases[i].block);
		assert_near(split->seconds[OFF_CPU_OTHER], 0.92 - run - cases[i].block - page);
		assert_int_equal(split->tasks, 60);
		assert_int_equal(found.levels[1].off_cpu_main, cases[i].most);
		if (cases[i].page < 0) {
			assert_true(isnan(split->seconds[OFF_CPU_PAGE_IN]));
			assert_string_equal(split->reason[OFF_CPU_PAGE_IN], "not asked for");
			assert_non_null(split->reason[OFF_CPU_OTHER]);
		} else {
			assert_near(split->seconds[OFF_CPU_PAGE_IN], cases[i].page);
			assert_true(is_possible == !split->reason[OFF_CPU_OTHER]);
		}
		cleanup_free char *text = attributed_sentence(&found, 1);
		assert_contains(text, cases[i].says);
	}
}

static void off_cpu_without_delays(void **state)
{
	(void)state;
	cleanup_made struct made made;
	made_init(&made);
	const struct costs costs = costs_usual(false);
	attributed_levels(&made, &costs, &costs, 0);
	struct dataset_stalls stalls[6];
	for (size_t t = 0; t < 6; t++)
		stalls[t] = (struct dataset_stalls){10, {1, 0, 2, 0, t < 2 ? NAN : 5, 4}};
	made.dataset.stalls = stalls;
	cleanup_attributed struct attributed found = attributed_find(&made);
	made.dataset.stalls = NULL;
	const struct off_cpu_split *const split = &found.levels[1].off_cpu;
	for (size_t part = 0; part < OFF_CPU_PARTS; part++) {
		assert_true(isnan(split->seconds[part]));
		assert_non_null(split->reason[part]);
	}
	assert_near(split->stalls[STALL_CPU_SOME], 0.1);
	assert_near(split->stalls[STALL_IO_SOME], 0.5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(mixed_counters),
	        cmocka_unit_test(multiplexed_counters),
	        cmocka_unit_test(uncountable_events_say_why),
	        cmocka_unit_test(events_of_one_mode_do_not_meet_others),
	        cmocka_unit_test(short_trials_do_not_split_by_ticks),
	        cmocka_unit_test(cpu_time_without_its_split),
	        cmocka_unit_test(user_counts_without_user_time),
	        cmocka_unit_test(off_cpu_is_split),
	        cmocka_unit_test(off_cpu_without_delays),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
