/* The stages of attribution_build. For analyse/attribution*.c. */
#ifndef ANALYSE_ATTRIBUTION_PARTS_H
#define ANALYSE_ATTRIBUTION_PARTS_H

#include "analyse/attribution.h"

/* The quantities whose v-weighted totals over a trial are divided by one another. */
enum quantity {
	QUANTITY_TASKS, /* the weights themselves */
	QUANTITY_INSTRUCTIONS,
	QUANTITY_CYCLES,
	QUANTITY_TASK_CLOCK, /* ns */
	QUANTITY_USER,       /* ns */
	QUANTITY_CPU,        /* user and system, ns */
	QUANTITY_WALL,       /* ns */
	QUANTITIES
};

/* A way to split wall time: from the number of tasks to the wall time in steps, each of which is
 * one factor. The best is the first. */
struct chain {
	enum attribution_mode mode;
	bool is_user_only;      /* its counters hold user mode only */
	bool is_split_by_ticks; /* it needs user time apart from system time */
	size_t step_count;
	struct {
		enum attribution_factor factor;
		enum quantity quantity; /* divided by the one before */
	} steps[5];
};

enum { CHAINS = 5 };
extern const struct chain attribution_chains[CHAINS];

/* Of the successful tasks of a trial that have every quantity of a chain. */
struct chain_totals {
	double sums[QUANTITIES];
	double cpu_ns; /* unweighted */
	size_t tasks;
};

/* One trial. */
struct trial_totals {
	struct chain_totals chains[CHAINS];
	double held;    /* tasks running / N */
	double success; /* share of the tasks' time that went into successes */
	size_t successful;
};

/* The totals of every trial, in the order of summary->trials; the caller frees them. Returns 0 or
 * -ENOMEM. */
int attribution_totals(const struct summary *summary, struct trial_totals **ret_totals,
                       struct error *err);

/* Whether a trial's totals can be divided along the chain; too little CPU time to be split by ticks
 * is looked at by attribution_has_ticks. */
bool attribution_can_divide(const struct chain_totals *totals, const struct chain *chain);
bool attribution_has_ticks(const struct chain_totals *totals);

/* Why the chain has no values in this run's trials: which event is missing, and the remedy. NULL:
 * nothing is missing. */
const char *attribution_missing(const struct summary *summary, const struct chain *chain);

/* Where time off the CPU went, at one level. */
void attribution_split_off_cpu(const struct summary *summary, size_t level,
                               struct off_cpu_split *ret_split);

#endif
