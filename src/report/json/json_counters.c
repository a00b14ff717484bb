#include "report/json/json_counters.h"

#include "core/str.h"
#include "report/event_text.h"

/* Events that count nanoseconds. */
static bool is_clock(const char *name)
{
	return str_starts_with(name, "task-clock") || str_starts_with(name, "cpu-clock");
}

static json_t *text_or_null(const char *text)
{
	return json_text(text && text[0] ? text : NULL);
}

/* Which event it was. */
static void set_definition(struct json_writer *w, json_t *entry,
                           const struct event_definition *event)
{
	char raw[EVENT_RAW_BYTES];
	event_raw(event, raw);
	json_set(w, entry, "event", text_or_null(event->encoded));
	json_set(w, entry, "metric", text_or_null(event->metric));
	json_set(w, entry, "choice", event->choice ? json_count(event->choice) : json_null());
	json_set(w, entry, "encoded", text_or_null(event->encoded));
	json_set(w, entry, "raw", text_or_null(raw));
	json_set(w, entry, "user_only", json_boolean(event->is_user_only));
	json_set(w, entry, "note", text_or_null(event->note));
}

static json_t *counter_object(struct json_writer *w, const struct event_definition *event,
                              const struct counter_summary *counter)
{
	json_t *const entry = json_object();
	json_set(w, entry, "mean", json_number(counter->mean));
	json_set(w, entry, "unit", json_string(is_clock(event->name) ? "ns" : "count"));
	json_set(w, entry, "state", json_string(counter_state_names[counter->state]));
	set_definition(w, entry, event);
	json_set(w, entry, "tasks", json_count(counter->tasks));
	json_set(w, entry, "trials", json_count(counter->trials));
	json_set(w, entry, "running_share", json_number(counter->running_share));
	if (counter->reason)
		json_set(w, entry, "reason", json_text(counter->reason));
	if (counter->remedy)
		json_set(w, entry, "remedy", json_text(counter->remedy));
	return entry;
}

json_t *json_counters(struct json_writer *w, const struct dataset *dataset,
                      const struct level_summary *level)
{
	json_t *const object = json_object();
	for (size_t e = 0; e < dataset->event_count; e++) {
		const struct event_definition *const event = &dataset->events[e];
		/* A key must be UTF-8 as well. */
		json_t *const key = json_text(event->name);
		json_set(w, object, json_string_value(key),
		         counter_object(w, event, &level->counters[e]));
		json_decref(key);
	}
	return object;
}
