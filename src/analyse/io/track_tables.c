#include "analyse/io/track_parts.h"
#include "core/array.h"
#include "core/error.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_DESCRIPTORS = 1 << 20 };

/* ---- Tables and folders ------------------------------------------------------------------ */

static struct track_table *new_table(struct error *err)
{
	struct track_table *const table = calloc(1, sizeof *table);
	if (!table)
		error_memory(err);
	else
		table->references = 1;
	return table;
}

/* A copy, as fork makes it. */
static struct track_table *copy_table(struct io_track *track, const struct track_table *from,
                                      struct error *err)
{
	struct track_table *const table = new_table(err);
	if (!table || from->room == 0)
		return table;
	table->descriptors = calloc(from->room, sizeof *table->descriptors);
	if (!table->descriptors) {
		free(table);
		error_memory(err);
		return NULL;
	}
	table->room = from->room;
	memcpy(table->descriptors, from->descriptors, from->room * sizeof *table->descriptors);
	for (size_t i = 0; i < table->room; i++) {
		if (table->descriptors[i].opening > 0)
			track->openings[table->descriptors[i].opening - 1].references++;
	}
	return table;
}

static struct track_folder *new_folder(const char *path, struct error *err)
{
	struct track_folder *const folder = calloc(1, sizeof *folder);
	if (!folder) {
		error_memory(err);
		return NULL;
	}
	folder->references = 1;
	if (path && str_copy(path, &folder->path, err) < 0) {
		free(folder);
		return NULL;
	}
	return folder;
}

static void leave_folder(struct track_process *process)
{
	struct track_folder *const folder = process->folder;
	process->folder = NULL;
	if (!folder || --folder->references > 0)
		return;
	free(folder->path);
	free(folder);
}

int track_set_folder(struct track_process *process, const char *path, struct error *err)
{
	if (process->folder->path && strcmp(process->folder->path, path) == 0)
		return 0;
	char *copy = NULL;
	const int r = str_copy(path, &copy, err);
	if (r < 0)
		return r;
	free(process->folder->path);
	process->folder->path = copy;
	return 0;
}

/* ---- Openings and descriptors ------------------------------------------------------------ */

int track_open(struct io_track *track, uint32_t file, uint32_t *ret_opening, struct error *err)
{
	uint32_t index = track->free_opening;
	if (index > 0) {
		index--;
		track->free_opening = track->openings[index].next_free;
	} else {
		const int r = array_reserve(&track->openings, &track->opening_room,
		                            track->opening_count + 1, sizeof *track->openings, err);
		if (r < 0)
			return r;
		index = (uint32_t)track->opening_count++;
	}
	track->openings[index] =
	        (struct track_opening){.number = track->next_number++, .file = file};
	track->states[file].openings++;
	*ret_opening = index;
	return 0;
}

struct track_descriptor *track_descriptor_of(const struct track_process *process, int32_t fd)
{
	const struct track_table *const table = process->table;
	if (fd < 0 || (size_t)fd >= table->room || table->descriptors[fd].opening == 0)
		return NULL;
	return &table->descriptors[fd];
}

int track_close(struct io_track *track, struct track_descriptor *descriptor,
                const struct io_call *call, bool is_implied, struct error *err)
{
	const uint32_t index = descriptor->opening - 1;
	*descriptor = (struct track_descriptor){0};
	struct track_opening *const opening = &track->openings[index];
	struct io_operation operation =
	        track_operation(track, call, IO_CLOSE, opening->file, index);
	operation.is_last = --opening->references == 0;
	operation.is_implied = is_implied;
	if (is_implied) {
		operation.duration_ns = call->duration_ns == IO_UNKNOWN ? IO_UNKNOWN : 0;
		operation.error = 0;
	}
	if (operation.is_last) {
		track->states[opening->file].openings--;
		opening->next_free = track->free_opening;
		track->free_opening = index + 1;
	}
	/* That one of many descriptors goes with its process says nothing, nor that a stream does
	 * which nobody has used. */
	if (is_implied && (!operation.is_last || opening->is_assumed))
		return 0;
	return track_tell(track, &operation, err);
}

int track_set(struct io_track *track, struct track_process *process, int32_t fd, uint32_t opening,
              bool is_cloexec, const struct io_call *call, struct error *err)
{
	if (fd < 0 || fd >= MOST_DESCRIPTORS)
		return 0;
	struct track_table *const table = process->table;
	int r = array_reserve(&table->descriptors, &table->room, (size_t)fd + 1,
	                      sizeof *table->descriptors, err);
	if (r < 0)
		return r;
	/* Taken before the old one is closed: they may be the same. */
	track->openings[opening].references++;
	struct track_descriptor *const descriptor = &table->descriptors[fd];
	if (descriptor->opening > 0)
		r = track_close(track, descriptor, call, true, err);
	descriptor->opening = opening + 1;
	descriptor->is_cloexec = is_cloexec;
	return r;
}

int track_leave(struct io_track *track, struct track_process *process, const struct io_call *call,
                struct error *err)
{
	struct track_table *const table = process->table;
	process->table = NULL;
	leave_folder(process);
	if (!table || --table->references > 0)
		return 0;
	int r = 0;
	for (size_t i = 0; i < table->room && r == 0; i++) {
		if (table->descriptors[i].opening > 0)
			r = track_close(track, &table->descriptors[i], call, true, err);
	}
	free(table->descriptors);
	free(table);
	return r;
}

/* ---- Processes --------------------------------------------------------------------------- */

static struct track_process *add_process(struct io_track *track, int32_t pid, struct error *err)
{
	uint32_t index = 0;
	if (!index_map_find(&track->by_pid, (uint32_t)pid, &index)) {
		if (array_reserve(&track->processes, &track->process_room, track->process_count + 1,
		                  sizeof *track->processes, err) < 0)
			return NULL;
		index = (uint32_t)track->process_count;
		if (index_map_put(&track->by_pid, (uint32_t)pid, index, err) < 0)
			return NULL;
		track->process_count++;
	}
	track->processes[index] =
	        (struct track_process){.pid = pid, .leader = pid, .command = TRACK_NONE};
	return &track->processes[index];
}

/* The first process has its standard streams from elsewhere, and its children have them from it.
 * What they are, -y tells when they are used. */
static int begin_streams(struct io_track *track, struct track_process *process, struct error *err)
{
	const struct io_call begin = {.name = "", .pid = process->pid, .at_ns = IO_UNKNOWN};
	int r = 0;
	for (int32_t fd = 0; fd <= 2 && r == 0; fd++) {
		uint32_t file = 0;
		uint32_t index = 0;
		r = track_special_file(track, TRACK_STANDARD_INPUT + (enum track_special)fd, &file,
		                       err);
		if (r == 0)
			r = track_open(track, file, &index, err);
		if (r < 0)
			return r;
		track->openings[index].position = IO_UNKNOWN;
		track->openings[index].is_assumed = true;
		r = track_set(track, process, fd, index, false, &begin, err);
	}
	return r;
}

struct track_process *track_process_of(struct io_track *track, int32_t pid, struct error *err)
{
	uint32_t index = 0;
	if (index_map_find(&track->by_pid, (uint32_t)pid, &index) &&
	    track->processes[index].is_alive)
		return &track->processes[index];
	/* The first is the command; others come from nowhere: their fork is not in the log. */
	const bool is_first = track->process_count == 0;
	struct track_process *const process = add_process(track, pid, err);
	if (!process)
		return NULL;
	track->unknown += !is_first;
	process->table = new_table(err);
	process->folder = process->table ? new_folder(track->working_folder, err) : NULL;
	if (!process->folder) {
		free(process->table);
		process->table = NULL;
		return NULL;
	}
	process->is_alive = true;
	return is_first && begin_streams(track, process, err) < 0 ? NULL : process;
}

int track_fork(struct io_track *track, const struct io_call *call, struct error *err)
{
	uint32_t index = 0;
	const int32_t pid = (int32_t)call->result;
	if (pid == call->pid) {
		track->unknown++; /* no process is its own child: the log is not whole */
		return 0;
	}
	if (index_map_find(&track->by_pid, (uint32_t)pid, &index) &&
	    track->processes[index].is_alive) {
		/* The number is used anew, and the end of who had it is not in the log. */
		const int r = track_leave(track, &track->processes[index], call, err);
		if (r < 0)
			return r;
		track->processes[index].is_alive = false;
	}
	struct track_process *process = add_process(track, pid, err);
	if (!process)
		return -ENOMEM;
	struct track_process *const parent = track_process_of(track, call->pid, err);
	if (!parent)
		return -ENOMEM;
	index_map_find(&track->by_pid, (uint32_t)pid, &index);
	process = &track->processes[index];
	process->parent = call->is_thread ? parent->parent : parent->pid;
	process->leader = call->is_thread ? parent->leader : pid;
	process->command = parent->command;
	if (call->shares_files) {
		process->table = parent->table;
		parent->table->references++;
	} else {
		process->table = copy_table(track, parent->table, err);
	}
	if (call->shares_folder) {
		process->folder = parent->folder;
		parent->folder->references++;
	} else {
		process->folder = new_folder(parent->folder->path, err);
	}
	process->is_alive = true;
	return process->table && process->folder ? 0 : -ENOMEM;
}

int track_unshare(struct io_track *track, struct track_process *process, const struct io_call *call,
                  struct error *err)
{
	if (!call->shares_files && process->table->references > 1) {
		struct track_table *const table = copy_table(track, process->table, err);
		if (!table)
			return -ENOMEM;
		process->table->references--;
		process->table = table;
	}
	if (!call->shares_folder && process->folder->references > 1) {
		struct track_folder *const folder = new_folder(process->folder->path, err);
		if (!folder)
			return -ENOMEM;
		process->folder->references--;
		process->folder = folder;
	}
	return 0;
}

void track_tables_release(struct io_track *track)
{
	for (size_t i = 0; i < track->process_count; i++) {
		struct track_process *const process = &track->processes[i];
		leave_folder(process);
		if (process->table && --process->table->references == 0) {
			free(process->table->descriptors);
			free(process->table);
		}
	}
	free(track->processes);
	free(track->openings);
	index_map_release(&track->by_pid);
}
