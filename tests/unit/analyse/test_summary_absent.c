/* Results in which something is missing: blocks, baselines, successes, all of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyse/summary.h"
#include "made.h"
#include "summed.h"

#include <math.h>
#include <string.h>

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
	cleanup_summary struct summary summary = summed_build(&made);
	assert_int_equal(summary.levels[1].trials, 2);
	assert_int_equal(summary.levels[1].trials_in_state[TRIAL_INTERRUPTED], 1);
	assert_int_equal(summary.levels[1].efficiency.n, 2);
	const struct warning *const warning = summed_warning(&summary, "trials-left-out");
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
	cleanup_summary struct summary summary = summed_build(&made);
	assert_false(estimate_has_value(&summary.levels[0].throughput_per_s));
	assert_string_equal(summary.levels[0].reason, "not enough memory");
	assert_true(summary.levels[1].is_baseline);
	assert_near(summary.levels[2].efficiency.value, 0.5);
	const struct warning *const warning = summed_warning(&summary, "baseline-missing");
	assert_non_null(warning);
	assert_non_null(strstr(warning->text, "not enough memory"));
	assert_non_null(strstr(warning->text, "N=2"));
}

static void one_trial_has_no_interval(void **state)
{
	(void)state;
	cleanup_made struct made made;
	made_init(&made);
	made_steady_trial(&made, made_level(&made, 1, "spread"), 0, 1, 0.1, 1);
	made_steady_trial(&made, made_level(&made, 2, "spread"), 0, 2, 0.1, 1);
	cleanup_summary struct summary summary = summed_build(&made);
	assert_near(summary.levels[1].throughput_per_s.value, 20);
	assert_false(estimate_has_interval(&summary.levels[1].throughput_per_s));
	assert_non_null(summary.levels[1].throughput_per_s.reason);
	assert_false(estimate_has_interval(&summary.levels[1].efficiency));
	assert_non_null(summed_warning(&summary, "one-trial"));
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
	cleanup_summary struct summary summary = summed_build(&made);
	for (size_t i = 0; i < 2; i++) {
		const struct level_summary *const l = &summary.levels[i];
		assert_true(l->throughput_per_s.value == 0);
		assert_false(estimate_has_interval(&l->throughput_per_s));
		assert_false(estimate_has_value(&l->efficiency));
		assert_true(isnan(l->wall_s.mean) && l->wall_s.reason);
		assert_int_equal(l->failed, l->tasks);
		/* Whatever plateau made it, it had no figures to measure. */
		const char *const reasons[] = {l->max_rss_bytes.reason, l->peak_rss_bytes.reason,
		                               l->peak_pss_bytes.reason,
		                               l->cgroup_peak_bytes.reason};
		for (size_t k = 0; k < 4; k++)
			assert_string_equal(reasons[k], "no task of this level succeeded");
	}
	assert_non_null(summed_warning(&summary, "no-success"));
	assert_non_null(summed_warning(&summary, "baseline-missing"));
}

static void nothing_at_all(void **state)
{
	(void)state;
	cleanup_made struct made made;
	made_init(&made);
	cleanup_summary struct summary empty = summed_build(&made);
	assert_int_equal(empty.level_count, 0);
	const size_t level = made_level(&made, 1, "spread");
	made_trial(&made, level, 0, 0, 1)->state = TRIAL_PENDING;
	made_trial(&made, level, 1, 0, 1)->state = TRIAL_RUNNING;
	made_trial(&made, level, 2, 1, 1);
	made_trial(&made, level, 3, 0, 1)->window_start_ns = RECORD_ABSENT;
	cleanup_summary struct summary summary = summed_build(&made);
	assert_int_equal(summary.levels[0].trials, 0);
	assert_non_null(summary.levels[0].reason);
	assert_false(estimate_has_value(&summary.levels[0].throughput_per_s));
	assert_true(isnan(summary.levels[0].held));
	assert_true(isnan(summary.harness.cpu_s_per_task));
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
	cleanup_summary struct summary summary = summed_build(&made);
	const struct level_summary *const l = &summary.levels[0];
	assert_true(l->is_censored);
	assert_near(l->throughput_per_s.value, 0.8);
	assert_near(l->wall_s.mean, 1);
	assert_near(l->wall_s.median, 1);
	assert_true(isnan(l->wall_s.p95));
	assert_true(isnan(l->wall_s.max));
	assert_non_null(l->wall_s.reason);
	assert_near(l->user_s.max, 0.8);
	assert_non_null(summed_warning(&summary, "censored"));
}

static void a_run_that_was_cut_short_is_to_be_finished(void **state)
{
	(void)state;
	cleanup_made struct made made;
	made_init(&made);
	made_level(&made, 1, "spread");
	made_steady_trial(&made, 0, 0, 1, 1, 4);
	cleanup_summary struct summary whole = summed_build(&made);
	assert_non_null(
	        strstr(summed_warning(&whole, "one-trial")->text, "Repeat the sweep (-r 5)"));
	made_trial(&made, 0, 1, 0, 1)->state = TRIAL_INTERRUPTED;
	cleanup_summary struct summary cut = summed_build(&made);
	assert_non_null(strstr(summed_warning(&cut, "one-trial")->text, "to its end"));
	assert_null(strstr(summed_warning(&cut, "one-trial")->text, "-r 5"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(a_missing_block_leaves_its_pair_out),
	        cmocka_unit_test(a_skipped_baseline_is_replaced),
	        cmocka_unit_test(one_trial_has_no_interval),
	        cmocka_unit_test(no_success_at_all),
	        cmocka_unit_test(nothing_at_all),
	        cmocka_unit_test(timeouts_hide_the_upper_quantiles),
	        cmocka_unit_test(a_run_that_was_cut_short_is_to_be_finished),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
