#include "report/json/submit_json.h"

#include "core/str.h"
#include "report/json/json_value.h"

#include <math.h>

static json_t *step_json(struct json_writer *w, const struct submit_step *step)
{
	json_t *const object = json_object();
	json_set(w, object, "node", json_text(step->node));
	json_set(w, object, "state", json_text(submit_state_words[step->state].name));
	json_set(w, object, "attempt",
	         step->attempt > 0 && step->state != SUBMIT_NOT_RUN ? json_integer(step->attempt)
	                                                            : json_null());
	json_set(w, object, "job", json_text(step->job));
	json_set(w, object, "reason", json_text(step->reason));
	cleanup_str struct str remedy = {0};
	if (step->state == SUBMIT_NOT_RUN && step->is_drained_by_us)
		str_addf(&remedy, SUBMIT_RESUME_FORMAT, step->node);
	json_set(w, object, "remedy", json_text(remedy.length > 0 ? str_text(&remedy) : NULL));
	return object;
}

static json_t *preview_json(struct json_writer *w, const struct submit_preview *preview)
{
	json_t *const object = json_object();
	json_set(w, object, "node", json_text(preview->node));
	json_set(w, object, "path", json_text(preview->path));
	json_set(w, object, "script", json_text(preview->script));
	json_set(w, object, "command", json_text(preview->command));
	return object;
}

static json_t *counts_json(struct json_writer *w, const struct submit_steps *steps)
{
	json_t *const object = json_object();
	for (size_t s = 0; s < SUBMIT_STATES; s++)
		json_set(w, object, submit_state_words[s].name,
		         json_count(submit_steps_in(steps, (enum submit_state)s)));
	return object;
}

int submit_json_write(const struct submit_view *view, char **ret_json, struct error *err)
{
	const struct manifest *const manifest = view->manifest;
	const int64_t limit_ns = manifest->time_limit_ns;
	struct json_writer w = {false};
	json_t *const answer = json_object();
	json_t *const fleet = json_object();
	json_t *const nodes = json_array();
	json_set(&w, answer, "schema_version", json_integer(1));
	json_set_or_reason(&w, fleet, "id", view->is_dry ? json_null() : json_text(manifest->id),
	                   "--dry-run makes no fleet");
	json_set(&w, fleet, "name", json_text(manifest->name));
	json_set(&w, fleet, "folder", json_text(view->dir));
	json_set(&w, fleet, "scenario_sha256", json_text(manifest->scenario_sha256));
	json_set(&w, fleet, "time_limit_s",
	         json_number(limit_ns > 0 ? (double)limit_ns / 1e9 : (double)NAN));
	json_set(&w, fleet, "time_limit_of", json_text(view->limit_of));
	json_set(&w, answer, "fleet", fleet);
	json_set(&w, answer, "dry_run", json_boolean(view->is_dry));
	json_set(&w, answer, "interrupted", json_boolean(view->is_interrupted));
	json_set(&w, answer, "window", json_integer(view->window));
	json_set(&w, answer, "scheduler_calls", json_integer((json_int_t)view->scheduler_calls));
	json_set(&w, answer, "counts", counts_json(&w, view->steps));
	for (size_t i = 0; i < view->steps->count; i++)
		json_append(&w, nodes, step_json(&w, &view->steps->items[i]));
	json_set(&w, answer, "nodes", nodes);
	if (view->is_dry) {
		json_t *const jobs = json_array();
		for (size_t i = 0; i < view->preview_count; i++)
			json_append(&w, jobs, preview_json(&w, &view->previews[i]));
		json_set(&w, answer, "jobs", jobs);
	}
	return json_finish(&w, answer, ret_json, err);
}
