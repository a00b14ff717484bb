/* The levels of a machine's hierarchy as dense numbers, for the orders of placement: per PU (index
 * into topology->pus) the number of its core, L2, L3, NUMA node and package. Where a machine has
 * no such level every PU has the number 0; a PU without a core is a core of its own. Private to
 * plan/. */
#ifndef PLAN_DOMAINS_H
#define PLAN_DOMAINS_H

#include "model/topology.h"

#include <stddef.h>
#include <stdint.h>

struct error;

enum domain_level {
	LEVEL_OF_CORE,
	LEVEL_OF_L2,
	LEVEL_OF_L3,
	LEVEL_OF_NUMA,
	LEVEL_OF_PACKAGE,
	DOMAIN_LEVELS
};

struct domains {
	size_t pu_count;
	uint32_t *number[DOMAIN_LEVELS]; /* [level][pu] */
	uint32_t *smt_rank;              /* [pu], among the allowed PUs of its core */
	uint32_t highest_rank;
	uint32_t count[DOMAIN_LEVELS]; /* numbers in use */
};

/* Returns 0 or -ENOMEM. */
int domains_init(const struct topology *topology, struct domains *ret_domains, struct error *err);
void domains_release(struct domains *domains);

#define cleanup_domains __attribute__((cleanup(domains_release)))

#endif
