#include "report/json/plan_json.h"

#include "core/error.h"
#include "core/str.h"
#include "report/plan_counters.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>

static json_t *index_or_null(int32_t index)
{
	return index < 0 ? json_null() : json_integer(index);
}

static json_t *slot_json(uint32_t number, const struct plan_slot *slot)
{
	json_t *const pus = json_array();
	for (size_t i = 0; i < slot->pu_count; i++)
		json_array_append_new(pus, json_integer(slot->pus[i]));
	return json_pack("{s:i, s:o, s:o, s:o, s:o, s:o}", "slot", (int)number, "pus", pus, "core",
	                 index_or_null(slot->core), "l3", index_or_null(slot->l3), "numa",
	                 index_or_null(slot->numa), "package", index_or_null(slot->package));
}

static json_t *level_json(const struct plan_level *level)
{
	json_t *const slots = json_array();
	for (uint32_t i = 0; i < level->concurrency; i++)
		json_array_append_new(slots, slot_json(i, &level->slots[i]));
	json_t *const object = json_pack(
	        "{s:i, s:s, s:s, s:o, s:b, s:o, s:s?}", "concurrency", (int)level->concurrency,
	        "policy", level->policy, "spelling", level->spelling, "slots", slots,
	        "oversubscribed", (int)level->is_oversubscribed, "memory_bytes",
	        level->memory_bytes < 0 ? json_null() : json_integer(level->memory_bytes),
	        "skipped", level->skipped);
	if (object && level->memory_bytes < 0)
		json_object_set_new(object, "memory_bytes_reason",
		                    json_string("task.memory is not given"));
	return object;
}

static void add_criteria(json_t *object, const struct plan_view *view)
{
	const struct criteria *const accept = &view->scenario->accept;
	const double most = plan_view_most_seconds(view);
	json_object_set_new(object, "criteria", json_integer((json_int_t)accept->count));
	json_object_set_new(object, "max_repeats",
	                    accept->max_repeats ? json_integer(accept->max_repeats) : json_null());
	json_object_set_new(object, "most_seconds", isnan(most) ? json_null() : json_real(most));
}

static json_t *plan_json(const struct plan_view *view)
{
	const struct plan *const plan = view->plan;
	json_t *const levels = json_array();
	for (size_t i = 0; i < plan->level_count; i++)
		if (json_array_append_new(levels, level_json(&plan->levels[i])) < 0) {
			json_decref(levels);
			return NULL;
		}
	const double seconds = plan_view_seconds(view);
	json_t *const object = json_pack(
	        "{s:i, s:o, s:I, s:o, s:i, s:i, s:i, s:s?, s:s?}", "schema_version", 1, "levels",
	        levels, "trials", (json_int_t)plan_view_trials(view), "seconds",
	        isnan(seconds) ? json_null() : json_real(seconds), "capacity", (int)plan->capacity,
	        "baseline", (int)plan->baseline, "input_count", (int)plan->input_count,
	        "input_problem", view->input_problem, "note", plan->note);
	if (object)
		json_object_set_new(object, "counters", plan_counters_json(view));
	if (object)
		add_criteria(object, view);
	if (object && isnan(seconds))
		json_object_set_new(object, "seconds_reason",
		                    json_string("the time of a task is unknown"));
	return object;
}

int plan_json_write(const struct plan_view *view, char **ret_json, struct error *err)
{
	json_t *const object = plan_json(view);
	char *const text = object ? json_dumps(object, 0) : NULL;
	json_decref(object);
	if (!text)
		return error_set(err, ENOMEM,
		                 "the plan cannot be written as JSON: no memory, or "
		                 "a text in it that is not UTF-8");
	const int r = str_format(ret_json, err, "%s\n", text);
	free(text);
	return r;
}
