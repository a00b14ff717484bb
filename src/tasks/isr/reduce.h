/* The task itself: steps 1 to 12 on one exposure, in memory, logged. */
#ifndef TASKS_ISR_REDUCE_H
#define TASKS_ISR_REDUCE_H

#include "tasks/isr/background.h"
#include "tasks/isr/frame.h"

struct calibration;
struct log;
struct raw;

/* Steps that can be left out, to see what each is worth. */
enum reduce_step {
	REDUCE_OVERSCAN = 1 << 0,
	REDUCE_BIAS = 1 << 1,
	REDUCE_VARIANCE = 1 << 2,
	REDUCE_CROSSTALK = 1 << 3,
	REDUCE_SATURATION = 1 << 4, /* marking and widening */
	REDUCE_BRIGHTER_FATTER = 1 << 5,
	REDUCE_DARK = 1 << 6,
	REDUCE_FLAT = 1 << 7,
	REDUCE_DEFECTS = 1 << 8,
	REDUCE_INTERPOLATION = 1 << 9,
	REDUCE_ALL = (1 << 10) - 1,
};

struct reduction {
	struct frame frame;
	struct background background;
	int brighter_fatter_iterations;
	double brighter_fatter_change; /* sum of |change| of the last iteration, electrons */
	size_t interpolated;           /* pixels */
};

/* Does `steps` (enum reduce_step) of the reduction of raw, whose pixels it gives back as it goes to
 * keep memory down. Returns 0 or -ENOMEM. */
int reduce_exposure(struct raw *raw, const struct calibration *calibration, unsigned steps,
                    const struct log *log, struct reduction *ret, struct error *err);

void reduction_release(struct reduction *reduction);

#define cleanup_reduction __attribute__((cleanup(reduction_release)))

#endif
