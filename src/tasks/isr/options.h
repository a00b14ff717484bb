/* The command line of plateau-isr. */
#ifndef TASKS_ISR_OPTIONS_H
#define TASKS_ISR_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct error;

enum options_action { ACTION_REDUCE, ACTION_SYNTHESIZE, ACTION_HELP, ACTION_VERSION };

struct options {
	enum options_action action;
	const char *input;        /* reduce */
	const char *output;       /* reduce; NULL with no_output */
	const char *calibrations; /* reduce; NULL: where the input says */
	bool no_output;
	const char *folder; /* synthesize */
	int64_t count;
	int64_t seed;
	double size;
};

/* Texts point into argv. Returns 0 or -EINVAL. */
int options_parse(int argc, char *const argv[], struct options *ret, struct error *err);

void options_print_help(FILE *stream);

#endif
