/* Causes that are known, put in one at a time and as published, are named, and no others. */
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
#include "costs.h"

#include <math.h>
#include <string.h>

/* A published pair of jobs, counted in user mode: 16 and 128 at once on a node of 128 cores. */
static void published_jobs(void **state)
{
	(void)state;
	static const struct {
		uint32_t concurrency;
		uint64_t instructions, cycles;
		double task_clock_ms, user_s, system_s, wall_s;
	} jobs[] = {
	        {16, 291667442880, 95247738589, 31161.59, 29.071208, 2.115704, 32.048675140},
	        {128, 291085249865, 117627028354, 51938.23, 45.784547, 6.083165, 72.144414918},
	};
	cleanup_made struct made made;
	made_init(&made);
	made.dataset.run.baseline = 16;
	costs_events(&made, true);
	for (size_t i = 0; i < 2; i++) {
		made_level(&made, jobs[i].concurrency, "spread");
		made_trial(&made, i, 0, 0, jobs[i].wall_s);
		for (uint32_t slot = 0; slot < jobs[i].concurrency; slot++) {
			struct task_record *const task = made_task(&made, slot, 0, jobs[i].wall_s);
			task->user_ns = llround(jobs[i].user_s * NS_PER_S);
			task->system_ns = llround(jobs[i].system_s * NS_PER_S);
			made_counter(&made, 0, jobs[i].instructions, COUNTER_OK);
			made_counter(&made, 1, jobs[i].cycles, COUNTER_OK);
			made_counter(&made, 2, (uint64_t)llround(jobs[i].task_clock_ms * 1e6),
			             COUNTER_OK);
		}
	}
	cleanup_attributed struct attributed found = attributed_find(&made);
	const struct attribution *const a = &found.levels[1];
	assert_int_equal(a->mode, ATTRIBUTION_USER_ONLY);
	assert_within(a->factors[FACTOR_INSTRUCTIONS].value, 0.998, 5e-4);
	assert_within(a->factors[FACTOR_CPI].value, 1.237, 5e-4);
	assert_within(a->factors[FACTOR_CLOCK].value, 1.275, 5e-4);
	assert_within(a->factors[FACTOR_KERNEL].value, 1.056, 5e-4);
	assert_within(a->factors[FACTOR_OFF_CPU].value, 1.354, 5e-4);
	assert_true(isnan(a->factors[FACTOR_ON_CPU].value));
	assert_within(a->product.value, 72.144414918 / 32.048675140, 1e-9);
	assert_int_equal(a->tasks_used, 128);
	assert_false(estimate_has_interval(&a->product));
	cleanup_free char *text = attributed_sentence(&found, 1);
	assert_string_equal(
	        text,
	        "At N=128 a task takes 2.25 times as long as at N=16: 1.35 from time off the CPU, "
	        "1.28 from a lower clock, 1.24 from more cycles per instruction and 1.06 from "
	        "kernel "
	        "time. With one trial of each there are no intervals: part of it may be chance.");
}

/* What is put in, as factors on wall: instructions, cpi, clock, kernel, off_cpu. */
static const struct known {
	bool is_user_only;
	double put[5];
	const char *says; /* behind "1.XX times as long as at N=1" */
} known[] = {
        {false, {1.30, 1, 1, 1, 1}, ", all of it from more instructions."},
        {false, {1, 1.30, 1, 1, 1}, ", all of it from more cycles per instruction."},
        {false, {1, 1, 1.30, 1, 1}, ", all of it from a lower clock."},
        {false, {1, 1, 1, 1, 1.30}, ", all of it from time off the CPU."},
        {false,
         {1, 1.24, 1.28, 1, 1.35},
         ": 1.35 from time off the CPU, 1.28 from a lower clock and 1.24 from more cycles per "
         "instruction."},
        {false,
         {0.9, 1.5, 1, 1, 1},
         ": 1.50 from more cycles per instruction; against it 0.90 from fewer instructions."},
        {true, {1.30, 1, 1, 1, 1}, ", all of it from more instructions."},
        {true, {1, 1.30, 1, 1, 1}, ", all of it from more cycles per instruction."},
        {true, {1, 1, 1.30, 1, 1}, ", all of it from a lower clock."},
        {true, {1, 1, 1, 1.30, 1}, ", all of it from kernel time."},
        {true, {1, 1, 1, 1, 1.30}, ", all of it from time off the CPU."},
        {true,
         {1, 1, 1.2, 1.1, 1.4},
         ": 1.40 from time off the CPU, 1.20 from a lower clock and 1.10 from kernel time."},
};

static const enum attribution_factor put_factors[] = {FACTOR_INSTRUCTIONS, FACTOR_CPI, FACTOR_CLOCK,
                                                      FACTOR_KERNEL, FACTOR_OFF_CPU};

static void check_known(const struct known *k, double spread)
{
	cleanup_made struct made made;
	made_init(&made);
	costs_events(&made, k->is_user_only);
	struct costs base = costs_usual(k->is_user_only);
	base.instructions *= 4; /* enough CPU time for ticks */
	struct costs high = base;
	high.instructions *= k->put[0];
	high.cpi *= k->put[1];
	high.clock_hz /= k->put[2];
	high.kernel *= k->put[3];
	high.off_cpu *= k->put[4];
	attributed_levels(&made, &base, &high, spread);
	cleanup_attributed struct attributed found = attributed_find(&made);
	const struct attribution *const a = &found.levels[1];
	assert_int_equal(a->mode,
	                 k->is_user_only ? ATTRIBUTION_USER_ONLY : ATTRIBUTION_KERNEL_AND_USER);
	double product = 1;
	for (size_t i = 0; i < 5; i++) {
		const struct estimate *const e = &a->factors[put_factors[i]];
		if (!k->is_user_only && put_factors[i] == FACTOR_KERNEL) {
			assert_true(isnan(e->value));
			continue;
		}
		assert_within(e->value, k->put[i], 1e-6 + spread);
		assert_true(e->low <= k->put[i] * (1 + 1e-6) && k->put[i] * (1 - 1e-6) <= e->high);
		assert_int_equal(e->n, 3);
		assert_int_equal(a->is_cause[put_factors[i]], k->put[i] != 1);
		product *= e->value;
	}
	assert_within(a->product.value, product, 1e-12);
	assert_int_equal(a->tasks_used, 3 * 4 * 5);
	assert_int_equal(a->tasks_successful, a->tasks_used);
	if (spread > 0)
		return;
	assert_null(a->reason ? strstr(a->reason, "not asked") : NULL);
	cleanup_free char *text = attributed_sentence(&found, 1);
	const char *const behind = strstr(text, " times as long as at N=1");
	assert_non_null(behind);
	assert_string_equal(behind + strlen(" times as long as at N=1"), k->says);
}

static void known_causes_are_named_and_no_others(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(known); i++) {
		check_known(&known[i], 0);
		check_known(&known[i], 0.02);
	}
}

static void one_trial_and_no_baseline(void **state)
{
	(void)state;
	cleanup_made struct made made;
	made_init(&made);
	const size_t one = made_level(&made, 1, "spread");
	const size_t four = made_level(&made, 4, "spread");
	const size_t eight = made_level(&made, 8, "spread");
	const struct costs costs = costs_usual(false);
	struct costs slow = costs;
	slow.off_cpu = 2;
	attributed_trial(&made, four, 0, 4, &costs);
	made_trial(&made, one, 0, 0, 1)->state = TRIAL_ABANDONED;
	attributed_trial(&made, eight, 0, 8, &slow);
	cleanup_attributed struct attributed found = attributed_find(&made);
	/* The baseline has no result: the lowest that has one takes its place. */
	assert_int_equal(found.levels[0].mode, ATTRIBUTION_NONE);
	assert_int_equal(found.levels[0].baseline, -1);
	assert_true(isnan(found.levels[0].product.value));
	assert_non_null(found.levels[0].reason);
	assert_int_equal(found.levels[2].baseline, 1);
	assert_int_equal(found.levels[2].mode, ATTRIBUTION_NO_COUNTERS);
	assert_near(found.levels[2].factors[FACTOR_OFF_CPU].value, 2 / 1.05);
	assert_near(found.levels[2].factors[FACTOR_ON_CPU].value, 1);
	assert_contains(found.levels[2].reason, "instructions were not asked for");
	assert_false(estimate_has_interval(&found.levels[2].factors[FACTOR_OFF_CPU]));
	cleanup_free char *text = attributed_sentence(&found, 2);
	assert_string_equal(text,
	                    "At N=8 a task takes 1.90 times as long as at N=4, all of it from time "
	                    "off the CPU. With one trial of each there are no intervals: part "
	                    "of it may be chance.");
	cleanup_free char *absent = attributed_sentence(&found, 0);
	assert_contains(absent, "is not known: ");
}

static void no_cpu_time_at_all(void **state)
{
	(void)state;
	cleanup_made struct made made;
	made_init(&made);
	const struct costs base = costs_usual(false);
	struct costs high = base;
	high.off_cpu = 2.1;
	attributed_levels(&made, &base, &high, 0);
	for (size_t i = 0; i < made.dataset.task_count; i++)
		made.dataset.tasks[i].user_ns = RECORD_ABSENT;
	cleanup_attributed struct attributed found = attributed_find(&made);
	assert_int_equal(found.levels[1].mode, ATTRIBUTION_NONE);
	assert_near(found.levels[1].product.value, 2);
	cleanup_free char *text = attributed_sentence(&found, 1);
	assert_string_equal(text, "At N=4 a task takes 2.00 times as long as at N=1. Why is not "
	                          "known: the CPU time of these tasks is not known.");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(published_jobs),
	        cmocka_unit_test(known_causes_are_named_and_no_others),
	        cmocka_unit_test(one_trial_and_no_baseline),
	        cmocka_unit_test(no_cpu_time_at_all),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
