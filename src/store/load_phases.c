#include "store/load_phases.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_BYTES = 256, LEAST_BUCKETS = 256 };

/* A reading with what only phases need. */
struct phase_reading {
	struct reading base; /* first: a table's read gets &base */
	uint32_t *buckets;   /* hash table of phase_names: index + 1, 0: empty */
	size_t bucket_count; /* a power of two */
	int64_t id;          /* of the file's task that comes now */
	size_t task;         /* its index in the dataset; SIZE_MAX: it was left out */
	bool has_task;
	bool is_out_of_order; /* some phase belongs before the one ahead of it */
};

static struct phase_reading *phase_reading_of(struct reading *reading)
{
	return (struct phase_reading *)reading;
}

/* FNV-1a. */
static size_t hash_of(const char *text)
{
	uint64_t hash = 0xcbf29ce484222325ULL;
	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * 0x100000001b3ULL;
	return (size_t)(hash ^ hash >> 32);
}

static void enter(struct phase_reading *phases, uint32_t name)
{
	const char *const text = phases->base.dataset->phase_names.items[name];
	size_t at = hash_of(text) & (phases->bucket_count - 1);
	while (phases->buckets[at])
		at = (at + 1) & (phases->bucket_count - 1);
	phases->buckets[at] = name + 1;
}

/* Keeps at least half of the buckets empty. */
static int make_room(struct phase_reading *phases, struct error *err)
{
	const struct words *const names = &phases->base.dataset->phase_names;
	if (names->count * 2 < phases->bucket_count)
		return 0;
	const size_t count = phases->bucket_count ? phases->bucket_count * 2 : LEAST_BUCKETS;
	uint32_t *const buckets = calloc(count, sizeof *buckets);
	if (!buckets)
		return error_memory(err);
	free(phases->buckets);
	phases->buckets = buckets;
	phases->bucket_count = count;
	for (size_t i = 0; i < names->count; i++)
		enter(phases, (uint32_t)i);
	return 0;
}

static int find_name(struct phase_reading *phases, const char *text, uint32_t *ret_name,
                     struct error *err)
{
	struct words *const names = &phases->base.dataset->phase_names;
	int r = make_room(phases, err);
	if (r < 0)
		return r;
	size_t at = hash_of(text) & (phases->bucket_count - 1);
	for (; phases->buckets[at]; at = (at + 1) & (phases->bucket_count - 1)) {
		if (strcmp(names->items[phases->buckets[at] - 1], text) == 0) {
			*ret_name = phases->buckets[at] - 1;
			return 0;
		}
	}
	r = words_add(names, text, err);
	if (r < 0)
		return r;
	*ret_name = (uint32_t)names->count - 1;
	phases->buckets[at] = (uint32_t)names->count;
	return 0;
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

/* The task of the row: phases of one come one after the other. */
static size_t task_of(struct phase_reading *phases, struct row *row)
{
	const int64_t id = row_integer(row, 0, INT64_MIN, INT64_MAX);
	if (phases->has_task && phases->id == id)
		return phases->task;
	const uint32_t trial_id = (uint32_t)row_integer_or(row, 1, 1, UINT32_MAX, 0);
	const int64_t attempt = row_integer_or(row, 2, 1, UINT32_MAX, 0);
	const uint32_t index = (uint32_t)row_integer(row, 3, 0, UINT32_MAX);
	if (row->failed)
		return SIZE_MAX;
	const struct trial_record *const trial = reading_trial(&phases->base, trial_id);
	const bool is_last = trial_id == 0 || (trial && trial->attempt == attempt);
	phases->has_task = true;
	phases->id = id;
	phases->task = is_last ? find_task(phases->base.dataset, trial_id, index) : SIZE_MAX;
	return phases->task;
}

static int read_phase(struct reading *reading, struct row *row, struct error *err)
{
	struct phase_reading *const phases = phase_reading_of(reading);
	struct dataset *const dataset = reading->dataset;
	char name[NAME_BYTES];
	struct dataset_phase phase = {.task = task_of(phases, row)};
	row_text_into(row, 4, name, sizeof name);
	phase.class = (enum phase_class)row_name(row, 5, phase_class_names);
	phase.start_ns = row_integer(row, 6, -ROW_TIME_BOUND, ROW_TIME_BOUND);
	phase.end_ns = row_integer(row, 7, phase.start_ns, ROW_TIME_BOUND);
	if (row->failed || phase.task == SIZE_MAX)
		return 0;
	int r = find_name(phases, name, &phase.name, err);
	if (r == 0)
		r = array_reserve(&dataset->phases, &reading->capacity, dataset->phase_count + 1,
		                  sizeof *dataset->phases, err);
	if (r < 0)
		return r;
	if (dataset->phase_count > 0) {
		const struct dataset_phase *const before =
		        &dataset->phases[dataset->phase_count - 1];
		phases->is_out_of_order |=
		        before->task > phase.task ||
		        (before->task == phase.task && before->start_ns > phase.start_ns);
	}
	dataset->phases[dataset->phase_count++] = phase;
	return 0;
}

static int compare(const void *a, const void *b)
{
	const struct dataset_phase *const x = a;
	const struct dataset_phase *const y = b;
	if (x->task != y->task)
		return x->task < y->task ? -1 : 1;
	if (x->start_ns != y->start_ns)
		return x->start_ns < y->start_ns ? -1 : 1;
	return (x->end_ns > y->end_ns) - (x->end_ns < y->end_ns);
}

static const struct table phase_table = {
        "phase",
        "SELECT p.task, t.trial, t.attempt, t.task_index, p.name, coalesce(p.class, 'other') AS "
        "class,"
        " p.start_ns, p.end_ns FROM phase p CROSS JOIN task t ON t.task = p.task"
        " ORDER BY p.task, p.phase",
        NULL,
        read_phase,
};

int load_phases(struct reading *reading, struct error *err)
{
	struct dataset *const dataset = reading->dataset;
	struct phase_reading phases = {.base = *reading};
	const int r = reading_table(&phases.base, &phase_table, err);
	free(phases.buckets);
	if (r < 0)
		return r;
	if (phases.is_out_of_order)
		qsort(dataset->phases, dataset->phase_count, sizeof *dataset->phases, compare);
	return 0;
}
