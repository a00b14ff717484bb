/* The command line of plateau-spin. */
#ifndef TASKS_SPIN_OPTIONS_H
#define TASKS_SPIN_OPTIONS_H

#include "tasks/command_line.h"

#include <stdbool.h>
#include <stdint.h>

struct load;

struct spin_options {
	const struct load *load;
	double work;        /* 0: until the time is over */
	int64_t seconds_ns; /* 0: not said */
	bool json;
};

extern const struct task_command spin_command;

/* Returns 0 or -EINVAL; *ret is only set where *ret_action is TASK_RUN. */
int spin_options_parse(int argc, char *const argv[], struct spin_options *ret,
                       enum task_action *ret_action, struct error *err);

#endif
