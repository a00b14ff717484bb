/* What tasks spent in phases: seconds, shares and distributions of every group, level by level. */
#include "analyse/distributions_parts.h"
#include "analyse/phases_parts.h"
#include "analyse/quantile.h"
#include "core/array.h"
#include "core/error.h"

#include <math.h>
#include <stdlib.h>

/* What one task spent in one group. */
struct spent {
	uint32_t group;
	double seconds;
	double weight;
};

struct work {
	const struct summary *summary;
	const struct phase_tasks *tasks;
	const struct phase_groups *groups;
	struct phase_sums *sums;
	struct spent *spent; /* of one level */
	size_t spent_count;
	size_t spent_capacity;
	double *seconds;   /* by group: of one task */
	uint32_t *touched; /* groups that it spent any in */
	struct weighted_value *values;
};

static void work_release(struct work *work)
{
	free(work->spent);
	free(work->seconds);
	free(work->touched);
	free(work->values);
}

static int make_room(struct work *work, struct error *err)
{
	const size_t trials = work->summary->trial_count;
	const size_t groups = work->groups->count;
	work->sums->group_count = groups;
	work->sums->seconds = calloc(trials * groups, sizeof *work->sums->seconds);
	work->sums->weights = calloc(trials, sizeof *work->sums->weights);
	work->seconds = calloc(groups, sizeof *work->seconds);
	work->touched = calloc(groups, sizeof *work->touched);
	work->values = calloc(work->tasks->count, sizeof *work->values);
	if (!work->sums->seconds || !work->sums->weights || !work->seconds || !work->touched ||
	    !work->values)
		return error_memory(err);
	for (size_t g = 0; g < groups; g++)
		work->seconds[g] = -0.0;
	return 0;
}

static size_t add_seconds(struct work *work, uint32_t group, double seconds, size_t touched)
{
	/* -0 marks a group that was not touched yet: 0 s may be spent in one. */
	if (signbit(work->seconds[group])) {
		work->touched[touched++] = group;
		work->seconds[group] = 0;
	}
	work->seconds[group] += seconds;
	return touched;
}

static int add_task(struct work *work, const struct phase_task *task, struct error *err)
{
	size_t touched = 0;
	for (size_t p = 0; p < task->count; p++) {
		const struct dataset_phase *const phase = &task->phases[p];
		const double seconds = phase_seconds(phase);
		touched = add_seconds(work, (uint32_t)phase->class, seconds, touched);
		touched = add_seconds(work, work->groups->group_of[phase_key(phase)], seconds,
		                      touched);
	}
	const int r = array_reserve(&work->spent, &work->spent_capacity,
	                            work->spent_count + touched, sizeof *work->spent, err);
	if (r < 0)
		return r;
	work->sums->weights[task->trial] += task->weight;
	for (size_t i = 0; i < touched; i++) {
		const uint32_t group = work->touched[i];
		work->spent[work->spent_count++] =
		        (struct spent){group, work->seconds[group], task->weight};
		work->sums->seconds[task->trial * work->groups->count + group] +=
		        task->weight * work->seconds[group];
		work->seconds[group] = -0.0;
	}
	return 0;
}

static int by_group(const void *a, const void *b)
{
	const struct spent *const x = a;
	const struct spent *const y = b;
	return (x->group > y->group) - (x->group < y->group);
}

static struct spread spread_of(const struct weighted_value *values, size_t count)
{
	static const double ps[] = {0.5, 0.95};
	double quantiles[2];
	quantiles_weighted(values, count, ps, 2, quantiles);
	return (struct spread){.mean = quantile_weighted_mean(values, count),
	                       .median = quantiles[0],
	                       .p95 = quantiles[1],
	                       .max = values[count - 1].value,
	                       .tasks = count};
}

/* The values of a group in the tasks of a level, sorted: `spent`, and 0 in all others. */
static size_t collect(struct work *work, size_t level, const struct spent *spent, size_t count)
{
	size_t n = 0;
	double rest = 0;
	size_t tasks;
	const struct phase_task *const items = phase_tasks_of_level(work->tasks, level, &tasks);
	for (size_t i = 0; i < tasks; i++)
		rest += items[i].weight;
	for (; n < count; n++) {
		work->values[n] = (struct weighted_value){spent[n].seconds, spent[n].weight};
		rest -= spent[n].weight;
	}
	const size_t without = tasks - count;
	for (; n < tasks; n++)
		work->values[n] = (struct weighted_value){0, fmax(rest, 0) / (double)without};
	quantile_sort(work->values, n);
	return n;
}

static void measure_group(struct work *work, size_t level, struct phase_group *group,
                          const struct spent *spent, size_t count)
{
	const size_t n = collect(work, level, spent, count);
	group->levels[level].seconds = spread_of(work->values, n);
	if (!group->distribution.levels)
		return;
	struct distribution *const d = &group->distribution.levels[level];
	d->tasks = n;
	distribution_describe(work->values, n, d);
}

static struct spread no_spread(const char *reason)
{
	return (struct spread){
	        .mean = NAN, .median = NAN, .p95 = NAN, .max = NAN, .reason = reason};
}

static const char *level_reason(const struct level_summary *level)
{
	return level->reason ? level->reason : "no task of this level has phases";
}

static void leave_level_out(size_t level, struct phase_group *groups, size_t count,
                            const char *reason)
{
	for (size_t i = 0; i < count; i++) {
		groups[i].levels[level] =
		        (struct phase_level){.seconds = no_spread(reason), .share = NAN};
		if (groups[i].distribution.levels)
			distribution_make_absent(&groups[i].distribution.levels[level], reason);
	}
}

static int measure_level(struct work *work, size_t level, struct phase_findings *findings,
                         struct error *err)
{
	work->spent_count = 0;
	size_t tasks;
	const struct phase_task *const items = phase_tasks_of_level(work->tasks, level, &tasks);
	for (size_t i = 0; i < tasks; i++) {
		const int r = add_task(work, &items[i], err);
		if (r < 0)
			return r;
	}
	if (work->spent_count == 0) {
		const char *const reason = level_reason(&work->summary->levels[level]);
		leave_level_out(level, findings->classes, findings->class_count, reason);
		leave_level_out(level, findings->phases, findings->phase_count, reason);
		return 0;
	}
	qsort(work->spent, work->spent_count, sizeof *work->spent, by_group);
	size_t at = 0;
	double wall = 0;
	for (size_t g = 0; g < work->groups->count; g++) {
		size_t end = at;
		while (end < work->spent_count && work->spent[end].group == g)
			end++;
		struct phase_group *const group = phase_groups_at(findings, g);
		measure_group(work, level, group, &work->spent[at], end - at);
		wall += g < PHASE_CLASSES ? group->levels[level].seconds.mean : 0;
		at = end;
	}
	for (size_t g = 0; g < work->groups->count; g++) {
		struct phase_level *const figures = &phase_groups_at(findings, g)->levels[level];
		figures->share = wall > 0 ? figures->seconds.mean / wall : (double)NAN;
	}
	return 0;
}

/* Bins need the range of all levels first: the values are collected again. */
static void fill_class_bins(struct work *work, struct phase_group *group)
{
	const size_t levels = work->summary->level_count;
	distribution_find_range(&group->distribution, levels);
	for (size_t level = 0; level < levels; level++) {
		struct distribution *const d = &group->distribution.levels[level];
		size_t n = 0;
		size_t tasks;
		const struct phase_task *const items =
		        phase_tasks_of_level(work->tasks, level, &tasks);
		for (size_t i = 0; d->tasks > 0 && i < tasks; i++) {
			const struct phase_task *const task = &items[i];
			double seconds = 0;
			for (size_t p = 0; p < task->count; p++)
				if (task->phases[p].class == group->class)
					seconds += phase_seconds(&task->phases[p]);
			work->values[n++] = (struct weighted_value){seconds, task->weight};
		}
		if (n > 0)
			distribution_fill_bins(&group->distribution, work->values, n, d);
	}
}

int phase_levels_measure(const struct summary *summary, const struct phase_tasks *tasks,
                         const struct phase_groups *groups, struct phase_findings *findings,
                         struct phase_sums *sums, struct error *err)
{
	struct work work = {.summary = summary, .tasks = tasks, .groups = groups, .sums = sums};
	int r = make_room(&work, err);
	for (size_t level = 0; r == 0 && level < summary->level_count; level++)
		r = measure_level(&work, level, findings, err);
	for (size_t c = 0; r == 0 && c < PHASE_CLASSES; c++)
		fill_class_bins(&work, &findings->classes[c]);
	work_release(&work);
	return r;
}

void phase_sums_release(struct phase_sums *sums)
{
	free(sums->seconds);
	free(sums->weights);
	*sums = (struct phase_sums){0};
}
