/* Intervals against figures worked out by hand from t tables. */
#include "analyse/estimate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

static void assert_near(double a, double b)
{
	if (!(fabs(a - b) <= 1e-9 * fmax(1, fabs(b))))
		fail_msg("%.12g is not %.12g", a, b);
}

static void geometric_mean_and_t_interval(void **state)
{
	(void)state;
	/* Logs 0, 1, 2: mean 1, s 1, t(0.975, 2) = 4.302652729911275. */
	const double values[] = {1, exp(1), exp(2)};
	const struct estimate e = estimate_geometric(values, 3);
	const double half = 4.302652729911275 / sqrt(3);
	assert_near(e.value, exp(1));
	assert_near(e.low, exp(1 - half));
	assert_near(e.high, exp(1 + half));
	assert_int_equal(e.n, 3);
	assert_null(e.reason);
}

static void one_value_has_no_interval(void **state)
{
	(void)state;
	const double value = 12.5;
	const struct estimate e = estimate_geometric(&value, 1);
	assert_near(e.value, 12.5);
	assert_false(estimate_has_interval(&e));
	assert_non_null(e.reason);
}

static void a_zero_makes_zero_without_interval(void **state)
{
	(void)state;
	const double values[] = {3, 0, 4};
	const struct estimate e = estimate_geometric(values, 3);
	assert_true(e.value == 0);
	assert_false(estimate_has_interval(&e));
	assert_non_null(e.reason);
}

static void no_value_is_absent(void **state)
{
	(void)state;
	const struct estimate e = estimate_geometric(NULL, 0);
	assert_false(estimate_has_value(&e));
	assert_non_null(e.reason);
}

static void what_a_pair_shares_cancels(void **state)
{
	(void)state;
	/* The blocks drift by a factor of two; the ratio within each is 3. */
	const double above[] = {3, 4.5, 6};
	const double below[] = {1, 1.5, 2};
	const struct estimate e = estimate_paired_ratio(above, below, 3, 0.25);
	assert_near(e.value, 0.75);
	assert_near(e.low, 0.75);
	assert_near(e.high, 0.75);
}

static void an_interval_beyond_doubles_is_none(void **state)
{
	(void)state;
	const double values[] = {1e-300, 1e300};
	const struct estimate e = estimate_geometric(values, 2);
	assert_near(e.value, 1);
	assert_false(estimate_has_interval(&e));
	assert_non_null(e.reason);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(geometric_mean_and_t_interval),
	        cmocka_unit_test(one_value_has_no_interval),
	        cmocka_unit_test(a_zero_makes_zero_without_interval),
	        cmocka_unit_test(no_value_is_absent),
	        cmocka_unit_test(what_a_pair_shares_cancels),
	        cmocka_unit_test(an_interval_beyond_doubles_is_none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
