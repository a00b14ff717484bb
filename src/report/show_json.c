#include "report/show_json.h"

#include "core/clock.h"
#include "core/error.h"
#include "core/str.h"
#include "report/failures.h"
#include "report/text_style.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>

/* jansson's setters that take a new reference accept NULL as "out of memory" and say so; the whole
 * answer is built first, and `failed` asked once. */
struct writer {
	bool failed;
};

static void set(struct writer *w, json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new(object, key, value) < 0)
		w->failed = true;
}

static void append(struct writer *w, json_t *array, json_t *value)
{
	if (json_array_append_new(array, value) < 0)
		w->failed = true;
}

/* A number, or null for one that is absent. */
static json_t *number(double value)
{
	return isfinite(value) ? json_real(value) : json_null();
}

static json_t *integer(size_t value)
{
	return json_integer((json_int_t)value);
}

/* A text, or null; bytes that are not UTF-8 become '?', since JSON cannot hold them. */
static json_t *text(const char *value)
{
	if (!value)
		return json_null();
	json_t *const string = json_string(value);
	if (string)
		return string;
	static const struct text_style style = {.width = 80};
	cleanup_str struct str clean = {0};
	text_clean(&clean, &style, value);
	return json_string(str_text(&clean));
}

static json_t *calendar(int64_t calendar_ns)
{
	char utc[CLOCK_TEXT_BYTES];
	if (calendar_ns == RECORD_ABSENT)
		return json_null();
	clock_format_utc(calendar_ns, utc);
	return json_string(utc);
}

static json_t *estimate(struct writer *w, const struct estimate *e)
{
	json_t *const object = json_object();
	set(w, object, "value", number(e->value));
	if (estimate_has_interval(e))
		set(w, object, "ci95", json_pack("[f, f]", e->low, e->high));
	else
		set(w, object, "ci95", json_null());
	set(w, object, "n", integer(e->n));
	if (e->reason)
		set(w, object, "reason", text(e->reason));
	return object;
}

static json_t *spread(struct writer *w, const struct spread *s)
{
	json_t *const object = json_object();
	set(w, object, "mean", number(s->mean));
	set(w, object, "median", number(s->median));
	set(w, object, "p95", number(s->p95));
	set(w, object, "max", number(s->max));
	if (s->reason)
		set(w, object, "reason", text(s->reason));
	return object;
}

/* Events that count nanoseconds. */
static bool is_clock(const char *name)
{
	return str_starts_with(name, "task-clock") || str_starts_with(name, "cpu-clock");
}

static json_t *counters(struct writer *w, const struct dataset *dataset,
                        const struct level_summary *level)
{
	json_t *const object = json_object();
	for (size_t e = 0; e < dataset->event_count; e++) {
		const struct event_definition *const event = &dataset->events[e];
		const struct counter_summary *const counter = &level->counters[e];
		json_t *const entry = json_object();
		set(w, entry, "mean", number(counter->mean));
		set(w, entry, "unit", json_string(is_clock(event->name) ? "ns" : "count"));
		set(w, entry, "state", json_string(counter_state_names[counter->state]));
		set(w, entry, "event", text(event->encoded[0] ? event->encoded : NULL));
		set(w, entry, "user_only", json_boolean(event->is_user_only));
		set(w, entry, "tasks", integer(counter->tasks));
		if (counter->reason)
			set(w, entry, "reason", text(counter->reason));
		/* A key must be UTF-8 as well. */
		json_t *const key = text(event->name);
		set(w, object, json_string_value(key), entry);
		json_decref(key);
	}
	return object;
}

static json_t *frequency(struct writer *w, const struct level_summary *level)
{
	json_t *const object = estimate(w, &level->frequency_hz);
	set(w, object, "source",
	    level->frequency_source == FREQUENCY_ABSENT
	            ? json_null()
	            : json_string(frequency_source_names[level->frequency_source]));
	return object;
}

/* Counts by name of the states that occur. */
static json_t *states(struct writer *w, const size_t *counts, const char *const *names,
                      size_t state_count)
{
	json_t *const object = json_object();
	for (size_t s = 0; s < state_count; s++)
		if (counts[s] > 0)
			set(w, object, names[s], integer(counts[s]));
	return object;
}

static json_t *occupancy(struct writer *w, const struct level_summary *level)
{
	json_t *const object = json_object();
	set(w, object, "held", number(level->held));
	set(w, object, "min", number(level->held_min));
	if (level->reason)
		set(w, object, "reason", text(level->reason));
	return object;
}

static json_t *level_object(struct writer *w, const struct dataset *dataset,
                            const struct level_summary *level)
{
	static const char no_attribution[] = "the loss is not split into causes by this version";
	json_t *const object = json_object();
	set(w, object, "concurrency", json_integer(level->level->concurrency));
	set(w, object, "policy", text(level->level->policy));
	set(w, object, "trials", integer(level->trials));
	set(w, object, "trials_in_state",
	    states(w, level->trials_in_state, trial_state_names, TRIAL_STATES));
	set(w, object, "tasks", integer(level->tasks));
	set(w, object, "failed", integer(level->failed));
	set(w, object, "tasks_in_state",
	    states(w, level->tasks_in_state, task_state_names, TASK_STATES));
	set(w, object, "oversubscribed", json_boolean(level->level->is_oversubscribed));
	set(w, object, "censored", json_boolean(level->is_censored));
	set(w, object, "reason", text(level->reason));
	set(w, object, "throughput_per_s", estimate(w, &level->throughput_per_s));
	set(w, object, "efficiency", estimate(w, &level->efficiency));
	set(w, object, "wall_s", spread(w, &level->wall_s));
	set(w, object, "user_s", spread(w, &level->user_s));
	set(w, object, "system_s", spread(w, &level->system_s));
	set(w, object, "off_cpu_s", spread(w, &level->off_cpu_s));
	set(w, object, "max_rss_bytes", spread(w, &level->max_rss_bytes));
	set(w, object, "frequency_hz", frequency(w, level));
	set(w, object, "counters", counters(w, dataset, level));
	set(w, object, "attribution", json_null());
	set(w, object, "attribution_reason", json_string(no_attribution));
	set(w, object, "occupancy", occupancy(w, level));
	return object;
}

static json_t *run_object(struct writer *w, const struct dataset *dataset)
{
	const struct run_facts *const run = &dataset->run;
	json_t *const object = json_object();
	set(w, object, "id", text(run->id));
	set(w, object, "name", text(run->name));
	set(w, object, "host", text(host_facts_get(&dataset->host, "hostname")));
	set(w, object, "state", json_string(run_state_names[run->state]));
	set(w, object, "started", calendar(run->origin_calendar_ns));
	set(w, object, "finished", calendar(run->finished_calendar_ns));
	set(w, object, "scenario_sha256", text(run->scenario_sha256));
	set(w, object, "baseline", json_integer(run->baseline));
	return object;
}

static json_t *harness_object(struct writer *w, const struct harness_summary *harness)
{
	static const char not_recorded[] = "what is null was not recorded in any trial that counts";
	json_t *const object = json_object();
	json_t *const gap = json_object();
	set(w, object, "cpu_s_per_task", number(harness->cpu_s_per_task));
	set(w, gap, "median", number(harness->idle_gap_median_s));
	set(w, gap, "p95", number(harness->idle_gap_p95_s));
	if (!isfinite(harness->idle_gap_median_s))
		set(w, gap, "reason", json_string(not_recorded));
	set(w, object, "idle_gap_s", gap);
	set(w, object, "max_rss_bytes", number(harness->max_rss_bytes));
	if (!isfinite(harness->cpu_s_per_task) || !isfinite(harness->max_rss_bytes))
		set(w, object, "reason", json_string(not_recorded));
	return object;
}

static json_t *failure_object(struct writer *w, const struct summary *summary,
                              const struct failure *failure)
{
	char what[FAILURE_TEXT_BYTES];
	json_t *const object = json_object();
	if (failure->level == FAILURE_PROBE) {
		static const char no_level[] = "the probe runs alone, before the first level";
		set(w, object, "concurrency", json_null());
		set(w, object, "concurrency_reason", json_string(no_level));
		set(w, object, "policy", json_null());
		set(w, object, "policy_reason", json_string(no_level));
	} else {
		const struct dataset_level *const level = summary->levels[failure->level].level;
		set(w, object, "concurrency", json_integer(level->concurrency));
		set(w, object, "policy", text(level->policy));
	}
	failure_describe(failure, what);
	set(w, object, "state", json_string(task_state_names[failure->state]));
	set(w, object, "tasks", integer(failure->count));
	set(w, object, "what", text(what));
	set(w, object, "said", text(failure->said));
	if (!failure->said)
		set(w, object, "said_reason", json_string("nothing that they printed was kept"));
	return object;
}

static json_t *failures_array(struct writer *w, const struct dataset *dataset,
                              const struct summary *summary)
{
	struct error err;
	cleanup_failures struct failures failures = {0};
	json_t *const array = json_array();
	w->failed |= failures_collect(dataset, summary, &failures, &err) < 0;
	for (size_t i = 0; i < failures.count; i++)
		append(w, array, failure_object(w, summary, &failures.items[i]));
	return array;
}

static json_t *warnings_array(struct writer *w, const struct summary *summary)
{
	json_t *const array = json_array();
	for (size_t i = 0; i < summary->warning_count; i++) {
		json_t *const entry = json_object();
		set(w, entry, "code", text(summary->warnings[i].code));
		set(w, entry, "text", text(summary->warnings[i].text));
		append(w, array, entry);
	}
	return array;
}

int show_json_write(const struct findings *findings, char **ret_json, struct error *err)
{
	const struct dataset *const dataset = findings->dataset;
	const struct summary *const summary = &findings->summary;
	struct writer w = {false};
	json_t *const answer = json_object();
	json_t *const levels = json_array();
	for (size_t i = 0; i < summary->level_count; i++)
		append(&w, levels, level_object(&w, dataset, &summary->levels[i]));
	set(&w, answer, "schema_version", json_integer(1));
	set(&w, answer, "run", run_object(&w, dataset));
	set(&w, answer, "levels", levels);
	set(&w, answer, "fits", json_array());
	set(&w, answer, "weights", json_null());
	set(&w, answer, "plateau", json_null());
	set(&w, answer, "plateau_reason", json_string("no curve is fitted by this version"));
	set(&w, answer, "failures", failures_array(&w, dataset, summary));
	set(&w, answer, "harness", harness_object(&w, &summary->harness));
	set(&w, answer, "warnings", warnings_array(&w, summary));
	char *const json =
	        w.failed ? NULL : json_dumps(answer, JSON_INDENT(1) | JSON_REAL_PRECISION(12));
	json_decref(answer);
	if (!json)
		return error_memory(err);
	int r = str_format(ret_json, err, "%s\n", json);
	free(json);
	return r;
}
