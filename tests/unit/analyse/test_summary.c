/* Summaries of datasets made by hand, whose answers are known. */
#include "analyse/summary.h"
#include "core/error.h"
#include "core/str.h"
#include "made.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void near(double a, double b, int line)
{
	if (!(fabs(a - b) <= 1e-6 * fmax(1e-3, fabs(b))))
		fail_msg("line %d: %.12g is not %.12g", line, a, b);
}

#define assert_near(a, b) near(a, b, __LINE__)

static struct summary build(const struct made *made)
{
	struct error err;
	struct summary summary;
	/* What is not set must not matter. */
	memset(&summary, 0xA5, sizeof summary);
	assert_int_equal(summary_build(&made->dataset, &summary, &err), 0);
	return summary;
}

static const struct warning *find_warning(const struct summary *summary, const char *code)
{
	for (size_t i = 0; i < summary->warning_count; i++)
		if (strcmp(summary->warnings[i].code, code) == 0)
			return &summary->warnings[i];
	return NULL;
}

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
	cleanup_summary struct summary summary = build(&made);
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
	cleanup_summary struct summary summary = build(&made);
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
	cleanup_summary struct summary summary = build(&made);
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
	cleanup_summary struct summary summary = build(&made);
	const struct level_summary *const l = &summary.levels[0];
	assert_int_equal(l->tasks, 5);
	assert_int_equal(l->failed, 3);
	assert_int_equal(l->tasks_in_state[TASK_NOT_STARTED], 1);
	assert_near(l->throughput_per_s.value, 0.2);
	assert_near(l->held, 1);
	assert_near(l->wall_s.max, 3.999);
	assert_int_equal(l->wall_s.tasks, 2);
}

static void idle_gaps_count_against_the_occupancy(void **state)
{
	(void)state;
	cleanup_made struct made made;
	made_init(&made);
	const size_t level = made_level(&made, 2, "spread");
	for (uint32_t block = 0; block < 2; block++) {
		made_trial(&made, level, block, 0, 10);
		made_task(&made, 0, 0, 10);
		made_task(&made, 1, 0, block == 0 ? 9 : 8)->idle_before_ns = 1500000;
	}
	made.dataset.trials[0].harness_cpu_ns = 3000000;
	made.dataset.trials[1].harness_cpu_ns = 5000000;
	made.dataset.trials[1].harness_max_rss_bytes = 4500000;
	cleanup_summary struct summary summary = build(&made);
	assert_near(summary.levels[0].held, (0.95 + 0.9) / 2);
	assert_near(summary.levels[0].held_min, 0.9);
	assert_non_null(find_warning(&summary, "occupancy-low"));
	assert_near(summary.harness.cpu_s_per_task, 0.002);
	assert_near(summary.harness.idle_gap_median_s, 0.0015);
	assert_near(summary.harness.max_rss_bytes, 4.5e6);
	assert_null(find_warning(&summary, "rss-floor"));
	/* One small task of four: a maximum, but no mean. */
	made.dataset.tasks[1].max_rss_bytes = RECORD_ABSENT;
	cleanup_summary struct summary small = build(&made);
	assert_non_null(find_warning(&small, "rss-floor"));
	assert_true(isnan(small.levels[0].max_rss_bytes.mean));
	assert_non_null(small.levels[0].max_rss_bytes.reason);
	assert_near(small.levels[0].max_rss_bytes.median, 1e8);
	assert_near(small.levels[0].max_rss_bytes.max, 1e8);
	for (size_t i = 0; i < made.dataset.task_count; i++)
		made.dataset.tasks[i].max_rss_bytes = RECORD_ABSENT;
	cleanup_summary struct summary none = build(&made);
	assert_true(isnan(none.levels[0].max_rss_bytes.max));
	assert_non_null(none.levels[0].max_rss_bytes.reason);
	/* Whole trees: of the tasks that were sampled. */
	assert_true(isnan(none.levels[0].peak_pss_bytes.max));
	assert_non_null(strstr(none.levels[0].peak_pss_bytes.reason, "was sampled"));
	made.dataset.tasks[1].peak_pss_bytes = 300000000;
	made.dataset.tasks[2].peak_pss_bytes = 280000000;
	cleanup_summary struct summary trees = build(&made);
	assert_int_equal(trees.levels[0].peak_pss_bytes.tasks, 2);
	assert_near(trees.levels[0].peak_pss_bytes.max, 3e8);
	assert_null(trees.levels[0].peak_pss_bytes.reason);
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
	cleanup_summary struct summary summary = build(&made);
	const struct estimate *const e = &summary.levels[1].efficiency;
	assert_near(e->value, 0.8);
	assert_near(e->low, 0.8);
	assert_near(e->high, 0.8);
	assert_int_equal(e->n, 4);
	const struct estimate *const x = &summary.levels[1].throughput_per_s;
	assert_true(x->high / x->low > 1.5);
}

static void a_missing_block_leaves_its_pair_out(void **state)
{
	(void)state;
	cleanup_made struct made made;
	made_init(&made);
	const size_t one = made_level(&made, 1, "spread");
	const size_t two = made_level(&made, 2, "spread");
	for (uint32_t block = 0; block < 3; block++) {
		made_steady_trial(&made, one, block, 1, 0.1, 1);
		made_steady_trial(&made, two, block, 2, 0.1, 1);
	}
	struct trial_record *const cut = &made.dataset.trials[3];
	cut->state = TRIAL_INTERRUPTED;
	cleanup_summary struct summary summary = build(&made);
	assert_int_equal(summary.levels[1].trials, 2);
	assert_int_equal(summary.levels[1].trials_in_state[TRIAL_INTERRUPTED], 1);
	assert_int_equal(summary.levels[1].efficiency.n, 2);
	const struct warning *const warning = find_warning(&summary, "trials-left-out");
	assert_non_null(warning);
	assert_non_null(strstr(warning->text, "N=2 block 2 interrupted"));
}

static void a_skipped_baseline_is_replaced(void **state)
{
	(void)state;
	cleanup_made struct made made;
	made_init(&made);
	made_level(&made, 1, "spread");
	const size_t two = made_level(&made, 2, "spread");
	const size_t four = made_level(&made, 4, "spread");
	made.dataset.levels[0].skipped = strdup("not enough memory");
	for (uint32_t block = 0; block < 2; block++) {
		made_steady_trial(&made, two, block, 2, 0.1, 1);
		made_steady_trial(&made, four, block, 4, 0.2, 1);
	}
	cleanup_summary struct summary summary = build(&made);
	assert_false(estimate_has_value(&summary.levels[0].throughput_per_s));
	assert_string_equal(summary.levels[0].reason, "not enough memory");
	assert_true(summary.levels[1].is_baseline);
	assert_near(summary.levels[2].efficiency.value, 0.5);
	const struct warning *const warning = find_warning(&summary, "baseline-missing");
	assert_non_null(warning);
	assert_non_null(strstr(warning->text, "not enough memory"));
	assert_non_null(strstr(warning->text, "N=2"));
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
	cleanup_summary struct summary summary = build(&made);
	assert_int_equal(summary.policy_count, 2);
	assert_near(summary.levels[2].efficiency.value, 0.5);
	assert_near(summary.levels[3].efficiency.value, 1);
}

static void one_trial_has_no_interval(void **state)
{
	(void)state;
	cleanup_made struct made made;
	made_init(&made);
	made_steady_trial(&made, made_level(&made, 1, "spread"), 0, 1, 0.1, 1);
	made_steady_trial(&made, made_level(&made, 2, "spread"), 0, 2, 0.1, 1);
	cleanup_summary struct summary summary = build(&made);
	assert_near(summary.levels[1].throughput_per_s.value, 20);
	assert_false(estimate_has_interval(&summary.levels[1].throughput_per_s));
	assert_non_null(summary.levels[1].throughput_per_s.reason);
	assert_false(estimate_has_interval(&summary.levels[1].efficiency));
	assert_non_null(find_warning(&summary, "one-trial"));
}

static void no_success_at_all(void **state)
{
	(void)state;
	cleanup_made struct made made;
	made_init(&made);
	const size_t one = made_level(&made, 1, "spread");
	const size_t two = made_level(&made, 2, "spread");
	for (uint32_t block = 0; block < 2; block++) {
		made_steady_trial(&made, one, block, 1, 0.1, 1);
		made_steady_trial(&made, two, block, 2, 0.1, 1);
	}
	for (size_t i = 0; i < made.dataset.task_count; i++)
		made.dataset.tasks[i].state = TASK_FAILED;
	cleanup_summary struct summary summary = build(&made);
	for (size_t i = 0; i < 2; i++) {
		const struct level_summary *const l = &summary.levels[i];
		assert_true(l->throughput_per_s.value == 0);
		assert_false(estimate_has_interval(&l->throughput_per_s));
		assert_false(estimate_has_value(&l->efficiency));
		assert_true(isnan(l->wall_s.mean) && l->wall_s.reason);
		assert_int_equal(l->failed, l->tasks);
	}
	assert_non_null(find_warning(&summary, "no-success"));
	assert_non_null(find_warning(&summary, "baseline-missing"));
}

static void nothing_at_all(void **state)
{
	(void)state;
	cleanup_made struct made made;
	made_init(&made);
	cleanup_summary struct summary empty = build(&made);
	assert_int_equal(empty.level_count, 0);
	const size_t level = made_level(&made, 1, "spread");
	made_trial(&made, level, 0, 0, 1)->state = TRIAL_PENDING;
	made_trial(&made, level, 1, 0, 1)->state = TRIAL_RUNNING;
	made_trial(&made, level, 2, 1, 1);
	made_trial(&made, level, 3, 0, 1)->window_start_ns = RECORD_ABSENT;
	cleanup_summary struct summary summary = build(&made);
	assert_int_equal(summary.levels[0].trials, 0);
	assert_non_null(summary.levels[0].reason);
	assert_false(estimate_has_value(&summary.levels[0].throughput_per_s));
	assert_true(isnan(summary.levels[0].held));
	assert_true(isnan(summary.harness.cpu_s_per_task));
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
	cleanup_summary struct summary summary = build(&made);
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

static void timeouts_hide_the_upper_quantiles(void **state)
{
	(void)state;
	cleanup_made struct made made;
	made_init(&made);
	const size_t level = made_level(&made, 1, "spread");
	made_trial(&made, level, 0, 0, 20)->state = TRIAL_CENSORED;
	for (int i = 0; i < 20; i++)
		made_task(&made, 0, i, i + 1);
	for (int i = 0; i < 4; i++)
		made.dataset.tasks[i * 5].state = TASK_TIMEOUT;
	cleanup_summary struct summary summary = build(&made);
	const struct level_summary *const l = &summary.levels[0];
	assert_true(l->is_censored);
	assert_near(l->throughput_per_s.value, 0.8);
	assert_near(l->wall_s.mean, 1);
	assert_near(l->wall_s.median, 1);
	assert_true(isnan(l->wall_s.p95));
	assert_true(isnan(l->wall_s.max));
	assert_non_null(l->wall_s.reason);
	assert_near(l->user_s.max, 0.8);
	assert_non_null(find_warning(&summary, "censored"));
}

static void off_cpu_is_absent_with_threads(void **state)
{
	(void)state;
	cleanup_made struct made made;
	made_init(&made);
	const size_t level = made_level(&made, 1, "spread");
	made_steady_trial(&made, level, 0, 1, 1, 4);
	made.dataset.run.threads = 2;
	cleanup_summary struct summary told = build(&made);
	assert_true(isnan(told.levels[0].off_cpu_s.mean));
	assert_non_null(told.levels[0].off_cpu_s.reason);
	made.dataset.run.threads = 1;
	made.dataset.tasks[2].user_ns = 1800000000;
	cleanup_summary struct summary found = build(&made);
	assert_true(isnan(found.levels[0].off_cpu_s.mean));
	assert_non_null(found.levels[0].off_cpu_s.reason);
	assert_false(isnan(found.levels[0].user_s.mean));
	/* An unknown CPU time is not none. */
	for (size_t i = 0; i < made.dataset.task_count; i++)
		made.dataset.tasks[i].user_ns = RECORD_ABSENT;
	cleanup_summary struct summary unknown = build(&made);
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
	cleanup_summary struct summary summary = build(&made);
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
	cleanup_summary struct summary summary = build(&made);
	assert_string_equal(summary.levels[0].frequency_hz.reason, "there is no PMU");
}

static void work_that_changes_with_n(void **state)
{
	(void)state;
	cleanup_made struct made made;
	made_init(&made);
	made_event(&made, "instructions");
	for (uint32_t n = 1; n <= 2; n++) {
		const size_t level = made_level(&made, n, "spread");
		made_trial(&made, level, 0, 0, 1);
		for (uint32_t slot = 0; slot < n; slot++) {
			made_task(&made, slot, 0, 1);
			made_counter(&made, 0, n == 1 ? 1000000 : 1015000, COUNTER_OK);
		}
	}
	cleanup_summary struct summary summary = build(&made);
	const struct warning *const warning = find_warning(&summary, "work-changes");
	assert_non_null(warning);
	assert_non_null(strstr(warning->text, "1.5 %"));
	for (size_t i = 1; i < made.dataset.task_count; i++)
		made.dataset.counters[i].raw = 1005000;
	cleanup_summary struct summary calm = build(&made);
	assert_null(find_warning(&calm, "work-changes"));
}

static void halves_that_differ(void **state)
{
	(void)state;
	cleanup_made struct made made;
	made_init(&made);
	const size_t level = made_level(&made, 4, "spread");
	made_trial(&made, level, 0, 0, 20);
	for (uint32_t slot = 0; slot < 4; slot++) {
		for (int i = 0; i < 20; i++)
			made_task(&made, slot, i * 0.5, (i + 1) * 0.5);
		for (int i = 0; i < 16; i++)
			made_task(&made, slot, 10 + i * 0.625, 10 + (i + 1) * 0.625);
	}
	cleanup_summary struct summary summary = build(&made);
	assert_near(summary.trials[0].halves_per_s[0], 8);
	assert_near(summary.trials[0].halves_per_s[1], 6.4);
	const struct warning *const warning = find_warning(&summary, "window-uneven");
	assert_non_null(warning);
	assert_non_null(strstr(warning->text, "22.2 %"));
}

static void inputs_used_unequally_and_shared(void **state)
{
	(void)state;
	struct error err;
	cleanup_made struct made made;
	made_init(&made);
	for (int i = 0; i < 2; i++)
		assert_int_equal(words_add(&made.dataset.inputs, "input", &err), 0);
	const size_t level = made_level(&made, 3, "spread");
	made_steady_trial(&made, level, 0, 3, 0.1, 1);
	for (size_t i = 0; i < made.dataset.task_count; i++)
		made.dataset.tasks[i].input = (int32_t)(i % 2);
	cleanup_summary struct summary even = build(&made);
	assert_null(find_warning(&even, "inputs-unequal"));
	assert_non_null(find_warning(&even, "inputs-shared"));
	for (size_t i = 0; i < made.dataset.task_count; i++)
		made.dataset.tasks[i].input = i % 4 == 0;
	cleanup_summary struct summary uneven = build(&made);
	assert_non_null(find_warning(&uneven, "inputs-unequal"));
}

static void oversubscribed_levels_are_named(void **state)
{
	(void)state;
	cleanup_made struct made made;
	made_init(&made);
	made_steady_trial(&made, made_level(&made, 1, "spread"), 0, 1, 0.1, 1);
	made_steady_trial(&made, made_level(&made, 4, "spread"), 0, 4, 0.1, 1);
	made.dataset.levels[1].is_oversubscribed = true;
	cleanup_summary struct summary summary = build(&made);
	const struct warning *const warning = find_warning(&summary, "oversubscribed");
	assert_non_null(warning);
	assert_non_null(strstr(warning->text, "N=4"));
	assert_null(strstr(warning->text, "N=1"));
}

static void a_run_that_was_cut_short_is_to_be_finished(void **state)
{
	(void)state;
	cleanup_made struct made made;
	made_init(&made);
	made_level(&made, 1, "spread");
	made_steady_trial(&made, 0, 0, 1, 1, 4);
	cleanup_summary struct summary whole = build(&made);
	assert_non_null(strstr(find_warning(&whole, "one-trial")->text, "Repeat the sweep (-r 5)"));
	made_trial(&made, 0, 1, 0, 1)->state = TRIAL_INTERRUPTED;
	cleanup_summary struct summary cut = build(&made);
	assert_non_null(strstr(find_warning(&cut, "one-trial")->text, "to its end"));
	assert_null(strstr(find_warning(&cut, "one-trial")->text, "-r 5"));
}

static void the_runs_own_warnings_are_grouped(void **state)
{
	(void)state;
	cleanup_made struct made made;
	made_init(&made);
	made_warning(&made, "store-slow", "the writer was behind");
	for (int i = 0; i < 50; i++)
		made_warning(&made, "left-children", "a task left processes behind");
	made_warning(&made, "occupancy-low", "said by the rule for the whole level");
	cleanup_summary struct summary summary = build(&made);
	assert_int_equal(summary.warning_count, 2);
	assert_string_equal(summary.warnings[0].text, "The writer was behind.");
	assert_string_equal(summary.warnings[1].text,
	                    "A task left processes behind. (And 49 more of this kind.)");
}

/* What differs in figures alone is of one kind; a line tells of all trials; important ones come
 * first. */
static void warnings_of_trials_are_one_line(void **state)
{
	(void)state;
	static const struct {
		const char *code;
		const char *text;
		uint32_t trial;
	} events[] = {
	        {"resumed", "gone on with", 0},
	        {"disk-room", "the result has 1 MB left", 0},
	        {"disk-room", "$TMPDIR has 2 MB left", 0},
	        {"disk-room", "the result has 3.5 MB left", 0},
	        {"other-load", "other programs use 99 % (preflight.warn.load is 2 %)", 0},
	        {"other-load", "others used 52.3 % during the trial", 1},
	        {"other-load", "others used 37 % during the trial", 2},
	        {"other-load", "others used 3 % during the trial", 2},
	};
	static const char *const says[] = {
	        "Before the run: other programs use 99 % (preflight.warn.load is 2 %).",
	        ("In 2 trials, first in N=1 block 1: others used 52.3 % during the trial. (And 1 "
	         "more of this kind.)"),
	        "The result has 1 MB left. (And 1 more of this kind.)",
	        "$TMPDIR has 2 MB left.",
	        "Gone on with.",
	};
	cleanup_made struct made made;
	made_init(&made);
	for (uint32_t block = 0; block < 3; block++)
		made_steady_trial(&made, block ? 0 : made_level(&made, 1, "spread"), block, 1, 0.1,
		                  0.4);
	for (size_t i = 0; i < sizeof events / sizeof events[0]; i++) {
		made_warning(&made, events[i].code, events[i].text);
		made.dataset.warnings[i].trial = events[i].trial;
	}
	cleanup_summary struct summary summary = build(&made);
	assert_int_equal(summary.warning_count, sizeof says / sizeof says[0]);
	for (size_t i = 0; i < summary.warning_count; i++)
		assert_string_equal(summary.warnings[i].text, says[i]);
}

static void a_warning_of_a_trial_says_which(void **state)
{
	(void)state;
	cleanup_made struct made made;
	made_init(&made);
	made_steady_trial(&made, made_level(&made, 1, "spread"), 0, 1, 0.1, 0.4);
	made_steady_trial(&made, made_level(&made, 2, "spread"), 0, 2, 0.1, 0.4);
	made_warning(&made, "load", "other programs used 9 % of the CPU time");
	made.dataset.warnings[0].trial = 2;
	made_warning(&made, "load", "other programs used 8 % of the CPU time");
	made.dataset.warnings[1].trial = 7;
	cleanup_summary struct summary summary = build(&made);
	const struct warning *const warning = find_warning(&summary, "load");
	assert_non_null(warning);
	assert_string_equal(
	        warning->text,
	        "In 2 trials, first in N=2 block 1: other programs used 9 % of the CPU time.");
	made.dataset.warnings[0].trial = 7; /* there is none of this number */
	cleanup_summary struct summary unknown = build(&made);
	assert_string_equal(find_warning(&unknown, "load")->text,
	                    "Other programs used 9 % of the CPU time. (And 1 more of this kind.)");
	made.dataset.warnings[1].trial = 2;
	made.dataset.warnings[0].trial = 2;
	cleanup_summary struct summary one = build(&made);
	assert_string_equal(find_warning(&one, "load")->text,
	                    "N=2 block 1: other programs used 9 % of the CPU time. (And 1 more of "
	                    "this kind.)");
}

/* The text of a warning is cut between letters, and says so. */
static void a_long_warning_is_cut_between_letters(void **state)
{
	(void)state;
	cleanup_made struct made made;
	made_init(&made);
	made_level(&made, 1, "spread");
	char reason[1401] = "";
	for (size_t i = 0; i < 1400; i += 2)
		memcpy(reason + i, "\xc3\xb6", 3);
	made.dataset.levels[0].skipped = strdup(reason);
	cleanup_summary struct summary summary = build(&made);
	const struct warning *const warning = find_warning(&summary, "level-skipped");
	assert_non_null(warning);
	const size_t length = strlen(warning->text);
	assert_true(length > 500 && length < sizeof warning->text);
	assert_string_equal(warning->text + length - 5, "\xc3\xb6...");
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
	        cmocka_unit_test(idle_gaps_count_against_the_occupancy),
	        cmocka_unit_test(drift_between_blocks_cancels),
	        cmocka_unit_test(a_missing_block_leaves_its_pair_out),
	        cmocka_unit_test(a_skipped_baseline_is_replaced),
	        cmocka_unit_test(every_policy_has_its_baseline),
	        cmocka_unit_test(one_trial_has_no_interval),
	        cmocka_unit_test(no_success_at_all),
	        cmocka_unit_test(nothing_at_all),
	        cmocka_unit_test(every_level_has_its_trials),
	        cmocka_unit_test(timeouts_hide_the_upper_quantiles),
	        cmocka_unit_test(off_cpu_is_absent_with_threads),
	        cmocka_unit_test(counters_are_weighted),
	        cmocka_unit_test(frequency_without_a_pmu_has_the_events_reason),
	        cmocka_unit_test(work_that_changes_with_n),
	        cmocka_unit_test(halves_that_differ),
	        cmocka_unit_test(inputs_used_unequally_and_shared),
	        cmocka_unit_test(oversubscribed_levels_are_named),
	        cmocka_unit_test(a_run_that_was_cut_short_is_to_be_finished),
	        cmocka_unit_test(the_runs_own_warnings_are_grouped),
	        cmocka_unit_test(warnings_of_trials_are_one_line),
	        cmocka_unit_test(a_warning_of_a_trial_says_which),
	        cmocka_unit_test(a_long_warning_is_cut_between_letters),
	        cmocka_unit_test(a_contradiction_is_an_error),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
