#include "report/json/status_json.h"

#include "core/clock.h"
#include "report/json/json_value.h"

static json_t *time_or_null(int64_t calendar_ns)
{
	char text[CLOCK_TEXT_BYTES];
	if (calendar_ns == RECORD_ABSENT || calendar_ns <= 0)
		return json_null();
	clock_format_utc(calendar_ns, text);
	return json_string(text);
}

static json_t *fleet_object(struct json_writer *w, const struct fleet *fleet)
{
	json_t *const object = json_object();
	json_set(w, object, "id", json_text(fleet->id));
	json_set(w, object, "name", json_text(fleet->name));
	json_set(w, object, "folder", json_text(fleet->folder));
	json_set(w, object, "created", time_or_null(fleet->created_ns));
	json_set(w, object, "observed", time_or_null(fleet->observed_ns));
	return object;
}

static json_t *batch_object(struct json_writer *w, const struct status_view *view)
{
	const struct status_batch *const batch = &view->batch;
	json_t *const object = json_object();
	json_set(w, object, "name", json_text(batch->name));
	json_set(w, object, "answered", json_boolean(batch->name && !batch->no_answer));
	json_set(w, object, "reason", json_text(batch->no_answer));
	json_set(w, object, "last_answer", time_or_null(batch->answered_ns));
	json_set(w, object, "calls", json_integer((json_int_t)batch->calls));
	json_set(w, object, "accounting", json_boolean(view->fleet->has_accounting));
	return object;
}

static json_t *counts_object(struct json_writer *w, const struct status_view *view)
{
	json_t *const object = json_object();
	for (int v = 0; v < FLEET_VERDICTS; v++)
		json_set(w, object, fleet_verdict_words[v].name, json_count(view->in_verdict[v]));
	return object;
}

static json_t *attempt_object(struct json_writer *w, const struct fleet_attempt *attempt)
{
	const struct job_report *const report = &attempt->report;
	const bool has_report = attempt->has_report;
	json_t *const object = json_object();
	json_set(w, object, "attempt", json_integer(attempt->number));
	json_set(w, object, "verdict", json_string(fleet_verdict_words[attempt->verdict].name));
	json_set(w, object, "reason", json_text(attempt->reason));
	json_set(w, object, "job", json_text(attempt->job.id));
	json_set(w, object, "job_state",
	         attempt->has_job ? json_string(job_state_names[attempt->job.state]) : json_null());
	json_set(w, object, "job_state_word", json_text(attempt->job.state_word));
	json_set(w, object, "job_reason", json_text(attempt->job.reason));
	json_set(w, object, "refused", json_text(attempt->refused));
	json_set(w, object, "stage",
	         has_report ? json_string(job_stage_names[report->stage]) : json_null());
	json_set(w, object, "updated", has_report ? time_or_null(report->updated_ns) : json_null());
	json_set(w, object, "trials_done",
	         has_report ? json_integer(report->trials_done) : json_null());
	json_set(w, object, "trials_planned",
	         has_report && report->trials_planned > 0 ? json_integer(report->trials_planned)
	                                                  : json_null());
	json_set(w, object, "result", json_text(attempt->result_path));
	return object;
}

static json_t *node_object(struct json_writer *w, const struct fleet_node *node, int64_t now_ns)
{
	json_t *const object = json_object();
	json_set(w, object, "node", json_text(node->name));
	json_set(w, object, "verdict", json_string(fleet_verdict_words[node->verdict].name));
	json_set(w, object, "reason", json_text(node->reason));
	json_set(w, object, "needs_look", json_boolean(status_needs_look(node, now_ns)));
	json_set(w, object, "partitions", json_text(node->partitions));
	json_set(w, object, "site_state", json_text(node->site_state));
	json_set(w, object, "site_reason", json_text(node->site_reason));
	json_set(w, object, "site_reason_by", json_text(node->site_reason_by));
	json_t *const attempts = json_array();
	for (size_t a = 0; a < node->attempt_count; a++)
		json_append(w, attempts, attempt_object(w, &node->attempts[a]));
	json_set(w, object, "attempts", attempts);
	return object;
}

int status_json_write(const struct status_view *view, char **ret_json, struct error *err)
{
	struct json_writer w = {false};
	json_t *const answer = json_object();
	json_set(&w, answer, "schema_version", json_integer(1));
	json_set(&w, answer, "fleet", fleet_object(&w, view->fleet));
	json_set(&w, answer, "batch_system", batch_object(&w, view));
	json_set(&w, answer, "verdicts", counts_object(&w, view));
	json_set(&w, answer, "unsubmitted", json_count(view->unsubmitted));
	json_set(&w, answer, "submitting", json_boolean(view->work.is_submitting));
	json_set(&w, answer, "uncollected", json_count(view->work.uncollected));
	json_t *const nodes = json_array();
	for (size_t i = 0; i < view->fleet->node_count; i++)
		json_append(&w, nodes,
		            node_object(&w, &view->fleet->nodes[i], view->fleet->observed_ns));
	json_set(&w, answer, "nodes", nodes);
	return json_finish(&w, answer, ret_json, err);
}
