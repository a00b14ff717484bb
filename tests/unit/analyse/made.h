/* Datasets made by hand, for tests of what is worked out from them. Times are in seconds from the
 * run's origin. Everything fails the test at once when memory runs out. */
#ifndef TESTS_MADE_H
#define TESTS_MADE_H

#include "model/dataset.h"

#include <stddef.h>
#include <stdint.h>

struct made {
	struct dataset dataset;
	size_t level_capacity;
	size_t event_capacity;
	size_t trial_capacity;
	size_t task_capacity;
	size_t counter_capacity;
	size_t warning_capacity;
	size_t said_capacity;
	size_t slot_capacity;
	size_t phase_capacity;
	size_t figure_capacity;
	size_t sample_capacity;
};

/* A run "made" with baseline 1, one thread per task and no records. */
void made_init(struct made *made);
void made_release(struct made *made);

/* Appends a level and returns its index. */
size_t made_level(struct made *made, uint32_t concurrency, const char *policy);

/* Appends an event that can be counted; to be called before the first task. */
struct event_definition *made_event(struct made *made, const char *name);

/* Appends a finished trial with the window [from, to) and returns it; the pointer holds until the
 * next call. */
struct trial_record *made_trial(struct made *made, size_t level, uint32_t block, double from_s,
                                double to_s);

/* Appends a successful task of the last trial; user time is 80 % of its wall, system time 10 %,
 * max RSS 100 MB. The pointer holds until the next call. */
struct task_record *made_task(struct made *made, uint32_t slot, double start_s, double end_s);

/* Appends the place of the next slot of a level; slots are appended by level, then in their order.
 * PU and core have the same index. */
void made_slot(struct made *made, size_t level, uint32_t slot, int32_t core, int32_t l3,
               int32_t package);

/* Sets a counter of the last task, which ran for the CPU time that the task has. */
void made_counter(struct made *made, size_t event, uint64_t raw, enum counter_state state);

/* Sets for how long a counter of the last task was enabled and running. */
void made_ran(struct made *made, size_t event, uint64_t enabled_ns, uint64_t running_ns);

/* Appends a number that the last task printed; those of a task in the order in which names were
 * first met. */
void made_figure(struct made *made, const char *name, double value);

/* Appends a phase of the last task; phases come in the order of their start. */
void made_phase(struct made *made, const char *name, enum phase_class class, double start_s,
                double end_s);

/* Puts a sample of the last trial into its place among the others. place -1: of the node. */
void made_sample(struct made *made, const char *name, int32_t place, double at_s, double value);

/* Appends a warning of the run. */
void made_warning(struct made *made, const char *code, const char *text);

/* Appends what a task of a level (-1: the probe) that failed in some way said. */
void made_said(struct made *made, int32_t level, enum task_state state, int32_t detail,
               const char *text);

/* A trial at a level whose `slots` slots each run tasks of wall_s back to back over a window of
 * window_s, with one warm-up task before, and one task across each edge of the window. */
void made_steady_trial(struct made *made, size_t level, uint32_t block, uint32_t slots,
                       double wall_s, double window_s);

#define cleanup_made __attribute__((cleanup(made_release)))

#endif
