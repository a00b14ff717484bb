#include "report/json/json_distributions.h"

#include "core/clock.h"

#include <math.h>

static void set_level(struct json_writer *w, json_t *object, const struct findings *findings,
                      size_t level)
{
	const struct dataset_level *const l = findings->summary.levels[level].level;
	json_set(w, object, "concurrency", json_integer(l->concurrency));
	json_set(w, object, "policy", json_text(l->policy));
}

/* Six digits are as many as anybody reads of a share. */
static json_t *share(double value)
{
	return json_number(round(value * 1e6) / 1e6);
}

static json_t *distribution_object(struct json_writer *w, const struct findings *findings,
                                   const struct distribution *d, size_t level)
{
	json_t *const object = json_object();
	const struct {
		const char *key;
		double value;
	} figures[] = {
	        {"mean", d->mean}, {"sd", d->sd},   {"min", d->least},
	        {"p5", d->p5},     {"q1", d->q1},   {"median", d->median},
	        {"q3", d->q3},     {"p95", d->p95}, {"max", d->most},
	};
	set_level(w, object, findings, level);
	json_set(w, object, "tasks", json_count(d->tasks));
	json_set(w, object, "left_out", json_count(d->left_out));
	for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++)
		json_set(w, object, figures[i].key, json_number(figures[i].value));
	if (d->reason) {
		json_set(w, object, "reason", json_text(d->reason));
		return object;
	}
	json_t *const bins = json_array();
	for (size_t b = 0; b < DISTRIBUTION_BINS; b++)
		json_append(w, bins, share(d->bins[b]));
	json_set(w, object, "histogram", bins);
	json_set(w, object, "below", share(d->below));
	json_set(w, object, "above", share(d->above));
	return object;
}

static json_t *kind_object(struct json_writer *w, const struct findings *findings, size_t which)
{
	const struct distribution_kind *const kind = &findings->distributions.kinds[which];
	json_t *const object = json_object();
	json_t *const levels = json_array();
	json_set(w, object, "from", json_number(kind->from));
	json_set(w, object, "to", json_number(kind->to));
	if (isnan(kind->from))
		json_set(w, object, "reason", json_string("no level has this figure"));
	for (size_t i = 0; i < findings->summary.level_count; i++)
		json_append(w, levels, distribution_object(w, findings, &kind->levels[i], i));
	json_set(w, object, "levels", levels);
	return object;
}

/* An index, or null with its reason for what is not known. */
static void set_index(struct json_writer *w, json_t *object, const char *key, int32_t index)
{
	json_set(w, object, key, index >= 0 ? json_integer(index) : json_null());
}

static json_t *outlier_object(struct json_writer *w, const struct findings *findings,
                              const struct outlier *outlier)
{
	const struct dataset *const dataset = findings->dataset;
	const struct task_record *const task = &dataset->tasks[outlier->task];
	const struct dataset_slot *const place = outlier->place;
	json_t *const object = json_object();
	char utc[CLOCK_TEXT_BYTES];
	clock_format_utc(dataset->run.origin_calendar_ns + task->start_ns, utc);
	set_level(w, object, findings, outlier->level);
	json_set(w, object, "trial", json_integer(task->trial));
	json_set(w, object, "index", json_integer(task->index));
	json_set(w, object, "slot", json_integer(task->slot));
	set_index(w, object, "pu", task->pu);
	set_index(w, object, "core", place ? place->core : -1);
	set_index(w, object, "l3", place ? place->l3 : -1);
	set_index(w, object, "package", place ? place->package : -1);
	if (!place || place->core < 0 || place->l3 < 0 || place->package < 0)
		json_set(w, object, "place_reason",
		         json_string("the task was not bound, or the machine does not show it"));
	json_set(w, object, "started", json_string(utc));
	json_set(w, object, "start_s", json_number((double)task->start_ns / NS_PER_S));
	json_set(w, object, "wall_s", json_number(outlier->wall_s));
	json_set(w, object, "median_s", json_number(outlier->median_s));
	json_set(w, object, "mads", json_number(outlier->deviation));
	const bool has_input = task->input >= 0 && (size_t)task->input < dataset->inputs.count;
	json_set(w, object, "input",
	         has_input ? json_text(dataset->inputs.items[task->input]) : json_null());
	if (!has_input)
		json_set(w, object, "input_reason", json_string("the task had no input"));
	return object;
}

static json_t *outliers_object(struct json_writer *w, const struct findings *findings)
{
	const struct distributions *const d = &findings->distributions;
	json_t *const object = json_object();
	json_t *const tasks = json_array();
	json_set(w, object, "found", json_count(d->outliers_found));
	for (size_t i = 0; i < d->outlier_count; i++)
		json_append(w, tasks, outlier_object(w, findings, &d->outliers[i]));
	json_set(w, object, "tasks", tasks);
	return object;
}

static json_t *place_object(struct json_writer *w, const struct place *place, enum place_kind kind)
{
	json_t *const object = json_object();
	json_set(w, object, place_kind_names[kind], json_integer(place->index));
	if (kind == PLACE_PU)
		set_index(w, object, "core", place->core);
	if (kind == PLACE_PU || kind == PLACE_CORE)
		set_index(w, object, "l3", place->l3);
	if (kind != PLACE_PACKAGE)
		set_index(w, object, "package", place->package);
	json_set(w, object, "tasks", json_count(place->tasks));
	json_set(w, object, "relative", json_number(place->relative));
	/* Places of tasks that are all the same are apart by infinitely many. */
	json_set(w, object, "sigmas",
	         json_number(isfinite(place->deviation) ? place->deviation : (double)NAN));
	json_set(w, object, "slow", json_boolean(place->is_slow));
	if (isnan(place->relative))
		json_set(w, object, "reason", json_string("no task of it could be compared"));
	else if (!isfinite(place->deviation))
		json_set(w, object, "reason",
		         json_string(isnan(place->deviation) ? "too few tasks or places to judge it"
		                                             : "the others are all the same"));
	return object;
}

static json_t *places_object(struct json_writer *w, const struct findings *findings)
{
	json_t *const object = json_object();
	for (size_t k = 0; k < PLACE_KINDS; k++) {
		const struct places *const places = &findings->distributions.places[k];
		json_t *const kind = json_object();
		json_t *const items = json_array();
		json_set(w, kind, "judged", json_count(places->judged));
		json_set(w, kind, "slow", json_count(places->slow));
		json_set(w, kind, "spread", json_number(places->spread));
		if (places->reason)
			json_set(w, kind, "reason", json_text(places->reason));
		for (size_t i = 0; i < places->count; i++)
			json_append(w, items,
			            place_object(w, &places->items[i], (enum place_kind)k));
		json_set(w, kind, "items", items);
		json_set(w, object, place_kind_names[k], kind);
	}
	return object;
}

/* Which event the processor was asked for, or null. */
static json_t *event_string(const struct findings *findings, ptrdiff_t event)
{
	const char *const encoded = event >= 0 ? findings->dataset->events[event].encoded : "";
	return json_text(encoded[0] ? encoded : NULL);
}

static json_t *correlation_object(struct json_writer *w, const struct findings *findings)
{
	const struct correlation *const c = &findings->distributions.cycles_misses;
	json_t *const object = json_object();
	const struct estimate slope = {.value = c->slope,
	                               .low = c->slope_low,
	                               .high = c->slope_high,
	                               .n = c->trials,
	                               .reason = c->reason ? c->reason : c->slope_reason};
	json_set(w, object, "x", json_string("LLC-load-misses"));
	json_set(w, object, "x_event",
	         event_string(findings, findings->distributions.misses_event));
	json_set(w, object, "y", json_string("cycles"));
	json_set(w, object, "y_event",
	         event_string(findings, findings->distributions.cycles_event));
	json_set(w, object, "pearson", json_number(c->pearson));
	json_set(w, object, "spearman", json_number(c->spearman));
	json_set(w, object, "slope", json_estimate(w, &slope));
	json_set(w, object, "intercept", json_number(c->intercept));
	json_set(w, object, "tasks", json_count(c->tasks));
	json_set(w, object, "left_out", json_count(c->left_out));
	if (c->reason)
		json_set(w, object, "reason", json_text(c->reason));
	return object;
}

void json_distributions(struct json_writer *w, json_t *answer, const struct findings *findings)
{
	json_t *const kinds = json_object();
	for (size_t k = 0; k < FIGURE_KINDS; k++)
		json_set(w, kinds, figure_kind_names[k], kind_object(w, findings, k));
	json_set(w, answer, "distributions", kinds);
	json_set(w, answer, "outliers", outliers_object(w, findings));
	json_set(w, answer, "places", places_object(w, findings));
	json_set(w, answer, "correlation", correlation_object(w, findings));
}
