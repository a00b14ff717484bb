/* What the phases of tasks say: how long each lasts at every N, against the baseline, by class.
 * Phases come from the tasks' own logs (dataset.phases). Figures are of successful measured tasks
 * that have phases, weighted by v as all others; a phase that such a task did not have lasted 0 s
 * in it, so that the means of all phases add up to the mean wall time. */
#ifndef ANALYSE_PHASES_H
#define ANALYSE_PHASES_H

#include "analyse/distributions.h"
#include "analyse/summary.h"

#include <stddef.h>
#include <stdint.h>

/* As many phases have figures of their own; the others are put together. */
enum { PHASES_MOST = 200 };

/* One phase, or one class as a whole, at one level. */
struct phase_level {
	struct spread seconds;    /* per task: all its phases of that name together */
	double share;             /* of the wall time of those tasks; NAN: none */
	struct estimate relative; /* mean / mean at the baseline, paired within blocks */
};

struct phase_group {
	const char *name; /* of the dataset: the phase's, or the class's */
	enum phase_class class;
	struct phase_level *levels;            /* as summary.levels */
	struct distribution_kind distribution; /* classes only; else levels is NULL */
};

/* One stamp of a chosen task's log. */
struct phase_stamp {
	double at_s; /* since the task was started */
	enum phase_class class;
	const char *name;
};

/* The time stamps of one task of a level, which succeeded and was measured: the one of median wall
 * time among those with the input that all lines have, or of the level. */
struct phase_line {
	size_t level;
	size_t task; /* index into dataset.tasks */
	struct phase_stamp *stamps;
	size_t count;
	double end_s; /* when the task ended */
};

struct phase_findings {
	struct phase_group *classes; /* those that occur */
	size_t class_count;
	struct phase_group *phases; /* by time at the baseline, longest first */
	size_t phase_count;
	size_t phases_found;      /* phases that the tasks have, those put together too */
	struct phase_line *lines; /* one per level that has one */
	size_t line_count;
	int32_t line_input; /* that all lines have, index into dataset.inputs; -1: not the same */
	size_t tasks;       /* with phases, */
	size_t tasks_measured; /* of so many successful measured ones */
	const char *reason;    /* why there are none, or NULL */
};

/* Returns 0 or -ENOMEM. */
int phases_build(const struct summary *summary, struct phase_findings *ret_findings,
                 struct error *err);
void phases_release(struct phase_findings *findings);

/* Takes the lines of tasks with this input instead (its path, or the last part of it). Returns 0,
 * -ENOMEM, or -EINVAL when no input is called so, or no task with it has phases. */
int phases_choose_input(const struct summary *summary, const char *input,
                        struct phase_findings *findings, struct error *err);

#endif
