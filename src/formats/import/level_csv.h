/* Figures per level that somebody else worked out: curves from a publication. A row per figure,
 *
 *   concurrency,figure,statistic,value,error,error_kind,tasks
 *   16,wall,median,31.51 s,0.1,reading,16
 *
 * of which concurrency, figure and value are needed (statistic: mean, sd, median, min, max, p5,
 * ...; mean where it is not said; error_kind: reading, standard, ci95), or a row per level,
 *
 *   concurrency,throughput,throughput:standard,wall:median,wall:p95,wall:median:reading
 *
 * with a column per figure and statistic, and one for its error behind it. Figures have the names
 * of model/measure; values have the unit of the measure (s, bytes, Hz, per second, shares of 1), or
 * say theirs. Lines that begin with "# name: value" say what holds for the file: "# source: ...",
 * or a host fact. */
#ifndef FORMATS_IMPORT_LEVEL_CSV_H
#define FORMATS_IMPORT_LEVEL_CSV_H

#include "formats/import/imported.h"
#include "formats/problems.h"

#include <stdio.h>

/* As perf_stat_load and perf_stat_read; figures instead of tasks. */
int level_csv_load(const char *path, struct imported *imported, struct problems *problems,
                   struct error *err);
int level_csv_read(const char *name, FILE *stream, struct imported *imported,
                   struct problems *problems, struct error *err);

#endif
