/* Step 11, interpolation: pixels with any of some bits are replaced along their row. */
#ifndef TASKS_ISR_INTERPOLATE_H
#define TASKS_ISR_INTERPOLATE_H

#include <stddef.h>
#include <stdint.h>

struct frame;

/* Replaces image and variance of every run of pixels with any of `bits` by the straight line
 * between the nearest good pixels left and right in the row, or by the only one there is, and sets
 * MASK_INTRP. In a row without a good pixel they become 0 and get MASK_NO_DATA. Returns how many
 * pixels were replaced. */
size_t interpolate_rows(struct frame *frame, int32_t bits);

#endif
