/* Rows of tasks and of their counters into places that are known before. */
#ifndef STORE_LOAD_TASK_ROWS_H
#define STORE_LOAD_TASK_ROWS_H

#include "store/row.h"

/* The tasks of one trial that are kept: they stand together in dataset.tasks, by index. */
struct trial_tasks {
	uint32_t trial; /* 0: the probe */
	int64_t attempt;
	size_t first; /* index into dataset.tasks */
	size_t count;
};

/* Where every task of a file goes. */
struct task_order {
	struct trial_tasks *trials; /* ascending */
	size_t trial_count;
	size_t count;
	uint32_t *indexes; /* of all tasks in their order; NULL: those of every trial are 0, 1, 2,
	                      ... */
};

/* Reads the rows of tasks and counters whose ids are reading->first to reading->last into
 * dataset->tasks and dataset->counters, where there is room for them; rows that are not in the
 * order are checked and left out. Different stretches may be read at the same time, through
 * different connections. *ret_placed is how many tasks it were. Returns 0 or -errno. */
int load_task_rows(const struct reading *reading, const struct task_order *order,
                   size_t *ret_placed, struct error *err);

#endif
