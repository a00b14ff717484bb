#include "core/file.h"

#include "core/cleanup.h"
#include "core/error.h"
#include "core/str.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { READ_CHUNK_BYTES = 65536 };

int file_read_at(int dirfd, const char *path, size_t max_bytes, char **ret_data, size_t *ret_bytes,
                 struct error *err)
{
	cleanup_close int fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return error_system(err, errno, "cannot open %s", path);
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
	return file_read_at(AT_FDCWD, path, max_bytes, ret_data, ret_bytes, err);
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

int file_join(const char *folder, const char *name, char **ret_path, struct error *err)
{
	const size_t length = strlen(folder);
	const char *const slash = length && folder[length - 1] == '/' ? "" : "/";
	return str_format(ret_path, err, "%s%s%s", folder, slash, name);
}

const char *file_temporary_parent(void)
{
	const char *const folder = getenv("TMPDIR");
	struct stat status;
	if (folder && *folder && stat(folder, &status) == 0 && S_ISDIR(status.st_mode))
		return folder;
	return "/tmp";
}

int file_make_temporary_folder(const char *parent, const char *prefix, char **ret_path,
                               struct error *err)
{
	if (!parent)
		parent = file_temporary_parent();
	cleanup_free char *path = NULL;
	const int r = str_format(&path, err, "%s/%s-XXXXXX", parent, prefix);
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

/* Keeps the first error of a removal that goes on. */
static int first_of(int first, int next, struct error *err, const struct error *next_err)
{
	if (first < 0 || next == 0)
		return first;
	*err = *next_err;
	return next;
}

static int empty_open_folder(int fd, const char *name, struct error *err)
{
	DIR *const folder = fdopendir(fd);
	if (!folder) {
		const int code = errno;
		close(fd);
		return error_system(err, code, "cannot list %s", name);
	}
	int result = 0;
	const struct dirent *entry;
	while ((entry = readdir(folder))) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		struct error next_err;
		int r = 0;
		if (unlinkat(dirfd(folder), entry->d_name, 0) == 0 || errno == ENOENT)
			continue;
		if (errno == EISDIR || errno == EPERM || errno == EACCES)
			r = file_remove_tree(dirfd(folder), entry->d_name, &next_err);
		else
			r = error_system(&next_err, errno, "cannot remove %s", entry->d_name);
		result = first_of(result, r, err, &next_err);
	}
	closedir(folder);
	return result;
}

int file_empty_folder(int dirfd, const char *name, struct error *err)
{
	int fd = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 && errno == EACCES) {
		/* A task may have taken the rights from its own folder. */
		fchmodat(dirfd, name, 0700, 0);
		fd = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	}
	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0)
		return error_system(err, errno, "cannot open folder %s", name);
	fchmod(fd, 0700);
	return empty_open_folder(fd, name, err);
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
