/* The convolution against its definition, and the brighter-fatter correction against what it is
 * the inverse of. */
#include "core/error.h"
#include "core/rng.h"
#include "tasks/isr/brighter_fatter.h"
#include "tasks/isr/convolve.h"
#include "tasks/isr/detector.h"
#include "tasks/isr/log.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { WIDTH = 75, HEIGHT = 41 }; /* no multiples of a block */

static void fill_random(struct plane *plane)
{
	struct rng rng;
	rng_init(&rng, 7, 1);
	for (int y = 0; y < plane->height; y++) {
		for (int x = 0; x < plane->width; x++)
			plane_row(plane, y)[x] = 1000 * rng_uniform(&rng);
		plane_pad_row(plane, y);
	}
}

static double clamp_pixel(const struct plane *plane, int x, int y)
{
	const int column = x < 0 ? 0 : x >= plane->width ? plane->width - 1 : x;
	return plane_row(plane, y)[column];
}

/* The definition, pixel by pixel. */
static double convolve_pixel(const struct kernel *kernel, const struct plane *plane, int x, int y)
{
	double sum = 0;
	for (int i = 0; i < KERNEL_SIDE; i++) {
		for (int j = 0; j < KERNEL_SIDE; j++)
			sum += kernel->weight[i][j] *
			       clamp_pixel(plane, x - (j - KERNEL_RADIUS), y - (i - KERNEL_RADIUS));
	}
	return sum;
}

static void check_against_definition(const struct kernel *kernel, bool folded)
{
	struct error err;
	struct plane plane;
	struct convolver convolver;
	double row[WIDTH + CONVOLVE_BLOCK];
	assert_int_equal(plane_init(WIDTH, HEIGHT, &plane, &err), 0);
	assert_int_equal(convolver_init(kernel, WIDTH, &convolver, &err), 0);
	assert_true(convolver.folded == folded);
	fill_random(&plane);
	for (int y = 0; y < HEIGHT; y++) {
		convolver_row(&convolver, &plane, y, row);
		for (int x = 0; x < WIDTH; x++) {
			const double expected = convolve_pixel(kernel, &plane, x, y);
			assert_true(fabs(row[x] - expected) <= 1e-12 * fabs(expected) + 1e-18);
		}
	}
	convolver_release(&convolver);
	plane_release(&plane);
}

static void test_folded(void **state)
{
	(void)state;
	struct kernel kernel;
	detector_fill_kernel(&kernel);
	check_against_definition(&kernel, true);
}

static void test_any_kernel(void **state)
{
	(void)state;
	struct kernel kernel;
	detector_fill_kernel(&kernel);
	kernel.weight[0][3] = 3e-7; /* no mirror image any more */
	kernel.weight[12][1] = -1e-7;
	check_against_definition(&kernel, false);
}

/* A single bright pixel gives the kernel back, and the sum is the product of the sums. */
static void test_delta(void **state)
{
	(void)state;
	struct error err;
	struct kernel kernel;
	struct plane plane;
	struct convolver convolver;
	double row[WIDTH + CONVOLVE_BLOCK], sum = 0, kernel_sum = 0;
	detector_fill_kernel(&kernel);
	kernel.weight[4][2] = 1e-7;
	assert_int_equal(plane_init(WIDTH, HEIGHT, &plane, &err), 0);
	assert_int_equal(convolver_init(&kernel, WIDTH, &convolver, &err), 0);
	plane_row(&plane, 20)[35] = 1000;
	for (int y = 0; y < HEIGHT; y++) {
		convolver_row(&convolver, &plane, y, row);
		for (int x = 0; x < WIDTH; x++) {
			const int i = y - 20 + KERNEL_RADIUS, j = x - 35 + KERNEL_RADIUS;
			const bool inside = i >= 0 && i < KERNEL_SIDE && j >= 0 && j < KERNEL_SIDE;
			assert_true(row[x] == (inside ? 1000 * kernel.weight[i][j] : 0));
			sum += row[x];
		}
	}
	for (int i = 0; i < KERNEL_SIDE * KERNEL_SIDE; i++)
		kernel_sum += kernel.weight[i / KERNEL_SIDE][i % KERNEL_SIDE];
	assert_true(fabs(sum / kernel_sum - 1000) < 1e-6);
	convolver_release(&convolver);
	plane_release(&plane);
}

/* The kernel's shape against what is published for LSST sensors: middle -3.9e-7, nearest
 * neighbours 0.22 (row) and 0.30 (column) of that, sum near -1.5e-6, mirror images. */
static void test_kernel_shape(void **state)
{
	(void)state;
	struct kernel k;
	detector_fill_kernel(&k);
	const int r = KERNEL_RADIUS;
	double sum = 0;
	for (int i = 0; i < KERNEL_SIDE; i++) {
		for (int j = 0; j < KERNEL_SIDE; j++) {
			sum += k.weight[i][j];
			assert_true(k.weight[i][j] == k.weight[KERNEL_SIDE - 1 - i][j]);
			assert_true(k.weight[i][j] == k.weight[i][KERNEL_SIDE - 1 - j]);
			assert_true(k.weight[i][j] < 0);
		}
	}
	print_message("# kernel: middle %.3g, row %.3f, column %.3f, sum %.4g\n", k.weight[r][r],
	              k.weight[r][r + 1] / k.weight[r][r], k.weight[r + 1][r] / k.weight[r][r],
	              sum);
	assert_true(fabs(k.weight[r][r] + 3.9e-7) < 1e-12);
	assert_true(fabs(k.weight[r][r + 1] / k.weight[r][r] - 0.22) < 0.02);
	assert_true(fabs(k.weight[r + 1][r] / k.weight[r][r] - 0.30) < 0.02);
	assert_true(sum < -1e-6 && sum > -4e-6);
}

static void fill_stars(float *image)
{
	for (int y = 0; y < HEIGHT; y++) {
		for (int x = 0; x < WIDTH; x++) {
			const double r2 = (x - 30.3) * (x - 30.3) + (y - 20.6) * (y - 20.6);
			image[y * WIDTH + x] = (float)(900 + 60000 * exp(-r2 / 6));
		}
	}
}

static double second_moment(const float *image)
{
	double flux = 0, moment = 0;
	for (int y = 12; y < 29; y++) {
		for (int x = 22; x < 39; x++) {
			const double light = (double)image[y * WIDTH + x] - 900;
			flux += light;
			moment += light * ((x - 30.3) * (x - 30.3) + (y - 20.6) * (y - 20.6));
		}
	}
	return moment / flux;
}

static double total(const float *image)
{
	double sum = 0;
	for (int i = 0; i < WIDTH * HEIGHT; i++)
		sum += (double)image[i];
	return sum;
}

/* A flat field is not touched; a star is widened by the effect, keeps its flux, and comes back. */
static void test_correction_is_inverse(void **state)
{
	(void)state;
	struct error err;
	struct kernel kernel;
	const struct log log = {0};
	float truth[WIDTH * HEIGHT], image[WIDTH * HEIGHT];
	int iterations;
	double change;
	detector_fill_kernel(&kernel);
	fill_stars(truth);
	memcpy(image, truth, sizeof image);
	assert_int_equal(brighter_fatter_apply(&kernel, WIDTH, HEIGHT, image, &err), 0);
	const double wide = second_moment(image) / second_moment(truth);
	const double flux = total(image) / total(truth);
	const double peak = (double)(image[21 * WIDTH + 30] / truth[21 * WIDTH + 30]);
	assert_int_equal(brighter_fatter_correct(&kernel, WIDTH, HEIGHT, image, &log, &iterations,
	                                         &change, &err),
	                 0);
	const double back = second_moment(image) / second_moment(truth);
	print_message("# effect: second moment x %.5f, flux x %.8f, peak x %.5f; corrected in %d: "
	              "x %.6f\n",
	              wide, flux, peak, iterations, back);
	assert_true(wide > 1.004 && wide < 1.03);
	assert_true(fabs(flux - 1) < 3e-4); /* central differences keep it nearly */
	assert_true(peak < 0.99);
	assert_true(fabs(back - 1) < 1e-4);
	assert_true(iterations >= 2 && iterations <= 5);
	assert_true(change < BRIGHTER_FATTER_THRESHOLD);
}

static void test_flat_field_is_untouched(void **state)
{
	(void)state;
	struct error err;
	struct kernel kernel;
	const struct log log = {0};
	float image[WIDTH * HEIGHT];
	int iterations;
	double change;
	detector_fill_kernel(&kernel);
	for (int i = 0; i < WIDTH * HEIGHT; i++)
		image[i] = 50000;
	assert_int_equal(brighter_fatter_correct(&kernel, WIDTH, HEIGHT, image, &log, &iterations,
	                                         &change, &err),
	                 0);
	assert_int_equal(iterations, 1);
	for (int i = 0; i < WIDTH * HEIGHT; i++)
		assert_true(image[i] == 50000);
}

/* A correction that cannot settle stops at the limit. */
static void test_iterations_are_limited(void **state)
{
	(void)state;
	struct error err;
	struct kernel kernel;
	const struct log log = {0};
	float image[WIDTH * HEIGHT];
	int iterations;
	double change;
	detector_fill_kernel(&kernel);
	for (int i = 0; i < KERNEL_SIDE * KERNEL_SIDE; i++)
		kernel.weight[i / KERNEL_SIDE][i % KERNEL_SIDE] *= 20;
	fill_stars(image);
	assert_int_equal(brighter_fatter_correct(&kernel, WIDTH, HEIGHT, image, &log, &iterations,
	                                         &change, &err),
	                 0);
	assert_int_equal(iterations, BRIGHTER_FATTER_MAX_ITERATIONS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_folded),
	        cmocka_unit_test(test_any_kernel),
	        cmocka_unit_test(test_delta),
	        cmocka_unit_test(test_kernel_shape),
	        cmocka_unit_test(test_correction_is_inverse),
	        cmocka_unit_test(test_flat_field_is_untouched),
	        cmocka_unit_test(test_iterations_are_limited),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
