/* Fits against published ones, and curves that are short or odd. */
#include "analyse/scaling_parts.h"
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

/* The seed study's curve on AMD Rome (tests/curves/rome.csv): the USL gives sigma up, and is off by
 * 0.023 of 0.508 at N=16; with standard errors that is more than noise. */
static void usl_is_not_enough_for_rome(void **state)
{
	(void)state;
	struct point rome[] = {{16, 0.5078, 0}, {32, 0.9877, 0}, {48, 1.4275, 0},
	                       {64, 1.7671, 0}, {96, 2.1610, 0}, {128, 2.2014, 0}};
	cleanup_scaling struct scaling bare;
	build(rome, ARRAY_LENGTH(rome), &no_limits, &bare);
	const struct fit *usl = &bare.fits[FIT_USL];
	assert_true(usl->sigma.is_bound);
	assert_printed("X(16)", usl->fitted[0], 0.531, 1e-3);
	assert_int_equal(usl->adequacy, ADEQUACY_UNKNOWN);
	for (size_t i = 0; i < ARRAY_LENGTH(rome); i++)
		rome[i].se = 0.009 * rome[i].x;
	cleanup_scaling struct scaling weighted;
	build(rome, ARRAY_LENGTH(rome), &no_limits, &weighted);
	usl = &weighted.fits[FIT_USL];
	assert_int_equal(weighted.curve.weights, WEIGHTS_VARIANCE);
	assert_int_equal(usl->adequacy, ADEQUACY_BAD);
	assert_true(usl->lack_of_fit_p < 0.001);
	assert_int_equal(weighted.chosen, -1);
	assert_string_equal(weighted.choice_reason, "no model is adequate");
	assert_true(weighted.plateau.is_identified);
	assert_true(weighted.plateau.concurrency == 96);
	assert_int_equal(weighted.plateau.recommended, 96);
}

/* Points on a curve give back its parameters, whatever its units. */
static void exact_curves(void **state)
{
	(void)state;
	static const struct {
		double lambda, sigma, kappa, most_n;
		enum fit_model chosen;
	} cases[] = {
	        {1, 0, 0, 64, FIT_LINEAR},        {3600, 0, 0, 8, FIT_LINEAR},
	        {1e-9, 0.03, 0, 256, FIT_AMDAHL}, {1e20, 0.5, 0, 64, FIT_AMDAHL},
	        {0.5, 0.01, 1e-4, 256, FIT_USL},  {7, 0, 1e-3, 128, FIT_USL},
	        {1, 0.2, 0.2, 64, FIT_USL},       {1, 1e-4, 1e-12, 4e6, FIT_USL},
	        {1, 0, 1e-16, 3e8, FIT_USL},
	};
	for (size_t c = 0; c < ARRAY_LENGTH(cases); c++) {
		struct point points[9];
		for (size_t i = 0; i < ARRAY_LENGTH(points); i++) {
			const double n = 1 + floor((cases[c].most_n - 1) * pow((double)i / 8, 2));
			points[i] = (struct point){n,
			                           cases[c].lambda * n /
			                                   (1 + cases[c].sigma * (n - 1) +
			                                    cases[c].kappa * n * (n - 1)),
			                           0};
		}
		cleanup_scaling struct scaling s;
		print_message("# case %zu\n", c);
		const bool is_short = points[1].n == points[0].n;
		build(points + is_short, ARRAY_LENGTH(points) - is_short, &no_limits, &s);
		const struct fit *const usl = &s.fits[FIT_USL];
		assert_int_equal(s.chosen, cases[c].chosen);
		assert_true(fabs(usl->lambda.value / cases[c].lambda - 1) < 1e-7);
		assert_true(fabs(usl->sigma.value - cases[c].sigma) <
		            1e-7 * cases[c].sigma + 1e-7 / cases[c].most_n);
		assert_true(fabs(usl->kappa.value - cases[c].kappa) <
		            1e-6 * cases[c].kappa + 1e-9 / cases[c].most_n / cases[c].most_n);
		for (size_t i = 0; i < s.curve.count; i++)
			assert_true(fabs(usl->fitted[i] / s.curve.points[i].throughput_per_s - 1) <
			            1e-9);
	}
}

/* Akaike's criterion from its definition: -2 log of the normal likelihood, and the penalty. */
static void criterion(void **state)
{
	(void)state;
	cleanup_scaling struct scaling s;
	build(specsdm91, ARRAY_LENGTH(specsdm91), &no_limits, &s);
	for (size_t m = 0; m < FIT_MODELS; m++) {
		const double n = ARRAY_LENGTH(specsdm91);
		const double k = (double)fit_model_parameters[m] + 1;
		double squares = 0;
		for (size_t i = 0; i < ARRAY_LENGTH(specsdm91); i++)
			squares += pow(specsdm91[i].x - s.fits[m].fitted[i], 2);
		double minus_two_logs = 0;
		for (size_t i = 0; i < ARRAY_LENGTH(specsdm91); i++)
			minus_two_logs +=
			        log(2 * acos(-1) * squares / n) +
			        pow(specsdm91[i].x - s.fits[m].fitted[i], 2) / (squares / n);
		assert_printed("AICc", s.fits[m].aicc,
		               minus_two_logs + 2 * k + 2 * k * (k + 1) / (n - k - 1), 1e-8);
		assert_printed("residual_se", s.fits[m].residual_se,
		               sqrt(squares / (n - (double)fit_model_parameters[m])), 1e-9);
	}
}

/* Standard errors weigh: a point that is known ten times worse counts a hundredth. */
static void weights(void **state)
{
	(void)state;
	const struct point points[] = {{1, 1, 1}, {2, 2, 1}, {4, 4, 1}, {8, 16, 10}};
	cleanup_scaling struct scaling s;
	build(points, ARRAY_LENGTH(points), &no_limits, &s);
	/* sum(w n x) / sum(w n^2) */
	assert_printed("lambda", s.fits[FIT_LINEAR].lambda.value,
	               (1 + 4 + 16 + 128 / 100.0) / (1 + 4 + 16 + 64 / 100.0), 1e-10);
	assert_int_equal(s.curve.weights, WEIGHTS_VARIANCE);
}

/* With few levels the repeats alone choose: the simplest model that they find adequate. */
static void choice_of_few_levels(void **state)
{
	(void)state;
	static const struct {
		struct point points[5];
		size_t count;
		ptrdiff_t chosen;
		const char *says;
	} cases[] = {
	        {{{1, 1, 0.02}, {2, 2.01, 0.02}, {4, 3.97, 0.05}}, 3, FIT_LINEAR, NULL},
	        {{{1, 1, 0.01}, {2, 1.8, 0.01}, {4, 3, 0.02}, {8, 4.5, 0.03}}, 4, FIT_AMDAHL, NULL},
	        {{{1, 1, 0.01}, {2, 1, 0.01}, {4, 3, 0.02}}, 3, -1, "too few levels to judge all"},
	        {{{1, 1, 0.01}, {2, 1, 0.01}, {4, 3, 0.02}, {8, 2, 0.02}}, 4, -1, "no model is"},
	        {{{1, 1, 0}, {2, 1.9, 0}, {4, 3.5, 0}, {8, 6.5, 0}},
	         4,
	         -1,
	         "too few levels to choose"},
	        /* Fewer levels do not decide what more leave open. */
	        {{{1, 5, 0}, {2, 9, 0}}, 2, -1, "too few levels to choose"},
	        {{{1, 1, 0}, {2, 1.6, 0}, {4, 2.28571, 0}}, 3, -1, "too few levels to choose"},
	        /* Noise lets all pass, though linear is off by 77 %. */
	        {{{1, 5.2, 2.2}, {2, 6.69, 2.2}, {4, 6.52, 2.2}}, 3, -1, "not told apart"},
	        {{{1, 1, 0.06}, {2, 2.01, 0.06}, {4, 3.97, 0.06}}, 3, -1, "not told apart"},
	        {{{1, 1, 0.04}, {2, 2.01, 0.04}, {4, 3.97, 0.04}}, 3, FIT_LINEAR, NULL},
	        {{{1, 1, 0.1}, {2, 2, 0.2}}, 2, -1, "not told apart"},
	        /* Four judge all models; here the largest contradicts the others. */
	        {{{1.5, 1, 0}, {2.5, 2, 0}, {3.7, 3, 0}, {1e9, 8, 0}}, 4, FIT_USL, NULL},
	};
	for (size_t c = 0; c < ARRAY_LENGTH(cases); c++) {
		cleanup_scaling struct scaling s;
		print_message("# case %zu\n", c);
		build(cases[c].points, cases[c].count, &no_limits, &s);
		assert_int_equal(s.chosen, cases[c].chosen);
		if (cases[c].says)
			assert_non_null(strstr(s.choice_reason, cases[c].says));
	}
}

/* What nobody can measure again is not asked for again. */
static void no_advice_to_repeat_an_import(void **state)
{
	(void)state;
	static const struct point points[] = {{1, 5.2, 2.2}, {2, 6.69, 2.2}, {4, 6.52, 2.2}};
	static const struct scaling_limits limits[] = {{.seed = 1},
	                                               {.seed = 1, .is_imported = true}};
	for (size_t i = 0; i < ARRAY_LENGTH(limits); i++) {
		cleanup_scaling struct scaling s;
		build(points, ARRAY_LENGTH(points), &limits[i], &s);
		assert_non_null(strstr(s.choice_reason, "above 5 %"));
		assert_true(!strstr(s.choice_reason, "quieter node") == limits[i].is_imported);
	}
}

/* Without repeats: a node that is full at 32 has a plateau there, though no model comes near it;
 * and the levels next to the top one make none. Noise of 1 %. */
static void bare_curves(void **state)
{
	(void)state;
	static const double noise[] = {0.4, -1.1, 0.7, 1.3, -0.6, -1.5, 0.2, 0.9, -0.8, 1.0, -0.3};
	static const double levels[] = {1, 2, 4, 8, 16, 24, 32, 40, 48, 56, 64};
	static const double dense[] = {1, 8, 16, 24, 32, 40, 48, 56, 61, 63, 64};
	struct point full[ARRAY_LENGTH(levels)];
	struct point linear[ARRAY_LENGTH(levels)];
	for (size_t i = 0; i < ARRAY_LENGTH(levels); i++) {
		const double factor = 1 + 0.01 * noise[i];
		full[i] = (struct point){levels[i], fmin(levels[i], 32) * factor, 0};
		linear[i] = (struct point){dense[i], dense[i] * factor, 0};
	}
	cleanup_scaling struct scaling s;
	build(full, ARRAY_LENGTH(full), &no_limits, &s);
	assert_true(s.plateau.is_identified);
	assert_true(s.plateau.concurrency == 32);
	assert_int_equal(s.plateau.recommended, 32);
	size_t freedom = 0;
	assert_true(bent_line_residual_se(&s.curve, &freedom) < 0.5);
	assert_int_equal(freedom, ARRAY_LENGTH(levels) - 3);
	assert_true(s.fits[FIT_USL].residual_se > 1);
	cleanup_scaling struct scaling t;
	build(linear, ARRAY_LENGTH(linear), &no_limits, &t);
	assert_false(t.plateau.is_identified);
	assert_int_equal(t.plateau.recommended, 64);
}

/* A curve that rises by little: no plateau is found, and yet more tasks are not recommended. Both
 * stand below one another, and must not seem to contradict. */
static void rising_by_little(void **state)
{
	(void)state;
	static const struct {
		struct point points[4];
		size_t count;
		uint32_t recommended;
		const char *says;
	} cases[] = {
	        {{{1, 1, 0.01}, {2, 1.8, 0.01}, {4, 1.96, 0.01}},
	         3,
	         2,
	         "throughput still rises up to N=4, the highest level measured, though by less per "
	         "task than makes more than 2 worth while"},
	        {{{1, 1, 0.01}, {2, 2, 0.01}, {4, 4, 0.01}},
	         3,
	         4,
	         "throughput still rises at N=4, the highest level measured"},
	};
	for (size_t c = 0; c < ARRAY_LENGTH(cases); c++) {
		cleanup_scaling struct scaling s;
		build(cases[c].points, cases[c].count, &no_limits, &s);
		assert_int_equal(s.plateau.recommended, cases[c].recommended);
		assert_false(s.plateau.is_identified);
		assert_string_equal(s.plateau.state_reason, cases[c].says);
	}
}

static void isotonic(void **state)
{
	(void)state;
	static const struct {
		size_t count;
		double x[6], weights[6], y[6];
	} cases[] = {
	        {1, {5}, {1}, {5}},
	        {3, {1, 2, 3}, {1, 1, 1}, {1, 2, 3}},
	        {3, {3, 2, 1}, {1, 1, 1}, {2, 2, 2}},
	        {4, {1, 3, 2, 4}, {1, 1, 1, 1}, {1, 2.5, 2.5, 4}},
	        {4, {1, 3, 2, 4}, {1, 3, 1, 1}, {1, 2.75, 2.75, 4}},
	        {6, {1, 5, 4, 3, 2, 6}, {1, 1, 1, 1, 1, 1}, {1, 3.5, 3.5, 3.5, 3.5, 6}},
	        {5, {2, 2, 1, 2, 3}, {1, 1, 1, 1, 1}, {5 / 3.0, 5 / 3.0, 5 / 3.0, 2, 3}},
	        {4, {4, 1, 1, 4}, {1, 1, 1, 1}, {2, 2, 2, 4}},
	};
	for (size_t c = 0; c < ARRAY_LENGTH(cases); c++) {
		double y[6];
		plateau_isotonic(cases[c].x, cases[c].weights, cases[c].count, y);
		for (size_t i = 0; i < cases[c].count; i++)
			assert_printed("isotonic", y[i], cases[c].y[i], 1e-12);
	}
}

static void assert_parameter(const struct fit_parameter *p)
{
	assert_true(isnan(p->value) || (isfinite(p->value) && p->value >= 0));
	assert_int_equal(isnan(p->low), isnan(p->high));
	assert_true(isnan(p->low) || (p->low <= p->value && p->value <= p->high));
	assert_true(p->reason || !isnan(p->low));
}

/* What holds for every curve: figures or reasons, never neither. */
static void assert_whole(const struct scaling *s)
{
	for (size_t m = 0; m < FIT_MODELS; m++) {
		const struct fit *const fit = &s->fits[m];
		assert_parameter(&fit->lambda);
		assert_parameter(&fit->sigma);
		assert_parameter(&fit->kappa);
		assert_parameter(&fit->n_peak);
		assert_int_equal(fit->fitted == NULL, fit->reason != NULL);
		assert_int_equal(isnan(fit->lambda.value), fit->reason != NULL);
		for (size_t i = 0; fit->fitted && i < s->curve.count; i++)
			assert_true(isfinite(fit->fitted[i]) && fit->fitted[i] >= 0);
	}
	const struct plateau *const p = &s->plateau;
	assert_int_equal(p->is_identified, p->state_reason[0] == '\0');
	assert_int_equal(p->is_identified, isfinite(p->concurrency));
	assert_int_equal(isnan(p->low), p->interval_reason != NULL);
	assert_int_equal(p->recommended == 0, p->limit == LIMIT_NONE);
	assert_true(strlen(p->reason) > 10);
	assert_true(s->chosen >= 0 || s->choice_reason);
	for (size_t i = 1; i < s->curve.count; i++)
		assert_true(p->isotonic[i] >= p->isotonic[i - 1]);
}

static void odd_curves(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		size_t count;
		struct point points[8];
		uint32_t recommended;
		enum plateau_limit limit;
		double plateau; /* 0: not identified */
	} cases[] = {
	        {"none", 0, {{0, 0, 0}}, 0, LIMIT_NONE, 0},
	        {"one", 1, {{1, 5, 0}}, 0, LIMIT_NONE, 0},
	        {"one, not at 1", 1, {{16, 5, 1}}, 0, LIMIT_NONE, 0},
	        {"two", 2, {{1, 1, 0}, {2, 2, 0}}, 2, LIMIT_MEASURED, 0},
	        {"two, no gain", 2, {{1, 1, 0.01}, {2, 1, 0.01}}, 1, LIMIT_GAIN, 1},
	        {"three", 3, {{1, 1, 0}, {2, 1.9, 0}, {4, 3.2, 0}}, 4, LIMIT_MEASURED, 0},
	        {"equal", 4, {{1, 3, 0}, {2, 3, 0}, {4, 3, 0}, {8, 3, 0}}, 1, LIMIT_GAIN, 1},
	        {"decreasing",
	         4,
	         {{1, 8, 0.1}, {2, 4, 0.1}, {4, 2, 0.1}, {8, 1, 0.1}},
	         1,
	         LIMIT_GAIN,
	         1},
	        {"superlinear",
	         4,
	         {{1, 1, 0}, {2, 3, 0}, {4, 9, 0}, {8, 27, 0}},
	         8,
	         LIMIT_MEASURED,
	         0},
	        {"huge N",
	         4,
	         {{1, 1, 0}, {1e5, 9e4, 0}, {1e8, 1e6, 0}, {1e9, 1e6, 0}},
	         100000,
	         LIMIT_GAIN,
	         1e8},
	        {"zeros", 4, {{1, 0, 0}, {2, 0, 0}, {4, 0, 0}, {8, 0, 0}}, 0, LIMIT_NONE, 0},
	        {"zero at the baseline",
	         4,
	         {{1, 0, 0}, {2, 2, 0}, {4, 4, 0}, {8, 8, 0}},
	         8,
	         LIMIT_MEASURED,
	         0},
	        {"collapse",
	         5,
	         {{1, 1, 0.01}, {2, 2, 0.01}, {4, 4, 0.01}, {8, 0, 0.01}, {16, 0, 0.01}},
	         4,
	         LIMIT_GAIN,
	         4},
	        {"no baseline",
	         3,
	         {{64, 50, 0.5}, {96, 75, 0.5}, {128, 76, 0.5}},
	         96,
	         LIMIT_GAIN,
	         96},
	        {"tiny",
	         4,
	         {{1, 1e-300, 0}, {2, 2e-300, 0}, {4, 3e-300, 0}, {8, 4e-300, 0}},
	         8,
	         LIMIT_MEASURED,
	         0},
	        {"a dip",
	         6,
	         {{1, 1, 0.02},
	          {2, 2, 0.02},
	          {4, 4, 0.1},
	          {8, 3.9, 0.1},
	          {16, 16, 0.2},
	          {32, 32, 0.3}},
	         32,
	         LIMIT_MEASURED,
	         0},
	        {"not whole", 3, {{1.5, 3, 0}, {2.5, 5, 0}, {7.5, 15, 0}}, 7, LIMIT_MEASURED, 0},
	};
	for (size_t c = 0; c < ARRAY_LENGTH(cases); c++) {
		cleanup_scaling struct scaling s;
		print_message("# %s\n", cases[c].name);
		build(cases[c].points, cases[c].count, &no_limits, &s);
		assert_whole(&s);
		print_message("#   %u, plateau %g in %g to %g: %s\n", s.plateau.recommended,
		              s.plateau.concurrency, s.plateau.low, s.plateau.high,
		              s.plateau.reason);
		assert_int_equal(s.plateau.recommended, cases[c].recommended);
		assert_int_equal(s.plateau.limit, cases[c].limit);
		assert_int_equal(s.plateau.is_identified, cases[c].plateau > 0);
		if (cases[c].plateau > 0)
			assert_true(s.plateau.concurrency == cases[c].plateau);
	}
}

/* The recommendation and what makes it, in words. */
static void reasons(void **state)
{
	(void)state;
	static const struct point bent[] = {{1, 1, 0}, {16, 16, 0}, {32, 30, 0}, {64, 31, 0}};
	static const struct point straight[] = {{1, 1, 0}, {16, 16, 0}, {32, 31, 0}, {64, 60, 0}};
	static const struct {
		const struct point *points;
		struct scaling_limits limits;
		uint32_t recommended;
		enum plateau_limit limit;
		const char *says;
	} cases[] = {
	        {bent,
	         {0},
	         32,
	         LIMIT_GAIN,
	         "marginal gain: past N=32 a further task adds 3.1 % of "},
	        {bent, {.memory = 40}, 32, LIMIT_GAIN, "marginal gain"},
	        {bent,
	         {.memory = 20},
	         20,
	         LIMIT_MEMORY,
	         "memory: no more than 20 tasks fit into it; by throughput it would be N=32"},
	        {straight, {0}, 64, LIMIT_MEASURED, "up to N=64, the highest level measured"},
	        {straight,
	         {.cores = 64},
	         64,
	         LIMIT_CORES,
	         "all cores: up to one task on each of the 64 cores"},
	        {straight,
	         {0},
	         64,
	         LIMIT_MEASURED,
	         "the highest level measured, a further task adds on average at least 10 %"},
	        {straight,
	         {.cores = 64, .threads = 2},
	         64,
	         LIMIT_CORES,
	         "all cores: up to N=64, where tasks of 2 threads each take every core, a"},
	        {straight,
	         {.left_out = 128, .left_out_reason = "it was skipped"},
	         64,
	         LIMIT_MEASURED,
	         "up to N=64, the highest level with a usable throughput (N=128 is left out: it "
	         "was skipped), a further task"},
	        {straight, {.memory = 1}, 1, LIMIT_MEMORY, "no more than 1 task fits into it"},
	        {straight, {.cores = 128}, 64, LIMIT_MEASURED, "higher levels may do more"},
	        {straight, {.cores = 64, .memory = 63}, 63, LIMIT_MEMORY, "memory"},
	};
	for (size_t c = 0; c < ARRAY_LENGTH(cases); c++) {
		cleanup_scaling struct scaling s;
		build(cases[c].points, 4, &cases[c].limits, &s);
		assert_whole(&s);
		assert_int_equal(s.plateau.recommended, cases[c].recommended);
		assert_int_equal(s.plateau.limit, cases[c].limit);
		if (!strstr(s.plateau.reason, cases[c].says))
			fail_msg("\"%s\" does not hold \"%s\"", s.plateau.reason, cases[c].says);
	}
}

/* Why there is no plateau: nothing is said to rise where a level above the curve gave nothing. */
static void reasons_of_no_plateau(void **state)
{
	(void)state;
	static const struct point straight[] = {{1, 1, 0}, {16, 16, 0}, {32, 31, 0}, {64, 60, 0}};
	static const struct {
		struct scaling_limits limits;
		const char *says;
	} cases[] = {
	        {{0}, "throughput still rises at N=64, the highest level measured"},
	        {{.left_out = 128, .left_out_reason = "it was skipped"},
	         "the curve ends at N=64, the highest level with a usable throughput (N=128 is "
	         "left "
	         "out: it was skipped)"},
	};
	for (size_t c = 0; c < ARRAY_LENGTH(cases); c++) {
		cleanup_scaling struct scaling s;
		build(straight, ARRAY_LENGTH(straight), &cases[c].limits, &s);
		assert_string_equal(s.plateau.state_reason, cases[c].says);
		assert_int_equal(strstr(s.plateau.reason, "higher levels may") == NULL,
		                 cases[c].limits.left_out > 0);
	}
}

/* The same curve and seed give the same answer. */
static void same_again(void **state)
{
	(void)state;
	cleanup_scaling struct scaling first;
	cleanup_scaling struct scaling second;
	build(specsdm91, ARRAY_LENGTH(specsdm91), &no_limits, &first);
	build(specsdm91, ARRAY_LENGTH(specsdm91), &no_limits, &second);
	assert_true(first.plateau.low == second.plateau.low);
	assert_true(first.plateau.high == second.plateau.high);
	assert_true(first.fits[FIT_USL].kappa.value == second.fits[FIT_USL].kappa.value);
}

/* An interval is drawn 4000 times over all points. */
static void too_many_levels_have_no_interval(void **state)
{
	enum { LEVELS = 4097 };
	static struct point points[LEVELS];
	(void)state;
	for (size_t i = 0; i < LEVELS; i++)
		points[i] = (struct point){(double)i + 1, (double)(i < 100 ? i + 1 : 100), 0};
	for (size_t count = LEVELS - 1; count <= LEVELS; count++) {
		struct scaling scaling;
		build(points, count, &no_limits, &scaling);
		const struct plateau *const p = &scaling.plateau;
		assert_int_equal(isnan(p->low), count == LEVELS);
		if (count == LEVELS)
			assert_non_null(strstr(p->interval_reason, "more than 4096 levels"));
		assert_int_equal(p->recommended, 100);
		scaling_release(&scaling);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(published_fit_of_specsdm91),
	        cmocka_unit_test(published_fits_of_raytracer),
	        cmocka_unit_test(usl_is_not_enough_for_rome),
	        cmocka_unit_test(exact_curves),
	        cmocka_unit_test(criterion),
	        cmocka_unit_test(weights),
	        cmocka_unit_test(choice_of_few_levels),
	        cmocka_unit_test(no_advice_to_repeat_an_import),
	        cmocka_unit_test(bare_curves),
	        cmocka_unit_test(rising_by_little),
	        cmocka_unit_test(isotonic),
	        cmocka_unit_test(odd_curves),
	        cmocka_unit_test(reasons),
	        cmocka_unit_test(reasons_of_no_plateau),
	        cmocka_unit_test(same_again),
	        cmocka_unit_test(too_many_levels_have_no_interval),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
