#include "analyse/arrange/arrange.h"

#include "analyse/arrange/arrange_parts.h"
#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/str.h"
#include "model/measure.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What the placement of imported tasks is called where nobody says it. */
static const char no_policy[] = "unknown";

/* Times that are further apart can neither be stored nor be meant: 73 years. */
#define LONGEST_NS (INT64_MAX / 4)

#define MOST_CONCURRENCY INT64_C(1000000)
#define MOST_REPEAT      INT64_C(1000000)

/* Calendar times up to here can be subtracted from one another. */
#define TIME_BOUND (INT64_MAX / 2)

enum { MOST_LEVELS = 10000 };

static int compare_numbers(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

/* Of one level: 0. */
static int by_level(const struct arrange_item *x, const struct arrange_item *y)
{
	const int order = compare_numbers(x->concurrency, y->concurrency);
	return order ? order : strcmp(x->policy, y->policy);
}

static int by_place(const void *a, const void *b)
{
	const struct arrange_item *const x = a;
	const struct arrange_item *const y = b;
	int order = by_level(x, y);
	if (order == 0)
		order = compare_numbers(x->repeat, y->repeat);
	return order ? order : arrange_by_start(a, b);
}

/* ---- Tasks that count ---------------------------------------------------------------------- */

struct items {
	struct arrange_item *items;
	size_t count;
	int64_t first_ns; /* of all that have times; RECORD_ABSENT: none has */
	int64_t last_ns;
	int64_t least_repeat; /* RECORD_ABSENT: none is said */
};

static bool is_time(int64_t ns)
{
	return ns >= -TIME_BOUND && ns <= TIME_BOUND;
}

/* What a result file holds of a task up to the same bound. */
static const struct {
	const char *name;
	size_t offset;
} bounded[] = {
#define BOUNDED(name)                                                                              \
	{                                                                                          \
#name, offsetof(struct task_record, name)                                          \
	}
        BOUNDED(idle_before_ns),
        BOUNDED(user_ns),
        BOUNDED(system_ns),
        BOUNDED(cpu_ns),
        BOUNDED(max_rss_bytes),
        BOUNDED(minor_faults),
        BOUNDED(major_faults),
        BOUNDED(voluntary_switches),
        BOUNDED(involuntary_switches),
        BOUNDED(read_chars),
        BOUNDED(write_chars),
        BOUNDED(read_calls),
        BOUNDED(write_calls),
        BOUNDED(read_bytes),
        BOUNDED(write_bytes),
        BOUNDED(run_delay_ns),
        BOUNDED(block_delay_ns),
        BOUNDED(page_in_delay_ns),
#undef BOUNDED
};

static int check_figures(const struct imported_task *task, struct error *err)
{
	for (size_t i = 0; i < ARRAY_LENGTH(bounded); i++) {
		int64_t value;
		memcpy(&value, (const char *)&task->record + bounded[i].offset, sizeof value);
		if (value != RECORD_ABSENT && (value < 0 || value > LONGEST_NS))
			return error_set(err, EINVAL,
			                 "%s:%zu: %s is below 0, or more than anything that is "
			                 "measured (73 years, 2 EiB)",
			                 task->file, task->line, bounded[i].name);
	}
	for (size_t i = 0; i < task->count_count; i++) {
		const struct counter_value *const value = &task->counts[i].value;
		if (value->enabled_ns > LONGEST_NS || value->running_ns > LONGEST_NS)
			return error_set(err, EINVAL,
			                 "%s:%zu: an event was counted for more than 73 years",
			                 task->file, task->line);
	}
	return 0;
}

static int check(const struct imported_task *task, const struct arrange_item *item,
                 struct error *err)
{
	if (item->repeat != RECORD_ABSENT && (item->repeat < 0 || item->repeat > MOST_REPEAT))
		return error_set(err, EINVAL, "%s:%zu: a repeat is 0 to 1000000", task->file,
		                 task->line);
	if (item->wall_ns < 0 || item->wall_ns > LONGEST_NS)
		return error_set(err, EINVAL,
		                 "%s:%zu: the task ends before it begins, or takes "
		                 "more than 73 years",
		                 task->file, task->line);
	if (item->concurrency != RECORD_ABSENT &&
	    (item->concurrency < 1 || item->concurrency > MOST_CONCURRENCY))
		return error_set(err, EINVAL, "%s:%zu: a concurrency is 1 to 1000000", task->file,
		                 task->line);
	return check_figures(task, err);
}

static void widen(struct items *all, const struct arrange_item *item)
{
	if (item->repeat != RECORD_ABSENT &&
	    (all->least_repeat == RECORD_ABSENT || item->repeat < all->least_repeat))
		all->least_repeat = item->repeat;
	if (!arrange_has_times(item))
		return;
	if (all->first_ns == RECORD_ABSENT || item->start_ns < all->first_ns)
		all->first_ns = item->start_ns;
	if (all->last_ns == RECORD_ABSENT || item->end_ns > all->last_ns)
		all->last_ns = item->end_ns;
}

static int collect(const struct imported *imported, struct items *all, struct words *remarks,
                   struct error *err)
{
	size_t unknown = 0;
	size_t probes = 0;
	all->items = calloc(imported->task_count + 1, sizeof *all->items);
	if (!all->items)
		return error_memory(err);
	for (size_t i = 0; i < imported->task_count; i++) {
		const struct imported_task *const task = &imported->tasks[i];
		struct arrange_item item = {.task = i,
		                            .start_ns = task->record.start_ns,
		                            .end_ns = task->record.end_ns,
		                            .wall_ns = task->wall_ns,
		                            .concurrency = task->concurrency,
		                            .repeat = task->repeat,
		                            .policy = task->policy ? task->policy : no_policy};
		if (arrange_has_times(&item))
			item.wall_ns = is_time(item.start_ns) && is_time(item.end_ns)
			                       ? item.end_ns - item.start_ns
			                       : -1;
		unknown += item.wall_ns == RECORD_ABSENT;
		probes += task->record.role == ROLE_PROBE;
		if (item.wall_ns == RECORD_ABSENT || task->record.role == ROLE_PROBE)
			continue;
		const int r = check(task, &item, err);
		if (r < 0)
			return r;
		widen(all, &item);
		all->items[all->count++] = item;
	}
	int r = 0;
	if (unknown > 0)
		r = words_addf(remarks, err,
		               "%zu of %zu tasks have no wall time and were left out.", unknown,
		               imported->task_count);
	if (r == 0 && probes > 0)
		r = words_addf(remarks, err, "%zu of %zu tasks were probes and were left out.",
		               probes, imported->task_count);
	return r;
}

/* Those whose concurrency is absent go to the front; returns how many. */
static size_t unknown_first(struct items *all)
{
	size_t count = 0;
	for (size_t i = 0; i < all->count; i++)
		if (all->items[i].concurrency == RECORD_ABSENT) {
			const struct arrange_item item = all->items[i];
			all->items[i] = all->items[count];
			all->items[count++] = item;
		}
	return count;
}

/* ---- Levels -------------------------------------------------------------------------------- */

static int add_level(struct plan *plan, size_t *capacity, int64_t concurrency, const char *policy,
                     struct error *err)
{
	if (plan->level_count == MOST_LEVELS)
		return error_set(err, EINVAL,
		                 "there are more than %d levels: that many numbers "
		                 "of tasks at once cannot be meant",
		                 MOST_LEVELS);
	int r = array_reserve(&plan->levels, capacity, plan->level_count + 1, sizeof *plan->levels,
	                      err);
	if (r < 0)
		return r;
	struct plan_level *const level = &plan->levels[plan->level_count];
	*level = (struct plan_level){.concurrency = (uint32_t)concurrency, .memory_bytes = -1};
	r = str_copy(policy, &level->policy, err);
	if (r == 0)
		r = str_format(&level->spelling, err, "%u", level->concurrency);
	plan->level_count++;
	return r;
}

/* How many CPUs the files say that the tasks had; -1: they do not. Cores alone do not tell: each
 * may run several tasks at once. */
static int64_t stated_cpus(const struct imported *imported)
{
	const int64_t pus = imported_fact_count(imported, "pus_allowed");
	const int64_t cores = imported_fact_count(imported, "cores_allowed");
	const int64_t threads = imported_fact_count(imported, "threads_per_core");
	if (pus > 0)
		return pus;
	return cores > 0 && threads > 0 ? cores * threads : -1;
}

static int compare_levels(const void *a, const void *b)
{
	const struct plan_level *const x = a;
	const struct plan_level *const y = b;
	const int order = compare_numbers(x->concurrency, y->concurrency);
	return order ? order : strcmp(x->policy, y->policy);
}

static bool has_level(const struct plan *plan, int64_t concurrency)
{
	for (size_t i = 0; i < plan->level_count; i++)
		if (plan->levels[i].concurrency == concurrency)
			return true;
	return false;
}

/* Of tasks, and of stated figures of levels that have no tasks. */
static int make_levels(const struct imported *imported, const struct items *all, struct plan *plan,
                       struct error *err)
{
	size_t capacity = 0;
	int r = 0;
	for (size_t i = 0; r == 0 && i < all->count; i++)
		if (i == 0 || by_level(&all->items[i - 1], &all->items[i]) != 0)
			r = add_level(plan, &capacity, all->items[i].concurrency,
			              all->items[i].policy, err);
	for (size_t i = 0; r == 0 && i < imported->figure_count; i++)
		if (!has_level(plan, imported->figures[i].concurrency))
			r = add_level(plan, &capacity, imported->figures[i].concurrency, no_policy,
			              err);
	const int64_t cpus = stated_cpus(imported);
	for (size_t i = 0; r == 0 && i < plan->level_count; i++)
		plan->levels[i].is_oversubscribed =
		        cpus > 0 && (int64_t)plan->levels[i].concurrency > cpus;
	if (r == 0 && plan->level_count > 0)
		qsort(plan->levels, plan->level_count, sizeof *plan->levels, compare_levels);
	return r;
}

static uint32_t find_level(const struct plan *plan, const struct arrange_item *item)
{
	uint32_t level = 0;
	while (plan->levels[level].concurrency != item->concurrency ||
	       strcmp(plan->levels[level].policy, item->policy) != 0)
		level++;
	return level;
}

/* ---- Trials -------------------------------------------------------------------------------- */

static int compare_walls(const void *a, const void *b)
{
	return compare_numbers(*(const int64_t *)a, *(const int64_t *)b);
}

static int median_wall(const struct arrange_item *items, size_t count, int64_t *ret_ns,
                       struct error *err)
{
	cleanup_free int64_t *walls = calloc(count, sizeof *walls);
	if (!walls)
		return error_memory(err);
	for (size_t i = 0; i < count; i++)
		walls[i] = items[i].wall_ns;
	qsort(walls, count, sizeof *walls, compare_walls);
	*ret_ns = walls[count / 2];
	return 0;
}

static int add_trial(struct arrangement *a, size_t *capacity, uint32_t level, int64_t block,
                     size_t first, size_t count, struct error *err)
{
	const int r =
	        array_reserve(&a->trials, capacity, a->trial_count + 1, sizeof *a->trials, err);
	if (r < 0)
		return r;
	struct arranged_trial *const trial = &a->trials[a->trial_count++];
	*trial = (struct arranged_trial){
	        .record = {.trial = (uint32_t)a->trial_count,
	                   .block = (uint32_t)block,
	                   .level = level,
	                   .attempt = 1,
	                   .state = TRIAL_DONE,
	                   .window_start_ns = RECORD_ABSENT,
	                   .window_end_ns = RECORD_ABSENT,
	                   .harness_cpu_ns = RECORD_ABSENT,
	                   .harness_max_rss_bytes = RECORD_ABSENT,
	                   .drain_ns = RECORD_ABSENT},
	        .first = first,
	        .count = count,
	};
	return 0;
}

/* Where nobody says which task is of which repeat, a pause in which none ran and which is longer
 * than a task is between two. The items are of one level, with times, sorted by start. */
static int split_by_pauses(struct arrangement *a, size_t *capacity, uint32_t level,
                           const struct arrange_item *items, size_t first, size_t count,
                           struct error *err)
{
	int64_t pause_ns = 0;
	int64_t end_ns = items[0].end_ns;
	int64_t block = 0;
	size_t begin = 0;
	int r = median_wall(items, count, &pause_ns, err);
	for (size_t i = 1; r == 0 && i < count; i++) {
		if (items[i].start_ns - end_ns > pause_ns) {
			r = add_trial(a, capacity, level, block++, first + begin, i - begin, err);
			begin = i;
		}
		end_ns = items[i].end_ns > end_ns ? items[i].end_ns : end_ns;
	}
	return r < 0 ? r : add_trial(a, capacity, level, block, first + begin, count - begin, err);
}

static int make_trials(const struct items *all, struct arrangement *a, struct error *err)
{
	size_t capacity = 0;
	size_t count = 0;
	int r = 0;
	for (size_t first = 0; r == 0 && first < all->count; first += count) {
		const struct arrange_item *const items = all->items + first;
		bool has_times = true;
		for (count = 0; first + count < all->count && by_level(items, &items[count]) == 0 &&
		                items->repeat == items[count].repeat;
		     count++)
			has_times = has_times && arrange_has_times(&items[count]);
		const uint32_t level = find_level(&a->plan, items);
		if (items->repeat == RECORD_ABSENT && has_times)
			r = split_by_pauses(a, &capacity, level, items, first, count, err);
		else
			r = add_trial(a, &capacity, level,
			              items->repeat == RECORD_ABSENT
			                      ? 0
			                      : items->repeat - all->least_repeat,
			              first, count, err);
	}
	return r;
}

static int fill_trials(const struct imported *imported, const struct items *all,
                       struct arrangement *a, struct error *err)
{
	a->task_count = all->count;
	a->order = calloc(all->count + 1, sizeof *a->order);
	a->tasks = calloc(all->count + 1, sizeof *a->tasks);
	if (!a->order || !a->tasks)
		return error_memory(err);
	int r = 0;
	for (size_t t = 0; r == 0 && t < a->trial_count; t++) {
		struct arranged_trial *const trial = &a->trials[t];
		r = arrange_trial_fill(imported, all->items + trial->first,
		                       a->plan.levels[trial->record.level].concurrency,
		                       all->first_ns, trial, a->tasks + trial->first, &a->remarks,
		                       err);
		for (size_t i = 0; i < trial->count; i++) {
			a->order[trial->first + i] = all->items[trial->first + i].task;
			a->tasks[trial->first + i].trial = trial->record.trial;
			a->tasks[trial->first + i].index = (uint32_t)i;
		}
	}
	return r;
}

/* Whether a rate can be had from what is stated of so many tasks. */
static bool is_rate_stated(const struct imported *imported, uint32_t concurrency)
{
	for (size_t i = 0; i < imported->figure_count; i++) {
		const struct imported_figure *const f = &imported->figures[i];
		if (f->concurrency == concurrency &&
		    (strcmp(f->figure.name, measures[MEASURE_THROUGHPUT].name) == 0 ||
		     strcmp(f->figure.name, measures[MEASURE_WALL].name) == 0))
			return true;
	}
	return false;
}

/* The lowest level that has tasks, or a stated rate; 0: none has. */
static uint32_t find_baseline(const struct imported *imported, const struct arrangement *a)
{
	for (uint32_t i = 0; i < a->plan.level_count; i++) {
		for (size_t t = 0; t < a->trial_count; t++)
			if (a->trials[t].record.level == i)
				return a->plan.levels[i].concurrency;
		if (is_rate_stated(imported, a->plan.levels[i].concurrency))
			return a->plan.levels[i].concurrency;
	}
	return 0;
}

static int fill_plan(const struct imported *imported, struct arrangement *a, struct error *err)
{
	struct plan *const plan = &a->plan;
	plan->trials = calloc(a->trial_count + 1, sizeof *plan->trials);
	if (!plan->trials)
		return error_memory(err);
	plan->trial_count = a->trial_count;
	for (size_t t = 0; t < a->trial_count; t++) {
		const struct trial_record *const record = &a->trials[t].record;
		plan->trials[t] =
		        (struct plan_trial){.block = record->block, .level = record->level};
		if (record->block >= plan->blocks)
			plan->blocks = record->block + 1;
	}
	plan->baseline = find_baseline(imported, a);
	plan->largest = plan->level_count > 0 ? plan->levels[plan->level_count - 1].concurrency : 0;
	return 0;
}

static int arrange(const struct imported *imported, struct items *all, struct arrangement *a,
                   struct error *err)
{
	int r = collect(imported, all, &a->remarks, err);
	if (r == 0)
		r = arrange_find_contradictions(imported, &a->remarks, err);
	if (r == 0)
		r = arrange_find_concurrency(imported, all->items, unknown_first(all), &a->remarks,
		                             err);
	if (r < 0)
		return r;
	if (all->first_ns != RECORD_ABSENT && all->last_ns - all->first_ns > LONGEST_NS)
		return error_set(err, EINVAL,
		                 "the tasks ran in times that are more than 73 years "
		                 "apart: some of these times cannot be right");
	if (all->count > 0)
		qsort(all->items, all->count, sizeof *all->items, by_place);
	r = make_levels(imported, all, &a->plan, err);
	if (r == 0)
		r = make_trials(all, a, err);
	if (r == 0)
		r = fill_trials(imported, all, a, err);
	a->origin_calendar_ns = all->first_ns;
	a->end_calendar_ns = all->last_ns;
	return r < 0 ? r : fill_plan(imported, a, err);
}

int arrange_imported(const struct imported *imported, struct arrangement *ret_arrangement,
                     struct error *err)
{
	struct items all = {
	        .first_ns = RECORD_ABSENT, .last_ns = RECORD_ABSENT, .least_repeat = RECORD_ABSENT};
	struct arrangement a = {0};
	const int r = arrange(imported, &all, &a, err);
	free(all.items);
	if (r < 0) {
		arrangement_release(&a);
		return r;
	}
	*ret_arrangement = a;
	return 0;
}
