#include "report/json/accept_json.h"

#include "report/json/json_run.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

/* Of a criterion, whatever became of it. */
static void set_criterion(struct json_writer *w, json_t *object, const struct criterion *criterion)
{
	const bool has_tasks = measures[criterion->measure].nature == NATURE_TASKS;
	const bool is_quantile = has_tasks && criterion->statistic == STATISTIC_QUANTILE;
	json_set(w, object, "metric", json_text(criterion->spelling));
	json_set(w, object, "key", json_text(measures[criterion->measure].key));
	json_set_or_reason(w, object, "statistic",
	                   has_tasks ? json_string(is_quantile ? "quantile" : "mean") : json_null(),
	                   "it is no figure of single tasks");
	if (is_quantile)
		json_set(w, object, "quantile", json_number(criterion->quantile));
	json_set(w, object, "bound", json_string(criterion_bound_names[criterion->bound]));
	json_set(w, object, "limit", json_number(criterion->limit));
	if (isfinite(criterion->margin))
		json_set(w, object, "margin", json_number(criterion->margin));
}

static json_t *level(struct json_writer *w, const struct judgement *judgement)
{
	if (judgement->concurrency == 0)
		return json_null();
	json_t *const object = json_object();
	json_set(w, object, "concurrency", json_integer(judgement->concurrency));
	json_set_or_reason(w, object, "policy", json_text(judgement->policy),
	                   "none in particular is asked for");
	json_set(w, object, "is_in_result", json_boolean(judgement->level >= 0));
	return object;
}

/* Of spreads: which place is the slowest. */
static void set_place(struct json_writer *w, json_t *object, const struct judgement *judgement)
{
	if (measures[judgement->criterion->measure].nature != NATURE_PLACES)
		return;
	json_t *const place = json_object();
	json_set(w, place, "kind", json_string(place_kind_names[judgement->place_kind]));
	json_set_or_reason(w, place, "worst",
	                   judgement->place < 0 ? json_null() : json_integer(judgement->place),
	                   judgement->reason);
	json_set(w, place, "places", json_count(judgement->places));
	json_set(w, object, "place", place);
}

/* A number of repeats or runs; null where none is needed, or none is known to help. */
static void set_needed(struct json_writer *w, json_t *object, const char *key, size_t count,
                       enum verdict verdict)
{
	const char *const reason = verdict == VERDICT_INCONCLUSIVE
	                                   ? "no number is known to decide it"
	                                   : "it is decided";
	json_set_or_reason(w, object, key, count > 0 ? json_count(count) : json_null(), reason);
}

static bool is_relative(const struct judgement *judgement)
{
	return estimate_has_value(&judgement->reference) ||
	       judgement->criterion->references.count > 0 || isfinite(judgement->criterion->margin);
}

static json_t *judged(struct json_writer *w, const struct judgement *judgement)
{
	const bool has_bound = isfinite(judgement->bound);
	json_t *const object = json_object();
	json_set(w, object, "label", json_text(judgement->label));
	json_set(w, object, "verdict", json_string(verdict_names[judgement->verdict]));
	set_criterion(w, object, judgement->criterion);
	json_set_or_reason(w, object, "level", level(w, judgement), "it counts over all levels");
	json_set(w, object, "value", json_estimate(w, &judgement->value));
	json_set_or_reason(w, object, "reference",
	                   estimate_has_value(&judgement->reference)
	                           ? json_estimate(w, &judgement->reference)
	                           : json_null(),
	                   is_relative(judgement) ? judgement->reason : "the limit is absolute");
	/* What the limit is of. */
	json_set(w, object, "compared", json_estimate(w, &judgement->compared));
	json_set(w, object, "compared_is", json_string(is_relative(judgement) ? "ratio" : "value"));
	json_set_or_reason(w, object, "decisive_bound", json_number(judgement->bound),
	                   judgement->reason);
	json_set_or_reason(w, object, "confidence", json_number(judgement->confidence),
	                   has_bound ? "it is exact" : "there is no bound");
	json_set(w, object, "replicates", json_count(judgement->replicates));
	set_needed(w, object, "repeats_needed", judgement->repeats_needed, judgement->verdict);
	set_needed(w, object, "reference_runs_needed", judgement->runs_needed, judgement->verdict);
	if (judgement->criterion->measure == MEASURE_FREQUENCY)
		json_set_or_reason(w, object, "frequency_source",
		                   judgement->source == FREQUENCY_ABSENT
		                           ? json_null()
		                           : json_string(frequency_source_names[judgement->source]),
		                   judgement->reason);
	set_place(w, object, judgement);
	json_set(w, object, "reason", json_text(judgement->reason));
	return object;
}

static json_t *counts(struct json_writer *w, const struct acceptance *acceptance)
{
	json_t *const object = json_object();
	for (unsigned v = 0; v < VERDICTS; v++)
		json_set(w, object, verdict_names[v], json_count(acceptance->in_verdict[v]));
	return object;
}

/* Which runs the criteria were made from; null where that is not said. */
static json_t *made_from(struct json_writer *w, const struct criteria *criteria)
{
	static const char reason[] = "the criteria do not say";
	if (!criteria_have_origin(criteria))
		return json_null();
	json_t *const object = json_object();
	json_set_or_reason(w, object, "command", json_text(criteria->origin.command), reason);
	json_set_or_reason(w, object, "processor", json_text(criteria->origin.processor), reason);
	json_set_or_reason(w, object, "scenario", json_text(criteria->origin.scenario), reason);
	return object;
}

static json_t *references(struct json_writer *w, const struct accepted *accepted)
{
	json_t *const array = json_array();
	for (size_t i = 0; i < accepted->reference_count; i++)
		json_append(w, array, json_text(accepted->reference_paths[i]));
	return array;
}

/* In what the result differs from its references. */
static json_t *remarks(struct json_writer *w, const struct accepted *accepted)
{
	json_t *const array = json_array();
	for (size_t i = 0; i < accepted->remark_count; i++) {
		const struct compare_remark *const remark = &accepted->remarks[i];
		/* That there is one result is no news here: verdicts allow for it. */
		if (strcmp(remark->code, "within-run") == 0 || strcmp(remark->code, "one-run") == 0)
			continue;
		json_t *const object = json_object();
		json_set(w, object, "code", json_text(remark->code));
		json_set(w, object, "serious", json_boolean(remark->is_serious));
		json_set(w, object, "text", json_text(remark->text));
		json_append(w, array, object);
	}
	return array;
}

/* What has to be known before the verdict. */
static json_t *notes(struct json_writer *w, const struct acceptance *acceptance)
{
	json_t *const array = json_array();
	for (size_t i = 0; i < acceptance->note_count; i++) {
		json_t *const object = json_object();
		json_set(w, object, "code", json_text(acceptance->notes[i].code));
		json_set(w, object, "text", json_text(acceptance->notes[i].text));
		json_append(w, array, object);
	}
	return array;
}

/* What the run itself warns of and the verdict may come from. */
static json_t *warnings(struct json_writer *w, const struct accepted *accepted)
{
	const struct summary *const summary = &accepted->findings->summary;
	json_t *const array = json_array();
	for (size_t i = 0; i < summary->warning_count; i++) {
		const struct warning *const warning = &summary->warnings[i];
		if (!summary_warning_is_serious(warning))
			continue;
		json_t *const object = json_object();
		json_set(w, object, "code", json_text(warning->code));
		json_set(w, object, "text", json_text(warning->text));
		json_append(w, array, object);
	}
	return array;
}

json_t *accept_json_result(struct json_writer *w, const struct accepted *accepted)
{
	const struct acceptance *const acceptance = accepted->acceptance;
	json_t *const object = json_object();
	json_set(w, object, "path", json_text(accepted->path));
	json_set(w, object, "run", json_run(w, accepted->findings->dataset));
	json_set(w, object, "verdict", json_string(verdict_names[acceptance->verdict]));
	json_set(w, object, "in_verdict", counts(w, acceptance));
	json_set(w, object, "notes", notes(w, acceptance));
	json_set(w, object, "warnings", warnings(w, accepted));
	json_set(w, object, "criteria_from",
	         json_string(accepted->criteria_path ? "file" : "scenario"));
	json_set_or_reason(w, object, "criteria_path", json_text(accepted->criteria_path),
	                   "they stand in the scenario that the result was measured by");
	json_set_or_reason(w, object, "made_from", made_from(w, accepted->criteria),
	                   "the criteria do not say");
	json_set(w, object, "references", references(w, accepted));
	json_set(w, object, "remarks", remarks(w, accepted));
	json_set(w, object, "blocks", json_integer(acceptance->blocks));
	json_set(w, object, "looks", json_integer(acceptance->looks));
	const uint32_t most = accepted->criteria->max_repeats;
	json_set_or_reason(w, object, "max_repeats", most > 0 ? json_integer(most) : json_null(),
	                   "the criteria do not say");
	set_needed(w, object, "repeats_needed", acceptance->repeats_needed, acceptance->verdict);
	json_t *const criteria = json_array();
	for (size_t i = 0; i < acceptance->count; i++)
		json_append(w, criteria, judged(w, &acceptance->items[i]));
	json_set(w, object, "criteria", criteria);
	return object;
}

static json_t *copies(struct json_writer *w, const struct accepted_all *all)
{
	json_t *const array = json_array();
	for (size_t i = 0; i < all->copy_count; i++) {
		json_t *const object = json_object();
		json_set(w, object, "path", json_text(all->copy_paths[i]));
		json_set(w, object, "of", json_text(all->copy_originals[i]));
		json_append(w, array, object);
	}
	return array;
}

int accept_json_write(const struct accepted_all *all, char **ret_json, struct error *err)
{
	struct json_writer w = {false};
	json_t *const answer = json_object();
	json_t *const results = json_array();
	for (size_t i = 0; i < all->count; i++)
		json_append(&w, results, accept_json_result(&w, &all->items[i]));
	json_set(&w, answer, "schema_version", json_integer(1));
	json_set(&w, answer, "verdict", json_string(verdict_names[all->verdict]));
	json_set(&w, answer, "results", results);
	json_t *const unjudged = json_array();
	for (size_t i = 0; i < all->unjudged_count; i++) {
		json_t *const object = json_object();
		json_set(&w, object, "path", json_text(all->unjudged_paths[i]));
		json_set(&w, object, "reason", json_text(all->unjudged_reasons[i]));
		json_append(&w, unjudged, object);
	}
	json_set(&w, answer, "unjudged", unjudged);
	json_set(&w, answer, "copies", copies(&w, all));
	return json_finish(&w, answer, ret_json, err);
}
