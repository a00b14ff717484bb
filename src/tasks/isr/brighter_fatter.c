#include "tasks/isr/brighter_fatter.h"

#include "core/error.h"
#include "tasks/isr/convolve.h"
#include "tasks/isr/log.h"
#include "tasks/vector.h"

#include <math.h>
#include <stdint.h>

/* Three rows of the convolved plane: the one being corrected and its neighbours. */
enum { RING = 3 };

struct sweep {
	struct convolver convolver;
	double *ring; /* RING rows of convolver.stride */
};

static void sweep_release(struct sweep *sweep)
{
	convolver_release(&sweep->convolver);
	free(sweep->ring);
}

#define cleanup_sweep __attribute__((cleanup(sweep_release)))

static int sweep_init(const struct kernel *kernel, int width, struct sweep *ret, struct error *err)
{
	struct convolver convolver;
	const int r = convolver_init(kernel, width, &convolver, err);
	if (r < 0)
		return r;
	double *const ring = calloc(convolver.stride * RING, sizeof *ring);
	if (!ring) {
		convolver_release(&convolver);
		return error_memory(err);
	}
	*ret = (struct sweep){.convolver = convolver, .ring = ring};
	return 0;
}

static double *ring_row(const struct sweep *sweep, int y)
{
	return sweep->ring + (size_t)(y % RING) * sweep->convolver.stride + CONVOLVE_PAD;
}

/* corr for one row; q and o point at pixel 0 of three rows each: below, middle, above. The lanes
 * beyond the last column hold no meaning. */
MULTIVERSION static void correct_row(const double *const q[RING], const double *const o[RING],
                                     int width, double *ret_row)
{
	for (int x = 0; x < width; x += VECTOR_LANES) {
		const vector middle = VECTOR_OF(o[1] + x);
		const vector left = VECTOR_OF(o[1] + x - 1);
		const vector right = VECTOR_OF(o[1] + x + 1);
		const vector below = VECTOR_OF(o[0] + x);
		const vector above = VECTOR_OF(o[2] + x);
		const vector slope_x =
		        (VECTOR_OF(q[1] + x + 1) - VECTOR_OF(q[1] + x - 1)) * (right - left);
		const vector slope_y =
		        (VECTOR_OF(q[2] + x) - VECTOR_OF(q[0] + x)) * (above - below);
		const vector lap = (left + right + below + above) - 4.0 * middle;
		VECTOR_AT(ret_row + x) =
		        0.125 * (slope_x + slope_y) + 0.5 * VECTOR_OF(q[1] + x) * lap;
	}
}

static double add_to_pixel(const float *image, const double *from, const double *correction,
                           double sign, double *ret)
{
	*ret = (double)*image + sign * *correction;
	return fabs(*ret - *from);
}

/* ret_row = image + sign * correction inside, the image at both ends; returns the sum of
 * |ret_row - from|. The sum in eight fixed lanes, so that it is the same on every machine. */
MULTIVERSION static double add_correction(const float *image, const double *from,
                                          const double *correction, int width, double sign,
                                          double *ret_row)
{
	vector change = {0};
	ret_row[0] = (double)image[0];
	ret_row[width - 1] = (double)image[width - 1];
	int x = 1;
	for (; x + VECTOR_LANES < width; x += VECTOR_LANES) {
		const vector before =
		        __builtin_convertvector(*(const half_vector *)(image + x), vector);
		const vector after = before + VECTOR_OF(correction + x) * sign;
		const vector off = after - VECTOR_OF(from + x);
		VECTOR_AT(ret_row + x) = after;
		change += (vector)((vector_bits)off & INT64_MAX); /* without the sign: |off| */
	}
	double sum = 0;
	for (int lane = 0; lane < VECTOR_LANES; lane++)
		sum += change[lane];
	for (; x < width - 1; x++)
		sum += add_to_pixel(image + x, from + x, correction + x, sign, ret_row + x);
	return sum;
}

static void copy_row(const float *image, int width, double *ret_row)
{
	for (int x = 0; x < width; x++)
		ret_row[x] = (double)image[x];
}

/* One pass: next = image + sign * corr(from). Rows of the convolution are made when the first row
 * that needs them comes, and kept for three. Returns the sum of |next - from|. */
static double sweep_pass(const struct sweep *sweep, const float *image, double sign,
                         const struct plane *from, const struct plane *next)
{
	const int width = from->width, height = from->height;
	double *const correction = sweep->convolver.folds; /* free between two convolutions */
	double change = 0;
	copy_row(image, width, plane_row(next, 0));
	copy_row(image + (size_t)(height - 1) * (size_t)width, width, plane_row(next, height - 1));
	for (int y = 0; y < 2; y++)
		convolver_row(&sweep->convolver, from, y, ring_row(sweep, y));
	for (int y = 1; y < height - 1; y++) {
		convolver_row(&sweep->convolver, from, y + 1, ring_row(sweep, y + 1));
		const double *const q[RING] = {plane_row(from, y - 1), plane_row(from, y),
		                               plane_row(from, y + 1)};
		const double *const o[RING] = {ring_row(sweep, y - 1), ring_row(sweep, y),
		                               ring_row(sweep, y + 1)};
		correct_row(q, o, width, correction);
		change += add_correction(image + (size_t)y * (size_t)width, q[1], correction, width,
		                         sign, plane_row(next, y));
	}
	for (int y = 0; y < height; y++)
		plane_pad_row(next, y);
	return change;
}

static void plane_load(const float *image, const struct plane *plane)
{
	for (int y = 0; y < plane->height; y++) {
		copy_row(image + (size_t)y * (size_t)plane->width, plane->width,
		         plane_row(plane, y));
		plane_pad_row(plane, y);
	}
}

static void plane_store(const struct plane *plane, float *image)
{
	for (int y = 0; y < plane->height; y++) {
		const double *const row = plane_row(plane, y);
		for (int x = 0; x < plane->width; x++)
			image[(size_t)y * (size_t)plane->width + (size_t)x] = (float)row[x];
	}
}

int brighter_fatter_correct(const struct kernel *kernel, int width, int height, float *image,
                            const struct log *log, int *ret_iterations, double *ret_change,
                            struct error *err)
{
	cleanup_sweep struct sweep sweep = {0};
	cleanup_plane struct plane first = {0};
	cleanup_plane struct plane second = {0};
	int r = sweep_init(kernel, width, &sweep, err);
	if (r == 0)
		r = plane_init(width, height, &first, err);
	if (r == 0)
		r = plane_init(width, height, &second, err);
	if (r < 0)
		return r;
	const struct plane *from = &first, *next = &second;
	plane_load(image, from);
	int iterations = 0;
	double change = INFINITY;
	while (iterations < BRIGHTER_FATTER_MAX_ITERATIONS && change >= BRIGHTER_FATTER_THRESHOLD) {
		change = sweep_pass(&sweep, image, 1, from, next);
		iterations++;
		LOG_INFO(log, LOG_ISR,
		         "Brighter-fatter iteration %d: sum of changes %.6g electrons.", iterations,
		         change);
		const struct plane *const done = next;
		next = from;
		from = done;
	}
	plane_store(from, image);
	*ret_iterations = iterations;
	*ret_change = change;
	return 0;
}

int brighter_fatter_apply(const struct kernel *kernel, int width, int height, float *image,
                          struct error *err)
{
	cleanup_sweep struct sweep sweep = {0};
	cleanup_plane struct plane from = {0};
	cleanup_plane struct plane next = {0};
	int r = sweep_init(kernel, width, &sweep, err);
	if (r == 0)
		r = plane_init(width, height, &from, err);
	if (r == 0)
		r = plane_init(width, height, &next, err);
	if (r < 0)
		return r;
	plane_load(image, &from);
	sweep_pass(&sweep, image, -1, &from, &next);
	plane_store(&next, image);
	return 0;
}
