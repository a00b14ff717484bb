/* Lines through tasks' CPU time and memory against a covariate: against scipy and statsmodels,
 * against the definition, on made data with known answers, and where there is nothing to fit. */
#include "analyse/campaign/campaign_fit.h"
#include "core/array.h"
#include "core/error.h"
#include "core/rng.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>

static void assert_close(double value, double wanted, double tolerance)
{
	if (!(fabs(value - wanted) <= tolerance))
		fail_msg("%.12g instead of %.12g", value, wanted);
}

enum { REFERENCE = 161 };

/* Points without chance: 7 at each of 23 x, with scatter that grows with x. */
static void make_reference(double *x, double *y)
{
	for (int i = 0; i < REFERENCE; i++) {
		x[i] = 7 * i % 23;
		const double part = (37 * i + 11) % 41 / 41.0;
		y[i] = round((3 + 0.5 * x[i] + (1 + x[i] / 10) * part * part * 6) * 1000) / 1000;
	}
}

static void fit(const double *x, const double *y, size_t count, double quantile,
                struct campaign_fit fits[CAMPAIGN_FITS])
{
	struct error err;
	assert_int_equal(campaign_fit(x, y, count, quantile, fits, &err), 0);
}

/* OLS of statsmodels 0.13.5: OLS(y, add_constant(x)).fit(), and
 * get_robustcov_results('HC3', use_t=True).conf_int(). */
static void least_squares_is_that_of_statsmodels(void **state)
{
	(void)state;
	double x[REFERENCE];
	double y[REFERENCE];
	make_reference(x, y);
	struct campaign_fit fits[CAMPAIGN_FITS];
	fit(x, y, REFERENCE, 0.95, fits);
	const struct campaign_fit *const line = &fits[CAMPAIGN_FIT_LINEAR];
	assert_close(line->intercept.value, 4.752548136646, 1e-10);
	assert_close(line->slope.value, 0.716371964992, 1e-10);
	assert_close(line->intercept.low, 3.887528072701, 1e-10);
	assert_close(line->intercept.high, 5.617568200590, 1e-10);
	assert_close(line->slope.low, 0.620804638767, 1e-10);
	assert_close(line->slope.high, 0.811939291216, 1e-10);
	assert_int_equal(line->slope.n, REFERENCE);
	assert_int_equal(line->points, REFERENCE);
	assert_null(line->reason);
}

/* The same through the largest y of every x. */
static void maxima_are_those_of_statsmodels(void **state)
{
	(void)state;
	double x[REFERENCE];
	double y[REFERENCE];
	make_reference(x, y);
	struct campaign_fit fits[CAMPAIGN_FITS];
	fit(x, y, REFERENCE, 0.95, fits);
	const struct campaign_fit *const line = &fits[CAMPAIGN_FIT_MAXIMA];
	assert_close(line->intercept.value, 7.186706521739, 1e-10);
	assert_close(line->slope.value, 1.030473320158, 1e-10);
	assert_close(line->intercept.low, 6.018144188602, 1e-10);
	assert_close(line->intercept.high, 8.355268854876, 1e-10);
	assert_close(line->slope.low, 0.887543892822, 1e-10);
	assert_close(line->slope.high, 1.173402747494, 1e-10);
	assert_int_equal(line->slope.n, 23);
	assert_int_equal(line->points, REFERENCE);
	assert_true(line->x_step <= 0);
}

/* statsmodels' RLM with TukeyBiweight has another scale and starts elsewhere: 4.847, 0.680. */
static void robust_is_near_that_of_statsmodels(void **state)
{
	(void)state;
	double x[REFERENCE];
	double y[REFERENCE];
	make_reference(x, y);
	struct campaign_fit fits[CAMPAIGN_FITS];
	fit(x, y, REFERENCE, 0.95, fits);
	assert_close(fits[CAMPAIGN_FIT_ROBUST].intercept.value, 4.847, 0.1);
	assert_close(fits[CAMPAIGN_FIT_ROBUST].slope.value, 0.680, 0.02);
}

/* scipy 1.10.1: linprog(c, A_eq=[1 x I -I], b_eq=y, method='highs') with costs q and 1 - q of the
 * residuals above and below. */
static void quantile_lines_are_those_of_linear_programming(void **state)
{
	(void)state;
	static const struct {
		double quantile, intercept, slope;
	} few[] = {{0.5, 3.743, 0.697},
	           {0.8, 6.887, 0.846166666667},
	           {0.9, 7.119, 1.064},
	           {0.95, 7.664454545455, 1.085363636364}};
	double x[REFERENCE];
	double y[REFERENCE];
	make_reference(x, y);
	for (size_t i = 0; i < ARRAY_LENGTH(few); i++) {
		struct campaign_fit fits[CAMPAIGN_FITS];
		fit(x, y, REFERENCE, few[i].quantile, fits);
		const struct campaign_fit *const line = &fits[CAMPAIGN_FIT_QUANTILE];
		assert_close(line->intercept.value, few[i].intercept, 1e-8);
		assert_close(line->slope.value, few[i].slope, 1e-8);
		assert_close(line->quantile, few[i].quantile, 0);
		assert_true(line->below >= few[i].quantile);
		assert_true(line->below <= few[i].quantile + 3.0 / REFERENCE);
	}
}

enum { MANY = 5003 };

static void make_many(double *x, double *y)
{
	for (int i = 0; i < MANY; i++) {
		x[i] = 7 * i % 53;
		const double part = (7919 * i + 11) % MANY / (double)MANY;
		y[i] = 3 + 0.5 * x[i] + (1 + x[i] / 10) * part * part * 6;
	}
}

/* The same where a sample says which points are near the line. */
static void many_points_have_the_same_exact_line(void **state)
{
	(void)state;
	static const struct {
		double quantile, intercept, slope;
	} many[] = {{0.05, 3.0131596157, 0.5016252371},
	            {0.5, 4.5509826625, 0.6480858197},
	            {0.95, 8.4381528189, 1.0381557866},
	            {0.99, 8.8925405900, 1.0860888983}};
	static double x[MANY];
	static double y[MANY];
	make_many(x, y);
	for (size_t i = 0; i < ARRAY_LENGTH(many); i++) {
		struct campaign_fit fits[CAMPAIGN_FITS];
		fit(x, y, MANY, many[i].quantile, fits);
		assert_close(fits[CAMPAIGN_FIT_QUANTILE].intercept.value, many[i].intercept, 1e-8);
		assert_close(fits[CAMPAIGN_FIT_QUANTILE].slope.value, many[i].slope, 1e-8);
	}
}

/* The unit of x and y, and where they begin, change nothing but the line's own units. */
static void units_do_not_matter(void **state)
{
	(void)state;
	static double x[MANY];
	static double y[MANY];
	struct campaign_fit plain[CAMPAIGN_FITS];
	struct campaign_fit moved[CAMPAIGN_FITS];
	make_many(x, y);
	fit(x, y, MANY, 0.95, plain);
	for (size_t i = 0; i < MANY; i++) {
		x[i] = 1000 + x[i] / 8;
		y[i] *= 1e9;
	}
	fit(x, y, MANY, 0.95, moved);
	for (size_t f = 0; f < CAMPAIGN_FITS; f++) {
		assert_close(moved[f].slope.value, plain[f].slope.value * 8e9, 1);
		assert_close(moved[f].slope.low, plain[f].slope.low * 8e9, 1e5);
		assert_close(moved[f].slope.high, plain[f].slope.high * 8e9, 1e5);
		assert_close(campaign_fit_at(&moved[f], 1002) / 1e9, campaign_fit_at(&plain[f], 16),
		             1e-6);
		assert_close(moved[f].below, plain[f].below, 1e-12);
	}
}

/* The kind of the study's figure 4: CPU time of tasks that grows with visits, and scatters below an
 * upper edge that grows likewise. */
static void an_envelope_is_recovered(void **state)
{
	(void)state;
	enum { TASKS = 20000 };
	static double x[TASKS];
	static double y[TASKS];
	struct rng rng;
	rng_init(&rng, 4, 4);
	for (size_t i = 0; i < TASKS; i++) {
		/* Of u uniform, y = edge (1 - 0.6 u^2): the quantile q is at u = 1 - q. */
		const double u = rng_uniform(&rng);
		x[i] = (double)(1 + rng_below(&rng, 54));
		y[i] = (2100 + 330 * x[i]) * (1 - 0.6 * u * u);
	}
	struct campaign_fit fits[CAMPAIGN_FITS];
	fit(x, y, TASKS, 0.95, fits);
	const double part = 1 - 0.6 * 0.05 * 0.05;
	const struct campaign_fit *const envelope = &fits[CAMPAIGN_FIT_QUANTILE];
	assert_close(envelope->slope.value / (330 * part), 1, 0.002);
	assert_close(envelope->intercept.value / (2100 * part), 1, 0.005);
	assert_true(envelope->slope.low <= 330 * part && envelope->slope.high >= 330 * part);
	assert_true(envelope->intercept.low <= 2100 * part &&
	            envelope->intercept.high >= 2100 * part);
	assert_close(envelope->below, 0.95, 0.0005);
	const struct campaign_fit *const maxima = &fits[CAMPAIGN_FIT_MAXIMA];
	assert_close(maxima->slope.value, 330, 0.5);
	assert_close(maxima->intercept.value, 2100, 10);
	assert_true(maxima->below > 0.97);
	/* The mean is at E(1 - 0.6 u^2) = 0.8. */
	assert_close(fits[CAMPAIGN_FIT_LINEAR].slope.value, 264, 3);
	assert_true(fits[CAMPAIGN_FIT_LINEAR].slope.low < 264 &&
	            fits[CAMPAIGN_FIT_LINEAR].slope.high > 264);
}

/* A tenth of the tasks that ran on a busy node took ten times as long. */
static void outliers_do_not_pull_the_robust_line(void **state)
{
	(void)state;
	enum { TASKS = 4000 };
	static double x[TASKS];
	static double y[TASKS];
	struct rng rng;
	rng_init(&rng, 5, 5);
	for (size_t i = 0; i < TASKS; i++) {
		x[i] = 54 * rng_uniform(&rng);
		y[i] = 100 + 7 * x[i] + 5 * rng_normal(&rng);
		if (x[i] > 30 && rng_below(&rng, 5) == 0)
			y[i] *= 10;
	}
	struct campaign_fit fits[CAMPAIGN_FITS];
	fit(x, y, TASKS, 0.95, fits);
	assert_close(fits[CAMPAIGN_FIT_ROBUST].slope.value, 7, 0.05);
	assert_true(fits[CAMPAIGN_FIT_ROBUST].slope.low < 7 &&
	            fits[CAMPAIGN_FIT_ROBUST].slope.high > 7);
	assert_true(fits[CAMPAIGN_FIT_LINEAR].slope.value > 15);
	/* No two x are the same: the largest y are those of slices. */
	assert_close(fits[CAMPAIGN_FIT_MAXIMA].x_step, 54.0 / 50, 0.01);
	assert_int_equal(fits[CAMPAIGN_FIT_MAXIMA].slope.n, 50);
}

/* A damaged record does not take the digits of the others. */
static void an_absurd_task_spoils_no_line_but_the_mean(void **state)
{
	(void)state;
	static double x[MANY];
	static double y[MANY];
	make_many(x, y);
	y[MANY / 2] = 9e18;
	struct campaign_fit fits[CAMPAIGN_FITS];
	fit(x, y, MANY, 0.95, fits);
	assert_close(fits[CAMPAIGN_FIT_QUANTILE].slope.value, 1.0382, 0.01);
	assert_close(fits[CAMPAIGN_FIT_ROBUST].slope.value, 0.66, 0.02);
	assert_true(estimate_has_interval(&fits[CAMPAIGN_FIT_ROBUST].slope));
	assert_true(estimate_has_interval(&fits[CAMPAIGN_FIT_QUANTILE].slope));
	assert_true(fits[CAMPAIGN_FIT_LINEAR].slope.value > 1e10 ||
	            fits[CAMPAIGN_FIT_LINEAR].slope.value < -1e10);
}

/* Half the tasks and more at one value, and few values in all. */
static void ties_are_no_trouble(void **state)
{
	(void)state;
	static double x[MANY];
	static double y[MANY];
	make_many(x, y);
	for (size_t i = 0; i < MANY; i++)
		y[i] = i % 10 < 6 ? 1 : i % 10 < 9 ? 2 : 3;
	struct campaign_fit fits[CAMPAIGN_FITS];
	fit(x, y, MANY, 0.95, fits);
	assert_close(fits[CAMPAIGN_FIT_QUANTILE].slope.value, 0, 1e-9);
	assert_close(fits[CAMPAIGN_FIT_QUANTILE].intercept.value, 3, 1e-9);
	assert_close(fits[CAMPAIGN_FIT_ROBUST].slope.value, 0, 1e-9);
	assert_close(fits[CAMPAIGN_FIT_ROBUST].intercept.value, 1, 1e-9);
	assert_false(estimate_has_interval(&fits[CAMPAIGN_FIT_ROBUST].slope));
	assert_close(fits[CAMPAIGN_FIT_LINEAR].slope.value, 0, 0.002);
}

static void falling_maxima_are_a_constant(void **state)
{
	(void)state;
	static const double x[] = {1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3};
	static const double y[] = {9, 1, 1, 1, 1, 6, 2, 2, 2, 2, 3, 1, 2, 2, 2};
	struct campaign_fit fits[CAMPAIGN_FITS];
	fit(x, y, ARRAY_LENGTH(x), 0.95, fits);
	const struct campaign_fit *const line = &fits[CAMPAIGN_FIT_MAXIMA];
	assert_close(line->slope.value, 0, 0);
	assert_false(estimate_has_interval(&line->slope));
	assert_non_null(line->slope.reason);
	assert_close(line->intercept.value, 6, 1e-12);
	/* t(0.975, 2) x 3 / sqrt(3) */
	assert_close(line->intercept.high - 6, 4.302652729696 * sqrt(3), 1e-9);
	assert_close(campaign_fit_at(line, 100), 6, 1e-12);
}

static void what_cannot_be_fitted_says_why(void **state)
{
	(void)state;
	static const double x[] = {1, 2, NAN, 4, 5, 6};
	static const double same[] = {54, 54, 54, 54, 54, 54};
	static const double y[] = {1, NAN, 3, 4, INFINITY, 6};
	static const double flat[] = {5, 5, 5, 5, 5, 5};
	struct campaign_fit fits[CAMPAIGN_FITS];
	fit(NULL, NULL, 0, 0.95, fits);
	assert_string_equal(fits[0].reason, "fewer than 3 tasks have both");
	fit(x, y, 5, 0.95, fits);
	for (size_t f = 0; f < CAMPAIGN_FITS; f++) {
		assert_string_equal(fits[f].reason, "fewer than 3 tasks have both");
		assert_int_equal(fits[f].points, 0);
		assert_true(isnan(campaign_fit_at(&fits[f], 1)));
		assert_true(isnan(fits[f].slope.value));
	}
	fit(same, y, 6, 0.95, fits);
	assert_string_equal(fits[0].reason, "it is the same for every task");
	fit(x, flat, 6, 0.95, fits);
	for (size_t f = 0; f < CAMPAIGN_FITS; f++) {
		assert_null(fits[f].reason);
		assert_close(fits[f].slope.value, 0, 1e-9);
		assert_close(fits[f].intercept.value, 5, 1e-9);
		assert_close(fits[f].below, 1, 0);
	}
	assert_false(estimate_has_interval(&fits[CAMPAIGN_FIT_ROBUST].slope));
	assert_non_null(fits[CAMPAIGN_FIT_ROBUST].slope.reason);
	assert_false(estimate_has_interval(&fits[CAMPAIGN_FIT_QUANTILE].slope));
	assert_non_null(fits[CAMPAIGN_FIT_QUANTILE].slope.reason);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(least_squares_is_that_of_statsmodels),
	        cmocka_unit_test(maxima_are_those_of_statsmodels),
	        cmocka_unit_test(robust_is_near_that_of_statsmodels),
	        cmocka_unit_test(quantile_lines_are_those_of_linear_programming),
	        cmocka_unit_test(many_points_have_the_same_exact_line),
	        cmocka_unit_test(units_do_not_matter),
	        cmocka_unit_test(an_envelope_is_recovered),
	        cmocka_unit_test(outliers_do_not_pull_the_robust_line),
	        cmocka_unit_test(an_absurd_task_spoils_no_line_but_the_mean),
	        cmocka_unit_test(ties_are_no_trouble),
	        cmocka_unit_test(falling_maxima_are_a_constant),
	        cmocka_unit_test(what_cannot_be_fitted_says_why),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
