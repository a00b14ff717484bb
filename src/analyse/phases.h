/* What the phases of tasks say: how long each lasts at every N, against the baseline, by class.
 * Phases come from the tasks' own logs (dataset.phases). */
#ifndef ANALYSE_PHASES_H
#define ANALYSE_PHASES_H

#include "analyse/summary.h"

#include <stddef.h>
#include <stdint.h>

/* One phase, or one class as a whole, at one level. */
struct phase_level {
	struct spread seconds;    /* per task: all its phases of that name together */
	struct estimate relative; /* mean / mean at the baseline, paired within blocks */
};

struct phase_group {
	const char *name; /* of the dataset: the phase's, or the class's */
	enum phase_class class;
	struct phase_level *levels; /* as summary.levels */
};

/* One stamp of a chosen task's log. */
struct phase_stamp {
	double at_s; /* since the task was started */
	enum phase_class class;
	const char *name;
};

/* The time stamps of one task of a level: the successful measured one of median wall time. */
struct phase_line {
	size_t level;
	size_t task; /* index into dataset.tasks */
	struct phase_stamp *stamps;
	size_t count;
};

struct phase_findings {
	struct phase_group *classes; /* those that occur */
	size_t class_count;
	struct phase_group *phases; /* by time at the baseline, longest first */
	size_t phase_count;
	struct phase_line *lines; /* one per level that has one */
	size_t line_count;
	size_t tasks;       /* with phases */
	const char *reason; /* why there are none, or NULL */
};

/* Returns 0 or -ENOMEM. */
int phases_build(const struct summary *summary, struct phase_findings *ret_findings,
                 struct error *err);
void phases_release(struct phase_findings *findings);

#endif
