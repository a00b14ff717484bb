/* Simulated nodes whose quality is known, judged again and again: how often a verdict is wrong, and
 * how often there is one. Values of trials are normal on the log scale.
 *
 * SIMULATIONS in the environment says how many of each; docs/method.md quotes what 40000 print. */
#include "analyse/verdict/alpha_spending.h"
#include "analyse/verdict/bounds.h"
#include "analyse/verdict/limits_parts.h"
#include "analyse/verdict/place_spread.h"
#include "core/array.h"
#include "core/error.h"
#include "core/rng.h"
#include "simulations.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { USUAL_SIMULATIONS = 4000, MOST_REPEATS = 1024, MOST_LOOKS = 32, MOST_RUNS = 16 };

#define LEVEL     0.05
#define ALPHA     0.045 /* of several looks, as analyse/verdict */
#define THE_LIMIT 0.95

/* 3.7 standard errors of a share, beyond which one true one in 10,000 falls. */
static double slack(double share, size_t n)
{
	return 3.7 * sqrt(share * (1 - share) / (double)n);
}

static void assert_most(const char *what, double share, double most, size_t n)
{
	if (share > most + slack(most, n))
		fail_msg("%s: %.4f, at most %.4f is allowed", what, share, most);
}

static void assert_least(const char *what, double share, double least, size_t n)
{
	if (share < least - slack(least, n))
		fail_msg("%s: %.4f, at least %.4f is needed", what, share, least);
}

/* Shares of verdicts. */
struct outcome {
	double pass, fail;
	double repeats; /* on average */
};

/* ---- One run against a limit of 0.95 ------------------------------------------------------ */

struct plan {
	uint32_t first, most, step; /* looks at so many blocks */
};

struct looks {
	uint32_t blocks[MOST_LOOKS];
	double levels[MOST_LOOKS];
	size_t count;
};

static struct looks plan_looks(const struct plan *plan)
{
	struct error err;
	struct looks looks = {0};
	double fractions[MOST_LOOKS];
	for (uint32_t n = plan->first; n <= plan->most; n += plan->step) {
		looks.blocks[looks.count] = n;
		fractions[looks.count++] = (double)n / plan->most;
	}
	looks.levels[0] = LEVEL;
	if (looks.count > 1)
		assert_int_equal(
		        alpha_spending_levels(ALPHA, fractions, looks.count, looks.levels, &err),
		        0);
	return looks;
}

/* 1: pass, -1: fail, 0: inconclusive. */
static int decide(const struct bounded *mean, double limit, double level)
{
	return bounded_low(mean, level) >= limit ? 1 : bounded_high(mean, level) < limit ? -1 : 0;
}

/* A machine of this throughput, trials of which have this CV. */
static struct outcome judge_runs(const struct plan *plan, double truth, double cv, size_t n)
{
	const struct looks looks = plan_looks(plan);
	struct outcome outcome = {0};
	double values[MOST_REPEATS];
	struct rng rng;
	rng_init(&rng, 1, plan->first * 1000 + plan->most);
	for (size_t s = 0; s < n; s++) {
		int verdict = 0;
		uint32_t done = 0;
		for (size_t k = 0; k < looks.count && verdict == 0; k++) {
			for (; done < looks.blocks[k]; done++)
				values[done] = log(truth) + cv * rng_normal(&rng);
			const struct bounded mean = bounded_mean(values, done);
			verdict = decide(&mean, log(THE_LIMIT), looks.levels[k]);
		}
		outcome.pass += verdict > 0 ? 1.0 / (double)n : 0;
		outcome.fail += verdict < 0 ? 1.0 / (double)n : 0;
		outcome.repeats += done / (double)n;
	}
	return outcome;
}

/* How many equal machines pass the first look, at 5 of 10 repeats, by Pocock's kind of function,
 * and by that of O'Brien and Fleming's kind. */
static void compare_first_looks(size_t n)
{
	const double levels[] = {
	        alpha_spending_spent(ALPHA, 0.5),
	        2 * gsl_cdf_ugaussian_Q(gsl_cdf_ugaussian_Qinv(ALPHA / 2) / sqrt(0.5))};
	for (size_t k = 0; k < 2; k++) {
		struct rng rng;
		size_t passed = 0;
		rng_init(&rng, 6, k);
		for (size_t s = 0; s < n; s++) {
			double values[5];
			for (size_t i = 0; i < 5; i++)
				values[i] = 0.02 * rng_normal(&rng);
			const struct bounded mean = bounded_mean(values, 5);
			passed += decide(&mean, log(THE_LIMIT), levels[k]) > 0;
		}
		printf("# first look at 5 of 10, %s: level %.4f, equal passes %.3f\n",
		       k == 0 ? "Pocock" : "O'Brien-Fleming", levels[k],
		       (double)passed / (double)n);
	}
}

static void a_machine_at_the_limit_is_seldom_misjudged(void **state)
{
	(void)state;
	static const struct plan plans[] = {{3, 3, 1},  {5, 5, 1},  {10, 10, 1}, {3, 10, 1},
	                                    {5, 10, 1}, {5, 10, 5}, {5, 20, 1},  {5, 24, 1},
	                                    {3, 20, 1}, {2, 10, 1}, {2, 21, 1}};
	const size_t n = simulations_asked_for(USUAL_SIMULATIONS);
	printf("# %zu machines each, CV of trials 2 %%, at least 0.95 asked; at = 0.95, equal = "
	       "1\n",
	       n);
	printf("# repeats      | at: pass  fail | equal: pass  fail  repeats | 0.97: pass  repeats "
	       "| 0.90: fail repeats\n");
	for (size_t i = 0; i < ARRAY_LENGTH(plans); i++) {
		const struct plan *const p = &plans[i];
		const struct outcome at = judge_runs(p, THE_LIMIT, 0.02, n);
		const struct outcome equal = judge_runs(p, 1, 0.02, n);
		const struct outcome near = judge_runs(p, 0.97, 0.02, n);
		const struct outcome bad = judge_runs(p, 0.90, 0.02, n);
		printf("# %2u to %2u by %u | %8.4f %.4f | %10.4f %.4f %6.2f | %7.3f %6.2f | %7.3f "
		       "%6.2f\n",
		       p->first, p->most, p->step, at.pass, at.fail, equal.pass, equal.fail,
		       equal.repeats, near.pass, near.repeats, bad.fail, bad.repeats);
		assert_most("at the limit, passes", at.pass, 0.057, n);
		assert_most("at the limit, fails", at.fail, 0.057, n);
		assert_most("equal, fails", equal.fail, 0.001, n);
		if (p->first >= 5)
			assert_least("equal, passes", equal.pass, 0.97, n);
	}
	compare_first_looks(n);
}

/* ---- How many repeats would decide -------------------------------------------------------- */

static int compare_doubles(const void *a, const void *b)
{
	const double x = *(const double *)a;
	const double y = *(const double *)b;
	return (x > y) - (x < y);
}

static void the_repeats_that_are_named_decide(void **state)
{
	(void)state;
	static const struct {
		double truth, cv;
	} cases[] = {{0.97, 0.02}, {0.935, 0.02}, {0.98, 0.04}, {0.97, 0.04}};
	const size_t n = simulations_asked_for(USUAL_SIMULATIONS);
	double values[MOST_REPEATS];
	double *const numbers = calloc(n, sizeof *numbers);
	assert_non_null(numbers);
	printf("# inconclusive after 5 repeats; then as many as were named\n");
	printf("# truth   CV | inconclusive, with a number, its median | decided then, rightly\n");
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct rng rng;
		size_t open = 0;
		size_t named = 0;
		size_t decided = 0;
		size_t right = 0;
		rng_init(&rng, 2, i);
		for (size_t s = 0; s < n; s++) {
			for (size_t k = 0; k < 5; k++)
				values[k] = log(cases[i].truth) + cases[i].cv * rng_normal(&rng);
			const struct bounded mean = bounded_mean(values, 5);
			if (decide(&mean, log(THE_LIMIT), LEVEL) != 0)
				continue;
			open++;
			const size_t more = bounds_repeats(fabs(mean.mean - log(THE_LIMIT)),
			                                   mean.se * sqrt(5), 0, LEVEL, 5);
			if (more == 0)
				continue;
			named++;
			numbers[named - 1] = (double)more;
			/* A run of its own of so many repeats: what was seen need not hold. */
			for (size_t k = 0; k < more; k++)
				values[k] = log(cases[i].truth) + cases[i].cv * rng_normal(&rng);
			const struct bounded then = bounded_mean(values, more);
			const int verdict = decide(&then, log(THE_LIMIT), LEVEL);
			decided += verdict != 0;
			right += verdict == (cases[i].truth > THE_LIMIT ? 1 : -1);
		}
		qsort(numbers, named, sizeof *numbers, compare_doubles);
		printf("# %.3f %.2f | %.3f %.3f %5.0f | %.3f %.3f\n", cases[i].truth, cases[i].cv,
		       (double)open / (double)n, (double)named / (double)open,
		       named > 0 ? numbers[named / 2] : 0, (double)decided / (double)named,
		       (double)right / (double)named);
	}
	free(numbers);
	/* Where what was seen does hold, the number gives the power that it names. */
	const double distance = log(0.97 / THE_LIMIT);
	const size_t needed = bounds_repeats(distance, 0.02, 0, LEVEL, 1);
	const struct plan plan = {(uint32_t)needed, (uint32_t)needed, 1};
	const struct outcome known = judge_runs(&plan, 0.97, 0.02, n);
	printf("# known: %zu repeats decide %.3f\n", needed, known.pass);
	assert_least("known, decided", known.pass, 0.78, n);
	assert_most("known, decided", known.pass, 0.88, n);
}

/* ---- Against a reference ------------------------------------------------------------------ */

struct reference_case {
	const char *name;
	size_t runs, run_trials, trials;
	double between, cv, run_cv; /* of means of runs; of trials of the judged and of the runs */
};

static struct outcome judge_against(const struct reference_case *c, double truth, size_t n)
{
	struct outcome outcome = {0};
	struct rng rng;
	rng_init(&rng, 3, c->runs * 100 + c->trials);
	for (size_t s = 0; s < n; s++) {
		struct bounded runs[MOST_RUNS];
		double values[MOST_REPEATS];
		for (size_t r = 0; r < c->runs; r++) {
			const double run = c->between * rng_normal(&rng);
			for (size_t k = 0; k < c->run_trials; k++)
				values[k] = run + c->run_cv * rng_normal(&rng);
			runs[r] = bounded_mean(values, c->run_trials);
		}
		const double own = log(truth) + c->between * rng_normal(&rng);
		for (size_t k = 0; k < c->trials; k++)
			values[k] = own + c->cv * rng_normal(&rng);
		const struct bounded mean = bounded_mean(values, c->trials);
		const struct predicted p = bounds_against(&mean, runs, c->runs);
		const int verdict = decide(&p.apart, log(THE_LIMIT), LEVEL);
		outcome.pass += verdict > 0 ? 1.0 / (double)n : 0;
		outcome.fail += verdict < 0 ? 1.0 / (double)n : 0;
	}
	return outcome;
}

static void a_run_at_the_limit_of_a_reference_is_seldom_misjudged(void **state)
{
	(void)state;
	static const struct reference_case cases[] = {
	        {"3 runs", 3, 5, 5, 0.01, 0.02, 0.02},
	        {"5 runs", 5, 5, 5, 0.01, 0.02, 0.02},
	        {"10 runs", 10, 5, 5, 0.01, 0.02, 0.02},
	        {"5 runs, nothing between runs", 5, 5, 5, 0, 0.02, 0.02},
	        {"5 runs, little noise in a run", 5, 5, 5, 0.01, 0.002, 0.002},
	        {"5 runs, 3 trials judged", 5, 5, 3, 0.01, 0.02, 0.02},
	        {"10 runs of 20 trials, 3 judged", 10, 20, 3, 0.005, 0.02, 0.02},
	        {"10 runs of 20 trials, 1 judged", 10, 20, 1, 0.005, 0.02, 0.02},
	        {"10 runs, judged node is noisy", 10, 5, 5, 0.005, 0.06, 0.01},
	        {"5 runs of 1 trial, 1 judged", 5, 1, 1, 0.01, 0.02, 0.02},
	};
	const size_t n = simulations_asked_for(USUAL_SIMULATIONS);
	printf("# against a reference, 0.95 of it asked: runs differ by 1 %% (0.5 %%), trials by "
	       "2 %%\n");
	printf("# %-32s | at: pass  fail | equal: pass  fail\n", "");
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		const struct outcome at = judge_against(&cases[i], THE_LIMIT, n);
		const struct outcome equal = judge_against(&cases[i], 1, n);
		printf("# %-32s | %8.4f %.4f | %8.4f %.4f\n", cases[i].name, at.pass, at.fail,
		       equal.pass, equal.fail);
		assert_most("at the limit of a reference, passes", at.pass, 0.06, n);
		assert_most("at the limit of a reference, fails", at.fail, 0.06, n);
	}
}

/* ---- Places ------------------------------------------------------------------------------- */

enum { MOST_PLACES = 128, MOST_TRIALS = 10 };

struct place_case {
	const char *name;
	size_t places, trials;
	double noise;     /* of a place in a trial */
	double differ;    /* of places, for good */
	double disturbed; /* share of places and trials that take half as long again */
	double loud;      /* noise of place 0 by that of the others; 0: 1 */
	double slow;      /* place 0 takes so many times as long */
	double limit;
	double fails_least, fails_most, passes_least, passes_most;
};

static struct outcome judge_places(const struct place_case *c, size_t n)
{
	static double logs[MOST_PLACES * MOST_TRIALS];
	struct place_apart items[MOST_PLACES];
	struct outcome outcome = {0};
	struct rng rng;
	rng_init(&rng, 4, c->places * 100 + c->trials);
	for (size_t s = 0; s < n; s++) {
		double own[MOST_PLACES];
		for (size_t p = 0; p < c->places; p++)
			own[p] = c->differ * rng_normal(&rng) + (p == 0 ? log(c->slow) : 0);
		for (size_t t = 0; t < c->trials; t++)
			for (size_t p = 0; p < c->places; p++) {
				const double loud = p == 0 && c->loud > 0 ? c->loud : 1;
				const double hit = rng_uniform(&rng) < c->disturbed ? log(1.5) : 0;
				logs[t * c->places + p] =
				        own[p] + hit + loud * c->noise * rng_normal(&rng);
			}
		place_spread_group(logs, c->trials, c->places, items);
		const struct place_spread spread = {.items = items, .count = c->places};
		size_t which = 0;
		outcome.pass += place_spread_high(&spread, LEVEL, &which) <= log(c->limit);
		outcome.fail += place_spread_low(&spread, LEVEL, &which) > log(c->limit);
	}
	outcome.pass /= (double)n;
	outcome.fail /= (double)n;
	return outcome;
}

static void healthy_places_do_not_fail(void **state)
{
	(void)state;
	/* clang-format off */
	static const struct place_case cases[] = {
	        {"2 healthy",                          2, 5, 0.02, 0,     0,    0, 1,    1.10, 0, 0.001, 0.9, 1},
	        {"2 healthy, noise 5 %",               2, 5, 0.05, 0,     0,    0, 1,    1.10, 0, 0.01,  0,   1},
	        {"2, one at the limit",                2, 5, 0.02, 0,     0,    0, 1.10, 1.10, 0, 0.05,  0,   0.05},
	        {"2, one slower by 25 %",              2, 5, 0.02, 0,     0,    0, 1.25, 1.10, 0.9, 1,   0,   0.001},
	        {"2, one slower by 25 %, 3 repeats",   2, 3, 0.02, 0,     0,    0, 1.25, 1.10, 0.5, 1,   0,   0.001},
	        {"64 healthy",                        64, 5, 0.02, 0.005, 0,    0, 1,    1.10, 0, 0.001, 0.99, 1},
	        {"64, one at the limit",              64, 5, 0.02, 0,     0,    0, 1.10, 1.10, 0, 0.05,  0,   0.06},
	        {"64, one slower by 25 %",            64, 5, 0.02, 0,     0,    0, 1.25, 1.10, 0.95, 1,  0,   0.001},
	        {"128 healthy",                      128, 5, 0.02, 0.005, 0,    0, 1,    1.10, 0, 0.001, 0.99, 1},
	        {"128 healthy, 3 repeats",           128, 3, 0.02, 0.005, 0,    0, 1,    1.10, 0, 0.001, 0.95, 1},
	        {"128 healthy, limit 1.03, noise 4 %", 128, 5, 0.04, 0.005, 0,  0, 1,    1.03, 0, 0.05,  0,   1},
	        {"128 healthy, limit 1, noise 4 %",  128, 5, 0.04, 0,     0,    0, 1,    1.00, 0, 0.05,  0,   1},
	        {"128, 2 % of trials disturbed",     128, 5, 0.02, 0.005, 0.02, 0, 1,    1.10, 0, 0.05,  0,   1},
	        {"128, one with 4 x the noise",      128, 5, 0.02, 0.005, 0,    4, 1,    1.10, 0, 0.05,  0,   1},
	        {"128, one at the limit",            128, 5, 0.02, 0,     0,    0, 1.10, 1.10, 0, 0.05,  0,   0.06},
	        {"128, one slower by 25 %",          128, 5, 0.02, 0,     0,    0, 1.25, 1.10, 0.95, 1,  0,   0.001},
	        {"128, one of half the speed",       128, 3, 0.05, 0,     0,    0, 2,    1.10, 0.95, 1,  0,   0.001},
	};
	/* clang-format on */
	const size_t n = simulations_asked_for(USUAL_SIMULATIONS) / 4;
	printf("# places: noise 2 %% of a place in a trial and 5 repeats unless said\n");
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		const struct place_case *const c = &cases[i];
		const struct outcome o = judge_places(c, n);
		printf("# %-36s limit %.2f | pass %.4f fail %.4f\n", c->name, c->limit, o.pass,
		       o.fail);
		assert_least(c->name, o.fail, c->fails_least, n);
		assert_most(c->name, o.fail, c->fails_most, n);
		assert_least(c->name, o.pass, c->passes_least, n);
		assert_most(c->name, o.pass, c->passes_most, n);
	}
}

/* ---- Limits from a good node -------------------------------------------------------------- */

enum { LIMIT_CRITERIA = 8 };

struct limit_case {
	size_t runs, trials;
	double between, cv, least;
};

/* The lower bound of one more run of a criterion, mirrored as limits are: upwards is worse. */
static double worse_bound(struct rng *rng, double run, const struct limit_case *c,
                          double *ret_reach)
{
	double values[MOST_REPEATS];
	for (size_t k = 0; k < c->trials; k++)
		values[k] = run + c->cv * rng_normal(rng);
	const struct bounded mean = bounded_mean(values, c->trials);
	*ret_reach = bounded_high(&mean, LEVEL) - mean.mean;
	return bounded_high(&mean, LEVEL);
}

static double limit_of(struct rng *rng, const struct limit_case *c, double factor)
{
	const double miss = 0.05 / LIMIT_CRITERIA;
	double bounds[MOST_RUNS];
	double reach = 0;
	for (size_t r = 0; r < c->runs; r++)
		bounds[r] = worse_bound(rng, c->between * rng_normal(rng), c, &reach);
	return c->runs > 1 ? limits_between_runs(bounds, c->runs, miss, log1p(c->least))
	                   : bounds[0] + factor * reach + log1p(c->least);
}

static void the_same_node_passes_its_own_limits(void **state)
{
	(void)state;
	static const struct limit_case cases[] = {
	        {3, 5, 0.01, 0.02, 0},     {5, 5, 0.01, 0.02, 0},     {10, 5, 0.01, 0.02, 0},
	        {5, 3, 0.01, 0.02, 0},     {5, 3, 0.002, 0.02, 0},    {5, 10, 0.01, 0.005, 0},
	        {1, 5, 0, 0.02, 0},        {1, 3, 0, 0.02, 0},        {1, 10, 0, 0.02, 0},
	        {1, 5, 0.005, 0.02, 0.02}, {1, 5, 0.01, 0.005, 0.02},
	};
	const size_t n = simulations_asked_for(USUAL_SIMULATIONS);
	printf("# limits for %d criteria together, from a node's own runs: the node passes all "
	       "again\n",
	       LIMIT_CRITERIA);
	printf("# runs trials between   CV | passes  mean limit\n");
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct rng rng;
		size_t passed = 0;
		double width = 0;
		const double factor = limits_within_run(cases[i].trials, 0.05 / LIMIT_CRITERIA);
		rng_init(&rng, 5, i);
		for (size_t s = 0; s < n / LIMIT_CRITERIA; s++) {
			bool is_good = true;
			for (size_t k = 0; k < LIMIT_CRITERIA; k++) {
				double reach;
				const double limit = limit_of(&rng, &cases[i], factor);
				const double again =
				        worse_bound(&rng, cases[i].between * rng_normal(&rng),
				                    &cases[i], &reach);
				width += limit / (double)n;
				is_good = is_good && again <= limit;
			}
			passed += is_good;
		}
		const double share = (double)passed / (double)(n / LIMIT_CRITERIA);
		printf("# %4zu %6zu %7.3f %.3f | %.4f %10.4f\n", cases[i].runs, cases[i].trials,
		       cases[i].between, cases[i].cv, share, exp(-width));
		assert_least("passes its own limits", share, cases[i].runs > 1 ? 0.93 : 0.94,
		             n / LIMIT_CRITERIA);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(a_machine_at_the_limit_is_seldom_misjudged),
	        cmocka_unit_test(the_repeats_that_are_named_decide),
	        cmocka_unit_test(a_run_at_the_limit_of_a_reference_is_seldom_misjudged),
	        cmocka_unit_test(healthy_places_do_not_fail),
	        cmocka_unit_test(the_same_node_passes_its_own_limits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
