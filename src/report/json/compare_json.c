#include "report/json/compare_json.h"

#include "core/error.h"
#include "report/json/json_run.h"
#include "report/json/json_scaling.h"
#include "report/json/json_value.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>

static json_t *side_object(struct json_writer *w, const struct side *side)
{
	json_t *const object = json_object();
	json_t *const runs = json_array();
	json_set(w, object, "name", json_text(side->name));
	json_set(w, object, "path", json_text(side->path));
	for (size_t i = 0; i < side->count; i++) {
		const struct findings *const findings = side->runs[i];
		const struct dataset *const dataset = findings->dataset;
		json_t *const run = json_run(w, dataset);
		json_set(w, run, "path", json_text(dataset->path));
		json_set(w, run, "processor",
		         json_text(host_facts_get(&dataset->host, "processor")));
		json_scalings(w, run, findings->scalings, findings->scaling_count,
		              "it has no level");
		json_append(w, runs, run);
	}
	json_set(w, object, "runs", runs);
	return object;
}

static json_t *ratio_object(struct json_writer *w, const struct ratio *ratio)
{
	json_t *const object = json_object();
	const struct estimate *const e = &ratio->value;
	json_set(w, object, ratio->is_difference ? "difference" : "ratio", json_number(e->value));
	/* How well published figures were read is no interval of 95 %. */
	const bool is_read = ratio->basis == BASIS_READING;
	json_set(w, object, "ci95", is_read ? json_null() : json_interval(e->low, e->high));
	if (is_read)
		json_set(w, object, "read_within", json_interval(e->low, e->high));
	json_set(w, object, "basis", json_string(ratio_basis_names[ratio->basis]));
	json_set(w, object, "base", json_estimate(w, &ratio->base));
	json_set(w, object, "new", json_estimate(w, &ratio->new));
	json_set(w, object, "base_n", json_count(ratio->base_n));
	json_set(w, object, "new_n", json_count(ratio->new_n));
	json_set(w, object, "beyond_chance", json_boolean(ratio_is_beyond_chance(ratio)));
	const char *const reason = ratio->reason ? ratio->reason
	                           : is_read ? "read_within has all that the readings leave open"
	                                     : e->reason;
	if (reason)
		json_set(w, object, "reason", json_text(reason));
	if (ratio->note)
		json_set(w, object, "note", json_text(ratio->note));
	return object;
}

/* "wall_s", "wall_s_p95", "counter.page-faults". */
static json_t *key_of(const struct measure_query *query)
{
	char key[RECORD_FIGURE_NAME_BYTES + 32];
	const struct measure *const measure = &measures[query->id];
	if (query->detail)
		snprintf(key, sizeof key, "%s%s", measure->name, query->detail);
	else if (query->statistic == STATISTIC_QUANTILE)
		snprintf(key, sizeof key, "%s_p%g", measure->key, 100 * query->quantile);
	else
		snprintf(key, sizeof key, "%s", measure->key);
	return json_text(key);
}

static json_t *level_object(struct json_writer *w, const struct comparison *c, size_t index)
{
	const struct compared_level *const level = &c->levels[index];
	json_t *const object = json_object();
	json_t *const list = json_object();
	json_set(w, object, "concurrency", json_integer(level->concurrency));
	json_set(w, object, "policy", json_text(level->policy));
	json_set(w, object, "new_policy", json_text(level->new_policy));
	if (!level->policy || !level->new_policy)
		json_set(w, object, "policy_reason",
		         json_string("what is null does not say how its tasks are placed"));
	for (size_t q = 0; q < c->query_count; q++) {
		json_t *const key = key_of(&c->queries[q]);
		json_set(w, list, json_string_value(key), ratio_object(w, &level->ratios[q]));
		json_decref(key);
	}
	json_set(w, object, "measures", list);
	return object;
}

static json_t *lone_array(struct json_writer *w, const struct comparison *c, bool is_new)
{
	json_t *const array = json_array();
	for (size_t i = 0; i < c->lone_count; i++) {
		if (c->lone[i].is_new != is_new)
			continue;
		json_t *const entry = json_object();
		json_set(w, entry, "concurrency", json_integer(c->lone[i].concurrency));
		json_set(w, entry, "policy", json_text(c->lone[i].policy));
		if (!c->lone[i].policy)
			json_set(w, entry, "policy_reason", json_string("it is not said"));
		json_append(w, array, entry);
	}
	return array;
}

static json_t *best_object(struct json_writer *w, uint32_t concurrency, const char *policy)
{
	json_t *const object = json_object();
	json_set(w, object, "concurrency",
	         concurrency > 0 ? json_integer(concurrency) : json_null());
	json_set(w, object, "policy", json_text(policy));
	if (concurrency == 0)
		json_set(w, object, "reason", json_string("no level has a throughput"));
	else if (!policy)
		json_set(w, object, "reason",
		         json_string("it does not say how its tasks are placed"));
	return object;
}

static json_t *node_object(struct json_writer *w, const struct compared_nodes *nodes)
{
	json_t *const object = json_object();
	json_set(w, object, "throughput", ratio_object(w, &nodes->throughput));
	json_set(w, object, "base_best", best_object(w, nodes->base_best, nodes->base_policy));
	json_set(w, object, "new_best", best_object(w, nodes->new_best, nodes->new_policy));
	json_set(w, object, "cpu_factor", ratio_object(w, &nodes->cpu_factor));
	json_set(w, object, "single", ratio_object(w, &nodes->single));
	json_set(w, object, "single_concurrency",
	         nodes->single_level > 0 ? json_integer(nodes->single_level) : json_null());
	if (nodes->single_level == 0)
		json_set(w, object, "single_reason", json_text(nodes->single.reason));
	json_set(w, object, "sentence", json_text(nodes->sentence));
	return object;
}

static json_t *remarks_array(struct json_writer *w, const struct comparison *c)
{
	json_t *const array = json_array();
	for (size_t i = 0; i < c->remark_count; i++) {
		json_t *const entry = json_object();
		json_set(w, entry, "code", json_text(c->remarks[i].code));
		json_set(w, entry, "serious", json_boolean(c->remarks[i].is_serious));
		json_set(w, entry, "text", json_text(c->remarks[i].text));
		json_append(w, array, entry);
	}
	return array;
}

static json_t *comparison_object(struct json_writer *w, const struct comparison *c)
{
	json_t *const object = json_object();
	json_t *const levels = json_array();
	for (size_t i = 0; i < c->level_count; i++)
		json_append(w, levels, level_object(w, c, i));
	json_set(w, object, "new", side_object(w, &c->new));
	json_set(w, object, "node", node_object(w, &c->nodes));
	json_set(w, object, "levels", levels);
	json_set(w, object, "only_base", lone_array(w, c, false));
	json_set(w, object, "only_new", lone_array(w, c, true));
	json_set(w, object, "remarks", remarks_array(w, c));
	return object;
}

int compare_json_write(const struct comparison *comparisons, size_t count, char **ret_json,
                       struct error *err)
{
	struct json_writer w = {false};
	json_t *const answer = json_object();
	json_t *const list = json_array();
	for (size_t i = 0; i < count; i++)
		json_append(&w, list, comparison_object(&w, &comparisons[i]));
	json_set(&w, answer, "schema_version", json_integer(1));
	json_set(&w, answer, "base", side_object(&w, &comparisons[0].base));
	json_set(&w, answer, "comparisons", list);
	return json_finish(&w, answer, ret_json, err);
}
