/* The level at which the nodes of a class are held against each other: a task on every core, as
 * near as half of them were measured; and what they do at every level. */
#include "analyse/fleet/fleet_facts.h"
#include "analyse/fleet/rank_parts.h"

#include "analyse/quantile.h"
#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/number.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- Bands -------------------------------------------------------------------------------- */

/* Of sorted values: type 7 of Hyndman and Fan. */
static double quantile_of(const double *values, size_t count, double p)
{
	const double at = p * ((double)count - 1);
	const size_t low = (size_t)floor(at);
	const size_t high = low + 1 < count ? low + 1 : low;
	return values[low] + (at - (double)low) * (values[high] - values[low]);
}

/* The throughput of the nodes of a class at one level; returns how many have it. */
static size_t collect(const struct ranking_work *work, const struct fleet_class *class,
                      const char *policy, uint32_t concurrency, double *values)
{
	size_t count = 0;
	for (size_t i = 0; i < class->node_count; i++) {
		const struct fleet_attempt *const attempt = work->nodes[class->nodes[i]].measured;
		const struct profile_figure *const figure = rank_figure(
		        &attempt->profile, policy, concurrency, MEASURE_THROUGHPUT, NULL);
		if (figure && figure->value > 0 && rank_is_reference(attempt))
			values[count++] = figure->value;
	}
	return count;
}

static bool has_band(const struct fleet_class *class, const char *policy, uint32_t concurrency)
{
	for (size_t i = 0; i < class->band_count; i++)
		if (class->bands[i].concurrency == concurrency &&
		    strcmp(class->bands[i].policy, policy) == 0)
			return true;
	return false;
}

static int add_band(const struct ranking_work *work, struct fleet_class *class, size_t *capacity,
                    const char *policy, uint32_t concurrency, double *values, struct error *err)
{
	int r = array_reserve(&class->bands, capacity, class->band_count + 1, sizeof *class->bands,
	                      err);
	if (r < 0)
		return r;
	const size_t n = collect(work, class, policy, concurrency, values);
	if (n == 0)
		return 0;
	quantile_sort_values(values, n);
	struct fleet_band *const band = &class->bands[class->band_count];
	*band = (struct fleet_band){.concurrency = concurrency,
	                            .low = quantile_of(values, n, 0.05),
	                            .q1 = quantile_of(values, n, 0.25),
	                            .q3 = quantile_of(values, n, 0.75),
	                            .high = quantile_of(values, n, 0.95),
	                            .n = n};
	rank_centre(values, n, values + class->node_count, &band->median, &band->deviation);
	band->deviation = fmax(band->deviation, RANK_FLOOR * band->median);
	r = str_copy(policy, &band->policy, err);
	class->band_count += r == 0;
	return r;
}

/* The place of a policy among those of the first result that has it. */
static size_t order_of(const struct ranking_work *work, const struct fleet_class *class,
                       const char *policy)
{
	for (size_t i = 0; i < class->node_count; i++) {
		const struct profile *const p = &work->nodes[class->nodes[i]].measured->profile;
		for (size_t k = 0; k < p->policy_count; k++)
			if (strcmp(p->policies[k], policy) == 0)
				return i * 64 + k;
	}
	return SIZE_MAX;
}

/* Insertion: there are few levels, and most are in their order. */
static void sort_bands(const struct ranking_work *work, struct fleet_class *class)
{
	for (size_t i = 1; i < class->band_count; i++) {
		const struct fleet_band band = class->bands[i];
		const size_t order = order_of(work, class, band.policy);
		size_t at = i;
		for (; at > 0; at--) {
			const struct fleet_band *const before = &class->bands[at - 1];
			const size_t before_order = order_of(work, class, before->policy);
			if (before_order < order ||
			    (before_order == order && before->concurrency <= band.concurrency))
				break;
			class->bands[at] = *before;
		}
		class->bands[at] = band;
	}
}

static int make_bands(const struct ranking_work *work, struct fleet_class *class, double *values,
                      struct error *err)
{
	size_t capacity = 0;
	for (size_t i = 0; i < class->node_count; i++) {
		const struct profile *const p = &work->nodes[class->nodes[i]].measured->profile;
		for (size_t f = 0; f < p->figure_count; f++) {
			const struct profile_figure *const figure = &p->figures[f];
			if (figure->measure != MEASURE_THROUGHPUT ||
			    figure->policy >= p->policy_count ||
			    has_band(class, p->policies[figure->policy], figure->concurrency))
				continue;
			const int r = add_band(work, class, &capacity, p->policies[figure->policy],
			                       figure->concurrency, values, err);
			if (r < 0)
				return r;
		}
	}
	sort_bands(work, class);
	return 0;
}

/* ---- The level ---------------------------------------------------------------------------- */

/* Nodes of a class that others may be held against. */
static size_t count_references(const struct ranking_work *work, const struct fleet_class *class)
{
	size_t count = 0;
	for (size_t i = 0; i < class->node_count; i++)
		count += rank_is_reference(work->nodes[class->nodes[i]].measured);
	return count;
}

/* The level most like a full node of those that half the nodes have, of the first policy that has
 * one; where no level is so common, the one that most have. */
static const struct fleet_band *choose_level(const struct ranking_work *work,
                                             const struct fleet_class *class)
{
	const double full = rank_full(&work->nodes[class->nodes[0]].measured->profile);
	const size_t references = count_references(work, class);
	const struct fleet_band *chosen = NULL;
	for (size_t i = 0; i < class->band_count; i++) {
		const struct fleet_band *const band = &class->bands[i];
		if (2 * band->n < references ||
		    (chosen && strcmp(chosen->policy, band->policy) != 0))
			continue;
		if (!chosen || rank_is_fuller(band->concurrency, chosen->concurrency, full))
			chosen = band;
	}
	for (size_t i = 0; !chosen && i < class->band_count; i++) {
		const struct fleet_band *const band = &class->bands[i];
		bool is_most = true;
		for (size_t k = 0; k < class->band_count; k++)
			is_most = is_most && class->bands[k].n <= band->n;
		chosen = is_most ? band : NULL;
	}
	return chosen;
}

static bool is_level_of_class(const struct fleet_class *class, const struct fleet_band *band)
{
	return band->concurrency == class->concurrency && strcmp(band->policy, class->policy) == 0;
}

const struct fleet_band *rank_slow_level(const struct fleet_class *class,
                                         const struct profile *profile)
{
	const struct fleet_band *slow = NULL;
	double least = 1 - 2 * RANK_MARGIN;
	for (size_t i = 0; i < class->band_count; i++) {
		const struct fleet_band *const band = &class->bands[i];
		const struct profile_figure *const figure =
		        rank_figure(profile, band->policy, band->concurrency, class->measure, NULL);
		if (!figure || band->n < RANK_LEAST_NODES || is_level_of_class(class, band))
			continue;
		/* Few tasks ran: one that was disturbed makes a trial slow, and its interval wide.
		 */
		const double z = (figure->value - band->median) / band->deviation;
		if (!(figure->high < band->median * (1 - RANK_MARGIN)) ||
		    z > -rank_node_threshold(band->n, class->band_count) ||
		    figure->value / band->median >= least)
			continue;
		least = figure->value / band->median;
		slow = band;
	}
	return slow;
}

const struct fleet_band *rank_own_level(const struct fleet_class *class,
                                        const struct profile *profile)
{
	const double full = rank_full(profile);
	const struct fleet_band *own = NULL;
	uint32_t chosen = class->concurrency;
	for (size_t i = 0; i < class->band_count; i++) {
		const struct fleet_band *const band = &class->bands[i];
		if (band->n >= RANK_LEAST_NODES || strcmp(band->policy, class->policy) != 0 ||
		    !rank_is_fuller(band->concurrency, chosen, full) ||
		    !rank_figure(profile, band->policy, band->concurrency, class->measure, NULL))
			continue;
		own = band;
		chosen = band->concurrency;
	}
	return own;
}

/* ---- Why not ------------------------------------------------------------------------------ */

/* The largest other class, of the same scenario if there is one; NULL: there is no other. */
static const struct fleet_class *largest_other(const struct ranking_work *work,
                                               const struct fleet_class *class)
{
	const struct fleet_class *largest = NULL;
	for (size_t c = 0; c < work->ranking->class_count; c++) {
		const struct fleet_class *const other = &work->ranking->classes[c];
		if (other != class && (!largest || other->node_count > largest->node_count))
			largest = other;
	}
	return largest;
}

/* In what the first node of a class differs from that of another: hardware and firmware. */
static void add_class_differences(const struct ranking_work *work, const struct fleet_class *class,
                                  const struct fleet_class *other, struct str *text)
{
	const struct profile *const a = &work->nodes[class->nodes[0]].measured->profile;
	const struct profile *const b = &work->nodes[other->nodes[0]].measured->profile;
	size_t count = 0;
	if (strcmp(a->scenario_sha256 ? a->scenario_sha256 : "",
	           b->scenario_sha256 ? b->scenario_sha256 : "") != 0) {
		str_addf(text, "; %zu others ran another scenario", other->node_count);
		return;
	}
	for (size_t i = 0; i < fleet_fact_count && count < RANK_MOST_CAUSES; i++) {
		const char *own = profile_fact(a, fleet_facts[i].name);
		const char *its = profile_fact(b, fleet_facts[i].name);
		char own_bytes[NUMBER_TEXT_BYTES];
		char its_bytes[NUMBER_TEXT_BYTES];
		if (fleet_facts[i].kind == FACT_SETTING ||
		    rank_same_value(fleet_facts[i].name, own, its))
			continue;
		if (own && its && strcmp(fleet_facts[i].name, "memory_total_bytes") == 0) {
			number_format_binary_bytes((int64_t)strtod(own, NULL), own_bytes);
			number_format_binary_bytes((int64_t)strtod(its, NULL), its_bytes);
			own = own_bytes;
			its = its_bytes;
		}
		str_addf(text, "%s%s ",
		         count++ > 0 ? ", " : "; what tells it from the largest other class: ",
		         fleet_facts[i].words);
		rank_add_pair(text, own, its);
	}
}

/* Without its hardware or its work a result is like no other, though what is not known of two may
 * look alike. NULL: both are known. */
static const char *unknown_of(const struct ranking_work *work, const struct fleet_class *class)
{
	const struct profile *const profile = &work->nodes[class->nodes[0]].measured->profile;
	if (!profile_fact(profile, "processor") && !profile_fact(profile, "cores_allowed"))
		return "its result does not say on which hardware it was measured, so that it "
		       "cannot be held against others";
	if (!profile->scenario_sha256 && !profile->command)
		return "its result does not say what was run (no scenario, no command), so that "
		       "it cannot be held against others";
	return NULL;
}

/* n: nodes that others may be held against, at the level that most have. */
static int explain(const struct ranking_work *work, struct fleet_class *class, size_t n,
                   struct error *err)
{
	const struct fleet_class *const other = largest_other(work, class);
	const char *const unknown = unknown_of(work, class);
	const size_t references = count_references(work, class);
	cleanup_str struct str text = {0};
	if (unknown)
		return str_copy(unknown, &class->reason, err);
	if (!class->policy)
		str_add(&text, references > 0 || class->node_count == 0
		                       ? "its results have no throughput"
		                       : "no result of its hardware can be relied on");
	else if (references >= RANK_LEAST_NODES)
		str_addf(&text,
		         "%zu nodes of its hardware have a result, but no more than %zu of them at "
		         "one level (N=%" PRIu32 "): fewer than %d cannot tell which is slow",
		         references, n, class->concurrency, RANK_LEAST_NODES);
	else if (class->node_count == 1)
		str_add(&text, "there is no other node of its hardware with a result");
	else if (references < class->node_count)
		str_addf(&text,
		         "of %zu nodes of its hardware with a result only %zu did not fail: fewer "
		         "than %d cannot tell which is slow",
		         class->node_count, references, RANK_LEAST_NODES);
	else
		str_addf(&text,
		         "only %zu nodes of its hardware have a result: fewer than %d cannot "
		         "tell which is slow",
		         class->node_count, RANK_LEAST_NODES);
	if (class->policy && other && other->node_count > class->node_count)
		add_class_differences(work, class, other, &text);
	return str_take(&text, &class->reason, err);
}

int rank_describe_class(const struct ranking_work *work, struct fleet_class *class,
                        struct error *err)
{
	cleanup_free double *values = calloc(2 * class->node_count + 1, sizeof *values);
	if (!values)
		return error_memory(err);
	int r = make_bands(work, class, values, err);
	if (r < 0)
		return r;
	const struct fleet_band *const level =
	        class->band_count > 0 ? choose_level(work, class) : NULL;
	size_t n = 0;
	if (level) {
		class->concurrency = level->concurrency;
		r = str_copy(level->policy, &class->policy, err);
		if (r < 0)
			return r;
		n = collect(work, class, level->policy, level->concurrency, values);
	}
	if (n < RANK_LEAST_NODES || unknown_of(work, class))
		return explain(work, class, n, err);
	rank_centre(values, n, values + class->node_count, &class->median, &class->deviation);
	class->deviation = fmax(class->deviation, RANK_FLOOR * class->median);
	return 0;
}
