/* A plan with what is needed to show it; nothing in it is owned. */
#ifndef REPORT_PLAN_VIEW_H
#define REPORT_PLAN_VIEW_H

#include "model/plan.h"
#include "model/scenario.h"
#include "model/topology.h"

#include <stdbool.h>
#include <stdint.h>

struct plan_view {
	const struct plan *plan;
	const struct scenario *scenario;
	const struct topology *topology;
	int64_t memory_available_bytes; /* -1: unknown */
	const char *memory_of;          /* whose that is: "available now", "in the machine" */
	int64_t task_ns;                /* assumed wall time of one task; 0: unknown */
	const char *input_problem;      /* which inputs are not there, or NULL */
	/* Of the scenario's events, in their order; NULL: what this machine can count is not known.
	 */
	const struct event_definition *events;
	size_t event_count;
	bool is_multiplexed;        /* not all fit, and every task counts them nevertheless */
	const char *events_missing; /* what too few blocks leave out, in words, or NULL */
};

/* How many of the plan's trials will run (those of skipped levels will not). */
uint64_t plan_view_trials(const struct plan_view *view);

/* Whether more tasks will run at some level than fit without sharing a PU. */
bool plan_view_has_sharing(const struct plan_view *view);

/* How long the sweep takes in s: per trial, one task's time for the staggered start, the warm-up
 * and the window (each its tasks per slot, or its least time where that is longer), longer in
 * proportion where PUs are shared. NAN when the time of a task is unknown. A budget is not looked
 * at. */
double plan_view_seconds(const struct plan_view *view);

/* The same with all the blocks that `run --accept` adds while the verdict is in doubt; NAN as well
 * where none would be added. */
double plan_view_most_seconds(const struct plan_view *view);

#endif
