#include "analyse/verdict/limits.h"

#include "analyse/verdict/limits_parts.h"
#include "analyse/verdict/verdict.h"
#include "core/cleanup.h"
#include "core/error.h"

#include <math.h>
#include <stdlib.h>

/* Repeats that tell how much they differ, where there are too few runs. */
enum { REPEATS_LEAST = 3 };

/* What is left at least: figures that are read in steps (a clock) may not differ once in three
 * runs. As a part. */
#define ALLOWANCE_LEAST 0.005

/* A limit that is further than this from what the good runs show, as a factor, says nothing: every
 * node passes it. */
#define FARTHEST 2.0

void limits_release(struct limits *limits)
{
	if (!limits)
		return;
	criteria_release(&limits->criteria);
	words_release(&limits->notes);
	*limits = (struct limits){0};
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
		limit += log1p(LIMITS_ALLOWANCE_UNKNOWN);
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
	const double miss = LIMITS_MISS / (double)(kept > 0 ? kept : 1);
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

static int propose(struct proposing *p, struct error *err)
{
	int r = limits_note_runs(p, err);
	if (r == 0)
		r = limits_check_kind(p, err);
	if (r == 0)
		r = limits_add_criteria(p, err);
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
		r = limits_add_failures(p, err);
	if (r == 0)
		r = limits_set_origin(p, err);
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
	int r = p.acceptances && p.bounds && measured ? limits_keep_measured(&p, measured, err)
	                                              : error_memory(err);
	limits.is_within_run = p.count < LIMITS_RUNS_LEAST;
	if (r == 0)
		r = limits_check_runs(&p, err);
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
