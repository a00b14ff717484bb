/* From results of plateau: what a node gets done at N, and how two nodes compare. */
#include "analyse/capacity/capacity_sources.h"

#include "analyse/estimate.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/str.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static struct capacity_figure figure_of(const struct estimate *e)
{
	struct capacity_figure figure = capacity_figure_of(e->value);
	figure.n = e->n;
	if (estimate_has_interval(e)) {
		figure.low = e->low;
		figure.high = e->high;
	}
	return figure;
}

/* ---- Levels ---------------------------------------------------------------------------------- */

static bool has_throughput(const struct level_summary *level)
{
	return estimate_has_value(&level->throughput_per_s) && level->throughput_per_s.value > 0;
}

/* The level of N with the largest throughput, or NULL. */
static const struct level_summary *level_at(const struct findings *findings, uint32_t n)
{
	const struct level_summary *found = NULL;
	for (size_t i = 0; i < findings->summary.level_count; i++) {
		const struct level_summary *const level = &findings->summary.levels[i];
		if (level->level->concurrency == n && has_throughput(level) &&
		    (!found || level->throughput_per_s.value > found->throughput_per_s.value))
			found = level;
	}
	return found;
}

/* The highest level of a policy up to n: memory may cap a recommendation between two levels. */
static const struct level_summary *level_up_to(const struct findings *findings, const char *policy,
                                               uint32_t n)
{
	const struct level_summary *found = NULL;
	for (size_t i = 0; i < findings->summary.level_count; i++) {
		const struct level_summary *const level = &findings->summary.levels[i];
		if (level->level->concurrency <= n && has_throughput(level) &&
		    (!policy || !level->level->policy || strcmp(level->level->policy, policy) == 0))
			found = level;
	}
	return found;
}

/* What the result recommends; of several policies the one that gets most done. */
static const struct level_summary *recommended(const struct findings *findings)
{
	const struct level_summary *found = NULL;
	for (size_t i = 0; i < findings->scaling_count; i++) {
		const struct scaling *const scaling = &findings->scalings[i];
		const struct level_summary *const level =
		        scaling->plateau.recommended > 0 ? level_up_to(findings, scaling->policy,
		                                                       scaling->plateau.recommended)
		                                         : NULL;
		if (level &&
		    (!found || level->throughput_per_s.value > found->throughput_per_s.value))
			found = level;
	}
	return found;
}

static void list_levels(const struct findings *findings, struct str *list)
{
	for (size_t i = 0; i < findings->summary.level_count; i++)
		if (has_throughput(&findings->summary.levels[i]))
			str_addf(list, "%s%u", list->length > 0 ? ", " : "",
			         findings->summary.levels[i].level->concurrency);
}

/* NULL with err set: the result has no such level. */
static const struct level_summary *find_level(const struct findings *findings, const char *path,
                                              uint32_t at, struct error *err)
{
	const struct level_summary *const level =
	        at > 0 ? level_at(findings, at) : recommended(findings);
	if (level)
		return level;
	cleanup_str struct str list = {0};
	list_levels(findings, &list);
	if (list.length == 0)
		error_set(err, EINVAL, "%s has no level with a throughput", path);
	else if (at > 0)
		error_set(err, EINVAL, "%s has no throughput at N=%u; it has %s", path, at,
		          str_text(&list));
	else
		error_set(err, EINVAL, "%s recommends no N; write at: with one of %s", path,
		          str_text(&list));
	return NULL;
}

/* ---- What a level says ----------------------------------------------------------------------- */

/* The largest memory that a task took, the whole tree where that was looked at; NAN: not known. */
static double memory_of(const struct level_summary *level)
{
	const double process = level->max_rss_bytes.max;
	const double tree = level->peak_rss_bytes.max;
	return isnan(process) ? tree : isnan(tree) ? process : fmax(process, tree);
}

static int take_rate(const struct level_summary *level, const struct findings *findings,
                     const char *path, uint32_t at, struct capacity_rate *rate, struct error *err)
{
	const uint32_t n = level->level->concurrency;
	const bool has_policies = findings->summary.policy_count > 1;
	const bool is_read = level->throughput_per_s.error_kind == STATED_READING;
	const int r = str_format(&rate->origin, err, "%s at N=%u%s%s%s%s", path, n,
	                         has_policies ? " " : "", has_policies ? level->level->policy : "",
	                         at > 0 ? "" : ", as it recommends",
	                         is_read ? "; its interval is how well it was read" : "");
	if (r < 0)
		return r;
	rate->per_s = figure_of(&level->throughput_per_s);
	rate->cpu_s = level->cpu_s.mean;
	rate->concurrency = n;
	return 0;
}

int capacity_take_measured(const struct findings *findings, const char *path,
                           struct capacity_measured *measured, struct error *err)
{
	const struct level_summary *const level = find_level(findings, path, measured->at, err);
	return level ? take_rate(level, findings, path, measured->at, &measured->rate, err)
	             : -EINVAL;
}

int capacity_take_result(const struct findings *findings, const char *path, uint32_t at,
                         struct capacity_task *task, struct error *err)
{
	const struct level_summary *const level = find_level(findings, path, at, err);
	if (!level)
		return -EINVAL;
	int r = take_rate(level, findings, path, at, &task->rate, err);
	const uint32_t threads = findings->dataset->run.threads;
	if (r == 0 && isnan(task->cores) && threads > 1) {
		r = str_format(&task->cores_origin, err, "%u, the threads of a task in %s", threads,
		               path);
		task->cores = threads;
	}
	if (r == 0 && !capacity_figure_is_there(&task->cpu.at) && !isnan(level->cpu_s.mean) &&
	    !capacity_figure_is_there(&task->cpu_hours)) {
		r = str_format(&task->cpu.origin, err, "mean of %s", task->rate.origin);
		task->cpu.at = capacity_figure_of(level->cpu_s.mean);
		task->cpu.at.n = level->cpu_s.tasks;
	}
	const double memory = memory_of(level);
	if (r == 0 && !capacity_figure_is_there(&task->max_rss.at) && !isnan(memory)) {
		r = str_format(&task->max_rss.origin, err, "largest of %s", task->rate.origin);
		task->max_rss.at = capacity_figure_of(memory);
		task->max_rss.at.n = level->max_rss_bytes.tasks;
	}
	return r;
}

/* ---- Two results ----------------------------------------------------------------------------- */

/* At one N: tasks take so much longer on the new node as its throughput is less. Several threads of
 * a task count as so many CPUs. */
static int factor_at(const struct comparison *comparison, uint32_t at, struct estimate *ret_factor,
                     enum ratio_basis *ret_basis, struct error *err)
{
	const ptrdiff_t query = comparison_find(comparison, MEASURE_THROUGHPUT);
	const struct ratio *found = NULL;
	for (size_t i = 0; query >= 0 && i < comparison->level_count && !found; i++)
		if (comparison->levels[i].concurrency == at)
			found = &comparison->levels[i].ratios[query];
	if (!found)
		return error_set(err, EINVAL, "N=%u was not run on both sides", at);
	if (!estimate_has_value(&found->value))
		return error_set(err, EINVAL, "throughputs at N=%u are not comparable%s%s", at,
		                 found->reason ? ": " : "", found->reason ? found->reason : "");
	const double threads = fmax(comparison->new.runs[0]->dataset->run.threads, 1) /
	                       fmax(comparison->base.runs[0]->dataset->run.threads, 1);
	*ret_basis = found->basis;
	*ret_factor = estimate_inverse(&found->value);
	ret_factor->value *= threads;
	ret_factor->low *= threads;
	ret_factor->high *= threads;
	return 0;
}

int capacity_take_factor(const struct comparison *comparison, struct capacity_platform *platform,
                         struct error *err)
{
	const struct compared_nodes *const nodes = &comparison->nodes;
	struct estimate factor = nodes->cpu_factor.value;
	enum ratio_basis basis = nodes->cpu_factor.basis;
	char where[64];
	int r = 0;
	if (platform->factor_at > 0) {
		r = factor_at(comparison, platform->factor_at, &factor, &basis, err);
		snprintf(where, sizeof where, "at N=%u", platform->factor_at);
	} else {
		if (!estimate_has_value(&factor))
			return error_set(err, EINVAL, "the results have no CPU factor: %s",
			                 nodes->cpu_factor.reason ? nodes->cpu_factor.reason
			                                          : "they are not comparable");
		snprintf(where, sizeof where, "each at its best, N=%u and N=%u", nodes->base_best,
		         nodes->new_best);
	}
	if (r == 0)
		r = str_format(&platform->factor_origin, err, "%s against %s, %s%s%s",
		               comparison->new.name, comparison->base.name, where,
		               ratio_basis_words[basis][0] ? "; its interval is " : "",
		               ratio_basis_words[basis]);
	if (r == 0)
		platform->cpu_factor = figure_of(&factor);
	return r;
}
