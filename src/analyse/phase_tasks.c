/* Which tasks have phases, and which those are. */
#include "analyse/phases_parts.h"
#include "analyse/summary_parts.h"
#include "core/array.h"

#include <stdlib.h>

/* The first phase of a task or a later one. */
static size_t first_phase(const struct dataset *dataset, size_t task)
{
	size_t low = 0;
	size_t high = dataset->phase_count;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		if (dataset->phases[middle].task < task)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static int by_level(const void *a, const void *b)
{
	const struct phase_task *const x = a;
	const struct phase_task *const y = b;
	if (x->level != y->level)
		return x->level < y->level ? -1 : 1;
	return (x->task > y->task) - (x->task < y->task);
}

/* The first task of a level or of a higher one. */
static size_t first_of_level(const struct phase_tasks *tasks, size_t level)
{
	size_t low = 0;
	size_t high = tasks->count;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		if (tasks->items[middle].level < level)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct phase_task *phase_tasks_of_level(const struct phase_tasks *tasks, size_t level,
                                              size_t *ret_count)
{
	const size_t first = first_of_level(tasks, level);
	*ret_count = first_of_level(tasks, level + 1) - first;
	return *ret_count > 0 ? &tasks->items[first] : NULL;
}

int phase_tasks_find(const struct summary *summary, struct phase_tasks *ret_tasks,
                     size_t *ret_measured, struct error *err)
{
	const struct dataset *const dataset = summary->dataset;
	struct phase_tasks tasks = {0};
	size_t measured = 0;
	for (size_t t = 0; t < summary->trial_count; t++) {
		const struct trial_summary *const trial = &summary->trials[t];
		if (!summary_trial_is_used(trial, trial->level) || trial->task_count == 0)
			continue;
		const size_t first = (size_t)(trial->tasks - dataset->tasks);
		size_t p = first_phase(dataset, first);
		for (size_t i = 0; i < trial->task_count; i++) {
			const double weight = summary_task_weight(trial, &trial->tasks[i]);
			size_t end = p;
			while (end < dataset->phase_count && dataset->phases[end].task <= first + i)
				end++;
			const size_t begin = p;
			p = end;
			if (!task_state_is_success(trial->tasks[i].state) || !(weight > 0))
				continue;
			measured++;
			if (begin == end)
				continue;
			const int r = array_reserve(&tasks.items, &tasks.capacity, tasks.count + 1,
			                            sizeof *tasks.items, err);
			if (r < 0) {
				free(tasks.items);
				return r;
			}
			tasks.items[tasks.count++] =
			        (struct phase_task){.task = first + i,
			                            .trial = t,
			                            .level = trial->level,
			                            .weight = weight,
			                            .phases = &dataset->phases[begin],
			                            .count = end - begin};
		}
	}
	if (tasks.count > 0)
		qsort(tasks.items, tasks.count, sizeof *tasks.items, by_level);
	*ret_tasks = tasks;
	*ret_measured = measured;
	return 0;
}
