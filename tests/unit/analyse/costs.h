/* Tasks made of known costs: so many instructions, at so many cycles each, and so on. For tests of
 * what is found again. */
#ifndef TESTS_COSTS_H
#define TESTS_COSTS_H

#include "made.h"

#include <stdbool.h>

struct costs {
	double instructions;
	double cpi;      /* cycles per instruction */
	double clock_hz; /* at which they are done */
	double kernel;   /* CPU time / time of the counted cycles: 1 where kernel mode is counted */
	double off_cpu;  /* wall time / CPU time */
};

/* 6e9 instructions at 0.8 cycles and 3 GHz: 1.6 s; a tenth of it in the kernel where `kernel` says
 * so, and 5 % more off the CPU. */
struct costs costs_usual(bool is_user_only);

double costs_wall_s(const struct costs *costs);

/* Appends the events instructions, cycles and task-clock, in that order. */
void costs_events(struct made *made, bool is_user_only);

/* Appends a successful task of the last trial; returns its end, in s. */
double costs_task(struct made *made, uint32_t slot, double start_s, const struct costs *costs);

#endif
