#include "report/json/collect_json.h"

#include "report/json/json_value.h"

static json_t *results(struct json_writer *w, const struct collected *collected)
{
	json_t *const object = json_object();
	json_set(w, object, "new", json_count(collected->new_results));
	json_set(w, object, "changed", json_count(collected->changed_results));
	json_set(w, object, "known", json_count(collected->known_results));
	json_t *const unreadable = json_array();
	for (size_t i = 0; i < collected->unreadable->count; i++)
		json_append(w, unreadable, json_text(collected->unreadable->items[i]));
	json_set(w, object, "unreadable", unreadable);
	return object;
}

static json_t *in_verdict(struct json_writer *w, const struct fleet *fleet)
{
	size_t counts[FLEET_VERDICTS] = {0};
	json_t *const object = json_object();
	for (size_t i = 0; i < fleet->node_count; i++)
		counts[fleet->nodes[i].verdict]++;
	for (size_t v = 0; v < FLEET_VERDICTS; v++)
		json_set(w, object, fleet_verdict_words[v].name, json_count(counts[v]));
	return object;
}

int collect_json_write(const struct collected *collected, char **ret_json, struct error *err)
{
	struct json_writer w = {false};
	const struct fleet *const fleet = collected->fleet;
	json_t *const answer = json_object();
	size_t attempts = 0;
	for (size_t i = 0; i < fleet->node_count; i++)
		attempts += fleet->nodes[i].attempt_count;
	json_set(&w, answer, "schema_version", json_integer(1));
	json_set(&w, answer, "fleet_file", json_text(collected->path));
	json_set(&w, answer, "has_changed", json_boolean(collected->has_changed));
	json_set(&w, answer, "nodes", json_count(fleet->node_count));
	json_set(&w, answer, "attempts", json_count(attempts));
	json_set(&w, answer, "results", results(&w, collected));
	json_set(&w, answer, "fleet_files", json_count(collected->fleet_files));
	json_set(&w, answer, "fleet_file_attempts", json_count(collected->file_attempts));
	json_set(&w, answer, "in_verdict", in_verdict(&w, fleet));
	json_set(&w, answer, "scheduler_calls", json_count((size_t)collected->scheduler_calls));
	json_set_or_reason(&w, answer, "no_batch_system", json_text(collected->no_batch),
	                   "the batch system was asked, or need not be");
	return json_finish(&w, answer, ret_json, err);
}
