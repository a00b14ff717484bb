/* Which program did what: processes by what they executed last, as the tracker knows them. */
#ifndef ANALYSE_IO_PROGRAMS_H
#define ANALYSE_IO_PROGRAMS_H

#include "analyse/io/track.h"
#include "core/index_map.h"
#include "model/io.h"

struct io_program {
	char *path;         /* as it was executed; NULL: the log does not say (what ran before) */
	uint32_t processes; /* that did something to files, and executed it last */
	uint64_t data_calls;
	uint64_t meta_calls;
	int64_t read_bytes; /* of files, pipes and everything else */
	int64_t written_bytes;
	int64_t duration_ns;
};

struct io_programs {
	struct io_program *items;
	size_t count;
	size_t capacity;
	struct index_map by_process; /* numbers of items */
};

/* Counts an operation to the program of its process, whose number in items *ret_program is. Returns
 * 0 or -ENOMEM. */
int io_programs_operation(struct io_programs *programs, const struct io_operation *operation,
                          const struct io_process *process, uint32_t *ret_program,
                          struct error *err);

/* The process is over: its number may come back as another's. Returns 0 or -ENOMEM. */
int io_programs_exit(struct io_programs *programs, int32_t process, struct error *err);

void io_programs_release(struct io_programs *programs);

#endif
