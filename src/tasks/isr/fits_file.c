#include "tasks/isr/fits_file.h"

#include "core/error.h"
#include "core/str.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int fits_file_error(const struct fits_file *file, int status, struct error *err, const char *doing,
                    ...)
{
	char what[128], reason[FLEN_STATUS] = "", extension[FLEN_VALUE] = "";
	va_list args;
	va_start(args, doing);
	vsnprintf(what, sizeof what, doing, args);
	va_end(args);
	fits_get_errstatus(status, reason);
	int number = 1, ignored = 0;
	if (file->handle) {
		fits_get_hdu_num(file->handle, &number);
		fits_read_key(file->handle, TSTRING, "EXTNAME", extension, NULL, &ignored);
	}
	fits_clear_errmsg();
	const char *const remedy = file->temporary
	                                   ? "is the disk full, or the file size limited?"
	                                   : "the file is damaged, cut short or of another kind; "
	                                     "make it again with --synthesize";
	return error_set(err, file->temporary ? EIO : EINVAL,
	                 "%s: HDU %d%s%s%s: %s: %s (cfitsio %d); %s", file->path, number,
	                 *extension ? " (" : "", extension, *extension ? ")" : "", what, reason,
	                 status, remedy);
}

int fits_file_open(const char *path, struct fits_file *ret, struct error *err)
{
	if (access(path, R_OK) < 0)
		return error_system(err, errno, "%s: cannot be read", path);
	struct fits_file file = {0};
	int r = str_copy(path, &file.path, err);
	if (r < 0)
		return r;
	int status = 0;
	fits_open_diskfile(&file.handle, path, READONLY, &status);
	if (status) {
		file.handle = NULL;
		r = fits_file_error(&file, status, err, "not readable as FITS");
		fits_file_release(&file);
		return r;
	}
	*ret = file;
	return 0;
}

/* "folder/.name.PID.part", so that neither a glob nor a reader takes it for the file. */
static int temporary_name(const char *path, char **ret, struct error *err)
{
	const char *const slash = strrchr(path, '/');
	const int folder_bytes = slash ? (int)(slash + 1 - path) : 0;
	return str_format(ret, err, "%.*s.%s.%ld.part", folder_bytes, path,
	                  slash ? slash + 1 : path, (long)getpid());
}

int fits_file_create(const char *path, struct fits_file *ret, struct error *err)
{
	struct fits_file file = {0};
	int r = str_copy(path, &file.path, err);
	if (r == 0)
		r = temporary_name(path, &file.temporary, err);
	if (r < 0) {
		fits_file_release(&file);
		return r;
	}
	int status = 0;
	unlink(file.temporary); /* of an earlier process with this id */
	fits_create_diskfile(&file.handle, file.temporary, &status);
	if (status) {
		file.handle = NULL;
		fits_clear_errmsg();
		r = error_set(
		        err, EIO,
		        "%s: cannot be created; does the folder exist, and may you write there?",
		        path);
		fits_file_release(&file);
		return r;
	}
	*ret = file;
	return 0;
}

int fits_file_commit(struct fits_file *file, struct error *err)
{
	int status = 0;
	fitsfile *const handle = file->handle;
	fits_close_file(handle, &status);
	file->handle = NULL;
	int r = 0;
	if (status)
		r = fits_file_error(file, status, err, "closing");
	else if (rename(file->temporary, file->path) < 0)
		r = error_system(err, errno, "%s: cannot be put in place", file->path);
	if (r < 0)
		unlink(file->temporary);
	free(file->temporary);
	file->temporary = NULL;
	return r;
}

void fits_file_release(struct fits_file *file)
{
	if (!file)
		return;
	int status = 0;
	if (file->handle)
		fits_close_file(file->handle, &status);
	fits_clear_errmsg();
	if (file->temporary)
		unlink(file->temporary);
	free(file->temporary);
	free(file->path);
	*file = (struct fits_file){0};
}

int fits_file_go_image(const struct fits_file *file, const char *name, int width, int height,
                       struct error *err)
{
	int status = 0, axes = 0;
	long sides[2] = {0, 0};
	char wanted[FLEN_VALUE];
	snprintf(wanted, sizeof wanted, "%s", name);
	fits_movnam_hdu(file->handle, IMAGE_HDU, wanted, 0, &status);
	if (status)
		return fits_file_error(file, status, err, "looking for the image extension %s",
		                       name);
	fits_get_img_dim(file->handle, &axes, &status);
	fits_get_img_size(file->handle, 2, sides, &status);
	if (status)
		return fits_file_error(file, status, err, "reading the size of %s", name);
	if (axes != 2 || sides[0] != width || sides[1] != height)
		return error_set(
		        err, EINVAL,
		        "%s: HDU %s is %ld x %ld in %d dimensions where %d x %d is needed; "
		        "raw and calibrations must be of one detector and one --size",
		        file->path, name, sides[0], sides[1], axes, width, height);
	return 0;
}

int fits_file_number(const struct fits_file *file, const char *keyword, double *ret,
                     struct error *err)
{
	int status = 0;
	double value = 0;
	fits_read_key(file->handle, TDOUBLE, keyword, &value, NULL, &status);
	if (status)
		return fits_file_error(file, status, err, "reading keyword %s", keyword);
	*ret = value;
	return 0;
}

int fits_file_read_pixels(const struct fits_file *file, int type, size_t count, void *ret,
                          struct error *err)
{
	int status = 0;
	long first[2] = {1, 1};
	fits_read_pix(file->handle, type, first, (LONGLONG)count, NULL, ret, NULL, &status);
	if (status)
		return fits_file_error(file, status, err, "reading pixels");
	return 0;
}

int fits_file_write_image(const struct fits_file *file, const char *name, int bitpix, int width,
                          int height, int type, const void *pixels, struct error *err)
{
	int status = 0;
	long sides[2] = {width, height};
	long first[2] = {1, 1};
	fits_create_img(file->handle, bitpix, 2, sides, &status);
	fits_update_key(file->handle, TSTRING, "EXTNAME", (void *)(uintptr_t)name, NULL, &status);
	fits_write_pix(file->handle, type, first, (LONGLONG)width * height,
	               (void *)(uintptr_t)pixels, &status);
	if (status)
		return fits_file_error(file, status, err, "writing the image %s", name);
	return 0;
}
