/* Where slots are, and which of them can be compared: slots of one level are of one class when each
 * shares its core, its L3 and its package with as many others. */
#ifndef ANALYSE_PLACE_CLASSES_H
#define ANALYSE_PLACE_CLASSES_H

#include "analyse/distributions.h"
#include "analyse/task_columns.h"

#include <stddef.h>
#include <stdint.h>

#define NO_PLACE UINT32_MAX

enum { CLASSES_MOST = 32 };

/* One slot of one level. */
struct slot_facts {
	uint32_t place[PLACE_KINDS]; /* index into places[kind].items, or NO_PLACE */
	uint32_t spans[PLACE_KINDS]; /* how many places of that kind its class has */
	uint32_t class;              /* in its level; CLASSES_MOST: none */
};

struct level_classes {
	size_t first; /* of the dataset's slots */
	size_t count;
	size_t class_count;
};

struct place_classes {
	struct places places[PLACE_KINDS]; /* by index, nothing measured */
	struct slot_facts *facts;          /* as dataset.slots */
	struct level_classes *levels;      /* as summary.levels */
	uint32_t *of_row; /* of the task columns: index into facts, or NO_PLACE: not known */
};

/* Returns 0 or -ENOMEM; to be released in either case. */
int place_classes_build(const struct summary *summary, const struct task_columns *columns,
                        struct place_classes *classes, struct error *err);
/* Which of places->items has this index, or NO_PLACE. */
uint32_t place_classes_find(const struct places *places, int32_t index);

void place_classes_release(struct place_classes *classes);

#endif
