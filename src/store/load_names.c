#include "store/load_names.h"

#include "core/error.h"

#include <stdlib.h>
#include <string.h>

enum { LEAST_BUCKETS = 256 };

/* FNV-1a. */
static size_t hash_of(const char *text)
{
	uint64_t hash = 0xcbf29ce484222325ULL;
	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * 0x100000001b3ULL;
	return (size_t)(hash ^ hash >> 32);
}

static void enter(struct name_table *table, uint32_t name)
{
	size_t at = hash_of(table->names->items[name]) & (table->bucket_count - 1);
	while (table->buckets[at])
		at = (at + 1) & (table->bucket_count - 1);
	table->buckets[at] = name + 1;
}

/* Keeps at least half of the buckets empty. */
static int make_room(struct name_table *table, struct error *err)
{
	if (table->names->count * 2 < table->bucket_count)
		return 0;
	const size_t count = table->bucket_count ? table->bucket_count * 2 : LEAST_BUCKETS;
	uint32_t *const buckets = calloc(count, sizeof *buckets);
	if (!buckets)
		return error_memory(err);
	free(table->buckets);
	table->buckets = buckets;
	table->bucket_count = count;
	for (size_t i = 0; i < table->names->count; i++)
		enter(table, (uint32_t)i);
	return 0;
}

int name_table_find(struct name_table *table, const char *text, uint32_t *ret_name,
                    struct error *err)
{
	struct words *const names = table->names;
	int r = make_room(table, err);
	if (r < 0)
		return r;
	size_t at = hash_of(text) & (table->bucket_count - 1);
	for (; table->buckets[at]; at = (at + 1) & (table->bucket_count - 1)) {
		if (strcmp(names->items[table->buckets[at] - 1], text) == 0) {
			*ret_name = table->buckets[at] - 1;
			return 0;
		}
	}
	r = words_add(names, text, err);
	if (r < 0)
		return r;
	*ret_name = (uint32_t)names->count - 1;
	table->buckets[at] = (uint32_t)names->count;
	return 0;
}

void name_table_release(struct name_table *table)
{
	free(table->buckets);
	*table = (struct name_table){0};
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
