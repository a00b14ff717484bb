/* The log of the task, in the long format of the LSST pipelines:
 *   INFO 2023-10-19T06:00:01.727+00:00 lsst.isr (isr:{...})(file.c:123) - message
 * One line per call, flushed at once, stamped with the time of the call. A log without a stream
 * swallows everything (unit tests). */
#ifndef TASKS_ISR_LOG_H
#define TASKS_ISR_LOG_H

#include <stdio.h>

enum { LOG_LABEL_BYTES = 256 };

struct log {
	FILE *stream;                /* not owned; NULL: no log */
	char label[LOG_LABEL_BYTES]; /* "isr:{instrument: 'PlateauITL', ...}" or "" */
};

#define LOG_ISR      "lsst.isr"
#define LOG_GET      "lsst.daf.butler.datastores.fileDatastore"
#define LOG_PUT      "lsst.daf.butler.datastores.fileDatastore"
#define LOG_BUTLER   "lsst.daf.butler.direct_butler"
#define LOG_EXECUTOR "lsst.ctrl.mpexec.singleQuantumExecutor"

void log_line(const struct log *log, const char *logger, const char *file, int line,
              const char *format, ...) __attribute__((format(printf, 5, 6)));

#define LOG_INFO(log, logger, ...) log_line(log, logger, __FILE__, __LINE__, __VA_ARGS__)

#endif
