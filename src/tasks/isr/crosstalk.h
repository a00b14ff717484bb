/* Step 6, crosstalk: amplifiers that are read at the same moment see a little of each other. */
#ifndef TASKS_ISR_CROSSTALK_H
#define TASKS_ISR_CROSSTALK_H

#include "tasks/isr/geometry.h"

struct frame;

/* coefficient[i][j]: the part of amplifier j's signal that appears in amplifier i. */
struct crosstalk {
	double coefficient[AMPLIFIERS][AMPLIFIERS];
};

#define CROSSTALK_MASK_ADU 45000.0f

/* Replaces, for every amplifier i and pixel in readout order, image_i by
 *     image_i + sign * sum over j of coefficient[i][j] * image_j
 * where image_j are the values before. sign -1 takes crosstalk out (to first order in the
 * coefficients), +1 puts it in. */
void crosstalk_add(const struct geometry *g, const struct crosstalk *crosstalk, float sign,
                   float *image);

/* Sets MASK_CROSSTALK in every amplifier that receives (coefficient not 0) from one whose pixel,
 * read at the same moment, is above CROSSTALK_MASK_ADU. Call it before crosstalk_add. */
void crosstalk_mask(const struct geometry *g, const struct crosstalk *crosstalk,
                    struct frame *frame);

#endif
