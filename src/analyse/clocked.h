/* Cycles of a task, paired with the time in which exactly these cycles were counted: all that a
 * frequency is worked out of. Every way to count them has a function of its own that knows which
 * time belongs to it, and refuses an event of another mode; so user cycles never meet a time that
 * holds kernel time, which would give a clock that is too low by the kernel's share. */
#ifndef ANALYSE_CLOCKED_H
#define ANALYSE_CLOCKED_H

#include "model/dataset.h"

#include <stdbool.h>
#include <stddef.h>

struct clocked {
	double cycles;
	double ns; /* above 0 */
};

/* All take a task and an event as indexes into the dataset's arrays, and return false, with
 * *ret_clocked untouched, where the task has no such count or the event is of another mode. */

/* Cycles of kernel and user mode over the time that the counter itself was running. It runs while
 * the task is on a CPU and the counter has a place in the processor: a count that shared its place
 * with others is as good as one that did not. */
bool clocked_by_cycles(const struct dataset *dataset, size_t task, size_t event,
                       struct clocked *ret_clocked);

/* Cycles of user mode alone over the user time of the task. The running time of such a counter
 * holds kernel time, and its share of the user time is not known where it was scaled up: a count
 * that did not run all the time has none. */
bool clocked_by_user_cycles(const struct dataset *dataset, size_t task, size_t event,
                            struct clocked *ret_clocked);

/* aperf, which counts at the clock that the CPU really has while it is not idle, over the time that
 * the counter was running. While a task runs its CPU is not idle: its running time is the time that
 * aperf counted in, and neither mperf nor the frequency of the TSC has to be known. */
bool clocked_by_aperf(const struct dataset *dataset, size_t task, size_t event,
                      struct clocked *ret_clocked);

/* Hz. */
double clocked_hz(struct clocked clocked);

/* Whether an event is cycles, or aperf of the processor's msr PMU, by whatever name. */
bool clocked_is_cycles(const struct event_definition *event);
bool clocked_is_aperf(const struct event_definition *event);

#endif
