#include "plan/placement.h"

#include "core/error.h"
#include "plan/domains.h"
#include "plan/orders.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

uint32_t placement_capacity(const struct topology *topology, uint32_t threads)
{
	return (uint32_t)(topology->pu_count / (threads ? threads : 1));
}

void placement_layout_release(struct placement_layout *layout)
{
	if (!layout)
		return;
	free(layout->own);
	*layout = (struct placement_layout){0};
}

/* The logical order of a PU by its os index, or -1. */
static int64_t find_pu(const struct topology *topology, uint32_t os_index)
{
	const struct topology_pu *const pu = topology_find(topology, os_index);
	return pu ? pu - topology->pus : -1;
}

static int refuse_map(const struct topology *topology, const struct placement *placement,
                      uint32_t os_index, struct error *err)
{
	char allowed_text[256];
	const struct cpuset allowed = topology_allowed(topology);
	cpuset_format(&allowed, allowed_text, sizeof allowed_text);
	return error_set(
	        err, EINVAL,
	        "placement \"%s\": PU %u is not among the allowed ones of %s, which are %s",
	        placement->spelling ? placement->spelling : "map", os_index,
	        topology->source ? topology->source : "the machine", allowed_text);
}

static int order_map(const struct topology *topology, const struct placement *placement,
                     uint32_t needed, uint32_t *order, struct error *err)
{
	for (size_t i = 0; i < placement->map_count; i++) {
		const int64_t pu = find_pu(topology, placement->map[i]);
		if (pu < 0)
			return refuse_map(topology, placement, placement->map[i], err);
		if (i < needed)
			order[i] = (uint32_t)pu;
	}
	return 0;
}

typedef int order_function(const struct order_request *request, uint32_t *order, struct error *err);

/* The policies whose order comes from the machine; none and map have none. */
static order_function *const orders[] = {
        [PLACEMENT_NONE] = NULL,
        [PLACEMENT_PACK] = order_pack,
        [PLACEMENT_SPREAD] = order_spread,
        [PLACEMENT_PLANE] = order_plane,
        [PLACEMENT_MAP] = NULL,
};

static int order_machine(const struct topology *topology, const struct placement_request *request,
                         uint32_t group_size, uint32_t needed, uint32_t *order, struct error *err)
{
	cleanup_domains struct domains domains = {0};
	const int r = domains_init(topology, &domains, err);
	if (r < 0)
		return r;
	const struct order_request order_request = {
	        .domains = &domains,
	        .placement = request->placement,
	        .smt = request->smt,
	        .threads = group_size,
	        .needed = needed,
	};
	return orders[request->placement->policy](&order_request, order, err);
}

int placement_layout_build(const struct topology *topology, const struct placement_request *request,
                           uint32_t slots, struct placement_layout *ret_layout, struct error *err)
{
	const bool is_map = request->placement->policy == PLACEMENT_MAP;
	const uint32_t available =
	        (uint32_t)(is_map ? request->placement->map_count : topology->pu_count);
	if (request->placement->policy == PLACEMENT_NONE) {
		*ret_layout = (struct placement_layout){.is_complete = true};
		return 0;
	}
	if (topology->pu_count == 0 || available == 0)
		return error_set(err, EINVAL, "%s allows no PU to run on",
		                 topology->source ? topology->source : "the machine");
	cleanup_placement_layout struct placement_layout layout = {.is_bound = true};
	layout.group_size = request->threads < available ? request->threads : available;
	const uint32_t most = available / layout.group_size;
	layout.group_count = slots < most ? slots : most;
	layout.is_complete = layout.group_count == most;
	const uint32_t needed = layout.group_count * layout.group_size;
	layout.own = calloc((size_t)needed + 1, sizeof *layout.own);
	if (!layout.own)
		return error_memory(err);
	const int r = is_map ? order_map(topology, request->placement, needed, layout.own, err)
	                     : order_machine(topology, request, layout.group_size, needed,
	                                     layout.own, err);
	if (r < 0)
		return r;
	*ret_layout = layout;
	layout = (struct placement_layout){0};
	return 0;
}

static bool is_same_core(const struct topology_pu *a, const struct topology_pu *b)
{
	return a->core >= 0 ? a->core == b->core : a == b;
}

/* The unit l3 is the last-level cache: the L2 where there is no L3, the core where there is
 * neither. A machine without NUMA nodes or packages is one of them. */
static bool is_same_unit(enum placement_unit unit, const struct topology_pu *a,
                         const struct topology_pu *b)
{
	switch (unit) {
	case UNIT_PU:
		return a == b;
	case UNIT_CORE:
		return is_same_core(a, b);
	case UNIT_L3:
		if (a->l3 >= 0)
			return a->l3 == b->l3;
		return b->l3 < 0 && a->l2 >= 0 ? a->l2 == b->l2 : is_same_core(a, b);
	case UNIT_NUMA:
		return a->numa == b->numa;
	case UNIT_PACKAGE:
	default:
		return a->package == b->package;
	}
}

/* Working room for one slot's set: which PUs (by logical order) it has, and their list. */
struct slot_set {
	bool *has;
	uint32_t *pus;
	size_t count;
};

static void add_pu(struct slot_set *set, const struct topology *topology, uint32_t pu)
{
	if (set->has[pu])
		return;
	set->has[pu] = true;
	set->pus[set->count++] = topology->pus[pu].os_index;
}

/* Adds the rest of own's unit. PUs of one unit are neighbours in logical order almost always, but
 * not by law: look at all. */
static void widen(struct slot_set *set, const struct topology *topology, enum placement_unit unit,
                  uint32_t own)
{
	const struct topology_pu *const home = &topology->pus[own];
	for (uint32_t pu = 0; pu < topology->pu_count; pu++)
		if (is_same_unit(unit, home, &topology->pus[pu]))
			add_pu(set, topology, pu);
}

static int fill_slot(const struct topology *topology, const struct placement_request *request,
                     const uint32_t *own, uint32_t own_count, struct slot_set *set,
                     struct plan_slot *slot, struct error *err)
{
	memset(set->has, 0, topology->pu_count * sizeof *set->has);
	set->count = 0;
	for (uint32_t i = 0; i < own_count; i++)
		add_pu(set, topology, own[i]);
	slot->own_count = set->count;
	if (request->unit != UNIT_PU)
		for (uint32_t i = 0; i < own_count; i++)
			widen(set, topology, request->unit, own[i]);
	slot->pus = calloc(set->count, sizeof *slot->pus);
	if (!slot->pus)
		return error_memory(err);
	memcpy(slot->pus, set->pus, set->count * sizeof *slot->pus);
	slot->pu_count = set->count;
	const struct topology_pu *const first = &topology->pus[own[0]];
	slot->core = first->core;
	slot->l3 = first->l3;
	slot->numa = first->numa;
	slot->package = first->package;
	return 0;
}

static int copy_slot(const struct plan_slot *from, struct plan_slot *to, struct error *err)
{
	*to = *from;
	to->pus = NULL;
	if (!from->pus)
		return 0;
	uint32_t *const pus = calloc(from->pu_count, sizeof *pus);
	if (!pus)
		return error_memory(err);
	memcpy(pus, from->pus, from->pu_count * sizeof *pus);
	to->pus = pus;
	return 0;
}

static int fill_slots(const struct topology *topology, const struct placement_request *request,
                      const struct placement_layout *layout, uint32_t concurrency,
                      struct plan_slot *slots, struct error *err)
{
	struct slot_set set = {
	        .has = calloc(topology->pu_count + 1, sizeof *set.has),
	        .pus = calloc(topology->pu_count + 1, sizeof *set.pus),
	};
	int r = set.has && set.pus ? 0 : error_memory(err);
	for (uint32_t i = 0; r == 0 && i < concurrency; i++) {
		const uint32_t *const own =
		        layout->own + (size_t)(i % layout->group_count) * layout->group_size;
		r = i < layout->group_count
		            ? fill_slot(topology, request, own, layout->group_size, &set, &slots[i],
		                        err)
		            : copy_slot(&slots[i - layout->group_count], &slots[i], err);
	}
	free(set.has);
	free(set.pus);
	return r;
}

static void free_slots(struct plan_slot *slots, uint32_t count)
{
	for (uint32_t i = 0; slots && i < count; i++)
		free(slots[i].pus);
	free(slots);
}

int placement_slots(const struct topology *topology, const struct placement_request *request,
                    const struct placement_layout *layout, uint32_t concurrency,
                    struct plan_slot **ret_slots, struct error *err)
{
	struct plan_slot *const slots = calloc((size_t)concurrency + 1, sizeof *slots);
	if (!slots)
		return error_memory(err);
	for (uint32_t i = 0; i < concurrency; i++)
		slots[i] = (struct plan_slot){.core = -1, .l3 = -1, .numa = -1, .package = -1};
	const int r = layout->is_bound
	                      ? fill_slots(topology, request, layout, concurrency, slots, err)
	                      : 0;
	if (r < 0) {
		free_slots(slots, concurrency);
		return r;
	}
	*ret_slots = slots;
	return 0;
}

int placement_copy_slots(const struct plan_slot *slots, uint32_t concurrency,
                         struct plan_slot **ret_slots, struct error *err)
{
	struct plan_slot *const copies = calloc((size_t)concurrency + 1, sizeof *copies);
	int r = copies ? 0 : error_memory(err);
	for (uint32_t i = 0; r == 0 && i < concurrency; i++)
		r = copy_slot(&slots[i], &copies[i], err);
	if (r < 0) {
		free_slots(copies, concurrency);
		return r;
	}
	*ret_slots = copies;
	return 0;
}

/* Whether the first `count` own PUs hold one twice; only a map can. */
static bool has_repeated_pu(const struct topology *topology, const struct placement_layout *layout,
                            uint32_t count)
{
	struct cpuset seen = {0};
	for (uint32_t i = 0; i < count; i++) {
		const uint32_t os_index = topology->pus[layout->own[i]].os_index;
		if (cpuset_has(&seen, os_index))
			return true;
		cpuset_add(&seen, os_index);
	}
	return false;
}

bool placement_is_oversubscribed(const struct topology *topology,
                                 const struct placement_request *request,
                                 const struct placement_layout *layout, uint32_t concurrency)
{
	if (!layout->is_bound)
		return concurrency > placement_capacity(topology, request->threads);
	if (concurrency > layout->group_count || layout->group_size < request->threads)
		return true;
	return has_repeated_pu(topology, layout, concurrency * layout->group_size);
}
