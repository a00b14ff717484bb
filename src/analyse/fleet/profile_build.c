#include "analyse/fleet/profile_build.h"

#include "analyse/failures.h"
#include "analyse/fleet/fleet_facts.h"
#include "analyse/fleet/profile_parts.h"
#include "analyse/frequency.h"
#include "analyse/measure.h"
#include "core/array.h"
#include "core/error.h"
#include "core/str.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* NULL stays NULL. */
static int copy_text(const char *text, char **ret_copy, struct error *err)
{
	return text ? str_copy(text, ret_copy, err) : 0;
}

static int copy_policies(const struct summary *summary, struct profile *profile, struct error *err)
{
	profile->policies = calloc(summary->policy_count + 1, sizeof *profile->policies);
	int r = profile->policies ? 0 : error_memory(err);
	for (size_t i = 0; r == 0 && i < summary->policy_count; i++) {
		r = str_copy(summary->policies[i], &profile->policies[i], err);
		profile->policy_count += r == 0;
	}
	return r;
}

/* ---- The run ------------------------------------------------------------------------------ */

static int copy_run(const struct dataset *dataset, struct profile *profile, struct error *err)
{
	const struct run_facts *const run = &dataset->run;
	profile->started_ns = run->origin_calendar_ns;
	profile->finished_ns = run->finished_calendar_ns;
	int r = copy_text(run->id, &profile->run_id, err);
	if (r == 0)
		r = copy_text(run->name, &profile->name, err);
	if (r == 0)
		r = copy_text(host_facts_get(&dataset->host, "hostname"), &profile->host, err);
	if (r == 0)
		r = copy_text(run->scenario_sha256, &profile->scenario_sha256, err);
	if (r == 0)
		r = copy_text(run->command, &profile->command, err);
	return r == 0 ? str_copy(run_state_names[run->state], &profile->state, err) : r;
}

/* Trials that are done, the censored ones too: their tasks are judged. */
static void count_trials(const struct dataset *dataset, struct profile *profile)
{
	for (size_t i = 0; i < dataset->trial_count; i++) {
		const enum trial_state state = dataset->trials[i].state;
		profile->trials_done += state == TRIAL_DONE || state == TRIAL_CENSORED;
		profile->trials_planned += state != TRIAL_SKIPPED;
	}
}

static int describe_failures(const struct findings *findings, struct profile *profile,
                             struct error *err)
{
	const struct summary *const summary = &findings->summary;
	struct failures failures cleanup_failures = {0};
	char what[FAILURE_TEXT_BYTES];
	char name[64];
	for (size_t l = 0; l < summary->level_count; l++) {
		profile->tasks += summary->levels[l].tasks;
		profile->failed_tasks += summary->levels[l].failed;
	}
	const int r = failures_collect(findings->dataset, summary, &failures, err);
	if (r < 0 || failures.count == 0)
		return r;
	const struct failure *most = &failures.items[0];
	for (size_t i = 1; i < failures.count; i++)
		if (failures.items[i].count > most->count)
			most = &failures.items[i];
	failure_describe(most, what);
	if (most->level == FAILURE_PROBE)
		snprintf(name, sizeof name, "the probe task");
	else
		summary_level_name(summary, (size_t)most->level, name);
	return str_format(&profile->failure, err, "%s (%s)%s%s", what, name, most->said ? ": " : "",
	                  most->said ? most->said : "");
}

static int copy_doubts(const struct summary *summary, struct profile *profile, struct error *err)
{
	profile->doubts = calloc(summary->warning_count + 1, sizeof *profile->doubts);
	int r = profile->doubts ? 0 : error_memory(err);
	for (size_t i = 0; r == 0 && i < summary->warning_count; i++) {
		const struct warning *const warning = &summary->warnings[i];
		if (!summary_warning_is_serious(warning))
			continue;
		r = str_format(&profile->doubts[profile->doubt_count], err, "%s: %s", warning->code,
		               warning->text);
		profile->doubt_count += r == 0;
	}
	return r;
}

/* ---- The host ----------------------------------------------------------------------------- */

static int add_fact(struct profile *profile, const char *name, const char *value, struct error *err)
{
	const struct fleet_fact *const fact = fleet_fact_find(name);
	struct profile_fact *const item = &profile->facts[profile->fact_count];
	int r = str_copy(name, &item->name, err);
	if (r < 0)
		return r;
	profile->fact_count++;
	item->in_class = fact && fact->kind != FACT_SETTING;
	return copy_text(value, &item->value, err);
}

/* In which modes instructions were counted: counts of one mode are not those of both. */
static const char *counted_modes(const struct dataset *dataset)
{
	if (dataset_find_event(dataset, "instructions", false) >= 0)
		return FLEET_COUNTED_BOTH;
	return dataset_find_event(dataset, "instructions", true) >= 0 ? FLEET_COUNTED_USER : NULL;
}

static int copy_facts(const struct dataset *dataset, struct profile *profile, struct error *err)
{
	const struct run_facts *const run = &dataset->run;
	char threads[16];
	snprintf(threads, sizeof threads, "%" PRIu32, run->threads);
	const struct {
		const char *name;
		const char *value;
	} of_run[] = {{"program_sha256", run->program_sha256},
	              {"plateau_version", run->plateau_version},
	              {"threads", run->threads > 0 ? threads : NULL},
	              {"counted_modes", counted_modes(dataset)}};
	profile->facts = calloc(fleet_fact_count, sizeof *profile->facts);
	if (!profile->facts)
		return error_memory(err);
	for (size_t i = 0; i < fleet_fact_count; i++) {
		const char *value = host_facts_get(&dataset->host, fleet_facts[i].name);
		for (size_t k = 0; k < ARRAY_LENGTH(of_run); k++)
			if (strcmp(of_run[k].name, fleet_facts[i].name) == 0)
				value = of_run[k].value;
		const int r = add_fact(profile, fleet_facts[i].name, value, err);
		if (r < 0)
			return r;
	}
	return 0;
}

/* ---- The levels --------------------------------------------------------------------------- */

/* Appends a figure that has a value; there is room. */
static void add_figure(struct profile *profile, const struct dataset_level *level,
                       enum measure_id measure, const struct estimate *estimate, const char *source)
{
	if (!estimate_has_value(estimate))
		return;
	struct profile_figure *const figure = &profile->figures[profile->figure_count++];
	*figure = (struct profile_figure){.concurrency = level->concurrency,
	                                  .policy = profile_policy(profile, level->policy),
	                                  .measure = measure,
	                                  .value = estimate->value,
	                                  .low = estimate->low,
	                                  .high = estimate->high,
	                                  .n = (uint32_t)estimate->n};
	snprintf(figure->source, sizeof figure->source, "%s", source);
}

/* What time off the CPU is made of. */
static void add_off_cpu(const struct findings *findings, size_t level, struct profile *profile)
{
	const struct off_cpu_split *const split = &findings->attributions[level].off_cpu;
	const struct level_summary *const of_level = &findings->summary.levels[level];
	for (size_t part = 0; part < OFF_CPU_PARTS; part++) {
		const struct estimate e = {.value = split->seconds[part],
		                           .low = NAN,
		                           .high = NAN,
		                           .n = of_level->throughput_per_s.n};
		add_figure(profile, of_level->level, MEASURE_OFF_CPU, &e, off_cpu_part_names[part]);
	}
}

static int add_measure(const struct findings *findings, size_t level, enum measure_id measure,
                       struct profile *profile, struct error *err)
{
	const struct measure_query query = {
	        .id = measure, .sources = measure == MEASURE_FREQUENCY ? FREQUENCY_OF_ANY : 0};
	struct measure_values values cleanup_measure_values = {0};
	const int r = measure_values_find(findings, level, &query, &values, err);
	if (r < 0)
		return r;
	const struct estimate e = measure_estimate(&query, &values);
	const char *const source =
	        measure == MEASURE_FREQUENCY ? frequency_source_names[values.source] : "";
	add_figure(profile, findings->summary.levels[level].level, measure, &e, source);
	if (measure == MEASURE_OFF_CPU && estimate_has_value(&e))
		add_off_cpu(findings, level, profile);
	return 0;
}

static int compare_figures(const void *a, const void *b)
{
	const struct profile_figure *const x = a;
	const struct profile_figure *const y = b;
	if (x->policy != y->policy)
		return x->policy < y->policy ? -1 : 1;
	if (x->concurrency != y->concurrency)
		return x->concurrency < y->concurrency ? -1 : 1;
	if (x->measure != y->measure)
		return x->measure < y->measure ? -1 : 1;
	return strcmp(x->source, y->source);
}

static int add_figures(const struct findings *findings, struct profile *profile, struct error *err)
{
	const size_t level_count = findings->summary.level_count;
	profile->figures =
	        calloc(level_count * (MEASURES + OFF_CPU_PARTS) + 1, sizeof *profile->figures);
	int r = profile->figures ? 0 : error_memory(err);
	for (size_t l = 0; r == 0 && l < level_count; l++)
		for (size_t m = 0; r == 0 && m < MEASURE_COUNTER; m++)
			if (measures[m].nature != NATURE_PLACES)
				r = add_measure(findings, l, (enum measure_id)m, profile, err);
	if (r == 0 && profile->figure_count > 1)
		qsort(profile->figures, profile->figure_count, sizeof *profile->figures,
		      compare_figures);
	return r;
}

int profile_build(const struct findings *findings, struct profile *ret_profile, struct error *err)
{
	struct profile profile cleanup_profile = {0};
	int r = copy_run(findings->dataset, &profile, err);
	if (r == 0)
		r = copy_policies(&findings->summary, &profile, err);
	if (r == 0)
		r = describe_failures(findings, &profile, err);
	if (r == 0)
		r = copy_doubts(&findings->summary, &profile, err);
	if (r == 0)
		r = copy_facts(findings->dataset, &profile, err);
	if (r == 0)
		r = add_figures(findings, &profile, err);
	if (r == 0)
		r = profile_add_places(findings, &profile, err);
	if (r < 0)
		return r;
	count_trials(findings->dataset, &profile);
	*ret_profile = profile;
	profile = (struct profile){0};
	return 0;
}
