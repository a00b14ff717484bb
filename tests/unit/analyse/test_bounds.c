/* One-sided bounds and the levels of looks: published values, and what follows by hand. */
#include "analyse/verdict/alpha_spending.h"
#include "analyse/verdict/bounds.h"
#include "core/array.h"
#include "core/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <gsl/gsl_cdf.h>
#include <math.h>

static void assert_near(double value, double expected, double most)
{
	if (!(fabs(value - expected) <= most))
		fail_msg("%.12g instead of %.12g", value, expected);
}

/* ---- Looks -------------------------------------------------------------------------------- */

/* Bounds of the spending function of Pocock's type, five equal looks, 0.025 on one side, as the R
 * package ldbounds gives them. */
static void levels_are_the_published_ones(void **state)
{
	(void)state;
	static const double published[] = {2.4380, 2.4268, 2.4101, 2.3966, 2.3859};
	static const double fractions[] = {0.2, 0.4, 0.6, 0.8, 1};
	double levels[5];
	struct error err;
	assert_int_equal(alpha_spending_levels(0.025, fractions, 5, levels, &err), 0);
	for (size_t k = 0; k < 5; k++)
		assert_near(gsl_cdf_ugaussian_Qinv(levels[k]), published[k], 2e-4);
}

static void one_look_spends_all_of_it(void **state)
{
	(void)state;
	const double fraction = 1;
	double level;
	struct error err;
	assert_int_equal(alpha_spending_levels(0.05, &fraction, 1, &level, &err), 0);
	assert_near(level, 0.05, 1e-9);
	assert_near(alpha_spending_spent(0.05, 0), 0, 0);
	assert_near(alpha_spending_spent(0.05, 1), 0.05, 1e-12);
	assert_near(alpha_spending_spent(0.05, 7), 0.05, 1e-12);
}

/* Looks at every block of many leave each a positive level, and never more than one look has. */
static void many_looks_leave_something(void **state)
{
	(void)state;
	enum { LOOKS = 60 };
	double fractions[LOOKS];
	double levels[LOOKS];
	struct error err;
	for (size_t k = 0; k < LOOKS; k++)
		fractions[k] = (double)(k + 1) / LOOKS;
	assert_int_equal(alpha_spending_levels(0.05, fractions, LOOKS, levels, &err), 0);
	for (size_t k = 0; k < LOOKS; k++)
		assert_true(levels[k] > 1e-5 && levels[k] < 0.05);
}

static void looks_that_do_not_ascend_are_refused(void **state)
{
	(void)state;
	static const struct {
		double fractions[2];
		size_t looks;
	} cases[] = {{{0.5, 0.5}, 2}, {{0.5, 0.4}, 2}, {{0, 1}, 2}, {{0.5, 1.5}, 2}, {{1, 1}, 0}};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct error err = {{0}};
		double levels[2] = {-1, -1};
		assert_int_equal(alpha_spending_levels(0.05, cases[i].fractions, cases[i].looks,
		                                       levels, &err),
		                 -EINVAL);
		assert_true(err.text[0] != '\0');
		assert_true(levels[0] < 0 && levels[1] < 0);
	}
}

/* ---- Bounds ------------------------------------------------------------------------------- */

static void bounds_are_those_of_t(void **state)
{
	(void)state;
	static const double values[] = {1, 2, 3, 4, 5};
	const struct bounded b = bounded_mean(values, 5);
	assert_near(b.mean, 3, 1e-12);
	assert_near(b.se, sqrt(2.5 / 5), 1e-12);
	/* t(0.95, 4) = 2.131847 */
	assert_near(bounded_low(&b, 0.05), 3 - 2.131847 * sqrt(0.5), 1e-5);
	assert_near(bounded_high(&b, 0.05), 3 + 2.131847 * sqrt(0.5), 1e-5);
}

static void what_is_not_known_has_no_bound(void **state)
{
	(void)state;
	static const double values[] = {2, 2};
	const struct bounded one = bounded_mean(values, 1);
	const struct bounded same = bounded_mean(values, 2);
	assert_true(isnan(bounded_low(&one, 0.05)));
	assert_true(isnan(bounded_low(&same, 0)));
	assert_near(bounded_high(&same, 0.05), 2, 0);
}

/* Runs 1, 2, 3: sd 1; se of the prediction sqrt(1 + 1/3). */
static void a_run_is_predicted_from_runs(void **state)
{
	(void)state;
	const struct bounded runs[] = {{1, 0.1, 4, 5}, {2, 0.1, 4, 5}, {3, 0.1, 4, 5}};
	const struct bounded quiet = {4, 0.1, 4, 5};
	const struct bounded loud = {4, 1, 4, 5};
	const struct bounded single = {4, NAN, NAN, 1};
	const struct predicted p = bounds_against(&quiet, runs, 3);
	assert_near(p.apart.mean, 2, 1e-12);
	assert_near(p.apart.se, sqrt(4.0 / 3), 1e-12);
	assert_near(p.apart.freedom, 2, 0);
	assert_near(p.excess, 0, 0);
	const struct predicted q = bounds_against(&loud, runs, 3);
	assert_near(q.excess, 0.99, 1e-12);
	assert_near(q.apart.se, sqrt(4.0 / 3 + 0.99), 1e-12);
	/* Satterthwaite: (a + b)^2 / (a^2 / 2 + b^2 / 4) */
	assert_near(q.apart.freedom, pow(4.0 / 3 + 0.99, 2) / (16.0 / 9 / 2 + 0.99 * 0.99 / 4),
	            1e-9);
	/* One trial scatters as those of the runs do: variance 0.05, less that of their means. */
	assert_near(bounds_against(&single, runs, 3).excess, 0.05 - 0.01, 1e-12);
}

static void repeats_reach_the_power(void **state)
{
	(void)state;
	const size_t n = bounds_repeats(0.02, 0.02, 0, 0.05, 1);
	const double reach =
	        (gsl_cdf_tdist_Qinv(0.05, (double)n - 1) + gsl_cdf_tdist_Pinv(0.8, (double)n - 1)) *
	        0.02 / sqrt((double)n);
	assert_true(reach <= 0.02);
	assert_int_equal(n, 8);
	assert_int_equal(bounds_repeats(0.02, 0.02, 0, 0.05, 20), 21);
	/* Nothing decides what lies on the limit, or closer than common noise allows. */
	assert_int_equal(bounds_repeats(0, 0.02, 0, 0.05, 5), 0);
	assert_int_equal(bounds_repeats(1e-5, 0.02, 0, 0.05, 5), 0);
	assert_int_equal(bounds_repeats(0.02, 0.02, 0.0004, 0.05, 5), 0);
	assert_int_equal(bounds_runs(0.02, 0.02, 0, 0.05, 3), 0);
	assert_true(bounds_runs(0.06, 0.02, 0, 0.05, 3) > 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(levels_are_the_published_ones),
	        cmocka_unit_test(one_look_spends_all_of_it),
	        cmocka_unit_test(many_looks_leave_something),
	        cmocka_unit_test(looks_that_do_not_ascend_are_refused),
	        cmocka_unit_test(bounds_are_those_of_t),
	        cmocka_unit_test(what_is_not_known_has_no_bound),
	        cmocka_unit_test(a_run_is_predicted_from_runs),
	        cmocka_unit_test(repeats_reach_the_power),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
