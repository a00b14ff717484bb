#include "report/json/history_json.h"

#include "report/json/json_value.h"

#include <math.h>

static json_t *row_object(struct json_writer *w, const struct history_row *row)
{
	const struct fleet_attempt *const attempt = row->attempt;
	const struct fleet_history_item *const item = row->item;
	const struct profile *const profile = attempt->has_profile ? &attempt->profile : NULL;
	json_t *const object = json_object();
	json_set(w, object, "number", json_integer(attempt->number));
	json_set(w, object, "began", json_calendar(row->at_ns));
	json_set(w, object, "verdict",
	         json_string(fleet_verdict_words[fleet_attempt_verdict(attempt)].name));
	json_set_or_reason(w, object, "reason", json_text(fleet_attempt_reason(attempt)),
	                   "there is nothing to say");
	json_set(w, object, "run", json_text(profile ? profile->run_id : NULL));
	json_set(w, object, "result", json_text(attempt->result_path));
	json_set(w, object, "throughput_per_s",
	         item ? json_number(item->throughput_per_s) : json_null());
	json_set(w, object, "relative", item ? json_number(item->relative) : json_null());
	json_set(w, object, "relative_ci95",
	         item && !item->is_first ? json_interval(item->low, item->high) : json_null());
	if (!item || item->is_first || !isfinite(item->low) || !isfinite(item->high))
		json_set(w, object, "relative_ci95_reason",
		         json_string(
		                 item && item->is_first
		                         ? "it is the first that was accepted: the others are held "
		                           "against it"
		                         : "its results leave no interval"));
	json_set(w, object, "relative_reason",
	         item ? json_text(item->reason) : json_string("it has no result that was loaded"));
	json_set(w, object, "is_first_accepted", json_boolean(item && item->is_first));
	json_set(w, object, "is_slower", json_boolean(item && item->is_slower));
	json_set(w, object, "changed", json_text(item && item->changed ? item->changed : ""));
	return object;
}

int history_json_write(const struct history_view *view, char **ret_json, struct error *err)
{
	struct json_writer w = {false};
	const struct fleet_history *const history = view->history;
	json_t *const answer = json_object();
	json_set(&w, answer, "schema_version", json_integer(1));
	json_set(&w, answer, "name", json_text(view->node->name));
	json_set(&w, answer, "concurrency",
	         history->concurrency > 0 ? json_integer(history->concurrency) : json_null());
	json_set(&w, answer, "policy", json_text(history->policy));
	json_set(&w, answer, "is_slower", json_boolean(history_is_slower(history)));
	json_set(&w, answer, "is_open", json_boolean(history->is_open));
	json_set(&w, answer, "class_relative", json_number(history->class_relative));
	if (isnan(history->class_relative))
		json_set(&w, answer, "class_relative_reason",
		         json_string("fewer than 5 nodes of its class have such a history, or its "
		                     "last result is not compared"));
	json_set(&w, answer, "class_nodes", json_count(history->class_nodes));
	json_set(&w, answer, "reason", json_text(history->sentence));
	json_t *const rows = json_array();
	for (size_t i = 0; i < view->row_count; i++)
		json_append(&w, rows, row_object(&w, &view->rows[i]));
	json_set(&w, answer, "attempts", rows);
	return json_finish(&w, answer, ret_json, err);
}
