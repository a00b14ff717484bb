/* How much more work the new node does, each at its best N, in figures and in words. */
#include "analyse/compare/compare_parts.h"

#include "core/cleanup.h"
#include "core/error.h"
#include "core/number.h"
#include "core/str.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct measure_query throughput_query = {.id = MEASURE_THROUGHPUT};

/* A side's level of largest throughput. */
struct best {
	const struct dataset_level *level; /* NULL: none */
	double throughput;
	uint32_t highest; /* of all levels that were looked at */
	bool is_highest;  /* no higher level was measured */
	/* The lowest and the highest N whose throughput cannot be told from that of the level. */
	uint32_t least_alike, most_alike;
};

/* The geometric mean over the runs that have the level; NAN: none. */
static double mean_throughput(const struct side_values *values)
{
	double logs = 0;
	size_t count = 0;
	for (size_t i = 0; i < values->count; i++) {
		const struct estimate e = measure_estimate(&throughput_query, &values->runs[i]);
		if (!(e.value > 0))
			continue;
		logs += log(e.value);
		count++;
	}
	return count > 0 ? exp(logs / (double)count) : (double)NAN;
}

static int throughput_at(const struct side *side, const struct dataset_level *level,
                         struct side_values *ret_values, struct error *err)
{
	cleanup_free ptrdiff_t *levels = calloc(side->count + 1, sizeof *levels);
	if (!levels)
		return error_memory(err);
	compare_levels_of(side, level->concurrency, level->policy, levels);
	return compare_load(side, levels, &throughput_query, ret_values, err);
}

/* Whether a side was measured with a policy, at a level that may be its best. */
static bool has_policy(const struct side *side, const char *policy)
{
	for (size_t run = 0; run < side->count; run++) {
		const struct summary *const summary = &side->runs[run]->summary;
		for (size_t i = 0; i < summary->level_count; i++)
			if (!summary->levels[i].level->is_oversubscribed &&
			    strcmp(summary->levels[i].level->policy, policy) == 0 &&
			    compare_has_level(side->runs[run], i))
				return true;
	}
	return false;
}

static bool share_a_policy(const struct side *side, const struct side *other)
{
	for (size_t run = 0; run < side->count; run++) {
		const struct summary *const summary = &side->runs[run]->summary;
		for (size_t i = 0; i < summary->level_count; i++)
			if (has_policy(side, summary->levels[i].level->policy) &&
			    has_policy(other, summary->levels[i].level->policy))
				return true;
	}
	return false;
}

static int look_at_level(const struct side *side, const struct dataset_level *level,
                         struct best *best, struct error *err)
{
	struct side_values values = {0};
	const int r = throughput_at(side, level, &values, err);
	if (r < 0)
		return r;
	const double throughput = mean_throughput(&values);
	compare_unload(&values);
	if (throughput > best->throughput) {
		best->throughput = throughput;
		best->level = level;
	}
	if (throughput > 0 && level->concurrency > best->highest)
		best->highest = level->concurrency;
	return 0;
}

/* Whether the throughput at a level may be that of the best one, as far as both are known. */
static int look_whether_alike(const struct side *side, const struct dataset_level *level,
                              struct best *best, struct error *err)
{
	struct side_values values = {0};
	struct side_values best_values = {0};
	struct ratio ratio;
	int r = throughput_at(side, level, &values, err);
	if (r == 0)
		r = throughput_at(side, best->level, &best_values, err);
	if (r == 0)
		r = compare_ratio(&throughput_query, false, &best_values, &values, &ratio, err);
	compare_unload(&values);
	compare_unload(&best_values);
	if (r < 0 || !estimate_has_interval(&ratio.value) || ratio_is_beyond_chance(&ratio))
		return r;
	if (level->concurrency < best->least_alike)
		best->least_alike = level->concurrency;
	if (level->concurrency > best->most_alike)
		best->most_alike = level->concurrency;
	return 0;
}

/* Goes through the levels with a policy that `within` has too; NULL: through all. */
static int for_levels(const struct side *side, const struct side *within,
                      int (*look)(const struct side *side, const struct dataset_level *level,
                                  struct best *best, struct error *err),
                      struct best *best, struct error *err)
{
	for (size_t run = 0; run < side->count; run++) {
		const struct summary *const summary = &side->runs[run]->summary;
		for (size_t i = 0; i < summary->level_count; i++) {
			const struct dataset_level *const level = summary->levels[i].level;
			if (level->is_oversubscribed || !compare_has_level(side->runs[run], i) ||
			    (within && !has_policy(within, level->policy)))
				continue;
			const int r = look(side, level, best, err);
			if (r < 0)
				return r;
		}
	}
	return 0;
}

/* The level of largest throughput among those levels, and which others may be as good. */
static int find_best(const struct side *side, const struct side *within, struct best *best,
                     struct error *err)
{
	*best = (struct best){0};
	const int r = for_levels(side, within, look_at_level, best, err);
	if (r < 0 || !best->level)
		return r;
	best->is_highest = best->level->concurrency == best->highest;
	best->least_alike = best->level->concurrency;
	best->most_alike = best->level->concurrency;
	return for_levels(side, within, look_whether_alike, best, err);
}

static int compare_best(struct comparison *c, const struct best *base, const struct best *new,
                        struct error *err)
{
	struct side_values a = {0};
	struct side_values b = {0};
	int r = throughput_at(&c->base, base->level, &a, err);
	if (r == 0)
		r = throughput_at(&c->new, new->level, &b, err);
	if (r == 0)
		r = compare_ratio(&throughput_query, false, &a, &b, &c->nodes.throughput, err);
	compare_unload(&a);
	compare_unload(&b);
	return r;
}

static struct estimate scaled(const struct estimate *e, double factor)
{
	struct estimate of = *e;
	of.value *= factor;
	of.low *= factor;
	of.high *= factor;
	return of;
}

/* How many CPUs so many tasks take: as many as they have threads. */
static double cpus_of(const struct side *side, uint32_t concurrency)
{
	return (double)concurrency * fmax(side->runs[0]->dataset->run.threads, 1);
}

/* CPUs by throughput, new by base. A curve that is flat does as much with any of several N, and
 * which of them comes out highest is chance: the interval reaches over all of them. */
static struct ratio cpu_factor(const struct comparison *c, const struct best *base,
                               const struct best *new)
{
	struct ratio ratio = c->nodes.throughput;
	const double base_cpus = cpus_of(&c->base, base->level->concurrency);
	const double new_cpus = cpus_of(&c->new, new->level->concurrency);
	const struct estimate *const e = &c->nodes.throughput.value;
	ratio.base = scaled(&c->nodes.throughput.base, 1 / base_cpus);
	ratio.new = scaled(&c->nodes.throughput.new, 1 / new_cpus);
	ratio.value.value = new_cpus / base_cpus / e->value;
	ratio.value.low =
	        cpus_of(&c->new, new->least_alike) / cpus_of(&c->base, base->most_alike) / e->high;
	ratio.value.high =
	        cpus_of(&c->new, new->most_alike) / cpus_of(&c->base, base->least_alike) / e->low;
	return ratio;
}

static struct ratio absent(const char *reason)
{
	return (struct ratio){.value = estimate_absent(reason),
	                      .base = estimate_absent(reason),
	                      .new = estimate_absent(reason),
	                      .reason = reason};
}

/* ---- Words -------------------------------------------------------------------------------- */

/* Decimals that show three digits of the value. */
static int decimals_of(double value)
{
	return value > 0 ? (int)fmin(fmax(2 - floor(log10(value)), 0), 4) : 2;
}

/* As many decimals as the interval bears, as everywhere (report/figures.h): "1.31 [1.27, 1.35]". */
static void add_value(struct str *text, const struct estimate *e)
{
	const double half = (e->high - e->low) / 2;
	int decimals = decimals_of(e->value);
	if (estimate_has_interval(e) && half > 1e-9 * e->value) {
		const double power = floor(log10(half));
		const int digits = half / pow(10, power) < 3.55 ? 1 : 0;
		decimals = (int)fmin(fmax(digits - power, decimals), 4);
	}
	str_addf(text, "%.*f", decimals, e->value);
	if (estimate_has_interval(e))
		str_addf(text, " [%.*f, %.*f]", decimals, e->low, decimals, e->high);
}

static void add_node(struct str *text, const struct side *side, bool is_first)
{
	if (side->is_kind)
		str_addf(text, "%s %s node", is_first ? "One" : "one", side->name);
	else
		str_add(text, side->name);
}

static void add_basis(struct str *text, const struct ratio *ratio)
{
	switch (ratio->basis) {
	case BASIS_RUNS:
		if (ratio->base_n == ratio->new_n)
			str_addf(text, " (%zu runs a side)", ratio->base_n);
		else
			str_addf(text, " (%zu and %zu runs)", ratio->new_n, ratio->base_n);
		break;
	case BASIS_TRIALS:
		str_add(text, " (within-run: what differs from run to run is not in the interval)");
		break;
	case BASIS_STATED:
	case BASIS_READING:
		str_addf(text, " (the interval is %s)", ratio_basis_words[ratio->basis]);
		break;
	default:
		str_add(text, " (no interval)");
	}
}

static void add_chance(struct str *text, const struct ratio *ratio)
{
	if (estimate_has_interval(&ratio->value) && !ratio_is_beyond_chance(ratio))
		str_add(text, "; the interval holds 1: no difference is shown");
}

static void copy_text(const struct str *text, char *to, size_t bytes)
{
	snprintf(to, bytes, "%s", str_text(text));
}

/* A curve that still rises at its highest level may rise beyond it: whether the best N is known. */
static bool may_do_more(const struct side *side, const struct best *best)
{
	const int64_t cores = host_facts_count(&side->runs[0]->dataset->host, "cores_allowed");
	return best->is_highest &&
	       (cores < 0 || cpus_of(side, best->level->concurrency) < (double)cores);
}

/* What the answer cannot know. */
static void add_limit(struct str *text, const struct side *side, const struct best *best)
{
	if (may_do_more(side, best))
		str_addf(text, "; %s was not measured beyond N=%u", side->name,
		         best->level->concurrency);
}

static bool is_said(const char *policy)
{
	return policy && strcmp(policy, "unknown") != 0;
}

/* Whether each side is at its best with another policy than the other. */
static bool are_policies_mixed(const struct compared_nodes *nodes)
{
	return is_said(nodes->base_policy) && is_said(nodes->new_policy) &&
	       strcmp(nodes->base_policy, nodes->new_policy) != 0;
}

/* With the policies, where N alone would pass over that they differ. */
static void add_best(struct str *text, const struct compared_nodes *nodes)
{
	if (are_policies_mixed(nodes))
		str_addf(text, ", each at its best N (%u %.24s and %u %.24s)", nodes->new_best,
		         nodes->new_policy, nodes->base_best, nodes->base_policy);
	else
		str_addf(text, ", each at its best N (%u and %u)", nodes->new_best,
		         nodes->base_best);
}

static int write_sentence(struct comparison *c, const struct best *base, const struct best *new,
                          struct error *err)
{
	struct compared_nodes *const nodes = &c->nodes;
	cleanup_str struct str text = {0};
	if (estimate_has_value(&nodes->throughput.value)) {
		add_node(&text, &c->new, true);
		str_add(&text, " does ");
		add_value(&text, &nodes->throughput.value);
		str_add(&text, " times the work of ");
		add_node(&text, &c->base, false);
		add_best(&text, nodes);
		add_basis(&text, &nodes->throughput);
		add_chance(&text, &nodes->throughput);
		add_limit(&text, &c->new, new);
		add_limit(&text, &c->base, base);
	} else {
		str_addf(&text, "How much more work one node does is not known: %s",
		         nodes->throughput.reason ? nodes->throughput.reason : "there is no value");
	}
	str_add(&text, ".");
	copy_text(&text, nodes->sentence, sizeof nodes->sentence);
	return text.failed ? error_memory(err) : 0;
}

static int write_single(struct comparison *c, struct error *err)
{
	struct compared_nodes *const nodes = &c->nodes;
	cleanup_str struct str text = {0};
	if (!estimate_has_value(&nodes->single.value))
		return 0;
	if (nodes->single_level == 1)
		str_add(&text, "With one task at a time it is ");
	else
		str_addf(&text, "At N=%u, the lowest level that both have, it is ",
		         nodes->single_level);
	add_value(&text, &nodes->single.value);
	str_add(&text, " times");
	add_chance(&text, &nodes->single);
	str_add(&text, ".");
	copy_text(&text, nodes->single_sentence, sizeof nodes->single_sentence);
	return text.failed ? error_memory(err) : 0;
}

static int warn_of_top(struct comparison *c, const struct side *side, const struct best *best,
                       struct error *err)
{
	const int64_t cores = host_facts_count(&side->runs[0]->dataset->host, "cores_allowed");
	const uint32_t threads = side->runs[0]->dataset->run.threads;
	char of_cores[48] = "; how many cores it has is not known";
	char of_threads[48] = "";
	if (!may_do_more(side, best))
		return 0;
	if (cores > 0)
		snprintf(of_cores, sizeof of_cores, " of its %lld cores", (long long)cores);
	if (threads > 1)
		snprintf(of_threads, sizeof of_threads, " %s of %u threads",
		         number_noun(best->level->concurrency, "task", "tasks"), threads);
	return compare_remark(
	        c, true, "best", err,
	        "The best N of %s is the highest %s, %u%s%s%s: with more tasks it may do more, "
	        "and the answer for the node is then another one.",
	        side->name,
	        side->runs[0]->dataset->run.imported ? "that was imported"
	                                             : "at which it was measured",
	        best->level->concurrency, of_threads, threads > 1 && cores > 0 ? " on some" : "",
	        of_cores);
}

/* Where a side does more with a policy that the other was not measured with. */
static int warn_of_policy(struct comparison *c, const struct side *side, const struct side *other,
                          const struct best *best, struct error *err)
{
	struct best of_all;
	const int r = find_best(side, NULL, &of_all, err);
	if (r < 0 || !best->level || !(of_all.throughput > best->throughput))
		return r;
	return compare_remark(
	        c, true, "best", err,
	        "%s does most with policy %.24s at N=%u, %.3g times what it does with %.24s at "
	        "N=%u; %s was not measured with it, and the answer for the nodes leaves it out.",
	        side->name, of_all.level->policy, of_all.level->concurrency,
	        of_all.throughput / best->throughput, best->level->policy, best->level->concurrency,
	        other->name);
}

/* Where it is open at how many tasks a side is at its best. */
static int tell_of_flatness(struct comparison *c, const struct side *side, const struct best *best,
                            struct error *err)
{
	if (!best->level || best->least_alike == best->most_alike)
		return 0;
	return compare_remark(
	        c, false, "best", err,
	        "%s does as much, as far as can be told, with %u to %u tasks at once%s.",
	        side->name, best->least_alike, best->most_alike,
	        estimate_has_interval(&c->nodes.cpu_factor.value)
	                ? ": the interval of the CPU factor reaches over them"
	                : "");
}

static int warn_of_mix(struct comparison *c, struct error *err)
{
	const struct compared_nodes *const nodes = &c->nodes;
	if (!are_policies_mixed(nodes))
		return 0;
	return compare_remark(
	        c, true, "best", err,
	        "%s does most with policy %.24s, %s with %.24s: the answer for the nodes is of "
	        "placements as well.",
	        c->base.name, nodes->base_policy, c->new.name, nodes->new_policy);
}

static int warn(struct comparison *c, const struct best *base, const struct best *new,
                struct error *err)
{
	int r = warn_of_mix(c, err);
	if (r == 0)
		r = warn_of_policy(c, &c->base, &c->new, base, err);
	if (r == 0)
		r = warn_of_policy(c, &c->new, &c->base, new, err);
	if (r == 0)
		r = tell_of_flatness(c, &c->base, base, err);
	if (r == 0)
		r = tell_of_flatness(c, &c->new, new, err);
	if (r == 0 && base->level)
		r = warn_of_top(c, &c->base, base, err);
	if (r == 0 && new->level)
		r = warn_of_top(c, &c->new, new, err);
	return r;
}

static void find_single(struct comparison *c)
{
	const ptrdiff_t query = comparison_find(c, MEASURE_THROUGHPUT);
	c->nodes.single = absent("the sides have no level in common");
	if (query < 0 || c->level_count == 0)
		return;
	c->nodes.single = c->levels[0].ratios[query];
	c->nodes.single_level = c->levels[0].concurrency;
}

int compare_nodes(struct comparison *c, struct error *err)
{
	struct compared_nodes *const nodes = &c->nodes;
	struct best base;
	struct best new;
	/* Within what both were measured with, so that nodes are compared and not placements. */
	const bool is_shared = share_a_policy(&c->base, &c->new);
	int r = find_best(&c->base, is_shared ? &c->new : NULL, &base, err);
	if (r < 0)
		return r;
	r = find_best(&c->new, is_shared ? &c->base : NULL, &new, err);
	if (r < 0)
		return r;
	nodes->throughput = absent(base.level ? "the new side has no throughput at any level"
	                                      : "the base has no throughput at any level");
	nodes->cpu_factor = nodes->throughput;
	find_single(c);
	if (base.level && new.level) {
		nodes->base_best = base.level->concurrency;
		nodes->new_best = new.level->concurrency;
		nodes->base_policy = base.level->policy[0] ? base.level->policy : NULL;
		nodes->new_policy = new.level->policy[0] ? new.level->policy : NULL;
		r = compare_best(c, &base, &new, err);
		nodes->cpu_factor = cpu_factor(c, &base, &new);
	}
	if (r == 0)
		r = write_sentence(c, &base, &new, err);
	if (r == 0)
		r = write_single(c, err);
	return r < 0 ? r : warn(c, &base, &new, err);
}
