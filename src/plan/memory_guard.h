/* Whether a level fits into memory, before it is started. Pure. */
#ifndef PLAN_MEMORY_GUARD_H
#define PLAN_MEMORY_GUARD_H

#include "model/record.h"

#include <stdbool.h>
#include <stdint.h>

/* What was seen is taken for more by this share: a task may have held more between two samples. */
#define MEMORY_GUARD_MARGIN 0.1

struct memory_guess {
	int64_t stated_bytes; /* per task: task.memory, -1: not said */
	int64_t seen_bytes;   /* per task: the most that any held so far, -1: not known */
};

/* What `concurrency` tasks are expected to hold together, bytes; -1: not known. task.memory counts
 * as it stands; what was seen counts with the margin where task.memory is not said, and without
 * where it is and less was said than is seen. */
int64_t memory_guard_needed(const struct memory_guess *guess, uint32_t concurrency);

/* True when the level fits into available_bytes, or when one of both is not known. Otherwise
 * reason says in words what it needs and what there is. */
bool memory_guard_fits(const struct memory_guess *guess, uint32_t concurrency,
                       int64_t available_bytes, char reason[RECORD_REASON_BYTES]);

#endif
