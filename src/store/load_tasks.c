#include "store/load_tasks.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "store/load_task_rows.h"
#include "store/store.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* How many threads read at most, and how many tasks are worth one. */
enum { READERS_MOST = 4, TASKS_PER_READER = 20000 };

/* A reading of which tasks there are. */
struct order_reading {
	struct reading base; /* first: a table's read gets &base */
	struct task_entry *entries;
	size_t count;
};

static int read_entry(struct reading *reading, struct row *row, struct error *err)
{
	struct order_reading *const order = (struct order_reading *)reading;
	int r = array_reserve(&order->entries, &reading->capacity, order->count + 1,
	                      sizeof *order->entries, err);
	if (r < 0)
		return r;
	const struct task_entry entry = {
	        .id = row_integer(row, 0, INT64_MIN, INT64_MAX),
	        .trial = (uint32_t)row_integer_or(row, 1, 1, UINT32_MAX, 0),
	        .index = (uint32_t)row_integer(row, 3, 0, UINT32_MAX),
	};
	const int64_t attempt = row_integer_or(row, 2, 1, UINT32_MAX, 0);
	if (row->failed)
		return 0;
	if (order->count > 0 && entry.id <= order->entries[order->count - 1].id)
		return row_refuse(row, err, "the rows are out of order");
	const struct trial_record *const trial = reading_trial(reading, entry.trial);
	if (entry.trial != 0 && !trial)
		return row_refuse(row, err, "a task belongs to a trial that is not there");
	if (trial && trial->attempt != attempt)
		return 0; /* of an attempt that was repeated */
	order->entries[order->count++] = entry;
	return 0;
}

static const struct table order_table = {
        "task",
        "SELECT task, trial, attempt, task_index FROM task ORDER BY task",
        NULL,
        read_entry,
};

static int compare_by_trial(const void *a, const void *b)
{
	const struct task_entry *const x = a;
	const struct task_entry *const y = b;
	if (x->trial != y->trial)
		return x->trial < y->trial ? -1 : 1;
	if (x->index != y->index)
		return x->index < y->index ? -1 : 1;
	return (x->id > y->id) - (x->id < y->id);
}

static int compare_by_id(const void *a, const void *b)
{
	const struct task_entry *const x = a;
	const struct task_entry *const y = b;
	return (x->id > y->id) - (x->id < y->id);
}

/* The number of an entry's trial: 0 for the probe, else its place among the trials, from 1. */
static size_t trial_number(const struct dataset *dataset, const struct task_entry *entry,
                           size_t guess)
{
	if (guess > 0 && dataset->trials[guess - 1].trial == entry->trial)
		return guess;
	if (entry->trial == 0)
		return 0;
	size_t low = 0;
	size_t high = dataset->trial_count;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		if (dataset->trials[middle].trial < entry->trial)
			low = middle + 1;
		else
			high = middle;
	}
	return low + 1;
}

/* Where the indexes of every trial are 0, 1, 2, ..., places follow from counting. taken has room
 * for every entry, firsts for every trial and 2 more, all 0. Returns whether it is so. */
static bool count_places(const struct dataset *dataset, struct task_entry *entries, size_t count,
                         size_t *firsts, bool *taken)
{
	size_t trial = 0;
	for (size_t i = 0; i < count; i++) {
		trial = trial_number(dataset, &entries[i], trial);
		firsts[trial + 1]++;
	}
	for (size_t t = 0; t <= dataset->trial_count; t++)
		firsts[t + 1] += firsts[t];
	for (size_t i = 0; i < count; i++) {
		trial = trial_number(dataset, &entries[i], trial);
		const size_t to = firsts[trial] + entries[i].index;
		if (to >= firsts[trial + 1] || taken[to])
			return false;
		taken[to] = true;
		entries[i].to = to;
	}
	return true;
}

/* Tasks are stored as they end, and wanted by trial and index. */
static int find_places(const struct dataset *dataset, struct task_entry *entries, size_t count,
                       struct error *err)
{
	cleanup_free size_t *firsts = calloc(dataset->trial_count + 2, sizeof *firsts);
	cleanup_free bool *taken = calloc(count + 1, sizeof *taken);
	if (!firsts || !taken)
		return error_memory(err);
	if (count_places(dataset, entries, count, firsts, taken))
		return 0;
	qsort(entries, count, sizeof *entries, compare_by_trial);
	for (size_t i = 0; i < count; i++)
		entries[i].to = i;
	qsort(entries, count, sizeof *entries, compare_by_id);
	return 0;
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
	const char *file; /* that the reading's connection has open */
	bool is_private_copy;
	const struct task_entry *entries;
	size_t count;
	pthread_t thread;
	bool is_started;
	int result;
	struct error err;
};

static void *read_share(void *argument)
{
	struct share *const share = argument;
	share->result = load_task_rows(&share->reading, share->entries, share->count, &share->err);
	return NULL;
}

/* A reader with a connection of its own. */
static void *open_and_read(void *argument)
{
	struct share *const share = argument;
	sqlite3 *const shared = share->reading.db;
	cleanup_database sqlite3 *db = NULL;
	share->result =
	        store_open_untrusted(sqlite3_db_filename(shared, "main"),
	                             sqlite3_db_readonly(shared, "main") == 0, &db, &share->err);
	if (share->result == 0)
		share->result = store_execute(db, "BEGIN", &share->err, share->reading.path);
	if (share->result == 0) {
		share->reading.db = db;
		read_share(share);
	}
	return NULL;
}

static size_t count_readers(size_t tasks)
{
	const long online = sysconf(_SC_NPROCESSORS_ONLN);
	size_t readers = tasks / TASKS_PER_READER;
	readers = online > 0 && readers > (size_t)online ? (size_t)online : readers;
	readers = readers > READERS_MOST ? READERS_MOST : readers;
	return readers > 0 ? readers : 1;
}

/* Cuts the file into as many stretches of ids as there are readers: the first and the last reach to
 * the ends, so that every row is checked. */
static void divide(const struct reading *reading, const struct task_entry *entries, size_t count,
                   struct share *shares, size_t readers)
{
	for (size_t i = 0; i < readers; i++) {
		struct share *const share = &shares[i];
		const size_t first = i * count / readers;
		const size_t end = (i + 1) * count / readers;
		*share = (struct share){
		        .reading = *reading,
		        .file = sqlite3_db_filename(reading->db, "main"),
		        .is_private_copy = sqlite3_db_readonly(reading->db, "main") == 0,
		        .entries = entries + first,
		        .count = end - first,
		};
		share->reading.first = i == 0 ? INT64_MIN : entries[first].id;
		share->reading.last = i + 1 == readers ? INT64_MAX : entries[end].id - 1;
	}
}

/* Most of the time goes into taking rows apart, so several threads share it. */
static int read_all(const struct reading *reading, const struct task_entry *entries, size_t count,
                    struct error *err)
{
	struct share shares[READERS_MOST];
	const size_t readers = count_readers(count);
	divide(reading, entries, count, shares, readers);
	for (size_t i = 1; i < readers; i++)
		shares[i].is_started =
		        pthread_create(&shares[i].thread, NULL, open_and_read, &shares[i]) == 0;
	for (size_t i = 0; i < readers; i++)
		if (!shares[i].is_started)
			read_share(&shares[i]);
	int r = 0;
	for (size_t i = 0; i < readers; i++) {
		if (shares[i].is_started)
			pthread_join(shares[i].thread, NULL);
		if (r == 0 && shares[i].result < 0) {
			r = shares[i].result;
			*err = shares[i].err;
		}
	}
	return r;
}

static int load_entries(const struct order_reading *order, struct error *err)
{
	struct dataset *const dataset = order->base.dataset;
	if (order->count > UINT32_MAX)
		return error_set(err, EINVAL, "%s holds too many tasks", order->base.path);
	int r = find_places(dataset, order->entries, order->count, err);
	if (r < 0)
		return r;
	dataset->tasks = calloc(order->count ? order->count : 1, sizeof *dataset->tasks);
	if (!dataset->tasks)
		return error_memory(err);
	dataset->task_count = order->count;
	r = allocate_counters(dataset, err);
	return r < 0 ? r : read_all(&order->base, order->entries, order->count, err);
}

int load_tasks(struct reading *reading, struct error *err)
{
	struct order_reading order = {.base = *reading};
	int r = reading_table(&order.base, &order_table, err);
	if (r == 0)
		r = load_entries(&order, err);
	free(order.entries);
	return r;
}
