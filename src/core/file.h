/* Files and folders, whole. */
#ifndef CORE_FILE_H
#define CORE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

struct error;
struct stat;

/* Reads a whole file, or at most max_bytes of it (more is an error, -EFBIG). The text is
 * NUL-terminated behind its length; the caller frees it. Works on /proc and pipes as well.
 * Returns 0 or -errno. */
int file_read(const char *path, size_t max_bytes, char **ret_data, size_t *ret_bytes,
              struct error *err);

/* As file_read, for what others may have put there: anything but a regular file (or a link to one)
 * is refused with -EINVAL, and a pipe that nobody writes to does not keep the reader waiting. */
int file_read_regular(const char *path, size_t max_bytes, char **ret_data, size_t *ret_bytes,
                      struct error *err);

/* As file_read, of what is left of an open file that errors call path. */
int file_read_open(int fd, const char *path, size_t max_bytes, char **ret_data, size_t *ret_bytes,
                   struct error *err);

/* Writes all bytes to fd, going on after short writes. Returns 0 or -errno. */
int file_write_all(int fd, const void *data, size_t data_bytes, struct error *err);

/* Copies a file to `to`, which must not be there and gets mode (less the umask); is_synced: it is
 * on the disk when this returns. On failure `to` is removed again, unless it was there. Returns 0
 * or -errno. */
int file_copy(const char *from, const char *to, mode_t mode, bool is_synced, struct error *err);

/* Puts data into the file at path by way of a new file beside it that takes its place when it is
 * whole, so that nobody finds half of it; a device, a pipe or a link is written through. Returns 0
 * or -errno. */
int file_replace(const char *path, const void *data, size_t data_bytes, struct error *err);

/* Writes to the stream; returns 0 or -errno. */
typedef int file_writer(const void *content, FILE *stream, struct error *err);

/* As file_replace, of what write puts into a stream: for what is too large to be held as a whole.
 */
int file_replace_by(const char *path, file_writer *write, const void *content, struct error *err);

/* What is behind the last slash of path; all of it where nothing is. */
const char *file_base_name(const char *path);

/* "folder/name", the caller frees it. Returns 0 or -ENOMEM. */
int file_join(const char *folder, const char *name, char **ret_path, struct error *err);

/* Makes a fresh private folder (mode 0700) below parent; prefix names it. The caller frees the
 * path and removes the folder. parent NULL means $TMPDIR, or /tmp. Returns 0 or -errno. */
int file_make_temporary_folder(const char *parent, const char *prefix, char **ret_path,
                               struct error *err);

/* Removes what is inside the folder at name below dirfd (never following a symbolic link, never
 * entering what is mounted in it), and the folder itself with file_remove_tree. What is gone
 * already is no error. Returns 0 or -errno of the first thing that could not be removed; the rest
 * is removed all the same. */
int file_empty_folder(int dirfd, const char *name, struct error *err);
int file_remove_tree(int dirfd, const char *name, struct error *err);

/* When the file was last changed, calendar time in ns. */
int64_t file_mtime_ns(const struct stat *status);

/* $TMPDIR when it names a folder, else "/tmp". */
const char *file_temporary_parent(void);

/* False when $TMPDIR is set and names no folder. */
bool file_has_temporary_parent(void);

#endif
