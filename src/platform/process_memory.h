/* How much memory running processes hold. */
#ifndef PLATFORM_PROCESS_MEMORY_H
#define PLATFORM_PROCESS_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Bytes; -1: not known. */
struct process_memory {
	int64_t rss_bytes; /* resident set: every page counts whole */
	int64_t pss_bytes; /* proportional set: a page that k processes share counts 1/k */
};

/* What the process holds. The resident set comes from /proc/PID/statm, which the kernel keeps count
 * of (some pages behind, a few for each CPU that the process was on); with wants_pss both come from
 * one walk through its pages (/proc/PID/smaps_rollup), which is exact and takes ms per GB.
 * pss_bytes stays -1 where that is not asked for or the kernel does not show it (before Linux 4.14,
 * or to another user). Returns false when the process is gone or is a zombie. Allocates nothing. */
bool process_memory_look(pid_t pid, bool wants_pss, struct process_memory *ret_memory);

/* Whether the kernel shows proportional set sizes at all. */
bool process_memory_has_pss(void);

/* Writes pid and its descendants to pids, at most capacity. Returns how many; only pid itself where
 * the kernel does not list children. A process that is born or re-parented meanwhile may be missed.
 * Allocates nothing. */
size_t process_list_tree(pid_t pid, pid_t *pids, size_t capacity);

/* Whether pid still executes the program of the calling process: a child before its execve. */
int process_is_this_program(pid_t pid);

#endif
