/* Which criteria are proposed, at which levels; their limits are found later. */
#include "analyse/full_level.h"
#include "analyse/verdict/limits_parts.h"
#include "core/array.h"
#include "core/str.h"
#include "formats/placement_text.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum where { AT_FULL, AT_BASELINE };

/* What limits are proposed for. */
static const struct proposal {
	enum measure_id measure;
	enum where where;
	enum measure_statistic statistic;
	double quantile;
} proposals[] = {
        {MEASURE_THROUGHPUT, AT_BASELINE, STATISTIC_MEAN, NAN},
        {MEASURE_THROUGHPUT, AT_FULL, STATISTIC_MEAN, NAN},
        {MEASURE_EFFICIENCY, AT_FULL, STATISTIC_MEAN, NAN},
        {MEASURE_WALL, AT_FULL, STATISTIC_QUANTILE, 0.95},
        {MEASURE_FREQUENCY, AT_FULL, STATISTIC_MEAN, NAN},
        {MEASURE_ENERGY, AT_FULL, STATISTIC_MEAN, NAN},
        {MEASURE_CORE_SPREAD, AT_FULL, STATISTIC_MEAN, NAN},
        {MEASURE_L3_SPREAD, AT_FULL, STATISTIC_MEAN, NAN},
        {MEASURE_PACKAGE_SPREAD, AT_FULL, STATISTIC_MEAN, NAN},
};

/* The level at which a policy is judged at full occupancy: `cores` where it was measured, else the
 * highest below it. */
static uint32_t full_of(const struct findings *run, const char *policy, bool *ret_is_exact)
{
	const struct full_level full = full_level_of(run, policy);
	*ret_is_exact = full.is_exact;
	return full.level ? full.level->level->concurrency : 0;
}

static uint32_t baseline_of(const struct findings *run, const char *policy)
{
	const ptrdiff_t level = summary_baseline(&run->summary, policy);
	return level >= 0 ? run->summary.levels[level].level->concurrency : 0;
}

static int add_level(struct criterion *criterion, uint32_t concurrency, bool is_cores,
                     struct error *err)
{
	struct level_specs *const levels = &criterion->levels;
	char spelling[16];
	const int r =
	        array_reserve(&levels->items, &levels->capacity, 1, sizeof *levels->items, err);
	if (r < 0)
		return r;
	snprintf(spelling, sizeof spelling, "%u", concurrency);
	levels->items[0] = (struct level_spec){.kind = is_cores ? LEVEL_CORES : LEVEL_NUMBER,
	                                       .first = is_cores ? 0 : concurrency};
	levels->count = 1;
	return str_copy(is_cores ? "cores" : spelling, &levels->items[0].spelling, err);
}

static int add_criterion(struct proposing *p, const struct proposal *proposal, uint32_t concurrency,
                         bool is_cores, const char *policy, struct error *err)
{
	const struct measure *const measure = &measures[proposal->measure];
	const bool is_floor = measure->better == BETTER_HIGHER;
	struct criterion criterion = {.measure = proposal->measure,
	                              .statistic = proposal->statistic,
	                              .quantile = proposal->quantile,
	                              .bound = is_floor ? BOUND_AT_LEAST : BOUND_AT_MOST,
	                              .limit = is_floor ? 0 : INFINITY,
	                              .margin = NAN};
	int r = str_copy(measure->name, &criterion.spelling, err);
	if (r == 0 && concurrency > 0)
		r = add_level(&criterion, concurrency, is_cores, err);
	if (r == 0 && policy && p->runs[0]->summary.policy_count > 1)
		r = str_copy(policy, &criterion.policy, err);
	if (r == 0)
		r = criteria_add(&p->limits->criteria, &criterion, err);
	criterion_release(&criterion);
	return r;
}

/* Whether a policy can stand in a file of criteria: results come from anywhere, and may have names
 * that no scenario has. */
static int is_placeable(const char *policy, bool *ret_is, struct error *err)
{
	struct placement placement = {0};
	const int r = placement_text_parse(policy, &placement, err);
	if (r == -ENOMEM)
		return r;
	*ret_is = r == 0 && strcmp(placement.spelling, policy) == 0;
	placement_release(&placement);
	return 0;
}

static int add_policy(struct proposing *p, const char *policy, struct error *err)
{
	bool is_cores;
	const uint32_t full = full_of(p->runs[0], policy, &is_cores);
	const uint32_t baseline = baseline_of(p->runs[0], policy);
	int r = 0;
	if (full > 0 && !is_cores)
		r = words_addf(
		        &p->limits->notes, err,
		        "Full occupancy was not measured%s%.40s: limits are at N=%u instead.",
		        p->runs[0]->summary.policy_count > 1 ? " under " : "",
		        p->runs[0]->summary.policy_count > 1 ? policy : "", full);
	for (size_t i = 0; r == 0 && i < ARRAY_LENGTH(proposals); i++) {
		const bool is_full = proposals[i].where == AT_FULL;
		const uint32_t n = is_full ? full : baseline;
		/* What is drawn from the baseline says nothing at the baseline. */
		const bool is_empty = full == baseline &&
		                      (!is_full || proposals[i].measure == MEASURE_EFFICIENCY);
		if (n > 0 && !is_empty)
			r = add_criterion(p, &proposals[i], n, is_full && is_cores, policy, err);
	}
	return r;
}

int limits_add_criteria(struct proposing *p, struct error *err)
{
	const struct summary *const summary = &p->runs[0]->summary;
	int r = 0;
	for (size_t i = 0; r == 0 && i < summary->policy_count; i++) {
		bool is_known = true;
		if (summary->policy_count > 1)
			r = is_placeable(summary->policies[i], &is_known, err);
		if (r == 0 && is_known)
			r = add_policy(p, summary->policies[i], err);
		else if (r == 0)
			r = words_addf(
			        &p->limits->notes, err,
			        "No limits under %.40s: criteria cannot name it, as it is no "
			        "placement policy.",
			        summary->policies[i]);
	}
	return r;
}

int limits_add_failures(struct proposing *p, struct error *err)
{
	static const struct proposal failures = {MEASURE_FAILURES, AT_FULL, STATISTIC_MEAN, NAN};
	const int r = add_criterion(p, &failures, 0, false, NULL, err);
	if (r == 0)
		p->limits->criteria.items[p->limits->criteria.count - 1].limit = 0;
	return r;
}
