/* The image that the steps work on: three planes over the whole CCD. Rows go upwards, the pixel
 * (x, y) is at y * width + x. */
#ifndef TASKS_ISR_FRAME_H
#define TASKS_ISR_FRAME_H

#include "core/cleanup.h"

#include <stddef.h>
#include <stdint.h>

struct error;
struct geometry;

/* Bits of the mask, with the numbers of the LSST science pipelines. */
enum mask_bit {
	MASK_BAD = 1 << 0,       /* in the table of defects */
	MASK_SAT = 1 << 1,       /* saturated, or beside it */
	MASK_INTRP = 1 << 2,     /* replaced from its neighbours */
	MASK_NO_DATA = 1 << 8,   /* nothing to replace it from */
	MASK_CROSSTALK = 1 << 9, /* another amplifier read a very bright pixel at that moment */
	MASK_NAN = 1 << 10,      /* not a number */
};

struct frame {
	int width;
	int height;
	float *image;    /* ADU */
	float *variance; /* ADU^2 */
	int32_t *mask;   /* enum mask_bit */
};

/* Makes the planes, zeroed. Returns 0 or -ENOMEM. */
int frame_init(const struct geometry *g, struct frame *ret, struct error *err);
void frame_release(struct frame *frame);

size_t frame_pixels(const struct frame *frame);

/* How many pixels have any of these bits. */
size_t frame_count_masked(const struct frame *frame, int32_t bits);

#define cleanup_frame __attribute__((cleanup(frame_release)))

#endif
