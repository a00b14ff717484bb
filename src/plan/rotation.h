/* Which set of events a trial counts, where there are more events than the processor has counters
 * for. Pure. */
#ifndef PLAN_ROTATION_H
#define PLAN_ROTATION_H

#include "model/plan.h"
#include "model/record.h"

#include <stdint.h>

/* The set of a trial: (its block + its level's place among the levels) modulo the number of sets,
 * so that every level goes through all sets, block after block, and the trials of one block are
 * spread over the sets: what changes from block to block is then not taken for a difference
 * between events. It follows from the plan alone: a trial that is repeated counts the same set, and
 * so do blocks that a resumed run adds.
 *   level  index into the plan's levels
 * Returns a set, from 1, or 0: there is nothing to rotate. */
uint32_t rotation_set(const struct event_sets *sets, uint32_t block, uint32_t level);

/* Gives the plan its sets, and every trial the one that it counts. */
void rotation_apply(const struct event_sets *sets, struct plan *plan);

/* The events that no trial of a level counts in so many blocks, though others do: a bit per event.
 * 0 where the blocks go through all sets. */
uint32_t rotation_missing(const struct event_sets *sets, uint32_t blocks, uint32_t level);

#endif
