/* The baseline of every policy, and the efficiency of its levels against linear from it. */
#include "analyse/summary_parts.h"

#include "analyse/stated.h"
#include "core/error.h"
#include "core/str.h"

#include <math.h>
#include <string.h>

static bool is_of_policy(const struct summary *summary, size_t level, const char *policy)
{
	return strcmp(summary->levels[level].level->policy, policy) == 0;
}

/* A level from which a line can be drawn: it ran, and some task succeeded in every trial. */
static bool can_be_baseline(const struct level_summary *level)
{
	return (level->trials > 0 || level->is_stated) && level->throughput_per_s.value > 0;
}

/* The level that the run names as its baseline, under this policy; -1: there is none. */
static ptrdiff_t named_baseline(const struct summary *summary, const char *policy)
{
	for (size_t i = 0; i < summary->level_count; i++)
		if (is_of_policy(summary, i, policy) &&
		    summary->levels[i].level->concurrency == summary->dataset->run.baseline)
			return (ptrdiff_t)i;
	return -1;
}

static ptrdiff_t lowest_baseline(const struct summary *summary, const char *policy)
{
	for (size_t i = 0; i < summary->level_count; i++)
		if (is_of_policy(summary, i, policy) && can_be_baseline(&summary->levels[i]))
			return (ptrdiff_t)i;
	return -1;
}

static int warn_of_baseline(struct summary *summary, const char *policy, ptrdiff_t named,
                            ptrdiff_t used, struct error *err)
{
	cleanup_str struct str text = {0};
	char name[64];
	str_addf(&text, "The baseline N=%u", summary->dataset->run.baseline);
	if (summary->policy_count > 1)
		str_addf(&text, " of %s", policy);
	if (named < 0)
		str_add(&text, " is not a level of this run");
	else if (summary->levels[named].reason)
		str_addf(&text, " has no result (%s)", summary->levels[named].reason);
	else
		str_add(&text, " has a trial in which no task succeeded");
	if (used >= 0)
		str_addf(&text, ": efficiency is drawn from %s, the lowest level that has one.",
		         summary_level_name(summary, (size_t)used, name));
	else
		str_add(&text, ", nor has any other level: there is no efficiency.");
	return summary_warn(summary, "baseline-missing", str_text(&text), err);
}

/* Throughputs of a level and of the baseline in the blocks that hold both; returns how many. */
static size_t pair_blocks(const struct summary *summary, size_t level, size_t baseline,
                          double *above, double *below)
{
	size_t count = 0;
	for (const struct trial_summary *a = summary->levels[level].first; a; a = a->next) {
		if (!summary_trial_is_used(a, level))
			continue;
		const struct trial_summary *const b =
		        summary_trial_of(summary, baseline, a->trial->block);
		if (!b)
			continue;
		above[count] = a->throughput_per_s;
		below[count] = b->throughput_per_s;
		count++;
	}
	return count;
}

static struct estimate efficiency(const struct summary *summary, size_t index, size_t baseline,
                                  double *values)
{
	const struct level_summary *const level = &summary->levels[index];
	const struct level_summary *const base = &summary->levels[baseline];
	if (level->trials == 0 && !level->is_stated)
		return estimate_absent(level->reason);
	if (level->is_stated && !estimate_has_value(&level->throughput_per_s))
		return estimate_absent(level->throughput_per_s.reason);
	if (index == baseline)
		return (struct estimate){.value = 1,
		                         .low = NAN,
		                         .high = NAN,
		                         .n = level->trials,
		                         .reason = "it is the baseline: 1 by definition"};
	if (!(level->throughput_per_s.value > 0))
		return (struct estimate){.low = NAN,
		                         .high = NAN,
		                         .n = level->trials,
		                         .reason = level->throughput_per_s.reason};
	const double linear = (double)base->level->concurrency / (double)level->level->concurrency;
	if (level->is_stated || base->is_stated)
		return stated_ratio(&level->throughput_per_s, &base->throughput_per_s, linear);
	double *const below = values + summary->trial_count;
	const size_t pairs = pair_blocks(summary, index, baseline, values, below);
	if (pairs > 0)
		return estimate_paired_ratio(values, below, pairs, linear);
	return (struct estimate){.value = level->throughput_per_s.value /
	                                  base->throughput_per_s.value * linear,
	                         .low = NAN,
	                         .high = NAN,
	                         .reason = "no block holds both this level and the baseline"};
}

int summary_measure_efficiency(struct summary *summary, double *values, struct error *err)
{
	for (size_t p = 0; p < summary->policy_count; p++) {
		const char *const policy = summary->policies[p];
		const bool is_named = summary->dataset->run.baseline > 0;
		const ptrdiff_t named = is_named ? named_baseline(summary, policy) : -1;
		ptrdiff_t used = named;
		if (named < 0 || !can_be_baseline(&summary->levels[named]))
			used = lowest_baseline(summary, policy);
		if (is_named && used != named) {
			int r = warn_of_baseline(summary, policy, named, used, err);
			if (r < 0)
				return r;
		}
		for (size_t i = 0; i < summary->level_count; i++) {
			struct level_summary *const level = &summary->levels[i];
			if (!is_of_policy(summary, i, policy))
				continue;
			level->is_baseline = (ptrdiff_t)i == used;
			level->efficiency =
			        used >= 0 ? efficiency(summary, i, (size_t)used, values)
			                  : estimate_absent(level->reason ? level->reason
			                                                  : "there is no baseline");
		}
	}
	return 0;
}
