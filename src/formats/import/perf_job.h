/* One job of perf stat as its lines are read, until it is whole and becomes a task. Private to
 * perf_stat*.c. */
#ifndef FORMATS_IMPORT_PERF_JOB_H
#define FORMATS_IMPORT_PERF_JOB_H

#include "formats/import/imported.h"
#include "formats/import/perf_parts.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;

enum { PERF_MOST_ROWS = 64, PERF_SAID_BYTES = 256 };

struct perf_job {
	size_t line; /* where it begins */
	struct perf_row rows[PERF_MOST_ROWS];
	size_t row_count;
	size_t rows_left_out;
	int64_t elapsed_ns; /* as all: RECORD_ABSENT where it was not written */
	int64_t user_ns;
	int64_t system_ns;
	int64_t started_ns; /* calendar time, by the clock on the wall of the machine */
	int32_t signal;     /* that ended it, 0: not said */
	bool has_start;     /* "# started on" stands before it, and parts it from others */
	char command[PERF_SAID_BYTES]; /* "" where it is not written */
};

void perf_job_init(struct perf_job *job, size_t line);

/* Appends a row. */
void perf_job_add(struct perf_job *job, const struct perf_row *row);

/* Whether two jobs counted the same events in the same order. */
bool perf_job_is_alike(const struct perf_job *a, const struct perf_job *b);

/* Makes the job a task of imported, read from file (of imported_text). Returns 0, -ENOMEM or
 * -E2BIG. */
int perf_job_finish(const struct perf_job *job, const char *file, struct imported *imported,
                    struct error *err);

/* The time behind "# started on ", or RECORD_ABSENT. */
int64_t perf_job_read_start(const char *text);

/* The signal that a shell's or perf's "name: Segmentation fault" tells of, or 0. */
int32_t perf_job_read_signal(const char *line);

#endif
