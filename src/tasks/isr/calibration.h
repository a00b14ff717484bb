/* What is known about the detector beforehand: six FITS files in one folder.
 *   bias.fits (ADU), dark.fits (ADU/s), flat.fits (mean 1): image IMAGE over the CCD
 *   defects.fits: table DEFECTS with X0, Y0, WIDTH, HEIGHT in CCD pixels, from 0
 *   crosstalk.fits: image CROSSTALK 16 x 16, row = amplifier that receives
 *   bfkernel.fits: image KERNEL 17 x 17, per electron */
#ifndef TASKS_ISR_CALIBRATION_H
#define TASKS_ISR_CALIBRATION_H

#include "tasks/isr/convolve.h"
#include "tasks/isr/crosstalk.h"
#include "tasks/isr/geometry.h"

struct error;
struct log;
struct stamp;

struct defect {
	int x, y, width, height; /* CCD pixels */
};

struct defects {
	struct defect *items;
	size_t count;
	size_t capacity;
};

struct calibration {
	float *bias; /* ADU */
	float *dark; /* ADU per second */
	float *flat; /* response, 1 on average */
	struct defects defects;
	struct crosstalk crosstalk;
	struct kernel kernel;
};

/* Reads the six files from folder, for a CCD of geometry g. Returns 0 or -errno. */
int calibration_read(const char *folder, const struct geometry *g, const struct log *log,
                     struct calibration *ret, struct error *err);

/* Writes the six files, each whole or not at all.
 * Returns 0 or -errno. */
int calibration_write(const char *folder, const struct geometry *g,
                      const struct calibration *calibration, const struct stamp *stamp,
                      struct error *err);

/* Whether all six are there with this stamp. */
bool calibration_matches(const char *folder, const struct stamp *stamp);

void calibration_release(struct calibration *calibration);

#define cleanup_calibration __attribute__((cleanup(calibration_release)))

#endif
