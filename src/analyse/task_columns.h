/* The figures of the successful measured tasks as columns, read from the records in one pass, so
 * that what is worked out from them goes through memory in order. */
#ifndef ANALYSE_TASK_COLUMNS_H
#define ANALYSE_TASK_COLUMNS_H

#include "analyse/distributions.h"
#include "analyse/summary.h"

#include <stddef.h>
#include <stdint.h>

struct task_columns {
	size_t count;
	uint32_t *task;                /* index into dataset.tasks */
	double *weight;                /* v, above 0 */
	double *figures[FIGURE_KINDS]; /* NAN: the task does not have it */
	double *misses;                /* of the last cache; NAN: not counted */
	double *first_misses;          /* of the first cache; NAN: not counted */
	ptrdiff_t misses_event;        /* index into dataset.events, -1: none */
	ptrdiff_t cycles_event;        /* of FIGURE_CYCLES, likewise */
	/* Rows of level i: level_first[i] to level_first[i + 1], its trials one after another. */
	size_t *level_first;
};

/* Tasks of trials that are in the estimates. Returns 0 or -ENOMEM. */
int task_columns_build(const struct summary *summary, struct task_columns *ret_columns,
                       struct error *err);
void task_columns_release(struct task_columns *columns);

#define cleanup_task_columns __attribute__((cleanup(task_columns_release)))

#endif
