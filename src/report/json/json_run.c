#include "report/json/json_run.h"

json_t *json_run(struct json_writer *w, const struct dataset *dataset)
{
	const struct run_facts *const run = &dataset->run;
	json_t *const object = json_object();
	json_set(w, object, "id", json_text(run->id));
	json_set(w, object, "name", json_text(run->name));
	json_set(w, object, "host", json_text(host_facts_get(&dataset->host, "hostname")));
	json_set(w, object, "state", json_string(run_state_names[run->state]));
	/* Of imported records whose times are not known it is when they were imported. */
	const bool is_known = !run->imported || run->finished_calendar_ns != RECORD_ABSENT;
	json_set(w, object, "started",
	         json_calendar(is_known ? run->origin_calendar_ns : RECORD_ABSENT));
	json_set(w, object, "finished", json_calendar(run->finished_calendar_ns));
	json_set(w, object, "imported", json_text(run->imported));
	json_set(w, object, "source", json_text(run->source));
	json_set(w, object, "scenario_sha256", json_text(run->scenario_sha256));
	json_set(w, object, "baseline", json_integer(run->baseline));
	return object;
}
