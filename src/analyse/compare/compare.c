#include "analyse/compare/compare.h"

#include "analyse/compare/compare_parts.h"
#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What is compared besides the counters and printed figures that the sides have. */
static const struct measure_query fixed_queries[] = {
        {.id = MEASURE_THROUGHPUT},
        {.id = MEASURE_EFFICIENCY},
        {.id = MEASURE_WALL},
        {.id = MEASURE_WALL, .statistic = STATISTIC_QUANTILE, .quantile = 0.5},
        {.id = MEASURE_WALL, .statistic = STATISTIC_QUANTILE, .quantile = 0.95},
        {.id = MEASURE_USER},
        {.id = MEASURE_SYSTEM},
        {.id = MEASURE_OFF_CPU},
        {.id = MEASURE_FREQUENCY},
        {.id = MEASURE_CYCLES},
        {.id = MEASURE_INSTRUCTIONS},
        {.id = MEASURE_CPI},
        {.id = MEASURE_LLC_LOAD_MISSES},
        {.id = MEASURE_SLOWDOWN},
        {.id = MEASURE_FACTOR_INSTRUCTIONS},
        {.id = MEASURE_FACTOR_CPI},
        {.id = MEASURE_FACTOR_CLOCK},
        {.id = MEASURE_FACTOR_KERNEL},
        {.id = MEASURE_FACTOR_ON_CPU},
        {.id = MEASURE_FACTOR_OFF_CPU},
        {.id = MEASURE_MAX_RSS},
        {.id = MEASURE_PEAK_RSS},
        {.id = MEASURE_PEAK_PSS},
        {.id = MEASURE_CGROUP_PEAK},
        {.id = MEASURE_ENERGY},
        {.id = MEASURE_POWER},
        {.id = MEASURE_TEMPERATURE},
        {.id = MEASURE_OCCUPANCY},
        {.id = MEASURE_FAILURE_SHARE},
};

/* ---- What is compared ----------------------------------------------------------------------- */

/* Events that have a measure of their own. */
static bool is_measured_by_name(const char *event)
{
	static const char *const names[] = {"cycles", "cpu-cycles", "instructions",
	                                    "LLC-load-misses", "LLC-misses"};
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
		if (dataset_event_is(event, names[i]))
			return true;
	return false;
}

static bool has_query(const struct comparison *c, enum measure_id id, const char *detail)
{
	for (size_t i = 0; i < c->query_count; i++)
		if (c->queries[i].id == id &&
		    (id == MEASURE_COUNTER ? dataset_event_is(detail, c->queries[i].detail)
		                           : strcmp(detail, c->queries[i].detail) == 0))
			return true;
	return false;
}

static void add_named(struct comparison *c, enum measure_id id, const char *name)
{
	if (!has_query(c, id, name))
		c->queries[c->query_count++] = (struct measure_query){.id = id, .detail = name};
}

static const struct side *side_of(const struct comparison *c, bool is_new)
{
	return is_new ? &c->new : &c->base;
}

int compare_find_queries(struct comparison *c, struct error *err)
{
	size_t most = ARRAY_LENGTH(fixed_queries);
	for (size_t s = 0; s < 2; s++)
		for (size_t i = 0; i < side_of(c, s)->count; i++) {
			const struct dataset *const d = side_of(c, s)->runs[i]->dataset;
			most += d->event_count + d->figure_names.count;
		}
	c->queries = calloc(most, sizeof *c->queries);
	if (!c->queries)
		return error_memory(err);
	memcpy(c->queries, fixed_queries, sizeof fixed_queries);
	c->query_count = ARRAY_LENGTH(fixed_queries);
	for (size_t s = 0; s < 2; s++)
		for (size_t i = 0; i < side_of(c, s)->count; i++) {
			const struct dataset *const d = side_of(c, s)->runs[i]->dataset;
			for (size_t e = 0; e < d->event_count; e++)
				if (!is_measured_by_name(d->events[e].name))
					add_named(c, MEASURE_COUNTER, d->events[e].name);
			for (size_t f = 0; f < d->figure_names.count; f++)
				add_named(c, MEASURE_FIGURE, d->figure_names.items[f]);
		}
	return 0;
}

/* ---- Ratios --------------------------------------------------------------------------------- */

static bool all_positive(const struct side_values *side)
{
	for (size_t i = 0; i < side->count; i++) {
		if (estimate_has_value(&side->runs[i].stated) && !(side->runs[i].stated.value > 0))
			return false;
		for (size_t v = 0; v < side->runs[i].count; v++)
			if (!(side->runs[i].values[v] > 0))
				return false;
	}
	return true;
}

/* Signed measures differ by a difference; counts and figures, of which it is not known what they
 * are, only where one of them is not above 0. */
static bool is_difference(const struct comparison *c, const struct measure_query *query,
                          const struct alike *levels)
{
	if (!measures[query->id].is_signed)
		return false;
	if (query->id != MEASURE_COUNTER && query->id != MEASURE_FIGURE)
		return true;
	for (size_t i = 0; i < c->level_count; i++)
		if (!all_positive(&levels[i].base) || !all_positive(&levels[i].new))
			return true;
	return false;
}

/* A figure that is not comparable is absent; what each side has stays to be seen. */
static int refuse(struct comparison *c, const struct measure_query *query,
                  const struct alike *alike, struct ratio *ratio, struct error *err)
{
	char words[96];
	const bool is_there = estimate_has_value(&ratio->value);
	ratio->value = estimate_absent(alike->reason);
	ratio->basis = BASIS_NONE;
	ratio->reason = alike->reason;
	if (!is_there || !alike->code)
		return 0;
	return compare_remark(c, true, alike->code, err, "No ratio of %s: %s.",
	                      measure_words(query, words), alike->reason);
}

static bool is_worth_a_row(const struct comparison *c, const struct measure_query *query,
                           size_t index)
{
	for (size_t i = 0; i < c->level_count; i++) {
		const struct ratio *const ratio = &c->levels[i].ratios[index];
		const bool is_there =
		        estimate_has_value(&ratio->base) || estimate_has_value(&ratio->new);
		/* Without a failure there is nothing to tell of failures. */
		if (is_there && (query->id != MEASURE_FAILURE_SHARE || ratio->base.value > 0 ||
		                 ratio->new.value > 0))
			return true;
	}
	return false;
}

/* One measure at all levels, as number `index`. */
static int compare_query(struct comparison *c, const struct measure_query *query, size_t index,
                         struct alike *pairs, struct error *err)
{
	int r = 0;
	size_t loaded = 0;
	for (; r == 0 && loaded < c->level_count; loaded += r == 0)
		r = compare_load_alike(c, &c->levels[loaded], query, &pairs[loaded], err);
	const bool is_signed = r == 0 && is_difference(c, query, pairs);
	for (size_t i = 0; r == 0 && i < c->level_count; i++) {
		struct ratio *const ratio = &c->levels[i].ratios[index];
		r = compare_ratio(query, is_signed, &pairs[i].base, &pairs[i].new, ratio, err);
		ratio->note = pairs[i].note;
		if (r == 0 && pairs[i].reason)
			r = refuse(c, query, &pairs[i], ratio, err);
	}
	for (size_t i = 0; i < loaded; i++) {
		compare_unload(&pairs[i].base);
		compare_unload(&pairs[i].new);
	}
	return r;
}

/* Those that neither side has at any level go. */
static int compare_queries(struct comparison *c, struct error *err)
{
	cleanup_free struct alike *pairs = calloc(c->level_count + 1, sizeof *pairs);
	size_t kept = 0;
	if (!pairs)
		return error_memory(err);
	for (size_t i = 0; i < c->level_count; i++) {
		c->levels[i].ratios = calloc(c->query_count + 1, sizeof *c->levels[i].ratios);
		if (!c->levels[i].ratios)
			return error_memory(err);
	}
	for (size_t q = 0; q < c->query_count; q++) {
		const struct measure_query query = c->queries[q];
		const int r = compare_query(c, &query, kept, pairs, err);
		if (r < 0)
			return r;
		c->queries[kept] = query;
		kept += is_worth_a_row(c, &query, kept);
	}
	c->query_count = kept;
	return 0;
}

/* ---- All of it ------------------------------------------------------------------------------ */

int compare_build(const struct side *base, const struct side *new,
                  struct comparison *ret_comparison, struct error *err)
{
	struct comparison c = {.base = *base, .new = *new};
	int r = compare_match_levels(&c, err);
	if (r == 0)
		r = compare_find_queries(&c, err);
	if (r == 0)
		r = compare_queries(&c, err);
	if (r == 0)
		r = compare_nodes(&c, err);
	if (r == 0)
		r = compare_find_remarks(&c, err);
	if (r < 0) {
		comparison_release(&c);
		return r;
	}
	*ret_comparison = c;
	return 0;
}
