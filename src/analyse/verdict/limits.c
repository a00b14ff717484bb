#include "analyse/verdict/limits.h"

#include "analyse/compare/compare_kind.h"
#include "analyse/full_level.h"
#include "analyse/verdict/limits_parts.h"
#include "analyse/verdict/verdict.h"
#include "core/array.h"
#include "core/cleanup.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/str.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The same node, measured again, passes all criteria together with one less this. */
#define MISS 0.05

/* Runs that tell how much a node differs from run to run. */
enum { RUNS_LEAST = 3 };

/* Repeats that tell how much they differ, where there are too few runs. */
enum { REPEATS_LEAST = 3 };

/* Without them, what is left for that; with them, the least that is left at all: figures that are
 * read in steps (a clock) may not differ once in three runs. As parts. */
#define ALLOWANCE_UNKNOWN 0.02
#define ALLOWANCE_LEAST   0.005

enum where { AT_FULL, AT_BASELINE };

/* A limit that is further than this from what the good runs show, as a factor, says nothing: every
 * node passes it. */
#define FARTHEST 2.0

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

/* What is worked on. */
struct proposing {
	const struct findings *const *runs;
	size_t count;
	struct limits *limits;
	struct acceptance *acceptances; /* of the runs, by limits->criteria */
	double *bounds;                 /* of one criterion, one per run: logs */
};

void limits_release(struct limits *limits)
{
	if (!limits)
		return;
	criteria_release(&limits->criteria);
	words_release(&limits->notes);
	*limits = (struct limits){0};
}

/* ---- Where -------------------------------------------------------------------------------- */

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

/* ---- The criteria without their limits ---------------------------------------------------- */

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

/* One that everything passes, so that the bound of the judgement is that on the good side. */
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

/* ---- Their bounds in the runs ------------------------------------------------------------- */

static int judge_runs(struct proposing *p, struct error *err)
{
	const size_t count = p->limits->criteria.count;
	cleanup_free struct reference *none = calloc(count + 1, sizeof *none);
	if (!none)
		return error_memory(err);
	int r = 0;
	for (size_t i = 0; r == 0 && i < p->count; i++)
		r = verdict_build(&p->limits->criteria, none, p->runs[i], &p->acceptances[i], err);
	return r;
}

/* The judgement of a criterion in a run, which has one level and one policy. */
static const struct judgement *judgement_of(const struct proposing *p, size_t run, size_t criterion)
{
	const struct acceptance *const a = &p->acceptances[run];
	for (size_t i = 0; i < a->count; i++)
		if (a->items[i].criterion == &p->limits->criteria.items[criterion])
			return &a->items[i];
	return NULL;
}

/* Why a criterion cannot have a limit, or NULL. */
static const char *refuse(const struct proposing *p, size_t criterion)
{
	for (size_t i = 0; i < p->count; i++) {
		const struct judgement *const j = judgement_of(p, i, criterion);
		const struct judgement *const first = judgement_of(p, 0, criterion);
		if (!j || !first)
			return "not every run has it";
		if (j->verdict != VERDICT_PASS)
			return j->reason;
		if (!(j->bound > 0) || !isfinite(j->bound) || !(j->value.value > 0))
			return "it has no bound above 0";
		if (j->source != first->source)
			return "the runs have it from different sources";
		if (p->limits->is_within_run && j->replicates < REPEATS_LEAST)
			return "fewer than three repeats say nothing of how much they differ";
	}
	return NULL;
}

/* Takes those criteria out of which no run, or not every run, has anything to say; notes why. */
static int drop_absent(struct proposing *p, bool *is_kept, struct error *err)
{
	int r = 0;
	for (size_t c = 0; r == 0 && c < p->limits->criteria.count; c++) {
		const char *const why = refuse(p, c);
		is_kept[c] = !why;
		if (why)
			r = words_addf(&p->limits->notes, err, "No limit for %.40s: %.240s.",
			               measures[p->limits->criteria.items[c].measure].words, why);
	}
	return r;
}

/* ---- The limits --------------------------------------------------------------------------- */

/* Away from what is good, to so many significant digits: what people can read. */
static double round_out(double limit, bool is_floor)
{
	const double step = pow(10, floor(log10(limit)) - 3);
	return is_floor ? floor(limit / step) * step : ceil(limit / step) * step;
}

/* The limit of a criterion, each missed by the node itself with probability `miss`. */
static double find_limit(const struct proposing *p, size_t criterion, double miss)
{
	const bool is_floor = p->limits->criteria.items[criterion].bound == BOUND_AT_LEAST;
	const double away = is_floor ? -1 : 1;
	double limit = NAN;
	for (size_t i = 0; i < p->count; i++) {
		const struct judgement *const j = judgement_of(p, i, criterion);
		if (!j) /* refuse() lets none through that a run lacks */
			return NAN;
		/* Toward what is worse, whichever way that is. */
		p->bounds[i] = away * log(j->bound);
		if (!p->limits->is_within_run)
			continue;
		const double reach = fmax(p->bounds[i] - away * log(j->value.value), 0);
		limit = fmax(limit, p->bounds[i] + reach * limits_within_run(j->replicates, miss));
	}
	if (!p->limits->is_within_run)
		limit = limits_between_runs(p->bounds, p->count, miss, log1p(ALLOWANCE_LEAST));
	else
		limit += log1p(ALLOWANCE_UNKNOWN);
	return round_out(exp(away * limit), is_floor);
}

/* Drops a limit that every node would pass, and says what the runs are like. */
static int refuse_wide(struct proposing *p, size_t criterion, bool *is_kept, struct error *err)
{
	const struct criterion *const c = &p->limits->criteria.items[criterion];
	const struct judgement *const first = judgement_of(p, 0, criterion);
	double sum = 0;
	double least = INFINITY;
	double most = 0;
	for (size_t i = 0; i < p->count; i++) {
		const struct judgement *const j = judgement_of(p, i, criterion);
		const double value = j ? j->value.value : NAN;
		sum += log(value);
		least = fmin(least, value);
		most = fmax(most, value);
	}
	const double typical = exp(sum / (double)p->count);
	const double factor = c->bound == BOUND_AT_LEAST ? typical / c->limit : c->limit / typical;
	if (factor <= FARTHEST)
		return 0;
	is_kept[criterion] = false;
	return words_addf(
	        &p->limits->notes, err,
	        "No limit for %.120s: it would be %.3g times away from what the good "
	        "runs show (%.4g to %.4g), and every node would pass it. They differ too "
	        "much, or have too few repeats: measure the good node again while nothing "
	        "else runs on it, with more repeats.",
	        first ? first->label : c->spelling, factor, least, most);
}

/* Sets the limits of those that are kept, and drops the others. */
static int set_limits(struct proposing *p, bool *is_kept, struct error *err)
{
	int r = 0;
	struct criteria *const criteria = &p->limits->criteria;
	size_t kept = 0;
	for (size_t c = 0; c < criteria->count; c++)
		kept += is_kept[c];
	const double miss = MISS / (double)(kept > 0 ? kept : 1);
	for (size_t c = 0; r == 0 && c < criteria->count; c++) {
		if (!is_kept[c])
			continue;
		struct criterion *const criterion = &criteria->items[c];
		const struct judgement *const j = judgement_of(p, 0, c);
		criterion->limit = find_limit(p, c, miss);
		if (criterion->measure == MEASURE_FREQUENCY)
			criterion->sources = 1u << j->source;
		r = refuse_wide(p, c, is_kept, err);
	}
	if (r < 0)
		return r;
	kept = 0;
	for (size_t c = 0; c < criteria->count; c++) {
		if (is_kept[c])
			criteria->items[kept++] = criteria->items[c];
		else
			criterion_release(&criteria->items[c]);
	}
	criteria->count = kept;
	if (kept == 0)
		r = words_addf(&p->limits->notes, err,
		               "These criteria ask for nothing but that no task fails: they do not "
		               "tell a good node from a slow one.");
	return r;
}

/* ---- All of it ---------------------------------------------------------------------------- */

static const char *path_of(const struct findings *run)
{
	return run->dataset->path ? run->dataset->path : "a result";
}

static size_t trials_of(const struct findings *run)
{
	size_t trials = 0;
	for (size_t l = 0; l < run->summary.level_count; l++)
		trials += run->summary.levels[l].trials;
	return trials;
}

static size_t failed_of(const struct findings *run)
{
	size_t failed = 0;
	for (size_t l = 0; l < run->summary.level_count; l++)
		failed += run->summary.levels[l].failed +
		          run->summary.levels[l].trials_in_state[TRIAL_ABANDONED];
	return failed;
}

static bool is_empty(const struct findings *run)
{
	return trials_of(run) == 0 && failed_of(run) == 0;
}

/* Leaves those out that have nothing to take limits from, unless that is all; notes it. */
static int keep_measured(struct proposing *p, const struct findings **kept, struct error *err)
{
	size_t count = 0;
	int r = 0;
	for (size_t i = 0; i < p->count; i++)
		if (!is_empty(p->runs[i]))
			kept[count++] = p->runs[i];
	if (count == 0 || count == p->count)
		return 0;
	for (size_t i = 0; r == 0 && i < p->count; i++)
		if (is_empty(p->runs[i]))
			r = words_addf(&p->limits->notes, err,
			               "%.120s is left out: it has no trial to take limits from.",
			               path_of(p->runs[i]));
	p->runs = kept;
	p->count = count;
	return r;
}

/* A node on which tasks failed is no example of a good one. */
static int check_runs(const struct proposing *p, struct error *err)
{
	for (size_t i = 0; i < p->count; i++) {
		const char *const path = path_of(p->runs[i]);
		const enum run_state state = p->runs[i]->dataset->run.state;
		if (state != RUN_DONE)
			return error_set(err, EINVAL,
			                 "%s: the run did not come to its end (%s), so it is no "
			                 "example of a good one: `plateau run --resume` goes on "
			                 "with it",
			                 path, run_state_word(state));
		if (failed_of(p->runs[i]) > 0)
			return error_set(err, EINVAL,
			                 "%s: tasks failed, so this is no good node to take "
			                 "limits from",
			                 path);
		if (trials_of(p->runs[i]) == 0)
			return error_set(err, EINVAL,
			                 "%s: it has no trial to take limits from: measure a good "
			                 "node first",
			                 path);
	}
	return 0;
}

/* Limits from runs of other work or of other nodes would hold for neither. Where only values of the
 * scenario differ, that is said. */
static int check_kind(struct proposing *p, struct error *err)
{
	for (size_t i = 1; i < p->count; i++) {
		struct kind_difference difference;
		int r = compare_kind(p->runs[0]->dataset, p->runs[i]->dataset, &difference, err);
		if (r == 0 && difference.what && !difference.is_scenario)
			return error_set(err, EINVAL,
			                 "%s: it has %s than %s, so they have no limits in common: "
			                 "make criteria of each kind by itself",
			                 path_of(p->runs[i]), difference.what, path_of(p->runs[0]));
		if (r == 0 && difference.what)
			r = words_addf(&p->limits->notes, err,
			               "%.100s has %s than %.100s: what it makes differ is taken "
			               "for chance (`plateau compare` says what it is).",
			               path_of(p->runs[i]), difference.what, path_of(p->runs[0]));
		if (r < 0)
			return r;
	}
	return 0;
}

static int add_failures(struct proposing *p, struct error *err)
{
	static const struct proposal failures = {MEASURE_FAILURES, AT_FULL, STATISTIC_MEAN, NAN};
	const int r = add_criterion(p, &failures, 0, false, NULL, err);
	if (r == 0)
		p->limits->criteria.items[p->limits->criteria.count - 1].limit = 0;
	return r;
}

static int note_basis(struct proposing *p, struct error *err)
{
	if (p->limits->is_within_run)
		return words_addf(
		        &p->limits->notes, err,
		        "From %zu run%s, which say%s nothing of how much the node differs from run "
		        "to run: limits rest on the spread of repeats within a run, and leave %g "
		        "%% "
		        "besides. %d or more runs of good nodes make better ones.",
		        p->count, p->count > 1 ? "s" : "", p->count > 1 ? "" : "s",
		        100 * ALLOWANCE_UNKNOWN, RUNS_LEAST);
	return words_addf(
	        &p->limits->notes, err,
	        "From %zu runs: a node that differs from run to run as they do passes all "
	        "limits together in %g of 100 cases.",
	        p->count, 100 * (1 - MISS));
}

/* A fact of the runs, which is alike in all or is not told as one. */
static const char *common(const struct proposing *p, const char *(*of)(const struct dataset *))
{
	const char *const first = of(p->runs[0]->dataset);
	for (size_t i = 1; first && i < p->count; i++) {
		const char *const other = of(p->runs[i]->dataset);
		if (!other || strcmp(first, other) != 0)
			return "several";
	}
	return first ? first : "not known";
}

static const char *scenario_of(const struct dataset *dataset)
{
	return dataset->run.name;
}

static const char *command_of(const struct dataset *dataset)
{
	return dataset->run.command;
}

static const char *host_of(const struct dataset *dataset)
{
	return host_facts_get(&dataset->host, "hostname");
}

static const char *processor_of(const struct dataset *dataset)
{
	return host_facts_get(&dataset->host, "processor");
}

/* Of what these limits are: who finds the file later knows what it may be held against. */
static int note_source(struct proposing *p, struct error *err)
{
	int r = words_addf(&p->limits->notes, err,
	                   "For scenario %.80s, command %.200s, on %.120s; measured on %.80s.",
	                   common(p, scenario_of), common(p, command_of), common(p, processor_of),
	                   common(p, host_of));
	for (size_t i = 0; r == 0 && i < p->count; i++) {
		char utc[CLOCK_TEXT_BYTES];
		const int64_t at_ns = p->runs[i]->dataset->run.origin_calendar_ns;
		clock_format_utc(at_ns > 0 ? at_ns : 0, utc);
		r = words_addf(&p->limits->notes, err, "Run: %.200s of %.10s.", path_of(p->runs[i]),
		               at_ns > 0 ? utc : "an unknown day");
	}
	return r;
}

/* What a good run warns of itself is in the limits, too. */
static int note_warnings(struct proposing *p, struct error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < p->count; i++) {
		const struct summary *const summary = &p->runs[i]->summary;
		/* They are sorted. */
		if (summary->warning_count > 0 && summary_warning_is_serious(&summary->warnings[0]))
			r = words_addf(&p->limits->notes, err,
			               "%.120s is no run of an undisturbed node: %.400s Limits "
			               "from it are wider than the node deserves.",
			               path_of(p->runs[i]), summary->warnings[0].text);
	}
	return r;
}

static int propose(struct proposing *p, struct error *err)
{
	const struct findings *const first = p->runs[0];
	int r = note_basis(p, err);
	if (r == 0)
		r = note_source(p, err);
	if (r == 0)
		r = note_warnings(p, err);
	if (r == 0)
		r = check_kind(p, err);
	for (size_t i = 0; r == 0 && i < first->summary.policy_count; i++)
		r = add_policy(p, first->summary.policies[i], err);
	if (r == 0)
		r = judge_runs(p, err);
	if (r < 0)
		return r;
	cleanup_free bool *is_kept = calloc(p->limits->criteria.count + 1, sizeof *is_kept);
	if (!is_kept)
		return error_memory(err);
	r = drop_absent(p, is_kept, err);
	if (r == 0)
		r = set_limits(p, is_kept, err);
	if (r == 0)
		r = add_failures(p, err);
	p->limits->criteria.max_repeats = 2 * p->acceptances[0].blocks;
	return r;
}

int limits_propose(const struct findings *const *runs, size_t count, struct limits *ret_limits,
                   struct error *err)
{
	struct limits limits = {0};
	struct proposing p = {.runs = runs, .count = count, .limits = &limits};
	cleanup_free const struct findings **measured = calloc(count + 1, sizeof(void *));
	p.acceptances = calloc(count + 1, sizeof *p.acceptances);
	p.bounds = calloc(count + 1, sizeof *p.bounds);
	int r = p.acceptances && p.bounds && measured ? keep_measured(&p, measured, err)
	                                              : error_memory(err);
	limits.is_within_run = p.count < RUNS_LEAST;
	if (r == 0)
		r = check_runs(&p, err);
	if (r == 0)
		r = propose(&p, err);
	for (size_t i = 0; p.acceptances && i < count; i++)
		acceptance_release(&p.acceptances[i]);
	free(p.acceptances);
	free(p.bounds);
	if (r < 0)
		limits_release(&limits);
	else
		*ret_limits = limits;
	return r;
}
