/* The detector that the generator pretends to have: its true properties, and what calibration
 * exposures would say of them. All from a seed. */
#ifndef TASKS_ISR_DETECTOR_H
#define TASKS_ISR_DETECTOR_H

#include "tasks/isr/calibration.h"
#include "tasks/isr/noise.h"
#include "tasks/isr/raw_file.h"

#include <stdbool.h>

#define DETECTOR_FULL_WELL_E 88000.0f

/* What a defect does to the charge of its pixels. */
struct detector_flaw {
	float response; /* charge is multiplied by this */
	float glow_e;   /* and this is added, electrons */
};

struct detector {
	struct geometry geometry;
	uint64_t seed;
	struct amplifier amplifiers[AMPLIFIERS]; /* without pixels */
	double offsets_adu[AMPLIFIERS];          /* electronic offset */
	double mean_gain;                        /* electrons per ADU of a flattened image */
	struct calibration truth;                /* without the noise of measuring it */
	struct detector_flaw *flaws;             /* one per item of truth.defects */
	struct noise noise;
};

/* Makes the detector for seed and size (see geometry_init). Returns 0, -EINVAL or -ENOMEM. */
int detector_init(uint64_t seed, double size, struct detector *ret, struct error *err);
void detector_release(struct detector *detector);

/* Adds to bias, dark and flat, in place, the noise that calibrations from twenty exposures have.
 * The detector is of no use for exposures afterwards. */
void detector_add_calibration_noise(struct detector *detector);

/* The formulas for crosstalk and kernel (docs/isr.md). */
void detector_fill_crosstalk(uint64_t seed, struct crosstalk *ret);
void detector_fill_kernel(struct kernel *ret);

#define cleanup_detector __attribute__((cleanup(detector_release)))

#endif
