#include "machine.h"

#include <stdlib.h>
#include <string.h>

static size_t distinct(const struct topology *t, size_t offset)
{
	size_t count = 0;
	for (size_t i = 0; i < t->pu_count; i++) {
		bool is_new = true;
		for (size_t j = 0; j < i; j++)
			is_new &= memcmp((const char *)&t->pus[i] + offset,
			                 (const char *)&t->pus[j] + offset, sizeof(int32_t)) != 0;
		count += is_new;
	}
	return count;
}

static void count_again(struct topology *t)
{
	t->core_count = distinct(t, offsetof(struct topology_pu, core));
	t->l3_count = distinct(t, offsetof(struct topology_pu, l3));
	t->numa_count = distinct(t, offsetof(struct topology_pu, numa));
	t->package_count = distinct(t, offsetof(struct topology_pu, package));
}

struct topology machine_regular(uint32_t packages, uint32_t l3s, uint32_t cores, uint32_t pus)
{
	const uint32_t core_total = packages * l3s * cores;
	struct topology t = {.machine_pu_count = (size_t)core_total * pus,
	                     .memory_bytes = 64000000000};
	t.pus = calloc((size_t)core_total * pus, sizeof *t.pus);
	if (!t.pus)
		abort();
	for (uint32_t core = 0; core < core_total; core++)
		for (uint32_t rank = 0; rank < pus; rank++)
			t.pus[t.pu_count++] = (struct topology_pu){
			        .os_index = core + rank * core_total,
			        .core = (int32_t)core,
			        .l2 = (int32_t)core,
			        .l3 = (int32_t)(core / cores),
			        .numa = (int32_t)(core / cores / l3s),
			        .package = (int32_t)(core / cores / l3s),
			        .smt_rank = rank,
			};
	count_again(&t);
	return t;
}

void machine_allow(struct topology *topology, const uint32_t *os_indexes, size_t count)
{
	size_t kept = 0;
	for (size_t i = 0; i < topology->pu_count; i++)
		for (size_t j = 0; j < count; j++)
			if (topology->pus[i].os_index == os_indexes[j])
				topology->pus[kept++] = topology->pus[i];
	topology->pu_count = kept;
	count_again(topology);
}
