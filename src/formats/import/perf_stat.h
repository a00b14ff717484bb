/* What `perf stat` writes of single tasks: text, -x with any separator, -j; any number of jobs in a
 * file, with other output around them. A task per job: wall time from "seconds time elapsed" (or
 * from the event duration_time, which -x and -j need), user and system time, and its counts, as
 * exact as they were written. What perf has scaled because it counted part of the time is
 * COUNTER_SCALED, with the part; <not counted> and <not supported> are those states.
 *
 * What is not one task is refused: -a, -A, -C, -p, -t, -r, -I and --per-socket and their kin.
 * So are decimals with a comma, which a locale made, and jobs that are cut off or mixed. The file
 * is read line by line: it may be of any length. */
#ifndef FORMATS_IMPORT_PERF_STAT_H
#define FORMATS_IMPORT_PERF_STAT_H

#include "formats/import/imported.h"
#include "formats/problems.h"

#include <stdio.h>

/* Appends the tasks in the file at path. problems is the caller's to release whatever comes back;
 * on -EINVAL it holds what is wrong with the file, by line, and imported is as it was. A file
 * without any job is wrong. Other failures: -ENOENT, -EACCES and so on when it cannot be read,
 * -E2BIG, -ENOMEM. */
int perf_stat_load(const char *path, struct imported *imported, struct problems *problems,
                   struct error *err);

/* The same from an open stream; name stands for the file in messages and records. */
int perf_stat_read(const char *name, FILE *stream, struct imported *imported,
                   struct problems *problems, struct error *err);

#endif
