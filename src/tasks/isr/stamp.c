#include "tasks/isr/stamp.h"

#include "core/error.h"
#include "tasks/isr/fits_file.h"

int stamp_write(const struct fits_file *file, const struct stamp *stamp, struct error *err)
{
	int status = 0;
	fits_write_key_lng(file->handle, "SYNSEED", stamp->seed, "seed of the generator", &status);
	fits_write_key_dbl(file->handle, "SYNSIZE", stamp->size, -15, "size of the CCD", &status);
	fits_write_key_lng(file->handle, "SYNINDEX", stamp->index, "exposure, -1: calibration",
	                   &status);
	fits_write_key_lng(file->handle, "SYNVERS", stamp->version, "version of the generator",
	                   &status);
	if (status)
		return fits_file_error(file, status, err, "writing the header");
	return 0;
}

bool stamp_matches(const char *path, const struct stamp *stamp)
{
	cleanup_fits_file struct fits_file file = {0};
	struct error ignored;
	if (fits_file_open(path, &file, &ignored) < 0)
		return false;
	int status = 0;
	LONGLONG seed, index, version;
	double size;
	fits_read_key_lnglng(file.handle, "SYNSEED", &seed, NULL, &status);
	fits_read_key_lnglng(file.handle, "SYNINDEX", &index, NULL, &status);
	fits_read_key_lnglng(file.handle, "SYNVERS", &version, NULL, &status);
	fits_read_key_dbl(file.handle, "SYNSIZE", &size, NULL, &status);
	return !status && seed == stamp->seed && index == stamp->index &&
	       version == stamp->version && size == stamp->size;
}
