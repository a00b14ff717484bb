/* The greedy order of policy spread. */
#include "core/error.h"
#include "plan/orders.h"

#include <stdbool.h>
#include <stdlib.h>

/* What is compared, in this order; the end is DOMAIN_LEVELS. Under SMT_LAST the core comes first:
 * no core gets a second task while another is free. */
static const enum domain_level balanced[][6] = {
        [DOMAIN_ANY] = {LEVEL_OF_CORE, LEVEL_OF_PACKAGE, LEVEL_OF_NUMA, LEVEL_OF_L3, LEVEL_OF_L2,
                        DOMAIN_LEVELS},
        [DOMAIN_PACKAGE] = {LEVEL_OF_CORE, LEVEL_OF_PACKAGE, DOMAIN_LEVELS},
        [DOMAIN_NUMA] = {LEVEL_OF_CORE, LEVEL_OF_NUMA, DOMAIN_LEVELS},
        [DOMAIN_L3] = {LEVEL_OF_CORE, LEVEL_OF_L3, DOMAIN_LEVELS},
};

/* Under SMT_FIRST a core that is begun is filled before the next of its domain; the L2 is left
 * out, as it mostly belongs to one core and would undo that. */
static const enum domain_level balanced_smt_first[][4] = {
        [DOMAIN_ANY] = {LEVEL_OF_PACKAGE, LEVEL_OF_NUMA, LEVEL_OF_L3, DOMAIN_LEVELS},
        [DOMAIN_PACKAGE] = {LEVEL_OF_PACKAGE, DOMAIN_LEVELS},
        [DOMAIN_NUMA] = {LEVEL_OF_NUMA, DOMAIN_LEVELS},
        [DOMAIN_L3] = {LEVEL_OF_L3, DOMAIN_LEVELS},
};

struct spread {
	const struct order_request *request;
	const struct domains *domains;
	bool *is_taken;
	uint32_t *load[DOMAIN_LEVELS]; /* PUs given out, per domain */
};

static uint32_t load_of(const struct spread *s, enum domain_level level, uint32_t pu)
{
	return s->load[level][s->domains->number[level][pu]];
}

/* Whether a is the better next first PU than b; a is above b, so equal is not better. */
static bool is_emptier(const struct spread *s, uint32_t a, uint32_t b)
{
	const enum placement_domain domain = s->request->placement->domain;
	const bool is_last = s->request->smt == SMT_LAST;
	const enum domain_level *const keys =
	        is_last ? balanced[domain] : balanced_smt_first[domain];
	for (size_t i = 0; keys[i] != DOMAIN_LEVELS; i++) {
		const uint32_t load_a = load_of(s, keys[i], a);
		const uint32_t load_b = load_of(s, keys[i], b);
		if (load_a != load_b)
			return load_a < load_b;
	}
	return !is_last && load_of(s, LEVEL_OF_CORE, a) > load_of(s, LEVEL_OF_CORE, b);
}

/* How many of core, L2, L3, NUMA node and package two PUs have in common. */
static unsigned nearness(const struct spread *s, uint32_t a, uint32_t b)
{
	unsigned common = 0;
	for (enum domain_level level = 0; level < DOMAIN_LEVELS; level++)
		common += s->domains->number[level][a] == s->domains->number[level][b];
	return common;
}

/* Whether a is the better further PU of the task whose first one is home. */
static bool is_nearer(const struct spread *s, uint32_t home, uint32_t a, uint32_t b)
{
	if (s->request->smt == SMT_LAST) {
		const uint32_t load_a = load_of(s, LEVEL_OF_CORE, a);
		const uint32_t load_b = load_of(s, LEVEL_OF_CORE, b);
		if (load_a != load_b)
			return load_a < load_b;
	}
	return nearness(s, home, a) > nearness(s, home, b);
}

/* The best free PU: a first one, or (home >= 0) the nearest to home. */
static uint32_t pick(const struct spread *s, int64_t home)
{
	int64_t best = -1;
	for (uint32_t pu = 0; pu < s->domains->pu_count; pu++) {
		if (s->is_taken[pu])
			continue;
		if (best < 0 || (home < 0 ? is_emptier(s, pu, (uint32_t)best)
		                          : is_nearer(s, (uint32_t)home, pu, (uint32_t)best)))
			best = pu;
	}
	return (uint32_t)best;
}

static void take(struct spread *s, uint32_t pu)
{
	s->is_taken[pu] = true;
	for (enum domain_level level = 0; level < DOMAIN_LEVELS; level++)
		s->load[level][s->domains->number[level][pu]]++;
}

int order_spread(const struct order_request *request, uint32_t *order, struct error *err)
{
	const struct domains *const domains = request->domains;
	struct spread s = {.request = request, .domains = domains};
	s.is_taken = calloc(domains->pu_count + 1, sizeof *s.is_taken);
	bool has_room = s.is_taken != NULL;
	for (size_t level = 0; level < DOMAIN_LEVELS; level++) {
		s.load[level] = calloc((size_t)domains->count[level] + 1, sizeof(uint32_t));
		has_room = has_room && s.load[level];
	}
	for (uint32_t i = 0; has_room && i < request->needed; i++) {
		const uint32_t first = i - i % request->threads;
		order[i] = pick(&s, i == first ? -1 : (int64_t)order[first]);
		take(&s, order[i]);
	}
	free(s.is_taken);
	for (size_t level = 0; level < DOMAIN_LEVELS; level++)
		free(s.load[level]);
	return has_room ? 0 : error_memory(err);
}
