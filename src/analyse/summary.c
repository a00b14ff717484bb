#include "analyse/summary.h"

#include "analyse/stated.h"
#include "analyse/summary_parts.h"
#include "core/error.h"
#include "core/parallel.h"
#include "model/window.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A calloc that is never of nothing. */
static void *zeroed(size_t count, size_t item_bytes)
{
	return calloc(count ? count : 1, item_bytes);
}

static int allocate(struct summary *summary, struct error *err)
{
	const struct dataset *const dataset = summary->dataset;
	summary->levels = zeroed(dataset->level_count, sizeof *summary->levels);
	summary->trials = zeroed(dataset->trial_count, sizeof *summary->trials);
	summary->policies = zeroed(dataset->level_count, sizeof *summary->policies);
	summary->weights = zeroed(dataset->task_count, sizeof *summary->weights);
	if (!summary->levels || !summary->trials || !summary->policies || !summary->weights)
		return error_memory(err);
	summary->level_count = dataset->level_count;
	summary->trial_count = dataset->trial_count;
	for (size_t i = 0; i < dataset->level_count; i++) {
		summary->levels[i].level = &dataset->levels[i];
		summary->levels[i].counters =
		        zeroed(dataset->event_count, sizeof *summary->levels[i].counters);
		if (!summary->levels[i].counters)
			return error_memory(err);
	}
	return 0;
}

static int compare_levels(const void *a, const void *b)
{
	const struct level_summary *const x = a;
	const struct level_summary *const y = b;
	if (x->level->concurrency != y->level->concurrency)
		return x->level->concurrency < y->level->concurrency ? -1 : 1;
	/* Both point into the dataset's array: its order is that of the policies. */
	return (x->level > y->level) - (x->level < y->level);
}

static void find_policies(struct summary *summary)
{
	for (size_t i = 0; i < summary->level_count; i++) {
		const char *const policy = summary->levels[i].level->policy;
		size_t p = 0;
		while (p < summary->policy_count && strcmp(summary->policies[p], policy) != 0)
			p++;
		if (p == summary->policy_count)
			summary->policies[summary->policy_count++] = policy;
	}
}

/* The first task of the dataset whose trial is `trial` or later; wider than an id, so that one more
 * than the last id is no 0. */
static size_t first_task(const struct dataset *dataset, uint64_t trial)
{
	size_t low = 0;
	size_t high = dataset->task_count;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		if (dataset->tasks[middle].trial < trial)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Everything per task takes its weight, so it is worked out once. */
static void weigh_tasks(const struct trial_summary *trial, double *weights)
{
	const struct trial_record *const record = trial->trial;
	for (size_t i = 0; i < trial->task_count; i++) {
		const struct task_record *const task = &trial->tasks[i];
		weights[i] = record->has_durations_only ? 1
		             : summary_task_is_measured(trial, task)
		                     ? window_weight(task->start_ns, task->end_ns,
		                                     record->window_start_ns, record->window_end_ns)
		                     : 0;
	}
}

/* Where each of the dataset's levels is among those of the summary. The caller frees it. */
static size_t *level_indexes(const struct summary *summary)
{
	size_t *const indexes = zeroed(summary->level_count, sizeof *indexes);
	for (size_t i = 0; indexes && i < summary->level_count; i++)
		indexes[summary->levels[i].level - summary->dataset->levels] = i;
	return indexes;
}

static int link_trials(struct summary *summary, const size_t *indexes, struct error *err)
{
	const struct dataset *const dataset = summary->dataset;
	/* From the last on, so that every level's list begins with its first. */
	for (size_t t = dataset->trial_count; t-- > 0;) {
		const struct trial_record *const record = &dataset->trials[t];
		struct trial_summary *const trial = &summary->trials[t];
		if (record->level >= dataset->level_count)
			return error_set(err, EINVAL,
			                 "trial %u is of level %u, but there are only %zu levels",
			                 record->trial, record->level, dataset->level_count);
		trial->trial = record;
		trial->level = indexes[record->level];
		trial->next = summary->levels[trial->level].first;
		summary->levels[trial->level].first = trial;
		const size_t first = first_task(dataset, record->trial);
		trial->task_count = first_task(dataset, (uint64_t)record->trial + 1) - first;
		trial->tasks = trial->task_count ? &dataset->tasks[first] : NULL;
		trial->weights = summary->weights + first;
		weigh_tasks(trial, summary->weights + first);
	}
	return 0;
}

/* Levels are worked out by themselves, and on large results several at once. */
struct measuring {
	struct summary *summary;
	struct weighted_value *scratch; /* for every worker: as many as there are tasks, */
	double *values;                 /* and twice as many as there are trials */
};

static void measure_level(void *measuring, size_t level, size_t worker)
{
	const struct measuring *const m = measuring;
	struct weighted_value *const scratch =
	        m->scratch + worker * m->summary->dataset->task_count;
	double *const values = m->values + 2 * worker * m->summary->trial_count;
	/* The levels with most tasks begin first: they are mostly the last ones. */
	const size_t index = m->summary->level_count - 1 - level;
	summary_measure_level(m->summary, index, scratch, values);
	summary_measure_counters(m->summary, index, values);
	stated_fill_level(m->summary->dataset, &m->summary->levels[index]);
}

static int measure(struct summary *summary, struct error *err)
{
	int r = -ENOMEM;
	const size_t workers = parallel_workers(summary->dataset->task_count);
	struct measuring m = {.summary = summary};
	m.scratch = zeroed(workers * summary->dataset->task_count, sizeof *m.scratch);
	m.values = zeroed(2 * workers * summary->trial_count, sizeof *m.values);
	if (!m.scratch || !m.values) {
		error_memory(err);
		goto out;
	}
	for (size_t t = 0; t < summary->trial_count; t++)
		summary_measure_trial(&summary->trials[t],
		                      summary->levels[summary->trials[t].level].level->concurrency,
		                      m.scratch);
	parallel_for(summary->level_count, workers, measure_level, &m);
	summary_measure_harness(summary, m.scratch);
	r = summary_measure_efficiency(summary, m.values, err);
	if (r == 0)
		r = summary_find_warnings(summary, err);
out:
	free(m.scratch);
	free(m.values);
	return r;
}

int summary_build(const struct dataset *dataset, struct summary *ret_summary, struct error *err)
{
	struct summary summary = {.dataset = dataset};
	int r = allocate(&summary, err);
	if (r == 0) {
		qsort(summary.levels, summary.level_count, sizeof *summary.levels, compare_levels);
		find_policies(&summary);
		size_t *const indexes = level_indexes(&summary);
		r = indexes ? link_trials(&summary, indexes, err) : error_memory(err);
		free(indexes);
	}
	if (r == 0)
		r = measure(&summary, err);
	if (r < 0) {
		summary_release(&summary);
		return error_context(err, r, "summarising the result");
	}
	*ret_summary = summary;
	return 0;
}

void summary_release(struct summary *summary)
{
	if (!summary)
		return;
	for (size_t i = 0; summary->levels && i < summary->level_count; i++)
		free(summary->levels[i].counters);
	free(summary->levels);
	free(summary->trials);
	free(summary->policies);
	free(summary->weights);
	free(summary->warnings);
	*summary = (struct summary){0};
}
