/* What trials come to: throughput by known answers, and intervals by pairs of blocks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyse/summary.h"
#include "core/error.h"
#include "made.h"
#include "summed.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static void constant_tasks_give_n_over_wall(void **state)
{
	(void)state;
	static const uint32_t levels[] = {1, 2, 8};
	cleanup_made struct made made;
	made_init(&made);
	for (size_t l = 0; l < 3; l++) {
		const size_t level = made_level(&made, levels[l], "spread");
		for (uint32_t block = 0; block < 3; block++)
			made_steady_trial(&made, level, block, levels[l], 0.05, 0.2);
	}
	cleanup_summary struct summary summary = summed_build(&made);
	assert_int_equal(summary.level_count, 3);
	for (size_t l = 0; l < 3; l++) {
		const struct level_summary *const level = &summary.levels[l];
		assert_int_equal(level->trials, 3);
		assert_int_equal(level->failed, 0);
		assert_int_equal(level->tasks, 3 * levels[l] * 5);
		assert_near(level->throughput_per_s.value, levels[l] / 0.05);
		assert_near(level->throughput_per_s.low, levels[l] / 0.05);
		assert_near(level->efficiency.value, 1);
		assert_near(level->held, 1);
		assert_near(level->held_min, 1);
		assert_near(level->wall_s.mean, 0.05);
		assert_near(level->wall_s.p95, 0.05);
		assert_near(level->user_s.median, 0.04);
		assert_near(level->system_s.max, 0.005);
		assert_near(level->off_cpu_s.mean, 0.005);
		assert_near(level->max_rss_bytes.max, 1e8);
	}
	assert_int_equal(summary.warning_count, 0);
	assert_true(summary.levels[0].is_baseline);
	assert_true(summary.levels[0].efficiency.value == 1);
	assert_false(estimate_has_interval(&summary.levels[0].efficiency)); /* by definition */
}

/* Half of the slots take twice as long: what they do is the sum of their rates. */
static void slots_of_different_speed(void **state)
{
	(void)state;
	cleanup_made struct made made;
	made_init(&made);
	const size_t level = made_level(&made, 4, "spread");
	made_trial(&made, level, 0, 1, 3);
	double walls = 0;
	size_t count = 0;
	for (uint32_t slot = 0; slot < 4; slot++) {
		const double wall = slot < 2 ? 0.1 : 0.2;
		for (int i = 0; i < 40; i++) {
			made_task(&made, slot, 0.07 + i * wall, 0.07 + (i + 1) * wall);
			walls += wall;
			count++;
		}
	}
	cleanup_summary struct summary summary = summed_build(&made);
	const double x = summary.levels[0].throughput_per_s.value;
	assert_near(x, 2 / 0.1 + 2 / 0.2);
	assert_near(summary.levels[0].held, 1);
	/* With equal quotas per slot, N / mean(wall) is 26.7: 11 % low. */
	assert_true(fabs(4 / (walls / (double)count) - x) > 0.1 * x);
	/* Per task, by weight: 40 short ones and 20 long ones end in the window. */
	assert_near(summary.levels[0].wall_s.mean, (40 * 0.1 + 20 * 0.2) / 60);
}

static void a_task_counts_by_its_part_in_the_window(void **state)
{
	(void)state;
	cleanup_made struct made made;
	made_init(&made);
	const size_t level = made_level(&made, 1, "spread");
	made_trial(&made, level, 0, 10, 20);
	made_task(&made, 0, 2, 10);  /* warm-up: ends as the window opens */
	made_task(&made, 0, 9, 13);  /* 3 of 4 inside */
	made_task(&made, 0, 13, 18); /* all */
	made_task(&made, 0, 18, 26); /* 2 of 8 inside */
	made_task(&made, 0, 26, 30); /* filler */
	cleanup_summary struct summary summary = summed_build(&made);
	const struct level_summary *const l = &summary.levels[0];
	assert_int_equal(l->tasks, 3);
	assert_near(l->throughput_per_s.value, (0.75 + 1 + 0.25) / 10);
	assert_near(l->held, 1);
	assert_near(l->wall_s.mean, (0.75 * 4 + 1 * 5 + 0.25 * 8) / 2);
	assert_near(l->wall_s.max, 8);
}

static void failures_occupy_and_yield_nothing(void **state)
{
	(void)state;
	cleanup_made struct made made;
	made_init(&made);
	const size_t level = made_level(&made, 1, "spread");
	made_trial(&made, level, 0, 0, 10);
	made_task(&made, 0, 0, 2);
	made_task(&made, 0, 2, 2)->state = TASK_NOT_STARTED;
	made_task(&made, 0, 2, 2.001)->state = TASK_FAILED;
	made_task(&made, 0, 2.001, 6.001)->state = TASK_SIGNALED;
	made_task(&made, 0, 6.001, 10);
	cleanup_summary struct summary summary = summed_build(&made);
	const struct level_summary *const l = &summary.levels[0];
	assert_int_equal(l->tasks, 5);
	assert_int_equal(l->failed, 3);
	assert_int_equal(l->tasks_in_state[TASK_NOT_STARTED], 1);
	assert_near(l->throughput_per_s.value, 0.2);
	assert_near(l->held, 1);
	assert_near(l->wall_s.max, 3.999);
	assert_int_equal(l->wall_s.tasks, 2);
}

/* The node gets slower from block to block; both levels see it, so that the efficiency's interval
 * shrinks to nothing while that of the throughput is wide. */
static void drift_between_blocks_cancels(void **state)
{
	(void)state;
	cleanup_made struct made made;
	made_init(&made);
	const size_t one = made_level(&made, 1, "spread");
	const size_t four = made_level(&made, 4, "spread");
	for (uint32_t block = 0; block < 4; block++) {
		const double wall = 0.1 * (1 + 0.2 * block);
		made_steady_trial(&made, four, block, 4, wall * 1.25, 10 * wall);
		made_steady_trial(&made, one, block, 1, wall, 10 * wall);
	}
	cleanup_summary struct summary summary = summed_build(&made);
	const struct estimate *const e = &summary.levels[1].efficiency;
	assert_near(e->value, 0.8);
	assert_near(e->low, 0.8);
	assert_near(e->high, 0.8);
	assert_int_equal(e->n, 4);
	const struct estimate *const x = &summary.levels[1].throughput_per_s;
	assert_true(x->high / x->low > 1.5);
}

static void every_policy_has_its_baseline(void **state)
{
	(void)state;
	cleanup_made struct made made;
	made_init(&made);
	const size_t levels[] = {made_level(&made, 1, "pack"), made_level(&made, 1, "spread"),
	                         made_level(&made, 2, "pack"), made_level(&made, 2, "spread")};
	const double walls[] = {0.1, 0.2, 0.2, 0.2};
	for (size_t i = 0; i < 4; i++)
		made_steady_trial(&made, levels[i], 0, i < 2 ? 1 : 2, walls[i], 2);
	cleanup_summary struct summary summary = summed_build(&made);
	assert_int_equal(summary.policy_count, 2);
	assert_near(summary.levels[2].efficiency.value, 0.5);
	assert_near(summary.levels[3].efficiency.value, 1);
}

/* Every level has a list of its own trials, so that nothing has to look through all of them. */
static void every_level_has_its_trials(void **state)
{
	enum { LEVELS = 3, BLOCKS = 4 };
	(void)state;
	cleanup_made struct made made;
	made_init(&made);
	for (uint32_t i = 0; i < LEVELS; i++)
		made_level(&made, LEVELS - i, "spread"); /* sorted the other way round */
	made_level(&made, 100, "spread");
	for (uint32_t block = 0; block < BLOCKS; block++)
		for (size_t i = 0; i < LEVELS; i++)
			made_trial(&made, i, block, 0, 1);
	cleanup_summary struct summary summary = summed_build(&made);
	assert_null(summary.levels[LEVELS].first);
	for (size_t i = 0; i < LEVELS; i++) {
		uint32_t block = 0;
		const struct trial_summary *trial = summary.levels[i].first;
		for (; trial; trial = trial->next) {
			assert_int_equal(trial->level, i);
			assert_int_equal(trial->trial->level, LEVELS - 1 - i);
			assert_int_equal(trial->trial->block, block++);
		}
		assert_int_equal(block, BLOCKS);
	}
}

static void off_cpu_is_absent_with_threads(void **state)
{
	(void)state;
	cleanup_made struct made made;
	made_init(&made);
	const size_t level = made_level(&made, 1, "spread");
	made_steady_trial(&made, level, 0, 1, 1, 4);
	made.dataset.run.threads = 2;
	cleanup_summary struct summary told = summed_build(&made);
	assert_true(isnan(told.levels[0].off_cpu_s.mean));
	assert_non_null(told.levels[0].off_cpu_s.reason);
	made.dataset.run.threads = 1;
	made.dataset.tasks[2].user_ns = 1800000000;
	cleanup_summary struct summary found = summed_build(&made);
	assert_true(isnan(found.levels[0].off_cpu_s.mean));
	assert_non_null(found.levels[0].off_cpu_s.reason);
	assert_false(isnan(found.levels[0].user_s.mean));
	/* An unknown CPU time is not none. */
	for (size_t i = 0; i < made.dataset.task_count; i++)
		made.dataset.tasks[i].user_ns = RECORD_ABSENT;
	cleanup_summary struct summary unknown = summed_build(&made);
	assert_true(isnan(unknown.levels[0].off_cpu_s.mean));
	assert_true(isnan(unknown.levels[0].user_s.mean));
}

enum { CYCLES, CLOCK, INSTRUCTIONS, MISSES };

static void make_counted(struct made *made, bool is_user_only)
{
	made_init(made);
	made_event(made, "cycles")->is_user_only = is_user_only;
	made_event(made, "task-clock")->is_user_only = is_user_only;
	made_event(made, "instructions");
	struct event_definition *const misses = made_event(made, "LLC-load-misses");
	misses->state = COUNTER_NOT_SUPPORTED;
	snprintf(misses->reason, sizeof misses->reason, "there is no PMU");
	const size_t level = made_level(made, 1, "spread");
	made_trial(made, level, 0, 0, 10);
	made_task(made, 0, 0, 8);
	made_counter(made, CYCLES, 24000000000, COUNTER_OK);
	made_counter(made, CLOCK, 7200000000, COUNTER_OK);
	made_counter(made, INSTRUCTIONS, 1000, COUNTER_OK);
	made_task(made, 0, 8, 12); /* half of it inside */
	made_counter(made, CYCLES, 12000000000, COUNTER_OK);
	made_counter(made, CLOCK, 3600000000, COUNTER_OK);
	made_counter(made, INSTRUCTIONS, 4000, COUNTER_SCALED);
}

static void counters_are_weighted(void **state)
{
	(void)state;
	cleanup_made struct made made;
	make_counted(&made, false);
	cleanup_summary struct summary summary = summed_build(&made);
	const struct counter_summary *const c = summary.levels[0].counters;
	assert_near(c[INSTRUCTIONS].mean, (1000 + 0.5 * 4000) / 1.5);
	assert_int_equal(c[INSTRUCTIONS].state, COUNTER_SCALED);
	assert_int_equal(c[CYCLES].state, COUNTER_OK);
	assert_int_equal(c[MISSES].state, COUNTER_NOT_SUPPORTED);
	assert_true(isnan(c[MISSES].mean));
	assert_string_equal(c[MISSES].reason, "there is no PMU");
}

static void frequency_without_a_pmu_has_the_events_reason(void **state)
{
	(void)state;
	cleanup_made struct made made;
	make_counted(&made, false);
	made.dataset.events[CYCLES].state = COUNTER_NOT_SUPPORTED;
	snprintf(made.dataset.events[CYCLES].reason, RECORD_REASON_BYTES, "there is no PMU");
	for (size_t i = 0; i < made.dataset.task_count; i++)
		made.dataset.counters[i * 4 + CYCLES].state = COUNTER_NOT_SUPPORTED;
	cleanup_summary struct summary summary = summed_build(&made);
	assert_string_equal(summary.levels[0].frequency_hz.reason, "there is no PMU");
}

static void oversubscribed_levels_are_named(void **state)
{
	(void)state;
	cleanup_made struct made made;
	made_init(&made);
	made_steady_trial(&made, made_level(&made, 1, "spread"), 0, 1, 0.1, 1);
	made_steady_trial(&made, made_level(&made, 4, "spread"), 0, 4, 0.1, 1);
	made.dataset.levels[1].is_oversubscribed = true;
	cleanup_summary struct summary summary = summed_build(&made);
	const struct warning *const warning = summed_warning(&summary, "oversubscribed");
	assert_non_null(warning);
	assert_non_null(strstr(warning->text, "N=4"));
	assert_null(strstr(warning->text, "N=1"));
}

static void a_contradiction_is_an_error(void **state)
{
	(void)state;
	cleanup_made struct made made;
	made_init(&made);
	made_trial(&made, 5, 0, 0, 1);
	struct error err = {""};
	struct summary summary = {.level_count = 77};
	assert_int_equal(summary_build(&made.dataset, &summary, &err), -EINVAL);
	assert_int_equal(summary.level_count, 77);
	assert_non_null(strstr(err.text, "level 5"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(constant_tasks_give_n_over_wall),
	        cmocka_unit_test(slots_of_different_speed),
	        cmocka_unit_test(a_task_counts_by_its_part_in_the_window),
	        cmocka_unit_test(failures_occupy_and_yield_nothing),
	        cmocka_unit_test(drift_between_blocks_cancels),
	        cmocka_unit_test(every_policy_has_its_baseline),
	        cmocka_unit_test(every_level_has_its_trials),
	        cmocka_unit_test(off_cpu_is_absent_with_threads),
	        cmocka_unit_test(counters_are_weighted),
	        cmocka_unit_test(frequency_without_a_pmu_has_the_events_reason),
	        cmocka_unit_test(oversubscribed_levels_are_named),
	        cmocka_unit_test(a_contradiction_is_an_error),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
