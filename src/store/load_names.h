/* What rows of tasks have in common while they are loaded: names that stand in many rows and are
 * kept once, and the task that a row belongs to. */
#ifndef STORE_LOAD_NAMES_H
#define STORE_LOAD_NAMES_H

#include "store/row.h"

/* A hash table over a list of names. Zero-initialised it is empty; `names` is borrowed, and must be
 * empty at first. */
struct name_table {
	struct words *names;
	uint32_t *buckets;   /* index + 1, 0: empty */
	size_t bucket_count; /* a power of two */
};

/* Looks a name up and appends it where it is new. Returns 0 or -ENOMEM. */
int name_table_find(struct name_table *table, const char *text, uint32_t *ret_name,
                    struct error *err);
void name_table_release(struct name_table *table);

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
