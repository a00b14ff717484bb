#include "report/campaign/imported_campaign.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/number.h"
#include "report/document_text.h"
#include "report/json/json_value.h"

#include <stdlib.h>

/* How many attempts of a type there are, and of how many a figure is known. */
struct counts {
	size_t attempts;
	size_t states[CAMPAIGN_STATES];
	size_t retried;
	size_t wall;
	size_t cpu;
	size_t max_rss;
};

static struct counts *count(const struct campaign *campaign, struct error *err)
{
	struct counts *const all = calloc(campaign->types.count + 1, sizeof *all);
	if (!all) {
		error_memory(err);
		return NULL;
	}
	for (size_t i = 0; i < campaign->task_count; i++) {
		const struct campaign_task *const task = &campaign->tasks[i];
		struct counts *const type = &all[task->type];
		type->attempts++;
		type->states[task->state]++;
		type->retried += task->is_superseded;
		type->wall += task->wall_ns != RECORD_ABSENT;
		type->cpu += task->cpu_ns != RECORD_ABSENT;
		type->max_rss += task->max_rss_bytes != RECORD_ABSENT;
	}
	return all;
}

/* ---- For people ----------------------------------------------------------------------------- */

/* Those that did not come to their end as they should. */
static size_t not_done(const struct counts *type)
{
	return type->attempts - type->states[CAMPAIGN_DONE] - type->states[CAMPAIGN_UNKNOWN];
}

static void known(struct table *table, size_t count, size_t of)
{
	if (count == of)
		table_cell(table, TEXT_DIM, "all");
	else
		table_cell(table, count ? TEXT_WARN : TEXT_DIM, "%zu", count);
}

static void add_types(struct document *doc, const struct campaign *campaign,
                      const struct counts *counts)
{
	static const struct table_column columns[] = {
	        {"type", NULL, TABLE_LEFT, 0},         {"attempts", NULL, TABLE_RIGHT, 1},
	        {"not done", NULL, TABLE_RIGHT, 1},    {"retried", NULL, TABLE_RIGHT, 2},
	        {"with wall", "time", TABLE_RIGHT, 3}, {"with CPU", "time", TABLE_RIGHT, 3},
	        {"with max", "RSS", TABLE_RIGHT, 3},
	};
	document_section(doc, "types", "Task types", "of how many attempts a figure is known");
	struct table *const table = document_table(doc, "", columns, ARRAY_LENGTH(columns));
	for (size_t t = 0; t < campaign->types.count; t++) {
		const struct counts *const type = &counts[t];
		if (type->attempts == 0)
			continue;
		table_row(table);
		table_cell(table, TEXT_PLAIN, "%s", campaign->types.items[t]);
		table_cell(table, TEXT_PLAIN, "%zu", type->attempts);
		table_cell(table, not_done(type) ? TEXT_PLAIN : TEXT_DIM, "%zu", not_done(type));
		table_cell(table, type->retried ? TEXT_PLAIN : TEXT_DIM, "%zu", type->retried);
		known(table, type->wall, type->attempts);
		known(table, type->cpu, type->attempts);
		known(table, type->max_rss, type->attempts);
	}
}

static void add_head(struct document *doc, const struct campaign *campaign, const char *path)
{
	cleanup_str struct str covariates = {0};
	for (size_t i = 0; i < campaign->covariate_count; i++)
		str_addf(&covariates, "%s%s (%s)", i > 0 ? ", " : "", campaign->covariates[i].name,
		         campaign->covariates[i].is_label ? "label" : "number");
	document_section(doc, "campaign", "", "");
	document_fact(doc, "file", "%s", path);
	document_fact(doc, "from", "%s, %s", campaign->source, campaign->format);
	document_fact(doc, "tasks", "%zu %s of %zu %s", campaign->task_count,
	              number_noun(campaign->task_count, "attempt", "attempts"),
	              campaign->types.count, number_noun(campaign->types.count, "type", "types"));
	document_fact(doc, "covariate", "%s", str_text(&covariates));
	document_fact(doc, "max RSS", "%s", campaign->max_rss_of ? campaign->max_rss_of : "");
	document_fact(doc, "CPU time", "%s", campaign->cpu_of ? campaign->cpu_of : "");
	doc->failed |= covariates.failed;
}

int imported_campaign_text(const struct campaign *campaign, const char *path,
                           const struct text_style *style, char **ret_text, struct error *err)
{
	cleanup_document struct document doc = {0};
	cleanup_free struct counts *counts = count(campaign, err);
	if (!counts)
		return error_memory(err);
	document_init(&doc, campaign->label, style);
	add_head(&doc, campaign, path);
	add_types(&doc, campaign, counts);
	return document_text_write(&doc, ret_text, err);
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static json_t *type_json(struct json_writer *w, const char *name, const struct counts *type)
{
	json_t *const object = json_object();
	json_t *const states = json_object();
	for (size_t s = 0; s < CAMPAIGN_STATES; s++)
		json_set(w, states, campaign_state_names[s], json_count(type->states[s]));
	json_set(w, object, "type", json_text(name));
	json_set(w, object, "attempts", json_count(type->attempts));
	json_set(w, object, "states", states);
	json_set(w, object, "retried", json_count(type->retried));
	json_set(w, object, "with_wall", json_count(type->wall));
	json_set(w, object, "with_cpu", json_count(type->cpu));
	json_set(w, object, "with_max_rss", json_count(type->max_rss));
	return object;
}

static json_t *covariates_json(struct json_writer *w, const struct campaign *campaign)
{
	json_t *const array = json_array();
	for (size_t i = 0; i < campaign->covariate_count; i++) {
		const struct campaign_covariate *const covariate = &campaign->covariates[i];
		json_t *const object = json_object();
		json_set(w, object, "name", json_text(covariate->name));
		json_set(w, object, "kind", json_text(covariate->is_label ? "label" : "number"));
		json_append(w, array, object);
	}
	return array;
}

int imported_campaign_json(const struct campaign *campaign, const char *path, char **ret_json,
                           struct error *err)
{
	struct json_writer w = {false};
	cleanup_free struct counts *counts = count(campaign, err);
	if (!counts)
		return error_memory(err);
	json_t *const answer = json_object();
	json_t *const types = json_array();
	json_t *const remarks = json_array();
	for (size_t t = 0; t < campaign->types.count; t++)
		if (counts[t].attempts > 0)
			json_append(&w, types, type_json(&w, campaign->types.items[t], &counts[t]));
	for (size_t i = 0; i < campaign->remarks.count; i++)
		json_append(&w, remarks, json_text(campaign->remarks.items[i]));
	json_set(&w, answer, "schema_version", json_integer(1));
	json_set(&w, answer, "campaign_file", json_text(path));
	json_set(&w, answer, "label", json_text(campaign->label));
	json_set(&w, answer, "format", json_text(campaign->format));
	json_set(&w, answer, "source", json_text(campaign->source));
	json_set(&w, answer, "max_rss_of", json_text(campaign->max_rss_of));
	json_set(&w, answer, "cpu_of", json_text(campaign->cpu_of));
	json_set(&w, answer, "attempts", json_count(campaign->task_count));
	json_set(&w, answer, "types", types);
	json_set(&w, answer, "covariates", covariates_json(&w, campaign));
	json_set(&w, answer, "remarks", remarks);
	return json_finish(&w, answer, ret_json, err);
}
