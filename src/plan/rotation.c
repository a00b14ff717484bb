#include "plan/rotation.h"

uint32_t rotation_set(const struct event_sets *sets, uint32_t block, uint32_t level)
{
	if (sets->count < 2)
		return 0;
	return (uint32_t)(((uint64_t)block + level) % sets->count) + 1;
}

void rotation_apply(const struct event_sets *sets, struct plan *plan)
{
	plan->event_sets = *sets;
	for (size_t i = 0; i < plan->trial_count; i++)
		plan->trials[i].event_set =
		        rotation_set(sets, plan->trials[i].block, plan->trials[i].level);
}

uint32_t rotation_missing(const struct event_sets *sets, uint32_t blocks, uint32_t level)
{
	uint32_t all = 0;
	uint32_t counted = 0;
	if (sets->count < 2)
		return 0;
	for (uint32_t s = 0; s < sets->count; s++)
		all |= sets->events[s];
	for (uint32_t block = 0; block < blocks && block < sets->count; block++)
		counted |= sets->events[rotation_set(sets, block, level) - 1];
	return all & ~counted;
}
