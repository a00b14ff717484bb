#include "analyse/phases.h"

#include "analyse/distributions_parts.h"
#include "analyse/phases_parts.h"
#include "analyse/quantile.h"
#include "analyse/summary_parts.h"
#include "core/array.h"
#include "core/clock.h"
#include "core/error.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The groups of a working-out: the classes, then the phases. A key is a name and a class. */
struct key {
	uint32_t key;
	double total;    /* v-weighted seconds of all levels, */
	double baseline; /* and of the baselines */
};

/* What one task spent in one group. */
struct spent {
	uint32_t group;
	double seconds;
	double weight;
};

struct work {
	const struct summary *summary;
	struct phase_tasks tasks;
	struct key *keys; /* those that occur, the longest first */
	size_t key_count;
	uint32_t *group_of; /* by key */
	size_t group_count; /* classes, and phases */
	bool has_rest;      /* the last group is of all phases that have none of their own */
	/* By trial, then group: sums of v x seconds; by trial: of v. */
	double *sums;
	double *weights;
	struct spent *spent; /* of one level */
	size_t spent_count;
	size_t spent_capacity;
	double *seconds;   /* by group: of one task */
	uint32_t *touched; /* groups that it spent any in */
	struct weighted_value *values;
	double *ratios; /* two figures of every trial */
};

static void work_release(struct work *work)
{
	free(work->tasks.items);
	free(work->keys);
	free(work->group_of);
	free(work->sums);
	free(work->weights);
	free(work->spent);
	free(work->seconds);
	free(work->touched);
	free(work->values);
	free(work->ratios);
}

static uint32_t key_of(const struct dataset_phase *phase)
{
	return phase->name * PHASE_CLASSES + (uint32_t)phase->class;
}

static double seconds_of(const struct dataset_phase *phase)
{
	return (double)(phase->end_ns - phase->start_ns) / NS_PER_S;
}

/* ---- Groups ------------------------------------------------------------------------------ */

static int by_total(const void *a, const void *b)
{
	const struct key *const x = a;
	const struct key *const y = b;
	if (x->total != y->total)
		return x->total > y->total ? -1 : 1;
	return (x->key > y->key) - (x->key < y->key);
}

static int by_baseline(const void *a, const void *b)
{
	const struct key *const x = a;
	const struct key *const y = b;
	if (x->baseline != y->baseline)
		return x->baseline > y->baseline ? -1 : 1;
	return by_total(a, b);
}

static void add_totals(struct work *work)
{
	for (size_t i = 0; i < work->tasks.count; i++) {
		const struct phase_task *const task = &work->tasks.items[i];
		const bool is_baseline = work->summary->levels[task->level].is_baseline;
		for (size_t p = 0; p < task->count; p++) {
			struct key *const key = &work->keys[key_of(&task->phases[p])];
			const double seconds = task->weight * seconds_of(&task->phases[p]);
			/* A phase of no length occurs as well. */
			key->total = fmax(key->total, 0) + seconds;
			key->baseline += is_baseline ? seconds : 0;
		}
	}
}

/* Which phases have figures of their own: the longest ones, in the order of the baseline. */
static int find_groups(struct work *work, struct error *err)
{
	const size_t all = work->summary->dataset->phase_names.count * PHASE_CLASSES;
	work->keys = calloc(all, sizeof *work->keys);
	work->group_of = calloc(all, sizeof *work->group_of);
	if (!work->keys || !work->group_of)
		return error_memory(err);
	for (size_t i = 0; i < all; i++)
		work->keys[i] = (struct key){.key = (uint32_t)i, .total = -1};
	add_totals(work);
	qsort(work->keys, all, sizeof *work->keys, by_total);
	while (work->key_count < all && work->keys[work->key_count].total >= 0)
		work->key_count++;
	work->has_rest = work->key_count > PHASES_MOST;
	const size_t own = work->has_rest ? PHASES_MOST : work->key_count;
	qsort(work->keys, own, sizeof *work->keys, by_baseline);
	for (size_t i = 0; i < work->key_count; i++)
		work->group_of[work->keys[i].key] = (uint32_t)(PHASE_CLASSES + (i < own ? i : own));
	work->group_count = PHASE_CLASSES + own + work->has_rest;
	return 0;
}

static int make_room(struct work *work, struct error *err)
{
	const size_t trials = work->summary->trial_count;
	work->sums = calloc(trials * work->group_count, sizeof *work->sums);
	work->weights = calloc(trials, sizeof *work->weights);
	work->seconds = calloc(work->group_count, sizeof *work->seconds);
	work->touched = calloc(work->group_count, sizeof *work->touched);
	work->values = calloc(work->tasks.count, sizeof *work->values);
	work->ratios = calloc(2 * trials, sizeof *work->ratios);
	if (!work->sums || !work->weights || !work->seconds || !work->touched || !work->values ||
	    !work->ratios)
		return error_memory(err);
	return 0;
}

/* ---- One level ---------------------------------------------------------------------------- */

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
		const double seconds = seconds_of(phase);
		touched = add_seconds(work, (uint32_t)phase->class, seconds, touched);
		touched = add_seconds(work, work->group_of[key_of(phase)], seconds, touched);
	}
	const int r = array_reserve(&work->spent, &work->spent_capacity,
	                            work->spent_count + touched, sizeof *work->spent, err);
	if (r < 0)
		return r;
	work->weights[task->trial] += task->weight;
	for (size_t i = 0; i < touched; i++) {
		const uint32_t group = work->touched[i];
		work->spent[work->spent_count++] =
		        (struct spent){group, work->seconds[group], task->weight};
		work->sums[task->trial * work->group_count + group] +=
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

static struct phase_group *group_at(struct phase_findings *findings, size_t group)
{
	return group < PHASE_CLASSES ? &findings->classes[group]
	                             : &findings->phases[group - PHASE_CLASSES];
}

/* The values of a group in the tasks of a level, sorted: `spent`, and 0 in all others. */
static size_t collect(struct work *work, size_t level, const struct spent *spent, size_t count)
{
	size_t n = 0;
	double rest = 0;
	size_t tasks;
	const struct phase_task *const items = phase_tasks_of_level(&work->tasks, level, &tasks);
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
	const struct phase_task *const items = phase_tasks_of_level(&work->tasks, level, &tasks);
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
	for (size_t g = 0; g < work->group_count; g++) {
		size_t end = at;
		while (end < work->spent_count && work->spent[end].group == g)
			end++;
		struct phase_group *const group = group_at(findings, g);
		measure_group(work, level, group, &work->spent[at], end - at);
		wall += g < PHASE_CLASSES ? group->levels[level].seconds.mean : 0;
		at = end;
	}
	for (size_t g = 0; g < work->group_count; g++) {
		struct phase_level *const figures = &group_at(findings, g)->levels[level];
		figures->share = wall > 0 ? figures->seconds.mean / wall : (double)NAN;
	}
	return 0;
}

/* ---- Against the baseline ------------------------------------------------------------------ */

/* The mean of a group in a trial, NAN where no task of the trial has phases. */
static double trial_mean(const struct work *work, size_t trial, size_t group)
{
	return work->weights[trial] > 0
	               ? work->sums[trial * work->group_count + group] / work->weights[trial]
	               : (double)NAN;
}

/* Means of a level and of its baseline in the blocks that hold both; returns how many. */
static size_t pair_trials(struct work *work, size_t level, size_t baseline, size_t group,
                          bool *ret_has_zero)
{
	const struct summary *const summary = work->summary;
	double *const above = work->ratios;
	double *const below = work->ratios + summary->trial_count;
	size_t count = 0;
	for (const struct trial_summary *a = summary->levels[level].first; a; a = a->next) {
		if (!summary_trial_is_used(a, level))
			continue;
		for (const struct trial_summary *b = summary->levels[baseline].first; b;
		     b = b->next) {
			if (!summary_trial_is_used(b, baseline) ||
			    b->trial->block != a->trial->block)
				continue;
			above[count] = trial_mean(work, (size_t)(a - summary->trials), group);
			below[count] = trial_mean(work, (size_t)(b - summary->trials), group);
			if (isnan(above[count]) || isnan(below[count]))
				break;
			*ret_has_zero |= !(above[count] > 0 && below[count] > 0);
			count++;
			break;
		}
	}
	return count;
}

static struct estimate relative(struct work *work, size_t level, size_t group)
{
	const struct summary *const summary = work->summary;
	const ptrdiff_t baseline = summary_baseline(summary, summary->levels[level].level->policy);
	if (baseline < 0)
		return estimate_absent("there is no baseline");
	bool has_zero = false;
	const size_t pairs = pair_trials(work, level, (size_t)baseline, group, &has_zero);
	if (pairs == 0)
		return estimate_absent("no block has phases of both this level and the baseline");
	if (has_zero)
		return estimate_absent("it took no time in some trial, by the log's time stamps");
	if ((size_t)baseline == level)
		return (struct estimate){.value = 1, .low = 1, .high = 1, .n = pairs};
	return estimate_paired_ratio(work->ratios, work->ratios + summary->trial_count, pairs, 1);
}

/* ---- All together -------------------------------------------------------------------------- */

static int make_group(const struct summary *summary, const char *name, enum phase_class class,
                      bool is_class, struct phase_group *group, struct error *err)
{
	group->name = name;
	group->class = class;
	group->levels = calloc(summary->level_count, sizeof *group->levels);
	if (is_class)
		group->distribution.levels =
		        calloc(summary->level_count, sizeof *group->distribution.levels);
	if (!group->levels || (is_class && !group->distribution.levels))
		return error_memory(err);
	return 0;
}

static int make_groups(const struct work *work, struct phase_findings *findings, struct error *err)
{
	const struct words *const names = &work->summary->dataset->phase_names;
	const size_t phases = work->group_count - PHASE_CLASSES;
	findings->classes = calloc(PHASE_CLASSES, sizeof *findings->classes);
	findings->phases = calloc(phases + 1, sizeof *findings->phases);
	if (!findings->classes || !findings->phases)
		return error_memory(err);
	findings->class_count = PHASE_CLASSES;
	findings->phase_count = phases;
	findings->phases_found = work->key_count;
	int r = 0;
	for (size_t c = 0; r == 0 && c < PHASE_CLASSES; c++)
		r = make_group(work->summary, phase_class_names[c], (enum phase_class)c, true,
		               &findings->classes[c], err);
	for (size_t i = 0; r == 0 && i < phases; i++) {
		const bool is_rest = work->has_rest && i + 1 == phases;
		const uint32_t key = work->keys[i].key;
		r = make_group(work->summary,
		               is_rest ? "(all others)" : names->items[key / PHASE_CLASSES],
		               is_rest ? PHASE_OTHER : (enum phase_class)(key % PHASE_CLASSES),
		               false, &findings->phases[i], err);
	}
	return r;
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
		        phase_tasks_of_level(&work->tasks, level, &tasks);
		for (size_t i = 0; d->tasks > 0 && i < tasks; i++) {
			const struct phase_task *const task = &items[i];
			double seconds = 0;
			for (size_t p = 0; p < task->count; p++)
				if (task->phases[p].class == group->class)
					seconds += seconds_of(&task->phases[p]);
			work->values[n++] = (struct weighted_value){seconds, task->weight};
		}
		if (n > 0)
			distribution_fill_bins(&group->distribution, work->values, n, d);
	}
}

static void release_group(struct phase_group *group)
{
	free(group->levels);
	free(group->distribution.levels);
	*group = (struct phase_group){0};
}

/* Classes that took no time at any level are left out. */
static void drop_empty_classes(const struct summary *summary, struct phase_findings *findings)
{
	size_t kept = 0;
	for (size_t c = 0; c < findings->class_count; c++) {
		struct phase_group *const group = &findings->classes[c];
		bool occurs = false;
		for (size_t i = 0; i < summary->level_count; i++)
			occurs |= group->levels[i].seconds.max > 0;
		if (occurs) {
			const struct phase_group moved = *group;
			*group = (struct phase_group){0};
			findings->classes[kept++] = moved;
		} else {
			release_group(group);
		}
	}
	findings->class_count = kept;
}

static int work_out(struct work *work, struct phase_findings *findings, struct error *err)
{
	const size_t levels = work->summary->level_count;
	int r = find_groups(work, err);
	if (r == 0)
		r = make_room(work, err);
	if (r == 0)
		r = make_groups(work, findings, err);
	for (size_t g = 0; r == 0 && g < work->group_count; g++)
		work->seconds[g] = -0.0;
	for (size_t level = 0; r == 0 && level < levels; level++)
		r = measure_level(work, level, findings, err);
	if (r < 0)
		return r;
	for (size_t g = 0; g < work->group_count; g++)
		for (size_t level = 0; level < levels; level++)
			group_at(findings, g)->levels[level].relative = relative(work, level, g);
	for (size_t c = 0; c < PHASE_CLASSES; c++)
		fill_class_bins(work, &findings->classes[c]);
	drop_empty_classes(work->summary, findings);
	return phase_lines_make(work->summary, &work->tasks, -1, findings, err);
}

/* Why no task has phases. */
static const char *absence(const struct dataset *dataset)
{
	const char *const scenario = dataset->run.scenario_json;
	if (scenario && strstr(scenario, ",\"phases\":{"))
		return "no log of a measured task could be used: see the warnings";
	return "the scenario does not say how the tasks' log is read (task.phases)";
}

int phases_build(const struct summary *summary, struct phase_findings *ret_findings,
                 struct error *err)
{
	struct phase_findings findings = {.line_input = -1};
	struct work work = {.summary = summary};
	int r = phase_tasks_find(summary, &work.tasks, &findings.tasks_measured, err);
	findings.tasks = work.tasks.count;
	if (r == 0 && findings.tasks > 0)
		r = work_out(&work, &findings, err);
	else if (r == 0)
		findings.reason = absence(summary->dataset);
	work_release(&work);
	if (r < 0) {
		phases_release(&findings);
		return error_context(err, r, "working out phases");
	}
	*ret_findings = findings;
	return 0;
}

void phases_release(struct phase_findings *findings)
{
	if (!findings)
		return;
	for (size_t i = 0; i < findings->class_count; i++)
		release_group(&findings->classes[i]);
	for (size_t i = 0; i < findings->phase_count; i++)
		release_group(&findings->phases[i]);
	free(findings->classes);
	free(findings->phases);
	phase_lines_release(findings);
	*findings = (struct phase_findings){0};
}
