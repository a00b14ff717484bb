/* Convolution of a plane with a small kernel, row by row, in double precision.
 *
 * A plane keeps CONVOLVE_PAD columns on both sides of every row, filled with the row's first and
 * last value; rows above and below repeat the first and the last one. So the kernel never meets
 * an edge. Each pixel's sum is added in one fixed order, whatever the width of the processor's
 * vectors: the result is the same, to the bit, on every machine. */
#ifndef TASKS_ISR_CONVOLVE_H
#define TASKS_ISR_CONVOLVE_H

#include "core/cleanup.h"

#include <stdbool.h>
#include <stddef.h>

struct error;

enum {
	KERNEL_RADIUS = 8,
	KERNEL_SIDE = 2 * KERNEL_RADIUS + 1,
	CONVOLVE_PAD = KERNEL_RADIUS,
	CONVOLVE_BLOCK = 32,  /* columns summed at a time */
	CONVOLVE_CHUNK = 256, /* columns folded at a time: a first-level cache holds their rows */
};

struct kernel {
	double weight[KERNEL_SIDE][KERNEL_SIDE]; /* [row][column], the middle at KERNEL_RADIUS */
};

struct plane {
	int width;
	int height;
	size_t stride; /* doubles from one row to the next */
	double *data;
};

/* Makes a plane, zeroed. Returns 0 or -ENOMEM. */
int plane_init(int width, int height, struct plane *ret, struct error *err);
void plane_release(struct plane *plane);

/* Pixel 0 of row y; y beyond the ends gives the first or the last row. */
double *plane_row(const struct plane *plane, int y);

/* Fills the columns beside row y. Call it whenever the row has changed. */
void plane_pad_row(const struct plane *plane, int y);

/* What the convolution needs between rows. */
struct convolver {
	struct kernel kernel;
	bool folded; /* the kernel is its own mirror image in both directions */
	size_t stride;
	double *folds; /* room for one row, and for a chunk of row y - k plus row y + k per k */
};

/* Returns 0 or -ENOMEM. */
int convolver_init(const struct kernel *kernel, int width, struct convolver *ret,
                   struct error *err);
void convolver_release(struct convolver *convolver);

/* Row y of plane (*) kernel: ret_row[x] for x in [0, width), which must have room for the width
 * rounded up to CONVOLVE_BLOCK (the rest is overwritten). ret_row[x] = sum over (i, j) of
 * kernel[i][j] * plane[y - (i - R)][x - (j - R)].
 * A kernel with the symmetry that measured kernels have (mirror images left-right and up-down) is
 * folded: 81 products per pixel in place of 289. */
void convolver_row(const struct convolver *convolver, const struct plane *plane, int y,
                   double *ret_row);

#define cleanup_plane     __attribute__((cleanup(plane_release)))
#define cleanup_convolver __attribute__((cleanup(convolver_release)))

#endif
