/* Step 12, the background: clipped statistics on a mesh. It is measured, not subtracted. */
#ifndef TASKS_ISR_BACKGROUND_H
#define TASKS_ISR_BACKGROUND_H

#include <stddef.h>

struct error;
struct frame;

enum { BACKGROUND_MESH = 256, BACKGROUND_CLIPS = 3 };

#define BACKGROUND_CLIP_SIGMA 3.0

struct background {
	double level;    /* median of the cells' clipped means, ADU */
	double sigma;    /* median of the cells' clipped standard deviations, ADU */
	double flatness; /* (largest - smallest cell) / level */
	int cells_x;
	int cells_y;
	int cells_used; /* cells with at least one good pixel */
};

/* The clipped mean: from the median and the quartiles (times 0.741), values further than
 * BACKGROUND_CLIP_SIGMA standard deviations are left out, mean and deviation taken anew,
 * BACKGROUND_CLIPS times. Reorders values; count >= 1. */
void background_clipped(float *values, size_t count, double *ret_mean, double *ret_sigma);

/* Measures the cells of BACKGROUND_MESH pixels a side (the last ones may be smaller), without the
 * pixels that have any mask bit. level is NAN when no pixel is good. Returns 0 or -ENOMEM. */
int background_measure(const struct frame *frame, struct background *ret, struct error *err);

#endif
