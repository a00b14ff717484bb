/* How much memory running processes hold. */
#ifndef PLATFORM_PROCESS_MEMORY_H
#define PLATFORM_PROCESS_MEMORY_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Proportional set size of the process (pages that k processes share count 1/k), bytes; its
 * resident set size where the kernel does not show that; -1 when the process is gone. Allocates
 * nothing. */
int64_t process_memory_bytes(pid_t pid);

/* Writes pid and its descendants to pids, at most capacity. Returns how many; only pid itself where
 * the kernel does not list children. A process that is born or re-parented meanwhile may be missed.
 * Allocates nothing. */
size_t process_list_tree(pid_t pid, pid_t *pids, size_t capacity);

/* Whether pid still executes the program of the calling process: a child before its execve. */
int process_is_this_program(pid_t pid);

#endif
