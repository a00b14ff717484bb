/* Criteria on values of trials: against a limit, and against a reference. */
#include "analyse/compare/compare_parts.h"
#include "analyse/verdict/verdict_parts.h"

#include "core/cleanup.h"
#include "core/error.h"
#include "model/printed_unit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of one trial there is no bound, of two hardly one. */
enum { REPEATS_LEAST = 3 };

static bool all_positive(const struct measure_values *values)
{
	for (size_t i = 0; i < values->count; i++)
		if (!(values->values[i] > 0))
			return false;
	return true;
}

/* Whether bounds are drawn on logs, as intervals are (analyse/measure); a trial of 0 has none. */
static bool is_on_logs(const struct measure_query *query, const struct measure_values *values)
{
	if (!all_positive(values))
		return false;
	if (query->id == MEASURE_FIGURE && query->detail)
		return printed_unit_of(query->detail)->symbol[0] != '\0';
	return !measures[query->id].is_signed;
}

/* Puts the values on the scale on which bounds are drawn, and takes their mean. */
static struct bounded mean_on_scale(struct measure_values *values, bool is_log)
{
	for (size_t i = 0; is_log && i < values->count; i++)
		values->values[i] = log(values->values[i]);
	return bounded_mean(values->values, values->count);
}

/* ---- Against a limit ---------------------------------------------------------------------- */

/* How many repeats would decide what is inconclusive. */
static size_t repeats_for(const struct judgement *j, const struct bounded *mean, bool is_log,
                          double level)
{
	const double limit = is_log ? log(j->limit) : j->limit;
	const double sd = mean->se * sqrt((double)mean->count);
	return bounds_repeats(fabs(mean->mean - limit), sd, 0, level, mean->count);
}

static void against_limit(const struct question *question, struct measure_values *values)
{
	struct judgement *const j = question->judgement;
	const double level = question->judged->level;
	const bool is_log = is_on_logs(&question->query, values);
	const struct bounded mean = mean_on_scale(values, is_log);
	char subject[96];
	char figure[VERDICT_FIGURE_BYTES];
	j->compared = j->value;
	j->replicates = mean.count;
	if (mean.count < 2) {
		verdict_cannot(
		        question, false,
		        "%s, from one repeat, which has no bound: %d or more are needed (-r)",
		        verdict_figure(question, j->value.value, figure), REPEATS_LEAST);
		j->repeats_needed = REPEATS_LEAST;
		return;
	}
	double low = bounded_low(&mean, level);
	double high = bounded_high(&mean, level);
	low = is_log ? exp(low) : low;
	high = is_log ? exp(high) : high;
	j->confidence = 1 - level;
	verdict_decide(j, low, high);
	if (j->verdict == VERDICT_INCONCLUSIVE)
		j->repeats_needed = repeats_for(j, &mean, is_log, level);
	snprintf(subject, sizeof subject, "%s",
	         verdict_figure(question, is_log ? exp(mean.mean) : mean.mean, figure));
	verdict_explain(question, subject, low, high);
}

/* ---- Against a reference ------------------------------------------------------------------ */

/* Of counts: whether an instruction, or an event, is the same thing there. */
static const char *counts_differ(const struct question *question, ptrdiff_t judged,
                                 const struct reference_run *run, ptrdiff_t event)
{
	const struct dataset *const here = question->judged->findings->dataset;
	const struct dataset *const there = run->findings->dataset;
	const enum measure_id id = question->query.id;
	const struct event_definition *const a = &here->events[judged];
	const struct event_definition *const b = &there->events[event];
	if (a->is_user_only != b->is_user_only || strcmp(a->encoded, b->encoded) != 0)
		return "the event is another one there";
	const char *const x = host_facts_get(&here->host, "architecture");
	const char *const y = host_facts_get(&there->host, "architecture");
	const bool is_of_instructions = id == MEASURE_INSTRUCTIONS || id == MEASURE_CPI;
	if (is_of_instructions && x && y && strcmp(x, y) != 0)
		return "it has another architecture, whose instructions are others";
	/* Cycles are the same everywhere. */
	const bool is_of_processor = id == MEASURE_LLC_LOAD_MISSES || id == MEASURE_COUNTER;
	return is_of_processor && !compare_is_same_processor(here, there)
	               ? "the event may mean another thing on the processor there"
	               : NULL;
}

/* Of a factor: whether the slowdown was split in the same way, so that it holds the same. */
static bool is_split_otherwise(const struct question *question, const struct reference_run *run)
{
	const enum measure_id id = question->query.id;
	const size_t level = (size_t)question->judgement->level;
	return id >= MEASURE_FACTOR_INSTRUCTIONS && id <= MEASURE_FACTOR_OFF_CPU &&
	       question->judged->findings->attributions[level].mode !=
	               run->findings->attributions[run->level].mode;
}

/* Why two results' values are not of the same thing, or NULL. */
static const char *difference(const struct question *question, const struct measure_values *judged,
                              const struct reference_run *run, const struct measure_values *values)
{
	if (is_split_otherwise(question, run))
		return "the slowdown is split there by what was counted, which is not the same: "
		       "count "
		       "the same events";
	if (values->count == 0)
		return values->reason ? values->reason : "it is only stated there";
	if (!all_positive(values))
		return "it is 0 or below there: no ratio";
	if (judged->source != values->source)
		return "the frequency there comes from another source: ask for one in sources";
	if (judged->event < 0 || values->event < 0)
		return NULL;
	return counts_differ(question, judged->event, run, values->event);
}

/* The means of the runs that can be compared; their number, or -ENOMEM. *ret_why says what is
 * wrong with the last one that cannot. */
static int find_means(const struct question *question, const struct measure_values *judged,
                      const struct reference_run *found, size_t count, struct bounded *means,
                      const char **ret_why, struct error *err)
{
	int kept = 0;
	for (size_t i = 0; i < count; i++) {
		cleanup_measure_values struct measure_values values = {0};
		const int r = measure_values_find(found[i].findings, found[i].level,
		                                  &question->query, &values, err);
		if (r < 0)
			return r;
		const char *const why = difference(question, judged, &found[i], &values);
		if (why)
			*ret_why = why;
		else
			means[kept++] = mean_on_scale(&values, true);
	}
	return kept;
}

/* Judges against runs, of which there are enough, as far as they have the measure. */
static int against_runs(const struct question *question, struct measure_values *values,
                        const struct reference_run *found, size_t count, struct error *err)
{
	struct judgement *const j = question->judgement;
	cleanup_free struct bounded *means = calloc(count, sizeof *means);
	const char *why = NULL;
	char subject[96];
	if (!means)
		return error_memory(err);
	const int kept = find_means(question, values, found, count, means, &why, err);
	if (kept < 0)
		return kept;
	j->reference = verdict_mean_of_runs(means, (size_t)kept);
	if (kept < REFERENCE_RUNS_LEAST) {
		verdict_cannot(question, false,
		               "%d of %zu runs of the reference can be compared, and %d are "
		               "needed: %s",
		               kept, count, REFERENCE_RUNS_LEAST, why ? why : "");
		j->runs_needed = REFERENCE_RUNS_LEAST;
		return 0;
	}
	if (!all_positive(values)) {
		verdict_cannot(question, false,
		               "some trial has 0 or less: there is no ratio to the reference");
		return 0;
	}
	const struct bounded mean = mean_on_scale(values, true);
	snprintf(subject, sizeof subject, "%.4g times the reference (%d runs)",
	         exp(mean.mean) / j->reference.value, kept);
	verdict_against_runs(question, &mean, means, (size_t)kept, subject);
	return 0;
}

static int against_reference(const struct question *question, struct measure_values *values,
                             struct error *err)
{
	cleanup_free struct reference_run *found =
	        calloc(question->reference->count + 1, sizeof *found);
	if (!found)
		return error_memory(err);
	const size_t count = verdict_find_runs(question, found);
	return count < REFERENCE_RUNS_LEAST ? 0 : against_runs(question, values, found, count, err);
}

/* ---- Both --------------------------------------------------------------------------------- */

/* Nothing to judge by. */
static void explain_absence(const struct question *question, const struct measure_values *values)
{
	const struct level_summary *const level =
	        &question->judged->findings->summary.levels[question->judgement->level];
	if (estimate_has_value(&values->stated))
		verdict_cannot(question, false,
		               "a figure that was stated, without repeats of its own to judge by");
	else
		verdict_cannot(
		        question,
		        level->trials > 0 && !level->is_censored &&
		                level->throughput_per_s.value > 0 && verdict_node_lacks(question),
		        "%s", values->reason ? values->reason : "this result does not have it");
}

int verdict_judge_values(const struct question *question, struct error *err)
{
	struct judgement *const j = question->judgement;
	cleanup_measure_values struct measure_values values = {0};
	int r = measure_values_find(question->judged->findings, (size_t)j->level, &question->query,
	                            &values, err);
	if (r < 0)
		return r;
	j->value = measure_estimate(&question->query, &values);
	j->source = values.source;
	j->replicates = values.count;
	if (values.count == 0) {
		explain_absence(question, &values);
		return 0;
	}
	if (verdict_has_no_baseline(question))
		return 0;
	if (verdict_is_relative(question))
		r = against_reference(question, &values, err);
	else
		against_limit(question, &values);
	if (r == 0)
		verdict_doubt_pass(question, values.count);
	return r;
}
