/* What all stages of a ranking ask of figures, nodes and thresholds. */
#include "analyse/fleet/rank_parts.h"

#include "analyse/quantile.h"
#include "model/dataset.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

void rank_add_pair(struct str *text, const char *own, const char *other)
{
	own = own ? own : "not known";
	other = other ? other : "not known";
	str_addf(text, "%.*s (%.*s)", str_cut(own, 40), own, str_cut(other, 40), other);
}

double rank_threshold(size_t count)
{
	if (count == 0)
		return RANK_SIGMAS;
	return fmax(RANK_SIGMAS, gsl_cdf_ugaussian_Qinv(RANK_ALPHA / (double)count));
}

/* Of few nodes chance makes the deviation small now and then, and the one that is farthest out is
 * many of them away: its distance is distributed nearly as t. Freedom and scale are fitted to
 * simulated classes of 5 to 34 nodes that are normal, at 5 % to 0.5 % of them, on the safe side by
 * 5 % for 5 nodes and by 1 % for 20; with many nodes it becomes the normal quantile. Pairs count,
 * as the MAD goes by the middle. docs/method.md has what comes of it. */
double rank_node_threshold(size_t nodes, size_t levels)
{
	if (nodes < RANK_LEAST_NODES)
		return INFINITY;
	const double pairs = floor((double)nodes / 2);
	const double freedom = 0.4 + 0.73 * pairs;
	const double scale = 1 - 0.85 / (pairs + 2);
	return fmax(RANK_SIGMAS,
	            scale * gsl_cdf_tdist_Qinv(RANK_ALPHA / (double)(nodes * levels), freedom));
}

double rank_class_threshold(const struct fleet_class *class)
{
	size_t nodes = class->node_count;
	for (size_t i = 0; class->policy && i < class->band_count; i++)
		if (class->bands[i].concurrency == class->concurrency &&
		    strcmp(class->bands[i].policy, class->policy) == 0)
			nodes = class->bands[i].n;
	return rank_node_threshold(nodes, 1);
}

double fleet_slow_below(const struct fleet_class *class)
{
	if (class->reason || !(class->median > 0) || !isfinite(class->deviation))
		return NAN;
	return fmin(1 - RANK_MARGIN,
	            1 - rank_class_threshold(class) * class->deviation / class->median);
}

void rank_centre(const double *values, size_t count, double *scratch, double *ret_median,
                 double *ret_deviation)
{
	*ret_median = *ret_deviation = NAN;
	if (count == 0)
		return;
	memcpy(scratch, values, count * sizeof *scratch);
	*ret_median = quantile_median(scratch, count);
	*ret_deviation = quantile_mad(scratch, count, *ret_median);
}

const struct profile_figure *rank_figure(const struct profile *profile, const char *policy,
                                         uint32_t concurrency, enum measure_id measure,
                                         const char *source)
{
	for (size_t p = 0; p < profile->policy_count; p++) {
		if (strcmp(profile->policies[p], policy) != 0)
			continue;
		return source ? profile_find_part(profile, concurrency, (uint32_t)p, measure,
		                                  source)
		              : profile_find(profile, concurrency, (uint32_t)p, measure);
	}
	return NULL;
}

double rank_value(const struct fleet_attempt *attempt, const struct fleet_class *class,
                  enum measure_id measure, const char *source)
{
	const struct profile_figure *const figure =
	        class->policy ? rank_figure(&attempt->profile, class->policy, class->concurrency,
	                                    measure, source)
	                      : NULL;
	return figure ? figure->value : (double)NAN;
}

struct fleet_rank_item *rank_item(const struct ranking_work *work, size_t node)
{
	return &work->ranking->items[node];
}

bool rank_is_whole(const struct fleet_attempt *attempt)
{
	return attempt->has_profile && !attempt->shared && attempt->profile.state &&
	       strcmp(attempt->profile.state, run_state_names[RUN_DONE]) == 0 &&
	       !(attempt->has_report && attempt->report.is_partial);
}

bool rank_is_reference(const struct fleet_attempt *attempt)
{
	return !fleet_verdict_words[attempt->verdict].is_bad || attempt->verdict == FLEET_SLOW;
}

bool rank_is_fuller(uint32_t concurrency, uint32_t chosen, double full)
{
	/* A task on half the cores, at least, is more like a full node than two on each are. */
	const bool is_enough = chosen <= full && 2.0 * chosen >= full;
	if (isinf(full) || (concurrency <= full && chosen <= full))
		return concurrency > chosen;
	if (concurrency <= full)
		return 2.0 * concurrency >= full;
	return chosen <= full ? !is_enough : concurrency < chosen;
}

double rank_full(const struct profile *profile)
{
	const char *const cores = profile_fact(profile, "cores_allowed");
	const char *const threads = profile_fact(profile, "threads");
	const double count = cores ? strtod(cores, NULL) : 0;
	const double each = threads ? fmax(strtod(threads, NULL), 1) : 1;
	return count > 0 ? fmax(floor(count / each), 1) : (double)INFINITY;
}

bool rank_is_slow(const struct fleet_class *class, const struct fleet_rank_item *item)
{
	return item->z < -rank_class_threshold(class) && item->relative < 1 - RANK_MARGIN;
}

const struct fleet_attempt *rank_measured(const struct fleet_node *node)
{
	for (size_t i = node->attempt_count; i-- > 0;) {
		const struct fleet_attempt *const attempt = &node->attempts[i];
		if (rank_is_whole(attempt))
			return attempt;
		/* What came after a result and speaks against the node is not hidden by it. */
		if (fleet_verdict_words[attempt->verdict].is_bad)
			return NULL;
	}
	return NULL;
}
