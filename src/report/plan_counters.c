#include "report/plan_counters.h"

#include "core/number.h"
#include "core/str.h"

#include <inttypes.h>

static bool can_count(const struct plan_view *view, size_t event)
{
	return view->events[event].state == COUNTER_OK;
}

/* Names of the events that `wanted` holds, in their order. */
static void add_names(const struct plan_view *view, uint32_t wanted, struct str *text)
{
	bool is_first = true;
	for (size_t e = 0; e < view->event_count; e++) {
		if (!(wanted >> e & 1))
			continue;
		str_addf(text, "%s%s", is_first ? "" : ", ", view->events[e].name);
		is_first = false;
	}
}

static void add_not_counted(const struct plan_view *view, struct str *text)
{
	uint32_t not_counted = 0;
	for (size_t e = 0; e < view->event_count; e++)
		not_counted |= (uint32_t)!can_count(view, e) << e;
	if (!not_counted)
		return;
	str_add(text, "; cannot be counted here: ");
	add_names(view, not_counted, text);
}

static void add_sets(const struct plan_view *view, struct str *text)
{
	const struct event_sets *const sets = &view->plan->event_sets;
	uint32_t common = UINT32_MAX;
	for (uint32_t s = 0; s < sets->count; s++)
		common &= sets->events[s];
	str_addf(text, "%" PRIu32 " sets of events take turns, one in a trial; in all of them: ",
	         sets->count);
	add_names(view, common, text);
	for (uint32_t s = 0; s < sets->count; s++) {
		str_addf(text, "; in set %" PRIu32 ": ", s + 1);
		add_names(view, sets->events[s] & ~common, text);
	}
}

static void add_together(const struct plan_view *view, struct str *text)
{
	size_t counted = 0;
	for (size_t e = 0; e < view->event_count; e++)
		counted += can_count(view, e);
	str_addf(text, "%zu of %zu events, %s", counted, view->event_count,
	         view->is_multiplexed ? "all in every task, each part of the time (multiplexed)"
	                              : "all in every task");
}

/* Another machine's counters are not known. */
static void add_unknown(const struct plan_view *view, struct str *text)
{
	const size_t count = view->scenario->events.count;
	str_addf(text, "%zu %s; where they are more than counters, %s", count,
	         number_noun(count, "event", "events"),
	         view->scenario->overflow == OVERFLOW_ROTATE
	                 ? "sets of them take turns over the trials"
	                 : "every task counts each part of the time");
}

void plan_counters_add(const struct plan_view *view, struct str *text)
{
	if (view->scenario->events.count == 0) {
		str_add(text, "none");
		return;
	}
	if (!view->events) {
		add_unknown(view, text);
		return;
	}
	if (view->plan->event_sets.count > 0)
		add_sets(view, text);
	else
		add_together(view, text);
	add_not_counted(view, text);
	if (view->events_missing)
		str_addf(text, ". %s", view->events_missing);
}

/* The numbers of the sets that hold an event; null: every trial counts it. */
static json_t *sets_json(const struct event_sets *sets, size_t event)
{
	json_t *const array = sets->count > 0 ? json_array() : json_null();
	for (uint32_t s = 1; s <= sets->count; s++)
		if (event_sets_has(sets, s, event))
			json_array_append_new(array, json_integer(s));
	return array;
}

json_t *plan_counters_json(const struct plan_view *view)
{
	const struct words *const names = &view->scenario->events;
	const struct event_sets *const sets = &view->plan->event_sets;
	json_t *const events = json_array();
	for (size_t e = 0; e < names->count; e++) {
		json_t *const event = json_pack("{s:s}", "name", names->items[e]);
		if (view->events) {
			json_object_set_new(
			        event, "state",
			        json_string(counter_state_names[view->events[e].state]));
			json_object_set_new(event, "sets", sets_json(sets, e));
		}
		json_array_append_new(events, event);
	}
	return json_pack("{s:s, s:o, s:o}", "overflow",
	                 counters_overflow_names[view->scenario->overflow], "event_sets",
	                 view->events ? json_integer(sets->count) : json_null(), "events", events);
}
