/* Distributions, outliers, correlation and timelines on records whose answers are known. */
#include "made.h"

#include "analyse/distributions.h"
#include "core/array.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/rng.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct answer {
	struct summary summary;
	struct distributions distributions;
};

static struct answer work_out(const struct made *made)
{
	struct error err = {"no error"};
	struct answer answer;
	if (summary_build(&made->dataset, &answer.summary, &err) < 0 ||
	    distributions_build(&answer.summary, &answer.distributions, &err) < 0)
		fail_msg("%s", err.text);
	return answer;
}

static void release(struct answer *answer)
{
	distributions_release(&answer->distributions);
	summary_release(&answer->summary);
}

static const struct distribution *of(const struct answer *answer, enum figure_kind kind,
                                     size_t level)
{
	return &answer->distributions.kinds[kind].levels[level];
}

static void assert_near(double value, double expected)
{
	if (!(fabs(value - expected) <= 1e-9 * (1 + fabs(expected))))
		fail_msg("%.12g is not %.12g", value, expected);
}

static double sum_of_bins(const struct distribution *distribution)
{
	double sum = distribution->below + distribution->above;
	for (size_t b = 0; b < DISTRIBUTION_BINS; b++)
		sum += distribution->bins[b];
	return sum;
}

/* A trial at a new level whose tasks take walls[i], one after another, all inside the window. */
static size_t add_level(struct made *made, uint32_t concurrency, const double *walls, size_t count)
{
	const size_t level = made_level(made, concurrency, "spread");
	double at = 0;
	for (size_t i = 0; i < count; i++)
		at += walls[i];
	made_trial(made, level, 0, 0, at);
	at = 0;
	for (size_t i = 0; i < count; i++) {
		made_task(made, 0, at, at + walls[i]);
		at += walls[i];
	}
	return level;
}

static void known_distribution_is_found(void **state)
{
	(void)state;
	static const double walls[] = {5, 1, 4, 2, 3};
	struct made made cleanup_made;
	made_init(&made);
	add_level(&made, 1, walls, 5);
	struct answer answer = work_out(&made);
	const struct distribution *const d = of(&answer, FIGURE_WALL_S, 0);
	assert_int_equal(d->tasks, 5);
	assert_int_equal(d->left_out, 0);
	assert_null(d->reason);
	assert_near(d->mean, 3);
	assert_near(d->sd, sqrt(2));
	assert_near(d->least, 1);
	assert_near(d->p5, 1.2);
	assert_near(d->q1, 2);
	assert_near(d->median, 3);
	assert_near(d->q3, 4);
	assert_near(d->p95, 4.8);
	assert_near(d->most, 5);
	for (size_t i = 0; i < DISTRIBUTION_STEPS; i++)
		assert_near(d->quantiles[i], 1 + 4 * (double)i / 100);
	const struct distribution_kind *const kind = &answer.distributions.kinds[FIGURE_WALL_S];
	assert_near(kind->from, 1);
	assert_near(kind->to, 5);
	assert_near(sum_of_bins(d), 1);
	/* 1, 2, 3, 4, 5 at a quarter of the range each. */
	for (size_t b = 0; b < DISTRIBUTION_BINS; b++)
		assert_near(d->bins[b],
		            b == 0 || b == 15 || b == 30 || b == 45 || b == 59 ? 0.2 : 0);
	/* user 80 %, system 10 % of wall */
	assert_near(of(&answer, FIGURE_OFF_CPU_S, 0)->mean, 0.3);
	assert_near(of(&answer, FIGURE_MAX_RSS_BYTES, 0)->median, 1e8);
	release(&answer);
}

/* A task counts by the part of it that lies in the window. */
static void tasks_weigh_by_their_part(void **state)
{
	(void)state;
	struct made made cleanup_made;
	made_init(&made);
	const size_t level = made_level(&made, 1, "spread");
	made_trial(&made, level, 0, 10, 20);
	made_task(&made, 0, 6, 14);  /* half of 8 s */
	made_task(&made, 0, 14, 16); /* 2 s */
	made_task(&made, 0, 16, 32); /* a quarter of 16 s */
	made_task(&made, 0, 32, 40); /* none of it */
	struct answer answer = work_out(&made);
	const struct distribution *const d = of(&answer, FIGURE_WALL_S, 0);
	assert_int_equal(d->tasks, 3);
	assert_near(d->mean, (8 * 0.5 + 2 + 16 * 0.25) / 1.75);
	assert_near(d->bins[0], 1 / 1.75);
	assert_near(d->least, 2);
	assert_near(d->most, 16);
	assert_near(sum_of_bins(d), 1);
	release(&answer);
}

static void ties_one_task_and_nothing(void **state)
{
	(void)state;
	static const double same[] = {2, 2, 2, 2, 2, 2, 2, 2, 2, 2};
	struct made made cleanup_made;
	made_init(&made);
	add_level(&made, 1, same, 10);
	add_level(&made, 2, same, 1);
	const size_t skipped = made_level(&made, 4, "spread");
	made.dataset.levels[skipped].skipped = strdup("it does not fit into memory");
	add_level(&made, 8, same, 1);
	made.dataset.tasks[made.dataset.task_count - 1].state = TASK_FAILED;
	struct answer answer = work_out(&made);
	const struct distribution_kind *const kind = &answer.distributions.kinds[FIGURE_WALL_S];
	for (size_t level = 0; level < 2; level++) {
		const struct distribution *const d = &kind->levels[level];
		assert_near(d->mean, 2);
		assert_near(d->sd, 0);
		assert_near(d->quantiles[0], 2);
		assert_near(d->quantiles[100], 2);
		assert_near(d->bins[DISTRIBUTION_BINS / 2], 1);
	}
	assert_true(kind->to > kind->from);
	assert_int_equal(kind->levels[2].tasks, 0);
	assert_true(isnan(kind->levels[2].median));
	assert_string_equal(kind->levels[2].reason, "it does not fit into memory");
	assert_string_equal(kind->levels[3].reason, "no task of this level succeeded");
	assert_int_equal(answer.distributions.outlier_count, 0);
	assert_int_equal(answer.distributions.timeline_count, 3);
	assert_true(isnan(of(&answer, FIGURE_CYCLES, 0)->mean));
	assert_non_null(of(&answer, FIGURE_FREQUENCY_HZ, 0)->reason);
	release(&answer);
}

static void nothing_at_all(void **state)
{
	(void)state;
	struct made made cleanup_made;
	made_init(&made);
	struct answer answer = work_out(&made);
	assert_int_equal(answer.distributions.timeline_count, 0);
	assert_non_null(answer.distributions.cycles_misses.reason);
	for (size_t k = 0; k < PLACE_KINDS; k++)
		assert_non_null(answer.distributions.places[k].reason);
	release(&answer);
}

/* The bins reach over all levels, and not to what stands far apart. */
static void bins_are_common_and_fenced(void **state)
{
	(void)state;
	double low[100];
	double high[100];
	struct rng rng;
	rng_init(&rng, 5, 0);
	for (size_t i = 0; i < 100; i++) {
		low[i] = 10 + rng_uniform(&rng);
		high[i] = 20 + rng_uniform(&rng);
	}
	high[40] = 500;
	struct made made cleanup_made;
	made_init(&made);
	add_level(&made, 1, low, 100);
	add_level(&made, 2, high, 100);
	struct answer answer = work_out(&made);
	const struct distribution_kind *const kind = &answer.distributions.kinds[FIGURE_WALL_S];
	assert_true(kind->from >= 10 && kind->from < 10.2);
	assert_true(kind->to > 21 && kind->to < 24);
	assert_near(kind->levels[1].above, 0.01);
	assert_near(kind->levels[1].most, 500);
	for (size_t level = 0; level < 2; level++)
		assert_near(sum_of_bins(&kind->levels[level]), 1);
	release(&answer);
}

/* Max RSS is unknown of the smallest tasks: a distribution of the others would be too high. */
static void unknown_edges_leave_no_distribution(void **state)
{
	(void)state;
	static const double walls[] = {1, 2, 3};
	struct made made cleanup_made;
	made_init(&made);
	add_level(&made, 1, walls, 3);
	made.dataset.tasks[1].max_rss_bytes = RECORD_ABSENT;
	made.dataset.tasks[2].user_ns = RECORD_ABSENT;
	made.dataset.tasks[2].read_chars = RECORD_ABSENT;
	struct answer answer = work_out(&made);
	const struct distribution *const rss = of(&answer, FIGURE_MAX_RSS_BYTES, 0);
	assert_true(isnan(rss->median));
	assert_int_equal(rss->left_out, 1);
	assert_non_null(strstr(rss->reason, "smaller than plateau"));
	const struct distribution *const off_cpu = of(&answer, FIGURE_OFF_CPU_S, 0);
	assert_int_equal(off_cpu->tasks, 2);
	assert_int_equal(off_cpu->left_out, 1);
	assert_near(off_cpu->mean, 0.15);
	assert_int_equal(of(&answer, FIGURE_IO_BYTES, 0)->left_out, 1);
	release(&answer);
}

static void frequency_of_tasks_is_that_of_the_level(void **state)
{
	(void)state;
	struct made made cleanup_made;
	made_init(&made);
	made_event(&made, "cycles");
	made_event(&made, "task-clock");
	const size_t level = made_level(&made, 1, "spread");
	made_trial(&made, level, 0, 0, 20);
	for (int i = 0; i < 10; i++) {
		made_task(&made, 0, 2 * i, 2 * (i + 1));
		made_counter(&made, 0, UINT64_C(4000000000) + (uint64_t)i * 100000000, COUNTER_OK);
		made_ran(&made, 0, 2000000000U, 2000000000U);
		made_counter(&made, 1, 2000000000U, COUNTER_OK);
	}
	struct answer answer = work_out(&made);
	const struct distribution *const d = of(&answer, FIGURE_FREQUENCY_HZ, 0);
	assert_int_equal(d->tasks, 10);
	assert_near(d->least, 2.0e9);
	assert_near(d->most, 2.45e9);
	assert_near(d->mean, answer.summary.levels[0].frequency_hz.value);
	assert_near(of(&answer, FIGURE_CYCLES, 0)->median, 4.45e9);
	release(&answer);
}

static void outliers_are_named(void **state)
{
	(void)state;
	struct made made cleanup_made;
	made_init(&made);
	struct rng rng;
	rng_init(&rng, 9, 0);
	double walls[200];
	for (size_t i = 0; i < 200; i++)
		walls[i] = 10 * exp(0.05 * rng_normal(&rng));
	walls[57] = 30;
	walls[120] = 4;
	walls[121] = 20;
	const size_t level = add_level(&made, 1, walls, 200);
	made_slot(&made, level, 0, 17, 4, 1);
	struct answer answer = work_out(&made);
	const struct distributions *const d = &answer.distributions;
	assert_int_equal(d->outliers_found, 3);
	static const size_t expected[] = {57, 121, 120};
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(d->outliers[i].task, expected[i]);
		assert_near(d->outliers[i].wall_s, walls[expected[i]]);
		assert_int_equal(d->outliers[i].place->core, 17);
		assert_int_equal(d->outliers[i].place->l3, 4);
	}
	/* By GSL. */
	double work[200];
	const double mad = gsl_stats_mad(walls, 1, 200, work);
	const double median = gsl_stats_median(walls, 1, 200);
	assert_true(fabs(d->outliers[0].deviation - (30 - median) / mad) < 1e-6);
	assert_true(fabs(d->outliers[0].median_s - median) < 1e-9);
	assert_true(d->outliers[2].deviation < -5);
	/* The timeline shows which they are. */
	size_t marked = 0;
	for (size_t i = 0; i < d->timelines[0].count; i++)
		marked += d->timelines[0].tasks[i].is_outlier;
	assert_int_equal(marked, 3);
	release(&answer);
}

/* Tasks that are all the same but one; what is within 1 % is not apart; and few tasks are not
 * judged. */
static void outliers_among_ties(void **state)
{
	(void)state;
	static const struct {
		size_t count;
		double odd;
		size_t found;
	} cases[] = {{20, 10.09, 0}, {20, 10.11, 1}, {20, 9.8, 1}, {7, 100, 0}, {8, 100, 1}};
	for (size_t c = 0; c < ARRAY_LENGTH(cases); c++) {
		double walls[20];
		for (size_t i = 0; i < cases[c].count; i++)
			walls[i] = i == 3 ? cases[c].odd : 10;
		struct made made cleanup_made;
		made_init(&made);
		add_level(&made, 1, walls, cases[c].count);
		struct answer answer = work_out(&made);
		if (answer.distributions.outliers_found != cases[c].found)
			fail_msg("case %zu: %zu found", c, answer.distributions.outliers_found);
		release(&answer);
	}
}

/* Many outliers are counted, and the farthest are kept. */
static void many_outliers_are_counted(void **state)
{
	(void)state;
	enum { COUNT = 3000 };
	double *const walls = calloc(COUNT, sizeof *walls);
	assert_non_null(walls);
	for (size_t i = 0; i < COUNT; i++)
		walls[i] = i % 10 == 0 ? 20 + (double)i : 10;
	struct made made cleanup_made;
	made_init(&made);
	add_level(&made, 1, walls, COUNT);
	free(walls);
	struct answer answer = work_out(&made);
	const struct distributions *const d = &answer.distributions;
	assert_int_equal(d->outliers_found, COUNT / 10);
	assert_int_equal(d->outlier_count, OUTLIERS_MOST);
	assert_int_equal(d->outliers[0].task, 2990);
	for (size_t i = 1; i < d->outlier_count; i++)
		assert_true(d->outliers[i].deviation <= d->outliers[i - 1].deviation);
	release(&answer);
}

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
	struct answer answer = work_out(&made);
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
	release(&answer);
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
		struct answer answer = work_out(&made);
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
		release(&answer);
	}
}

static void correlation_says_why_it_is_not_there(void **state)
{
	(void)state;
	struct answer answer;
	{
		struct made made cleanup_made;
		made_init(&made);
		make_pairs(&made, 5, constant, straight_cycles);
		answer = work_out(&made);
		assert_string_equal(answer.distributions.cycles_misses.reason,
		                    "all tasks counted the same");
		release(&answer);
	}
	{
		struct made made cleanup_made;
		made_init(&made);
		make_pairs(&made, 2, some_misses, noisy_cycles);
		answer = work_out(&made);
		const struct correlation *const c = &answer.distributions.cycles_misses;
		assert_null(c->reason);
		assert_true(isfinite(c->slope) && isnan(c->slope_low));
		assert_non_null(c->slope_reason);
		release(&answer);
	}
	{
		struct made made cleanup_made;
		made_init(&made);
		struct event_definition *const event = made_event(&made, "LLC-load-misses");
		event->state = COUNTER_NOT_SUPPORTED;
		strcpy(event->reason, "there is no PMU");
		made_level(&made, 1, "spread");
		answer = work_out(&made);
		assert_string_equal(answer.distributions.cycles_misses.reason, "there is no PMU");
		release(&answer);
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
		struct answer answer = work_out(&made);
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
		release(&answer);
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
		struct answer answer = work_out(&made);
		const struct correlation *const c = &answer.distributions.cycles_misses;
		covered += c->slope_low <= 120 && 120 <= c->slope_high;
		release(&answer);
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
	struct answer answer = work_out(&made);
	assert_int_equal(answer.distributions.timeline_count, 1);
	const struct timeline *const t = &answer.distributions.timelines[0];
	assert_int_equal(t->trial, 0);
	assert_int_equal(t->count, answer.summary.trials[0].task_count);
	assert_int_equal(t->left_out, 0);
	assert_int_equal(t->slots, 4);
	assert_int_equal(t->slots_of, 4);
	assert_true(isnan(t->until_s));
	assert_near(t->window_start_s, 4);
	for (size_t i = 1; i < t->count; i++)
		assert_true(t->tasks[i].slot > t->tasks[i - 1].slot ||
		            t->tasks[i].start_s >= t->tasks[i - 1].end_s);
	release(&answer);
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
	struct answer answer = work_out(&made);
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
	release(&answer);
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
	struct answer answer = work_out(&made);
	const struct timeline *const t = &answer.distributions.timelines[0];
	assert_int_equal(t->count, TIMELINE_TASKS_MOST);
	assert_int_equal(t->slots, 2);
	assert_near(t->until_s, TIMELINE_TASKS_MOST / 2);
	assert_int_equal(t->left_out, 10000 - TIMELINE_TASKS_MOST);
	release(&answer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(known_distribution_is_found),
	        cmocka_unit_test(tasks_weigh_by_their_part),
	        cmocka_unit_test(ties_one_task_and_nothing),
	        cmocka_unit_test(nothing_at_all),
	        cmocka_unit_test(bins_are_common_and_fenced),
	        cmocka_unit_test(unknown_edges_leave_no_distribution),
	        cmocka_unit_test(frequency_of_tasks_is_that_of_the_level),
	        cmocka_unit_test(outliers_are_named),
	        cmocka_unit_test(outliers_among_ties),
	        cmocka_unit_test(many_outliers_are_counted),
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
