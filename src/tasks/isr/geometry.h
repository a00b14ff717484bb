/* Where the pixels of a CCD are: 16 amplifiers, two rows of eight, each with a prescan, a serial
 * overscan and a parallel overscan around its data.
 *
 * Amplifiers are numbered in the order of the files and of the crosstalk matrix: C10 to C17 along
 * the upper half from left to right, then C07 to C00 along the lower half from right to left.
 * Every amplifier is read towards its own outer edge; the lower half is the upper one turned by
 * 180 degrees, so that pixels read at the same moment have the same readout row and column. */
#ifndef TASKS_ISR_GEOMETRY_H
#define TASKS_ISR_GEOMETRY_H

#include <stdbool.h>
#include <stddef.h>

struct error;

enum { AMPLIFIERS = 16, AMPLIFIER_COLUMNS = 8 };

struct geometry {
	int data_x;            /* columns before the data (prescan) */
	int data_width;        /* columns of data per amplifier */
	int data_height;       /* rows of data per amplifier */
	int overscan_width;    /* columns behind the data */
	int parallel_overscan; /* rows behind the data */
};

struct amplifier_place {
	int x, y; /* lower left corner of the data in the CCD */
	bool flip_x;
	bool flip_y;
};

/* The ITL layout (data 509 x 2000 per amplifier in 544 x 2048), with width and height of the data
 * multiplied by size in [0.1, 1]; the prescan and the overscans keep their widths. Returns 0 or
 * -EINVAL. */
int geometry_init(double size, struct geometry *ret, struct error *err);

int geometry_raw_width(const struct geometry *g);
int geometry_raw_height(const struct geometry *g);
int geometry_ccd_width(const struct geometry *g);
int geometry_ccd_height(const struct geometry *g);
size_t geometry_ccd_pixels(const struct geometry *g);
size_t geometry_raw_pixels(const struct geometry *g); /* of one amplifier */

/* "C10" ...; amplifier in [0, AMPLIFIERS). */
const char *geometry_amplifier_name(int amplifier);

struct amplifier_place geometry_place(const struct geometry *g, int amplifier);

/* The amplifier that holds column x and row y of the CCD. */
int geometry_amplifier_at(const struct geometry *g, int x, int y);

/* Index into a CCD plane of the first pixel that `amplifier` reads in readout row `row`, and in
 * *ret_step the distance to the next one (1 or -1). */
size_t geometry_row_start(const struct geometry *g, int amplifier, int row, int *ret_step);

/* Copies one readout row of an amplifier out of (get) or into (put) a CCD plane. */
void geometry_get_row(const struct geometry *g, int amplifier, int row, const float *plane,
                      float *ret_row);
void geometry_put_row(const struct geometry *g, int amplifier, int row, const float *values,
                      float *plane);

#endif
