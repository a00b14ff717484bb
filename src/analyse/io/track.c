#include "analyse/io/track.h"

#include "analyse/io/track_parts.h"
#include "core/error.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { FLAG_APPEND = 02000, FLAG_RANGE_UNSHARE = 2 };

struct io_track *io_track_new(const char *working_folder, io_operation_taker *take, void *context,
                              struct error *err)
{
	struct io_track *const track = calloc(1, sizeof *track);
	if (!track) {
		error_memory(err);
		return NULL;
	}
	track->take = take;
	track->context = context;
	for (size_t i = 0; i < TRACK_SPECIALS; i++)
		track->special[i] = TRACK_NONE;
	if (working_folder && str_copy(working_folder, &track->working_folder, err) < 0) {
		free(track);
		return NULL;
	}
	return track;
}

void io_track_free(struct io_track *track)
{
	if (!track)
		return;
	track_tables_release(track);
	track_files_release(track);
	str_release(&track->path);
	str_release(&track->other_path);
	free(track->working_folder);
	free(track);
}

const struct io_file *io_track_files(const struct io_track *track, size_t *ret_count)
{
	*ret_count = track->file_count;
	return track->files;
}

size_t io_track_unknown(const struct io_track *track)
{
	return track->unknown;
}

bool io_track_process(const struct io_track *track, int32_t pid, struct io_process *ret_process)
{
	uint32_t index = 0;
	if (!index_map_find(&track->by_pid, (uint32_t)pid, &index))
		return false;
	const struct track_process *const process = &track->processes[index];
	*ret_process = (struct io_process){
	        .pid = pid,
	        .process = process->leader,
	        .parent = process->parent,
	        .command = process->command == TRACK_NONE ? NULL
	                                                  : track->names[process->command].path};
	return true;
}

/* ---- Descriptors ------------------------------------------------------------------------- */

/* A descriptor that was open before the log begins, or whose opening is not in it. */
static int make_up(struct io_track *track, struct track_process *process, int32_t fd,
                   const char *fd_path, const struct io_call *call, uint32_t *ret_opening,
                   struct error *err)
{
	uint32_t file = 0;
	int r;
	if (fd_path)
		r = track_file_shown(track, fd_path, &file, err);
	else
		r = track_special_file(track,
		                       fd <= 2 ? TRACK_STANDARD_INPUT + (enum track_special)fd
		                               : TRACK_UNKNOWN,
		                       &file, err);
	track->unknown += fd > 2 && !fd_path;
	uint32_t index = 0;
	if (r == 0)
		r = track_open(track, file, &index, err);
	if (r < 0)
		return r;
	track->openings[index].position = IO_UNKNOWN;
	*ret_opening = index;
	return track_set(track, process, fd, index, false, call, err);
}

/* Whether strace shows another file than the one that we take the descriptor for: its closing and
 * opening are not in the log. */
static bool is_another(struct io_track *track, const struct track_opening *opening,
                       const char *fd_path)
{
	const struct io_file *const file = &track->files[opening->file];
	if (!fd_path || *fd_path != '/' || *file->path != '/')
		return false;
	return strcmp(file->path, fd_path) != 0;
}

/* strace shows what a standard stream is. */
static int show(struct io_track *track, struct track_opening *opening, const char *fd_path,
                struct error *err)
{
	uint32_t file = 0;
	const int r = track_file_shown(track, fd_path, &file, err);
	if (r < 0)
		return r;
	track->states[opening->file].openings--;
	track->states[file].openings++;
	opening->file = file;
	return 0;
}

int track_opening_of(struct io_track *track, struct track_process *process, int32_t fd,
                     const char *fd_path, const struct io_call *call, uint32_t *ret_opening,
                     struct error *err)
{
	*ret_opening = TRACK_NONE;
	const struct track_descriptor *const descriptor = track_descriptor_of(process, fd);
	if (!descriptor) {
		if (fd < 0 || call->error == EBADF)
			return 0;
		return make_up(track, process, fd, fd_path, call, ret_opening, err);
	}
	const uint32_t index = descriptor->opening - 1;
	struct track_opening *const opening = &track->openings[index];
	if (opening->is_assumed) {
		opening->is_assumed = false;
		const int r = fd_path ? show(track, opening, fd_path, err) : 0;
		if (r < 0)
			return r;
	}
	if (!is_another(track, opening, fd_path)) {
		*ret_opening = index;
		return 0;
	}
	if (track->states[opening->file].name == TRACK_NONE ||
	    track->states[opening->file].was_renamed) {
		/* The same file under another name, or deleted. */
		track->states[opening->file].was_renamed = false;
		*ret_opening = index;
		return 0;
	}
	return make_up(track, process, fd, fd_path, call, ret_opening, err);
}

static int take_close(struct io_track *track, struct track_process *process,
                      const struct io_call *call, struct error *err)
{
	const bool is_range = call->other_fd != IO_UNKNOWN;
	if (is_range && (call->flags & FLAG_RANGE_UNSHARE)) {
		struct io_call alone = *call;
		alone.shares_files = false;
		alone.shares_folder = true;
		const int r = track_unshare(track, process, &alone, err);
		if (r < 0)
			return r;
	}
	if (!is_range) {
		/* Linux frees the number even where close fails, but for a wrong one. */
		struct track_descriptor *const descriptor = track_descriptor_of(process, call->fd);
		return descriptor && call->error != EBADF
		               ? track_close(track, descriptor, call, false, err)
		               : 0;
	}
	int r = 0;
	const struct track_table *const table = process->table;
	for (int64_t fd = call->fd; r == 0 && call->error == 0 && fd <= call->other_fd; fd++) {
		if ((size_t)fd >= table->room)
			break;
		struct track_descriptor *const descriptor = &table->descriptors[fd];
		if (descriptor->opening == 0)
			continue;
		if (call->is_cloexec)
			descriptor->is_cloexec = true;
		else
			r = track_close(track, descriptor, call, true, err);
	}
	return r;
}

static int take_dup(struct io_track *track, struct track_process *process,
                    const struct io_call *call, struct error *err)
{
	if (call->error != 0 || call->other_fd == call->fd)
		return 0;
	uint32_t index = 0;
	const int r = track_opening_of(track, process, call->fd, call->fd_path, call, &index, err);
	if (r < 0 || index == TRACK_NONE)
		return r;
	return track_set(track, process, call->other_fd, index, call->is_cloexec, call, err);
}

static int take_cloexec(struct io_track *track, struct track_process *process,
                        const struct io_call *call, struct error *err)
{
	(void)track;
	(void)err;
	struct track_descriptor *const descriptor = track_descriptor_of(process, call->fd);
	if (descriptor && call->error == 0)
		descriptor->is_cloexec = call->is_cloexec;
	return 0;
}

static int take_status(struct io_track *track, struct track_process *process,
                       const struct io_call *call, struct error *err)
{
	(void)err;
	const struct track_descriptor *const descriptor = track_descriptor_of(process, call->fd);
	if (descriptor && call->error == 0)
		track->openings[descriptor->opening - 1].is_append =
		        (call->flags & FLAG_APPEND) != 0;
	return 0;
}

/* Descriptors of pipes, sockets and of what is no file. */
static int set_special(struct io_track *track, struct track_process *process, int32_t fd,
                       const struct io_call *call, struct error *err)
{
	const enum track_special special = call->file_kind == IO_PIPE     ? TRACK_PIPES
	                                   : call->file_kind == IO_SOCKET ? TRACK_SOCKETS
	                                                                  : TRACK_NO_FILES;
	uint32_t file = 0;
	uint32_t index = 0;
	int r = track_special_file(track, special, &file, err);
	if (r == 0)
		r = track_open(track, file, &index, err);
	return r < 0 ? r : track_set(track, process, fd, index, call->is_cloexec, call, err);
}

static int take_pipe(struct io_track *track, struct track_process *process,
                     const struct io_call *call, struct error *err)
{
	const int r = set_special(track, process, call->fd, call, err);
	return r < 0 ? r : set_special(track, process, call->other_fd, call, err);
}

static int take_socket(struct io_track *track, struct track_process *process,
                       const struct io_call *call, struct error *err)
{
	if (call->error != 0 || call->result < 0 || call->result > INT32_MAX)
		return 0;
	return set_special(track, process, (int32_t)call->result, call, err);
}

static int take_fork(struct io_track *track, struct track_process *process,
                     const struct io_call *call, struct error *err)
{
	(void)process;
	return call->error != 0 || call->result <= 0 ? 0 : track_fork(track, call, err);
}

static int take_exit(struct io_track *track, struct track_process *process,
                     const struct io_call *call, struct error *err)
{
	process->is_alive = false;
	return track_leave(track, process, call, err);
}

static int take_unshare(struct io_track *track, struct track_process *process,
                        const struct io_call *call, struct error *err)
{
	return call->error == 0 ? track_unshare(track, process, call, err) : 0;
}

/* ---- Calls ------------------------------------------------------------------------------- */

static track_handler *const handlers[IO_CALLS] = {
        [IO_CALL_OPEN] = track_take_open,         [IO_CALL_CLOSE] = take_close,
        [IO_CALL_READ] = track_take_read,         [IO_CALL_PREAD] = track_take_pread,
        [IO_CALL_WRITE] = track_take_write,       [IO_CALL_PWRITE] = track_take_pwrite,
        [IO_CALL_SEEK] = track_take_seek,         [IO_CALL_COPY] = track_take_copy,
        [IO_CALL_TRUNCATE] = track_take_truncate, [IO_CALL_ALLOCATE] = track_take_allocate,
        [IO_CALL_SYNC] = track_take_sync,         [IO_CALL_MMAP] = track_take_mmap,
        [IO_CALL_LOCK] = track_take_lock,         [IO_CALL_DUP] = take_dup,
        [IO_CALL_CLOEXEC] = take_cloexec,         [IO_CALL_PIPE] = take_pipe,
        [IO_CALL_SOCKET] = take_socket,           [IO_CALL_FORK] = take_fork,
        [IO_CALL_EXEC] = track_take_exec,         [IO_CALL_EXIT] = take_exit,
        [IO_CALL_CHDIR] = track_take_chdir,       [IO_CALL_STAT] = track_take_stat,
        [IO_CALL_RENAME] = track_take_rename,     [IO_CALL_UNLINK] = track_take_unlink,
        [IO_CALL_LINK] = track_take_link,         [IO_CALL_MAKE] = track_take_make,
        [IO_CALL_LIST] = track_take_list,         [IO_CALL_CHANGE] = track_take_change,
        [IO_CALL_STATUS] = take_status,           [IO_CALL_UNSHARE] = take_unshare,
};

int io_track_call(struct io_track *track, const struct io_call *call, struct error *err)
{
	struct track_process *const process = track_process_of(track, call->pid, err);
	if (!process)
		return -ENOMEM;
	/* With -y strace tells the working folder wherever a path is relative to it. */
	if (call->folder_path && call->folder_fd == IO_UNKNOWN && *call->folder_path == '/') {
		const int r = track_set_folder(process, call->folder_path, err);
		if (r < 0)
			return r;
	}
	return handlers[call->kind] ? handlers[call->kind](track, process, call, err) : 0;
}
