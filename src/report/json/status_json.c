#include "report/json/status_json.h"

#include "report/json/json_value.h"
#include "report/json/site_json.h"

static json_t *fleet_object(struct json_writer *w, const struct fleet *fleet)
{
	json_t *const object = json_object();
	json_set(w, object, "id", json_text(fleet->id));
	json_set(w, object, "name", json_text(fleet->name));
	json_set(w, object, "folder", json_text(fleet->folder));
	json_set_or_reason(w, object, "created", json_calendar(fleet->created_ns),
	                   "it is not known");
	json_set_or_reason(w, object, "observed", json_calendar(fleet->observed_ns),
	                   "it is not known");
	json_set(w, object, "nodes", json_count(fleet->node_count));
	json_set(w, object, "has_accounting", json_boolean(fleet->has_accounting));
	return object;
}

static json_t *scheduler_object(struct json_writer *w, const struct status_batch *batch)
{
	json_t *const object = json_object();
	json_set(w, object, "name", json_text(batch->name));
	json_set(w, object, "has_answered", json_boolean(batch->name && !batch->no_answer));
	json_set_or_reason(w, object, "reason", json_text(batch->no_answer), "it has answered");
	json_set_or_reason(w, object, "last_answer", json_calendar(batch->answered_ns),
	                   "it was not asked, or did not answer");
	json_set(w, object, "calls", json_integer((json_int_t)batch->calls));
	return object;
}

static json_t *counts_object(struct json_writer *w, const struct status_view *view)
{
	json_t *const object = json_object();
	for (int v = 0; v < FLEET_VERDICTS; v++)
		json_set(w, object, fleet_verdict_words[v].name, json_count(view->in_verdict[v]));
	return object;
}

static json_t *job_object(struct json_writer *w, const struct fleet_attempt *attempt)
{
	const struct batch_job *const job = &attempt->job;
	if (!job->id)
		return json_null();
	json_t *const object = json_object();
	json_set(w, object, "id", json_text(job->id));
	json_set_or_reason(w, object, "state",
	                   attempt->has_job ? json_string(job_state_names[job->state])
	                                    : json_null(),
	                   "the batch system did not tell");
	json_set_or_reason(w, object, "state_word", json_text(job->state_word), "it is not known");
	json_set_or_reason(w, object, "waits_for", json_text(job->reason), "it waits for nothing");
	return object;
}

static json_t *report_object(struct json_writer *w, const struct fleet_attempt *attempt)
{
	const struct job_report *const report = &attempt->report;
	if (!attempt->has_report)
		return json_null();
	json_t *const object = json_object();
	json_set(w, object, "stage", json_string(job_stage_names[report->stage]));
	json_set_or_reason(w, object, "updated", json_calendar(report->updated_ns),
	                   "it is not known");
	json_set(w, object, "trials_done", json_integer(report->trials_done));
	json_set_or_reason(w, object, "trials_planned",
	                   report->trials_planned > 0 ? json_integer(report->trials_planned)
	                                              : json_null(),
	                   "it is not known yet");
	return object;
}

static json_t *attempt_object(struct json_writer *w, const struct fleet_attempt *attempt)
{
	json_t *const object = json_object();
	json_set(w, object, "number", json_integer(attempt->number));
	json_set(w, object, "verdict", json_string(fleet_verdict_words[attempt->verdict].name));
	json_set_or_reason(w, object, "reason", json_text(attempt->reason),
	                   "there is nothing to say");
	json_set_or_reason(w, object, "refused", json_text(attempt->refused),
	                   "it was taken, or not asked");
	json_set_or_reason(w, object, "job", job_object(w, attempt), "none was submitted");
	json_set_or_reason(w, object, "said", report_object(w, attempt),
	                   "it has not written a word");
	json_set_or_reason(w, object, "result", json_text(attempt->result_path), "there is none");
	return object;
}

static json_t *node_object(struct json_writer *w, const struct fleet_node *node, int64_t now_ns)
{
	json_t *const object = json_object();
	json_set(w, object, "name", json_text(node->name));
	json_set(w, object, "verdict", json_string(fleet_verdict_words[node->verdict].name));
	json_set_or_reason(w, object, "reason", json_text(node->reason), "there is nothing to say");
	json_set(w, object, "needs_look", json_boolean(status_needs_look(node, now_ns)));
	json_set_or_reason(w, object, "partitions", json_text(node->partitions),
	                   "the site was not asked");
	json_set(w, object, "site", json_site(w, node));
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
	json_set(&w, answer, "scheduler", scheduler_object(&w, &view->batch));
	json_set(&w, answer, "in_verdict", counts_object(&w, view));
	json_set(&w, answer, "unsubmitted", json_count(view->unsubmitted));
	json_set(&w, answer, "is_submitting", json_boolean(view->work.is_submitting));
	json_set(&w, answer, "uncollected", json_count(view->work.uncollected));
	json_set(&w, answer, "unranked", json_count(view->work.unranked));
	json_t *const nodes = json_array();
	for (size_t i = 0; i < view->fleet->node_count; i++)
		json_append(&w, nodes,
		            node_object(&w, &view->fleet->nodes[i], view->fleet->observed_ns));
	json_set(&w, answer, "nodes", nodes);
	return json_finish(&w, answer, ret_json, err);
}
