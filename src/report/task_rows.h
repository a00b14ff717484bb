/* A row per task, as CSV or JSON lines: every figure with its unit in its name, in plain SI. What
 * is absent is an empty field or null. docs/result-file.md lists the columns. */
#ifndef REPORT_TASK_ROWS_H
#define REPORT_TASK_ROWS_H

#include "model/dataset.h"

#include <stdio.h>

struct error;

enum task_rows_format {
	TASK_ROWS_CSV,   /* RFC 4180, but for lines that end with LF alone; a header line first */
	TASK_ROWS_JSONL, /* one JSON object a line */
};

/* Writes all tasks of dataset to stream, whatever the locale, and flushes it. Texts that are not
 * UTF-8 have their other bytes replaced by "?" in JSON. Returns 0, or -errno of what stream said
 * (-EPIPE: nobody reads). */
int task_rows_write(const struct dataset *dataset, enum task_rows_format format, FILE *stream,
                    struct error *err);

#endif
