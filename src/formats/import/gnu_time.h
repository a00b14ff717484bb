/* What programs that time a command write: GNU time with -v, with -p, with its own default format,
 * or with -f "%E elapsed, \n%U user, \n%S system, \n%M memory\n"; and the time of a shell (real,
 * user, sys). Any number of jobs in a file, with other output around them, read line by line. A
 * task per job: wall, user and system time, max RSS, faults, switches, bytes read and written, exit
 * status or signal, as far as the format has them. */
#ifndef FORMATS_IMPORT_GNU_TIME_H
#define FORMATS_IMPORT_GNU_TIME_H

#include "formats/import/imported.h"
#include "formats/problems.h"

#include <stdio.h>

/* As perf_stat_load and perf_stat_read. */
int gnu_time_load(const char *path, struct imported *imported, struct problems *problems,
                  struct error *err);
int gnu_time_read(const char *name, FILE *stream, struct imported *imported,
                  struct problems *problems, struct error *err);

#endif
