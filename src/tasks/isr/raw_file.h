/* The raw exposure: what the detector gave, 16 amplifiers with their overscans, as integers.
 *
 * A file has an empty primary HDU (INSTRUME, DETECTOR, EXPID, EXPTIME, DATAX, DATAWID, DATAHGT,
 * OVERWID, OVERHGT, CALIBDIR, and SYNSEED, SYNSIZE, SYNINDEX, SYNVERS from the generator) and one
 * image extension per amplifier, named C10 ... C00, with GAIN (electrons per ADU), RDNOISE
 * (electrons) and SATURATE (ADU, raw). Rows are in readout order. */
#ifndef TASKS_ISR_RAW_FILE_H
#define TASKS_ISR_RAW_FILE_H

#include "tasks/isr/geometry.h"

#include <stdint.h>

struct error;

enum { RAW_NAME_BYTES = 72 };

/* How a raw or calibration was made; equal stamps mean equal files. */
struct stamp {
	int64_t seed;
	double size;
	int64_t index;   /* of the exposure; -1 for calibrations */
	int64_t version; /* of the generator */
};

struct amplifier {
	double gain_e_per_adu;
	double read_noise_e;
	double saturation_adu; /* raw values from here on are saturated */
	int32_t *raw;          /* geometry_raw_pixels, or NULL */
};

struct raw {
	struct geometry geometry;
	char instrument[RAW_NAME_BYTES];
	char calibration_folder[RAW_NAME_BYTES]; /* relative to the folder of the file */
	int64_t detector;
	int64_t exposure;
	double exposure_s;
	struct amplifier amplifiers[AMPLIFIERS];
};

/* Makes room for the pixels of all amplifiers of raw->geometry. Returns 0 or -ENOMEM. */
int raw_init_pixels(struct raw *raw, struct error *err);
void raw_release_pixels(struct raw *raw);
void raw_release(struct raw *raw);

/* Reads a whole file. Returns 0 or -errno. */
int raw_read(const char *path, struct raw *ret, struct error *err);

/* Writes raw to path, whole or not at all. Returns 0 or -errno. */
int raw_write(const char *path, const struct raw *raw, const struct stamp *stamp,
              struct error *err);

#define cleanup_raw __attribute__((cleanup(raw_release)))

#endif
