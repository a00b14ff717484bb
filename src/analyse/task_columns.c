#include "analyse/task_columns.h"

#include "analyse/frequency.h"
#include "analyse/plausibility.h"
#include "analyse/summary_parts.h"
#include "core/clock.h"
#include "core/error.h"

#include <math.h>
#include <stdlib.h>

/* Which events the figures are made of; -1: none. */
struct sources {
	ptrdiff_t cycles;                  /* of both modes where they are counted */
	struct frequency_origin frequency; /* as that of the level */
	ptrdiff_t misses;
	ptrdiff_t first_misses;
};

static double or_absent(int64_t value)
{
	return value == RECORD_ABSENT ? (double)NAN : (double)value;
}

static ptrdiff_t find_cycles(const struct dataset *dataset, bool is_user_only)
{
	const ptrdiff_t cycles = dataset_find_event(dataset, "cycles", is_user_only);
	return cycles >= 0 ? cycles : dataset_find_event(dataset, "cpu-cycles", is_user_only);
}

/* Of both modes where they are counted so. */
static ptrdiff_t find_any_cycles(const struct dataset *dataset)
{
	const ptrdiff_t cycles = find_cycles(dataset, false);
	return cycles >= 0 ? cycles : find_cycles(dataset, true);
}

static ptrdiff_t find_misses(const struct dataset *dataset)
{
	for (size_t e = 0; e < dataset->event_count; e++)
		if (is_last_cache_miss(dataset->events[e].name))
			return (ptrdiff_t)e;
	return -1;
}

static struct sources find_sources(const struct dataset *dataset, enum frequency_source frequency)
{
	struct sources sources = {.misses = find_misses(dataset), .first_misses = -1};
	sources.frequency = frequency_origin(dataset, frequency);
	sources.cycles = find_any_cycles(dataset);
	if (sources.misses >= 0)
		sources.first_misses =
		        dataset_find_event(dataset, "L1-dcache-load-misses",
		                           dataset->events[sources.misses].is_user_only);
	return sources;
}

/* A counter of a task, scaled where it counted part of the time. */
static double counted(const struct dataset *dataset, size_t task, ptrdiff_t event)
{
	if (event < 0)
		return NAN;
	const struct counter_value counter = dataset_counter(dataset, task, (size_t)event);
	return counter_scaled_value(&counter);
}

static void add_task(const struct summary *summary, const struct level_summary *level,
                     const struct sources *sources, size_t index, double weight,
                     struct task_columns *columns)
{
	const struct dataset *const dataset = summary->dataset;
	const struct task_record *const task = &dataset->tasks[index];
	const size_t row = columns->count++;
	columns->task[row] = (uint32_t)index;
	columns->weight[row] = weight;
	const bool has_off_cpu = level->off_cpu_s.tasks > 0;
	const double figures[FIGURE_KINDS] = {
	        [FIGURE_WALL_S] = (double)(task->end_ns - task->start_ns) / NS_PER_S,
	        [FIGURE_FREQUENCY_HZ] = frequency_of_task(dataset, index, &sources->frequency),
	        [FIGURE_OFF_CPU_S] = has_off_cpu ? task_off_cpu_s(task) : (double)NAN,
	        [FIGURE_CYCLES] = counted(dataset, index, sources->cycles),
	        [FIGURE_MAX_RSS_BYTES] = or_absent(task->max_rss_bytes),
	        [FIGURE_PEAK_RSS_BYTES] = or_absent(task->peak_rss_bytes),
	        [FIGURE_PEAK_PSS_BYTES] = or_absent(task->peak_pss_bytes),
	        [FIGURE_CGROUP_PEAK_BYTES] = or_absent(task->cgroup_peak_bytes),
	        [FIGURE_IO_BYTES] = or_absent(task->read_chars) + or_absent(task->write_chars),
	};
	for (size_t k = 0; k < FIGURE_KINDS; k++)
		columns->figures[k][row] = figures[k];
	columns->misses[row] = counted(dataset, index, sources->misses);
	columns->first_misses[row] = counted(dataset, index, sources->first_misses);
}

static void add_level(const struct summary *summary, size_t index, struct task_columns *columns)
{
	const struct level_summary *const level = &summary->levels[index];
	const struct sources sources = find_sources(summary->dataset, level->frequency_source);
	for (const struct trial_summary *trial = summary->levels[index].first; trial;
	     trial = trial->next) {
		if (!summary_trial_is_used(trial, index))
			continue;
		for (size_t i = 0; i < trial->task_count; i++) {
			const struct task_record *const task = &trial->tasks[i];
			if (!task_state_is_success(task->state))
				continue;
			const double v = summary_task_weight(trial, task);
			if (v > 0)
				add_task(summary, level, &sources,
				         (size_t)(task - summary->dataset->tasks), v, columns);
		}
	}
}

static int allocate(struct task_columns *columns, size_t tasks, size_t levels, struct error *err)
{
	double **const wanted[] = {&columns->weight, &columns->misses, &columns->first_misses};
	const size_t count = tasks ? tasks : 1;
	bool is_there = true;
	for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
		is_there &= (*wanted[i] = malloc(count * sizeof **wanted[i])) != NULL;
	for (size_t k = 0; k < FIGURE_KINDS; k++)
		is_there &= (columns->figures[k] = malloc(count * sizeof(double))) != NULL;
	is_there &= (columns->task = malloc(count * sizeof *columns->task)) != NULL;
	is_there &=
	        (columns->level_first = calloc(levels + 1, sizeof *columns->level_first)) != NULL;
	return is_there ? 0 : error_memory(err);
}

int task_columns_build(const struct summary *summary, struct task_columns *ret_columns,
                       struct error *err)
{
	struct task_columns columns = {.misses_event = find_misses(summary->dataset),
	                               .cycles_event = find_any_cycles(summary->dataset)};
	const int r = allocate(&columns, summary->dataset->task_count, summary->level_count, err);
	if (r < 0) {
		task_columns_release(&columns);
		return r;
	}
	for (size_t i = 0; i < summary->level_count; i++) {
		columns.level_first[i] = columns.count;
		add_level(summary, i, &columns);
	}
	columns.level_first[summary->level_count] = columns.count;
	*ret_columns = columns;
	return 0;
}

void task_columns_release(struct task_columns *columns)
{
	if (!columns)
		return;
	free(columns->task);
	free(columns->weight);
	for (size_t k = 0; k < FIGURE_KINDS; k++)
		free(columns->figures[k]);
	free(columns->misses);
	free(columns->first_misses);
	free(columns->level_first);
	*columns = (struct task_columns){0};
}
