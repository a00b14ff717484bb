#include "model/plan.h"

#include <stdlib.h>

static void release_level(struct plan_level *level)
{
	for (uint32_t i = 0; level->slots && i < level->concurrency; i++)
		free(level->slots[i].pus);
	free(level->slots);
	free(level->policy);
	free(level->spelling);
	free(level->skipped);
}

void plan_release(struct plan *plan)
{
	if (!plan)
		return;
	for (size_t i = 0; i < plan->level_count; i++)
		release_level(&plan->levels[i]);
	free(plan->levels);
	free(plan->trials);
	free(plan->note);
	*plan = (struct plan){0};
}
