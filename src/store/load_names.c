#include "store/load_names.h"

#include "core/error.h"

#include <errno.h>

int load_name(struct words_index *index, struct words *names, const char *text, uint32_t *ret_name,
              struct error *err)
{
	const int r = words_index_add(index, names, text, UINT32_MAX - 1, ret_name, err);
	return r == -E2BIG ? error_set(err, EINVAL, "there are more names than can be numbered")
	                   : r;
}

static size_t find_task(const struct dataset *dataset, uint32_t trial, uint32_t index)
{
	size_t low = 0;
	size_t high = dataset->task_count;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		const struct task_record *const task = &dataset->tasks[middle];
		if (task->trial < trial || (task->trial == trial && task->index < index))
			low = middle + 1;
		else
			high = middle;
	}
	const struct task_record *const task = &dataset->tasks[low];
	return low < dataset->task_count && task->trial == trial && task->index == index ? low
	                                                                                 : SIZE_MAX;
}

size_t task_finder_find(struct task_finder *finder, const struct reading *reading, struct row *row)
{
	const int64_t id = row_integer(row, 0, INT64_MIN, INT64_MAX);
	if (finder->has_task && finder->id == id)
		return finder->task;
	const uint32_t trial_id = (uint32_t)row_integer_or(row, 1, 1, UINT32_MAX, 0);
	const int64_t attempt = row_integer_or(row, 2, 1, UINT32_MAX, 0);
	const uint32_t index = (uint32_t)row_integer(row, 3, 0, UINT32_MAX);
	if (row->failed)
		return SIZE_MAX;
	const struct trial_record *const trial = reading_trial(reading, trial_id);
	const bool is_last = trial_id == 0 || (trial && trial->attempt == attempt);
	finder->has_task = true;
	finder->id = id;
	finder->task = is_last ? find_task(reading->dataset, trial_id, index) : SIZE_MAX;
	return finder->task;
}
