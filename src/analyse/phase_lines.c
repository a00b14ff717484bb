/* The time stamps of one task of every level. */
#include "analyse/phases_parts.h"
#include "core/clock.h"
#include "core/error.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static int64_t wall_ns(const struct summary *summary, const struct phase_task *task)
{
	const struct task_record *const record = &summary->dataset->tasks[task->task];
	return record->end_ns - record->start_ns;
}

static int32_t input_of(const struct summary *summary, const struct phase_task *task)
{
	return summary->dataset->tasks[task->task].input;
}

/* A candidate for the line of a level. */
struct candidate {
	int64_t wall_ns;
	size_t index; /* into the tasks */
};

static int by_wall(const void *a, const void *b)
{
	const struct candidate *const x = a;
	const struct candidate *const y = b;
	if (x->wall_ns != y->wall_ns)
		return x->wall_ns < y->wall_ns ? -1 : 1;
	return (x->index > y->index) - (x->index < y->index);
}

/* The task of median wall time of a level (of an even number the lower one), among those with this
 * input (-1: any); -1 where there is none. candidates has room for all tasks. */
static ptrdiff_t median_task(const struct summary *summary, const struct phase_tasks *tasks,
                             size_t level, int32_t input, struct candidate *candidates)
{
	size_t count = 0;
	size_t own;
	const struct phase_task *const items = phase_tasks_of_level(tasks, level, &own);
	for (size_t i = 0; i < own; i++) {
		const struct phase_task *const task = &items[i];
		if (input < 0 || input_of(summary, task) == input)
			candidates[count++] = (struct candidate){wall_ns(summary, task),
			                                         (size_t)(task - tasks->items)};
	}
	if (count == 0)
		return -1;
	qsort(candidates, count, sizeof *candidates, by_wall);
	return (ptrdiff_t)candidates[(count - 1) / 2].index;
}

/* An input that a task of every level with phases had: that of the median task of the baseline, if
 * possible. -1: there is none. */
static int32_t common_input(const struct summary *summary, const struct phase_tasks *tasks,
                            struct candidate *candidates)
{
	for (size_t i = 0; i < summary->level_count; i++) {
		if (!summary->levels[i].is_baseline)
			continue;
		const ptrdiff_t median = median_task(summary, tasks, i, -1, candidates);
		if (median < 0)
			continue;
		const int32_t input = input_of(summary, &tasks->items[median]);
		for (size_t k = 0; input >= 0 && k < summary->level_count; k++)
			if (median_task(summary, tasks, k, -1, candidates) >= 0 &&
			    median_task(summary, tasks, k, input, candidates) < 0)
				return -1;
		return input;
	}
	return -1;
}

static int make_line(const struct summary *summary, const struct phase_task *task,
                     struct phase_line *line, struct error *err)
{
	const struct dataset *const dataset = summary->dataset;
	const struct task_record *const record = &dataset->tasks[task->task];
	line->level = task->level;
	line->task = task->task;
	line->end_s = (double)(record->end_ns - record->start_ns) / NS_PER_S;
	line->stamps = calloc(task->count, sizeof *line->stamps);
	if (!line->stamps)
		return error_memory(err);
	/* The first phase begins with the task, not with a stamp. */
	for (size_t i = 1; i < task->count; i++) {
		const struct dataset_phase *const phase = &task->phases[i];
		line->stamps[line->count++] = (struct phase_stamp){
		        .at_s = (double)(phase->start_ns - record->start_ns) / NS_PER_S,
		        .class = phase->class,
		        .name = dataset->phase_names.items[phase->name]};
	}
	return 0;
}

static int make_lines(const struct summary *summary, const struct phase_tasks *tasks, int32_t input,
                      struct candidate *candidates, struct phase_findings *findings,
                      struct error *err)
{
	findings->lines = calloc(summary->level_count, sizeof *findings->lines);
	if (!findings->lines)
		return error_memory(err);
	findings->line_input = input >= 0 ? input : common_input(summary, tasks, candidates);
	for (size_t i = 0; i < summary->level_count; i++) {
		const ptrdiff_t chosen =
		        median_task(summary, tasks, i, findings->line_input, candidates);
		if (chosen < 0)
			continue;
		const int r = make_line(summary, &tasks->items[chosen],
		                        &findings->lines[findings->line_count], err);
		if (r < 0)
			return r;
		findings->line_count++;
	}
	return 0;
}

int phase_lines_make(const struct summary *summary, const struct phase_tasks *tasks, int32_t input,
                     struct phase_findings *findings, struct error *err)
{
	struct candidate *const candidates = calloc(tasks->count + 1, sizeof *candidates);
	if (!candidates)
		return error_memory(err);
	const int r = make_lines(summary, tasks, input, candidates, findings, err);
	free(candidates);
	return r;
}

void phase_lines_release(struct phase_findings *findings)
{
	for (size_t i = 0; i < findings->line_count; i++)
		free(findings->lines[i].stamps);
	free(findings->lines);
	findings->lines = NULL;
	findings->line_count = 0;
	findings->line_input = -1;
}

/* The input of this path, or the first whose last part is this; -1: there is none. */
static int32_t find_input(const struct words *inputs, const char *name)
{
	for (size_t i = 0; i < inputs->count; i++)
		if (strcmp(inputs->items[i], name) == 0)
			return (int32_t)i;
	for (size_t i = 0; i < inputs->count; i++) {
		const char *const slash = strrchr(inputs->items[i], '/');
		if (slash && strcmp(slash + 1, name) == 0)
			return (int32_t)i;
	}
	return -1;
}

int phases_choose_input(const struct summary *summary, const char *input,
                        struct phase_findings *findings, struct error *err)
{
	const int32_t index = find_input(&summary->dataset->inputs, input);
	if (index < 0)
		return error_set(err, EINVAL, "no input of this run is called %s", input);
	struct phase_tasks tasks = {0};
	size_t measured;
	int r = phase_tasks_find(summary, &tasks, &measured, err);
	if (r < 0)
		return r;
	struct phase_findings chosen = {.line_input = -1};
	r = phase_lines_make(summary, &tasks, index, &chosen, err);
	free(tasks.items);
	if (r == 0 && chosen.line_count == 0)
		r = error_set(err, EINVAL, "no measured task with the input %s has phases", input);
	if (r < 0) {
		phase_lines_release(&chosen);
		return r;
	}
	phase_lines_release(findings);
	findings->lines = chosen.lines;
	findings->line_count = chosen.line_count;
	findings->line_input = chosen.line_input;
	return 0;
}
