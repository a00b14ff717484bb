/* What slows tasks down: factors that multiply to the loss, what is felt and what is chance,
 * policies and threads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyse/attribution.h"
#include "attributed.h"
#include "core/cleanup.h"
#include "costs.h"

#include <math.h>

/* 1/efficiency is the slowdown times what empty slots cost times what failures cost. */
static void factors_multiply_to_the_loss(void **state)
{
	(void)state;
	cleanup_made struct made made;
	made_init(&made);
	costs_events(&made, false);
	const uint32_t levels[] = {2, 8};
	for (size_t l = 0; l < 2; l++)
		made_level(&made, levels[l], "spread");
	for (uint32_t block = 0; block < 4; block++)
		for (size_t l = 0; l < 2; l++) {
			made_trial(&made, l, block, 5, 25 + block);
			unsigned task = 0;
			for (uint32_t slot = 0; slot < levels[l]; slot++) {
				double at = 0.1 * slot;
				while (at < 30) {
					struct costs costs = costs_usual(false);
					task++;
					costs.instructions *= 1 + 0.07 * (task % 5);
					costs.cpi *= 1 + 0.3 * (double)l + 0.01 * block;
					costs.off_cpu += 0.1 * (double)l * (task % 3);
					at = costs_task(&made, slot, at, &costs);
					if (task % (11 - 5 * l) == 0)
						made.dataset.tasks[made.dataset.task_count - 1]
						        .state = TASK_FAILED;
					at += 0.02 * (double)(3 * l + 1) * (task % 4);
				}
			}
		}
	made.dataset.run.baseline = 2;
	cleanup_attributed struct attributed found = attributed_find(&made);
	const struct attribution *const a = &found.levels[1];
	const struct estimate *const efficiency = &found.summary.levels[1].efficiency;
	assert_true(a->occupancy.value > 1.01 && a->failures.value > 1.02);
	assert_int_equal(a->tasks_used, a->tasks_successful);
	assert_true(a->tasks_used > 0 && a->tasks_used < found.summary.levels[1].tasks);
	assert_within(a->product.value * a->occupancy.value * a->failures.value,
	              1 / efficiency->value, 1e-12);
	assert_within(a->factors[FACTOR_INSTRUCTIONS].value * a->factors[FACTOR_CPI].value *
	                      a->factors[FACTOR_CLOCK].value * a->factors[FACTOR_OFF_CPU].value,
	              a->product.value, 1e-12);
	cleanup_free char *text = attributed_sentence(&found, 1);
	assert_contains(text, "Throughput loses besides: 1.0");
	assert_contains(text, " from slots that stood empty and 1.");
	assert_contains(text, " from failed tasks.");
}

static void baseline_is_one(void **state)
{
	(void)state;
	cleanup_made struct made made;
	made_init(&made);
	costs_events(&made, false);
	const struct costs costs = costs_usual(false);
	attributed_levels(&made, &costs, &costs, 0);
	cleanup_attributed struct attributed found = attributed_find(&made);
	const struct attribution *const a = &found.levels[0];
	assert_int_equal(a->mode, ATTRIBUTION_KERNEL_AND_USER);
	assert_true(a->product.value == 1 && a->product.low == 1 && a->product.high == 1);
	assert_true(a->factors[FACTOR_CPI].value == 1);
	for (size_t f = 0; f < FACTOR_COUNT; f++)
		assert_false(a->is_cause[f]);
	cleanup_free char *base = attributed_sentence(&found, 0);
	assert_contains(base, "N=1 is the baseline");
	cleanup_free char *other = attributed_sentence(&found, 1);
	assert_string_equal(other, "At N=4 a task takes about as long as at N=1 (1.00 times). "
	                           "Nothing stands out as a cause.");
	assert_int_equal(attribution_top_level(&found.summary, found.levels, "spread"), 1);
	assert_int_equal(attribution_top_level(&found.summary, found.levels, "pack"), -1);
}

/* Where tasks share PUs it is said, since that alone makes them wait; the highest level where they
 * do not stands apart. */
static void sharing_of_pus_is_said(void **state)
{
	(void)state;
	cleanup_made struct made made;
	made_init(&made);
	const struct costs costs = costs_usual(false);
	struct costs shared = costs;
	shared.off_cpu *= 2;
	for (uint32_t n = 1; n <= 4; n *= 2) {
		const size_t level = made_level(&made, n, "spread");
		made.dataset.levels[level].is_oversubscribed = n > 2;
		for (uint32_t block = 0; block < 2; block++)
			attributed_trial(&made, level, block, n, n > 2 ? &shared : &costs);
	}
	cleanup_attributed struct attributed found = attributed_find(&made);
	assert_int_equal(attribution_top_level(&found.summary, found.levels, "spread"), 2);
	assert_int_equal(attribution_full_level(&found.summary, found.levels, "spread"), 1);
	assert_false(attribution_is_compared(found.levels, 0));
	cleanup_free char *text = attributed_sentence(&found, 2);
	assert_string_equal(text, "At N=4, where tasks share PUs, a task takes 2.00 times as long "
	                          "as at N=1, all of it from time off the CPU.");
}

/* Wide trials: what may be chance is said to be. */
static void chance_is_called_chance(void **state)
{
	(void)state;
	cleanup_made struct made made;
	made_init(&made);
	costs_events(&made, false);
	const size_t one = made_level(&made, 1, "spread");
	const size_t four = made_level(&made, 4, "spread");
	static const double cpi[] = {1.6, 0.8, 1.2};
	for (uint32_t block = 0; block < 3; block++) {
		struct costs costs = costs_usual(false);
		attributed_trial(&made, one, block, 1, &costs);
		costs.cpi *= cpi[block];
		attributed_trial(&made, four, block, 4, &costs);
	}
	cleanup_attributed struct attributed found = attributed_find(&made);
	const struct attribution *const a = &found.levels[1];
	assert_true(a->product.value > 1.1 && a->product.low < 1);
	assert_false(a->is_cause[FACTOR_CPI]);
	cleanup_free char *text = attributed_sentence(&found, 1);
	assert_contains(text, "which may be chance");
	assert_contains(text, "Nothing stands out as a cause.");
}

/* Tasks that use the CPU for cpu_s of every second of waiting; at N=4 for four times as long. */
static void wait_and_compute(struct made *made, double cpu_s)
{
	struct costs base = costs_usual(false);
	base.instructions = cpu_s * base.clock_hz / base.cpi;
	base.off_cpu = (cpu_s + 1) / cpu_s;
	struct costs high = base;
	high.instructions *= 4;
	high.off_cpu = (4 * cpu_s + 1) / (4 * cpu_s);
	attributed_levels(made, &base, &high, 0);
}

/* What nobody feels is no cause, however large its factor: 1 ms of CPU time in 1 s becomes 4 ms. */
static void what_is_not_felt_is_not_named(void **state)
{
	(void)state;
	cleanup_made struct made made;
	made_init(&made);
	wait_and_compute(&made, 0.001);
	cleanup_attributed struct attributed found = attributed_find(&made);
	const struct attribution *const a = &found.levels[1];
	assert_near(a->factors[FACTOR_ON_CPU].value, 4);
	assert_within(a->factors[FACTOR_OFF_CPU].value, 0.25, 0.01);
	assert_true(fabs(a->off_cpu_grown) < 1e-6);
	cleanup_free char *text = attributed_sentence(&found, 1);
	assert_string_equal(text, "At N=4 a task takes about as long as at N=1 (1.00 times). "
	                          "Nothing stands out as a cause.");
}

/* Where the waiting stays as it was, its share is what changes, not the waiting. */
static void waiting_that_stays_is_not_called_less(void **state)
{
	(void)state;
	cleanup_made struct made made;
	made_init(&made);
	wait_and_compute(&made, 1);
	cleanup_attributed struct attributed found = attributed_find(&made);
	assert_true(fabs(found.levels[1].off_cpu_grown) < 1e-6);
	cleanup_free char *text = attributed_sentence(&found, 1);
	assert_string_equal(text,
	                    "At N=4 a task takes 2.50 times as long as at N=1: 4.00 from more CPU "
	                    "time; against it 0.62 from a smaller share of time off the CPU.");
}

/* In no block do both run: nothing is compared across blocks. */
static void blocks_apart(void **state)
{
	(void)state;
	cleanup_made struct made made;
	made_init(&made);
	const size_t one = made_level(&made, 1, "spread");
	const size_t two = made_level(&made, 2, "spread");
	const struct costs costs = costs_usual(false);
	attributed_trial(&made, one, 0, 1, &costs);
	attributed_trial(&made, two, 1, 2, &costs);
	cleanup_attributed struct attributed found = attributed_find(&made);
	assert_int_equal(found.levels[1].mode, ATTRIBUTION_NONE);
	assert_true(isnan(found.levels[1].product.value));
	assert_contains(found.levels[1].reason, "no block holds both");
}

/* Tasks on several PUs: the last factor is how many of them were at work. */
static void several_threads(void **state)
{
	(void)state;
	for (int is_declared = 0; is_declared < 2; is_declared++) {
		cleanup_made struct made made;
		made_init(&made);
		if (is_declared)
			made.dataset.run.threads = 4;
		struct costs base = costs_usual(false);
		base.off_cpu = is_declared ? 1.1 : 0.5;
		struct costs high = base;
		high.off_cpu *= 1.4;
		attributed_levels(&made, &base, &high, 0);
		cleanup_attributed struct attributed found = attributed_find(&made);
		const struct attribution *const a = &found.levels[1];
		assert_true(a->is_parallelism);
		assert_near(a->factors[FACTOR_OFF_CPU].value, 1.4);
		for (size_t part = 0; part < OFF_CPU_PARTS; part++) {
			assert_true(isnan(a->off_cpu.seconds[part]));
			assert_non_null(a->off_cpu.reason[part]);
		}
		cleanup_free char *text = attributed_sentence(&found, 1);
		assert_contains(text, "all of it from running on fewer CPUs at once.");
	}
}

static void policies_have_their_own_baseline(void **state)
{
	(void)state;
	cleanup_made struct made made;
	made_init(&made);
	static const char *const policies[] = {"spread", "pack"};
	for (size_t p = 0; p < 2; p++)
		for (uint32_t n = 1; n <= 2; n++) {
			struct costs costs = costs_usual(false);
			costs.off_cpu *= (p == 1 ? 3 : 1) * (n == 2 ? 1.5 + (double)p : 1);
			const size_t level = made_level(&made, n, policies[p]);
			for (uint32_t block = 0; block < 2; block++)
				attributed_trial(&made, level, block, n, &costs);
		}
	cleanup_attributed struct attributed found = attributed_find(&made);
	/* N=1 spread, N=1 pack, N=2 spread, N=2 pack */
	assert_near(found.levels[2].factors[FACTOR_OFF_CPU].value, 1.5);
	assert_near(found.levels[3].factors[FACTOR_OFF_CPU].value, 2.5);
	assert_int_equal(found.levels[3].baseline, 1);
	cleanup_free char *text = attributed_sentence(&found, 3);
	assert_contains(text, "At N=2 pack a task takes 2.50 times as long as at N=1 pack, ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(factors_multiply_to_the_loss),
	        cmocka_unit_test(baseline_is_one),
	        cmocka_unit_test(sharing_of_pus_is_said),
	        cmocka_unit_test(chance_is_called_chance),
	        cmocka_unit_test(what_is_not_felt_is_not_named),
	        cmocka_unit_test(waiting_that_stays_is_not_called_less),
	        cmocka_unit_test(blocks_apart),
	        cmocka_unit_test(several_threads),
	        cmocka_unit_test(policies_have_their_own_baseline),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
