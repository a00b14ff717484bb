/* Starts one task: the only code that runs in a child between its birth and execve.
 *
 * Two ways, chosen by launcher_open:
 *   shared  clone(CLONE_VM | CLONE_VFORK | CLONE_FILES): the child opens its own counters, which
 *           the parent keeps through the shared file table, then takes a table of its own by
 *           close_range(CLOSE_RANGE_UNSHARE). No fork, no gate; cost independent of plateau's
 *           size.
 *   gate    fork, and the child waits at a gate while the parent opens counters on it. Used where
 *           close_range is missing (kernels before 5.9), under valgrind, when PLATEAU_LAUNCH=gate
 *           says so, and for tasks that must start together.
 *
 * The child makes only raw system calls on data prepared before: no malloc, no stdio, no locks.
 *
 * Descriptors 3 to 5 are reserved for the streams of the task being started. launch_reserve must
 * be called before anything else opens a descriptor.
 *
 * Only the main thread may start tasks: PR_SET_PDEATHSIG fires when the starting thread ends. */
#ifndef PLATFORM_LAUNCH_H
#define PLATFORM_LAUNCH_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

struct error;
struct perf_event_attr;

/* The steps of a start, to tell which one failed. */
enum launch_step {
	LAUNCH_CREATE, /* clone or fork */
	LAUNCH_BIND,
	LAUNCH_MEMORY,
	LAUNCH_LIMIT,
	LAUNCH_STREAMS,
	LAUNCH_EXECUTE,
	LAUNCH_STEPS
};

/* "create the process", "bind it to its CPUs", ...; indexed by the step. */
extern const char *const launch_step_names[];

/* What the child tells its parent, in memory that both see; one per slot. */
struct launch_cell {
	int32_t start_errno; /* 0, or why execve (or a step before it) failed; then it exits 127 */
	int32_t step;        /* the launch_step that failed */
};

enum { LAUNCH_NO_MEMORY_POLICY = -1 };

/* What to start. Everything pointed to must stay as it is until launch_task returns (with a gate:
 * until the gate is opened). */
struct launch_request {
	const char *path; /* of the executable; no search in PATH */
	char *const *argv;
	char *const *envp;
	int streams[3];                /* descriptors for stdin, stdout, stderr; >= 6 */
	const unsigned long *cpu_mask; /* in sched_setaffinity's form; NULL: not bound */
	size_t cpu_mask_bytes;
	int memory_mode; /* a mode of set_mempolicy(2), or LAUNCH_NO_MEMORY_POLICY */
	const unsigned long *memory_nodes; /* its node mask, or NULL */
	unsigned long memory_node_bits;
	const struct perf_event_attr *events; /* to be opened on the task, enabled by its exec */
	size_t event_count;
	const char *cgroup_procs;    /* file of the control group to join; NULL: none */
	int64_t address_space_bytes; /* RLIMIT_AS; 0: as it is */
	bool wants_io;               /* open /proc/PID/io */
	struct launch_cell *cell;
};

/* What was started. */
struct launched_task {
	pid_t pid;      /* also its process group */
	int io_fd;      /* /proc/PID/io, -1: could not be opened; the caller closes it */
	int *event_fds; /* the caller's array of event_count: a descriptor each, or -errno */
};

struct launcher;

/* Takes descriptors 3 to 5, moving what is open there, and sees to it that no inherited
 * descriptor reaches a task. To be called once, first thing. Returns 0 or -errno. */
int launch_reserve(struct error *err);

/* task_mask and task_files: the signal mask and the limit of open files that tasks begin with.
 * launch_reserve must have been called. Returns 0 or -errno. */
int launcher_open(const sigset_t *task_mask, const struct rlimit *task_files,
                  struct launcher **ret_launcher, struct error *err);
void launcher_close(struct launcher *launcher);

/* Cells that survive fork, zeroed. Returns 0 or -errno. launch_cells_free takes NULL. */
int launch_cells_new(size_t count, struct launch_cell **ret_cells, struct error *err);
void launch_cells_free(struct launch_cell *cells, size_t count);

/* Starts the task. task->event_fds is filled in (every entry, whatever happens). When the command
 * cannot be executed this still returns 0: the child exits 127 and cell->start_errno says why, at
 * the latest when it is reaped. Returns -errno only when no child could be made (EAGAIN, ENOMEM:
 * the process limit or memory of this user or cgroup), with nothing left open. */
int launch_task(struct launcher *launcher, const struct launch_request *request,
                struct launched_task *task, struct error *err);

/* Starting together: between launch_gate_close and launch_gate_open, launch_task makes children
 * that wait; launch_gate_open lets all of them go at once. A launcher that is closed, or a parent
 * that dies, ends the waiting ones. Returns 0 or -errno. */
int launch_gate_close(struct launcher *launcher, struct error *err);
void launch_gate_open(struct launcher *launcher);

#endif
