/* From a scenario and a machine to a plan: levels resolved, slots placed, trials in order. Pure:
 * the same scenario, topology and seed give the same plan on every machine. */
#ifndef PLAN_PLAN_BUILD_H
#define PLAN_PLAN_BUILD_H

#include "model/plan.h"
#include "model/scenario.h"
#include "model/topology.h"

#include <stdint.h>

struct error;

/* Every level under every placement, `repeats` blocks of all of them; under ORDER_SHUFFLED each
 * block is a permutation of its own, drawn from seed and the block's number, so that a longer run
 * begins as the shorter one did. plan.input_count is 0 for a glob without a count: the caller
 * knows what the pattern matches. A baseline that is not among the levels becomes the lowest
 * level, and plan.note says so. Returns 0; -EINVAL for levels or a map that the machine cannot
 * have; -ENODEV when it allows no PU; -ENOMEM. */
int plan_build(const struct scenario *scenario, const struct topology *topology, uint64_t seed,
               struct plan *ret_plan, struct error *err);

/* Marks the levels as skipped whose memory_bytes are known and above available_bytes (-1: unknown,
 * nothing is marked); `of` says whose memory that is ("available on this node"). Levels already
 * skipped keep their reason. Returns 0 or -ENOMEM. */
int plan_skip_for_memory(struct plan *plan, int64_t available_bytes, const char *of,
                         struct error *err);

#endif
