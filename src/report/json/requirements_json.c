#include "report/json/requirements_json.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "report/campaign/needs_document.h"
#include "report/json/json_value.h"

#include <math.h>
#include <stdlib.h>

/* ---- Types ---------------------------------------------------------------------------------- */

static json_t *spread_object(struct json_writer *w, const struct campaign_spread *s)
{
	const struct {
		const char *key;
		double value;
	} figures[] = {{"min", s->min}, {"q1", s->q1},     {"p50", s->p50},
	               {"q3", s->q3},   {"p95", s->p95},   {"p99", s->p99},
	               {"max", s->max}, {"mean", s->mean}, {"sum", s->sum}};
	json_t *const object = json_object();
	json_set(w, object, "n", json_count(s->n));
	for (size_t i = 0; i < ARRAY_LENGTH(figures); i++)
		json_set(w, object, figures[i].key,
		         s->n > 0 ? json_number(figures[i].value) : json_null());
	json_set(w, object, "whiskers",
	         s->n > 0 ? json_interval(s->whisker_low, s->whisker_high) : json_null());
	json_set(w, object, "outliers", json_count(s->outliers));
	if (s->n == 0)
		json_set(w, object, "reason", json_text("no attempt that is done has it"));
	return object;
}

static json_t *over_object(struct json_writer *w, const struct campaign_over *over)
{
	json_t *const object = json_object();
	json_set(w, object, "tasks", json_count(over->tasks));
	json_set(w, object, "of", json_count(over->of));
	json_set(w, object, "fit",
	         over->of > 0 ? json_number((double)(over->of - over->tasks) / (double)over->of)
	                      : json_null());
	json_set(w, object, "ended_below", json_count(over->ended_below));
	json_set(w, object, "wall_s", json_number(over->wall_s));
	json_set(w, object, "of_wall_s", json_number(over->of_wall_s));
	json_set(w, object, "max_rss_bytes", json_number(over->max_bytes));
	json_set(w, object, "max_rss_per_core_bytes", json_number(over->max_per_core_bytes));
	json_set(w, object, "of_several_cores", json_count(over->several));
	return object;
}

static json_t *fit_object(struct json_writer *w, const struct campaign_fit *fit, const char *name)
{
	json_t *const object = json_object();
	json_set(w, object, "line", json_text(name));
	json_set(w, object, "slope", json_estimate(w, &fit->slope));
	json_set(w, object, "intercept", json_estimate(w, &fit->intercept));
	json_set(w, object, "quantile", json_number(fit->quantile));
	json_set(w, object, "points", json_count(fit->points));
	json_set(w, object, "on_or_below", fit->points > 0 ? json_number(fit->below) : json_null());
	if (fit->reason)
		json_set(w, object, "reason", json_text(fit->reason));
	return object;
}

static json_t *relation_object(struct json_writer *w, const struct campaign *campaign,
                               const struct campaign_relation *relation)
{
	json_t *const object = json_object();
	json_t *const fits = json_array();
	json_set(w, object, "covariate", json_text(campaign->covariates[relation->covariate].name));
	json_set(w, object, "figure", json_text(campaign_figure_names[relation->figure]));
	json_set(w, object, "range", json_interval(relation->x_min, relation->x_max));
	for (size_t i = 0; i < CAMPAIGN_FITS; i++)
		json_append(w, fits, fit_object(w, &relation->fits[i], campaign_fit_names[i]));
	json_set(w, object, "fits", fits);
	return object;
}

static json_t *type_object(struct json_writer *w, const struct requirements *needs,
                           const struct campaign_type_needs *type, bool is_all)
{
	json_t *const object = json_object();
	json_t *const states = json_object();
	json_t *const relations = json_array();
	if (!is_all)
		json_set(w, object, "type", json_text(type->name));
	json_set(w, object, "attempts", json_count(type->attempts));
	for (size_t i = 0; i < CAMPAIGN_STATES; i++)
		json_set(w, states, campaign_state_names[i], json_count(type->states[i]));
	json_set(w, object, "states", states);
	json_set(w, object, "retried", json_count(type->retried));
	if (!is_all)
		json_set(w, object, "intervals_of",
		         json_text(type->is_in_time ? "stretches-of-time" : "independent-tasks"));
	for (size_t i = 0; i < CAMPAIGN_FIGURES; i++)
		json_set(w, object, campaign_figure_names[i], spread_object(w, &type->figures[i]));
	json_set(w, object, "over_limit",
	         isfinite(needs->limit_bytes) ? over_object(w, &type->over) : json_null());
	for (size_t i = 0; i < type->relation_count; i++)
		json_append(w, relations, relation_object(w, needs->campaign, &type->relations[i]));
	if (is_all)
		json_decref(relations);
	else
		json_set(w, object, "relations", relations);
	return object;
}

/* ---- Memory --------------------------------------------------------------------------------- */

static json_t *limit_object(struct json_writer *w, const struct requirements *needs, double limit)
{
	enum { WORDS_BYTES = 2048 };
	char words[WORDS_BYTES] = "";
	const size_t types = needs->type_count;
	cleanup_free struct campaign_over *overs = calloc(types + 1, sizeof *overs);
	if (!overs)
		return NULL;
	requirements_over(needs, limit, overs);
	requirements_words(needs, limit, words, sizeof words);
	json_t *const object = over_object(w, &overs[types]);
	json_t *const list = json_array();
	json_set(w, object, "limit_bytes", json_number(limit));
	json_set(w, object, "words", overs[types].of > 0 ? json_text(words) : json_null());
	for (size_t t = 0; t < types; t++) {
		if (overs[t].tasks == 0)
			continue;
		json_t *const type = over_object(w, &overs[t]);
		json_set(w, type, "type", json_text(needs->types[t].name));
		json_append(w, list, type);
	}
	json_set(w, object, "types", list);
	return object;
}

static json_t *limit_list(struct json_writer *w, const struct requirements *needs)
{
	static const double usual[] = {4e9, 6e9, 8e9, 10e9};
	json_t *const list = json_array();
	bool has_limit = !isfinite(needs->limit_bytes);
	for (size_t i = 0; i < ARRAY_LENGTH(usual); i++) {
		if (!has_limit && needs->limit_bytes < usual[i]) {
			json_append(w, list, limit_object(w, needs, needs->limit_bytes));
			has_limit = true;
		}
		has_limit |= needs->limit_bytes == usual[i];
		json_append(w, list, limit_object(w, needs, usual[i]));
	}
	if (!has_limit)
		json_append(w, list, limit_object(w, needs, needs->limit_bytes));
	return list;
}

/* The bins of all types together, and of each that has tasks in one. */
static json_t *bins_object(struct json_writer *w, const struct requirements *needs)
{
	const struct campaign_bins *const bins = &needs->bins;
	const size_t all = needs->type_count * bins->count;
	json_t *const object = json_object();
	json_t *const list = json_array();
	json_set(w, object, "width_bytes", json_number(bins->width_bytes));
	for (size_t b = 0; b < bins->count; b++) {
		if (bins->tasks[all + b] == 0)
			continue;
		json_t *const bin = json_object();
		json_t *const types = json_object();
		json_set(w, bin, "above_bytes", json_number((double)b * bins->width_bytes));
		json_set(w, bin, "up_to_bytes", json_number((double)(b + 1) * bins->width_bytes));
		json_set(w, bin, "tasks", json_count(bins->tasks[all + b]));
		json_set(w, bin, "wall_s", json_number(bins->wall_s[all + b]));
		json_set(w, bin, "tasks_up_to", json_number(bins->tasks_up_to[b]));
		json_set(w, bin, "wall_s_up_to", json_number(bins->wall_s_up_to[b]));
		for (size_t t = 0; t < needs->type_count; t++)
			if (bins->tasks[t * bins->count + b] > 0) {
				/* A name that is no UTF-8 cannot be a key. */
				json_t *const value = json_count(bins->tasks[t * bins->count + b]);
				json_t *const name = json_text(needs->types[t].name);
				json_set(w, types, name ? json_string_value(name) : "", value);
				json_decref(name);
			}
		json_set(w, bin, "tasks_of_types", types);
		json_append(w, list, bin);
	}
	json_set(w, object, "bins", list);
	return object;
}

static json_t *cumulative_list(struct json_writer *w, const struct requirements *needs)
{
	const struct campaign_cumulative *const c = &needs->cumulative;
	json_t *const list = json_array();
	for (size_t i = 0; i < c->count; i++) {
		json_t *const point = json_object();
		json_set(w, point, "max_rss_bytes", json_number(c->max_rss_bytes[i]));
		json_set(w, point, "tasks", json_number(c->tasks[i]));
		json_set(w, point, "wall_s", json_number(c->wall_s[i]));
		json_append(w, list, point);
	}
	return list;
}

/* ---- Campaigns ------------------------------------------------------------------------------ */

static json_t *text_list(struct json_writer *w, const struct words *words)
{
	json_t *const list = json_array();
	for (size_t i = 0; i < words->count; i++)
		json_append(w, list, json_text(words->items[i]));
	return list;
}

static json_t *covariate_list(struct json_writer *w, const struct campaign *campaign)
{
	json_t *const list = json_array();
	for (size_t i = 0; i < campaign->covariate_count; i++) {
		json_t *const object = json_object();
		json_set(w, object, "name", json_text(campaign->covariates[i].name));
		json_set(w, object, "kind",
		         json_text(campaign->covariates[i].is_label ? "label" : "number"));
		json_append(w, list, object);
	}
	return list;
}

static json_t *campaign_object(struct json_writer *w, const struct requirements *needs,
                               const struct needs_told *told)
{
	const struct campaign *const campaign = needs->campaign;
	json_t *const object = json_object();
	json_t *const types = json_array();
	json_set(w, object, "name", json_text(told->name));
	json_set(w, object, "label", json_text(campaign->label));
	json_set(w, object, "path", json_text(told->path));
	json_set(w, object, "format", json_text(campaign->format));
	json_set(w, object, "source", json_text(campaign->source));
	json_set(w, object, "imported", json_calendar(campaign->imported_ns));
	json_set(w, object, "max_rss_of", json_text(campaign->max_rss_of));
	json_set(w, object, "cpu_of", json_text(campaign->cpu_of));
	json_set(w, object, "only_types", json_text(told->pattern));
	json_set(w, object, "limit_bytes", json_number(needs->limit_bytes));
	json_set(w, object, "covariates", covariate_list(w, campaign));
	json_set(w, object, "remarks", text_list(w, &campaign->remarks));
	json_set(w, object, "memory", limit_list(w, needs));
	json_set(w, object, "all", type_object(w, needs, &needs->types[needs->type_count], true));
	for (size_t i = 0; i < needs->type_count; i++)
		json_append(w, types, type_object(w, needs, &needs->types[i], false));
	json_set(w, object, "types", types);
	json_set(w, object, "bins", bins_object(w, needs));
	json_set(w, object, "cumulative", cumulative_list(w, needs));
	return object;
}

static json_t *difference_object(struct json_writer *w, const struct campaign_difference *d,
                                 const struct needs_told *told)
{
	json_t *const object = json_object();
	json_set(w, object, "campaign", json_text(told[d->campaign].name));
	json_set(w, object, "type", json_text(d->type));
	json_set(w, object, "figure", json_text(campaign_figure_names[d->figure]));
	json_set(w, object, "change", json_text(campaign_change_names[d->change]));
	json_set(w, object, "p50_ratio", json_estimate(w, &d->p50_ratio));
	json_set(w, object, "p95_ratio", json_estimate(w, &d->p95_ratio));
	json_set(w, object, "cliffs_delta", json_number(d->cliffs_delta));
	if (d->reason)
		json_set(w, object, "reason", json_text(d->reason));
	return object;
}

static json_t *chance_list(struct json_writer *w, const struct requirements_comparison *comparison,
                           const struct needs_told *told)
{
	json_t *const list = json_array();
	for (size_t i = 1; i < comparison->campaign_count; i++) {
		const struct campaign_chance chance = requirements_chance(comparison, i);
		json_t *const object = json_object();
		json_set(w, object, "campaign", json_text(told[i].name));
		json_set(w, object, "compared", json_count(chance.compared));
		json_set(w, object, "changed", json_count(chance.told));
		json_set(w, object, "by_chance_at_most", json_number(chance.by_chance));
		json_append(w, list, object);
	}
	return list;
}

int requirements_json_write(const struct requirements_comparison *comparison,
                            const struct needs_told *told, char **ret_json, struct error *err)
{
	struct json_writer w = {false};
	json_t *const answer = json_object();
	json_t *const campaigns = json_array();
	json_t *const differences = json_array();
	json_set(&w, answer, "schema_version", json_integer(1));
	for (size_t i = 0; i < comparison->campaign_count; i++)
		json_append(&w, campaigns, campaign_object(&w, comparison->campaigns[i], &told[i]));
	json_set(&w, answer, "campaigns", campaigns);
	json_set(&w, answer, "compared_with",
	         comparison->campaign_count > 1 ? json_text(told[0].name) : json_null());
	for (size_t i = 0; i < comparison->difference_count; i++)
		json_append(&w, differences,
		            difference_object(&w, &comparison->differences[i], told));
	json_set(&w, answer, "differences", differences);
	json_set(&w, answer, "chance", chance_list(&w, comparison, told));
	return json_finish(&w, answer, ret_json, err);
}
