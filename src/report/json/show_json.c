#include "report/json/show_json.h"

#include "analyse/failures.h"
#include "analyse/idle_clock.h"
#include "core/error.h"
#include "report/json/json_attribution.h"
#include "report/json/json_counters.h"
#include "report/json/json_distributions.h"
#include "report/json/json_phases.h"
#include "report/json/json_run.h"
#include "report/json/json_scaling.h"
#include "report/json/json_value.h"

#include <jansson.h>
#include <math.h>

/* The level's frequency, and what every source says of it. */
static json_t *frequency(struct json_writer *w, const struct level_summary *level)
{
	json_t *const object = json_estimate(w, &level->frequency_hz);
	json_t *const by_source = json_object();
	json_set(w, object, "source",
	         level->frequency_source == FREQUENCY_ABSENT
	                 ? json_null()
	                 : json_string(frequency_source_names[level->frequency_source]));
	for (unsigned s = FREQUENCY_ABSENT + 1; s < FREQUENCY_SOURCES; s++) {
		json_t *const entry = json_estimate(w, &level->frequency_by_source[s]);
		const bool is_of_tasks = frequency_source_is_of_tasks((enum frequency_source)s);
		json_set(w, entry, "of", json_string(is_of_tasks ? "tasks" : "node"));
		json_set(w, by_source, frequency_source_names[s], entry);
	}
	json_set(w, object, "by_source", by_source);
	return object;
}

/* What tasks printed, by its name. */
static json_t *printed(struct json_writer *w, const struct findings *findings, size_t level)
{
	json_t *const object = json_object();
	for (size_t f = 0; f < findings->printed.count; f++) {
		const struct printed_figure *const figure = &findings->printed.items[f];
		const struct printed_level *const l = &figure->levels[level];
		const struct printed_unit *const unit = figure->unit;
		json_t *const entry = json_estimate(w, &l->mean);
		json_set(w, entry, "unit", unit->symbol[0] ? json_text(unit->symbol) : json_null());
		if (!unit->symbol[0])
			json_set(w, entry, "unit_reason",
			         json_string("the end of its name names none"));
		json_set(w, entry, "mean", json_number(l->pooled_mean));
		json_set(w, entry, "median", json_number(l->median));
		json_set(w, entry, "p5", json_number(l->p5));
		json_set(w, entry, "p95", json_number(l->p95));
		json_set(w, entry, "tasks", json_count(l->tasks));
		json_set(w, entry, "tasks_without", json_count(l->without));
		json_set(w, entry, "total", json_estimate(w, &l->total));
		json_t *const key = json_text(figure->name);
		json_set(w, object, json_string_value(key), entry);
		json_decref(key);
	}
	return object;
}

/* Counts by name of the states that occur. */
static json_t *states(struct json_writer *w, const size_t *counts, const char *const *names,
                      size_t state_count)
{
	json_t *const object = json_object();
	for (size_t s = 0; s < state_count; s++)
		if (counts[s] > 0)
			json_set(w, object, names[s], json_count(counts[s]));
	return object;
}

static json_t *occupancy(struct json_writer *w, const struct level_summary *level)
{
	json_t *const object = json_object();
	json_set(w, object, "held", json_number(level->held));
	json_set(w, object, "min", json_number(level->held_min));
	const char *const reason = level->reason           ? level->reason
	                           : isfinite(level->held) ? NULL
	                                                   : "when the tasks ran is not known";
	if (reason)
		json_set(w, object, "reason", json_text(reason));
	return object;
}

/* What the packages used in the window of every trial of the level, used in the estimates or not.
 */
static json_t *energy_of_trials(struct json_writer *w, const struct findings *findings,
                                size_t level)
{
	const struct summary *const summary = &findings->summary;
	json_t *const array = json_array();
	for (const struct trial_summary *trial = summary->levels[level].first; trial;
	     trial = trial->next) {
		const struct node_trial *const node =
		        &findings->node_time.trials[trial - summary->trials];
		if (!isfinite(node->figures[NODE_POWER]))
			continue;
		json_t *const entry = json_object();
		json_set(w, entry, "trial", json_integer(trial->trial->trial));
		json_set(w, entry, "energy_j",
		         json_number(node->figures[NODE_POWER] * trial->window_s));
		json_set(w, entry, "energy_per_task_j",
		         json_number(node->figures[NODE_ENERGY_PER_TASK]));
		json_append(w, array, entry);
	}
	return array;
}

static json_t *level_object(struct json_writer *w, const struct findings *findings, size_t index)
{
	const struct dataset *const dataset = findings->dataset;
	const struct level_summary *const level = &findings->summary.levels[index];
	json_t *const object = json_object();
	json_set(w, object, "concurrency", json_integer(level->level->concurrency));
	json_set(w, object, "policy", json_text(level->level->policy));
	json_set(w, object, "trials", json_count(level->trials));
	json_set(w, object, "trials_in_state",
	         states(w, level->trials_in_state, trial_state_names, TRIAL_STATES));
	json_set(w, object, "tasks", level->is_stated ? json_null() : json_count(level->tasks));
	json_set(w, object, "failed", level->is_stated ? json_null() : json_count(level->failed));
	json_set(w, object, "tasks_in_state",
	         states(w, level->tasks_in_state, task_state_names, TASK_STATES));
	json_set(w, object, "stated", json_boolean(level->is_stated));
	json_set(w, object, "durations_only", json_boolean(level->has_durations_only));
	json_set(w, object, "oversubscribed", json_boolean(level->level->is_oversubscribed));
	json_set(w, object, "censored", json_boolean(level->is_censored));
	json_set(w, object, "reason", json_text(level->reason));
	json_set(w, object, "throughput_per_s", json_estimate(w, &level->throughput_per_s));
	json_set(w, object, "efficiency", json_estimate(w, &level->efficiency));
	/* How many times below linear. */
	const struct estimate degradation = estimate_inverse(&level->efficiency);
	json_set(w, object, "degradation", json_estimate(w, &degradation));
	json_set(w, object, "wall_s", json_spread(w, &level->wall_s));
	json_set(w, object, "user_s", json_spread(w, &level->user_s));
	json_set(w, object, "system_s", json_spread(w, &level->system_s));
	json_set(w, object, "cpu_s", json_spread(w, &level->cpu_s));
	json_set(w, object, "off_cpu_s", json_spread(w, &level->off_cpu_s));
	json_set(w, object, "max_rss_bytes", json_spread(w, &level->max_rss_bytes));
	json_set(w, object, "peak_rss_bytes", json_spread(w, &level->peak_rss_bytes));
	json_set(w, object, "peak_pss_bytes", json_spread(w, &level->peak_pss_bytes));
	json_set(w, object, "cgroup_peak_bytes", json_spread(w, &level->cgroup_peak_bytes));
	json_set(w, object, "rss_samples", json_spread(w, &level->rss_samples));
	json_set(w, object, "pss_samples", json_spread(w, &level->pss_samples));
	json_set(w, object, "frequency_hz", frequency(w, level));
	json_set(w, object, "counters", json_counters(w, dataset, level));
	json_set(w, object, "figures", printed(w, findings, index));
	json_attribution(w, object, findings, index);
	json_set(w, object, "occupancy", occupancy(w, level));
	json_set(w, object, "energy_of_trials", energy_of_trials(w, findings, index));
	for (enum node_figure f = 0; f < NODE_FIGURES; f++)
		json_set(w, object, node_figure_kinds[f].name,
		         json_estimate(w, &findings->node_time.levels[index].figures[f]));
	return object;
}

static json_t *harness_object(struct json_writer *w, const struct harness_summary *harness,
                              const struct node_time *node)
{
	static const char not_recorded[] = "what is null was not recorded in any trial that counts";
	json_t *const object = json_object();
	json_t *const gap = json_object();
	json_set(w, object, "cpu_s_per_task", json_number(harness->cpu_s_per_task));
	json_set(w, gap, "median", json_number(harness->idle_gap_median_s));
	json_set(w, gap, "p95", json_number(harness->idle_gap_p95_s));
	if (!isfinite(harness->idle_gap_median_s))
		json_set(w, gap, "reason", json_string(not_recorded));
	json_set(w, object, "idle_gap_s", gap);
	json_set(w, object, "max_rss_bytes", json_number(harness->max_rss_bytes));
	json_set(w, object, "sampler_cpu_share", json_number(node->memory_sampler_share));
	json_set(w, object, "node_sampler_cpu_share", json_number(node->node_sampler_share));
	if (!isfinite(harness->cpu_s_per_task) || !isfinite(harness->max_rss_bytes) ||
	    !isfinite(node->memory_sampler_share) || !isfinite(node->node_sampler_share))
		json_set(w, object, "reason", json_string(not_recorded));
	return object;
}

static json_t *idle_clock_object(struct json_writer *w, const struct dataset *dataset)
{
	struct error err;
	struct idle_clock clock = {0};
	json_t *const object = json_object();
	w->failed |= idle_clock_find(dataset, &clock, &err) < 0;
	const bool is_known = clock.counted > 0;
	json_set(w, object, "median", is_known ? json_number(clock.median_hz) : json_null());
	json_set(w, object, "min", is_known ? json_number(clock.least_hz) : json_null());
	json_set(w, object, "max", is_known ? json_number(clock.most_hz) : json_null());
	json_set(w, object, "n", json_count(clock.counted));
	json_set(w, object, "pu", is_known ? json_integer(clock.pu) : json_null());
	json_set(w, object, "source", json_string("timed-chain"));
	if (!is_known)
		json_set(w, object, "reason",
		         json_string(clock.asked > 0
		                             ? "a timed chain cannot tell the clock of this node; "
		                               "plateau node says why"
		                             : "no timed chain was run before the blocks"));
	return object;
}

static json_t *failure_object(struct json_writer *w, const struct summary *summary,
                              const struct failure *failure)
{
	char what[FAILURE_TEXT_BYTES];
	json_t *const object = json_object();
	if (failure->level == FAILURE_PROBE) {
		static const char no_level[] = "the probe runs alone, before the first level";
		json_set(w, object, "concurrency", json_null());
		json_set(w, object, "concurrency_reason", json_string(no_level));
		json_set(w, object, "policy", json_null());
		json_set(w, object, "policy_reason", json_string(no_level));
	} else {
		const struct dataset_level *const level = summary->levels[failure->level].level;
		json_set(w, object, "concurrency", json_integer(level->concurrency));
		json_set(w, object, "policy", json_text(level->policy));
	}
	failure_describe(failure, what);
	json_set(w, object, "state", json_string(task_state_names[failure->state]));
	json_set(w, object, "tasks", json_count(failure->count));
	json_set(w, object, "what", json_text(what));
	json_set(w, object, "said", json_text(failure->said));
	if (!failure->said)
		json_set(w, object, "said_reason",
		         json_string("nothing that they printed was kept"));
	return object;
}

static json_t *failures_array(struct json_writer *w, const struct dataset *dataset,
                              const struct summary *summary)
{
	struct error err;
	cleanup_failures struct failures failures = {0};
	json_t *const array = json_array();
	w->failed |= failures_collect(dataset, summary, &failures, &err) < 0;
	for (size_t i = 0; i < failures.count; i++)
		json_append(w, array, failure_object(w, summary, &failures.items[i]));
	return array;
}

static json_t *warnings_array(struct json_writer *w, const struct summary *summary)
{
	json_t *const array = json_array();
	for (size_t i = 0; i < summary->warning_count; i++) {
		json_t *const entry = json_object();
		json_set(w, entry, "code", json_text(summary->warnings[i].code));
		json_set(w, entry, "text", json_text(summary->warnings[i].text));
		json_append(w, array, entry);
	}
	return array;
}

int show_json_write(const struct findings *findings, char **ret_json, struct error *err)
{
	const struct dataset *const dataset = findings->dataset;
	const struct summary *const summary = &findings->summary;
	struct json_writer w = {false};
	json_t *const answer = json_object();
	json_t *const levels = json_array();
	for (size_t i = 0; i < summary->level_count; i++)
		json_append(&w, levels, level_object(&w, findings, i));
	json_set(&w, answer, "schema_version", json_integer(1));
	json_set(&w, answer, "run", json_run(&w, dataset));
	json_set(&w, answer, "levels", levels);
	json_scalings(&w, answer, findings->scalings, findings->scaling_count,
	              "no level has been planned");
	json_distributions(&w, answer, findings);
	json_set(&w, answer, "phases", json_phases(&w, findings));
	json_set(&w, answer, "failures", failures_array(&w, dataset, summary));
	json_set(&w, answer, "harness",
	         harness_object(&w, &summary->harness, &findings->node_time));
	json_set(&w, answer, "idle_clock_hz", idle_clock_object(&w, dataset));
	json_set(&w, answer, "warnings", warnings_array(&w, summary));
	return json_finish(&w, answer, ret_json, err);
}
