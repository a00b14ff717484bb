#include "analyse/verdict/place_data.h"

#include <math.h>
#include <string.h>

int place_data_build(const struct summary *summary, struct place_data *ret_data, struct error *err)
{
	struct place_data data = {.summary = summary};
	int r = task_columns_build(summary, &data.columns, err);
	if (r < 0)
		return r;
	r = place_classes_build(summary, &data.columns, &data.classes, err);
	if (r < 0) {
		place_data_release(&data);
		return r;
	}
	*ret_data = data;
	return 0;
}

void place_data_release(struct place_data *data)
{
	if (!data)
		return;
	place_classes_release(&data->classes);
	task_columns_release(&data->columns);
	*data = (struct place_data){0};
}

size_t place_data_end_of_trial(const struct place_data *data, size_t first, size_t end)
{
	const struct task_record *const tasks = data->summary->dataset->tasks;
	const uint32_t trial = tasks[data->columns.task[first]].trial;
	while (first < end && tasks[data->columns.task[first]].trial == trial)
		first++;
	return first;
}

size_t place_data_trials(const struct place_data *data, size_t level)
{
	const size_t end = data->columns.level_first[level + 1];
	size_t count = 0;
	for (size_t first = data->columns.level_first[level]; first < end; count++)
		first = place_data_end_of_trial(data, first, end);
	return count;
}

void place_data_measure_cores(const struct place_data *data, size_t first, size_t end,
                              double *weights, double *ret_logs)
{
	const struct task_columns *const columns = &data->columns;
	const size_t cores = data->classes.places[PLACE_CORE].count;
	double *const sums = ret_logs;
	memset(sums, 0, cores * sizeof *sums);
	memset(weights, 0, cores * sizeof *weights);
	for (size_t i = first; i < end; i++) {
		const uint32_t slot = data->classes.of_row[i];
		const uint32_t core =
		        slot == NO_PLACE ? NO_PLACE : data->classes.facts[slot].place[PLACE_CORE];
		if (core == NO_PLACE)
			continue;
		sums[core] += columns->weight[i] * columns->figures[FIGURE_WALL_S][i];
		weights[core] += columns->weight[i];
	}
	for (size_t c = 0; c < cores; c++)
		ret_logs[c] =
		        weights[c] > 0 && sums[c] > 0 ? log(sums[c] / weights[c]) : (double)NAN;
}
