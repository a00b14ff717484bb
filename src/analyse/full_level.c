#include "analyse/full_level.h"

#include <math.h>
#include <string.h>

struct full_level full_level_of(const struct findings *findings, const char *policy)
{
	const struct summary *const summary = &findings->summary;
	const int64_t cores = host_facts_count(&findings->dataset->host, "cores_allowed");
	struct full_level full = {.cores = cores > 0 ? (double)cores : 0};
	const double threads = fmax(findings->dataset->run.threads, 1);
	const double tasks = full.cores > 0 ? floor(full.cores / threads) : INFINITY;
	for (size_t i = 0; i < summary->level_count; i++) {
		const struct level_summary *const level = &summary->levels[i];
		if (strcmp(level->level->policy, policy) != 0 ||
		    !estimate_has_value(&level->throughput_per_s))
			continue;
		if (full.level && level->level->concurrency > tasks)
			continue;
		full.level = level;
		full.index = i;
	}
	full.is_exact = full.level && fabs(full.level->level->concurrency - tasks) < 0.5;
	return full;
}

struct full_level full_level_find(const struct findings *findings)
{
	const struct summary *const summary = &findings->summary;
	return full_level_of(findings, summary->policy_count > 0 ? summary->policies[0] : "");
}
