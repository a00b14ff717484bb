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

uint32_t plan_largest_to_run(const struct plan *plan)
{
	uint32_t largest = 1;
	for (size_t i = 0; i < plan->level_count; i++)
		if (!plan->levels[i].skipped && plan->levels[i].concurrency > largest)
			largest = plan->levels[i].concurrency;
	return largest;
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
