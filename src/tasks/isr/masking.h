/* Marks: saturation (step 2), what is not finite and the widened saturation trails (step 7),
 * defects (step 11). */
#ifndef TASKS_ISR_MASKING_H
#define TASKS_ISR_MASKING_H

#include <stddef.h>

struct amplifier;
struct defects;
struct error;
struct frame;
struct geometry;

/* Trails: runs of saturated pixels along a column. One of TRAIL_ROWS or more grows on both sides
 * by one column per TRAIL_ROWS, at most TRAIL_GROW_MOST; every saturated pixel grows by 1 in all
 * directions. */
enum { TRAIL_ROWS = 20, TRAIL_GROW_MOST = 6 };

/* Marks MASK_SAT where the raw value of the amplifier is at its saturation or above. */
void masking_saturation(struct frame *frame, const struct geometry *g, int amplifier,
                        const struct amplifier *facts);

/* Marks MASK_NAN where image or variance is not finite; returns how many such pixels there are. */
size_t masking_nan(struct frame *frame);

/* Widens MASK_SAT by the rule above. Returns 0 or -ENOMEM. */
int masking_widen_saturation(struct frame *frame, struct error *err);

/* Marks MASK_BAD; the defects lie inside the frame. */
void masking_defects(struct frame *frame, const struct defects *defects);

#endif
