/* What the intervals of fits and of compared campaigns hold: how often the truth is within them, on
 * made tasks whose truth is known. Prints what it finds; docs/method.md quotes it. */
#include "analyse/campaign/requirements.h"
#include "core/array.h"
#include "core/error.h"
#include "core/rng.h"
#include "simulations.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>

/* The normal quantile at 0.95. */
static const double Z95 = 1.6448536269514722;

enum { USUAL_ROUNDS = 300, MOST = 3000 };

static size_t rounds(void)
{
	return simulations_asked_for(USUAL_ROUNDS);
}

/* The least share that passes: of 0.95, 300 rounds give a share within 0.05 of it with all but a
 * chance of one in ten thousand; where five tasks are beyond an envelope its slope's is 0.93. */
static const double LEAST = 0.88;

/* Lines a + b x, for x of 1 to 54, by the kind of scatter about them. */
struct kind {
	const char *name;
	double (*y)(double x, struct rng *rng);
	double a, b;         /* of the mean */
	double edge_a, edge; /* of the quantile 0.95 */
	bool is_symmetric;   /* the robust line is then that of the mean */
};

static double line_at(double x)
{
	return 100 + 10 * x;
}

static double even(double x, struct rng *rng)
{
	return line_at(x) + 50 * rng_normal(rng);
}

static double growing(double x, struct rng *rng)
{
	return line_at(x) + (5 + 2 * x) * rng_normal(rng);
}

/* The same as a counter tells it that knows whole units alone. */
static double whole(double x, struct rng *rng)
{
	return round(growing(x, rng));
}

static double skewed(double x, struct rng *rng)
{
	return line_at(x) * exp(0.4 * rng_normal(rng) - 0.08);
}

/* As the study's figure 4: below an edge. */
static double edged(double x, struct rng *rng)
{
	const double u = rng_uniform(rng);
	return line_at(x) * (1 - 0.6 * u * u);
}

static void judge(const char *what, size_t count, const char *of, size_t held, size_t of_rounds)
{
	const double share = (double)held / (double)of_rounds;
	print_message("%-8s %5zu tasks: %-22s %.3f\n", what, count, of, share);
	if (share < LEAST)
		fail_msg("%s of %zu tasks, %s: %.3f", what, count, of, share);
}

static bool holds(const struct estimate *estimate, double truth)
{
	return estimate->low <= truth && estimate->high >= truth;
}

static void cover(const struct kind *kind, size_t count)
{
	static double x[MOST];
	static double y[MOST];
	size_t held[CAMPAIGN_FITS][2] = {{0}};
	size_t edges[2] = {0};
	const double truths[CAMPAIGN_FITS][2] = {
	        [CAMPAIGN_FIT_LINEAR] = {kind->b, kind->a},
	        [CAMPAIGN_FIT_ROBUST] = {kind->b, kind->a},
	        [CAMPAIGN_FIT_QUANTILE] = {kind->edge, kind->edge_a},
	};
	for (uint64_t round = 0; round < rounds(); round++) {
		struct rng rng;
		struct error err;
		struct campaign_fit fits[CAMPAIGN_FITS];
		rng_init(&rng, 8, round);
		for (size_t i = 0; i < count; i++) {
			x[i] = (double)(1 + rng_below(&rng, 54));
			y[i] = kind->y(x[i], &rng);
		}
		assert_int_equal(campaign_fit(x, y, count, 0.95, fits, &err), 0);
		edges[0] += holds(&fits[CAMPAIGN_FIT_MAXIMA].slope, 10);
		edges[1] += holds(&fits[CAMPAIGN_FIT_MAXIMA].intercept, 100);
		for (size_t f = 0; f < CAMPAIGN_FIT_MAXIMA; f++) {
			held[f][0] += holds(&fits[f].slope, truths[f][0]);
			held[f][1] += holds(&fits[f].intercept, truths[f][1]);
		}
	}
	for (size_t f = 0; f < CAMPAIGN_FIT_MAXIMA; f++) {
		if (f == CAMPAIGN_FIT_ROBUST && !kind->is_symmetric)
			continue;
		char of[64];
		snprintf(of, sizeof of, "%s slope", campaign_fit_names[f]);
		judge(kind->name, count, of, held[f][0], rounds());
		snprintf(of, sizeof of, "%s at 0", campaign_fit_names[f]);
		judge(kind->name, count, of, held[f][1], rounds());
	}
	/* Not judged: that interval is of the largest values that there are, not of the edge. */
	if (kind->y == edged)
		print_message("edged    %5zu tasks: envelope-maxima         %.3f, at 0 %.3f\n",
		              count, (double)edges[0] / (double)rounds(),
		              (double)edges[1] / (double)rounds());
}

static void intervals_of_fits_hold(void **state)
{
	(void)state;
	const double skew = exp(0.4 * Z95 - 0.08);
	const double edge = 1 - 0.6 * 0.05 * 0.05;
	const struct kind kinds[] = {
	        {"even", even, 100, 10, 100 + 50 * Z95, 10, true},
	        {"growing", growing, 100, 10, 100 + 5 * Z95, 10 + 2 * Z95, true},
	        {"whole", whole, 100, 10, 100 + 5 * Z95, 10 + 2 * Z95, true},
	        {"skewed", skewed, 100, 10, 100 * skew, 10 * skew, false},
	        {"edged", edged, 80, 8, 100 * edge, 10 * edge, false},
	};
	static const size_t counts[] = {100, 300, 3000};
	for (size_t k = 0; k < ARRAY_LENGTH(kinds); k++)
		for (size_t c = 0; c < ARRAY_LENGTH(counts); c++)
			cover(&kinds[k], counts[c]);
}

/* Tasks that ran together have something in common (a node, a night, a busy file system): in groups
 * of `group` that ran one after another, each with its own x and a factor of its own. */
static void make_grouped(double *x, double *y, uint8_t *stretch, size_t group, struct rng *rng)
{
	double visits = 0;
	double factor = 1;
	for (size_t i = 0; i < MOST; i++) {
		if (i % group == 0) {
			visits = (double)(1 + rng_below(rng, 54));
			factor = group > 1 ? exp(0.1 * rng_normal(rng) - 0.005) : 1;
		}
		x[i] = visits;
		y[i] = growing(x[i], rng) * factor;
		stretch[i] = (uint8_t)(i * CAMPAIGN_STRETCHES / MOST);
	}
}

/* What intervals of independent tasks hold of such groups is printed, for docs/method.md, and must
 * be little: else this shows nothing. What those in time hold is judged. */
static void cover_groups(size_t group)
{
	static double x[MOST];
	static double y[MOST];
	static uint8_t stretch[MOST];
	static const size_t kinds[] = {CAMPAIGN_FIT_LINEAR, CAMPAIGN_FIT_ROBUST};
	size_t alone[2][2] = {{0}};
	size_t in_time[2][2] = {{0}};
	for (uint64_t round = 0; round < rounds(); round++) {
		struct rng rng;
		struct error err;
		struct campaign_fit fits[2][CAMPAIGN_FITS];
		rng_init(&rng, 10, round);
		make_grouped(x, y, stretch, group, &rng);
		assert_int_equal(campaign_fit(x, y, MOST, 0.95, fits[0], &err), 0);
		assert_int_equal(campaign_fit_in_time(x, y, stretch, MOST, 0.95, fits[1], &err), 0);
		for (size_t k = 0; k < ARRAY_LENGTH(kinds); k++) {
			alone[k][0] += holds(&fits[0][kinds[k]].slope, 10);
			alone[k][1] += holds(&fits[0][kinds[k]].intercept, 100);
			in_time[k][0] += holds(&fits[1][kinds[k]].slope, 10);
			in_time[k][1] += holds(&fits[1][kinds[k]].intercept, 100);
		}
	}
	for (size_t k = 0; k < ARRAY_LENGTH(kinds); k++) {
		const char *const name = campaign_fit_names[kinds[k]];
		print_message("groups of %zu, %s: alone %.3f, %.3f in time %.3f, %.3f\n", group,
		              name, (double)alone[k][0] / (double)rounds(),
		              (double)alone[k][1] / (double)rounds(),
		              (double)in_time[k][0] / (double)rounds(),
		              (double)in_time[k][1] / (double)rounds());
		if (group > 1)
			assert_true((double)alone[k][0] / (double)rounds() < 0.7);
		assert_true((double)in_time[k][0] / (double)rounds() > 0.85);
		assert_true((double)in_time[k][1] / (double)rounds() > 0.85);
	}
}

static void tasks_that_belong_together_are_fewer(void **state)
{
	(void)state;
	cover_groups(1);
	cover_groups(25);
	cover_groups(100);
}

/* ---- Campaigns beside one another ---------------------------------------------------------- */

static struct requirements make_side(struct campaign *campaign, size_t count, double median,
                                     struct rng *rng)
{
	struct error err;
	struct campaign_task task = campaign_task_empty();
	assert_int_equal(campaign_type(campaign, "a", &task.type, &err), 0);
	for (size_t i = 0; i < count; i++) {
		task.wall_ns = (int64_t)(1e9 * median * exp(0.5 * rng_normal(rng)));
		assert_int_equal(campaign_add(campaign, &task, &err), 0);
	}
	static const struct requirements_options options = {.limit_bytes = NAN};
	struct requirements requirements;
	assert_int_equal(requirements_build(campaign, &options, &requirements, &err), 0);
	return requirements;
}

/* Two campaigns of as many tasks (and twice) of one distribution times 1 and times ratio: how often
 * the intervals hold, and how often a change is told. */
static void cover_ratio(size_t count, double ratio)
{
	size_t held[2] = {0};
	size_t changes = 0;
	for (uint64_t round = 0; round < rounds(); round++) {
		struct rng rng;
		struct error err;
		rng_init(&rng, 9, round);
		cleanup_campaign struct campaign first = {0};
		cleanup_campaign struct campaign new = {0};
		cleanup_requirements struct requirements a = make_side(&first, count, 1, &rng);
		cleanup_requirements struct requirements b =
		        make_side(&new, 2 * count, ratio, &rng);
		const struct requirements *const both[] = {&a, &b};
		struct requirements_comparison comparison;
		assert_int_equal(requirements_compare(both, 2, &comparison, &err), 0);
		const struct campaign_difference *const wall = &comparison.differences[0];
		held[0] += holds(&wall->p50_ratio, ratio);
		held[1] += holds(&wall->p95_ratio, ratio);
		changes += wall->change != CAMPAIGN_SAME && wall->change != CAMPAIGN_UNCLEAR;
		requirements_comparison_release(&comparison);
	}
	judge("ratio", count, "median", held[0], rounds());
	judge("ratio", count, "p95", held[1], rounds());
	print_message("ratio    %5zu tasks: %-22s %.3f at %.2f\n", count, "a change is told",
	              (double)changes / (double)rounds(), ratio);
	/* Either of two ratios may be off by chance where nothing changed. */
	if (ratio <= 1)
		assert_true((double)changes / (double)rounds() < 0.13);
}

static void intervals_of_ratios_hold(void **state)
{
	(void)state;
	static const size_t counts[] = {150, 600};
	for (size_t c = 0; c < ARRAY_LENGTH(counts); c++) {
		cover_ratio(counts[c], 1);
		cover_ratio(counts[c], 1.2);
	}
}

/* A campaign of 2000 tasks, of which 40 that ran one after another have a factor in common; with
 * is_timed it is known when. */
static struct requirements make_drifting(struct campaign *campaign, bool is_timed, struct rng *rng)
{
	struct error err;
	struct campaign_task task = campaign_task_empty();
	assert_int_equal(campaign_type(campaign, "a", &task.type, &err), 0);
	double factor = 1;
	for (int i = 0; i < 2000; i++) {
		if (i % 40 == 0)
			factor = exp(0.3 * rng_normal(rng));
		task.wall_ns = (int64_t)(1e9 * factor * exp(0.3 * rng_normal(rng)));
		task.start_ns = is_timed ? (int64_t)(i + 1) * 1000000000 : RECORD_ABSENT;
		assert_int_equal(campaign_add(campaign, &task, &err), 0);
	}
	static const struct requirements_options options = {.limit_bytes = NAN};
	struct requirements requirements;
	assert_int_equal(requirements_build(campaign, &options, &requirements, &err), 0);
	return requirements;
}

/* How often two such campaigns of the same distribution have intervals that hold 1. */
static void cover_drift(bool is_timed, double ret_shares[3])
{
	size_t held[3] = {0};
	for (uint64_t round = 0; round < rounds(); round++) {
		struct rng rng;
		struct error err;
		rng_init(&rng, 11, round);
		cleanup_campaign struct campaign first = {0};
		cleanup_campaign struct campaign new = {0};
		cleanup_requirements struct requirements a = make_drifting(&first, is_timed, &rng);
		cleanup_requirements struct requirements b = make_drifting(&new, is_timed, &rng);
		const struct requirements *const both[] = {&a, &b};
		struct requirements_comparison comparison;
		assert_int_equal(requirements_compare(both, 2, &comparison, &err), 0);
		const struct campaign_difference *const wall = &comparison.differences[0];
		held[0] += holds(&wall->p50_ratio, 1);
		held[1] += holds(&wall->p95_ratio, 1);
		held[2] += wall->change != CAMPAIGN_SAME && wall->change != CAMPAIGN_UNCLEAR;
		requirements_comparison_release(&comparison);
	}
	for (size_t i = 0; i < ARRAY_LENGTH(held); i++)
		ret_shares[i] = (double)held[i] / (double)rounds();
	print_message("drifting, start times %s: median %.3f, p95 %.3f, a change is told %.3f\n",
	              is_timed ? "known" : "not known", ret_shares[0], ret_shares[1],
	              ret_shares[2]);
}

static void campaigns_that_drift_are_compared(void **state)
{
	(void)state;
	double shares[3];
	cover_drift(false, shares);
	assert_true(shares[0] < 0.7);
	cover_drift(true, shares);
	assert_true(shares[0] > 0.87);
	assert_true(shares[1] > 0.87);
	assert_true(shares[2] < 0.15);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(intervals_of_fits_hold),
	        cmocka_unit_test(tasks_that_belong_together_are_fewer),
	        cmocka_unit_test(intervals_of_ratios_hold),
	        cmocka_unit_test(campaigns_that_drift_are_compared),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
