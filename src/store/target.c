#include "store/target.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"
#include "core/kernel.h"
#include "core/str.h"
#include "store/campaign_schema.h"
#include "store/schema.h"
#include "store/store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
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

/* The longest name that is made of a result's: while it is made it has a journal beside it. */
static int check_length(const char *path, struct error *err)
{
	static const char longest[] = ".new-01234567-journal";
	const char *const slash = strrchr(path, '/');
	const size_t length = strlen(slash ? slash + 1 : path);
	const size_t most = NAME_MAX - (sizeof longest - 1);
	if (length <= most)
		return 0;
	return error_set(err, ENAMETOOLONG,
	                 "the result file's name has %zu bytes, and at most %zu are possible: "
	                 "choose a shorter one with -o",
	                 length, most);
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

int target_resolve(const char *path, char **ret_real, struct error *err)
{
	struct stat status;
	char real[PATH_MAX];
	const bool is_link = lstat(path, &status) == 0 && S_ISLNK(status.st_mode);
	return str_copy(is_link && realpath(path, real) ? real : path, ret_real, err);
}

bool target_is_own(const char *path, int fd)
{
	struct stat named;
	struct stat own;
	return lstat(path, &named) == 0 && fstat(fd, &own) == 0 && named.st_dev == own.st_dev &&
	       named.st_ino == own.st_ino;
}

static int open_folder_of(const char *path)
{
	cleanup_free char *copy = strdup(path);
	return copy ? open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
}

#define FOLDER_WAIT_NS  (5 * NS_PER_S)
#define FOLDER_PAUSE_NS (2 * NS_PER_MS)

int target_lock_folder(const char *path)
{
	const int fd = open_folder_of(path);
	if (fd < 0)
		return -1;
	/* Whoever may read a folder may lock it, and hold all others up for ever; plateau needs it
	 * for moments. Without it names are still taken only where they are free. */
	const int64_t until_ns = clock_now_ns() + FOLDER_WAIT_NS;
	while (flock(fd, LOCK_EX | LOCK_NB) < 0 && (errno == EINTR || errno == EWOULDBLOCK) &&
	       clock_now_ns() < until_ns)
		clock_sleep_until(clock_now_ns() + FOLDER_PAUSE_NS);
	return fd;
}

bool target_is_live(const char *path)
{
	cleanup_close const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	return fd >= 0 && store_is_locked(fd);
}

bool target_is_result(const char *path)
{
	static const char magic[] = "SQLite format 3";
	enum { ID_AT = 68, ID_BYTES = 4, HEADER_BYTES = 100 };
	unsigned char bytes[HEADER_BYTES];
	uint32_t id = 0;
	cleanup_close const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 || pread(fd, bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes ||
	    memcmp(bytes, magic, sizeof magic) != 0)
		return false;
	for (size_t i = 0; i < ID_BYTES; i++)
		id = id << 8 | bytes[ID_AT + i];
	return id == SCHEMA_APPLICATION_ID || id == CAMPAIGN_APPLICATION_ID;
}

/* A name in a folder that is not there can be many things (a variable that was empty): it is not
 * made in silence. */
static int check_folder(const char *path, struct error *err)
{
	struct stat status;
	cleanup_free char *copy = NULL;
	const int r = str_copy(path, &copy, err);
	if (r < 0)
		return r;
	const char *const folder = path[strlen(path) - 1] == '/' ? path : dirname(copy);
	if (stat(folder, &status) == 0 || errno != ENOENT)
		return 0;
	return error_set(
	        err, ENOENT,
	        "cannot write %s: there is no folder %s; make it first (mkdir -p), or name "
	        "another place with -o",
	        path, folder);
}

/* Whether path may be written: free, or a result that force allows to be replaced. An empty file is
 * what a program leaves that was stopped at once. */
int target_check(const char *path, bool force, struct error *err)
{
	struct stat status;
	if (*path == '\0')
		return error_set(err, EINVAL, "the result file's name is empty");
	int r = check_length(path, err);
	if (r < 0)
		return r;
	if (lstat(path, &status) < 0) {
		if (errno != ENOENT)
			return error_system(err, errno, "cannot write %s", path);
		r = check_folder(path, err);
		return r < 0 || force ? r : refuse_logs(path, err);
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
	if (status.st_size > 0 && !target_is_result(path))
		return error_set(
		        err, EEXIST,
		        "%s is no result or campaign of plateau and is not replaced, with --force "
		        "neither: choose another name with -o",
		        path);
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
	struct stat status;
	if (lstat(path, &status) == 0 && !S_ISREG(status.st_mode))
		return error_set(err, EEXIST, "%s is not a plain file and is not replaced", path);
	if (unlink(path) < 0 && errno != ENOENT)
		return error_system(err, errno, "cannot replace %s", path);
	return target_remove_logs(path, err);
}

/* Renames without replacing; where the file system cannot, by a second name; where it cannot do
 * that either, an own empty file holds the place. */
int target_rename(const char *from, const char *to, struct error *err)
{
	if (kernel_rename_new(AT_FDCWD, from, AT_FDCWD, to) == 0)
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
	cleanup_close const int fd = open_folder_of(path);
	if (fd >= 0)
		fsync(fd);
}

/* Between being made and being held a file is empty. */
#define YOUNG_NS (2 * NS_PER_S)

/* Whether the open file is one that plateau had begun to make, and nobody makes any more. */
static bool is_left_over(int fd, bool is_text)
{
	static const char magic[] = "SQLite format 3";
	struct stat status;
	char bytes[sizeof magic];
	if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode) || status.st_uid != geteuid() ||
	    store_is_locked(fd) || store_hold(fd) < 0)
		return false;
	if (status.st_size == 0)
		return clock_calendar_ns() - file_mtime_ns(&status) > YOUNG_NS;
	/* A large transaction writes the first page last. */
	static const char unwritten[sizeof magic] = "";
	return is_text || (pread(fd, bytes, sizeof bytes, 0) == (ssize_t)sizeof bytes &&
	                   (memcmp(bytes, magic, sizeof magic) == 0 ||
	                    memcmp(bytes, unwritten, sizeof unwritten) == 0));
}

static void clear_one(int folder, const char *name, bool is_text)
{
	cleanup_close const int fd =
	        openat(folder, name, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	cleanup_str struct str journal = {0};
	if (fd < 0 || !is_left_over(fd, is_text))
		return;
	str_addf(&journal, "%s-journal", name);
	unlinkat(folder, name, 0);
	if (!journal.failed)
		unlinkat(folder, str_text(&journal), 0);
}

/* Whether name is base, infix and eight hexadecimal digits. */
static bool is_temporary(const char *name, const char *base, const char *infix)
{
	enum { DIGITS = 8 };
	if (!str_starts_with(name, base) || !str_starts_with(name + strlen(base), infix))
		return false;
	const char *const digits = name + strlen(base) + strlen(infix);
	return strlen(digits) == DIGITS && strspn(digits, "0123456789abcdef") == DIGITS;
}

void target_clear(const char *path)
{
	const char *const slash = strrchr(path, '/');
	const char *const base = slash ? slash + 1 : path;
	const int fd = open_folder_of(path);
	DIR *const folder = fd < 0 ? NULL : fdopendir(fd);
	if (!folder) {
		if (fd >= 0)
			close(fd);
		return;
	}
	const struct dirent *entry;
	while ((entry = readdir(folder))) {
		const bool is_text = is_temporary(entry->d_name, base, ".where.new-");
		if (is_text || is_temporary(entry->d_name, base, ".new-"))
			clear_one(fd, entry->d_name, is_text);
	}
	closedir(folder);
}
