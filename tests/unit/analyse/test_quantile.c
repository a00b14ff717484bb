/* Weighted quantiles against GSL, against hand-made answers, and against what a weight means. */
#include "analyse/quantile.h"
#include "core/array.h"
#include "core/rng.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <float.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>

static const double ps[] = {0, 0.05, 0.25, 0.5, 0.75, 0.95, 1};

static void make(struct weighted_value *items, double *plain, size_t count, double weight)
{
	struct rng rng;
	rng_init(&rng, 7, count);
	for (size_t i = 0; i < count; i++) {
		plain[i] = rng_normal(&rng);
		items[i] = (struct weighted_value){plain[i], weight};
	}
	gsl_sort(plain, 1, count);
	quantile_sort(items, count);
}

static void equal_weights_are_type_7_exactly(void **state)
{
	(void)state;
	enum { MOST = 257 };
	struct weighted_value items[MOST];
	double plain[MOST];
	for (size_t count = 1; count <= MOST; count += 16)
		for (size_t i = 0; i < ARRAY_LENGTH(ps); i++) {
			make(items, plain, count, 0.37);
			assert_true(quantile_weighted(items, count, ps[i]) ==
			            gsl_stats_quantile_from_sorted_data(plain, 1, count, ps[i]));
		}
}

/* Weights that differ by a hair take the other way through the code. */
static void nearly_equal_weights_are_nearly_type_7(void **state)
{
	(void)state;
	enum { COUNT = 40 };
	struct weighted_value items[COUNT];
	double plain[COUNT];
	make(items, plain, COUNT, 1);
	items[3].weight = 1 + 1e-12;
	for (size_t i = 0; i < ARRAY_LENGTH(ps); i++)
		assert_true(fabs(quantile_weighted(items, COUNT, ps[i]) -
		                 gsl_stats_quantile_from_sorted_data(plain, 1, COUNT, ps[i])) <
		            1e-9);
}

static void known_answers(void **state)
{
	(void)state;
	/* n = (1+1+2)^2 / 6 = 8/3; p = 0.5: h = 11/6, the stretch of probability is
	 * [5/16, 11/16], of which 3/16 lies on the value 2 and 3/16 on the value 10. */
	const struct weighted_value items[] = {{1, 1}, {2, 1}, {10, 2}};
	assert_true(fabs(quantile_weighted(items, 3, 0.5) - 6) < 1e-12);
	assert_true(fabs(quantile_weighted_mean(items, 3) - 5.75) < 1e-12);
	assert_true(fabs(quantile_effective_count(items, 3) - 8.0 / 3) < 1e-12);
	/* Deviations -4.75, -3.75, 4.25: variance (22.5625 + 14.0625 + 36.125) / 4. */
	assert_true(fabs(quantile_weighted_cv(items, 3) - sqrt(18.1875) / 5.75) < 1e-12);
}

static void weight_zero_has_no_part(void **state)
{
	(void)state;
	const struct weighted_value with[] = {{-9, 0}, {1, 1}, {2, 0.5}, {3, 1}, {99, 0}};
	for (size_t i = 0; i < ARRAY_LENGTH(ps); i++)
		assert_true(fabs(quantile_weighted(with, 5, ps[i]) -
		                 quantile_weighted(with + 1, 3, ps[i])) < 1e-12);
	assert_true(isfinite(quantile_weighted(with, 5, 1)));
}

static void scale_of_weights_does_not_matter(void **state)
{
	(void)state;
	const struct weighted_value a[] = {{1, 0.2}, {4, 1}, {5, 0.7}, {9, 1}};
	const struct weighted_value b[] = {{1, 20}, {4, 100}, {5, 70}, {9, 100}};
	for (size_t i = 0; i < ARRAY_LENGTH(ps); i++)
		assert_true(fabs(quantile_weighted(a, 4, ps[i]) - quantile_weighted(b, 4, ps[i])) <
		            1e-12);
}

static void quantiles_rise_with_p(void **state)
{
	(void)state;
	const struct weighted_value items[] = {{1, 0.1}, {2, 1}, {3, 0.01}, {4, 1}, {7, 0.5}};
	double before = -INFINITY;
	for (double p = 0; p <= 1; p += 0.01) {
		const double q = quantile_weighted(items, 5, p);
		assert_true(q >= before && q >= 1 && q <= 7);
		before = q;
	}
}

static void nothing_has_no_quantile(void **state)
{
	(void)state;
	const struct weighted_value zero[] = {{1, 0}, {2, 0}};
	assert_true(isnan(quantile_weighted(zero, 2, 0.5)));
	assert_true(isnan(quantile_weighted(zero, 0, 0.5)));
	assert_true(isnan(quantile_weighted_mean(zero, 2)));
	assert_true(isnan(quantile_weighted_cv(zero, 2)));
	assert_true(quantile_effective_count(zero, 2) == 0);
}

static int compare_plain(const void *a, const void *b)
{
	const struct weighted_value *const x = a;
	const struct weighted_value *const y = b;
	if (x->value < y->value || x->value > y->value)
		return x->value < y->value ? -1 : 1;
	return (x->weight > y->weight) - (x->weight < y->weight); /* the place before sorting */
}

/* Every kind of double, many ties, few and many items: in order, and equals stay in theirs. */
static void sort_is_a_sort(void **state)
{
	(void)state;
	enum { MOST = 20000 };
	static const double odd[] = {0,        -0.0,     INFINITY, -INFINITY, DBL_MIN, -DBL_MIN,
	                             4.9e-324, -DBL_MAX, DBL_MAX,  1,         -1};
	struct weighted_value *const items = calloc(MOST, sizeof *items);
	struct weighted_value *const like = calloc(MOST, sizeof *like);
	assert_non_null(items);
	assert_non_null(like);
	struct rng rng;
	rng_init(&rng, 3, 0);
	for (size_t count = 1; count <= MOST; count = count * 3 + 1) {
		for (size_t i = 0; i < count; i++) {
			const uint64_t kind = rng_below(&rng, 4);
			const double value = kind == 0   ? odd[rng_below(&rng, ARRAY_LENGTH(odd))]
			                     : kind == 1 ? (double)rng_below(&rng, 5)
			                     : kind == 2 ? ldexp(rng_normal(&rng),
			                                         (int)rng_below(&rng, 600) - 300)
			                                 : 30 + rng_normal(&rng);
			/* -0.0 and 0 are equal, but their digits are not: left to another test. */
			items[i] = (struct weighted_value){value == 0 ? 0 : value, (double)i};
			like[i] = items[i];
		}
		quantile_sort(items, count);
		qsort(like, count, sizeof *like, compare_plain);
		for (size_t i = 0; i < count; i++) {
			assert_true(items[i].value == like[i].value);
			if (count >= 512)
				assert_true(items[i].weight == like[i].weight);
		}
	}
	const struct weighted_value *const zeros = items;
	for (size_t i = 0; i < 1000; i++)
		items[i] = (struct weighted_value){i % 2 ? 0.0 : -0.0, 1};
	quantile_sort(items, 1000);
	assert_true(zeros[0].value == 0 && zeros[999].value == 0);
	free(items);
	free(like);
}

/* One pass for many quantiles gives what one pass for each gives. */
static void many_quantiles_are_the_same_as_one_by_one(void **state)
{
	(void)state;
	enum { MOST = 700, STEPS = 101 };
	struct weighted_value items[MOST];
	double steps[STEPS];
	double quantiles[STEPS];
	struct rng rng;
	rng_init(&rng, 11, 0);
	for (size_t p = 0; p < STEPS; p++)
		steps[p] = (double)p / (STEPS - 1);
	for (size_t count = 0; count <= MOST; count += count < 8 ? 1 : 97)
		for (int round = 0; round < 4; round++) {
			for (size_t i = 0; i < count; i++)
				items[i] = (struct weighted_value){
				        round == 3 ? (double)rng_below(&rng, 3) : rng_normal(&rng),
				        round == 0                ? 1
				        : rng_below(&rng, 3) == 0 ? 0
				                                  : rng_uniform(&rng)};
			quantile_sort(items, count);
			quantiles_weighted(items, count, steps, STEPS, quantiles);
			for (size_t p = 0; p < STEPS; p++) {
				const double one = quantile_weighted(items, count, steps[p]);
				assert_true(isnan(one) ? isnan(quantiles[p])
				                       : fabs(one - quantiles[p]) < 1e-9);
			}
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(equal_weights_are_type_7_exactly),
	        cmocka_unit_test(nearly_equal_weights_are_nearly_type_7),
	        cmocka_unit_test(known_answers),
	        cmocka_unit_test(sort_is_a_sort),
	        cmocka_unit_test(many_quantiles_are_the_same_as_one_by_one),
	        cmocka_unit_test(weight_zero_has_no_part),
	        cmocka_unit_test(scale_of_weights_does_not_matter),
	        cmocka_unit_test(quantiles_rise_with_p),
	        cmocka_unit_test(nothing_has_no_quantile),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
