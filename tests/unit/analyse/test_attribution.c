/* The causes of a slowdown, on records whose causes are known. */
#include "analyse/attribution.h"
#include "core/array.h"
#include "core/cleanup.h"
#include "core/clock.h"
#include "core/error.h"
#include "costs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void near(double a, double b, double part, int line)
{
	if (!(fabs(a - b) <= part * fmax(1e-3, fabs(b))))
		fail_msg("line %d: %.15g is not %.15g", line, a, b);
}

#define assert_near(a, b)           near(a, b, 1e-6, __LINE__)
#define assert_within(a, b, part)   near(a, b, part, __LINE__)
#define assert_contains(text, part) assert_non_null(strstr(text, part))

struct found {
	struct summary summary;
	struct attribution *levels;
};

static struct found find(const struct made *made)
{
	struct error err;
	struct found found;
	memset(&found, 0xA5, sizeof found);
	assert_int_equal(summary_build(&made->dataset, &found.summary, &err), 0);
	assert_int_equal(attribution_build(&found.summary, &found.levels, &err), 0);
	return found;
}

static void found_release(struct found *found)
{
	attribution_free(found->levels);
	summary_release(&found->summary);
}

#define cleanup_found __attribute__((cleanup(found_release)))

static char *sentence(const struct found *found, size_t level)
{
	struct error err;
	char *text = NULL;
	assert_int_equal(attribution_sentence(&found->summary, found->levels, level, &text, &err),
	                 0);
	return text;
}

/* A trial whose slots run tasks of the same costs back to back, over a window of four of them. */
static void steady_trial(struct made *made, size_t level, uint32_t block, uint32_t slots,
                         const struct costs *costs)
{
	const double wall = costs_wall_s(costs);
	made_trial(made, level, block, 2 * wall, 6 * wall);
	for (uint32_t slot = 0; slot < slots; slot++) {
		double at = wall * (slot + 0.5) / slots;
		while (at < 6 * wall)
			at = costs_task(made, slot, at, costs);
	}
}

/* Three blocks of N=1 and N=4, where trial-to-trial changes of `spread` come in opposite
 * directions. */
static void two_levels(struct made *made, const struct costs *base, const struct costs *high,
                       double spread)
{
	const size_t one = made_level(made, 1, "spread");
	const size_t four = made_level(made, 4, "spread");
	for (uint32_t block = 0; block < 3; block++) {
		struct costs a = *base;
		struct costs b = *high;
		a.cpi *= 1 + spread * (block == 0);
		b.clock_hz *= 1 + spread * (block == 1);
		b.instructions *= 1 + spread * (block == 2);
		b.kernel *= 1 + (b.kernel > 1 ? spread * (block == 0) : 0);
		b.off_cpu *= 1 + spread * (block == 2);
		steady_trial(made, one, block, 1, &a);
		steady_trial(made, four, block, 4, &b);
	}
}

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
	cleanup_found struct found found = find(&made);
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
	cleanup_free char *text = sentence(&found, 1);
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
	two_levels(&made, &base, &high, spread);
	cleanup_found struct found found = find(&made);
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
	cleanup_free char *text = sentence(&found, 1);
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
	cleanup_found struct found found = find(&made);
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
	cleanup_free char *text = sentence(&found, 1);
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
	two_levels(&made, &costs, &costs, 0);
	cleanup_found struct found found = find(&made);
	const struct attribution *const a = &found.levels[0];
	assert_int_equal(a->mode, ATTRIBUTION_KERNEL_AND_USER);
	assert_true(a->product.value == 1 && a->product.low == 1 && a->product.high == 1);
	assert_true(a->factors[FACTOR_CPI].value == 1);
	for (size_t f = 0; f < FACTOR_COUNT; f++)
		assert_false(a->is_cause[f]);
	cleanup_free char *base = sentence(&found, 0);
	assert_contains(base, "N=1 is the baseline");
	cleanup_free char *other = sentence(&found, 1);
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
			steady_trial(&made, level, block, n, n > 2 ? &shared : &costs);
	}
	cleanup_found struct found found = find(&made);
	assert_int_equal(attribution_top_level(&found.summary, found.levels, "spread"), 2);
	assert_int_equal(attribution_full_level(&found.summary, found.levels, "spread"), 1);
	assert_false(attribution_is_compared(found.levels, 0));
	cleanup_free char *text = sentence(&found, 2);
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
		steady_trial(&made, one, block, 1, &costs);
		costs.cpi *= cpi[block];
		steady_trial(&made, four, block, 4, &costs);
	}
	cleanup_found struct found found = find(&made);
	const struct attribution *const a = &found.levels[1];
	assert_true(a->product.value > 1.1 && a->product.low < 1);
	assert_false(a->is_cause[FACTOR_CPI]);
	cleanup_free char *text = sentence(&found, 1);
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
	two_levels(made, &base, &high, 0);
}

/* What nobody feels is no cause, however large its factor: 1 ms of CPU time in 1 s becomes 4 ms. */
static void what_is_not_felt_is_not_named(void **state)
{
	(void)state;
	cleanup_made struct made made;
	made_init(&made);
	wait_and_compute(&made, 0.001);
	cleanup_found struct found found = find(&made);
	const struct attribution *const a = &found.levels[1];
	assert_near(a->factors[FACTOR_ON_CPU].value, 4);
	assert_within(a->factors[FACTOR_OFF_CPU].value, 0.25, 0.01);
	assert_true(fabs(a->off_cpu_grown) < 1e-6);
	cleanup_free char *text = sentence(&found, 1);
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
	cleanup_found struct found found = find(&made);
	assert_true(fabs(found.levels[1].off_cpu_grown) < 1e-6);
	cleanup_free char *text = sentence(&found, 1);
	assert_string_equal(text,
	                    "At N=4 a task takes 2.50 times as long as at N=1: 4.00 from more CPU "
	                    "time; against it 0.62 from a smaller share of time off the CPU.");
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
	steady_trial(&made, four, 0, 4, &costs);
	made_trial(&made, one, 0, 0, 1)->state = TRIAL_ABANDONED;
	steady_trial(&made, eight, 0, 8, &slow);
	cleanup_found struct found found = find(&made);
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
	cleanup_free char *text = sentence(&found, 2);
	assert_string_equal(text,
	                    "At N=8 a task takes 1.90 times as long as at N=4, all of it from time "
	                    "off the CPU. With one trial of each there are no intervals: part "
	                    "of it may be chance.");
	cleanup_free char *absent = sentence(&found, 0);
	assert_contains(absent, "is not known: ");
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
	steady_trial(&made, one, 0, 1, &costs);
	steady_trial(&made, two, 1, 2, &costs);
	cleanup_found struct found found = find(&made);
	assert_int_equal(found.levels[1].mode, ATTRIBUTION_NONE);
	assert_true(isnan(found.levels[1].product.value));
	assert_contains(found.levels[1].reason, "no block holds both");
}

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
	two_levels(&made, &base, &high, 0);
	for (size_t i = 0; i < made.dataset.task_count; i++) {
		if (i % 4 == 1)
			set_state(&made, i, 0, COUNTER_SCALED);
		if (i % 4 == 2)
			set_state(&made, i, 2, COUNTER_NOT_COUNTED);
	}
	cleanup_found struct found found = find(&made);
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
	two_levels(&made, &costs, &costs, 0);
	for (size_t i = 0; i < made.dataset.task_count; i++)
		set_state(&made, i, 1, COUNTER_SCALED);
	cleanup_found struct found found = find(&made);
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
	two_levels(&made, &costs, &costs, 0);
	for (size_t i = 0; i < made.dataset.task_count; i++)
		set_state(&made, i, 0, COUNTER_NOT_SUPPORTED);
	cleanup_found struct found found = find(&made);
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
		two_levels(&made, &costs, &costs, 0);
		cleanup_found struct found found = find(&made);
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
	two_levels(&made, &base, &high, 0);
	cleanup_found struct found found = find(&made);
	const struct attribution *const a = &found.levels[1];
	assert_int_equal(a->mode, ATTRIBUTION_USER_ONLY);
	assert_contains(a->reason, "5 s of CPU time");
	assert_true(isnan(a->factors[FACTOR_CLOCK].value));
	assert_true(isnan(a->factors[FACTOR_KERNEL].value));
	assert_near(a->factors[FACTOR_CPI].value, 1.2);
	assert_near(a->factors[FACTOR_ON_CPU].value, 1.25);
	assert_near(a->product.value, 1.5);
	cleanup_free char *text = sentence(&found, 1);
	assert_contains(text, "1.25 from a lower clock or kernel time");
}

static void no_cpu_time_at_all(void **state)
{
	(void)state;
	cleanup_made struct made made;
	made_init(&made);
	const struct costs base = costs_usual(false);
	struct costs high = base;
	high.off_cpu = 2.1;
	two_levels(&made, &base, &high, 0);
	for (size_t i = 0; i < made.dataset.task_count; i++)
		made.dataset.tasks[i].user_ns = RECORD_ABSENT;
	cleanup_found struct found found = find(&made);
	assert_int_equal(found.levels[1].mode, ATTRIBUTION_NONE);
	assert_near(found.levels[1].product.value, 2);
	cleanup_free char *text = sentence(&found, 1);
	assert_string_equal(text, "At N=4 a task takes 2.00 times as long as at N=1. Why is not "
	                          "known: the CPU time of these tasks is not known.");
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
	two_levels(&made, &base, &high, 0);
	forget_split(&made);
	cleanup_found struct found found = find(&made);
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
	two_levels(&made, &base, &high, 0);
	forget_split(&made);
	cleanup_found struct found found = find(&made);
	const struct attribution *const a = &found.levels[1];
	assert_int_equal(a->mode, ATTRIBUTION_USER_ONLY);
	assert_near(a->factors[FACTOR_CPI].value, 1.5);
	assert_near(a->factors[FACTOR_ON_CPU].value, 1);
	assert_true(isnan(a->factors[FACTOR_CLOCK].value));
	assert_true(isnan(a->factors[FACTOR_KERNEL].value));
	assert_contains(a->reason, "do not say how much of the CPU time was user time");
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
		two_levels(&made, &base, &high, 0);
		cleanup_found struct found found = find(&made);
		const struct attribution *const a = &found.levels[1];
		assert_true(a->is_parallelism);
		assert_near(a->factors[FACTOR_OFF_CPU].value, 1.4);
		for (size_t part = 0; part < OFF_CPU_PARTS; part++) {
			assert_true(isnan(a->off_cpu.seconds[part]));
			assert_non_null(a->off_cpu.reason[part]);
		}
		cleanup_free char *text = sentence(&found, 1);
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
				steady_trial(&made, level, block, n, &costs);
		}
	cleanup_found struct found found = find(&made);
	/* N=1 spread, N=1 pack, N=2 spread, N=2 pack */
	assert_near(found.levels[2].factors[FACTOR_OFF_CPU].value, 1.5);
	assert_near(found.levels[3].factors[FACTOR_OFF_CPU].value, 2.5);
	assert_int_equal(found.levels[3].baseline, 1);
	cleanup_free char *text = sentence(&found, 3);
	assert_contains(text, "At N=2 pack a task takes 2.50 times as long as at N=1 pack, ");
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
		two_levels(&made, &base, &high, 0);
		set_delays(&made, 0, 0.01, 0.01, 0.01);
		set_delays(&made, 1, cases[i].run, cases[i].block, cases[i].page);
		cleanup_found struct found found = find(&made);
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
		cleanup_free char *text = sentence(&found, 1);
		assert_contains(text, cases[i].says);
	}
}

static void off_cpu_without_delays(void **state)
{
	(void)state;
	cleanup_made struct made made;
	made_init(&made);
	const struct costs costs = costs_usual(false);
	two_levels(&made, &costs, &costs, 0);
	struct dataset_stalls stalls[6];
	for (size_t t = 0; t < 6; t++)
		stalls[t] = (struct dataset_stalls){10, {1, 0, 2, 0, t < 2 ? NAN : 5, 4}};
	made.dataset.stalls = stalls;
	cleanup_found struct found found = find(&made);
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
	        cmocka_unit_test(published_jobs),
	        cmocka_unit_test(known_causes_are_named_and_no_others),
	        cmocka_unit_test(factors_multiply_to_the_loss),
	        cmocka_unit_test(baseline_is_one),
	        cmocka_unit_test(sharing_of_pus_is_said),
	        cmocka_unit_test(chance_is_called_chance),
	        cmocka_unit_test(what_is_not_felt_is_not_named),
	        cmocka_unit_test(waiting_that_stays_is_not_called_less),
	        cmocka_unit_test(one_trial_and_no_baseline),
	        cmocka_unit_test(blocks_apart),
	        cmocka_unit_test(mixed_counters),
	        cmocka_unit_test(multiplexed_counters),
	        cmocka_unit_test(uncountable_events_say_why),
	        cmocka_unit_test(events_of_one_mode_do_not_meet_others),
	        cmocka_unit_test(short_trials_do_not_split_by_ticks),
	        cmocka_unit_test(no_cpu_time_at_all),
	        cmocka_unit_test(cpu_time_without_its_split),
	        cmocka_unit_test(user_counts_without_user_time),
	        cmocka_unit_test(several_threads),
	        cmocka_unit_test(policies_have_their_own_baseline),
	        cmocka_unit_test(off_cpu_is_split),
	        cmocka_unit_test(off_cpu_without_delays),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
