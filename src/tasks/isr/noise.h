/* Normal deviates by the hundred million: two entries of a table of quantiles, added. The sum of
 * two normals is normal; the table's steps leave it with 16 million values up to 5 standard
 * deviations, with mean 0 and variance 1. The same sequence on every machine for the same rng. */
#ifndef TASKS_ISR_NOISE_H
#define TASKS_ISR_NOISE_H

#include <stddef.h>

struct rng;

enum { NOISE_QUANTILES = 4096 };

struct noise {
	float quantiles[NOISE_QUANTILES];
};

void noise_init(struct noise *ret);

/* Fills values with count deviates. */
void noise_fill(const struct noise *noise, struct rng *rng, size_t count, float *values);

#endif
