/* A table with a row per task: what `plateau export --csv` wrote, or results of earlier own runs.
 * Columns are found by their names, guessed where they have common ones ("wall_time", "maxRSS",
 * "max_rss_gb"), or named by the caller:
 *
 *   wall_s=run_time:s,max_rss_bytes=memory:MB,concurrency=ncores
 *
 * that is, for each, what it is to us, the column's name in the file (or #3 by its number) and its
 * unit (s, ms, us, ns, min, h; B, kB, KiB, MB, MiB, GB, GiB; none for counts). A dash for the
 * column passes a guess over: "user_s=-". What was guessed is among the remarks.
 *
 * Cells are separated by commas, semicolons, tabs or '|', as the header shows; decimals have a
 * point. The file is read row by row: it may be of any length. */
#ifndef FORMATS_IMPORT_TASK_CSV_H
#define FORMATS_IMPORT_TASK_CSV_H

#include "formats/import/imported.h"
#include "formats/problems.h"

#include <stdio.h>

/* As perf_stat_load and perf_stat_read. columns as above, NULL: guess all. What is wrong with
 * columns itself (an unknown name, a bad unit) comes as -EINVAL without problems. */
int task_csv_load(const char *path, const char *columns, struct imported *imported,
                  struct problems *problems, struct error *err);
int task_csv_read(const char *name, FILE *stream, const char *columns, struct imported *imported,
                  struct problems *problems, struct error *err);

#endif
