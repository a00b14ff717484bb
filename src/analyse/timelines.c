/* What ran when, in one trial per level, thinned to what can be looked at. */
#include "analyse/distributions_parts.h"

#include "analyse/summary_parts.h"
#include "core/cleanup.h"
#include "core/clock.h"
#include "core/error.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Where not all can be shown, this many slots are before a longer stretch of time is. */
enum { SLOTS_WANTED = 32 };

/* Which slots of a trial are shown. */
struct choice {
	bool *is_shown; /* by slot */
	size_t slots;   /* of the trial */
	size_t shown;
	size_t tasks_most;
};

static size_t count_slots(const struct trial_summary *trial, uint32_t concurrency)
{
	size_t slots = concurrency;
	for (size_t i = 0; i < trial->task_count; i++)
		if (trial->tasks[i].slot >= slots && trial->tasks[i].slot < UINT16_MAX)
			slots = (size_t)trial->tasks[i].slot + 1;
	return slots;
}

/* Slots evenly over all, and in the place of its neighbour the one whose task is farthest from
 * the others. */
static void choose_slots(struct choice *choice, size_t wanted, ptrdiff_t odd_slot)
{
	choice->shown = 0;
	if (wanted == choice->slots) {
		memset(choice->is_shown, true, wanted * sizeof *choice->is_shown);
		choice->shown = wanted;
		return;
	}
	for (size_t k = 0; k < wanted; k++) {
		const size_t low = k * choice->slots / wanted;
		const size_t high = (k + 1) * choice->slots / wanted;
		const bool has_odd = odd_slot >= (ptrdiff_t)low && odd_slot < (ptrdiff_t)high;
		choice->is_shown[has_odd ? (size_t)odd_slot : (low + high) / 2] = true;
		choice->shown++;
	}
}

/* The slot of the farthest outlier of a trial, or -1. */
static ptrdiff_t find_odd_slot(const struct distributions *distributions,
                               const struct trial_summary *trial, const struct dataset *dataset)
{
	for (size_t i = 0; i < distributions->outlier_count; i++) {
		const struct task_record *const task =
		        &dataset->tasks[distributions->outliers[i].task];
		if (task->trial == trial->trial->trial)
			return (ptrdiff_t)task->slot;
	}
	return -1;
}

static bool is_shown(const struct choice *choice, const struct task_record *task)
{
	return task->slot < choice->slots && choice->is_shown[task->slot];
}

static int compare_tasks(const void *a, const void *b)
{
	const struct timeline_task *const x = a;
	const struct timeline_task *const y = b;
	if (x->slot != y->slot)
		return x->slot < y->slot ? -1 : 1;
	return (x->start_s > y->start_s) - (x->start_s < y->start_s);
}

static double since(const struct trial_summary *trial, int64_t at_ns)
{
	const int64_t start_ns = trial->trial->start_ns;
	return start_ns == RECORD_ABSENT ? NAN : (double)(at_ns - start_ns) / NS_PER_S;
}

/* Tasks are in order of their start: they are taken until there is no more room. */
static void take_tasks(const struct trial_summary *trial, const struct choice *choice,
                       struct timeline *timeline)
{
	timeline->until_s = NAN;
	for (size_t i = 0; i < trial->task_count; i++) {
		const struct task_record *const task = &trial->tasks[i];
		if (!is_shown(choice, task))
			continue;
		if (timeline->count == choice->tasks_most) {
			timeline->until_s = since(trial, task->start_ns);
			break;
		}
		timeline->tasks[timeline->count++] = (struct timeline_task){
		        .slot = task->slot,
		        .start_s = since(trial, task->start_ns),
		        .end_s = since(trial, task->end_ns),
		        .role = task->role,
		        .state = task->state,
		};
	}
	if (timeline->count > 1)
		qsort(timeline->tasks, timeline->count, sizeof *timeline->tasks, compare_tasks);
	timeline->left_out = trial->task_count - timeline->count;
	timeline->slots = choice->shown;
	timeline->slots_of = choice->slots;
}

/* Outliers by task, so that no timeline looks through those of all trials. */
struct outlier_tasks {
	size_t *items; /* indexes into the dataset's tasks, ascending */
	size_t count;
};

static int by_task(const void *a, const void *b)
{
	const size_t x = *(const size_t *)a;
	const size_t y = *(const size_t *)b;
	return (x > y) - (x < y);
}

static int collect_outliers(const struct distributions *distributions,
                            struct outlier_tasks *ret_outliers, struct error *err)
{
	const size_t count = distributions->outliers_found;
	size_t *const items = malloc((count ? count : 1) * sizeof *items);
	if (!items)
		return error_memory(err);
	for (size_t i = 0; i < count; i++)
		items[i] = distributions->outliers[i].task;
	qsort(items, count, sizeof *items, by_task);
	*ret_outliers = (struct outlier_tasks){items, count};
	return 0;
}

/* The first outlier that is this task or a later one. */
static size_t first_outlier(const struct outlier_tasks *outliers, size_t task)
{
	size_t low = 0;
	size_t high = outliers->count;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		if (outliers->items[middle] < task)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void mark_outliers(const struct outlier_tasks *outliers, const struct dataset *dataset,
                          const struct trial_summary *trial, struct timeline *timeline)
{
	const size_t first = (size_t)(trial->tasks - dataset->tasks);
	for (size_t i = first_outlier(outliers, first);
	     i < outliers->count && outliers->items[i] < first + trial->task_count; i++) {
		const struct task_record *const task = &dataset->tasks[outliers->items[i]];
		const struct timeline_task key = {.slot = task->slot,
		                                  .start_s = since(trial, task->start_ns)};
		struct timeline_task *const found =
		        bsearch(&key, timeline->tasks, timeline->count, sizeof key, compare_tasks);
		if (found)
			found->is_outlier = true;
	}
}

static int make_timeline(const struct summary *summary, const struct distributions *distributions,
                         size_t trial_index, size_t most, struct timeline *timeline,
                         struct error *err)
{
	const struct trial_summary *const trial = &summary->trials[trial_index];
	const uint32_t concurrency = summary->levels[trial->level].level->concurrency;
	struct choice choice = {.slots = count_slots(trial, concurrency), .tasks_most = most};
	cleanup_free bool *shown = calloc(choice.slots, sizeof *shown);
	if (!shown)
		return error_memory(err);
	choice.is_shown = shown;
	const size_t per_slot = trial->task_count / choice.slots + 1;
	size_t wanted = choice.slots;
	if (trial->task_count > most && wanted > SLOTS_WANTED) {
		wanted = most / per_slot < SLOTS_WANTED ? SLOTS_WANTED : most / per_slot;
		wanted = wanted < choice.slots ? wanted : choice.slots;
	}
	choose_slots(&choice, wanted, find_odd_slot(distributions, trial, summary->dataset));
	timeline->tasks = calloc(most, sizeof *timeline->tasks);
	if (!timeline->tasks)
		return error_memory(err);
	timeline->level = trial->level;
	timeline->trial = trial_index;
	timeline->window_start_s = since(trial, trial->trial->window_start_ns);
	timeline->window_end_s = since(trial, trial->trial->window_end_ns);
	take_tasks(trial, &choice, timeline);
	return 0;
}

/* The first trial of a level that is in the estimates and has tasks, or -1. */
static ptrdiff_t find_trial(const struct summary *summary, size_t level)
{
	for (const struct trial_summary *trial = summary->levels[level].first; trial;
	     trial = trial->next)
		if (summary_trial_is_used(trial, level) && trial->task_count > 0 &&
		    !trial->trial->has_durations_only)
			return trial - summary->trials;
	return -1;
}

static int mark_all_outliers(const struct summary *summary, struct distributions *distributions,
                             struct error *err)
{
	struct outlier_tasks outliers = {0};
	const int r = collect_outliers(distributions, &outliers, err);
	if (r < 0)
		return r;
	for (size_t i = 0; i < distributions->timeline_count; i++) {
		struct timeline *const timeline = &distributions->timelines[i];
		mark_outliers(&outliers, summary->dataset, &summary->trials[timeline->trial],
		              timeline);
	}
	free(outliers.items);
	return 0;
}

int timelines_make(const struct summary *summary, struct distributions *ret_distributions,
                   struct error *err)
{
	size_t count = 0;
	for (size_t i = 0; i < summary->level_count; i++)
		count += find_trial(summary, i) >= 0;
	if (count == 0)
		return 0;
	ret_distributions->timelines = calloc(count, sizeof *ret_distributions->timelines);
	if (!ret_distributions->timelines)
		return error_memory(err);
	const size_t most = TIMELINE_TASKS_MOST / count > 0 ? TIMELINE_TASKS_MOST / count : 1;
	for (size_t i = 0; i < summary->level_count; i++) {
		const ptrdiff_t trial = find_trial(summary, i);
		if (trial < 0)
			continue;
		struct timeline *const timeline =
		        &ret_distributions->timelines[ret_distributions->timeline_count++];
		const int r = make_timeline(summary, ret_distributions, (size_t)trial, most,
		                            timeline, err);
		if (r < 0)
			return r;
	}
	return mark_all_outliers(summary, ret_distributions, err);
}
