/* Logs of strace -ff: a file for each process. */
#ifndef FORMATS_STRACE_STRACE_FILES_H
#define FORMATS_STRACE_STRACE_FILES_H

#include <stddef.h>

struct error;
struct strace_log;

/* Reads all files PATH.PID into log, in the order of their times. ret_files: how many there are; of
 * none, nothing is read. Returns 0 or -errno. */
int strace_merge(const char *path, struct strace_log *log, size_t *ret_files, struct error *err);

#endif
