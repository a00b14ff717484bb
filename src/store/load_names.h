/* What rows of tasks have in common while they are loaded: names that stand in many rows and are
 * kept once, and the task that a row belongs to. */
#ifndef STORE_LOAD_NAMES_H
#define STORE_LOAD_NAMES_H

#include "model/words_index.h"
#include "store/row.h"

/* The index of a name in names, which index belongs to; appended where it is new. Returns 0,
 * -EINVAL where there are more than can be numbered, or -ENOMEM. */
int load_name(struct words_index *index, struct words *names, const char *text, uint32_t *ret_name,
              struct error *err);

/* The task of the row before: rows of one stand together. */
struct task_finder {
	int64_t id; /* the file's */
	size_t task;
	bool has_task;
};

/* The index in the dataset of the task that the row's first four columns tell of (task, trial,
 * attempt, task_index); SIZE_MAX: it was left out, because its trial was repeated. */
size_t task_finder_find(struct task_finder *finder, const struct reading *reading, struct row *row);

#endif
