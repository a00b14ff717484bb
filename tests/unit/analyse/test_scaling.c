/* Fits against published ones, and curves that are short or odd. */
#include "analyse/scaling.h"
#include "core/array.h"
#include "core/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

struct point {
	double n;
	double x;
	double se; /* 0: none */
};

static const struct scaling_limits no_limits = {.seed = 1};

static void build(const struct point *points, size_t count, const struct scaling_limits *limits,
                  struct scaling *ret_scaling)
{
	struct error err;
	cleanup_curve struct curve curve;
	curve_init(&curve);
	for (size_t i = 0; i < count; i++) {
		const struct curve_point point = {
		        .concurrency = points[i].n,
		        .throughput_per_s = points[i].x,
		        .se = points[i].se > 0 ? points[i].se : (double)NAN,
		        .trials = 1,
		};
		assert_int_equal(curve_add(&curve, &point, &err), 0);
	}
	curve_finish(&curve);
	memset(ret_scaling, 0xa5, sizeof *ret_scaling);
	assert_int_equal(scaling_build(&curve, limits, ret_scaling, &err), 0);
}

/* To the digits that are printed: `last` is one unit of the last one. */
static void assert_printed(const char *what, double value, double printed, double last)
{
	if (!(fabs(value - printed) <= last * 0.501))
		fail_msg("%s: %.13g, expected %.13g", what, value, printed);
}

static const struct point specsdm91[] = {
        {1, 64.9, 0},     {18, 995.9, 0}, {36, 1652.4, 0},  {72, 1853.2, 0},
        {108, 1828.9, 0}, {144, 1775, 0}, {216, 1702.2, 0},
};

static const struct point raytracer[] = {
        {1, 20, 0},   {4, 78, 0},   {8, 130, 0},  {12, 170, 0}, {16, 190, 0}, {20, 200, 0},
        {24, 210, 0}, {28, 230, 0}, {32, 260, 0}, {48, 280, 0}, {64, 310, 0},
};

/* R package usl 3.x, demonstration data specsdm91. */
static void published_fit_of_specsdm91(void **state)
{
	(void)state;
	cleanup_scaling struct scaling s;
	build(specsdm91, ARRAY_LENGTH(specsdm91), &no_limits, &s);
	const struct fit *const usl = &s.fits[FIT_USL];
	/* The minimum is at 89.99523310433 (Gauss-Newton in 40 digits): R stops 1e-7 before it. */
	assert_printed("lambda", usl->lambda.value, 89.9952330, 3e-7);
	assert_printed("lambda", usl->lambda.value, 89.995233104, 2e-9);
	assert_printed("its se", usl->lambda.se, 14.2134894, 1e-7);
	assert_printed("sigma", usl->sigma.value, 0.0277285, 1e-7);
	assert_printed("its se", usl->sigma.se, 0.0091217, 1e-7);
	assert_printed("kappa", usl->kappa.value, 1.04365e-4, 1e-9);
	assert_printed("its se", usl->kappa.se, 1.98753e-5, 1e-10);
	assert_printed("residual standard error", usl->residual_se, 82.85, 0.01);
	assert_printed("N_peak", usl->n_peak.value, 96.52, 0.01);
	assert_printed("X at the peak", fit_at(usl, usl->n_peak.value), 1883.9, 0.1);
	assert_int_equal(usl->adequacy, ADEQUACY_UNKNOWN);
	assert_true(s.plateau.is_identified);
	assert_true(s.plateau.concurrency == 72);
}

/* R package usl 3.x, demonstration data raytracer: all rows, and the first six. */
static void published_fits_of_raytracer(void **state)
{
	(void)state;
	cleanup_scaling struct scaling all;
	cleanup_scaling struct scaling six;
	build(raytracer, ARRAY_LENGTH(raytracer), &no_limits, &all);
	const struct fit *usl = &all.fits[FIT_USL];
	assert_printed("lambda", usl->lambda.value, 21.8488, 1e-4);
	assert_printed("sigma", usl->sigma.value, 0.0577708, 1e-7);
	assert_true(usl->kappa.value == 0);
	assert_true(usl->kappa.is_bound);
	assert_true(isnan(usl->kappa.se));
	assert_true(isnan(usl->n_peak.value));
	assert_non_null(usl->n_peak.reason);
	assert_int_equal(all.chosen, FIT_AMDAHL);
	build(raytracer, 6, &no_limits, &six);
	usl = &six.fits[FIT_USL];
	assert_printed("lambda", usl->lambda.value, 20.856, 1e-3);
	assert_printed("sigma", usl->sigma.value, 0.02444, 1e-5);
	assert_printed("kappa", usl->kappa.value, 0.00163, 1e-5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(published_fit_of_specsdm91),
	        cmocka_unit_test(published_fits_of_raytracer),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
