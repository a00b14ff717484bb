/* What the kernel tells of processes that plateau started: I/O figures, children, signals to
 * whole groups. */
#ifndef PLATFORM_PROCESS_H
#define PLATFORM_PROCESS_H

#include "model/record.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct error;

/* Reads the six I/O figures of an open /proc/PID/io into record; where fd is -1 or cannot be read
 * they become RECORD_ABSENT. (The descriptor must have been opened while the task lived: an
 * ordinary user cannot open it for a zombie.) */
void process_read_io(int fd, struct task_record *record);

/* Whether a process group has members left, of a leader that was reaped. Its number is given to no
 * new process as long as it has any, so that a process with this number means that the group is
 * gone and the number is somebody else's by now. */
bool process_group_is_left(pid_t leader);

/* Makes this process the one to which orphaned descendants are handed. Returns 0 or -errno. */
int process_become_subreaper(struct error *err);

/* Opens the kernel's list of this thread's children, for process_list_children; -1 where the
 * kernel lacks it (CONFIG_PROC_CHILDREN). The caller closes it. */
int process_open_children(void);

/* Writes at most `capacity` pids of this thread's children, zombies included, to pids. Returns how
 * many. */
size_t process_list_children(int children_fd, pid_t *pids, size_t capacity);

/* Whether PLATEAU_RUN is run_id in the environment that pid was started with. */
bool process_carries_run(pid_t pid, const char *run_id);

/* PLATEAU_SLOT and PLATEAU_INDEX in the environment of pid. Returns false, outputs untouched, where
 * it cannot be read, lacks one, or PLATEAU_RUN there is not run_id. */
bool process_task_of(pid_t pid, const char *run_id, uint32_t *ret_slot, uint32_t *ret_index);

/* A file that a process has open, as stat tells it. */
struct process_file {
	dev_t device;
	ino_t inode;
};

/* What is behind descriptor fd of pid. Returns false where that cannot be seen. */
bool process_open_file(pid_t pid, int fd, struct process_file *ret_file);

/* Whether pid is on its way out: it has no memory any more, so that nothing can be read of what it
 * was. True for one that is gone. */
bool process_is_ending(pid_t pid);

/* When pid was started, ns of the monotonic clock, in steps of the kernel's tick (10 ms); -1 where
 * that cannot be read. */
int64_t process_start_ns(pid_t pid);

#endif
