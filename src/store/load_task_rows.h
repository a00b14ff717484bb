/* Rows of tasks and of their counters into places that are known before. */
#ifndef STORE_LOAD_TASK_ROWS_H
#define STORE_LOAD_TASK_ROWS_H

#include "store/row.h"

/* One task of the file that is kept. */
struct task_entry {
	int64_t id; /* in the file */
	uint32_t trial;
	uint32_t index;
	size_t to; /* index into dataset.tasks */
};

/* Reads the rows of tasks and counters whose ids are reading->first to reading->last into
 * dataset->tasks and dataset->counters, where there is room for them. The entries of this stretch
 * ascend by id; rows without an entry are checked and left out. Different stretches may be read at
 * the same time, through different connections. Returns 0 or -errno. */
int load_task_rows(const struct reading *reading, const struct task_entry *entries, size_t count,
                   struct error *err);

#endif
