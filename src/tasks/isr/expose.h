/* The forward model: light to raw numbers, effect by effect, in the order of nature:
 * light x response + dark with photon noise, cosmic rays, defects, full well with bleeding,
 * brighter-fatter, gain, crosstalk, bias, offset with drift, read noise, digitisation. */
#ifndef TASKS_ISR_EXPOSE_H
#define TASKS_ISR_EXPOSE_H

#include "tasks/isr/detector.h"

#define EXPOSE_SECONDS 30.0

/* What was put in, for those who want to know; every plane is over the CCD and may be NULL. */
struct truth {
	float *light_e;            /* expected electrons of sky and stars at unit response */
	unsigned char *cosmic_ray; /* 1: hit */
	unsigned char *full;       /* 1: the well is full */
};

struct expose_options {
	bool without_noise; /* no photon and no read noise */
};

/* Makes exposure `index` of detector. ret's pixels are the caller's to release. Returns 0 or
 * -ENOMEM. */
int expose(const struct detector *detector, int64_t index, const struct expose_options *options,
           const struct truth *ret_truth, struct raw *ret, struct error *err);

/* Charge above full_well_e of a column of `count` pixels moves to both sides, half and half, until
 * it finds room; what reaches an end is lost. */
void expose_bleed_column(float *column, int count, float full_well_e);

#endif
