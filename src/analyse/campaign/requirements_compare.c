/* Campaigns beside the first: ratios of quantiles, and what became better or worse. */
#include "analyse/campaign/requirements.h"
#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const campaign_change_names[CAMPAIGN_CHANGES] = {
        [CAMPAIGN_SAME] = "same",         [CAMPAIGN_UNCLEAR] = "unclear",
        [CAMPAIGN_IMPROVED] = "improved", [CAMPAIGN_WORSE] = "worse",
        [CAMPAIGN_MIXED] = "mixed",       [CAMPAIGN_NOT_COMPARABLE] = "not-comparable",
};

/* A change that is smaller than this is none, however many tasks show it. */
static const double LEAST_CHANGE = 1.05;

/* With fewer, the smallest and the largest may have the median between them too seldom. */
enum { LEAST_TASKS = 6 };

static const double Z = 1.959963984540054; /* the normal quantile at 0.975, */
/* and the t quantile at CAMPAIGN_STRETCHES - 1 degrees of freedom. */
static const double T_STRETCHES = 2.093024054408263;

/* ---- Ratios -------------------------------------------------------------------------------- */

/* A quantile and its interval by order statistics: the ranks between which it lies at 95 % whatever
 * the distribution is (the binomial by its normal approximation; Conover, "Practical nonparametric
 * statistics", 1999, section 3.2), NAN where they are beyond the tasks. */
static struct estimate quantile_with_interval(const struct campaign_spread *spread, double p)
{
	const double n = (double)spread->n;
	const double effect = p > 0.5 ? spread->p95_effect : spread->p50_effect;
	const double z = effect > 1 ? T_STRETCHES : Z;
	const double half = z * sqrt(n * p * (1 - p) * effect);
	const double low = ceil(n * p - half);
	const double high = ceil(n * p + half);
	const bool is_there = low >= 1 && high <= n && spread->n >= LEAST_TASKS;
	return (struct estimate){
	        .value = p > 0.5 ? spread->p95 : spread->p50,
	        .low = is_there ? spread->sorted[(size_t)low - 1] : (double)NAN,
	        .high = is_there ? spread->sorted[(size_t)high - 1] : (double)NAN,
	        .n = spread->n,
	};
}

/* new / first of a quantile, with the interval of the difference of their logs from the intervals
 * of either (Zou and Donner, Statistics in Medicine 27 (2008) 1693). */
static struct estimate quantile_ratio(const struct campaign_spread *first,
                                      const struct campaign_spread *new, double p)
{
	const struct estimate a = quantile_with_interval(first, p);
	const struct estimate b = quantile_with_interval(new, p);
	if (!(a.value > 0) || !(b.value > 0))
		return estimate_absent("it is 0");
	struct estimate ratio = {
	        .value = b.value / a.value, .low = NAN, .high = NAN, .n = a.n < b.n ? a.n : b.n};
	if (!(a.low > 0) || !(b.low > 0) || isnan(a.high) || isnan(b.high)) {
		ratio.reason = "too few tasks for an interval of it";
		return ratio;
	}
	const double down = hypot(log(b.value / b.low), log(a.high / a.value));
	const double up = hypot(log(b.high / b.value), log(a.value / a.low));
	ratio.low = ratio.value * exp(-down);
	ratio.high = ratio.value * exp(up);
	return ratio;
}

/* How often a value of new is above one of first less how often it is below, of all pairs. */
static double cliffs_delta(const struct campaign_spread *first, const struct campaign_spread *new)
{
	size_t below = 0; /* values of first that are below the one of new, */
	size_t up_to = 0; /* and that are not above it */
	double sum = 0;
	for (size_t i = 0; i < new->n; i++) {
		while (below < first->n && first->sorted[below] < new->sorted[i])
			below++;
		while (up_to < first->n && first->sorted[up_to] <= new->sorted[i])
			up_to++;
		sum += (double)below - (double)(first->n - up_to);
	}
	return sum / (double)first->n / (double)new->n;
}

/* -1: less, 1: more, 0: neither by enough, or for certain. */
static int direction(const struct estimate *ratio)
{
	if (!estimate_has_interval(ratio))
		return 0;
	if (ratio->value <= 1 / LEAST_CHANGE && ratio->high < 1)
		return -1;
	return ratio->value >= LEAST_CHANGE && ratio->low > 1 ? 1 : 0;
}

/* Few tasks show no change, and that there is none they do not show either. */
static bool is_same(const struct estimate *ratio)
{
	return estimate_has_interval(ratio) && ratio->low > 1 / LEAST_CHANGE &&
	       ratio->high < LEAST_CHANGE;
}

static enum campaign_change change_of(const struct campaign_difference *difference)
{
	const int sign = difference->figure == CAMPAIGN_EFFICIENCY ? -1 : 1;
	const int middle = sign * direction(&difference->p50_ratio);
	const int upper = sign * direction(&difference->p95_ratio);
	if (middle * upper < 0)
		return CAMPAIGN_MIXED;
	if (middle + upper == 0)
		return is_same(&difference->p50_ratio) && is_same(&difference->p95_ratio)
		               ? CAMPAIGN_SAME
		               : CAMPAIGN_UNCLEAR;
	return middle + upper < 0 ? CAMPAIGN_IMPROVED : CAMPAIGN_WORSE;
}

/* ---- Types --------------------------------------------------------------------------------- */

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The names of all types of all campaigns, each once, ascending. */
static int list_names(const struct requirements *const *campaigns, size_t count,
                      const char ***ret_names, size_t *ret_count, struct error *err)
{
	size_t most = 0;
	for (size_t c = 0; c < count; c++)
		most += campaigns[c]->type_count;
	const char **const names = calloc(most + 1, sizeof *names);
	if (!names)
		return error_memory(err);
	size_t n = 0;
	for (size_t c = 0; c < count; c++)
		for (size_t t = 0; t < campaigns[c]->type_count; t++)
			names[n++] = campaigns[c]->types[t].name;
	qsort(names, n, sizeof *names, by_name);
	size_t distinct = 0;
	for (size_t i = 0; i < n; i++)
		if (distinct == 0 || strcmp(names[distinct - 1], names[i]) != 0)
			names[distinct++] = names[i];
	*ret_names = names;
	*ret_count = distinct;
	return 0;
}

static int by_type_name(const void *key, const void *item)
{
	return strcmp(key, ((const struct campaign_type_needs *)item)->name);
}

static const struct campaign_type_needs *find_type(const struct requirements *r, const char *name)
{
	return bsearch(name, r->types, r->type_count, sizeof *r->types, by_type_name);
}

static const char *why_not_comparable(const struct campaign_type_needs *first,
                                      const struct campaign_type_needs *new,
                                      enum campaign_figure figure)
{
	if (!first)
		return "the first campaign has no such tasks";
	if (!new)
		return "this campaign has no such tasks";
	if (first->figures[figure].n == 0)
		return "not known in the first campaign";
	return new->figures[figure].n == 0 ? "not known in this campaign" : NULL;
}

static struct campaign_difference compare_figure(const struct campaign_type_needs *first,
                                                 const struct campaign_type_needs *new,
                                                 enum campaign_figure figure)
{
	struct campaign_difference difference = {.figure = figure,
	                                         .cliffs_delta = NAN,
	                                         .change = CAMPAIGN_NOT_COMPARABLE,
	                                         .reason = why_not_comparable(first, new, figure)};
	difference.p50_ratio = difference.p95_ratio = estimate_absent(difference.reason);
	if (difference.reason)
		return difference;
	const struct campaign_spread *const a = &first->figures[figure];
	const struct campaign_spread *const b = &new->figures[figure];
	difference.p50_ratio = quantile_ratio(a, b, 0.5);
	difference.p95_ratio = quantile_ratio(a, b, 0.95);
	difference.cliffs_delta = cliffs_delta(a, b);
	if (estimate_has_interval(&difference.p50_ratio) ||
	    estimate_has_interval(&difference.p95_ratio))
		difference.change = change_of(&difference);
	else
		difference.reason = difference.p50_ratio.reason;
	return difference;
}

static bool is_known(const struct campaign_type_needs *needs, enum campaign_figure figure)
{
	return needs && needs->figures[figure].n > 0;
}

int requirements_compare(const struct requirements *const *campaigns, size_t count,
                         struct requirements_comparison *ret_comparison, struct error *err)
{
	cleanup_free const char **names = NULL;
	size_t name_count = 0;
	const int r = list_names(campaigns, count, &names, &name_count, err);
	if (r < 0)
		return r;
	struct requirements_comparison out = {.campaigns = campaigns, .campaign_count = count};
	const size_t most = name_count * (count > 1 ? count - 1 : 0) * CAMPAIGN_FIGURES;
	out.differences = calloc(most + 1, sizeof *out.differences);
	if (!out.differences)
		return error_memory(err);
	for (size_t i = 0; i < most; i++) {
		const enum campaign_figure figure = (enum campaign_figure)(i % CAMPAIGN_FIGURES);
		const size_t c = i / CAMPAIGN_FIGURES % (count - 1) + 1;
		const char *const name = names[i / CAMPAIGN_FIGURES / (count - 1)];
		const struct campaign_type_needs *const first = find_type(campaigns[0], name);
		const struct campaign_type_needs *const new = find_type(campaigns[c], name);
		if (!is_known(first, figure) && !is_known(new, figure))
			continue;
		struct campaign_difference *const difference =
		        &out.differences[out.difference_count++];
		*difference = compare_figure(first, new, figure);
		difference->campaign = c;
		difference->type = name;
	}
	*ret_comparison = out;
	return 0;
}

/* Of equal campaigns of independent tasks so many are told to differ; docs/method-campaigns.md has
 * the simulation. Of many tasks it is fewer, since a change has to be 5 % besides; of tasks that
 * belong together, and whose starts are not known, many more. */
static const double TOLD_BY_CHANCE = 0.07;

struct campaign_chance requirements_chance(const struct requirements_comparison *comparison,
                                           size_t campaign)
{
	struct campaign_chance chance = {0};
	for (size_t i = 0; i < comparison->difference_count; i++) {
		const struct campaign_difference *const d = &comparison->differences[i];
		if (d->campaign != campaign || d->change == CAMPAIGN_NOT_COMPARABLE ||
		    (!estimate_has_interval(&d->p50_ratio) &&
		     !estimate_has_interval(&d->p95_ratio)))
			continue;
		chance.compared++;
		chance.told += d->change == CAMPAIGN_IMPROVED || d->change == CAMPAIGN_WORSE ||
		               d->change == CAMPAIGN_MIXED;
	}
	chance.by_chance = TOLD_BY_CHANCE * (double)chance.compared;
	return chance;
}

void requirements_comparison_release(struct requirements_comparison *comparison)
{
	if (!comparison)
		return;
	free(comparison->differences);
	*comparison = (struct requirements_comparison){0};
}
