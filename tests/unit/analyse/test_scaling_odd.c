/* Curves that are odd, short or bare: a reason instead of a figure. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyse/scaling_parts.h"
#include "core/array.h"
#include "scaled.h"

#include <math.h>
#include <string.h>

/* Without repeats: a node that is full at 32 has a plateau there, though no model comes near it;
 * and the levels next to the top one make none. Noise of 1 %. */
static void bare_curves(void **state)
{
	(void)state;
	static const double noise[] = {0.4, -1.1, 0.7, 1.3, -0.6, -1.5, 0.2, 0.9, -0.8, 1.0, -0.3};
	static const double levels[] = {1, 2, 4, 8, 16, 24, 32, 40, 48, 56, 64};
	static const double dense[] = {1, 8, 16, 24, 32, 40, 48, 56, 61, 63, 64};
	struct scaled_point full[ARRAY_LENGTH(levels)];
	struct scaled_point linear[ARRAY_LENGTH(levels)];
	for (size_t i = 0; i < ARRAY_LENGTH(levels); i++) {
		const double factor = 1 + 0.01 * noise[i];
		full[i] = (struct scaled_point){levels[i], fmin(levels[i], 32) * factor, 0};
		linear[i] = (struct scaled_point){dense[i], dense[i] * factor, 0};
	}
	cleanup_scaling struct scaling s;
	scaled_build(full, ARRAY_LENGTH(full), &scaled_no_limits, &s);
	assert_true(s.plateau.is_identified);
	assert_true(s.plateau.concurrency == 32);
	assert_int_equal(s.plateau.recommended, 32);
	size_t freedom = 0;
	assert_true(bent_line_residual_se(&s.curve, &freedom) < 0.5);
	assert_int_equal(freedom, ARRAY_LENGTH(levels) - 3);
	assert_true(s.fits[FIT_USL].residual_se > 1);
	cleanup_scaling struct scaling t;
	scaled_build(linear, ARRAY_LENGTH(linear), &scaled_no_limits, &t);
	assert_false(t.plateau.is_identified);
	assert_int_equal(t.plateau.recommended, 64);
}

/* A curve that rises by little: no plateau is found, and yet more tasks are not recommended. Both
 * stand below one another, and must not seem to contradict. */
static void rising_by_little(void **state)
{
	(void)state;
	static const struct {
		struct scaled_point points[4];
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
		scaled_build(cases[c].points, cases[c].count, &scaled_no_limits, &s);
		assert_int_equal(s.plateau.recommended, cases[c].recommended);
		assert_false(s.plateau.is_identified);
		assert_string_equal(s.plateau.state_reason, cases[c].says);
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
		struct scaled_point points[8];
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
		scaled_build(cases[c].points, cases[c].count, &scaled_no_limits, &s);
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
	static const struct scaled_point bent[] = {
	        {1, 1, 0}, {16, 16, 0}, {32, 30, 0}, {64, 31, 0}};
	static const struct scaled_point straight[] = {
	        {1, 1, 0}, {16, 16, 0}, {32, 31, 0}, {64, 60, 0}};
	static const struct {
		const struct scaled_point *points;
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
		scaled_build(cases[c].points, 4, &cases[c].limits, &s);
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
	static const struct scaled_point straight[] = {
	        {1, 1, 0}, {16, 16, 0}, {32, 31, 0}, {64, 60, 0}};
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
		scaled_build(straight, ARRAY_LENGTH(straight), &cases[c].limits, &s);
		assert_string_equal(s.plateau.state_reason, cases[c].says);
		assert_int_equal(strstr(s.plateau.reason, "higher levels may") == NULL,
		                 cases[c].limits.left_out > 0);
	}
}

/* An interval is drawn 4000 times over all points. */
static void too_many_levels_have_no_interval(void **state)
{
	enum { LEVELS = 4097 };
	static struct scaled_point points[LEVELS];
	(void)state;
	for (size_t i = 0; i < LEVELS; i++)
		points[i] =
		        (struct scaled_point){(double)i + 1, (double)(i < 100 ? i + 1 : 100), 0};
	for (size_t count = LEVELS - 1; count <= LEVELS; count++) {
		struct scaling scaling;
		scaled_build(points, count, &scaled_no_limits, &scaling);
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
	        cmocka_unit_test(bare_curves),
	        cmocka_unit_test(rising_by_little),
	        cmocka_unit_test(odd_curves),
	        cmocka_unit_test(reasons),
	        cmocka_unit_test(reasons_of_no_plateau),
	        cmocka_unit_test(too_many_levels_have_no_interval),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
