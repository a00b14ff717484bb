#include "analyse/precision.h"

#include "analyse/full_level.h"

#include <math.h>
#include <string.h>

/* The measured level of the policy with this many tasks or the next below; -1: there is none. */
static ptrdiff_t level_up_to(const struct summary *summary, const char *policy, uint32_t tasks)
{
	ptrdiff_t found = -1;
	uint32_t most = 0;
	for (size_t i = 0; i < summary->level_count; i++) {
		const struct level_summary *const level = &summary->levels[i];
		const uint32_t n = level->level->concurrency;
		if (strcmp(level->level->policy, policy) != 0 ||
		    !estimate_has_value(&level->throughput_per_s) || n > tasks || n <= most)
			continue;
		most = n;
		found = (ptrdiff_t)i;
	}
	return found;
}

static void take(const struct summary *summary, size_t index, struct precision *precision)
{
	const struct estimate *const rate = &summary->levels[index].throughput_per_s;
	precision->levels++;
	if (!estimate_has_interval(rate) || !(rate->value > 0)) {
		if (precision->without++ == 0 && isnan(precision->half_width))
			precision->level = index;
		return;
	}
	const double half = (rate->high - rate->low) / 2 / rate->value;
	if (half <= precision->half_width)
		return;
	precision->half_width = half;
	precision->level = index;
}

struct precision precision_of(const struct findings *findings, size_t policy)
{
	const struct summary *const summary = &findings->summary;
	const char *const name = summary->policies[policy];
	const struct full_level full = full_level_of(findings, name);
	struct precision precision = {.half_width = NAN};
	const ptrdiff_t levels[] = {
	        full.level ? (ptrdiff_t)full.index : -1,
	        policy < findings->scaling_count
	                ? level_up_to(summary, name, findings->scalings[policy].plateau.recommended)
	                : -1,
	        summary_baseline(summary, name),
	};
	for (size_t i = 0; i < 3; i++) {
		const bool is_again =
		        (i > 0 && levels[i] == levels[0]) || (i > 1 && levels[i] == levels[1]);
		if (levels[i] >= 0 && !is_again &&
		    estimate_has_value(&summary->levels[levels[i]].throughput_per_s))
			take(summary, (size_t)levels[i], &precision);
	}
	return precision;
}
