/* Which trial is next: a pure function of the plan and of what has happened so far. */
#ifndef PLAN_SCHEDULE_H
#define PLAN_SCHEDULE_H

#include "model/plan.h"
#include "model/record.h"

#include <stdbool.h>
#include <stdint.h>

struct schedule_state {
	const enum trial_state *trial_states; /* by index of plan->trials */
	const bool *level_abandoned;          /* by index of plan->levels; NULL: none is */
	int64_t elapsed_ns;                   /* since the sweep began */
	int64_t budget_ns;                    /* 0: none */
};

/* The index of the next trial to run, or -1 when nothing is left. The next trial is the first in
 * the plan's order that is pending, or was interrupted (by a signal, or with the run that it was
 * part of), and whose level is neither skipped nor abandoned. Past the budget no block is begun:
 * a block that has been begun (one of its trials is no longer pending) is finished. */
int64_t schedule_next(const struct plan *plan, const struct schedule_state *state);

#endif
