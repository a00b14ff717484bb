/* How phases relate to the baseline: ratios of their means, block by block. */
#include "analyse/phases_parts.h"
#include "analyse/summary_parts.h"
#include "core/cleanup.h"
#include "core/error.h"

#include <math.h>
#include <stdlib.h>

struct work {
	const struct summary *summary;
	const struct phase_sums *sums;
	double *ratios; /* two figures of every trial */
};

/* The mean of a group in a trial, NAN where no task of the trial has phases. */
static double trial_mean(const struct phase_sums *sums, size_t trial, size_t group)
{
	return sums->weights[trial] > 0
	               ? sums->seconds[trial * sums->group_count + group] / sums->weights[trial]
	               : (double)NAN;
}

/* Means of a level and of its baseline in the blocks that hold both; returns how many. */
static size_t pair_trials(const struct work *work, size_t level, size_t baseline, size_t group,
                          bool *ret_has_zero)
{
	const struct summary *const summary = work->summary;
	double *const above = work->ratios;
	double *const below = work->ratios + summary->trial_count;
	size_t count = 0;
	for (const struct trial_summary *a = summary->levels[level].first; a; a = a->next) {
		if (!summary_trial_is_used(a, level))
			continue;
		const struct trial_summary *const b =
		        summary_trial_of(summary, baseline, a->trial->block);
		if (!b)
			continue;
		above[count] = trial_mean(work->sums, (size_t)(a - summary->trials), group);
		below[count] = trial_mean(work->sums, (size_t)(b - summary->trials), group);
		if (isnan(above[count]) || isnan(below[count]))
			continue;
		*ret_has_zero |= !(above[count] > 0 && below[count] > 0);
		count++;
	}
	return count;
}

static struct estimate relative(const struct work *work, size_t level, size_t group)
{
	const struct summary *const summary = work->summary;
	const ptrdiff_t baseline = summary_baseline(summary, summary->levels[level].level->policy);
	if (baseline < 0)
		return estimate_absent("there is no baseline");
	bool has_zero = false;
	const size_t pairs = pair_trials(work, level, (size_t)baseline, group, &has_zero);
	if (pairs == 0)
		return estimate_absent("no block has phases of both this level and the baseline");
	if (has_zero)
		return estimate_absent("it took no time in some trial, by the log's time stamps");
	if ((size_t)baseline == level)
		return (struct estimate){.value = 1, .low = 1, .high = 1, .n = pairs};
	return estimate_paired_ratio(work->ratios, work->ratios + summary->trial_count, pairs, 1);
}

int phase_relative_fill(const struct summary *summary, const struct phase_sums *sums,
                        struct phase_findings *findings, struct error *err)
{
	cleanup_free double *ratios = calloc(2 * summary->trial_count, sizeof *ratios);
	if (!ratios)
		return error_memory(err);
	struct work work = {.summary = summary, .sums = sums, .ratios = ratios};
	for (size_t g = 0; g < sums->group_count; g++)
		for (size_t level = 0; level < summary->level_count; level++)
			phase_groups_at(findings, g)->levels[level].relative =
			        relative(&work, level, g);
	return 0;
}
