/* What calls do with a descriptor: bytes and positions. */
#include "analyse/io/track_parts.h"
#include "core/error.h"

#include <errno.h>

enum { FLAG_KEEP_SIZE = 1, FLAG_PUNCH_HOLE = 2, FLAG_APPEND = 02000 };
enum { WHENCE_END = 2 };

static bool has_position(const struct io_file *file)
{
	return file->kind == IO_REGULAR || file->kind == IO_FOLDER;
}

static void grow(struct io_file *file, int64_t end)
{
	if (file->size_bytes != IO_UNKNOWN && end > file->size_bytes)
		file->size_bytes = end;
}

/* A read that gives less than was asked for has met the end of a regular file. */
static void learn_end(struct io_file *file, int64_t position, int64_t asked, int64_t bytes)
{
	if (position == IO_UNKNOWN || file->kind != IO_REGULAR)
		return;
	grow(file, position + bytes);
	const bool met_end = asked != IO_UNKNOWN && bytes < asked && bytes > 0;
	if (met_end && file->size_bytes == IO_UNKNOWN)
		file->size_bytes = position + bytes;
}

/* A call moves no more than this (read(2)), whatever a damaged log says. */
static const int64_t most_moved = 0x7ffff000;

static int64_t bytes_of(const struct io_call *call)
{
	const int64_t bytes = call->error == 0 && call->result > 0 ? call->result : 0;
	return bytes < most_moved ? bytes : most_moved;
}

/* Where a read through the opening begins, and moves it: offset, or IO_UNKNOWN for its own. */
static int64_t read_at(struct io_track *track, uint32_t index, int64_t offset, int64_t asked,
                       int64_t bytes)
{
	struct track_opening *const opening = &track->openings[index];
	struct io_file *const file = &track->files[opening->file];
	if (!has_position(file))
		return IO_UNKNOWN;
	const int64_t position = offset == IO_UNKNOWN ? opening->position : offset;
	if (offset == IO_UNKNOWN && position != IO_UNKNOWN)
		opening->position = position + bytes;
	learn_end(file, position, asked, bytes);
	return position;
}

/* The same of a write. With O_APPEND it goes to the end, wherever that is. */
static int64_t write_at(struct io_track *track, uint32_t index, int64_t offset, int64_t bytes)
{
	struct track_opening *const opening = &track->openings[index];
	struct io_file *const file = &track->files[opening->file];
	if (!has_position(file))
		return IO_UNKNOWN;
	int64_t position = offset == IO_UNKNOWN ? opening->position : offset;
	if (opening->is_append)
		position = file->size_bytes;
	const int64_t end = position == IO_UNKNOWN ? IO_UNKNOWN : position + bytes;
	if (bytes > 0 && offset == IO_UNKNOWN)
		opening->position = end;
	if (bytes > 0 && end != IO_UNKNOWN)
		grow(file, end);
	return position;
}

/* ---- Reading and writing ----------------------------------------------------------------- */

static int take_bytes(struct io_track *track, struct track_process *process,
                      const struct io_call *call, bool is_write, int64_t offset, struct error *err)
{
	uint32_t index = 0;
	const int r = track_opening_of(track, process, call->fd, call->fd_path, call, &index, err);
	if (r < 0 || index == TRACK_NONE)
		return r;
	struct io_operation operation = track_operation(track, call, is_write ? IO_WRITE : IO_READ,
	                                                track->openings[index].file, index);
	operation.bytes = bytes_of(call);
	operation.asked = call->count == IO_UNKNOWN ? operation.bytes : call->count;
	operation.position =
	        is_write ? write_at(track, index, offset, operation.bytes)
	                 : read_at(track, index, offset,
	                           call->error == 0 ? call->count : IO_UNKNOWN, operation.bytes);
	return track_tell(track, &operation, err);
}

int track_take_read(struct io_track *track, struct track_process *process,
                    const struct io_call *call, struct error *err)
{
	return take_bytes(track, process, call, false, IO_UNKNOWN, err);
}

int track_take_pread(struct io_track *track, struct track_process *process,
                     const struct io_call *call, struct error *err)
{
	return take_bytes(track, process, call, false, call->offset, err);
}

int track_take_write(struct io_track *track, struct track_process *process,
                     const struct io_call *call, struct error *err)
{
	return take_bytes(track, process, call, true, IO_UNKNOWN, err);
}

int track_take_pwrite(struct io_track *track, struct track_process *process,
                      const struct io_call *call, struct error *err)
{
	return take_bytes(track, process, call, true, call->offset, err);
}

/* One call, two files: the time is told with the read. */
int track_take_copy(struct io_track *track, struct track_process *process,
                    const struct io_call *call, struct error *err)
{
	uint32_t from = 0;
	uint32_t to = 0;
	int r = track_opening_of(track, process, call->fd, call->fd_path, call, &from, err);
	if (r == 0)
		r = track_opening_of(track, process, call->other_fd, call->other_fd_path, call, &to,
		                     err);
	if (r < 0 || from == TRACK_NONE || to == TRACK_NONE)
		return r;
	struct io_operation operation =
	        track_operation(track, call, IO_READ, track->openings[from].file, from);
	operation.bytes = bytes_of(call);
	operation.asked = call->count == IO_UNKNOWN ? operation.bytes : call->count;
	operation.position = read_at(track, from, call->offset, IO_UNKNOWN, operation.bytes);
	const int64_t position = write_at(track, to, call->other_offset, operation.bytes);
	r = track_tell(track, &operation, err);
	if (r < 0)
		return r;
	operation.kind = IO_WRITE;
	operation.file = track->openings[to].file;
	operation.opening = track->openings[to].number;
	operation.position = position;
	operation.is_implied = true;
	operation.duration_ns = operation.duration_ns == IO_UNKNOWN ? IO_UNKNOWN : 0;
	return track_tell(track, &operation, err);
}

/* ---- Positions and sizes ----------------------------------------------------------------- */

int track_take_seek(struct io_track *track, struct track_process *process,
                    const struct io_call *call, struct error *err)
{
	uint32_t index = 0;
	const int r = track_opening_of(track, process, call->fd, call->fd_path, call, &index, err);
	if (r < 0 || index == TRACK_NONE)
		return r;
	struct track_opening *const opening = &track->openings[index];
	struct io_file *const file = &track->files[opening->file];
	struct io_operation operation = track_operation(track, call, IO_SEEK, opening->file, index);
	if (call->error == 0 && has_position(file)) {
		opening->position = call->result;
		operation.position = call->result;
		if (call->whence == WHENCE_END && file->kind == IO_REGULAR)
			file->size_bytes = call->result - call->offset;
	}
	operation.asked = call->offset;
	return track_tell(track, &operation, err);
}

/* The file of a call that has a path or a descriptor. TRACK_NONE: none is to be had. */
static int file_of(struct io_track *track, struct track_process *process,
                   const struct io_call *call, uint32_t *ret_file, uint32_t *ret_opening,
                   struct error *err)
{
	*ret_opening = TRACK_NONE;
	*ret_file = TRACK_NONE;
	if (call->path) {
		const int r = track_resolve(track, process, call, err);
		return r < 0 ? r
		             : track_file_at(track, track->path.text, call->error == 0, ret_file,
		                             err);
	}
	uint32_t index = 0;
	const int r = track_opening_of(track, process, call->fd, call->fd_path, call, &index, err);
	if (r < 0 || index == TRACK_NONE)
		return r;
	*ret_opening = index;
	*ret_file = track->openings[index].file;
	return 0;
}

int track_take_truncate(struct io_track *track, struct track_process *process,
                        const struct io_call *call, struct error *err)
{
	uint32_t file = 0;
	uint32_t opening = 0;
	const int r = file_of(track, process, call, &file, &opening, err);
	if (r < 0 || file == TRACK_NONE)
		return r;
	struct io_operation operation = track_operation(track, call, IO_TRUNCATE, file, opening);
	operation.position = call->offset;
	if (call->error == 0)
		track->files[file].size_bytes = call->offset;
	return track_tell(track, &operation, err);
}

int track_take_allocate(struct io_track *track, struct track_process *process,
                        const struct io_call *call, struct error *err)
{
	uint32_t index = 0;
	const int r = track_opening_of(track, process, call->fd, call->fd_path, call, &index, err);
	if (r < 0 || index == TRACK_NONE)
		return r;
	const uint32_t file = track->openings[index].file;
	struct io_operation operation = track_operation(track, call, IO_OTHER, file, index);
	operation.position = call->offset;
	operation.asked = call->count;
	if (call->error == 0 && (call->flags & (FLAG_KEEP_SIZE | FLAG_PUNCH_HOLE)) == 0)
		grow(&track->files[file], call->offset + call->count);
	return track_tell(track, &operation, err);
}

int track_take_sync(struct io_track *track, struct track_process *process,
                    const struct io_call *call, struct error *err)
{
	uint32_t index = TRACK_NONE;
	uint32_t file = 0;
	int r;
	if (call->fd == IO_UNKNOWN && !call->fd_path) {
		/* sync: of all files there are. */
		r = track_special_file(track, TRACK_NO_FILES, &file, err);
	} else {
		r = track_opening_of(track, process, call->fd, call->fd_path, call, &index, err);
		if (r == 0 && index == TRACK_NONE)
			return 0;
		if (r == 0)
			file = track->openings[index].file;
	}
	if (r < 0)
		return r;
	const struct io_operation operation = track_operation(track, call, IO_SYNC, file, index);
	return track_tell(track, &operation, err);
}

int track_take_mmap(struct io_track *track, struct track_process *process,
                    const struct io_call *call, struct error *err)
{
	uint32_t index = 0;
	const int r = track_opening_of(track, process, call->fd, call->fd_path, call, &index, err);
	if (r < 0 || index == TRACK_NONE)
		return r;
	struct io_operation operation =
	        track_operation(track, call, IO_MMAP, track->openings[index].file, index);
	operation.position = call->offset;
	operation.asked = call->count;
	operation.bytes = call->error == 0 && call->count > 0 ? call->count : 0;
	operation.is_write = call->is_write;
	return track_tell(track, &operation, err);
}

int track_take_lock(struct io_track *track, struct track_process *process,
                    const struct io_call *call, struct error *err)
{
	uint32_t index = 0;
	const int r = track_opening_of(track, process, call->fd, call->fd_path, call, &index, err);
	if (r < 0 || index == TRACK_NONE)
		return r;
	struct io_operation operation =
	        track_operation(track, call, call->is_unlock ? IO_UNLOCK : IO_LOCK,
	                        track->openings[index].file, index);
	operation.position = call->offset;
	operation.asked = call->count;
	operation.is_write = call->is_write;
	return track_tell(track, &operation, err);
}

int track_take_list(struct io_track *track, struct track_process *process,
                    const struct io_call *call, struct error *err)
{
	uint32_t index = 0;
	const int r = track_opening_of(track, process, call->fd, call->fd_path, call, &index, err);
	if (r < 0 || index == TRACK_NONE)
		return r;
	const uint32_t file = track->openings[index].file;
	if (call->error == 0 && track->files[file].kind == IO_REGULAR)
		track->files[file].kind = IO_FOLDER;
	struct io_operation operation = track_operation(track, call, IO_LIST, file, index);
	operation.bytes = bytes_of(call);
	operation.asked = call->count;
	return track_tell(track, &operation, err);
}

int track_take_stat(struct io_track *track, struct track_process *process,
                    const struct io_call *call, struct error *err)
{
	uint32_t file = 0;
	uint32_t opening = 0;
	const int r = file_of(track, process, call, &file, &opening, err);
	if (r < 0 || file == TRACK_NONE)
		return r;
	struct io_file *const there = &track->files[file];
	if (call->error == 0 && call->file_kind != IO_UNKNOWN)
		there->kind = (enum io_file_kind)call->file_kind;
	if (call->error == 0 && call->size != IO_UNKNOWN && there->kind == IO_REGULAR)
		there->size_bytes = call->size;
	if (call->path && call->error == ENOENT)
		track->states[file].is_absent = true;
	const struct io_operation operation = track_operation(track, call, IO_STAT, file, opening);
	return track_tell(track, &operation, err);
}

int track_take_change(struct io_track *track, struct track_process *process,
                      const struct io_call *call, struct error *err)
{
	uint32_t file = 0;
	uint32_t opening = 0;
	const int r = file_of(track, process, call, &file, &opening, err);
	if (r < 0 || file == TRACK_NONE)
		return r;
	const struct io_operation operation = track_operation(track, call, IO_OTHER, file, opening);
	return track_tell(track, &operation, err);
}
