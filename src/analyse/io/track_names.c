/* What calls do with names: opening, renaming, deleting, working folders. */
#include "analyse/io/track_parts.h"
#include "core/error.h"

#include <errno.h>
#include <string.h>

enum {
	FLAG_WRITES = 03,
	FLAG_CREAT = 0100,
	FLAG_EXCL = 0200,
	FLAG_TRUNC = 01000,
	FLAG_APPEND = 02000,
	FLAG_FOLDER = 0200000,
	FLAG_TEMPORARY = 020000000,
	FLAG_EXCHANGE = 2
};

static const char *last_part(const char *path)
{
	const char *const slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

/* ---- Opening ----------------------------------------------------------------------------- */

/* The file that a successful open has opened: what strace shows (-y) is the path without symbolic
 * links, which the written one is another name of. */
static int opened_file(struct io_track *track, const struct io_call *call, uint32_t *ret_file,
                       struct error *err)
{
	const char *const path = track->path.text;
	const char *const shown = call->fd_path;
	if (call->flags & FLAG_TEMPORARY)
		return track_nameless(track, shown && *shown == '/' ? shown : path, ret_file, err);
	if (!shown)
		return track_file_at(track, path, true, ret_file, err);
	int r = track_file_shown(track, shown, ret_file, err);
	if (r < 0 || strcmp(shown, path) == 0 || *shown != '/')
		return r;
	/* A folder above it may be the link, and then its last part is the same. */
	const bool is_link = strcmp(last_part(shown), last_part(path)) != 0;
	return track_alias(track, path, *ret_file, is_link, err);
}

/* Whether the open has made the file, as far as can be told: it had to, or it was not there. */
static bool has_made(const struct io_call *call, const struct io_file *file,
                     const struct track_file *before, bool was_known)
{
	if ((call->flags & FLAG_TEMPORARY) == FLAG_TEMPORARY)
		return true;
	if ((call->flags & FLAG_CREAT) == 0)
		return false;
	if ((call->flags & FLAG_EXCL) || before->is_absent)
		return true;
	/* Written anew as a whole, and nothing speaks of an older one. */
	return (call->flags & FLAG_TRUNC) && (!was_known || file->is_made);
}

int track_take_open(struct io_track *track, struct track_process *process,
                    const struct io_call *call, struct error *err)
{
	if (!call->path)
		return 0;
	int r = track_resolve(track, process, call, err);
	uint32_t file = 0;
	if (r == 0 && call->error != 0)
		r = track_file_at(track, track->path.text, false, &file, err);
	if (r < 0)
		return r;
	if (call->error != 0) {
		track->states[file].is_absent =
		        track->states[file].is_absent || call->error == ENOENT;
		const struct io_operation failed =
		        track_operation(track, call, IO_OPEN, file, TRACK_NONE);
		return track_tell(track, &failed, err);
	}
	uint32_t name = 0;
	r = track_name_of(track, track->path.text, &name, err);
	if (r < 0)
		return r;
	/* Looked at before the open makes it known. */
	const uint32_t known = track_named(track, name);
	const uint32_t lives = known == TRACK_NONE && track->names[name].file != TRACK_NONE;
	struct track_file before = {.is_absent = lives};
	if (known != TRACK_NONE)
		before = track->states[known];
	r = opened_file(track, call, &file, err);
	uint32_t index = 0;
	if (r == 0)
		r = track_open(track, file, &index, err);
	if (r < 0)
		return r;
	struct io_file *const there = &track->files[file];
	const bool is_made = has_made(call, there, &before, known != TRACK_NONE);
	const bool is_emptied = (call->flags & FLAG_TRUNC) && (call->flags & FLAG_WRITES);
	if ((call->flags & FLAG_FOLDER) && !(call->flags & FLAG_TEMPORARY))
		there->kind = IO_FOLDER;
	there->is_made = there->is_made || is_made;
	if ((is_made || is_emptied) && there->kind == IO_REGULAR)
		there->size_bytes = 0;
	track->openings[index].is_append = (call->flags & FLAG_APPEND) != 0;
	const struct io_operation operation = track_operation(
	        track, call, is_made || is_emptied ? IO_CREATE : IO_OPEN, file, index);
	r = track_set(track, process, (int32_t)call->result, index, call->is_cloexec, call, err);
	return r < 0 ? r : track_tell(track, &operation, err);
}

/* ---- Renaming and deleting --------------------------------------------------------------- */

static int tell(struct io_track *track, const struct io_call *call, enum io_operation_kind kind,
                uint32_t file, struct error *err)
{
	const struct io_operation operation = track_operation(track, call, kind, file, TRACK_NONE);
	return track_tell(track, &operation, err);
}

int track_take_rename(struct io_track *track, struct track_process *process,
                      const struct io_call *call, struct error *err)
{
	if (!call->path || !call->other_path)
		return 0;
	uint32_t file = 0;
	int r = track_resolve(track, process, call, err);
	if (r == 0)
		r = track_resolve_other(track, process, call, err);
	if (r == 0)
		r = track_file_at(track, track->path.text, call->error == 0, &file, err);
	if (r < 0 || call->error != 0)
		return r < 0 ? r : tell(track, call, IO_RENAME, file, err);
	uint32_t replaced = TRACK_NONE;
	if (call->flags & FLAG_EXCHANGE)
		r = track_exchange(track, track->path.text, track->other_path.text, err);
	else
		r = track_rename(track, track->path.text, track->other_path.text, file, &replaced,
		                 err);
	if (r == 0)
		r = tell(track, call, IO_RENAME, file, err);
	if (r < 0 || replaced == TRACK_NONE)
		return r;
	struct io_operation operation =
	        track_operation(track, call, IO_UNLINK, replaced, TRACK_NONE);
	operation.is_implied = true;
	operation.duration_ns = operation.duration_ns == IO_UNKNOWN ? IO_UNKNOWN : 0;
	return track_tell(track, &operation, err);
}

/* The file that a call names, which is met for the first time where nothing is known of the path.
 * is_there: by what came of the call, it is there or was until now. */
static int find_named(struct io_track *track, struct track_process *process,
                      const struct io_call *call, bool is_there, uint32_t *ret_file,
                      struct error *err)
{
	const int r = track_resolve(track, process, call, err);
	return r < 0 ? r : track_file_at(track, track->path.text, is_there, ret_file, err);
}

int track_take_unlink(struct io_track *track, struct track_process *process,
                      const struct io_call *call, struct error *err)
{
	if (!call->path)
		return 0;
	uint32_t file = 0;
	int r = find_named(track, process, call, call->error == 0, &file, err);
	if (r == 0 && call->error == 0)
		r = track_unlink(track, track->path.text, file, err);
	if (r == 0 && call->error == ENOENT)
		track->states[file].is_absent = true;
	return r < 0 ? r : tell(track, call, IO_UNLINK, file, err);
}

/* link: another name of the file; symlink: a file of its own. linkat gives a file of O_TMPFILE its
 * first name. */
int track_take_link(struct io_track *track, struct track_process *process,
                    const struct io_call *call, struct error *err)
{
	if (!call->other_path)
		return 0;
	const bool is_symbolic = str_starts_with(call->name, "symlink");
	uint32_t file = 0;
	int r = track_resolve_other(track, process, call, err);
	if (r == 0 && is_symbolic) {
		r = track_file_at(track, track->other_path.text, call->error == 0, &file, err);
		return r < 0 ? r : tell(track, call, IO_OTHER, file, err);
	}
	const int32_t named = call->path ? track_descriptor_in(call->path) : call->fd;
	if (r == 0 && call->path && named == IO_UNKNOWN) {
		r = find_named(track, process, call, call->error == 0, &file, err);
	} else if (r == 0) {
		uint32_t index = 0;
		r = track_opening_of(track, process, named, call->fd_path, call, &index, err);
		if (r < 0 || index == TRACK_NONE)
			return r;
		file = track->openings[index].file;
	}
	if (r == 0 && call->error == 0)
		r = track_link(track, track->other_path.text, file, err);
	return r < 0 ? r : tell(track, call, IO_OTHER, file, err);
}

int track_take_make(struct io_track *track, struct track_process *process,
                    const struct io_call *call, struct error *err)
{
	if (!call->path)
		return 0;
	uint32_t file = 0;
	const int r = find_named(track, process, call, call->error == 0 || call->error == EEXIST,
	                         &file, err);
	if (r < 0)
		return r;
	if (call->error == 0) {
		track->files[file].is_made = true;
		if (str_starts_with(call->name, "mkdir"))
			track->files[file].kind = IO_FOLDER;
	}
	return tell(track, call, IO_OTHER, file, err);
}

/* ---- Where and what a process is --------------------------------------------------------- */

int track_take_chdir(struct io_track *track, struct track_process *process,
                     const struct io_call *call, struct error *err)
{
	uint32_t file = 0;
	int r;
	if (call->path) {
		r = find_named(track, process, call, call->error == 0, &file, err);
	} else {
		uint32_t index = 0;
		r = track_opening_of(track, process, call->fd, call->fd_path, call, &index, err);
		if (r < 0 || index == TRACK_NONE)
			return r;
		file = track->openings[index].file;
	}
	if (r < 0)
		return r;
	if (call->error == 0) {
		track->files[file].kind = IO_FOLDER;
		r = track_set_folder(process, track->files[file].path, err);
	}
	return r < 0 ? r : tell(track, call, IO_OTHER, file, err);
}

/* A process that executes another program has a table of its own from here on, without what is
 * marked close-on-exec. */
int track_take_exec(struct io_track *track, struct track_process *process,
                    const struct io_call *call, struct error *err)
{
	uint32_t file = 0;
	uint32_t name = 0;
	if (!call->path)
		return 0;
	int r = track_resolve(track, process, call, err);
	if (r == 0)
		r = track_file_at(track, track->path.text, call->error == 0, &file, err);
	if (r < 0 || call->error != 0)
		return r < 0 ? r : tell(track, call, IO_OTHER, file, err);
	r = track_name_of(track, track->path.text, &name, err);
	if (r == 0)
		r = track_unshare(track, process, call, err);
	if (r < 0)
		return r;
	process->command = name;
	process->leader = process->pid;
	struct track_table *const table = process->table;
	for (size_t i = 0; i < table->room && r == 0; i++) {
		if (table->descriptors[i].opening > 0 && table->descriptors[i].is_cloexec)
			r = track_close(track, &table->descriptors[i], call, true, err);
	}
	return r < 0 ? r : tell(track, call, IO_OTHER, file, err);
}
