#include "store/load_tasks.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/parallel.h"
#include "store/load_task_rows.h"
#include "store/store.h"

#include <errno.h>
#include <stdlib.h>

/* A reading of which tasks there are. */
struct order_reading {
	struct reading base; /* first: a table's read gets &base */
	struct task_order order;
	size_t capacity;
	bool has_gaps; /* in the indexes of some trial */
	size_t next;   /* where the indexes have come to */
	int64_t first; /* least and greatest id of a task */
	int64_t last;
};

/* One attempt of one trial, in their order. */
static int read_trial_tasks(struct reading *reading, struct row *row, struct error *err)
{
	struct order_reading *const found = (struct order_reading *)reading;
	struct task_order *const order = &found->order;
	const struct trial_tasks tasks = {
	        .trial = (uint32_t)row_integer_or(row, 0, 1, ROW_TRIAL_BOUND, 0),
	        .attempt = row_integer_or(row, 1, 1, UINT32_MAX, 0),
	        .first = order->count,
	        .count = (size_t)row_integer(row, 2, 1, UINT32_MAX - 1),
	};
	const int64_t least = row_integer(row, 3, 0, UINT32_MAX);
	const int64_t most = row_integer(row, 4, 0, UINT32_MAX);
	if (row->failed)
		return 0;
	const struct trial_record *const trial = reading_trial(reading, tasks.trial);
	if (tasks.trial != 0 && !trial)
		return row_refuse(row, err, "a task belongs to a trial that is not there");
	if (trial && trial->attempt != tasks.attempt)
		return 0; /* it was repeated */
	if (order->count + tasks.count > reading->row_bound)
		return row_refuse(row, err, "more rows than the file has room for");
	const int r = array_reserve(&order->trials, &found->capacity, order->trial_count + 1,
	                            sizeof *order->trials, err);
	if (r < 0)
		return r;
	found->has_gaps |= least != 0 || most != (int64_t)tasks.count - 1;
	order->trials[order->trial_count++] = tasks;
	order->count += tasks.count;
	return 0;
}

/* Answered from the index of the table, which is a tenth of it. */
static const struct table trial_tasks_table = {
        "task",
        "SELECT trial, attempt, count(*), min(task_index), max(task_index) FROM task"
        " GROUP BY trial, attempt ORDER BY trial, attempt",
        NULL,
        read_trial_tasks,
};

static int read_index(struct reading *reading, struct row *row, struct error *err)
{
	struct order_reading *const found = (struct order_reading *)reading;
	const uint32_t trial_id = (uint32_t)row_integer_or(row, 0, 1, ROW_TRIAL_BOUND, 0);
	const int64_t attempt = row_integer_or(row, 1, 1, UINT32_MAX, 0);
	const uint32_t index = (uint32_t)row_integer(row, 2, 0, UINT32_MAX);
	const struct trial_record *const trial = reading_trial(reading, trial_id);
	if (row->failed || (trial && trial->attempt != attempt))
		return 0;
	if (found->next == found->order.count)
		return row_refuse(row, err, "its index does not have all the tasks");
	found->order.indexes[found->next++] = index;
	return 0;
}

static const struct table index_table = {
        "task",
        "SELECT trial, attempt, task_index FROM task ORDER BY trial, attempt, task_index",
        NULL,
        read_index,
};

static int read_ids(struct reading *reading, struct row *row, struct error *err)
{
	(void)err;
	struct order_reading *const found = (struct order_reading *)reading;
	found->first = row_integer_or(row, 0, INT64_MIN, INT64_MAX, 0);
	found->last = row_integer_or(row, 1, INT64_MIN, INT64_MAX, 0);
	return 0;
}

static const struct table ids_table = {
        "task",
        "SELECT (SELECT min(task) FROM task), (SELECT max(task) FROM task)",
        NULL,
        read_ids,
};

/* Tasks are stored as they end, and wanted by trial and index: where they go is known before they
 * are read. */
static int find_order(struct order_reading *found, struct error *err)
{
	int r = reading_table(&found->base, &trial_tasks_table, err);
	if (r == 0)
		r = reading_table(&found->base, &ids_table, err);
	if (r < 0 || !found->has_gaps)
		return r;
	found->order.indexes = calloc(found->order.count, sizeof *found->order.indexes);
	if (!found->order.indexes)
		return error_memory(err);
	return reading_table(&found->base, &index_table, err);
}

/* Counters that have no row: of an event that cannot be counted here, its own state. */
static int allocate_counters(struct dataset *dataset, struct error *err)
{
	const size_t count = dataset->task_count * dataset->event_count;
	if (count == 0)
		return 0;
	dataset->counters = calloc(count, sizeof *dataset->counters);
	if (!dataset->counters)
		return error_memory(err);
	for (size_t i = 0; i < count; i++) {
		const enum counter_state state = dataset->events[i % dataset->event_count].state;
		dataset->counters[i].state = state == COUNTER_OK ? COUNTER_NOT_COUNTED : state;
	}
	return 0;
}

/* What one reader reads. */
struct share {
	struct reading reading;
	const struct task_order *order;
	const char *file; /* that the reading's connection has open */
	size_t placed;
	int result;
	bool is_private_copy;
	struct error err;
};

static void read_share(struct share *share)
{
	share->result = load_task_rows(&share->reading, share->order, &share->placed, &share->err);
}

/* A connection is for one thread: the first share has the reading's, the others have their own. */
static void open_and_read(void *shares, size_t index, size_t worker)
{
	(void)worker;
	struct share *const share = (struct share *)shares + index;
	if (index == 0) {
		read_share(share);
		return;
	}
	cleanup_database sqlite3 *db = NULL;
	share->result = store_open_untrusted(share->file, share->is_private_copy, &db, &share->err);
	if (share->result == 0)
		share->result = store_execute(db, "BEGIN", &share->err, share->reading.path);
	if (share->result == 0) {
		share->reading.db = db;
		read_share(share);
	}
}

/* Cuts the ids into as many stretches as there are readers: the first and the last reach to the
 * ends, so that every row is checked. */
static void divide(const struct order_reading *found, struct share *shares, size_t readers)
{
	sqlite3 *const db = found->base.db;
	const uint64_t span = (uint64_t)found->last - (uint64_t)found->first;
	const uint64_t step = span / readers + 1;
	for (size_t i = 0; i < readers; i++) {
		struct share *const share = &shares[i];
		const int64_t first = (int64_t)((uint64_t)found->first + i * step);
		*share = (struct share){
		        .reading = found->base,
		        .order = &found->order,
		        .file = sqlite3_db_filename(db, "main"),
		        .is_private_copy = sqlite3_db_readonly(db, "main") == 0,
		};
		share->reading.first = i == 0 ? INT64_MIN : first;
		share->reading.last = INT64_MAX;
		if (i > 0)
			shares[i - 1].reading.last = first - 1;
	}
}

/* Most of the time goes into taking rows apart, so several threads share it. */
static int read_all(const struct order_reading *found, struct error *err)
{
	struct share shares[PARALLEL_MOST];
	const size_t readers = parallel_workers(found->order.count);
	divide(found, shares, readers);
	parallel_for(readers, readers, open_and_read, shares);
	int r = 0;
	size_t placed = 0;
	for (size_t i = 0; i < readers; i++) {
		placed += shares[i].placed;
		if (r == 0 && shares[i].result < 0) {
			r = shares[i].result;
			*err = shares[i].err;
		}
	}
	if (r == 0 && placed != found->order.count)
		r = error_set(err, EINVAL,
		              "%s is damaged: table task lacks tasks that its index has",
		              found->base.path);
	return r;
}

/* Two tasks with one index leave a place empty. */
static int check_places(const struct order_reading *found, struct error *err)
{
	const struct task_order *const order = &found->order;
	for (size_t t = 0; t < order->trial_count; t++)
		for (size_t i = 0; i < order->trials[t].count; i++) {
			const size_t at = order->trials[t].first + i;
			const struct task_record *const task = &found->base.dataset->tasks[at];
			const uint32_t index = order->indexes ? order->indexes[at] : (uint32_t)i;
			if (task->trial != order->trials[t].trial || task->index != index)
				return error_set(err, EINVAL,
				                 "%s is damaged: table task holds a task twice",
				                 found->base.path);
		}
	return 0;
}

static int load_in_order(const struct order_reading *found, struct error *err)
{
	struct dataset *const dataset = found->base.dataset;
	const size_t count = found->order.count;
	if (count > UINT32_MAX)
		return error_set(err, EINVAL, "%s holds too many tasks", found->base.path);
	dataset->tasks = calloc(count ? count : 1, sizeof *dataset->tasks);
	if (!dataset->tasks)
		return error_memory(err);
	dataset->task_count = count;
	int r = allocate_counters(dataset, err);
	if (r == 0)
		r = read_all(found, err);
	return r < 0 ? r : check_places(found, err);
}

int load_tasks(struct reading *reading, struct error *err)
{
	struct order_reading found = {.base = *reading};
	int r = find_order(&found, err);
	if (r == 0)
		r = load_in_order(&found, err);
	free(found.order.trials);
	free(found.order.indexes);
	return r;
}
