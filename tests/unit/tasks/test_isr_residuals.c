/* How well each step takes out what was put in, on a small synthetic exposure whose truth is
 * known; and that each tolerance is missed when its step is left out. */
#include "core/array.h"
#include "core/error.h"
#include "tasks/isr/brighter_fatter.h"
#include "tasks/isr/calibrate.h"
#include "tasks/isr/expose.h"
#include "tasks/isr/log.h"
#include "tasks/isr/reduce.h"
#include "tasks/isr/scene.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { EXPOSURE = 3 };

#define SIZE 0.25

/* One detector, its truth, and the effects that were put in. Planes are over the CCD. */
struct bench {
	struct detector detector;
	struct truth truth;
	float *light_adu;     /* what a perfect reduction gives */
	float *crosstalk_adu; /* put in by crosstalk */
	float *brighter_fatter_adu;
	unsigned char *defect;
	size_t pixels;
	int width;
	int height;
};

static float *make_plane(const struct bench *b)
{
	float *const plane = calloc(b->pixels, sizeof *plane);
	assert_non_null(plane);
	return plane;
}

static struct reduction reduce_with(struct bench *b, unsigned steps, bool without_noise)
{
	struct error err;
	struct raw raw = {0};
	struct reduction reduction = {0};
	const struct expose_options options = {.without_noise = without_noise};
	const struct log log = {0};
	assert_int_equal(expose(&b->detector, EXPOSURE, &options, &b->truth, &raw, &err), 0);
	assert_int_equal(reduce_exposure(&raw, &b->detector.truth, steps, &log, &reduction, &err),
	                 0);
	raw_release(&raw);
	return reduction;
}

/* The effects on the light alone, from the same formulas as the forward model. */
static void fill_effects(struct bench *b)
{
	struct error err;
	const struct geometry *const g = &b->detector.geometry;
	const float per_gain = (float)(1 / b->detector.mean_gain);
	for (size_t i = 0; i < b->pixels; i++) {
		b->light_adu[i] = b->truth.light_e[i] * per_gain;
		const float kept = fminf(b->truth.light_e[i], DETECTOR_FULL_WELL_E);
		b->crosstalk_adu[i] = kept * per_gain;
		b->brighter_fatter_adu[i] = kept;
	}
	crosstalk_add(g, &b->detector.truth.crosstalk, 1, b->crosstalk_adu);
	assert_int_equal(brighter_fatter_apply(&b->detector.truth.kernel, b->width, b->height,
	                                       b->brighter_fatter_adu, &err),
	                 0);
	for (size_t i = 0; i < b->pixels; i++) {
		const float kept = fminf(b->truth.light_e[i], DETECTOR_FULL_WELL_E);
		b->crosstalk_adu[i] -= kept * per_gain;
		b->brighter_fatter_adu[i] = (b->brighter_fatter_adu[i] - kept) * per_gain;
	}
	for (size_t i = 0; i < b->detector.truth.defects.count; i++) {
		const struct defect *const d = &b->detector.truth.defects.items[i];
		for (int y = d->y; y < d->y + d->height; y++)
			memset(b->defect + (size_t)y * (size_t)b->width + (size_t)d->x, 1,
			       (size_t)d->width);
	}
}

static int make_bench(void **state)
{
	struct error err;
	struct bench *const b = calloc(1, sizeof *b);
	assert_non_null(b);
	assert_int_equal(detector_init(18, SIZE, &b->detector, &err), 0);
	b->pixels = geometry_ccd_pixels(&b->detector.geometry);
	b->width = geometry_ccd_width(&b->detector.geometry);
	b->height = geometry_ccd_height(&b->detector.geometry);
	b->truth.light_e = make_plane(b);
	b->light_adu = make_plane(b);
	b->crosstalk_adu = make_plane(b);
	b->brighter_fatter_adu = make_plane(b);
	b->truth.cosmic_ray = calloc(b->pixels, 1);
	b->truth.full = calloc(b->pixels, 1);
	b->defect = calloc(b->pixels, 1);
	assert_true(b->truth.cosmic_ray && b->truth.full && b->defect);
	struct reduction once = reduce_with(b, REDUCE_ALL, true);
	reduction_release(&once);
	fill_effects(b);
	*state = b;
	return 0;
}

static int drop_bench(void **state)
{
	struct bench *const b = *state;
	detector_release(&b->detector);
	free(b->truth.light_e);
	free(b->truth.cosmic_ray);
	free(b->truth.full);
	free(b->defect);
	free(b->light_adu);
	free(b->crosstalk_adu);
	free(b->brighter_fatter_adu);
	free(b);
	return 0;
}

/* Untouched by defects, full wells and cosmic rays, with two pixels around; and, for sky, by
 * stars. */
static bool is_clean(const struct bench *b, size_t i)
{
	const int x = (int)(i % (size_t)b->width), y = (int)(i / (size_t)b->width);
	for (int dy = -2; dy <= 2; dy++) {
		for (int dx = -2; dx <= 2; dx++) {
			if (x + dx < 0 || x + dx >= b->width || y + dy < 0 || y + dy >= b->height)
				return false;
			const size_t k = (size_t)(y + dy) * (size_t)b->width + (size_t)(x + dx);
			if (b->defect[k] || b->truth.full[k] || b->truth.cosmic_ray[k])
				return false;
		}
	}
	return true;
}

static bool is_sky(const struct bench *b, size_t i)
{
	return b->truth.light_e[i] < 1.02 * SCENE_SKY_E && is_clean(b, i);
}

static double residual(const struct bench *b, const struct reduction *r, size_t i)
{
	return (double)r->frame.image[i] - (double)b->light_adu[i];
}

/* Root mean square of the means of the sky's residual along lines: rows when by_row, else columns
 * of each half. What a line of pixels has in common is seen through the rounding of each. */
static double line_rms(const struct bench *b, const struct reduction *r, bool by_row)
{
	const size_t lines = by_row ? (size_t)b->height : (size_t)b->width * 2;
	double *const sums = calloc(lines, sizeof *sums), *const counts =
	                                                          calloc(lines, sizeof *counts);
	assert_true(sums && counts);
	for (size_t i = 0; i < b->pixels; i++) {
		const size_t x = i % (size_t)b->width, y = i / (size_t)b->width;
		const size_t line = by_row ? y : x * 2 + (y >= (size_t)b->height / 2);
		if (!is_sky(b, i))
			continue;
		sums[line] += residual(b, r, i);
		counts[line]++;
	}
	double squares = 0, used = 0;
	for (size_t i = 0; i < lines; i++) {
		if (counts[i] < 20)
			continue;
		squares += sums[i] / counts[i] * (sums[i] / counts[i]);
		used++;
	}
	free(sums);
	free(counts);
	assert_true(used > 0);
	return sqrt(squares / used);
}

static double overscan_error(const struct bench *b, const struct reduction *r)
{
	return line_rms(b, r, true);
}

static double bias_error(const struct bench *b, const struct reduction *r)
{
	return line_rms(b, r, false);
}

/* The part of the sky's residual that goes with the dark current. */
static double dark_error(const struct bench *b, const struct reduction *r)
{
	double along = 0, squares = 0;
	for (size_t i = 0; i < b->pixels; i++) {
		const double dark = (double)b->detector.truth.dark[i] * EXPOSE_SECONDS;
		if (!is_sky(b, i))
			continue;
		along += residual(b, r, i) * dark;
		squares += dark * dark;
	}
	return fabs(along / squares);
}

/* Root mean square of the sky's residual, over the sky. */
static double flat_error(const struct bench *b, const struct reduction *r)
{
	double squares = 0, count = 0;
	for (size_t i = 0; i < b->pixels; i++) {
		if (!is_sky(b, i))
			continue;
		const double off = residual(b, r, i) / (double)b->light_adu[i];
		squares += off * off;
		count++;
	}
	return sqrt(squares / count);
}

/* The fraction of the ghosts (0.6 ADU and more) that is left in the sky. */
static double crosstalk_error(const struct bench *b, const struct reduction *r)
{
	double along = 0, squares = 0, count = 0;
	for (size_t i = 0; i < b->pixels; i++) {
		const double ghost = (double)b->crosstalk_adu[i];
		if (ghost < 0.6 || !is_sky(b, i))
			continue;
		along += residual(b, r, i) * ghost;
		squares += ghost * ghost;
		count++;
	}
	assert_true(count > 50);
	return fabs(along / squares);
}

/* The fraction of the charge moved (5 ADU and more) that is still not where it belongs. */
static double brighter_fatter_error(const struct bench *b, const struct reduction *r)
{
	double along = 0, squares = 0, count = 0;
	for (size_t i = 0; i < b->pixels; i++) {
		const double moved = (double)b->brighter_fatter_adu[i];
		if (fabs(moved) < 5 || b->truth.light_e[i] > 75000 || !is_clean(b, i))
			continue;
		if (r->frame.mask[i] & MASK_SAT)
			continue;
		along += residual(b, r, i) * moved;
		squares += moved * moved;
		count++;
	}
	assert_true(count > 50);
	return fabs(along / squares);
}

static double unmasked(const struct bench *b, const struct reduction *r, const unsigned char *where,
                       int32_t bit)
{
	double all = 0, missed = 0;
	for (size_t i = 0; i < b->pixels; i++) {
		all += where[i];
		missed += where[i] && !(r->frame.mask[i] & bit);
	}
	assert_true(all > 50);
	return missed / all;
}

static double saturation_error(const struct bench *b, const struct reduction *r)
{
	return unmasked(b, r, b->truth.full, MASK_SAT);
}

static double defects_error(const struct bench *b, const struct reduction *r)
{
	return unmasked(b, r, b->defect, MASK_BAD);
}

/* Mean of |residual| (at most the sky) in defects on the sky, over the sky. */
static double interpolation_error(const struct bench *b, const struct reduction *r)
{
	double sum = 0, count = 0;
	for (size_t i = 0; i < b->pixels; i++) {
		if (!b->defect[i] || b->truth.full[i] || b->truth.light_e[i] > 1.02 * SCENE_SKY_E)
			continue;
		sum += fmin(fabs(residual(b, r, i)) / (double)b->light_adu[i], 1);
		count++;
	}
	assert_true(count > 50);
	return sum / count;
}

static double background_error(const struct bench *b, const struct reduction *r)
{
	return fabs(r->background.level * b->detector.mean_gain / SCENE_SKY_E - 1);
}

/* With noise: how far the mean of residual^2 / variance over the sky is from 1. */
static double variance_error(const struct bench *b, const struct reduction *r)
{
	double sum = 0, count = 0;
	for (size_t i = 0; i < b->pixels; i++) {
		if (!is_sky(b, i))
			continue;
		const double off = residual(b, r, i);
		sum += off * off / fmax((double)r->frame.variance[i], 1e-9);
		count++;
	}
	return fabs(sum / count - 1);
}

static const struct check {
	const char *name;
	unsigned step;
	bool with_noise;
	double (*error)(const struct bench *b, const struct reduction *r);
	double tolerance;
} checks[] = {
        {"overscan: row means of the sky, ADU", REDUCE_OVERSCAN, false, overscan_error, 0.2},
        {"bias: column means of the sky, ADU", REDUCE_BIAS, false, bias_error, 0.15},
        {"variance: |chi2 - 1| of the sky", REDUCE_VARIANCE, true, variance_error, 0.02},
        {"crosstalk: fraction left", REDUCE_CROSSTALK, false, crosstalk_error, 0.03},
        {"saturation: full wells not marked", REDUCE_SATURATION, false, saturation_error, 0.001},
        {"brighter-fatter: fraction left", REDUCE_BRIGHTER_FATTER, false, brighter_fatter_error,
         0.01},
        {"dark: fraction left", REDUCE_DARK, false, dark_error, 0.03},
        {"flat: rms of the sky / sky", REDUCE_FLAT, false, flat_error, 0.001},
        {"defects: pixels not marked", REDUCE_DEFECTS, false, defects_error, 0.0005},
        {"interpolation: mean error / sky", REDUCE_INTERPOLATION, false, interpolation_error, 0.01},
        {"background: level error", REDUCE_OVERSCAN, true, background_error, 0.003},
};

static void test_residuals(void **state)
{
	struct bench *const b = *state;
	struct reduction clean = reduce_with(b, REDUCE_ALL, true);
	struct reduction noisy = reduce_with(b, REDUCE_ALL, false);
	int wrong = 0;
	for (size_t i = 0; i < ARRAY_LENGTH(checks); i++) {
		const struct check *const c = &checks[i];
		struct reduction without = reduce_with(b, REDUCE_ALL & ~c->step, !c->with_noise);
		const double error = c->error(b, c->with_noise ? &noisy : &clean);
		const double error_without = c->error(b, &without);
		print_message("# %-40s %10.3g (tolerance %g; without the step %.3g)\n", c->name,
		              error, c->tolerance, error_without);
		wrong += !(error <= c->tolerance);
		wrong += !(error_without > c->tolerance);
		reduction_release(&without);
	}
	print_message(
	        "# brighter-fatter iterations: %d; cosmic rays left in the image: %.3f of their "
	        "pixels (no step removes them)\n",
	        clean.brighter_fatter_iterations,
	        unmasked(b, &clean, b->truth.cosmic_ray, MASK_INTRP));
	reduction_release(&clean);
	reduction_release(&noisy);
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_residuals)};
	return cmocka_run_group_tests(tests, make_bench, drop_bench);
}
