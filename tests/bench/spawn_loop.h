/* The parts of starting a task that tests/bench/spawn_loop times, and what its loop works on. The
 * loop itself is in one file: what is timed is not spread over several. */
#ifndef TESTS_SPAWN_LOOP_H
#define TESTS_SPAWN_LOOP_H

#include "platform/taskstats.h"

#include <limits.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

enum {
	MOST_CHILDREN = 4096,
	MOST_SAMPLES = 1 << 18,
	MOST_EVENTS = 8,
	STACK_BYTES = 64 * 1024,
	CHILD_FAILED_STATUS = 127,
	FIRST_FREE = 6 /* 3 to 5 are the streams */
};

/* What is timed. The first ones need no option. */
enum part {
	PART_CREATE,  /* the call of clone until the child runs */
	PART_EXECUTE, /* execve, until the parent goes on */
	PART_REAP,    /* wait4 of a child that has ended */
	PART_GROUP,
	PART_BIND,
	PART_EVENTS,
	PART_READ_EVENTS,
	PART_IO,
	PART_READ_IO,
	PART_TABLE,
	PART_STREAMS,
	PART_OUTPUT,
	PART_FOLDER,
	PART_ORPHANS,
	PART_DELAYS_ASKED,
	PART_DELAYS_READ,
	PARTS
};

struct part_entry {
	const char *name;
	const char *option; /* of --with, NULL: always */
};
extern const struct part_entry part_table[PARTS];

struct samples {
	int64_t *values;
	size_t count;
};

struct child {
	pid_t pid;
	int64_t start_ns;
	int64_t end_ns; /* of the previous one, 0: none */
	int events[MOST_EVENTS];
	int io_fd;
};

struct loop {
	int count;
	double seconds;
	double warm_seconds;
	bool with[PARTS];
	char **argv;
	char path[PATH_MAX];
	cpu_set_t cpus[MOST_CHILDREN];
	struct child children[MOST_CHILDREN];
	struct samples parts[PARTS];
	struct samples gaps;
	struct perf_event_attr attributes[MOST_EVENTS];
	int event_count;
	struct taskstats_socket taskstats;
	int null_fd;
	int output_fd;
	int folder_fd;
	int children_fd;
	char *stack;
	int64_t window_start_ns;
	int64_t window_end_ns;
	int64_t running_ns; /* inside the window, of all children */
	uint64_t ended;     /* inside the window */
	struct rusage own;  /* at the window's start, then the difference */
	struct rusage theirs;
};

/* Says what did not work, with errno, and exits. */
_Noreturn void spawn_fail(const char *what);

/* Takes the parts of a list ("group,bind"); it exits with 2 where one is not known. */
void spawn_use_parts(struct loop *loop, char *list);

/* Finds the program of loop->argv, and makes what the parts need. */
void spawn_find_command(struct loop *loop);
void spawn_prepare(struct loop *loop);

#endif
