/* The ways to a measure's values, one per kind of source. For analyse/measure*.c. */
#ifndef ANALYSE_MEASURE_PARTS_H
#define ANALYSE_MEASURE_PARTS_H

#include "analyse/findings.h"
#include "analyse/measure_values.h"

/* What is asked, and where the answer goes. */
struct measure_work {
	const struct findings *findings;
	size_t level;
	const struct measure_query *query;
	struct measure_values *values; /* with room for one of every trial of the level */
};

/* Measures of NATURE_TASKS: of each trial the mean or the quantile over its successful measured
 * tasks, weighted by v. Returns 0 or -ENOMEM. */
int measure_tasks_find(const struct measure_work *work, struct error *err);

/* The event that a measure of counts is of, or -1; -1 for others. */
ptrdiff_t measure_event(const struct dataset *dataset, const struct measure_query *query);

/* Cycles by instructions of each trial, sums by sums over the tasks that have both, counted in one
 * mode. */
void measure_cpi_find(const struct measure_work *work);

/* What was stated of the level: the figure itself, or what follows from other stated figures
 * (throughput from the mean wall time of N tasks, efficiency from throughputs). */
void measure_stated_find(const struct measure_work *work);

#endif
