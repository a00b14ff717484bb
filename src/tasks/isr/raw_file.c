#include "tasks/isr/raw_file.h"

#include "core/error.h"
#include "tasks/isr/fits_file.h"
#include "tasks/isr/pixels.h"
#include "tasks/isr/stamp.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

enum { LARGEST_SIDE = 16384 };

int raw_init_pixels(struct raw *raw, struct error *err)
{
	const size_t pixels = geometry_raw_pixels(&raw->geometry);
	for (int i = 0; i < AMPLIFIERS; i++) {
		raw->amplifiers[i].raw = pixels_new(pixels, sizeof(int32_t));
		if (!raw->amplifiers[i].raw) {
			raw_release_pixels(raw);
			return error_memory(err);
		}
	}
	return 0;
}

void raw_release_pixels(struct raw *raw)
{
	for (int i = 0; i < AMPLIFIERS; i++) {
		free(raw->amplifiers[i].raw);
		raw->amplifiers[i].raw = NULL;
	}
}

void raw_release(struct raw *raw)
{
	if (raw)
		raw_release_pixels(raw);
}

/* A whole number of pixels from the header, within what a detector can have. */
static int read_side(const struct fits_file *file, const char *keyword, int low, int *ret,
                     struct error *err)
{
	double value;
	const int r = fits_file_number(file, keyword, &value, err);
	if (r < 0)
		return r;
	if (!(value >= low && value <= LARGEST_SIDE) || value != floor(value))
		return error_set(err, EINVAL,
		                 "%s: HDU 1: %s = %g is not a whole number in %d to %d", file->path,
		                 keyword, value, low, LARGEST_SIDE);
	*ret = (int)value;
	return 0;
}

static int read_geometry(const struct fits_file *file, struct geometry *ret, struct error *err)
{
	struct geometry g = {0};
	const struct {
		const char *keyword;
		int low;
		int *to;
	} sides[] = {
	        {"DATAX", 0, &g.data_x},
	        {"DATAWID", 32, &g.data_width},
	        {"DATAHGT", 32, &g.data_height},
	        {"OVERWID", 8, &g.overscan_width},
	        {"OVERHGT", 0, &g.parallel_overscan},
	};
	for (size_t i = 0; i < sizeof sides / sizeof *sides; i++) {
		const int r = read_side(file, sides[i].keyword, sides[i].low, sides[i].to, err);
		if (r < 0)
			return r;
	}
	*ret = g;
	return 0;
}

static int read_primary(const struct fits_file *file, struct raw *raw, struct error *err)
{
	double detector, exposure;
	int r = read_geometry(file, &raw->geometry, err);
	if (r == 0)
		r = fits_file_number(file, "DETECTOR", &detector, err);
	if (r == 0)
		r = fits_file_number(file, "EXPID", &exposure, err);
	if (r == 0)
		r = fits_file_number(file, "EXPTIME", &raw->exposure_s, err);
	if (r < 0)
		return r;
	if (!(raw->exposure_s >= 0 && raw->exposure_s < 1e6 && fabs(detector) < 1e9 &&
	      fabs(exposure) < 1e15))
		return error_set(err, EINVAL,
		                 "%s: HDU 1: EXPTIME, DETECTOR or EXPID is out of range",
		                 file->path);
	raw->detector = (int64_t)detector;
	raw->exposure = (int64_t)exposure;
	int status = 0;
	fits_read_key(file->handle, TSTRING, "INSTRUME", raw->instrument, NULL, &status);
	fits_read_key(file->handle, TSTRING, "CALIBDIR", raw->calibration_folder, NULL, &status);
	if (status)
		return fits_file_error(file, status, err, "reading INSTRUME and CALIBDIR");
	return 0;
}

static int read_amplifier(const struct fits_file *file, const struct geometry *g, int index,
                          struct amplifier *amplifier, struct error *err)
{
	int r = fits_file_go_image(file, geometry_amplifier_name(index), geometry_raw_width(g),
	                           geometry_raw_height(g), err);
	if (r == 0)
		r = fits_file_number(file, "GAIN", &amplifier->gain_e_per_adu, err);
	if (r == 0)
		r = fits_file_number(file, "RDNOISE", &amplifier->read_noise_e, err);
	if (r == 0)
		r = fits_file_number(file, "SATURATE", &amplifier->saturation_adu, err);
	if (r < 0)
		return r;
	if (!(amplifier->gain_e_per_adu > 0 && amplifier->read_noise_e >= 0))
		return error_set(err, EINVAL,
		                 "%s: HDU %s: GAIN %g must be above 0 and RDNOISE %g not below 0",
		                 file->path, geometry_amplifier_name(index),
		                 amplifier->gain_e_per_adu, amplifier->read_noise_e);
	return fits_file_read_pixels(file, TINT, geometry_raw_pixels(g), amplifier->raw, err);
}

int raw_read(const char *path, struct raw *ret, struct error *err)
{
	cleanup_fits_file struct fits_file file = {0};
	struct raw raw = {0};
	int r = fits_file_open(path, &file, err);
	if (r == 0)
		r = read_primary(&file, &raw, err);
	if (r == 0)
		r = raw_init_pixels(&raw, err);
	for (int i = 0; r == 0 && i < AMPLIFIERS; i++)
		r = read_amplifier(&file, &raw.geometry, i, &raw.amplifiers[i], err);
	if (r < 0) {
		raw_release(&raw);
		return r;
	}
	*ret = raw;
	return 0;
}

static int write_primary(const struct fits_file *file, const struct raw *raw,
                         const struct stamp *stamp, struct error *err)
{
	const struct geometry *const g = &raw->geometry;
	const struct {
		const char *keyword, *comment;
		long long value;
	} numbers[] = {
	        {"DETECTOR", "number of the CCD", raw->detector},
	        {"EXPID", "number of the exposure", raw->exposure},
	        {"DATAX", "columns before the data", g->data_x},
	        {"DATAWID", "columns of data per amplifier", g->data_width},
	        {"DATAHGT", "rows of data per amplifier", g->data_height},
	        {"OVERWID", "columns of serial overscan", g->overscan_width},
	        {"OVERHGT", "rows of parallel overscan", g->parallel_overscan},
	};
	int status = 0;
	fitsfile *const to = file->handle;
	fits_create_img(to, BYTE_IMG, 0, NULL, &status);
	fits_write_key_str(to, "INSTRUME", raw->instrument, "synthetic ITL CCD", &status);
	fits_write_key_str(to, "CALIBDIR", raw->calibration_folder, "calibrations, from here",
	                   &status);
	fits_write_key_dbl(to, "EXPTIME", raw->exposure_s, -15, "s", &status);
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		fits_write_key_lng(to, numbers[i].keyword, numbers[i].value, numbers[i].comment,
		                   &status);
	if (status)
		return fits_file_error(file, status, err, "writing the header");
	return stamp_write(file, stamp, err);
}

static int write_amplifier(const struct fits_file *file, const struct geometry *g, int index,
                           const struct amplifier *amplifier, struct error *err)
{
	const int r = fits_file_write_image(file, geometry_amplifier_name(index), USHORT_IMG,
	                                    geometry_raw_width(g), geometry_raw_height(g), TINT,
	                                    amplifier->raw, err);
	if (r < 0)
		return r;
	int status = 0;
	fits_write_key_dbl(file->handle, "GAIN", amplifier->gain_e_per_adu, -15,
	                   "electrons per ADU", &status);
	fits_write_key_dbl(file->handle, "RDNOISE", amplifier->read_noise_e, -15, "electrons",
	                   &status);
	fits_write_key_dbl(file->handle, "SATURATE", amplifier->saturation_adu, -15, "ADU, raw",
	                   &status);
	if (status)
		return fits_file_error(file, status, err, "writing the header");
	return 0;
}

int raw_write(const char *path, const struct raw *raw, const struct stamp *stamp, struct error *err)
{
	cleanup_fits_file struct fits_file file = {0};
	int r = fits_file_create(path, &file, err);
	if (r == 0)
		r = write_primary(&file, raw, stamp, err);
	for (int i = 0; r == 0 && i < AMPLIFIERS; i++)
		r = write_amplifier(&file, &raw->geometry, i, &raw->amplifiers[i], err);
	if (r == 0)
		r = fits_file_commit(&file, err);
	return r;
}
