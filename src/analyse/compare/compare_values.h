/* What the runs of a side have of one measure at one level. */
#ifndef ANALYSE_COMPARE_COMPARE_VALUES_H
#define ANALYSE_COMPARE_COMPARE_VALUES_H

#include "analyse/compare/comparison.h"

#include <stdbool.h>
#include <stddef.h>

/* One measure of one level, of every run of a side. */
struct side_values {
	struct measure_values *runs; /* count: the side's */
	size_t count;
};

/* What a side has of a query at a level of each run (index, -1: the run lacks it). Returns 0 or
 * -ENOMEM. */
int compare_load(const struct side *side, const ptrdiff_t *levels,
                 const struct measure_query *query, struct side_values *ret_values,
                 struct error *err);
void compare_unload(struct side_values *values);

/* Whether a run has values, or what was stated; of a side: how many have. */
bool compare_run_has_values(const struct measure_values *values);
size_t compare_runs_with_values(const struct side_values *values);

/* Whether a run of the side has a value, or what was stated. */
bool compare_has_values(const struct side_values *values);

#endif
