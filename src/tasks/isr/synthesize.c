#include "tasks/isr/synthesize.h"

#include "core/cleanup.h"
#include "core/error.h"
#include "core/file.h"
#include "core/str.h"
#include "tasks/isr/expose.h"
#include "tasks/isr/stamp.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct job {
	const char *folder;
	char *calibrations; /* the subfolder */
	int64_t count;
	uint64_t seed;
	double size;
};

static struct stamp stamp_of(const struct job *job, int64_t index)
{
	return (struct stamp){
	        .seed = (int64_t)job->seed,
	        .size = job->size,
	        .index = index,
	        .version = STAMP_VERSION,
	};
}

static int make_folder(const char *path, struct error *err)
{
	if (mkdir(path, 0777) == 0 || errno == EEXIST)
		return 0;
	return error_system(err, errno,
	                    "%s: the folder cannot be created; its parent must exist and "
	                    "be writable",
	                    path);
}

static int raw_path(const struct job *job, int64_t index, char **ret, struct error *err)
{
	return str_format(ret, err, "%s/raw-%05lld.fits", job->folder, (long long)index);
}

/* The index in a name that raw_path makes, or -1. */
static int64_t index_of_name(const char *name)
{
	if (!str_starts_with(name, "raw-"))
		return -1;
	char *end;
	const long long index = strtoll(name + 4, &end, 10);
	return end > name + 4 && strcmp(end, ".fits") == 0 ? index : -1;
}

static int check_leftover(const struct job *job, const char *name, struct error *err)
{
	const int64_t index = index_of_name(name);
	if (index < job->count)
		return 0;
	cleanup_free char *path = NULL;
	const int r = file_join(job->folder, name, &path, err);
	if (r < 0)
		return r;
	const struct stamp stamp = stamp_of(job, index);
	if (stamp_matches(path, &stamp))
		return 0;
	return error_set(err, EEXIST,
	                 "%s: is of another seed, size or version and would be taken for an input; "
	                 "remove it or name another folder",
	                 path);
}

static int check_leftovers(const struct job *job, struct error *err)
{
	DIR *const dir = opendir(job->folder);
	if (!dir)
		return error_system(err, errno, "%s: the folder cannot be read", job->folder);
	int r = 0;
	const struct dirent *entry;
	while (r == 0 && (entry = readdir(dir)))
		r = check_leftover(job, entry->d_name, err);
	closedir(dir);
	return r;
}

/* Whether raw `index` has to be made; with its path, which the caller frees. */
static int find_raw(const struct job *job, int64_t index, bool *ret_missing, char **ret_path,
                    struct error *err)
{
	const int r = raw_path(job, index, ret_path, err);
	if (r < 0)
		return r;
	const struct stamp stamp = stamp_of(job, index);
	*ret_missing = !stamp_matches(*ret_path, &stamp);
	return 0;
}

static int count_missing(const struct job *job, int64_t *ret_count, struct error *err)
{
	int64_t count = 0;
	for (int64_t i = 0; i < job->count; i++) {
		cleanup_free char *path = NULL;
		bool missing = false;
		const int r = find_raw(job, i, &missing, &path, err);
		if (r < 0)
			return r;
		count += missing;
	}
	*ret_count = count;
	return 0;
}

static int make_raw(const struct job *job, const struct detector *detector, int64_t index,
                    struct error *err)
{
	const struct expose_options options = {0};
	const struct truth truth = {0};
	bool missing = false;
	cleanup_free char *path = NULL;
	cleanup_raw struct raw raw = {0};
	int r = find_raw(job, index, &missing, &path, err);
	if (r < 0 || !missing)
		return r;
	r = expose(detector, index, &options, &truth, &raw, err);
	if (r < 0)
		return r;
	const struct stamp stamp = stamp_of(job, index);
	return raw_write(path, &raw, &stamp, err);
}

/* Raws first: afterwards the detector's planes become the measured calibrations. */
static int make_files(const struct job *job, bool calibrations, struct error *err)
{
	cleanup_detector struct detector detector = {0};
	int r = detector_init(job->seed, job->size, &detector, err);
	for (int64_t i = 0; r == 0 && i < job->count; i++)
		r = make_raw(job, &detector, i, err);
	if (r < 0 || !calibrations)
		return r;
	detector_add_calibration_noise(&detector);
	const struct stamp stamp = stamp_of(job, -1);
	return calibration_write(job->calibrations, &detector.geometry, &detector.truth, &stamp,
	                         err);
}

int synthesize(const char *folder, int64_t count, uint64_t seed, double size,
               struct synthesize_report *ret, struct error *err)
{
	struct geometry unused;
	cleanup_free char *calibrations = NULL;
	int r = geometry_init(size, &unused, err);
	if (r == 0)
		r = file_join(folder, "calib", &calibrations, err);
	if (r == 0)
		r = make_folder(folder, err);
	if (r == 0)
		r = make_folder(calibrations, err);
	if (r < 0)
		return r;
	const struct job job = {folder, calibrations, count, seed, size};
	int64_t to_make = 0;
	r = check_leftovers(&job, err);
	if (r == 0)
		r = count_missing(&job, &to_make, err);
	if (r < 0)
		return r;
	const struct stamp stamp = stamp_of(&job, -1);
	const bool measure = !calibration_matches(calibrations, &stamp);
	if (to_make > 0 || measure)
		r = make_files(&job, measure, err);
	if (r == 0)
		*ret = (struct synthesize_report){to_make, count - to_make, measure};
	return r;
}
