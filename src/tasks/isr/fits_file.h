/* FITS files through cfitsio, with errors that say which file, which HDU and what to do. Names are
 * taken as they are: cfitsio's extended syntax ("x.fits[1]") is off. */
#ifndef TASKS_ISR_FITS_FILE_H
#define TASKS_ISR_FITS_FILE_H

#include <fitsio.h>
#include <stddef.h>
#include <stdint.h>

struct error;

struct fits_file {
	fitsfile *handle;
	char *path;      /* the name a person knows */
	char *temporary; /* where it is written until fits_file_commit; NULL when reading */
};

/* Opens for reading. Returns 0 or -errno (-EINVAL when it is not FITS). */
int fits_file_open(const char *path, struct fits_file *ret, struct error *err);

/* Creates a file under a hidden temporary name in the folder of path. Returns 0 or -errno. */
int fits_file_create(const char *path, struct fits_file *ret, struct error *err);

/* Ends writing: closes, and renames into place. On failure nothing is left behind and whatever
 * stood at path before still stands. Returns 0 or -errno. */
int fits_file_commit(struct fits_file *file, struct error *err);

/* Closes; a file that was not committed is removed. */
void fits_file_release(struct fits_file *file);

/* Sets err from cfitsio's status, with the file and the current HDU. Returns -EINVAL when reading,
 * -EIO when writing. */
int fits_file_error(const struct fits_file *file, int status, struct error *err, const char *doing,
                    ...) __attribute__((format(printf, 4, 5)));

/* Goes to the image extension `name` and checks that it is width x height. Returns 0 or
 * -EINVAL. */
int fits_file_go_image(const struct fits_file *file, const char *name, int width, int height,
                       struct error *err);

/* Reads a number from the current header. Returns 0 or -EINVAL. */
int fits_file_number(const struct fits_file *file, const char *keyword, double *ret,
                     struct error *err);

/* Reads or writes the whole current image; type is TFLOAT, TDOUBLE or TINT. Returns 0 or -errno. */
int fits_file_read_pixels(const struct fits_file *file, int type, size_t count, void *ret,
                          struct error *err);

/* Adds an image extension `name` of cfitsio's type bitpix (FLOAT_IMG, USHORT_IMG, ...). */
int fits_file_write_image(const struct fits_file *file, const char *name, int bitpix, int width,
                          int height, int type, const void *pixels, struct error *err);

#define cleanup_fits_file __attribute__((cleanup(fits_file_release)))

#endif
