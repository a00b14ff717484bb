#include "report/json/json_attribution.h"

#include "core/cleanup.h"
#include "core/error.h"

#include <math.h>
#include <string.h>

/* Why a factor is not of the mode that was used. */
static const char *factor_reason(const struct attribution *a, size_t factor)
{
	const bool is_split = a->mode != ATTRIBUTION_NO_COUNTERS;
	if (factor == FACTOR_ON_CPU)
		return "it is split into the factors before it";
	if (a->mode == ATTRIBUTION_KERNEL_AND_USER)
		return "kernel mode was counted too, and is in the factors before it";
	return is_split ? "clock and kernel are not told apart: both are in on_cpu"
	                : "nothing was counted that tells it: it is in on_cpu";
}

static void set_null(struct json_writer *w, json_t *object, const char *name, const char *reason)
{
	char key[64];
	snprintf(key, sizeof key, "%s_reason", name);
	json_set(w, object, name, json_null());
	json_set(w, object, key, json_text(reason));
}

static void set_factor(struct json_writer *w, json_t *object, const struct attribution *a,
                       size_t factor)
{
	const struct estimate *const e = &a->factors[factor];
	const char *const name = attribution_factor_names[factor];
	if (factor == FACTOR_OFF_CPU && a->is_parallelism)
		set_null(w, object, name, "tasks use several PUs at once: see parallelism");
	else if (estimate_has_value(e))
		json_set(w, object, name, json_estimate(w, e));
	else
		set_null(w, object, name, factor_reason(a, factor));
}

/* "cpu_some" of "stall_cpu_some_s". */
static json_t *stall_name(size_t kind)
{
	const char *const name = stall_sample_names[kind] + strlen("stall_");
	return json_stringn(name, strlen(name) - strlen("_s"));
}

static json_t *stalls_object(struct json_writer *w, const struct off_cpu_split *split)
{
	json_t *const object = json_object();
	for (size_t k = 0; k < STALL_KINDS; k++) {
		json_t *const name = stall_name(k);
		json_set(w, object, json_string_value(name), json_number(split->stalls[k]));
		json_decref(name);
	}
	return object;
}

static bool has_stalls(const struct off_cpu_split *split)
{
	for (size_t k = 0; k < STALL_KINDS; k++)
		if (isfinite(split->stalls[k]))
			return true;
	return false;
}

static json_t *split_object(struct json_writer *w, const struct dataset *dataset,
                            const struct off_cpu_split *split)
{
	json_t *const object = json_object();
	for (size_t part = 0; part < OFF_CPU_PARTS; part++) {
		const char *const name = off_cpu_part_names[part];
		char key[64];
		snprintf(key, sizeof key, "%s_reason", name);
		json_set(w, object, name, json_number(split->seconds[part]));
		if (split->reason[part])
			json_set(w, object, key, json_text(split->reason[part]));
	}
	json_set(w, object, "tasks", json_count(split->tasks));
	if (has_stalls(split))
		json_set(w, object, "stalled", stalls_object(w, split));
	else
		set_null(w, object, "stalled", attribution_no_stalls(dataset));
	return object;
}

static json_t *causes_array(struct json_writer *w, const struct attribution *a)
{
	size_t causes[FACTOR_COUNT];
	json_t *const array = json_array();
	const size_t count = attribution_causes(a, causes);
	for (size_t i = 0; i < count; i++)
		json_append(w, array,
		            json_string(causes[i] == FACTOR_OFF_CPU && a->is_parallelism
		                                ? "parallelism"
		                                : attribution_factor_names[causes[i]]));
	return array;
}

void json_attribution(struct json_writer *w, json_t *object, const struct findings *findings,
                      size_t level)
{
	const struct attribution *const a = &findings->attributions[level];
	if (a->mode == ATTRIBUTION_NONE) {
		set_null(w, object, "attribution", a->reason);
		return;
	}
	struct error err;
	cleanup_free char *sentence = NULL;
	w->failed |= attribution_sentence(&findings->summary, findings->attributions, level,
	                                  &sentence, &err) < 0;
	json_t *const entry = json_object();
	json_set(w, entry, "mode", json_string(attribution_mode_names[a->mode]));
	if (a->reason)
		json_set(w, entry, "reason", json_text(a->reason));
	json_set(w, entry, "baseline",
	         json_integer(findings->summary.levels[a->baseline].level->concurrency));
	for (size_t f = 0; f < FACTOR_COUNT; f++)
		set_factor(w, entry, a, f);
	if (a->is_parallelism)
		json_set(w, entry, "parallelism", json_estimate(w, &a->factors[FACTOR_OFF_CPU]));
	else
		set_null(w, entry, "parallelism", "tasks use one PU at a time: see off_cpu");
	json_set(w, entry, "product", json_estimate(w, &a->product));
	json_set(w, entry, "occupancy", json_estimate(w, &a->occupancy));
	json_set(w, entry, "failures", json_estimate(w, &a->failures));
	json_set(w, entry, "tasks_used", json_count(a->tasks_used));
	json_set(w, entry, "tasks_successful", json_count(a->tasks_successful));
	json_set(w, entry, "causes", causes_array(w, a));
	json_set(w, entry, "sentence", json_text(sentence));
	json_set(w, entry, "off_cpu_s_split", split_object(w, findings->dataset, &a->off_cpu));
	if (a->off_cpu_main >= 0)
		json_set(w, entry, "off_cpu_main",
		         json_string(off_cpu_part_names[a->off_cpu_main]));
	else
		set_null(w, entry, "off_cpu_main",
		         "no known part makes up most of the growth since the baseline");
	json_set(w, object, "attribution", entry);
}
