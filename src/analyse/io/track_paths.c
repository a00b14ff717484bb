/* Paths as calls write them, made absolute. A ".." is taken away with the folder before it, as if
 * no folder were a symbolic link: where strace tells the paths of descriptors (-y), that one is
 * taken instead. */
#include "analyse/io/track_parts.h"
#include "core/error.h"

#include <stdlib.h>
#include <string.h>

/* A folder and a path in it, as long as a call takes each of them. Who walks down into folders step
 * by step gets deeper, and each path from there would be as long again. */
enum { MOST_PATH_BYTES = 2 * 4096 };

/* Adds the parts of path to `to`: "" stands for the root. */
static void add_parts(struct str *to, const char *path)
{
	while (*path != '\0') {
		const size_t length = strcspn(path, "/");
		if (length == 2 && memcmp(path, "..", 2) == 0) {
			const char *const slash =
			        to->length > 0 ? memrchr(to->text, '/', to->length) : NULL;
			to->length = slash ? (size_t)(slash - to->text) : 0;
			if (to->text)
				to->text[to->length] = '\0';
		} else if (length > 0 && !(length == 1 && *path == '.')) {
			str_add(to, "/");
			str_add_bytes(to, path, length);
		}
		path += length;
		path += strspn(path, "/");
	}
}

int32_t track_descriptor_in(const char *path)
{
	static const char *const folders[] = {"/dev/fd/", "/proc/self/fd/"};
	static const char *const streams[] = {"/dev/stdin", "/dev/stdout", "/dev/stderr"};
	for (int32_t i = 0; i < 3; i++) {
		if (strcmp(path, streams[i]) == 0)
			return i;
	}
	for (size_t i = 0; i < 2; i++) {
		if (!str_starts_with(path, folders[i]))
			continue;
		const char *const digits = path + strlen(folders[i]);
		char *end = NULL;
		const long fd = strtol(digits, &end, 10);
		if (end != digits && *end == '\0' && fd >= 0 && fd <= INT32_MAX)
			return (int32_t)fd;
	}
	return IO_UNKNOWN;
}

static const char *path_of_descriptor(const struct io_track *track,
                                      const struct track_process *process, int32_t fd)
{
	const struct track_descriptor *const descriptor = track_descriptor_of(process, fd);
	return descriptor ? track->files[track->openings[descriptor->opening - 1].file].path : NULL;
}

static int resolve(struct io_track *track, const struct track_process *process, const char *path,
                   int32_t folder_fd, const char *folder_path, struct str *to, struct error *err)
{
	to->length = 0;
	const int32_t fd = track_descriptor_in(path);
	const char *const shown = fd == IO_UNKNOWN ? NULL : path_of_descriptor(track, process, fd);
	if (shown) {
		str_add(to, shown);
		return to->failed ? error_memory(err) : 0;
	}
	const char *folder = folder_path;
	if (!folder)
		folder = folder_fd == IO_UNKNOWN ? process->folder->path
		                                 : path_of_descriptor(track, process, folder_fd);
	const bool is_absolute = *path == '/' || (folder && *folder == '/');
	if (!is_absolute) {
		/* "./a" is "a". */
		while (path[0] == '.' && path[1] == '/')
			path += 1 + strspn(path + 1, "/");
		str_add(to, path);
	} else {
		if (*path != '/')
			add_parts(to, folder);
		add_parts(to, path);
		if (to->length == 0)
			str_add(to, "/");
		/* Too deep to be told: as if the folder were not known. */
		if (to->length > MOST_PATH_BYTES) {
			to->length = 0;
			str_add(to, path);
		}
	}
	return to->failed ? error_memory(err) : 0;
}

int track_resolve(struct io_track *track, const struct track_process *process,
                  const struct io_call *call, struct error *err)
{
	return resolve(track, process, call->path, call->folder_fd, call->folder_path, &track->path,
	               err);
}

int track_resolve_other(struct io_track *track, const struct track_process *process,
                        const struct io_call *call, struct error *err)
{
	return resolve(track, process, call->other_path, call->other_folder_fd,
	               call->other_folder_path, &track->other_path, err);
}
