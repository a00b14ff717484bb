#include "plan/orders.h"

#include "core/error.h"

#include <stdlib.h>

int order_pack(const struct order_request *request, uint32_t *order, struct error *err)
{
	(void)err;
	const struct domains *const domains = request->domains;
	const bool by_rank = request->smt == SMT_LAST;
	const uint32_t passes = by_rank ? domains->highest_rank + 1 : 1;
	uint32_t put = 0;
	for (uint32_t rank = 0; rank < passes; rank++)
		for (uint32_t pu = 0; pu < domains->pu_count && put < request->needed; pu++)
			if (!by_rank || domains->smt_rank[pu] == rank)
				order[put++] = pu;
	return 0;
}

static enum domain_level plane_level(const struct domains *domains)
{
	if (domains->count[LEVEL_OF_L3] > 1)
		return LEVEL_OF_L3;
	if (domains->count[LEVEL_OF_NUMA] > 1)
		return LEVEL_OF_NUMA;
	return LEVEL_OF_PACKAGE;
}

/* The PUs of each domain as a queue in pack's order: domain d has queue[first[d] .. first[d+1]),
 * and the ones before taken[d] are gone. */
struct queues {
	uint32_t *queue;
	uint32_t *first;
	uint32_t *taken;
};

static void fill_queues(const struct order_request *request, const uint32_t *numbers,
                        uint32_t domain_count, uint32_t rank, struct queues *q)
{
	const struct domains *const domains = request->domains;
	const bool by_rank = request->smt == SMT_LAST;
	uint32_t put = 0;
	for (uint32_t d = 0; d < domain_count; d++) {
		q->first[d] = q->taken[d] = put;
		for (uint32_t pu = 0; pu < domains->pu_count; pu++)
			if (numbers[pu] == d && (!by_rank || domains->smt_rank[pu] == rank))
				q->queue[put++] = pu;
	}
	q->first[domain_count] = put;
}

/* One turn round all domains; returns how many PUs it gave out. */
static uint32_t deal_once(const struct order_request *request, uint32_t domain_count,
                          const struct queues *q, uint32_t *order, uint32_t put)
{
	const uint32_t plane = request->placement->plane ? request->placement->plane : 1;
	const uint64_t block = (uint64_t)plane * request->threads;
	const uint32_t before = put;
	for (uint32_t d = 0; d < domain_count; d++)
		for (uint64_t i = 0;
		     i < block && q->taken[d] < q->first[d + 1] && put < request->needed; i++)
			order[put++] = q->queue[q->taken[d]++];
	return put - before;
}

int order_plane(const struct order_request *request, uint32_t *order, struct error *err)
{
	const struct domains *const domains = request->domains;
	const enum domain_level level = plane_level(domains);
	const uint32_t domain_count = domains->count[level];
	const uint32_t passes = request->smt == SMT_LAST ? domains->highest_rank + 1 : 1;
	struct queues q = {
	        .queue = calloc(domains->pu_count + 1, sizeof(uint32_t)),
	        .first = calloc((size_t)domain_count + 1, sizeof(uint32_t)),
	        .taken = calloc((size_t)domain_count + 1, sizeof(uint32_t)),
	};
	int r = 0;
	if (!q.queue || !q.first || !q.taken) {
		r = error_memory(err);
	} else {
		uint32_t put = 0;
		for (uint32_t rank = 0; rank < passes && put < request->needed; rank++) {
			fill_queues(request, domains->number[level], domain_count, rank, &q);
			for (uint32_t given = 1; given > 0; put += given)
				given = deal_once(request, domain_count, &q, order, put);
		}
	}
	free(q.queue);
	free(q.first);
	free(q.taken);
	return r;
}
