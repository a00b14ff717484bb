/* Where slots are bound. A policy gives one order of the allowed PUs, cut into groups of as many
 * PUs as a task has threads; slot i has group i, so that under every policy the slots of a level
 * are also the first slots of each larger one. Pure: topology in, lists of PUs out.
 *
 *   placement_layout_build   once per policy, for the largest level
 *   placement_slots          once per level
 *   placement_layout_release
 *
 * docs/placement.md describes the policies for people. */
#ifndef PLAN_PLACEMENT_H
#define PLAN_PLACEMENT_H

#include "model/plan.h"
#include "model/scenario.h"
#include "model/topology.h"

#include <stddef.h>
#include <stdint.h>

struct error;

struct placement_request {
	const struct placement *placement;
	enum placement_unit unit;
	enum smt_order smt;
	uint32_t threads; /* PUs of its own that a task has, >= 1 */
};

/* The own PUs of slots 0, 1, 2, ...; slot i has group i modulo group_count. */
struct placement_layout {
	uint32_t *own; /* indexes into topology->pus, group after group; NULL: not bound */
	uint32_t group_count;
	uint32_t group_size; /* PUs per group: threads, or fewer where fewer are allowed */
	bool is_bound;       /* false under policy none */
	bool is_complete;    /* false: more groups would fit than were asked for */
};

/* How many tasks of `threads` fit: floor(allowed PUs / threads). */
uint32_t placement_capacity(const struct topology *topology, uint32_t threads);

/* Works out the groups of the first `slots` slots (fewer when they wrap round before). Returns 0;
 * -EINVAL when the machine allows no PU, or map names one that is not allowed: err names it and
 * the allowed list; -ENOMEM. */
int placement_layout_build(const struct topology *topology, const struct placement_request *request,
                           uint32_t slots, struct placement_layout *ret_layout, struct error *err);
void placement_layout_release(struct placement_layout *layout);

/* The `concurrency` slots of a level: own PUs first, then, in logical order, the other allowed PUs
 * of the units (cores, L3s, ...) in which these lie. concurrency must not be above the `slots` the
 * layout was built for. The caller frees each slot's pus and the array. Returns 0 or -ENOMEM. */
int placement_slots(const struct topology *topology, const struct placement_request *request,
                    const struct placement_layout *layout, uint32_t concurrency,
                    struct plan_slot **ret_slots, struct error *err);

/* The first `concurrency` of a larger level's slots, as a copy to be freed in the same way: what
 * placement_slots would give, without working it out again. Returns 0 or -ENOMEM. */
int placement_copy_slots(const struct plan_slot *slots, uint32_t concurrency,
                         struct plan_slot **ret_slots, struct error *err);

/* Whether two of the `concurrency` slots share an own PU (never under policy none, where the
 * question is whether they outnumber the capacity). */
bool placement_is_oversubscribed(const struct topology *topology,
                                 const struct placement_request *request,
                                 const struct placement_layout *layout, uint32_t concurrency);

#define cleanup_placement_layout __attribute__((cleanup(placement_layout_release)))

#endif
