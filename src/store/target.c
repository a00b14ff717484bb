#include "store/target.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/str.h"
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What SQLite may leave beside a database. An old -wal beside a new file of the same name would
 * show the rows of the old one. */
static const char *const log_suffixes[] = {"-wal", "-journal", "-shm"};

static bool exists_beside(const char *path, const char *suffix, struct str *ret_name)
{
	struct stat status;
	*ret_name = (struct str){0};
	str_add(ret_name, path);
	str_add(ret_name, suffix);
	return lstat(str_text(ret_name), &status) == 0;
}

static int refuse_logs(const char *path, struct error *err)
{
	for (size_t i = 0; i < ARRAY_LENGTH(log_suffixes); i++) {
		cleanup_str struct str name;
		if (!exists_beside(path, log_suffixes[i], &name))
			continue;
		return error_set(err, EEXIST,
		                 "%s is left from an earlier run whose result is gone, and would "
		                 "be mixed with a new %s: remove it, choose another name with -o, "
		                 "or give --force",
		                 str_text(&name), path);
	}
	return 0;
}

bool target_is_live(const char *path)
{
	cleanup_close const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	return fd >= 0 && store_is_locked(fd);
}

/* Whether path may be written: free, or a plain file that force allows to be replaced. */
int target_check(const char *path, bool force, struct error *err)
{
	struct stat status;
	if (*path == '\0')
		return error_set(err, EINVAL, "the result file's name is empty");
	if (lstat(path, &status) < 0) {
		if (errno != ENOENT)
			return error_system(err, errno, "cannot write %s", path);
		return force ? 0 : refuse_logs(path, err);
	}
	if (S_ISDIR(status.st_mode))
		return error_set(err, EISDIR, "cannot write %s: it is a folder; name a file in it",
		                 path);
	if (!force)
		return error_set(err, EEXIST,
		                 "%s exists already: choose another name with -o, or give --force "
		                 "to replace it",
		                 path);
	if (!S_ISREG(status.st_mode))
		return error_set(err, EEXIST, "%s is not a plain file and is not replaced", path);
	if (target_is_live(path))
		return error_set(err, EBUSY,
		                 "%s is being written by a running plateau and is not replaced",
		                 path);
	return 0;
}

int target_remove_logs(const char *path, struct error *err)
{
	for (size_t i = 0; i < ARRAY_LENGTH(log_suffixes); i++) {
		cleanup_str struct str name;
		if (exists_beside(path, log_suffixes[i], &name) && unlink(str_text(&name)) < 0)
			return error_system(err, errno,
			                    "cannot remove %s, which belongs to the old result",
			                    str_text(&name));
	}
	return 0;
}

/* The database goes first: a log alone is refused by the next run, while a database without its
 * log would look whole. */
int target_remove(const char *path, struct error *err)
{
	if (unlink(path) < 0 && errno != ENOENT)
		return error_system(err, errno, "cannot replace %s", path);
	return target_remove_logs(path, err);
}

/* Renames without replacing; where the file system cannot, by a second name; where it cannot do
 * that either, an own empty file holds the place. */
int target_rename(const char *from, const char *to, struct error *err)
{
	if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno == EINVAL || errno == ENOSYS) {
		if (link(from, to) == 0) {
			unlink(from);
			return 0;
		}
		if (errno != EEXIST) {
			cleanup_close const int fd =
			        open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
			if (fd >= 0 && rename(from, to) == 0)
				return 0;
		}
	}
	if (errno == EEXIST)
		return error_set(err, EEXIST,
		                 "%s exists already: another run has just made it; choose another "
		                 "name with -o",
		                 to);
	return error_system(err, errno, "cannot write %s", to);
}

/* So that the name survives a power cut; a file system that cannot do it loses no more. */
void target_sync_folder(const char *path)
{
	cleanup_free char *copy = strdup(path);
	if (!copy)
		return;
	cleanup_close const int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0)
		fsync(fd);
}
