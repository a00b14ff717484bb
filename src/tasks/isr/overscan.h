/* Step 2, the overscan: the electronic offset of every row, measured in the columns that see no
 * light, and taken off the data. */
#ifndef TASKS_ISR_OVERSCAN_H
#define TASKS_ISR_OVERSCAN_H

#include <stddef.h>

struct geometry;

enum { OVERSCAN_SKIP = 3 }; /* first overscan columns left out: charge trails into them */

#define OVERSCAN_CLIP_SIGMA 3.0

struct overscan_statistics {
	double level;    /* mean of the row medians, ADU */
	double residual; /* mean of the overscan that is left, ADU */
	double noise;    /* standard deviation of the overscan that is left, ADU */
};

/* The median of values, after those further than OVERSCAN_CLIP_SIGMA standard deviations (from the
 * quartiles, times 0.741) from the median are left out. Sorts values; count >= 1. */
double overscan_clipped_median(float *values, size_t count);

/* Subtracts from every data row of one amplifier (raw layout, in place) the clipped median of that
 * row's overscan, and returns what was found. */
struct overscan_statistics overscan_correct(const struct geometry *g, float *amplifier);

#endif
