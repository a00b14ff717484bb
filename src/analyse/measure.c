#include "analyse/measure.h"

#include "analyse/frequency.h"
#include "analyse/measure_parts.h"
#include "analyse/summary_parts.h"
#include "core/cleanup.h"
#include "core/error.h"

#include <math.h>
#include <stdlib.h>

static const char of_no_time[] = "only how long tasks took is known, not when they ran";

/* Where the values of a measure come from. */
enum way {
	WAY_TRIAL,       /* a figure of the trial's summary */
	WAY_BASELINE,    /* its throughput against the baseline's of the same block */
	WAY_TASKS,       /* measure_tasks */
	WAY_CPI,         /* cycles by instructions */
	WAY_ATTRIBUTION, /* a factor, or the product */
	WAY_NODE,        /* samples of the node */
	WAY_FREQUENCY,
	WAY_PLACES /* none */
};

enum { TRIAL_THROUGHPUT, TRIAL_OCCUPANCY, TRIAL_FAILURES, TRIAL_FAILURE_SHARE };

static const struct {
	enum way way;
	int which;
} recipes[MEASURES] = {
        [MEASURE_THROUGHPUT] = {WAY_TRIAL, TRIAL_THROUGHPUT},
        [MEASURE_EFFICIENCY] = {WAY_BASELINE, 0},
        [MEASURE_DEGRADATION] = {WAY_BASELINE, 1},
        [MEASURE_OCCUPANCY] = {WAY_TRIAL, TRIAL_OCCUPANCY},
        [MEASURE_WALL] = {WAY_TASKS, 0},
        [MEASURE_USER] = {WAY_TASKS, 0},
        [MEASURE_SYSTEM] = {WAY_TASKS, 0},
        [MEASURE_OFF_CPU] = {WAY_TASKS, 0},
        [MEASURE_MAX_RSS] = {WAY_TASKS, 0},
        [MEASURE_PEAK_RSS] = {WAY_TASKS, 0},
        [MEASURE_PEAK_PSS] = {WAY_TASKS, 0},
        [MEASURE_CGROUP_PEAK] = {WAY_TASKS, 0},
        [MEASURE_FREQUENCY] = {WAY_FREQUENCY, 0},
        [MEASURE_CYCLES] = {WAY_TASKS, 0},
        [MEASURE_INSTRUCTIONS] = {WAY_TASKS, 0},
        [MEASURE_LLC_LOAD_MISSES] = {WAY_TASKS, 0},
        [MEASURE_CPI] = {WAY_CPI, 0},
        [MEASURE_FACTOR_INSTRUCTIONS] = {WAY_ATTRIBUTION, FACTOR_INSTRUCTIONS},
        [MEASURE_FACTOR_CPI] = {WAY_ATTRIBUTION, FACTOR_CPI},
        [MEASURE_FACTOR_CLOCK] = {WAY_ATTRIBUTION, FACTOR_CLOCK},
        [MEASURE_FACTOR_KERNEL] = {WAY_ATTRIBUTION, FACTOR_KERNEL},
        [MEASURE_FACTOR_ON_CPU] = {WAY_ATTRIBUTION, FACTOR_ON_CPU},
        [MEASURE_FACTOR_OFF_CPU] = {WAY_ATTRIBUTION, FACTOR_OFF_CPU},
        [MEASURE_SLOWDOWN] = {WAY_ATTRIBUTION, FACTOR_COUNT},
        [MEASURE_ENERGY] = {WAY_NODE, NODE_ENERGY_PER_TASK},
        [MEASURE_POWER] = {WAY_NODE, NODE_POWER},
        [MEASURE_TEMPERATURE] = {WAY_NODE, NODE_TEMPERATURE},
        [MEASURE_FAILURES] = {WAY_TRIAL, TRIAL_FAILURES},
        [MEASURE_FAILURE_SHARE] = {WAY_TRIAL, TRIAL_FAILURE_SHARE},
        [MEASURE_CORE_SPREAD] = {WAY_PLACES, 0},
        [MEASURE_L3_SPREAD] = {WAY_PLACES, 0},
        [MEASURE_PACKAGE_SPREAD] = {WAY_PLACES, 0},
        [MEASURE_COUNTER] = {WAY_TASKS, 0},
        [MEASURE_FIGURE] = {WAY_TASKS, 0},
};

static const struct level_summary *level_of(const struct measure_work *work)
{
	return &work->findings->summary.levels[work->level];
}

/* ---- One figure of a trial ---------------------------------------------------------------- */

static double trial_figure(const struct trial_summary *trial, const struct level_summary *level,
                           int which)
{
	switch (which) {
	case TRIAL_OCCUPANCY:
		if (trial->trial->has_durations_only)
			return NAN;
		return trial->held / level->level->concurrency;
	case TRIAL_FAILURES:
		return (double)trial->failed;
	case TRIAL_FAILURE_SHARE:
		return trial->measured > 0 ? (double)trial->failed / (double)trial->measured
		                           : (double)NAN;
	default:
		return trial->throughput_per_s;
	}
}

static void find_of_trials(const struct measure_work *work, int which)
{
	const struct level_summary *const level = level_of(work);
	for (const struct trial_summary *trial = level->first; trial; trial = trial->next)
		if (summary_trial_is_used(trial, work->level))
			measure_values_add(work->values, trial_figure(trial, level, which),
			                   trial->trial->block);
	if (which == TRIAL_OCCUPANCY)
		work->values->reason = of_no_time;
}

/* Efficiency; or 1 by it, degradation, which a trial without a success does not have. */
static void find_against_baseline(const struct measure_work *work, bool is_degradation)
{
	const struct summary *const summary = &work->findings->summary;
	const struct level_summary *const level = level_of(work);
	const ptrdiff_t baseline = summary_baseline(summary, level->level->policy);
	work->values->reason = baseline < 0 ? "there is no baseline"
	                                    : "no block holds both this level and the baseline";
	if (baseline < 0)
		return;
	const double linear = (double)summary->levels[baseline].level->concurrency /
	                      (double)level->level->concurrency;
	for (const struct trial_summary *trial = level->first; trial; trial = trial->next) {
		if (!summary_trial_is_used(trial, work->level))
			continue;
		const struct trial_summary *const there =
		        summary_trial_of(summary, (size_t)baseline, trial->trial->block);
		if (!there)
			continue;
		if (!(there->throughput_per_s > 0)) {
			work->values->reason = "no task succeeded at the baseline";
			continue;
		}
		if (is_degradation && !(trial->throughput_per_s > 0)) {
			work->values->reason = "no task succeeded: throughput is 0, and nothing is "
			                       "a multiple of it";
			continue;
		}
		const double efficiency =
		        trial->throughput_per_s / there->throughput_per_s * linear;
		measure_values_add(work->values, is_degradation ? 1 / efficiency : efficiency,
		                   trial->trial->block);
	}
}

static void find_factor(const struct measure_work *work, int factor)
{
	const struct attribution *const a = &work->findings->attributions[work->level];
	for (size_t p = 0; p < a->pair_count; p++)
		measure_values_add(work->values,
		                   factor == FACTOR_COUNT ? a->pairs[p].product
		                                          : a->pairs[p].factors[factor],
		                   a->pairs[p].block);
	const char *const own =
	        factor == FACTOR_COUNT ? a->product.reason : a->factors[factor].reason;
	work->values->reason = a->reason ? a->reason : own;
	if (!work->values->reason)
		work->values->reason = "what was counted does not tell it from the other factors";
}

static void find_of_node(const struct measure_work *work, int figure)
{
	const struct findings *const findings = work->findings;
	for (const struct trial_summary *trial = level_of(work)->first; trial; trial = trial->next)
		if (summary_trial_is_used(trial, work->level))
			measure_values_add(
			        work->values,
			        findings->node_time.trials[trial - findings->summary.trials]
			                .figures[figure],
			        trial->trial->block);
	work->values->reason = findings->node_time.levels[work->level].figures[figure].reason;
}

/* From the best of the sources that has a value at this level. */
static int find_frequency(const struct measure_work *work, struct error *err)
{
	const struct summary *const summary = &work->findings->summary;
	const struct level_summary *const level = level_of(work);
	const uint32_t sources = work->query->sources ? work->query->sources : FREQUENCY_OF_TASKS;
	enum frequency_source source;
	const struct estimate best = frequency_from(level, sources, &source);
	work->values->reason = best.reason;
	if (source == FREQUENCY_ABSENT)
		return 0;
	cleanup_free double *hz = malloc((summary->trial_count + 1) * sizeof *hz);
	if (!hz)
		return error_memory(err);
	frequency_of_trials(summary, work->level, source, hz);
	for (const struct trial_summary *trial = level->first; trial; trial = trial->next)
		if (summary_trial_is_used(trial, work->level))
			measure_values_add(work->values, hz[trial - summary->trials],
			                   trial->trial->block);
	work->values->source = source;
	return 0;
}

/* ---- All of them -------------------------------------------------------------------------- */

static int find_values(const struct measure_work *work, struct error *err)
{
	const int which = recipes[work->query->id].which;
	switch (recipes[work->query->id].way) {
	case WAY_TRIAL:
		find_of_trials(work, which);
		return 0;
	case WAY_BASELINE:
		find_against_baseline(work, which == 1);
		return 0;
	case WAY_TASKS:
		return measure_tasks_find(work, err);
	case WAY_CPI:
		measure_cpi_find(work);
		return 0;
	case WAY_ATTRIBUTION:
		find_factor(work, which);
		return 0;
	case WAY_NODE:
		find_of_node(work, which);
		return 0;
	case WAY_FREQUENCY:
		return find_frequency(work, err);
	case WAY_PLACES:
		break;
	}
	work->values->reason = "it is of the places of the machine, not of trials";
	return 0;
}

static size_t trials_of(const struct level_summary *level, size_t index)
{
	size_t count = 0;
	for (const struct trial_summary *trial = level->first; trial; trial = trial->next)
		count += summary_trial_is_used(trial, index);
	return count;
}

/* A reason says why nothing is there, so it goes once something is. */
static void settle_reason(const struct measure_work *work)
{
	struct measure_values *const values = work->values;
	const struct level_summary *const level = level_of(work);
	if (values->count > 0 || estimate_has_value(&values->stated)) {
		values->reason = NULL;
	} else if (level->reason && work->findings->dataset->stated_count == 0) {
		values->reason = level->reason;
	} else if (!values->reason) {
		values->reason = "no trial of this level has it";
	}
}

int measure_values_find(const struct findings *findings, size_t level,
                        const struct measure_query *query, struct measure_values *ret_values,
                        struct error *err)
{
	struct measure_values values = {.event = -1, .stated = estimate_absent(NULL)};
	const struct measure_work work = {findings, level, query, &values};
	const size_t room = trials_of(&findings->summary.levels[level], level) + 1;
	values.values = malloc(room * sizeof *values.values);
	values.blocks = malloc(room * sizeof *values.blocks);
	int r = values.values && values.blocks ? 0 : error_memory(err);
	if (r == 0)
		r = find_values(&work, err);
	if (r < 0) {
		measure_values_release(&values);
		return r;
	}
	if (room == 1)
		measure_stated_find(&work);
	settle_reason(&work);
	*ret_values = values;
	return 0;
}
