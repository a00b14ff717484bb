/* A task on its way into a trial: what the stages of analyse/arrange hand on. */
#ifndef ANALYSE_ARRANGE_ARRANGE_ITEM_H
#define ANALYSE_ARRANGE_ARRANGE_ITEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One task that counts, while its place is looked for. */
struct arrange_item {
	size_t task;      /* index into imported.tasks */
	int64_t start_ns; /* calendar times, both RECORD_ABSENT where they are not known */
	int64_t end_ns;
	int64_t wall_ns;
	int64_t concurrency; /* RECORD_ABSENT: to be found */
	int64_t repeat;      /* RECORD_ABSENT: not said */
	const char *policy;  /* never NULL */
};

/* Whether it is known when it ran. */
bool arrange_has_times(const struct arrange_item *item);

/* For qsort: by start, then by place in the files. */
int arrange_by_start(const void *a, const void *b);

/* Sorts by start, then by place in the files. */
void arrange_sort_by_start(struct arrange_item *items, size_t count);

#endif
