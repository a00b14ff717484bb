/* The orders in which policies take PUs. Each function fills `order` with `needed` indexes into
 * topology->pus, group after group of `threads`. Private to plan/; needed is a multiple of threads
 * (or the number of PUs where a task has more threads than there are) and at most the number of
 * PUs. */
#ifndef PLAN_ORDERS_H
#define PLAN_ORDERS_H

#include "model/scenario.h"
#include "plan/domains.h"

#include <stddef.h>
#include <stdint.h>

struct error;

struct order_request {
	const struct domains *domains;
	const struct placement *placement;
	enum smt_order smt;
	uint32_t threads;
	uint32_t needed;
};

/* Depth first; under SMT_LAST the first PUs of all cores, then all second ones, ... Returns 0. */
int order_pack(const struct order_request *request, uint32_t *order, struct error *err);

/* As pack within a domain, but K tasks to one domain, K to the next, and round again; a domain
 * with less room gets what fits. The domain is the L3 where there are several, else the NUMA node,
 * else the package. Returns 0 or -ENOMEM. */
int order_plane(const struct order_request *request, uint32_t *order, struct error *err);

/* Greedy: a slot's first PU is the free one whose core, then package, NUMA node, L3 and L2 (or
 * only the named domain) hold the fewest, then the lowest; its further PUs are the nearest free
 * ones. Returns 0 or -ENOMEM. */
int order_spread(const struct order_request *request, uint32_t *order, struct error *err);

#endif
