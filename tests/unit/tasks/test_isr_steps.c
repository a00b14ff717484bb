/* Every step of the reduction on values made by hand. */
#include "core/array.h"
#include "core/error.h"
#include "tasks/isr/background.h"
#include "tasks/isr/calibrate.h"
#include "tasks/isr/calibration.h"
#include "tasks/isr/crosstalk.h"
#include "tasks/isr/expose.h"
#include "tasks/isr/frame.h"
#include "tasks/isr/interpolate.h"
#include "tasks/isr/masking.h"
#include "tasks/isr/overscan.h"
#include "tasks/isr/raw_file.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const struct geometry small = {
        .data_x = 3,
        .data_width = 40,
        .data_height = 50,
        .overscan_width = 32,
};

static struct frame make_frame(const struct geometry *g)
{
	struct error err;
	struct frame frame;
	assert_int_equal(frame_init(g, &frame, &err), 0);
	return frame;
}

static size_t at(const struct frame *frame, int x, int y)
{
	return (size_t)y * (size_t)frame->width + (size_t)x;
}

static void test_geometry_full_size(void **state)
{
	(void)state;
	struct geometry g;
	struct error err;
	assert_int_equal(geometry_init(1, &g, &err), 0);
	assert_int_equal(geometry_raw_width(&g), 544);
	assert_int_equal(geometry_raw_height(&g), 2048);
	assert_int_equal(geometry_ccd_width(&g), 4072);
	assert_int_equal(geometry_ccd_height(&g), 4000);
	g.data_x = -7;
	assert_int_equal(geometry_init(0.05, &g, &err), -EINVAL);
	assert_int_equal(geometry_init((double)NAN, &g, &err), -EINVAL);
	assert_int_equal(g.data_x, -7);
}

/* Every pixel of the CCD is read exactly once, and get and put are each other's inverse. */
static void test_geometry_covers(void **state)
{
	(void)state;
	struct frame frame = make_frame(&small);
	float row[40];
	for (int i = 0; i < AMPLIFIERS; i++) {
		for (int y = 0; y < small.data_height; y++) {
			for (int x = 0; x < small.data_width; x++)
				row[x] =
				        (float)(1 + (i * small.data_height + y) * small.data_width +
				                x);
			geometry_put_row(&small, i, y, row, frame.image);
			float back[40];
			geometry_get_row(&small, i, y, frame.image, back);
			assert_memory_equal(row, back, sizeof row);
		}
	}
	double sum = 0;
	const size_t pixels = frame_pixels(&frame);
	for (size_t i = 0; i < pixels; i++)
		sum += (double)frame.image[i];
	assert_true(sum == (double)pixels * ((double)pixels + 1) / 2);
	/* C10 begins at the upper left corner, C00 is read from its right, from the bottom. */
	assert_true(frame.image[at(&frame, 0, 99)] == 1);
	assert_true(frame.image[at(&frame, 39, 0)] == (float)(1 + 15 * 50 * 40));
	assert_int_equal(geometry_amplifier_at(&small, 0, 99), 0);
	assert_int_equal(geometry_amplifier_at(&small, 319, 99), 7);
	assert_int_equal(geometry_amplifier_at(&small, 319, 0), 8);
	assert_int_equal(geometry_amplifier_at(&small, 39, 49), 15);
	assert_string_equal(geometry_amplifier_name(0), "C10");
	assert_string_equal(geometry_amplifier_name(15), "C00");
	frame_release(&frame);
}

static void test_clipped_median(void **state)
{
	(void)state;
	float odd[] = {5, 1, 3};
	assert_true(overscan_clipped_median(odd, 3) == 3);
	float even[] = {4, 1, 2, 3};
	assert_true(overscan_clipped_median(even, 4) == 2.5);
	/* Outliers on one side would pull the plain median from 10.5 to 11. */
	float outliers[] = {9, 10, 10, 10, 10, 11, 11, 11, 11, 12, 5000, 6000, 7000};
	assert_true(overscan_clipped_median(outliers, ARRAY_LENGTH(outliers)) == 10.5);
	float same[] = {7, 7, 7, 7, 900};
	assert_true(overscan_clipped_median(same, ARRAY_LENGTH(same)) == 7);
	float one[] = {42};
	assert_true(overscan_clipped_median(one, 1) == 42);
}

/* A drift from row to row is followed, charge in the first overscan columns is not looked at. */
static void test_overscan(void **state)
{
	(void)state;
	const int width = geometry_raw_width(&small);
	float amplifier[75 * 50];
	for (int y = 0; y < small.data_height; y++) {
		for (int x = 0; x < width; x++) {
			const int data_end = small.data_x + small.data_width;
			float value = (float)(1000 + y);
			if (x >= small.data_x && x < data_end)
				value += 250;
			if (x >= data_end && x < data_end + OVERSCAN_SKIP)
				value += 90;
			if (x == data_end + 20)
				value += 3000;
			amplifier[y * width + x] = value;
		}
	}
	const struct overscan_statistics s = overscan_correct(&small, amplifier);
	for (int y = 0; y < small.data_height; y++) {
		for (int x = 0; x < small.data_width; x++)
			assert_true(amplifier[y * width + small.data_x + x] == 250);
	}
	assert_true(fabs(s.level - 1024.5) < 1e-9);
	assert_true(fabs(s.residual - 3000.0 / 29) < 1e-3);
}

/* A pixel of C11 read at (row, column) shows up in C10 and C00 at the same readout position, which
 * are different directions on the CCD. */
static void test_crosstalk_directions(void **state)
{
	(void)state;
	struct frame frame = make_frame(&small);
	struct crosstalk c = {0};
	c.coefficient[0][1] = 1e-3;
	c.coefficient[15][1] = -2e-3;
	float row[40] = {0};
	row[7] = 50000;
	geometry_put_row(&small, 1, 4, row, frame.image);
	crosstalk_mask(&small, &c, &frame);
	crosstalk_add(&small, &c, 1, frame.image);
	/* C11 holds columns 40 to 79 of the upper half, read from the top: row 4 is y = 95. */
	assert_true(frame.image[at(&frame, 47, 95)] == 50000);
	assert_true(fabsf(frame.image[at(&frame, 7, 95)] - 50) < 1e-4f);
	/* C00 holds columns 0 to 39 of the lower half, read from the right and the bottom. */
	assert_true(fabsf(frame.image[at(&frame, 32, 4)] + 100) < 1e-4f);
	assert_int_equal(frame.mask[at(&frame, 7, 95)], MASK_CROSSTALK);
	assert_int_equal(frame.mask[at(&frame, 32, 4)], MASK_CROSSTALK);
	assert_int_equal(frame_count_masked(&frame, ~0), 2);
	crosstalk_add(&small, &c, -1, frame.image);
	double sum = 0;
	for (size_t i = 0; i < frame_pixels(&frame); i++)
		sum += fabs((double)frame.image[i]);
	assert_true(fabs(sum - 50000) < 1e-3);
	frame_release(&frame);
}

static void test_crosstalk_mask_threshold(void **state)
{
	(void)state;
	struct frame frame = make_frame(&small);
	struct crosstalk c = {0};
	c.coefficient[3][2] = 1e-4;
	float row[40] = {0};
	row[0] = CROSSTALK_MASK_ADU;
	geometry_put_row(&small, 2, 0, row, frame.image);
	crosstalk_mask(&small, &c, &frame);
	assert_int_equal(frame_count_masked(&frame, ~0), 0);
	frame_release(&frame);
}

static void test_calibrate(void **state)
{
	(void)state;
	struct frame frame = make_frame(&small);
	const size_t pixels = frame_pixels(&frame);
	float *const plane = malloc(pixels * sizeof *plane);
	assert_non_null(plane);
	for (size_t i = 0; i < pixels; i++) {
		frame.image[i] = 1000;
		plane[i] = 10;
	}
	calibrate_bias(&frame, plane);
	assert_true(frame.image[5] == 990);
	const struct amplifier facts = {.gain_e_per_adu = 2, .read_noise_e = 6};
	frame.image[at(&frame, 0, 50)] = -40; /* in C10 */
	calibrate_variance(&frame, &small, 0, &facts);
	assert_true(frame.variance[at(&frame, 1, 50)] == 990 / 2.0f + 9);
	assert_true(frame.variance[at(&frame, 0, 50)] == 9);
	assert_true(frame.variance[at(&frame, 40, 50)] == 0); /* C11 */
	calibrate_dark(&frame, plane, 30);
	assert_true(frame.image[5] == 690);
	for (size_t i = 0; i < pixels; i++)
		plane[i] = 0.5f;
	plane[7] = 0;
	plane[8] = NAN;
	calibrate_flat(&frame, plane);
	assert_true(frame.image[5] == 1380);
	assert_true(frame.variance[at(&frame, 1, 50)] == 504 * 4);
	assert_int_equal(frame.mask[7], MASK_BAD);
	assert_int_equal(frame.mask[8], MASK_BAD);
	assert_true(frame.image[7] == 690);
	calibrate_scale(&small, 15, 3, frame.image); /* C00: lower left */
	assert_true(frame.image[5] == 1380 * 3);
	assert_true(frame.image[40] == 1380);
	free(plane);
	frame_release(&frame);
}

static void test_saturation_and_trails(void **state)
{
	(void)state;
	struct frame frame = make_frame(&small);
	struct error err;
	int32_t raw[75 * 50] = {0};
	const struct amplifier facts = {.saturation_adu = 60000, .raw = raw};
	raw[4 * 75 + 3 + 7] = 60000;
	raw[5 * 75 + 3 + 7] = 59999;
	masking_saturation(&frame, &small, 15, &facts);
	assert_int_equal(frame_count_masked(&frame, ~0), 1);
	assert_int_equal(frame.mask[at(&frame, 32, 4)], MASK_SAT);
	/* One pixel grows to 3 x 3; a trail of 60 rows by 3 columns on both sides and 1 row. */
	for (int y = 30; y < 90; y++)
		frame.mask[at(&frame, 100, y)] |= MASK_SAT;
	assert_int_equal(masking_widen_saturation(&frame, &err), 0);
	assert_int_equal(frame_count_masked(&frame, MASK_SAT), 9 + 7 * 62);
	assert_int_equal(frame.mask[at(&frame, 97, 29)], MASK_SAT);
	assert_int_equal(frame.mask[at(&frame, 96, 50)], 0);
	frame_release(&frame);
}

/* At the corners nothing is written outside. */
static void test_trails_at_edges(void **state)
{
	(void)state;
	struct frame frame = make_frame(&small);
	struct error err;
	frame.mask[0] = MASK_SAT;
	frame.mask[frame_pixels(&frame) - 1] = MASK_SAT;
	assert_int_equal(masking_widen_saturation(&frame, &err), 0);
	assert_int_equal(frame_count_masked(&frame, MASK_SAT), 8);
	frame_release(&frame);
}

static void test_nan_and_defects(void **state)
{
	(void)state;
	struct frame frame = make_frame(&small);
	frame.image[3] = NAN;
	frame.image[4] = INFINITY;
	frame.variance[9] = NAN;
	assert_int_equal(masking_nan(&frame), 3);
	assert_int_equal(frame.mask[9], MASK_NAN);
	struct defect items[] = {{.x = 10, .y = 1, .width = 2, .height = 3},
	                         {.x = 319, .y = 99, .width = 1, .height = 1}};
	const struct defects defects = {.items = items, .count = 2};
	masking_defects(&frame, &defects);
	assert_int_equal(frame_count_masked(&frame, MASK_BAD), 7);
	assert_int_equal(frame.mask[at(&frame, 11, 3)], MASK_BAD);
	frame_release(&frame);
}

static void test_interpolation(void **state)
{
	(void)state;
	struct frame frame = make_frame(&small);
	for (int x = 0; x < frame.width; x++) {
		frame.image[x] = (float)x;
		frame.variance[x] = 4;
	}
	for (int x = 10; x < 13; x++) { /* inside */
		frame.mask[x] = MASK_BAD;
		frame.image[x] = -1000;
	}
	frame.mask[0] = MASK_SAT; /* at both ends */
	frame.mask[319] = MASK_NAN;
	frame.mask[20] = MASK_CROSSTALK; /* not asked for */
	frame.image[20] = 7;
	for (int x = 0; x < frame.width; x++) /* a row without a good pixel */
		frame.mask[at(&frame, x, 1)] = MASK_BAD;
	frame.image[at(&frame, 4, 1)] = NAN;
	assert_int_equal(interpolate_rows(&frame, MASK_BAD | MASK_SAT | MASK_NAN), 5);
	assert_true(frame.image[10] == 10 && frame.image[11] == 11 && frame.image[12] == 12);
	assert_true(frame.variance[11] == 4);
	assert_true(frame.image[0] == 1 && frame.image[319] == 318);
	assert_true(frame.image[20] == 7);
	assert_int_equal(frame.mask[11], MASK_BAD | MASK_INTRP);
	assert_int_equal(frame.mask[20], MASK_CROSSTALK);
	assert_true(frame.image[at(&frame, 4, 1)] == 0);
	assert_int_equal(frame.mask[at(&frame, 4, 1)], MASK_BAD | MASK_NO_DATA);
	frame_release(&frame);
}

static void test_clipped_mean(void **state)
{
	(void)state;
	double mean, sigma;
	float values[1003];
	for (int i = 0; i < 1000; i++)
		values[i] = (float)(100 + (i % 21) - 10);
	values[1000] = values[1001] = 50000;
	values[1002] = -9000;
	background_clipped(values, ARRAY_LENGTH(values), &mean, &sigma);
	assert_true(fabs(mean - 99.9) < 0.2);
	assert_true(fabs(sigma - 6.06) < 0.1);
	float one[] = {5};
	background_clipped(one, 1, &mean, &sigma);
	assert_true(mean == 5 && sigma == 0);
}

static void test_background(void **state)
{
	(void)state;
	const struct geometry wide = {.data_width = 128, .data_height = 300, .overscan_width = 32};
	struct frame frame = make_frame(&wide); /* 1024 x 600: 4 x 3 cells */
	struct error err;
	struct background b;
	for (size_t i = 0; i < frame_pixels(&frame); i++)
		frame.image[i] = 500;
	for (int x = 0; x < 1024; x++) { /* bright but masked; bright and clipped */
		frame.image[at(&frame, x, 5)] = 1e6f;
		frame.mask[at(&frame, x, 5)] = MASK_SAT;
		frame.image[at(&frame, x, 7)] = 9e4f;
	}
	assert_int_equal(background_measure(&frame, &b, &err), 0);
	assert_int_equal(b.cells_x, 4);
	assert_int_equal(b.cells_y, 3);
	assert_int_equal(b.cells_used, 12);
	assert_true(b.level == 500 && b.sigma == 0 && b.flatness == 0);
	/* A slope of 0.1 per column: cell means from 12.75 to 89.55 above 500. */
	for (int y = 0; y < frame.height; y++) {
		for (int x = 0; x < frame.width; x++) {
			frame.image[at(&frame, x, y)] = 500 + 0.1f * (float)x;
			frame.mask[at(&frame, x, y)] = 0;
		}
	}
	assert_int_equal(background_measure(&frame, &b, &err), 0);
	assert_true(fabs(b.level - 563.95) < 0.01);
	assert_true(fabs(b.flatness - 76.8 / 563.95) < 1e-4);
	for (size_t i = 0; i < frame_pixels(&frame); i++)
		frame.mask[i] = MASK_BAD;
	assert_int_equal(background_measure(&frame, &b, &err), 0);
	assert_true(isnan(b.level) && b.cells_used == 0);
	frame_release(&frame);
}

static void test_bleeding(void **state)
{
	(void)state;
	float column[9] = {0, 10, 10, 10, 400, 10, 10, 10, 10};
	expose_bleed_column(column, 9, 100);
	/* 150 up: 90 into the next, 60 into the one after; 150 down the same. */
	const float expected[9] = {0, 10, 70, 100, 100, 100, 70, 10, 10};
	assert_memory_equal(column, expected, sizeof column);
	float full[3] = {100, 900, 100};
	expose_bleed_column(full, 3, 100);
	assert_true(full[0] == 100 && full[1] == 100 && full[2] == 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_geometry_full_size),
	        cmocka_unit_test(test_geometry_covers),
	        cmocka_unit_test(test_clipped_median),
	        cmocka_unit_test(test_overscan),
	        cmocka_unit_test(test_crosstalk_directions),
	        cmocka_unit_test(test_crosstalk_mask_threshold),
	        cmocka_unit_test(test_calibrate),
	        cmocka_unit_test(test_saturation_and_trails),
	        cmocka_unit_test(test_trails_at_edges),
	        cmocka_unit_test(test_nan_and_defects),
	        cmocka_unit_test(test_interpolation),
	        cmocka_unit_test(test_clipped_mean),
	        cmocka_unit_test(test_background),
	        cmocka_unit_test(test_bleeding),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
