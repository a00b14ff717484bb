/* The command line of plateau-isr. */
#ifndef TASKS_ISR_OPTIONS_H
#define TASKS_ISR_OPTIONS_H

#include "tasks/command_line.h"

#include <stdbool.h>
#include <stdint.h>

struct error;

extern const struct task_command isr_command;

struct options {
	bool is_synthesis;
	const char *input;        /* reduce */
	const char *output;       /* reduce; NULL with no_output */
	const char *calibrations; /* reduce; NULL: where the input says */
	bool no_output;
	const char *folder; /* synthesize */
	int64_t count;
	int64_t seed;
	double size;
};

/* Texts point into argv. Returns 0 or -EINVAL; *ret is only set where *ret_action is TASK_RUN. */
int options_parse(int argc, char *const argv[], struct options *ret, enum task_action *ret_action,
                  struct error *err);

#endif
