#include "analyse/io/programs.h"

#include "core/array.h"
#include "core/error.h"
#include "core/str.h"

#include <stdlib.h>
#include <string.h>

struct io_program_of {
	int32_t process;
	bool is_used;
	uint32_t program;
};

enum { FIRST_CAPACITY = 64 };

static struct io_program_of *place_of(struct io_program_of *processes, size_t capacity,
                                      int32_t process)
{
	size_t at = ((uint32_t)process * 2654435761U) & (capacity - 1);
	while (processes[at].is_used && processes[at].process != process)
		at = (at + 1) & (capacity - 1);
	return &processes[at];
}

static int grow(struct io_programs *programs, struct error *err)
{
	if (2 * (programs->process_count + 1) <= programs->process_capacity)
		return 0;
	const size_t capacity =
	        programs->process_capacity > 0 ? 2 * programs->process_capacity : FIRST_CAPACITY;
	struct io_program_of *const processes = calloc(capacity, sizeof *processes);
	if (!processes)
		return error_memory(err);
	for (size_t i = 0; i < programs->process_capacity; i++)
		if (programs->processes[i].is_used)
			*place_of(processes, capacity, programs->processes[i].process) =
			        programs->processes[i];
	free(programs->processes);
	programs->processes = processes;
	programs->process_capacity = capacity;
	return 0;
}

/* The program executed as path (NULL: not known). */
static int program_at(struct io_programs *programs, const char *path, uint32_t *ret_index,
                      struct error *err)
{
	for (size_t i = 0; i < programs->count; i++) {
		const char *const other = programs->items[i].path;
		if (path == other || (path && other && strcmp(path, other) == 0)) {
			*ret_index = (uint32_t)i;
			return 0;
		}
	}
	char *copy = NULL;
	int r = array_reserve(&programs->items, &programs->capacity, programs->count + 1,
	                      sizeof *programs->items, err);
	if (r == 0 && path)
		r = str_copy(path, &copy, err);
	if (r < 0)
		return r;
	programs->items[programs->count] = (struct io_program){.path = copy};
	*ret_index = (uint32_t)programs->count++;
	return 0;
}

/* The process's program now, which it may have executed since its last operation. */
static int program_of(struct io_programs *programs, const struct io_process *process,
                      struct io_program **ret_program, struct error *err)
{
	uint32_t program;
	int r = grow(programs, err);
	if (r < 0)
		return r;
	struct io_program_of *const place =
	        place_of(programs->processes, programs->process_capacity, process->process);
	if (place->is_used) {
		const char *const path = programs->items[place->program].path;
		*ret_program = &programs->items[place->program];
		if (path == process->command ||
		    (path && process->command && strcmp(path, process->command) == 0))
			return 0;
	}
	r = program_at(programs, process->command, &program, err);
	if (r < 0)
		return r;
	if (place->is_used)
		programs->items[place->program].processes--;
	else
		programs->process_count++;
	*place = (struct io_program_of){process->process, true, program};
	*ret_program = &programs->items[program];
	(*ret_program)->processes++;
	return 0;
}

int io_programs_operation(struct io_programs *programs, const struct io_operation *operation,
                          const struct io_process *process, struct error *err)
{
	struct io_program *program;
	const int r = program_of(programs, process, &program, err);
	if (r < 0)
		return r;
	const bool is_data = operation->kind == IO_READ || operation->kind == IO_WRITE;
	program->data_calls += is_data;
	program->meta_calls += !is_data && !operation->is_implied;
	if (operation->kind == IO_READ)
		program->read_bytes += operation->bytes;
	if (operation->kind == IO_WRITE)
		program->written_bytes += operation->bytes;
	if (operation->duration_ns > 0)
		program->duration_ns += operation->duration_ns;
	return 0;
}

/* What is taken out of the table leaves no hole: the entries behind it are put in anew. */
void io_programs_exit(struct io_programs *programs, int32_t process)
{
	if (programs->process_capacity == 0)
		return;
	const size_t mask = programs->process_capacity - 1;
	struct io_program_of *const gone =
	        place_of(programs->processes, programs->process_capacity, process);
	if (!gone->is_used)
		return;
	gone->is_used = false;
	programs->process_count--;
	for (size_t at = ((size_t)(gone - programs->processes) + 1) & mask;
	     programs->processes[at].is_used; at = (at + 1) & mask) {
		const struct io_program_of moved = programs->processes[at];
		programs->processes[at].is_used = false;
		*place_of(programs->processes, programs->process_capacity, moved.process) = moved;
	}
}

void io_programs_release(struct io_programs *programs)
{
	if (!programs)
		return;
	for (size_t i = 0; i < programs->count; i++)
		free(programs->items[i].path);
	free(programs->items);
	free(programs->processes);
	*programs = (struct io_programs){0};
}
