#include "tasks/isr/calibration.h"

#include "core/array.h"
#include "core/error.h"
#include "core/file.h"
#include "tasks/isr/fits_file.h"
#include "tasks/isr/log.h"
#include "tasks/isr/pixels.h"
#include "tasks/isr/raw_file.h"
#include "tasks/isr/stamp.h"

#include <errno.h>

enum { MOST_DEFECTS = 1000000 };

static const char *const file_names[] = {
        "bias.fits", "dark.fits", "flat.fits", "defects.fits", "crosstalk.fits", "bfkernel.fits",
};

void calibration_release(struct calibration *calibration)
{
	if (!calibration)
		return;
	free(calibration->bias);
	free(calibration->dark);
	free(calibration->flat);
	free(calibration->defects.items);
	*calibration = (struct calibration){0};
}

static int open_named(const char *folder, const char *name, const struct log *log,
                      struct fits_file *ret, struct error *err)
{
	cleanup_free char *path = NULL;
	int r = file_join(folder, name, &path, err);
	if (r == 0)
		r = fits_file_open(path, ret, err);
	if (r < 0)
		return error_context(err, r, "calibrations (CALIBDIR of the raw file, or --calib)");
	LOG_INFO(log, LOG_GET, "Reading bytes from %s", path);
	return 0;
}

static int read_plane(const char *folder, const char *name, const struct geometry *g,
                      const struct log *log, float **ret, struct error *err)
{
	cleanup_fits_file struct fits_file file = {0};
	cleanup_free float *plane = pixels_new(geometry_ccd_pixels(g), sizeof *plane);
	if (!plane)
		return error_memory(err);
	int r = open_named(folder, name, log, &file, err);
	if (r == 0)
		r = fits_file_go_image(&file, "IMAGE", geometry_ccd_width(g),
		                       geometry_ccd_height(g), err);
	if (r == 0)
		r = fits_file_read_pixels(&file, TFLOAT, geometry_ccd_pixels(g), plane, err);
	if (r < 0)
		return r;
	*ret = plane;
	plane = NULL;
	return 0;
}

static int read_matrix(const char *folder, const char *name, const char *extension, int side,
                       const struct log *log, double *ret, struct error *err)
{
	cleanup_fits_file struct fits_file file = {0};
	int r = open_named(folder, name, log, &file, err);
	if (r == 0)
		r = fits_file_go_image(&file, extension, side, side, err);
	if (r == 0)
		r = fits_file_read_pixels(&file, TDOUBLE, (size_t)side * (size_t)side, ret, err);
	return r;
}

/* The four columns of one row, or an error when it lies outside the CCD. */
static int read_defect(const struct fits_file *file, const struct geometry *g, long row,
                       struct defect *ret, struct error *err)
{
	int status = 0;
	int v[4] = {0};
	for (int column = 0; column < 4; column++)
		fits_read_col(file->handle, TINT, column + 1, row + 1, 1, 1, NULL, &v[column], NULL,
		              &status);
	if (status)
		return fits_file_error(file, status, err, "reading row %ld", row + 1);
	if (v[0] < 0 || v[1] < 0 || v[2] < 1 || v[3] < 1 || v[2] > geometry_ccd_width(g) - v[0] ||
	    v[3] > geometry_ccd_height(g) - v[1])
		return error_set(err, EINVAL,
		                 "%s: row %ld: %d x %d at (%d, %d) is not inside the CCD",
		                 file->path, row + 1, v[2], v[3], v[0], v[1]);
	*ret = (struct defect){.x = v[0], .y = v[1], .width = v[2], .height = v[3]};
	return 0;
}

static int read_defects(const char *folder, const struct geometry *g, const struct log *log,
                        struct defects *ret, struct error *err)
{
	cleanup_fits_file struct fits_file file = {0};
	int r = open_named(folder, "defects.fits", log, &file, err);
	if (r < 0)
		return r;
	int status = 0;
	long count = 0;
	char name[] = "DEFECTS";
	fits_movnam_hdu(file.handle, BINARY_TBL, name, 0, &status);
	fits_get_num_rows(file.handle, &count, &status);
	if (status || count > MOST_DEFECTS)
		return fits_file_error(&file, status, err, "looking for the table DEFECTS");
	r = array_reserve(&ret->items, &ret->capacity, (size_t)count, sizeof *ret->items, err);
	for (long i = 0; r == 0 && i < count; i++)
		r = read_defect(&file, g, i, &ret->items[i], err);
	if (r == 0)
		ret->count = (size_t)count;
	return r;
}

int calibration_read(const char *folder, const struct geometry *g, const struct log *log,
                     struct calibration *ret, struct error *err)
{
	struct calibration c = {0};
	int r = read_plane(folder, "bias.fits", g, log, &c.bias, err);
	if (r == 0)
		r = read_plane(folder, "dark.fits", g, log, &c.dark, err);
	if (r == 0)
		r = read_plane(folder, "flat.fits", g, log, &c.flat, err);
	if (r == 0)
		r = read_defects(folder, g, log, &c.defects, err);
	if (r == 0)
		r = read_matrix(folder, "crosstalk.fits", "CROSSTALK", AMPLIFIERS, log,
		                &c.crosstalk.coefficient[0][0], err);
	if (r == 0)
		r = read_matrix(folder, "bfkernel.fits", "KERNEL", KERNEL_SIDE, log,
		                &c.kernel.weight[0][0], err);
	if (r < 0) {
		calibration_release(&c);
		return r;
	}
	*ret = c;
	return 0;
}

/* Every file: an empty primary HDU with the stamp, and one extension. */
static int create_named(const char *folder, const char *name, const struct stamp *stamp,
                        struct fits_file *ret, struct error *err)
{
	cleanup_free char *path = NULL;
	int r = file_join(folder, name, &path, err);
	if (r == 0)
		r = fits_file_create(path, ret, err);
	if (r < 0)
		return r;
	int status = 0;
	fits_create_img(ret->handle, BYTE_IMG, 0, NULL, &status);
	if (status)
		return fits_file_error(ret, status, err, "writing the header");
	return stamp_write(ret, stamp, err);
}

static int write_image(const char *folder, const char *name, const char *extension, int type,
                       int width, int height, const void *pixels, const struct stamp *stamp,
                       struct error *err)
{
	cleanup_fits_file struct fits_file file = {0};
	int r = create_named(folder, name, stamp, &file, err);
	if (r == 0)
		r = fits_file_write_image(&file, extension, type == TFLOAT ? FLOAT_IMG : DOUBLE_IMG,
		                          width, height, type, pixels, err);
	if (r == 0)
		r = fits_file_commit(&file, err);
	return r;
}

static int write_defects(const char *folder, const struct defects *defects,
                         const struct stamp *stamp, struct error *err)
{
	cleanup_fits_file struct fits_file file = {0};
	int r = create_named(folder, "defects.fits", stamp, &file, err);
	if (r < 0)
		return r;
	char *names[] = {(char[]){"X0"}, (char[]){"Y0"}, (char[]){"WIDTH"}, (char[]){"HEIGHT"}};
	char *forms[] = {(char[]){"J"}, (char[]){"J"}, (char[]){"J"}, (char[]){"J"}};
	int status = 0;
	fits_create_tbl(file.handle, BINARY_TBL, 0, 4, names, forms, NULL, "DEFECTS", &status);
	for (size_t i = 0; i < defects->count; i++) {
		const struct defect *const d = &defects->items[i];
		int v[4] = {d->x, d->y, d->width, d->height};
		for (int column = 0; column < 4; column++)
			fits_write_col(file.handle, TINT, column + 1, (LONGLONG)i + 1, 1, 1,
			               &v[column], &status);
	}
	if (status)
		return fits_file_error(&file, status, err, "writing the table DEFECTS");
	return fits_file_commit(&file, err);
}

int calibration_write(const char *folder, const struct geometry *g,
                      const struct calibration *calibration, const struct stamp *stamp,
                      struct error *err)
{
	const int width = geometry_ccd_width(g), height = geometry_ccd_height(g);
	const struct {
		const char *name, *extension;
		int type, width, height;
		const void *pixels;
	} images[] = {
	        {"bias.fits", "IMAGE", TFLOAT, width, height, calibration->bias},
	        {"dark.fits", "IMAGE", TFLOAT, width, height, calibration->dark},
	        {"flat.fits", "IMAGE", TFLOAT, width, height, calibration->flat},
	        {"crosstalk.fits", "CROSSTALK", TDOUBLE, AMPLIFIERS, AMPLIFIERS,
	         calibration->crosstalk.coefficient},
	        {"bfkernel.fits", "KERNEL", TDOUBLE, KERNEL_SIDE, KERNEL_SIDE,
	         calibration->kernel.weight},
	};
	int r = write_defects(folder, &calibration->defects, stamp, err);
	for (size_t i = 0; r == 0 && i < ARRAY_LENGTH(images); i++)
		r = write_image(folder, images[i].name, images[i].extension, images[i].type,
		                images[i].width, images[i].height, images[i].pixels, stamp, err);
	return r;
}

bool calibration_matches(const char *folder, const struct stamp *stamp)
{
	for (size_t i = 0; i < ARRAY_LENGTH(file_names); i++) {
		cleanup_free char *path = NULL;
		struct error ignored;
		if (file_join(folder, file_names[i], &path, &ignored) < 0 ||
		    !stamp_matches(path, stamp))
			return false;
	}
	return true;
}
