#include "plan/domains.h"

#include "core/error.h"

#include <stdlib.h>

void domains_release(struct domains *domains)
{
	if (!domains)
		return;
	for (size_t level = 0; level < DOMAIN_LEVELS; level++)
		free(domains->number[level]);
	free(domains->smt_rank);
	*domains = (struct domains){0};
}

static int32_t index_at(const struct topology_pu *pu, enum domain_level level)
{
	switch (level) {
	case LEVEL_OF_CORE:
		return pu->core;
	case LEVEL_OF_L2:
		return pu->l2;
	case LEVEL_OF_L3:
		return pu->l3;
	case LEVEL_OF_NUMA:
		return pu->numa;
	case LEVEL_OF_PACKAGE:
	case DOMAIN_LEVELS:
	default:
		return pu->package;
	}
}

struct keyed {
	int64_t key;
	uint32_t pu;
};

static int compare_keyed(const void *a, const void *b)
{
	const struct keyed *const x = a;
	const struct keyed *const y = b;
	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return x->pu < y->pu ? -1 : x->pu > y->pu;
}

/* Numbers the distinct indexes of one level 0, 1, ... in ascending order. PUs without a core get a
 * key of their own each, below every index. */
static void number_level(const struct topology *topology, enum domain_level level,
                         struct keyed *keyed, struct domains *domains)
{
	const size_t count = topology->pu_count;
	for (size_t i = 0; i < count; i++) {
		const int32_t index = index_at(&topology->pus[i], level);
		const bool is_alone = index < 0 && level == LEVEL_OF_CORE;
		keyed[i].key = is_alone ? (int64_t)i - (int64_t)count - 1 : index;
		keyed[i].pu = (uint32_t)i;
	}
	qsort(keyed, count, sizeof *keyed, compare_keyed);
	uint32_t used = 0;
	for (size_t i = 0; i < count; i++) {
		if (i == 0 || keyed[i].key != keyed[i - 1].key)
			used++;
		domains->number[level][keyed[i].pu] = used - 1;
	}
	domains->count[level] = used;
}

/* The rank among the allowed PUs of a core, in logical order: where only the second PU of a core
 * is allowed, it is the first to use. */
static void rank_pus(struct domains *domains, uint32_t *seen)
{
	for (size_t i = 0; i < domains->pu_count; i++) {
		const uint32_t rank = seen[domains->number[LEVEL_OF_CORE][i]]++;
		domains->smt_rank[i] = rank;
		if (rank > domains->highest_rank)
			domains->highest_rank = rank;
	}
}

static int allocate(struct domains *domains, size_t count, struct error *err)
{
	domains->pu_count = count;
	for (size_t level = 0; level < DOMAIN_LEVELS; level++) {
		domains->number[level] = calloc(count + 1, sizeof(uint32_t));
		if (!domains->number[level])
			return error_memory(err);
	}
	domains->smt_rank = calloc(count + 1, sizeof(uint32_t));
	return domains->smt_rank ? 0 : error_memory(err);
}

int domains_init(const struct topology *topology, struct domains *ret_domains, struct error *err)
{
	cleanup_domains struct domains domains = {0};
	int r = allocate(&domains, topology->pu_count, err);
	if (r < 0)
		return r;
	struct keyed *const keyed = calloc(topology->pu_count + 1, sizeof *keyed);
	uint32_t *const seen = calloc(topology->pu_count + 1, sizeof *seen);
	if (keyed && seen) {
		for (enum domain_level level = 0; level < DOMAIN_LEVELS; level++)
			number_level(topology, level, keyed, &domains);
		rank_pus(&domains, seen);
	} else {
		r = error_memory(err);
	}
	free(keyed);
	free(seen);
	if (r < 0)
		return r;
	*ret_domains = domains;
	domains = (struct domains){0};
	return 0;
}
