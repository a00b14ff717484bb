/* The command line of plateau-stream. */
#ifndef TASKS_STREAM_OPTIONS_H
#define TASKS_STREAM_OPTIONS_H

#include "tasks/command_line.h"

#include <stdbool.h>
#include <stdint.h>

struct kernel;

#define STREAM_WORK_BYTES (8LL << 30) /* moved by --work 1 */

struct stream_options {
	const struct kernel *kernel;
	int64_t size_bytes; /* 0: by the cache */
	double work;        /* 0: until the time is over */
	int64_t seconds_ns; /* 0: not said */
	bool is_direct;
	bool is_huge;
	bool json;
};

extern const struct task_command stream_command;

/* Returns 0 or -EINVAL; *ret is only set where *ret_action is TASK_RUN. */
int stream_options_parse(int argc, char *const argv[], struct stream_options *ret,
                         enum task_action *ret_action, struct error *err);

#endif
