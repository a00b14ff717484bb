/* One level: its trials put together. */
#include "analyse/summary_parts.h"

#include "core/clock.h"

#include <float.h>
#include <math.h>
#include <string.h>

static double seconds(int64_t ns)
{
	return ns == RECORD_ABSENT ? (double)NAN : (double)ns / NS_PER_S;
}

static double wall_s(const struct task_record *task)
{
	return seconds(task->end_ns - task->start_ns);
}

static double user_s(const struct task_record *task)
{
	return seconds(task->user_ns);
}

static double system_s(const struct task_record *task)
{
	return seconds(task->system_ns);
}

static double number(int64_t value)
{
	return value == RECORD_ABSENT ? (double)NAN : (double)value;
}

static double max_rss_bytes(const struct task_record *task)
{
	return number(task->max_rss_bytes);
}

static double peak_rss_bytes(const struct task_record *task)
{
	return number(task->peak_rss_bytes);
}

static double peak_pss_bytes(const struct task_record *task)
{
	return number(task->peak_pss_bytes);
}

static double cgroup_peak_bytes(const struct task_record *task)
{
	return number(task->cgroup_peak_bytes);
}

static double rss_samples(const struct task_record *task)
{
	return number(task->rss_samples);
}

static double pss_samples(const struct task_record *task)
{
	return number(task->pss_samples);
}

static bool used_more_than_one_pu(const struct task_record *task)
{
	const int64_t cpu_ns = task_cpu_ns(task);
	if (cpu_ns == RECORD_ABSENT)
		return false;
	const double wall = (double)(task->end_ns - task->start_ns);
	return (double)cpu_ns > wall * (1 + SUMMARY_GRAIN_PART) + SUMMARY_GRAIN_NS;
}

static bool any_used_more_than_one_pu(const struct summary *summary, size_t level)
{
	for (const struct trial_summary *trial = summary->levels[level].first; trial;
	     trial = trial->next) {
		if (!summary_trial_is_used(trial, level))
			continue;
		for (size_t i = 0; i < trial->task_count; i++)
			if (task_state_is_success(trial->tasks[i].state) &&
			    used_more_than_one_pu(&trial->tasks[i]))
				return true;
	}
	return false;
}

static struct spread spread_absent(const char *reason)
{
	return (struct spread){
	        .mean = NAN, .median = NAN, .p95 = NAN, .max = NAN, .reason = reason};
}

static double finite_or_absent(double value)
{
	return isfinite(value) ? value : (double)NAN;
}

/* What an unknown figure of a task is known to be all the same. */
enum edge {
	EDGE_NONE,  /* nothing: the task is left out */
	EDGE_ABOVE, /* a task that ran into the timeout would have taken longer than all others */
	EDGE_BELOW  /* a task without max RSS is smaller than plateau, as the others are not */
};

static const char *const edge_reasons[] = {
        NULL,
        "some tasks ran into the timeout: the mean is of the others, and what lies beyond is "
        "unknown",
        "some tasks are smaller than plateau itself, whose memory the kernel counts to each of "
        "them, and have no figure"};

/* The figure of a task, infinite for one that stands at the edge, NAN for one to be left out. */
static double figure_of(const struct task_record *task,
                        double (*figure)(const struct task_record *), enum edge edge)
{
	if (edge == EDGE_ABOVE && task->state == TASK_TIMEOUT)
		return (double)INFINITY;
	if (!task_state_is_success(task->state))
		return (double)NAN;
	const double x = figure(task);
	return edge == EDGE_BELOW && isnan(x) ? -(double)INFINITY : x;
}

/* Collects the figure of a level's measured tasks with their weights; returns how many. */
static size_t collect(const struct summary *summary, size_t level,
                      double (*figure)(const struct task_record *), enum edge edge,
                      struct weighted_value *items)
{
	size_t count = 0;
	for (const struct trial_summary *trial = summary->levels[level].first; trial;
	     trial = trial->next) {
		if (!summary_trial_is_used(trial, level))
			continue;
		for (size_t i = 0; i < trial->task_count; i++) {
			const double v = summary_task_weight(trial, &trial->tasks[i]);
			const double x = figure_of(&trial->tasks[i], figure, edge);
			if (v > 0 && !isnan(x))
				items[count++] = (struct weighted_value){x, v};
		}
	}
	return count;
}

/* The figure's distribution over the successful measured tasks of a level. A quantile that reaches
 * into tasks at the edge is absent. */
static struct spread measure_spread(const struct summary *summary, size_t level,
                                    double (*figure)(const struct task_record *), enum edge edge,
                                    struct weighted_value *scratch)
{
	const size_t count = collect(summary, level, figure, edge, scratch);
	quantile_sort(scratch, count);
	size_t below = 0;
	size_t above = 0;
	while (below < count && scratch[below].value < -DBL_MAX)
		below++;
	while (above < count - below && scratch[count - above - 1].value > DBL_MAX)
		above++;
	const size_t known = count - below - above;
	if (known == 0)
		return spread_absent(below ? "the tasks are smaller than plateau itself, whose "
		                             "memory the kernel counts to each of them"
		                           : "no task of this level has this figure");
	static const double ps[] = {0.5, 0.95};
	double quantiles[2];
	quantiles_weighted(scratch, count, ps, 2, quantiles);
	return (struct spread){
	        .mean = below ? (double)NAN : quantile_weighted_mean(scratch, known),
	        .median = finite_or_absent(quantiles[0]),
	        .p95 = finite_or_absent(quantiles[1]),
	        .max = above ? (double)NAN : scratch[count - 1].value,
	        .tasks = known,
	        .reason = below || above ? edge_reasons[edge] : NULL,
	};
}

/* The reason that the run has put down for a figure that it could not have; NULL: it could. */
static const char *reason_of_run(const struct summary *summary, const char *fact)
{
	const struct host_facts *const host = &summary->dataset->host;
	for (size_t i = 0; i < host->count; i++)
		if (strcmp(host->items[i].name, fact) == 0)
			return host->items[i].reason;
	return NULL;
}

/* A task may have been sampled for one figure and not for the other. */
static void measure_memory(struct summary *summary, size_t index, struct weighted_value *scratch)
{
	static const char not_seen[] = "no task of this level was running when memory was sampled";
	static const char not_measured[] = "the plateau that made this result did not measure it";
	static const char none_succeeded[] = "no task of this level succeeded";
	static const char not_imported[] = "the imported files do not have it";
	struct level_summary *const level = &summary->levels[index];
	const bool is_imported = summary->dataset->run.imported != NULL;
	/* What is not in an imported file says nothing of how small a task is. */
	level->max_rss_bytes = measure_spread(summary, index, max_rss_bytes,
	                                      is_imported ? EDGE_NONE : EDGE_BELOW, scratch);
	level->peak_rss_bytes = measure_spread(summary, index, peak_rss_bytes, EDGE_NONE, scratch);
	level->peak_pss_bytes = measure_spread(summary, index, peak_pss_bytes, EDGE_NONE, scratch);
	level->cgroup_peak_bytes =
	        measure_spread(summary, index, cgroup_peak_bytes, EDGE_NONE, scratch);
	level->rss_samples = measure_spread(summary, index, rss_samples, EDGE_NONE, scratch);
	level->pss_samples = measure_spread(summary, index, pss_samples, EDGE_NONE, scratch);
	const bool is_recorded = level->rss_samples.tasks > 0;
	/* Figures of memory are of tasks that succeeded: without one, nothing can be said of what
	 * was recorded. */
	const bool has_success = level->tasks_in_state[TASK_OK] > 0;
	const char *const not_recorded = is_imported    ? not_imported
	                                 : !has_success ? none_succeeded
	                                                : not_measured;
	const char *const pss_reason = reason_of_run(summary, "task_peak_pss");
	const char *const peak_reason = reason_of_run(summary, "task_cgroup_peak");
	if (level->max_rss_bytes.tasks == 0 && !has_success && !is_imported)
		level->max_rss_bytes.reason = none_succeeded;
	if (level->peak_rss_bytes.tasks == 0)
		level->peak_rss_bytes.reason = is_recorded ? not_seen : not_recorded;
	if (level->peak_pss_bytes.tasks == 0)
		level->peak_pss_bytes.reason = pss_reason    ? pss_reason
		                               : is_imported ? not_imported
		                               : has_success ? not_seen
		                                             : none_succeeded;
	if (level->cgroup_peak_bytes.tasks == 0 && (peak_reason || !is_recorded))
		level->cgroup_peak_bytes.reason = peak_reason ? peak_reason : not_recorded;
}

static void measure_spreads(struct summary *summary, size_t index, struct weighted_value *scratch)
{
	struct level_summary *const level = &summary->levels[index];
	level->wall_s = measure_spread(summary, index, wall_s, EDGE_ABOVE, scratch);
	level->user_s = measure_spread(summary, index, user_s, EDGE_NONE, scratch);
	level->system_s = measure_spread(summary, index, system_s, EDGE_NONE, scratch);
	level->cpu_s = measure_spread(summary, index, task_cpu_s, EDGE_NONE, scratch);
	measure_memory(summary, index, scratch);
	const bool has_passed_wall = any_used_more_than_one_pu(summary, index);
	level->is_parallel = has_passed_wall || summary->dataset->run.threads > 1;
	if (summary->dataset->run.threads > 1)
		level->off_cpu_s = spread_absent("a task uses several PUs at once");
	else if (has_passed_wall)
		level->off_cpu_s = spread_absent("some task used more CPU time than wall time: it "
		                                 "ran on several PUs at once");
	else
		level->off_cpu_s =
		        measure_spread(summary, index, task_off_cpu_s, EDGE_NONE, scratch);
}

static void count_tasks(struct level_summary *level, const struct trial_summary *trial)
{
	level->tasks += trial->measured;
	level->failed += trial->failed;
	for (size_t i = 0; i < trial->task_count; i++) {
		const struct task_record *const task = &trial->tasks[i];
		if (summary_task_is_measured(trial, task) && task->state < TASK_STATES)
			level->tasks_in_state[task->state]++;
	}
	level->is_censored |= level->tasks_in_state[TASK_TIMEOUT] > 0;
	level->is_censored |= trial->trial->state == TRIAL_CENSORED;
}

/* Why no trial of the level is in the estimates. */
static const char *level_reason(const struct summary *summary, size_t index)
{
	const struct level_summary *const level = &summary->levels[index];
	if (level->level->skipped)
		return level->level->skipped;
	for (const struct trial_summary *trial = level->first; trial; trial = trial->next)
		if (trial->trial->state != TRIAL_PENDING)
			return trial->left_out;
	return "no trial of it has run";
}

void summary_measure_level(struct summary *summary, size_t index, struct weighted_value *scratch,
                           double *values)
{
	struct level_summary *const level = &summary->levels[index];
	double held = 0;
	size_t held_trials = 0;
	level->held_min = NAN;
	for (const struct trial_summary *trial = level->first; trial; trial = trial->next) {
		if (trial->trial->state < TRIAL_STATES)
			level->trials_in_state[trial->trial->state]++;
		if (!summary_trial_is_used(trial, index))
			continue;
		const double share = trial->held / level->level->concurrency;
		held += isfinite(share) ? share : 0;
		held_trials += isfinite(share);
		level->has_durations_only |= trial->trial->has_durations_only;
		level->held_min = fmin(level->held_min, share);
		values[level->trials++] = trial->throughput_per_s;
		count_tasks(level, trial);
	}
	level->held = held_trials ? held / (double)held_trials : (double)NAN;
	if (level->trials == 0)
		level->reason = level_reason(summary, index);
	level->throughput_per_s = level->trials ? estimate_geometric(values, level->trials)
	                                        : estimate_absent(level->reason);
	level->efficiency = estimate_absent(level->reason);
	measure_spreads(summary, index, scratch);
}
