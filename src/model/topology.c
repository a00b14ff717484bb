#include "model/topology.h"

#include <stdlib.h>

void topology_release(struct topology *topology)
{
	if (!topology)
		return;
	free(topology->pus);
	free(topology->nodes);
	free(topology->source);
	free(topology->processor);
	*topology = (struct topology){0};
}

struct cpuset topology_allowed(const struct topology *topology)
{
	struct cpuset set = {0};
	for (size_t i = 0; i < topology->pu_count; i++)
		cpuset_add(&set, topology->pus[i].os_index);
	return set;
}

const struct topology_pu *topology_find(const struct topology *topology, uint32_t os_index)
{
	for (size_t i = 0; i < topology->pu_count; i++)
		if (topology->pus[i].os_index == os_index)
			return &topology->pus[i];
	return NULL;
}
