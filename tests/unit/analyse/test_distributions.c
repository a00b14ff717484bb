/* Distributions of tasks, and outliers among them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyse/distributions.h"
#include "core/array.h"
#include "core/rng.h"
#include "distributed.h"
#include "made.h"

#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static double distributed_sum_of_bins(const struct distribution *distribution)
{
	double sum = distribution->below + distribution->above;
	for (size_t b = 0; b < DISTRIBUTION_BINS; b++)
		sum += distribution->bins[b];
	return sum;
}

/* A trial at a new level whose tasks take walls[i], one after another, all inside the window. */
static size_t distributed_level(struct made *made, uint32_t concurrency, const double *walls,
                                size_t count)
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
	distributed_level(&made, 1, walls, 5);
	struct distributed answer = distributed_find(&made);
	const struct distribution *const d = distributed_of(&answer, FIGURE_WALL_S, 0);
	assert_int_equal(d->tasks, 5);
	assert_int_equal(d->left_out, 0);
	assert_null(d->reason);
	distributed_near(d->mean, 3);
	distributed_near(d->sd, sqrt(2));
	distributed_near(d->least, 1);
	distributed_near(d->p5, 1.2);
	distributed_near(d->q1, 2);
	distributed_near(d->median, 3);
	distributed_near(d->q3, 4);
	distributed_near(d->p95, 4.8);
	distributed_near(d->most, 5);
	for (size_t i = 0; i < DISTRIBUTION_STEPS; i++)
		distributed_near(d->quantiles[i], 1 + 4 * (double)i / 100);
	const struct distribution_kind *const kind = &answer.distributions.kinds[FIGURE_WALL_S];
	distributed_near(kind->from, 1);
	distributed_near(kind->to, 5);
	distributed_near(distributed_sum_of_bins(d), 1);
	/* 1, 2, 3, 4, 5 at a quarter of the range each. */
	for (size_t b = 0; b < DISTRIBUTION_BINS; b++)
		distributed_near(d->bins[b],
		                 b == 0 || b == 15 || b == 30 || b == 45 || b == 59 ? 0.2 : 0);
	/* user 80 %, system 10 % of wall */
	distributed_near(distributed_of(&answer, FIGURE_OFF_CPU_S, 0)->mean, 0.3);
	distributed_near(distributed_of(&answer, FIGURE_MAX_RSS_BYTES, 0)->median, 1e8);
	distributed_release(&answer);
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
	struct distributed answer = distributed_find(&made);
	const struct distribution *const d = distributed_of(&answer, FIGURE_WALL_S, 0);
	assert_int_equal(d->tasks, 3);
	distributed_near(d->mean, (8 * 0.5 + 2 + 16 * 0.25) / 1.75);
	distributed_near(d->bins[0], 1 / 1.75);
	distributed_near(d->least, 2);
	distributed_near(d->most, 16);
	distributed_near(distributed_sum_of_bins(d), 1);
	distributed_release(&answer);
}

static void ties_one_task_and_nothing(void **state)
{
	(void)state;
	static const double same[] = {2, 2, 2, 2, 2, 2, 2, 2, 2, 2};
	struct made made cleanup_made;
	made_init(&made);
	distributed_level(&made, 1, same, 10);
	distributed_level(&made, 2, same, 1);
	const size_t skipped = made_level(&made, 4, "spread");
	made.dataset.levels[skipped].skipped = strdup("it does not fit into memory");
	distributed_level(&made, 8, same, 1);
	made.dataset.tasks[made.dataset.task_count - 1].state = TASK_FAILED;
	struct distributed answer = distributed_find(&made);
	const struct distribution_kind *const kind = &answer.distributions.kinds[FIGURE_WALL_S];
	for (size_t level = 0; level < 2; level++) {
		const struct distribution *const d = &kind->levels[level];
		distributed_near(d->mean, 2);
		distributed_near(d->sd, 0);
		distributed_near(d->quantiles[0], 2);
		distributed_near(d->quantiles[100], 2);
		distributed_near(d->bins[DISTRIBUTION_BINS / 2], 1);
	}
	assert_true(kind->to > kind->from);
	assert_int_equal(kind->levels[2].tasks, 0);
	assert_true(isnan(kind->levels[2].median));
	assert_string_equal(kind->levels[2].reason, "it does not fit into memory");
	assert_string_equal(kind->levels[3].reason, "no task of this level succeeded");
	assert_int_equal(answer.distributions.outlier_count, 0);
	assert_int_equal(answer.distributions.timeline_count, 3);
	assert_true(isnan(distributed_of(&answer, FIGURE_CYCLES, 0)->mean));
	assert_non_null(distributed_of(&answer, FIGURE_FREQUENCY_HZ, 0)->reason);
	distributed_release(&answer);
}

static void nothing_at_all(void **state)
{
	(void)state;
	struct made made cleanup_made;
	made_init(&made);
	struct distributed answer = distributed_find(&made);
	assert_int_equal(answer.distributions.timeline_count, 0);
	assert_non_null(answer.distributions.cycles_misses.reason);
	for (size_t k = 0; k < PLACE_KINDS; k++)
		assert_non_null(answer.distributions.places[k].reason);
	distributed_release(&answer);
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
	distributed_level(&made, 1, low, 100);
	distributed_level(&made, 2, high, 100);
	struct distributed answer = distributed_find(&made);
	const struct distribution_kind *const kind = &answer.distributions.kinds[FIGURE_WALL_S];
	assert_true(kind->from >= 10 && kind->from < 10.2);
	assert_true(kind->to > 21 && kind->to < 24);
	distributed_near(kind->levels[1].above, 0.01);
	distributed_near(kind->levels[1].most, 500);
	for (size_t level = 0; level < 2; level++)
		distributed_near(distributed_sum_of_bins(&kind->levels[level]), 1);
	distributed_release(&answer);
}

/* Max RSS is unknown of the smallest tasks: a distribution of the others would be too high. */
static void unknown_edges_leave_no_distribution(void **state)
{
	(void)state;
	static const double walls[] = {1, 2, 3};
	struct made made cleanup_made;
	made_init(&made);
	distributed_level(&made, 1, walls, 3);
	made.dataset.tasks[1].max_rss_bytes = RECORD_ABSENT;
	made.dataset.tasks[2].user_ns = RECORD_ABSENT;
	made.dataset.tasks[2].read_chars = RECORD_ABSENT;
	struct distributed answer = distributed_find(&made);
	const struct distribution *const rss = distributed_of(&answer, FIGURE_MAX_RSS_BYTES, 0);
	assert_true(isnan(rss->median));
	assert_int_equal(rss->left_out, 1);
	assert_non_null(strstr(rss->reason, "smaller than plateau"));
	const struct distribution *const off_cpu = distributed_of(&answer, FIGURE_OFF_CPU_S, 0);
	assert_int_equal(off_cpu->tasks, 2);
	assert_int_equal(off_cpu->left_out, 1);
	distributed_near(off_cpu->mean, 0.15);
	assert_int_equal(distributed_of(&answer, FIGURE_IO_BYTES, 0)->left_out, 1);
	distributed_release(&answer);
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
	struct distributed answer = distributed_find(&made);
	const struct distribution *const d = distributed_of(&answer, FIGURE_FREQUENCY_HZ, 0);
	assert_int_equal(d->tasks, 10);
	distributed_near(d->least, 2.0e9);
	distributed_near(d->most, 2.45e9);
	distributed_near(d->mean, answer.summary.levels[0].frequency_hz.value);
	distributed_near(distributed_of(&answer, FIGURE_CYCLES, 0)->median, 4.45e9);
	distributed_release(&answer);
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
	const size_t level = distributed_level(&made, 1, walls, 200);
	made_slot(&made, level, 0, 17, 4, 1);
	struct distributed answer = distributed_find(&made);
	const struct distributions *const d = &answer.distributions;
	assert_int_equal(d->outliers_found, 3);
	static const size_t expected[] = {57, 121, 120};
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(d->outliers[i].task, expected[i]);
		distributed_near(d->outliers[i].wall_s, walls[expected[i]]);
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
	distributed_release(&answer);
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
		distributed_level(&made, 1, walls, cases[c].count);
		struct distributed answer = distributed_find(&made);
		if (answer.distributions.outliers_found != cases[c].found)
			fail_msg("case %zu: %zu found", c, answer.distributions.outliers_found);
		distributed_release(&answer);
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
	distributed_level(&made, 1, walls, COUNT);
	free(walls);
	struct distributed answer = distributed_find(&made);
	const struct distributions *const d = &answer.distributions;
	assert_int_equal(d->outliers_found, COUNT / 10);
	assert_int_equal(d->outlier_count, OUTLIERS_MOST);
	assert_int_equal(d->outliers[0].task, 2990);
	for (size_t i = 1; i < d->outlier_count; i++)
		assert_true(d->outliers[i].deviation <= d->outliers[i - 1].deviation);
	distributed_release(&answer);
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
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
