#include "store/load.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/file.h"
#include "core/str.h"
#include "store/header.h"
#include "store/load_rows.h"
#include "store/migrate.h"
#include "store/place.h"
#include "store/schema.h"
#include "store/store.h"
#include "store/target.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int say_busy(const char *path, struct error *err)
{
	return error_set(err, EBUSY,
	                 "%s is being written by another program (a running plateau, or sqlite3): "
	                 "read it when that has ended",
	                 path);
}

/* The result of a killed run on a network file system is elsewhere. */
static int refuse_missing(const char *path, struct error *err)
{
	cleanup_free char *found = NULL;
	const int r = place_find(path, &found, err);
	if (r < 0)
		return r;
	if (place_is_live(path))
		return say_busy(path, err);
	return error_set(err, ENOENT,
	                 "%s is not finished: what there is of it is in %s; `plateau run --resume "
	                 "%s` goes on with it",
	                 path, found, path);
}

static int open_plain_file(const char *path, int *ret_fd, struct stat *ret_status,
                           struct error *err)
{
	cleanup_close int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 && errno == ENOENT)
		return refuse_missing(path, err);
	if (fd < 0)
		return error_system(err, errno, "cannot read %s", path);
	struct stat status;
	if (fstat(fd, &status) < 0)
		return error_system(err, errno, "cannot read %s", path);
	if (S_ISDIR(status.st_mode))
		return error_set(err, EISDIR, "%s is a folder, not a plateau result file", path);
	if (!S_ISREG(status.st_mode))
		return error_set(err, EINVAL, "%s is not a plain file", path);
	*ret_fd = fd;
	*ret_status = status;
	fd = -1;
	return 0;
}

static int refuse_live(int fd, const char *path, struct error *err)
{
	return store_is_locked(fd) ? say_busy(path, err) : 0;
}

static int copy_all(const char *path, const char *copy, struct error *err)
{
	static const char *const suffixes[] = {"", "-wal", "-journal"};
	for (size_t i = 0; i < ARRAY_LENGTH(suffixes); i++) {
		cleanup_free char *from = NULL;
		cleanup_free char *to = NULL;
		int r = str_format(&from, err, "%s%s", path, suffixes[i]);
		if (r == 0)
			r = str_format(&to, err, "%s%s", copy, suffixes[i]);
		if (r == 0 && (i == 0 || access(from, F_OK) == 0))
			r = file_copy(from, to, 0600, false, err);
		if (r == -ENOENT && i > 0)
			r = 0; /* gone meanwhile */
		if (r == -ENOSPC)
			return error_context(err, r, "set TMPDIR to a folder with room for it");
		if (r < 0)
			return r;
	}
	return 0;
}

static int log_bytes_beside(const char *path, uint64_t *ret_bytes, bool *ret_found,
                            struct error *err)
{
	static const char *const suffixes[] = {"-wal", "-journal"};
	for (size_t i = 0; i < ARRAY_LENGTH(suffixes); i++) {
		cleanup_free char *name = NULL;
		const int r = str_format(&name, err, "%s%s", path, suffixes[i]);
		if (r < 0)
			return r;
		struct stat status;
		if (stat(name, &status) < 0)
			continue;
		*ret_found = true;
		*ret_bytes += (uint64_t)status.st_size;
	}
	return 0;
}

/* Reads the database `file`, which is path itself or a private copy of it. */
static int load_file(const char *file, const char *path, bool is_copy, uint64_t file_bytes,
                     struct dataset *dataset, struct error *err)
{
	cleanup_database sqlite3 *db = NULL;
	int r = store_open_untrusted(file, is_copy, &db, err);
	if (r < 0)
		return r;
	r = store_execute(db, "BEGIN", err, path);
	int version = 0;
	if (r == 0)
		r = migrate_check(db, &schema_result, path, &version, err);
	if (r == 0)
		r = load_rows(db, path, version, file_bytes, dataset, err);
	return r == -EBUSY ? say_busy(path, err) : r;
}

/* real is the file itself, path as it was named. */
static int load_copy(int fd, const char *real, const char *path, uint64_t file_bytes,
                     struct dataset *dataset, struct error *err)
{
	cleanup_free char *folder = NULL;
	int r = file_make_temporary_folder(NULL, "plateau-load", &folder, err);
	if (r < 0)
		return r;
	cleanup_free char *copy = NULL;
	r = file_join(folder, "result.db", &copy, err);
	if (r == 0)
		r = copy_all(real, copy, err);
	if (r == 0)
		r = refuse_live(fd, path, err); /* it may have come to life meanwhile */
	if (r == 0)
		r = load_file(copy, path, true, file_bytes, dataset, err);
	struct error ignored;
	file_remove_tree(AT_FDCWD, folder, &ignored);
	return r;
}

/* A log is found beside the name that the file had when it was written. */
static int refuse_hard_link(const char *path, struct error *err)
{
	return error_set(err, EINVAL,
	                 "%s has another name as well (a hard link), and the log that belongs to "
	                 "it is not beside this one: read it by the name that it was written "
	                 "under, or, where there is no log any more, read a copy",
	                 path);
}

int load_dataset(const char *path, struct dataset *ret_dataset, struct error *err)
{
	cleanup_free char *real = NULL;
	cleanup_close int fd = -1;
	struct stat status = {0};
	int r = target_resolve(path, &real, err);
	if (r == 0)
		r = open_plain_file(path, &fd, &status, err);
	if (r < 0)
		return r;
	unsigned char bytes[HEADER_BYTES];
	const ssize_t got = pread(fd, bytes, sizeof bytes, 0);
	if (got < 0)
		return error_system(err, errno, "cannot read %s", path);
	struct header header = {0};
	r = header_parse(path, bytes, (size_t)got, &schema_result, &header, err);
	if (r == 0)
		r = refuse_live(fd, path, err);
	uint64_t log_bytes = 0;
	bool needs_copy = false;
	if (r == 0)
		r = log_bytes_beside(real, &log_bytes, &needs_copy, err);
	if (r < 0)
		return r;
	if (header.has_log && !needs_copy && status.st_nlink > 1)
		return refuse_hard_link(path, err);
	needs_copy = needs_copy || header.has_log;
	const uint64_t file_bytes = (uint64_t)status.st_size + log_bytes;
	if (!needs_copy && file_bytes < header.database_bytes)
		return error_set(err, EINVAL, "%s is cut short: %llu of %llu bytes are there", path,
		                 (unsigned long long)file_bytes,
		                 (unsigned long long)header.database_bytes);
	struct dataset dataset = {0};
	r = str_copy(path, &dataset.path, err);
	if (r == 0)
		r = needs_copy ? load_copy(fd, real, path, file_bytes, &dataset, err)
		               : load_file(real, path, false, file_bytes, &dataset, err);
	if (r < 0) {
		dataset_release(&dataset);
		return r;
	}
	*ret_dataset = dataset;
	return 0;
}
