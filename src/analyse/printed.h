/* The numbers that tasks print (task.figures), level by level: their distribution over successful
 * measured tasks, weighted by v as all others, and their mean with the interval over trials. */
#ifndef ANALYSE_PRINTED_H
#define ANALYSE_PRINTED_H

#include "analyse/summary.h"
#include "model/printed_unit.h"

#include <stddef.h>

/* One figure at one level; NAN: no task has it. */
struct printed_level {
	struct estimate mean; /* over trials, of each one's mean */
	/* What N tasks do together, for what tasks do per second: N times the mean; absent for
	 * other figures. */
	struct estimate total;
	double pooled_mean; /* of all tasks of the level */
	double median;
	double p5;
	double p95;
	size_t tasks;   /* with the figure, */
	size_t without; /* and successful measured ones that lack it */
};

struct printed_figure {
	const char *name; /* of the dataset */
	const struct printed_unit *unit;
	struct printed_level *levels; /* as summary.levels */
	size_t rank;                  /* among the names of task.figures */
};

struct printed_findings {
	struct printed_figure *items; /* as the scenario names them */
	size_t count;
};

/* Returns 0 or -ENOMEM. The dataset must outlive it. */
int printed_build(const struct summary *summary, struct printed_findings *ret_findings,
                  struct error *err);
void printed_release(struct printed_findings *findings);

#endif
