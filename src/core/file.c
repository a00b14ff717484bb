#include "core/file.h"

#include "core/cleanup.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/kernel.h"
#include "core/str.h"
#include "core/trust.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { READ_CHUNK_BYTES = 65536, COPY_CHUNK_BYTES = 1 << 18 };

int file_read_open(int fd, const char *path, size_t max_bytes, char **ret_data, size_t *ret_bytes,
                   struct error *err)
{
	cleanup_str struct str data = {0};
	cleanup_free char *chunk = malloc(READ_CHUNK_BYTES);
	if (!chunk)
		return error_memory(err);
	for (;;) {
		const ssize_t got = read(fd, chunk, READ_CHUNK_BYTES);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_system(err, errno, "cannot read %s", path);
		if (got == 0)
			break;
		if (data.length + (size_t)got > max_bytes)
			return error_set(err, EFBIG, "%s is larger than %zu bytes", path,
			                 max_bytes);
		str_add_bytes(&data, chunk, (size_t)got);
	}
	const size_t length = data.length;
	const int r = str_take(&data, ret_data, err);
	if (r < 0)
		return r;
	if (ret_bytes)
		*ret_bytes = length;
	return 0;
}

int file_read(const char *path, size_t max_bytes, char **ret_data, size_t *ret_bytes,
              struct error *err)
{
	cleanup_close const int fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? error_system(err, errno, "cannot open %s", path)
	              : file_read_open(fd, path, max_bytes, ret_data, ret_bytes, err);
}

int file_read_regular(const char *path, size_t max_bytes, char **ret_data, size_t *ret_bytes,
                      struct error *err)
{
	struct stat status;
	/* To open a pipe would wait for its writer; a file's bytes do not mind. */
	cleanup_close const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0 || fstat(fd, &status) < 0)
		return error_system(err, errno, "cannot open %s", path);
	return S_ISREG(status.st_mode)
	               ? file_read_open(fd, path, max_bytes, ret_data, ret_bytes, err)
	               : error_set(err, EINVAL, "%s is no file", path);
}

int file_write_all(int fd, const void *data, size_t data_bytes, struct error *err)
{
	const char *rest = data;
	while (data_bytes > 0) {
		const ssize_t put = write(fd, rest, data_bytes);
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return error_system(err, errno, "cannot write");
		rest += put;
		data_bytes -= (size_t)put;
	}
	return 0;
}

static int copy_bytes(int in, int out, struct error *err)
{
	cleanup_free char *buffer = malloc(COPY_CHUNK_BYTES);
	if (!buffer)
		return error_memory(err);
	ssize_t got;
	while ((got = read(in, buffer, COPY_CHUNK_BYTES)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_system(err, errno, "cannot read");
		const int r = file_write_all(out, buffer, (size_t)got, err);
		if (r < 0)
			return r;
	}
	return 0;
}

int file_copy(const char *from, const char *to, mode_t mode, bool is_synced, struct error *err)
{
	struct stat status;
	cleanup_close const int in = open(from, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (in < 0 || fstat(in, &status) < 0)
		return error_system(err, errno, "cannot read %s", from);
	/* A device would never end. */
	if (!S_ISREG(status.st_mode))
		return error_set(err, EINVAL, "%s is no file", from);
	const int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	if (out < 0)
		return error_system(err, errno, "cannot write %s", to);
	int r = copy_bytes(in, out, err);
	if (r == 0 && is_synced && fsync(out) < 0)
		r = error_system(err, errno, "cannot write");
	/* Network file systems tell at close that there was no room. */
	if (close(out) < 0 && r == 0)
		r = error_system(err, errno, "cannot write");
	if (r < 0) {
		unlink(to);
		return error_context(err, r, "copying %s to %s", from, to);
	}
	return 0;
}

static int open_through(const char *path, const struct stat *status, int *ret_fd, struct error *err)
{
	const int r = trust_write_through(path, status, err);
	if (r < 0)
		return r;
	const int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return error_set(err, ENOENT,
		                 "cannot write %s: it is a symbolic link to what is not there",
		                 path);
	if (fd < 0)
		return error_system(err, errno, "cannot write %s", path);
	*ret_fd = fd;
	return 0;
}

static int write_through(const char *path, const struct stat *status, const void *data,
                         size_t data_bytes, struct error *err)
{
	int fd = -1;
	int r = open_through(path, status, &fd, err);
	if (r < 0)
		return r;
	r = file_write_all(fd, data, data_bytes, err);
	if (close(fd) < 0 && r == 0)
		r = error_system(err, errno, "cannot write");
	return r < 0 ? error_context(err, r, "%s", path) : 0;
}

/* A new file beside path, with the mode of a plain one. *ret_path is the caller's to free and to
 * remove. */
static int make_beside(const char *path, char **ret_path, int *ret_fd, struct error *err)
{
	const int r = str_format(ret_path, err, "%s.XXXXXX", path);
	if (r < 0)
		return r;
	const int fd = mkostemp(*ret_path, O_CLOEXEC);
	if (fd < 0)
		return error_system(err, errno, "cannot write %s", path);
	const mode_t mask = umask(0);
	umask(mask);
	fchmod(fd, 0666 & ~mask);
	*ret_fd = fd;
	return 0;
}

/* Puts it into its place where all went well (r is 0), else removes it. */
static int put_in_place(const char *temporary, const char *path, int r, struct error *err)
{
	if (r == 0 && rename(temporary, path) < 0)
		r = error_system(err, errno, "cannot write %s", path);
	if (r < 0)
		unlink(temporary);
	return r;
}

/* Whether path is to be written through, being no plain file. What cannot be looked at is not
 * replaced: it might be a device. */
static int is_special(const char *path, struct stat *ret_status, bool *ret_is_special,
                      struct error *err)
{
	*ret_is_special = lstat(path, ret_status) == 0 && !S_ISREG(ret_status->st_mode);
	return *ret_is_special || S_ISREG(ret_status->st_mode) || errno == ENOENT
	               ? 0
	               : error_system(err, errno, "cannot write %s", path);
}

int file_replace(const char *path, const void *data, size_t data_bytes, struct error *err)
{
	struct stat status = {0};
	bool is_through = false;
	cleanup_free char *temporary = NULL;
	int fd = -1;
	int r = is_special(path, &status, &is_through, err);
	if (r < 0)
		return r;
	if (is_through)
		return write_through(path, &status, data, data_bytes, err);
	r = make_beside(path, &temporary, &fd, err);
	if (r < 0)
		return r;
	r = file_write_all(fd, data, data_bytes, err);
	if (r < 0)
		r = error_context(err, r, "%s", path);
	if (close(fd) < 0 && r == 0)
		r = error_system(err, errno, "cannot write %s", path);
	return put_in_place(temporary, path, r, err);
}

/* Writes to fd and closes it, whatever came of the writing. */
static int write_stream(const char *path, int fd, file_writer *write, const void *content,
                        struct error *err)
{
	FILE *const stream = fdopen(fd, "w");
	if (!stream) {
		close(fd);
		return error_memory(err);
	}
	int r = write(content, stream, err);
	if (r < 0)
		r = error_context(err, r, "%s", path);
	if (fclose(stream) == EOF && r == 0)
		r = error_system(err, errno, "cannot write %s", path);
	return r;
}

int file_replace_by(const char *path, file_writer *write, const void *content, struct error *err)
{
	struct stat status = {0};
	bool is_through = false;
	cleanup_free char *temporary = NULL;
	int fd = -1;
	int r = is_special(path, &status, &is_through, err);
	if (r < 0)
		return r;
	if (is_through) {
		r = open_through(path, &status, &fd, err);
		return r < 0 ? r : write_stream(path, fd, write, content, err);
	}
	r = make_beside(path, &temporary, &fd, err);
	if (r < 0)
		return r;
	r = write_stream(path, fd, write, content, err);
	return put_in_place(temporary, path, r, err);
}

const char *file_base_name(const char *path)
{
	const char *const slash = strrchr(path, '/');
	return slash && slash[1] ? slash + 1 : path;
}

int file_join(const char *folder, const char *name, char **ret_path, struct error *err)
{
	const size_t length = strlen(folder);
	const char *const slash = length && folder[length - 1] == '/' ? "" : "/";
	return str_format(ret_path, err, "%s%s%s", folder, slash, name);
}

int64_t file_mtime_ns(const struct stat *status)
{
	return status->st_mtim.tv_sec * NS_PER_S + status->st_mtim.tv_nsec;
}

static bool is_folder(const char *path)
{
	struct stat status;
	return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

bool file_has_temporary_parent(void)
{
	const char *const folder = getenv("TMPDIR");
	return !folder || !*folder || is_folder(folder);
}

const char *file_temporary_parent(void)
{
	const char *const folder = getenv("TMPDIR");
	return folder && *folder && is_folder(folder) ? folder : "/tmp";
}

int file_make_temporary_folder(const char *parent, const char *prefix, char **ret_path,
                               struct error *err)
{
	if (!parent)
		parent = file_temporary_parent();
	cleanup_free char *path = NULL;
	int r = trust_temporary_parent(parent, err);
	if (r < 0)
		return r;
	r = str_format(&path, err, "%s/%s-XXXXXX", parent, prefix);
	if (r < 0)
		return r;
	if (!mkdtemp(path))
		return error_system(err, errno,
		                    "cannot make a temporary folder in %s (set TMPDIR to a folder "
		                    "that you may write to)",
		                    parent);
	*ret_path = path;
	path = NULL;
	return 0;
}

/* A removal goes on after an error and keeps the first one. */
struct removal {
	int top_fd;         /* the folder that is emptied */
	uint64_t next_name; /* of what is moved up into it */
	int result;
	struct error *err;
};

static void remember_failure(struct removal *removal, int code, const char *name)
{
	if (removal->result == 0)
		removal->result =
		        error_system(removal->err, code, "cannot remove %s%s", name,
		                     code == EBUSY ? " (is something mounted there?)" : "");
}

/* A task may have taken the rights from its own folders. Only from a folder, and only from one of
 * ours: chmod by name would follow a link that stands there. */
static void restore_rights(int dirfd, const char *name)
{
	cleanup_close const int fd =
	        openat(dirfd, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat status;
	if (fd < 0 || fstat(fd, &status) < 0 || status.st_uid != geteuid() ||
	    (status.st_mode & 0700) == 0700)
		return;
	char path[40];
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	chmod(path, 0700);
}

/* Whether something is mounted on the open folder. Kernels before 5.8 do not tell it; there the
 * device of the folder above is compared, which shows all but bind mounts of the same device. */
static bool is_mount_point(int fd)
{
	bool is_root = false;
	if (kernel_is_mount_root(fd, &is_root))
		return is_root;
	struct stat here;
	struct stat above;
	return fstat(fd, &here) == 0 && fstatat(fd, "..", &above, 0) == 0 &&
	       here.st_dev != above.st_dev;
}

/* Opens a folder to remove what is in it. What is mounted there belongs to somebody else: -1 with
 * errno EBUSY. */
static int open_folder(int dirfd, const char *name)
{
	restore_rights(dirfd, name);
	const int fd = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0 && is_mount_point(fd)) {
		close(fd);
		errno = EBUSY;
		return -1;
	}
	return fd;
}

/* Moves a folder out of its parent into the top one, under a name of ours. However deep a tree is,
 * it is taken apart so with two descriptors and no recursion. */
static bool move_up(struct removal *removal, int from_fd, const char *name)
{
	restore_rights(from_fd, name);
	for (;;) {
		char free_name[32];
		snprintf(free_name, sizeof free_name, ".remove-%" PRIu64, removal->next_name++);
		if (kernel_rename_new(from_fd, name, removal->top_fd, free_name) == 0)
			return true;
		if (errno != EEXIST)
			return false;
	}
}

/* Removes what is in an open folder below the top one: files at once, folders by moving them up.
 * Takes fd over. */
static void take_apart(struct removal *removal, int fd)
{
	DIR *const folder = fdopendir(fd);
	if (!folder) {
		remember_failure(removal, errno, "a folder");
		close(fd);
		return;
	}
	const struct dirent *entry;
	while ((entry = readdir(folder))) {
		const char *const name = entry->d_name;
		if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
			continue;
		if (unlinkat(fd, name, 0) == 0 || errno == ENOENT ||
		    unlinkat(fd, name, AT_REMOVEDIR) == 0)
			continue;
		if (!move_up(removal, fd, name))
			remember_failure(removal, errno, name);
	}
	closedir(folder);
}

/* One look through the top folder. Returns how many entries are gone. */
static size_t empty_once(struct removal *removal)
{
	const int fd = openat(removal->top_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *const top = fd < 0 ? NULL : fdopendir(fd);
	if (!top) {
		remember_failure(removal, errno, "a folder");
		if (fd >= 0)
			close(fd);
		return 0;
	}
	size_t removed = 0;
	const struct dirent *entry;
	while ((entry = readdir(top))) {
		const char *const name = entry->d_name;
		if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
			continue;
		const int inner = unlinkat(removal->top_fd, name, 0) == 0 || errno == ENOENT
		                          ? -1
		                          : open_folder(removal->top_fd, name);
		if (inner >= 0)
			take_apart(removal, inner);
		if (unlinkat(removal->top_fd, name, AT_REMOVEDIR) == 0 || errno == ENOENT)
			removed++;
		else
			remember_failure(removal, errno, name);
	}
	closedir(top);
	return removed;
}

int file_empty_folder(int dirfd, const char *name, struct error *err)
{
	cleanup_close const int fd = open_folder(dirfd, name);
	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0)
		return error_system(err, errno, "cannot open folder %s%s", name,
		                    errno == EBUSY ? " (something is mounted there)" : "");
	struct removal removal = {.top_fd = fd, .err = err};
	while (empty_once(&removal) > 0)
		continue;
	return removal.result;
}

int file_remove_tree(int dirfd, const char *name, struct error *err)
{
	const int r = file_empty_folder(dirfd, name, err);
	if (unlinkat(dirfd, name, AT_REMOVEDIR) == 0 || errno == ENOENT)
		return r;
	if (errno == ENOTDIR && unlinkat(dirfd, name, 0) == 0)
		return 0;
	return r < 0 ? r : error_system(err, errno, "cannot remove folder %s", name);
}
