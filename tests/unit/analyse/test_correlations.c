/* What of a task goes with how long it takes, and tasks over time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyse/distributions.h"
#include "core/array.h"
#include "core/error.h"
#include "core/rng.h"
#include "distributed.h"
#include "made.h"

#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <string.h>

/* Tasks whose cycles are known from their misses. Levels of 4 tasks at once, `trials` each. */
static void make_pairs(struct made *made, size_t trials, uint64_t (*misses)(size_t),
                       uint64_t (*cycles)(size_t))
{
	made_event(made, "cycles");
	made_event(made, "LLC-load-misses");
	const size_t level = made_level(made, 1, "spread");
	size_t i = 0;
	for (size_t t = 0; t < trials; t++) {
		made_trial(made, level, (uint32_t)t, 0, 40);
		for (int k = 0; k < 10; k++, i++) {
			made_task(made, 0, 4 * k, 4 * (k + 1));
			made_counter(made, 0, cycles(i), COUNTER_OK);
			made_counter(made, 1, misses(i), COUNTER_OK);
		}
	}
}

static uint64_t some_misses(size_t i)
{
	return 1000000 + 1000 * (i * 7919 % 101);
}

static uint64_t straight_cycles(size_t i)
{
	return UINT64_C(9000000000) + 150 * some_misses(i);
}

static uint64_t noisy_cycles(size_t i)
{
	return straight_cycles(i) + i * 104729 % 30011 * 1000;
}

static uint64_t cubic_cycles(size_t i)
{
	const double x = (double)(some_misses(i) - 1000000) / 1000;
	return UINT64_C(9000000000) + (uint64_t)(x * x * x * 1000);
}

static uint64_t constant(size_t i)
{
	(void)i;
	return 5000000;
}

static void correlation_of_a_line(void **state)
{
	(void)state;
	struct made made cleanup_made;
	made_init(&made);
	make_pairs(&made, 5, some_misses, straight_cycles);
	struct distributed answer = distributed_find(&made);
	const struct correlation *const c = &answer.distributions.cycles_misses;
	assert_null(c->reason);
	assert_int_equal(c->tasks, 50);
	assert_int_equal(c->trials, 5);
	assert_true(fabs(c->pearson - 1) < 1e-9);
	assert_true(fabs(c->spearman - 1) < 1e-9);
	assert_true(fabs(c->slope - 150) < 1e-6);
	assert_true(fabs(c->slope_low - 150) < 1e-4 && fabs(c->slope_high - 150) < 1e-4);
	assert_true(fabs(c->intercept - 9e9) < 1e3);
	assert_int_equal(c->point_count, 50);
	distributed_release(&answer);
}

/* GSL gives the same for equal weights. */
static void correlation_agrees_with_gsl(void **state)
{
	(void)state;
	static uint64_t (*const kinds[])(size_t) = {noisy_cycles, cubic_cycles};
	for (size_t k = 0; k < ARRAY_LENGTH(kinds); k++) {
		struct made made cleanup_made;
		made_init(&made);
		make_pairs(&made, 5, some_misses, kinds[k]);
		struct distributed answer = distributed_find(&made);
		double x[50];
		double y[50];
		double work[100];
		for (size_t i = 0; i < 50; i++) {
			x[i] = (double)some_misses(i);
			y[i] = (double)kinds[k](i);
		}
		const struct correlation *const c = &answer.distributions.cycles_misses;
		assert_true(fabs(c->pearson - gsl_stats_correlation(x, 1, y, 1, 50)) < 1e-9);
		assert_true(fabs(c->spearman - gsl_stats_spearman(x, 1, y, 1, 50, work)) < 1e-9);
		assert_true(c->slope_low < c->slope && c->slope < c->slope_high);
		distributed_release(&answer);
	}
}

static void correlation_says_why_it_is_not_there(void **state)
{
	(void)state;
	struct distributed answer;
	{
		struct made made cleanup_made;
		made_init(&made);
		make_pairs(&made, 5, constant, straight_cycles);
		answer = distributed_find(&made);
		assert_string_equal(answer.distributions.cycles_misses.reason,
		                    "all tasks counted the same");
		distributed_release(&answer);
	}
	{
		struct made made cleanup_made;
		made_init(&made);
		make_pairs(&made, 2, some_misses, noisy_cycles);
		answer = distributed_find(&made);
		const struct correlation *const c = &answer.distributions.cycles_misses;
		assert_null(c->reason);
		assert_true(isfinite(c->slope) && isnan(c->slope_low));
		assert_non_null(c->slope_reason);
		distributed_release(&answer);
	}
	{
		struct made made cleanup_made;
		made_init(&made);
		struct event_definition *const event = made_event(&made, "LLC-load-misses");
		event->state = COUNTER_NOT_SUPPORTED;
		strcpy(event->reason, "there is no PMU");
		made_level(&made, 1, "spread");
		answer = distributed_find(&made);
		assert_string_equal(answer.distributions.cycles_misses.reason, "there is no PMU");
		distributed_release(&answer);
	}
}

/* What is implausible at one level is in no correlation; a single odd task is left out alone. */
static void implausible_misses_are_left_out(void **state)
{
	(void)state;
	for (int all = 0; all < 2; all++) {
		struct made made cleanup_made;
		made_init(&made);
		struct error err;
		assert_int_equal(host_facts_add(&made.dataset.host, "numa_nodes", "2", NULL, &err),
		                 0);
		make_pairs(&made, 5, some_misses, straight_cycles);
		for (size_t i = 0; i < made.dataset.task_count; i++)
			if (i == 13 || all)
				made.dataset.counters[2 * i + 1].raw =
				        all ? UINT64_C(200000000000) : UINT64_C(90000000000);
		struct distributed answer = distributed_find(&made);
		const struct correlation *const c = &answer.distributions.cycles_misses;
		if (all) {
			assert_non_null(c->reason);
			assert_non_null(strstr(c->reason, "LLC-load-misses is implausible at N=1"));
			assert_true(isnan(c->pearson) && isnan(c->slope));
			assert_int_equal(c->point_count, 0);
		} else {
			assert_null(c->reason);
			assert_int_equal(c->left_out, 1);
			assert_int_equal(c->tasks, 49);
			assert_true(fabs(c->slope - 150) < 1e-6);
		}
		distributed_release(&answer);
	}
}

/* The interval of the slope covers it when trials differ from one another. */
static void slope_intervals_cover(void **state)
{
	(void)state;
	enum { ROUNDS = 400, LEVELS = 6, TRIALS = 5, TASKS = 12 };
	int covered = 0;
	for (uint64_t round = 0; round < ROUNDS; round++) {
		struct rng rng;
		rng_init(&rng, 77, round);
		struct made made cleanup_made;
		made_init(&made);
		made_event(&made, "cycles");
		made_event(&made, "LLC-load-misses");
		for (uint32_t l = 0; l < LEVELS; l++) {
			const size_t level = made_level(&made, 1U << l, "spread");
			for (uint32_t t = 0; t < TRIALS; t++) {
				made_trial(&made, level, t, 0, TASKS);
				const double shift = 2e8 * rng_normal(&rng);
				const double more = 1e5 * rng_normal(&rng);
				for (int k = 0; k < TASKS; k++) {
					const double x =
					        5e6 * (1 + 0.3 * l) + more + 5e5 * rng_normal(&rng);
					const double y =
					        2e10 + 120 * x + shift + 1e8 * rng_normal(&rng);
					made_task(&made, 0, k, k + 1);
					made_counter(&made, 0, (uint64_t)y, COUNTER_OK);
					made_counter(&made, 1, (uint64_t)x, COUNTER_OK);
				}
			}
		}
		struct distributed answer = distributed_find(&made);
		const struct correlation *const c = &answer.distributions.cycles_misses;
		covered += c->slope_low <= 120 && 120 <= c->slope_high;
		distributed_release(&answer);
	}
	print_message("# 95 %% intervals of the slope cover it in %.3f of %d\n",
	              (double)covered / ROUNDS, ROUNDS);
	assert_true(covered >= 0.92 * ROUNDS);
}

static void a_timeline_has_everything_where_it_fits(void **state)
{
	(void)state;
	struct made made cleanup_made;
	made_init(&made);
	const size_t level = made_level(&made, 4, "spread");
	made_steady_trial(&made, level, 0, 4, 2, 10);
	made_steady_trial(&made, level, 1, 4, 2, 10);
	struct distributed answer = distributed_find(&made);
	assert_int_equal(answer.distributions.timeline_count, 1);
	const struct timeline *const t = &answer.distributions.timelines[0];
	assert_int_equal(t->trial, 0);
	assert_int_equal(t->count, answer.summary.trials[0].task_count);
	assert_int_equal(t->left_out, 0);
	assert_int_equal(t->slots, 4);
	assert_int_equal(t->slots_of, 4);
	assert_true(isnan(t->until_s));
	distributed_near(t->window_start_s, 4);
	for (size_t i = 1; i < t->count; i++)
		assert_true(t->tasks[i].slot > t->tasks[i - 1].slot ||
		            t->tasks[i].start_s >= t->tasks[i - 1].end_s);
	distributed_release(&answer);
}

/* 100 slots of 100 tasks: 40 slots as wholes, one of which has the odd task. */
static void a_large_timeline_is_thinned_by_slots(void **state)
{
	(void)state;
	struct made made cleanup_made;
	made_init(&made);
	const size_t level = made_level(&made, 100, "spread");
	made_trial(&made, level, 0, 0, 100);
	for (uint32_t k = 0; k < 100; k++)
		for (uint32_t slot = 0; slot < 100; slot++)
			made_task(&made, slot, k, k + (slot == 73 && k == 5 ? 0.5 : 0.99));
	struct distributed answer = distributed_find(&made);
	const struct timeline *const t = &answer.distributions.timelines[0];
	assert_true(t->count <= TIMELINE_TASKS_MOST);
	assert_int_equal(t->count + t->left_out, 10000);
	assert_int_equal(t->slots_of, 100);
	assert_true(t->slots >= 32 && t->slots < 100);
	assert_true(isnan(t->until_s));
	assert_int_equal(t->count, t->slots * 100);
	bool has_odd = false;
	for (size_t i = 0; i < t->count; i++)
		has_odd |= t->tasks[i].slot == 73 && t->tasks[i].is_outlier;
	assert_true(has_odd);
	distributed_release(&answer);
}

/* 2 slots of 5000 tasks: both, up to a moment that is said. */
static void a_long_timeline_is_cut(void **state)
{
	(void)state;
	struct made made cleanup_made;
	made_init(&made);
	const size_t level = made_level(&made, 2, "spread");
	made_trial(&made, level, 0, 0, 5000);
	for (uint32_t k = 0; k < 5000; k++)
		for (uint32_t slot = 0; slot < 2; slot++)
			made_task(&made, slot, k, k + 1);
	struct distributed answer = distributed_find(&made);
	const struct timeline *const t = &answer.distributions.timelines[0];
	assert_int_equal(t->count, TIMELINE_TASKS_MOST);
	assert_int_equal(t->slots, 2);
	distributed_near(t->until_s, TIMELINE_TASKS_MOST / 2);
	assert_int_equal(t->left_out, 10000 - TIMELINE_TASKS_MOST);
	distributed_release(&answer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(correlation_of_a_line),
	        cmocka_unit_test(correlation_agrees_with_gsl),
	        cmocka_unit_test(correlation_says_why_it_is_not_there),
	        cmocka_unit_test(implausible_misses_are_left_out),
	        cmocka_unit_test(slope_intervals_cover),
	        cmocka_unit_test(a_timeline_has_everything_where_it_fits),
	        cmocka_unit_test(a_large_timeline_is_thinned_by_slots),
	        cmocka_unit_test(a_long_timeline_is_cut),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
