/* The levels of a sweep on one machine: from what the scenario says (numbers, ranges,
 * percentages, words) to ascending, distinct concurrencies. Pure. */
#ifndef PLAN_LEVELS_H
#define PLAN_LEVELS_H

#include "model/scenario.h"

#include <stddef.h>
#include <stdint.h>

struct error;

enum { LEVELS_MOST = 16384, LEVELS_LARGEST = 65536 };

struct resolved_level {
	uint32_t concurrency;
	char *spelling; /* as written; the spellings of equal levels joined by ", " */
};

struct resolved_levels {
	struct resolved_level *items; /* ascending, no two equal */
	size_t count;
	size_t capacity;
};

/* Resolves specs (at least one). cores and pus: what the words "cores" and "pus" mean, i.e. the
 * allowed ones divided by the threads of a task and floored; both count as 1 where they are 0. A
 * percentage is of cores, rounded to the nearest whole number, halves up, at least 1. A range
 * gives first, first + step, ... up to last. Returns 0; -EINVAL when a level is 0 or above
 * LEVELS_LARGEST, a range runs backwards, or there are more than LEVELS_MOST; -ENOMEM. */
int levels_resolve(const struct level_specs *specs, uint32_t cores, uint32_t pus,
                   struct resolved_levels *ret_levels, struct error *err);

void resolved_levels_release(struct resolved_levels *levels);

#define cleanup_resolved_levels __attribute__((cleanup(resolved_levels_release)))

#endif
