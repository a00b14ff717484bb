#include "analyse/io/programs.h"

#include "core/array.h"
#include "core/str.h"

#include <stdlib.h>
#include <string.h>

/* Of a process that is over. */
static const uint32_t NO_PROGRAM = UINT32_MAX - 1;

static bool is_called(const struct io_program *program, const char *path)
{
	return program->path == path || (program->path && path && strcmp(program->path, path) == 0);
}

/* The program executed as path (NULL: not known). */
static int program_at(struct io_programs *programs, const char *path, uint32_t *ret_index,
                      struct error *err)
{
	for (size_t i = 0; i < programs->count; i++) {
		if (is_called(&programs->items[i], path)) {
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
	const uint64_t key = (uint32_t)process->process;
	uint32_t before = NO_PROGRAM;
	uint32_t now;
	index_map_find(&programs->by_process, key, &before);
	if (before != NO_PROGRAM && is_called(&programs->items[before], process->command)) {
		*ret_program = &programs->items[before];
		return 0;
	}
	int r = program_at(programs, process->command, &now, err);
	if (r == 0)
		r = index_map_put(&programs->by_process, key, now, err);
	if (r < 0)
		return r;
	if (before != NO_PROGRAM)
		programs->items[before].processes--;
	programs->items[now].processes++;
	*ret_program = &programs->items[now];
	return 0;
}

int io_programs_operation(struct io_programs *programs, const struct io_operation *operation,
                          const struct io_process *process, uint32_t *ret_program,
                          struct error *err)
{
	struct io_program *program;
	const int r = program_of(programs, process, &program, err);
	if (r < 0)
		return r;
	*ret_program = (uint32_t)(program - programs->items);
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

int io_programs_exit(struct io_programs *programs, int32_t process, struct error *err)
{
	uint32_t program;
	if (!index_map_find(&programs->by_process, (uint32_t)process, &program))
		return 0;
	return index_map_put(&programs->by_process, (uint32_t)process, NO_PROGRAM, err);
}

void io_programs_release(struct io_programs *programs)
{
	if (!programs)
		return;
	for (size_t i = 0; i < programs->count; i++)
		free(programs->items[i].path);
	free(programs->items);
	index_map_release(&programs->by_process);
	*programs = (struct io_programs){0};
}
