/* In what two sides differ beside their figures: the runs themselves. The scenario and the nodes
 * have files of their own. */
#include "analyse/compare/compare_kind.h"
#include "analyse/compare/compare_parts.h"

#include "core/array.h"
#include "core/error.h"
#include "core/number.h"
#include "core/str.h"

#include <string.h>

/* The serious ones first, else in their order. */
static void sort_remarks(struct comparison *c)
{
	for (size_t i = 1; i < c->remark_count; i++) {
		const struct compare_remark remark = c->remarks[i];
		size_t at = i;
		for (; at > 0 && remark.is_serious && !c->remarks[at - 1].is_serious; at--)
			c->remarks[at] = c->remarks[at - 1];
		c->remarks[at] = remark;
	}
}

static const struct run_facts *first_run(const struct side *side)
{
	return &side->runs[0]->dataset->run;
}

/* ---- Runs and replicates ----------------------------------------------------------------------
 */

static bool is_shared(const struct comparison *c)
{
	for (size_t i = 0; i < c->base.count; i++)
		for (size_t j = 0; j < c->new.count; j++) {
			if (dataset_is_same_run(c->base.runs[i]->dataset, c->new.runs[j]->dataset))
				return true;
		}
	return false;
}

static bool is_measured(const struct side *side)
{
	for (size_t i = 0; i < side->count; i++)
		for (size_t l = 0; l < side->runs[i]->summary.level_count; l++)
			if (side->runs[i]->summary.levels[l].trials > 0)
				return true;
	return false;
}

static int remark_replicates(struct comparison *c, struct error *err)
{
	static const char remedy[] = "give several runs to both sides (BASE... -- NEW...)";
	if (is_shared(c)) {
		const int r = compare_remark(c, true, "same-run", err,
		                             "Both sides hold the same run: it is compared with "
		                             "itself.");
		if (r < 0)
			return r;
	}
	const bool is_base = c->base.count == 1;
	if (!is_measured(&c->base) || !is_measured(&c->new))
		return 0;
	if (c->base.count == 1 && c->new.count == 1)
		return compare_remark(
		        c, false, "within-run", err,
		        "One run a side: the intervals are within-run, of trials that "
		        "share a boot, a placement and an hour. What differs from run "
		        "to run is not in them: %s.",
		        remedy);
	if (c->base.count == 1 || c->new.count == 1)
		return compare_remark(
		        c, false, "one-run", err,
		        "%s has one run alone: the intervals take it that it differs from run to "
		        "run as the %zu runs of %s do; to measure it, %s.",
		        is_base ? c->base.name : c->new.name,
		        is_base ? c->new.count : c->base.count,
		        is_base ? c->new.name : c->base.name, remedy);
	return 0;
}

static int remark_states(struct comparison *c, const struct side *side, struct error *err)
{
	size_t failed = 0;
	size_t tasks = 0;
	bool is_censored = false;
	for (size_t i = 0; i < side->count; i++) {
		const struct findings *const run = side->runs[i];
		const enum run_state state = run->dataset->run.state;
		if (state != RUN_DONE) {
			const int r = compare_remark(
			        c, false, "unfinished", err,
			        "The run %s of %s did not come to its end (%s): some levels have "
			        "fewer trials.",
			        run->dataset->path, side->name, run_state_word(state));
			if (r < 0)
				return r;
		}
		for (size_t l = 0; l < run->summary.level_count; l++) {
			failed += run->summary.levels[l].failed;
			tasks += run->summary.levels[l].tasks;
			is_censored |= run->summary.levels[l].is_censored;
		}
	}
	if (is_censored)
		return compare_remark(c, true, "timeouts", err,
		                      "Tasks of %s ran into the timeout: throughput counts them as "
		                      "failed, and its mean wall time leaves the slowest ones out.",
		                      side->name);
	if (failed > 0)
		return compare_remark(c, true, "failures", err,
		                      "%zu of %zu measured tasks of %s failed: throughput counts "
		                      "successes alone, and wall times are of successes alone.",
		                      failed, tasks, side->name);
	return 0;
}

static int remark_origin(struct comparison *c, const struct side *side, struct error *err)
{
	const struct run_facts *const run = first_run(side);
	if (!run->imported)
		return 0;
	return compare_remark(
	        c, false, "imported", err,
	        "%s is imported (%s)%s%.240s: how its tasks were placed and measured is "
	        "not known beyond what the file says.",
	        side->name, run->imported, run->source ? "; source: " : "",
	        run->source ? run->source : "");
}

static int remark_version(struct comparison *c, struct error *err)
{
	const char *const base = first_run(&c->base)->plateau_version;
	const char *const new = first_run(&c->new)->plateau_version;
	if (!base || !new || strcmp(base, new) == 0)
		return 0;
	return compare_remark(c, false, "version", err,
	                      "Measured by plateau %s (%s) and %s (%s): all figures are worked out "
	                      "anew by this one, and what the older one did not record is absent.",
	                      base, c->base.name, new, c->new.name);
}

/* ---- Levels and placement ----------------------------------------------------------------------
 */

static int remark_policies(struct comparison *c, struct error *err)
{
	for (size_t i = 0; i < c->level_count; i++) {
		const struct compared_level *const level = &c->levels[i];
		const char *const base = level->policy;
		const char *const new = level->new_policy;
		if (base && new &&strcmp(base, new) != 0)
			return compare_remark(
			        c, true, "policy", err,
			        "Tasks are placed by other policies, %s on %s and %s "
			        "on %s: the ratios compare placements as well as nodes.",
			        base, c->base.name, new, c->new.name);
		if (!base != !new)
			return compare_remark(c, false, "policy", err,
			                      "How tasks are placed is not known of %s; on %s the "
			                      "policy is %s.",
			                      base ? c->new.name : c->base.name,
			                      base ? c->base.name : c->new.name, base ? base : new);
	}
	return 0;
}

/* Whether levels of several policies are about, so that N alone does not name one. */
static bool has_policies(const struct comparison *c)
{
	const char *first = NULL;
	for (size_t i = 0; i < c->level_count + c->lone_count; i++) {
		const char *const policy = i < c->level_count ? c->levels[i].policy
		                                              : c->lone[i - c->level_count].policy;
		if (policy && first && strcmp(policy, first) != 0)
			return true;
		first = policy ? policy : first;
	}
	return false;
}

static int remark_lone(struct comparison *c, bool is_new, struct error *err)
{
	cleanup_str struct str list = {0};
	size_t count = 0;
	for (size_t i = 0; i < c->lone_count; i++) {
		const struct lone_level *const lone = &c->lone[i];
		if (lone->is_new != is_new)
			continue;
		const char *const policy = has_policies(c) ? lone->policy : NULL;
		if (count++ < 12)
			str_addf(&list, "%s%u%s%.24s", count > 1 ? ", " : "", lone->concurrency,
			         policy ? " " : "", policy ? policy : "");
	}
	if (count == 0)
		return 0;
	if (count > 12)
		str_addf(&list, ", and %zu more", count - 12);
	if (list.failed)
		return error_memory(err);
	return compare_remark(c, c->level_count == 0, "levels", err,
	                      "Only %s has %s N=%s: there is no ratio at %s.",
	                      is_new ? c->new.name : c->base.name,
	                      number_noun(count, "level", "levels"), str_text(&list),
	                      count == 1 ? "it" : "them");
}

static int remark_threads(struct comparison *c, struct error *err)
{
	const uint32_t base = first_run(&c->base)->threads;
	const uint32_t new = first_run(&c->new)->threads;
	if (base == new || base == 0 || new == 0)
		return 0;
	return compare_remark(c, true, "threads", err,
	                      "A task has %u %s on %s and %u on %s: at the same N other numbers of "
	                      "CPUs are in use.",
	                      base, number_noun(base, "thread", "threads"), c->base.name, new,
	                      c->new.name);
}

/* ---- Runs of one side --------------------------------------------------------------------------
 */

static int remark_alike(struct comparison *c, const struct side *side, struct error *err)
{
	for (size_t i = 1; i < side->count; i++) {
		const struct dataset *const dataset = side->runs[i]->dataset;
		struct kind_difference difference;
		int r = compare_kind(side->runs[0]->dataset, dataset, &difference, err);
		if (r < 0)
			return r;
		if (!difference.what)
			continue;
		r = compare_remark(c, true, "runs", err,
		                   "The runs of %s are not alike: %s has %s than %s. What "
		                   "differs between them is in the interval as if it were "
		                   "chance.",
		                   side->name, dataset->path, difference.what, side->path);
		if (r < 0)
			return r;
	}
	return 0;
}

static int remark_copies(struct comparison *c, const struct side *side, struct error *err)
{
	if (side->copies == 0)
		return 0;
	return compare_remark(c, true, "copies", err,
	                      "%zu %s of %s %s of a run that another file holds, and %s left out: "
	                      "one run counts once.",
	                      side->copies, number_noun(side->copies, "file", "files"), side->name,
	                      side->copies == 1 ? "is a copy" : "are copies",
	                      side->copies == 1 ? "is" : "are");
}

static int remark_side(struct comparison *c, const struct side *side, struct error *err)
{
	int r = remark_copies(c, side, err);
	if (r == 0)
		r = remark_alike(c, side, err);
	if (r == 0)
		r = remark_states(c, side, err);
	if (r == 0)
		r = remark_origin(c, side, err);
	return r;
}

int compare_find_remarks(struct comparison *c, struct error *err)
{
	int (*const parts[])(struct comparison *, struct error *) = {
	        compare_remark_scenario, remark_threads,    remark_policies,
	        compare_remark_nodes,    remark_replicates, remark_version,
	};
	int r = 0;
	for (size_t i = 0; r == 0 && i < ARRAY_LENGTH(parts); i++)
		r = parts[i](c, err);
	if (r == 0)
		r = remark_side(c, &c->base, err);
	if (r == 0)
		r = remark_side(c, &c->new, err);
	if (r == 0)
		r = remark_lone(c, false, err);
	if (r == 0)
		r = remark_lone(c, true, err);
	sort_remarks(c);
	return r;
}
