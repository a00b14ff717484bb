#include "formats/scenario/scenario_json.h"

#include "core/cleanup.h"
#include "core/error.h"
#include "core/letter.h"
#include "formats/scenario/criteria_json.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

DEFINE_CLEANUP(json, json_t *, json_decref);
#define cleanup_json __attribute__((cleanup(cleanup_json_function)))

/* Enough digits for every duration in whole ns below 11 days, and 0.05 stays 0.05. */
enum { JSON_DIGITS = 15 };

static json_t *seconds(int64_t ns)
{
	return json_real((double)ns / 1e9);
}

static json_t *seconds_or_null(int64_t ns)
{
	return ns > 0 ? seconds(ns) : json_null();
}

static json_t *list(const struct words *words)
{
	json_t *const array = json_array();
	for (size_t i = 0; i < words->count; i++) {
		if (json_array_append_new(array, json_string(words->items[i])) < 0) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

static json_t *extent(const struct scenario_extent *extent_)
{
	return json_pack("{s:f, s:o}", "tasks", extent_->tasks, "at_least_s",
	                 seconds(extent_->at_least_ns));
}

static int by_name(const void *a, const void *b)
{
	const struct scenario_variable *const x = a;
	const struct scenario_variable *const y = b;
	return strcmp(x->name, y->name);
}

/* Sorted by name: the order of variables means nothing. */
static json_t *environment(const struct scenario *scenario)
{
	const size_t count = scenario->task.environment_count;
	cleanup_free struct scenario_variable *sorted = calloc(count + 1, sizeof *sorted);
	cleanup_json json_t *object = json_object();
	if (!sorted || !object)
		return NULL;
	if (count > 0)
		memcpy(sorted, scenario->task.environment, count * sizeof *sorted);
	qsort(sorted, count, sizeof *sorted, by_name);
	for (size_t i = 0; i < count; i++)
		if (json_object_set_new(object, sorted[i].name, json_string(sorted[i].value)) < 0)
			return NULL;
	return json_incref(object);
}

static json_t *inputs(const struct scenario_inputs *inputs_)
{
	if (inputs_->kind == INPUTS_NONE)
		return json_null();
	return json_pack("{s:s, s:o, s:o}", "kind", inputs_kind_names[inputs_->kind], "words",
	                 list(&inputs_->words), "count",
	                 inputs_->count ? json_integer(inputs_->count) : json_null());
}

static json_t *text_or_null(const char *text)
{
	return text ? json_string(text) : json_null();
}

static json_t *phases(const struct scenario_phases *phases_)
{
	if (phases_->format == PHASES_NONE)
		return json_null();
	return json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:s}", "format",
	                 phases_format_names[phases_->format], "stream",
	                 log_stream_names[phases_->log.stream], "file",
	                 text_or_null(phases_->log.file), "compute", list(&phases_->compute),
	                 "datastore", list(&phases_->datastore), "pattern",
	                 text_or_null(phases_->pattern), "fields", list(&phases_->fields),
	                 "time_format", text_or_null(phases_->time_format), "time_zone",
	                 phases_zone_names[phases_->zone]);
}

static json_t *figures(const struct scenario_figures *figures_)
{
	if (figures_->names.count == 0)
		return json_null();
	return json_pack("{s:s, s:o, s:o}", "stream", log_stream_names[figures_->log.stream],
	                 "file", text_or_null(figures_->log.file), "names", list(&figures_->names));
}

static json_t *task(const struct scenario *s)
{
	return json_pack(
	        "{s:s, s:o, s:o, s:o, s:i, s:o, s:o, s:o, s:s, s:o, s:o}", "type", s->task.type,
	        "command", list(&s->task.command), "inputs", inputs(&s->task.inputs), "environment",
	        environment(s), "threads", (int)s->task.threads, "timeout_s",
	        seconds_or_null(s->task.timeout_ns), "memory_bytes",
	        s->task.memory_bytes >= 0 ? json_integer(s->task.memory_bytes) : json_null(),
	        "memory_limit_bytes",
	        s->task.memory_limit_bytes > 0 ? json_integer(s->task.memory_limit_bytes)
	                                       : json_null(),
	        "keep", keep_output_names[s->task.keep], "phases", phases(&s->task.phases),
	        "figures", figures(&s->task.figures));
}

static json_t *levels(const struct level_specs *specs)
{
	json_t *const array = json_array();
	for (size_t i = 0; i < specs->count; i++) {
		if (json_array_append_new(array, json_string(specs->items[i].spelling)) < 0) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

static json_t *sweep(const struct scenario *s)
{
	return json_pack(
	        "{s:o, s:i, s:o, s:o, s:s, s:s, s:s, s:o, s:o}", "levels", levels(&s->sweep.levels),
	        "repeats", (int)s->sweep.repeats, "warmup", extent(&s->sweep.warmup), "measured",
	        extent(&s->sweep.measured), "order", sweep_order_names[s->sweep.order], "start",
	        sweep_start_names[s->sweep.start], "filler", sweep_filler_names[s->sweep.filler],
	        "baseline", s->sweep.baseline ? json_integer(s->sweep.baseline) : json_null(),
	        "budget_s", seconds_or_null(s->sweep.budget_ns));
}

static json_t *placement(const struct scenario *s)
{
	cleanup_json json_t *policies = json_array();
	for (size_t i = 0; i < s->placement.policies.count; i++)
		if (json_array_append_new(policies,
		                          json_string(s->placement.policies.items[i].spelling)) < 0)
			return NULL;
	return json_pack("{s:O, s:s, s:s, s:s}", "policy", policies, "unit",
	                 placement_unit_names[s->placement.unit], "smt",
	                 smt_order_names[s->placement.smt], "memory",
	                 memory_policy_names[s->placement.memory]);
}

static json_t *share_or_null(double share)
{
	return share >= 0 ? json_real(share) : json_null();
}

static json_t *preflight_limits(const struct preflight_limits *limits)
{
	return json_pack("{s:o, s:o, s:o}", "load", share_or_null(limits->load), "psi",
	                 share_or_null(limits->psi), "steal", share_or_null(limits->steal));
}

static json_t *sampling(const struct scenario *s)
{
	return json_pack("{s:o, s:o, s:s}", "interval_s", seconds_or_null(s->sampling.interval_ns),
	                 "memory_interval_s", seconds_or_null(s->sampling.memory_interval_ns),
	                 "memory_group", memory_group_names[s->sampling.memory_group]);
}

static json_t *whole(const struct scenario *s)
{
	return json_pack("{s:s, s:o, s:o, s:o, s:{s:o, s:s}, s:{s:o, s:o}, s:o, s:o, s:o}", "name",
	                 s->name, "task", task(s), "sweep", sweep(s), "placement", placement(s),
	                 "counters", "events", list(&s->events), "overflow",
	                 counters_overflow_names[s->overflow], "preflight", "warn",
	                 preflight_limits(&s->preflight.warn), "refuse",
	                 preflight_limits(&s->preflight.refuse), "sampling", sampling(s), "seed",
	                 s->has_seed ? json_integer((json_int_t)s->seed) : json_null(), "accept",
	                 criteria_json_write(&s->accept));
}

static bool is_utf8(const char *text)
{
	uint32_t letter;
	for (size_t bytes; *text; text += bytes)
		if ((bytes = letter_decode(text, &letter)) == 0)
			return false;
	return true;
}

static int check_text(const char *key, const char *text, struct error *err)
{
	if (is_utf8(text))
		return 0;
	return error_set(err, EINVAL, "%s holds text that is not UTF-8; rename it", key);
}

static int check_words(const char *key, const struct words *words, struct error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < words->count; i++)
		r = check_text(key, words->items[i], err);
	return r;
}

static int check_criteria(const struct criteria *criteria, struct error *err)
{
	int r = criteria->folder ? check_text("the scenario's folder", criteria->folder, err) : 0;
	for (size_t i = 0; r == 0 && i < criteria->count; i++) {
		r = check_words("accept.criteria.reference", &criteria->items[i].references, err);
		if (r == 0 && criteria->items[i].label)
			r = check_text("accept.criteria.name", criteria->items[i].label, err);
	}
	return r;
}

/* A command line may hold any bytes; JSON cannot. */
static int check_texts(const struct scenario *s, struct error *err)
{
	int r = check_text("name", s->name, err);
	if (r == 0)
		r = check_text("task.type", s->task.type, err);
	if (r == 0)
		r = check_words("task.command", &s->task.command, err);
	if (r == 0)
		r = check_words("task.inputs", &s->task.inputs.words, err);
	if (r == 0)
		r = check_words("counters.events", &s->events, err);
	if (r == 0)
		r = check_words("task.phases.compute", &s->task.phases.compute, err);
	if (r == 0)
		r = check_words("task.phases.datastore", &s->task.phases.datastore, err);
	if (r == 0)
		r = check_words("task.figures.names", &s->task.figures.names, err);
	r = r < 0 ? r : check_criteria(&s->accept, err);
	for (size_t i = 0; r == 0 && i < s->task.environment_count; i++) {
		r = check_text("task.environment", s->task.environment[i].name, err);
		if (r == 0)
			r = check_text("task.environment", s->task.environment[i].value, err);
	}
	return r;
}

int scenario_json_write(const struct scenario *scenario, char **ret_json, struct error *err)
{
	const int r = check_texts(scenario, err);
	if (r < 0)
		return r;
	cleanup_json json_t *value = whole(scenario);
	if (!value)
		return error_memory(err);
	char *const text = json_dumps(value, JSON_COMPACT | JSON_REAL_PRECISION(JSON_DIGITS));
	if (!text)
		return error_memory(err);
	*ret_json = text;
	return 0;
}
