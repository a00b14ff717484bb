#include "tasks/isr/result_file.h"

#include "core/array.h"
#include "core/error.h"
#include "tasks/isr/fits_file.h"
#include "tasks/isr/raw_file.h"
#include "tasks/isr/reduce.h"

#include <math.h>

static double mean_gain(const struct raw *raw)
{
	double sum = 0;
	for (int i = 0; i < AMPLIFIERS; i++)
		sum += raw->amplifiers[i].gain_e_per_adu;
	return sum / AMPLIFIERS;
}

/* FITS has no way to write a number that is not one: such a keyword is left out. */
static void write_real(fitsfile *to, const char *keyword, double value, const char *comment,
                       int *status)
{
	if (isfinite(value))
		fits_write_key_dbl(to, keyword, value, -15, comment, status);
}

static int write_primary(const struct fits_file *file, const struct raw *raw,
                         const struct reduction *reduction, struct error *err)
{
	const struct background *const b = &reduction->background;
	fitsfile *const to = file->handle;
	int status = 0;
	fits_create_img(to, BYTE_IMG, 0, NULL, &status);
	fits_write_key_str(to, "INSTRUME", raw->instrument, NULL, &status);
	fits_write_key_lng(to, "DETECTOR", raw->detector, "number of the CCD", &status);
	fits_write_key_lng(to, "EXPID", raw->exposure, "number of the exposure", &status);
	write_real(to, "EXPTIME", raw->exposure_s, "s", &status);
	fits_write_key_str(to, "BUNIT", "adu", NULL, &status);
	write_real(to, "GAIN", mean_gain(raw), "electrons per ADU, mean of the amplifiers",
	           &status);
	fits_write_key_lng(to, "BFITER", reduction->brighter_fatter_iterations,
	                   "brighter-fatter iterations", &status);
	write_real(to, "BFCHANGE", reduction->brighter_fatter_change, "last change, electrons",
	           &status);
	fits_write_key_lng(to, "NINTERP", (long long)reduction->interpolated, "interpolated pixels",
	                   &status);
	write_real(to, "SKYLEVEL", b->level, "ADU", &status);
	write_real(to, "SKYSIGMA", b->sigma, "ADU", &status);
	write_real(to, "SKYFLAT", b->flatness, "(largest - smallest cell) / level", &status);
	if (status)
		return fits_file_error(file, status, err, "writing the header");
	return 0;
}

static int write_mask_bits(const struct fits_file *file, struct error *err)
{
	static const struct {
		const char *keyword;
		int bit;
	} bits[] = {
	        {"MP_BAD", 0},    {"MP_SAT", 1},   {"MP_INTRP", 2},
	        {"MP_NODATA", 8}, {"MP_XTALK", 9}, {"MP_NAN", 10},
	};
	int status = 0;
	for (size_t i = 0; i < ARRAY_LENGTH(bits); i++)
		fits_write_key_lng(file->handle, bits[i].keyword, bits[i].bit, "bit number",
		                   &status);
	if (status)
		return fits_file_error(file, status, err, "writing the header");
	return 0;
}

int result_write(const char *path, const struct raw *raw, const struct reduction *reduction,
                 struct error *err)
{
	const struct frame *const f = &reduction->frame;
	cleanup_fits_file struct fits_file file = {0};
	int r = fits_file_create(path, &file, err);
	if (r == 0)
		r = write_primary(&file, raw, reduction, err);
	if (r == 0)
		r = fits_file_write_image(&file, "IMAGE", FLOAT_IMG, f->width, f->height, TFLOAT,
		                          f->image, err);
	if (r == 0)
		r = fits_file_write_image(&file, "VARIANCE", FLOAT_IMG, f->width, f->height, TFLOAT,
		                          f->variance, err);
	if (r == 0)
		r = fits_file_write_image(&file, "MASK", LONG_IMG, f->width, f->height, TINT,
		                          f->mask, err);
	if (r == 0)
		r = write_mask_bits(&file, err);
	if (r == 0)
		r = fits_file_commit(&file, err);
	return r;
}
