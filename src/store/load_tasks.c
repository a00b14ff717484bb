#include "store/load_tasks.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "store/store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A reading with what only tasks need. */
struct task_reading {
	struct reading base; /* first: a table's read gets &base */
	int64_t *ids;        /* of the tasks that were kept, ascending as the rows are */
	size_t id_capacity;
	size_t next_task; /* where the counters have come to */
};

static struct task_reading *task_reading_of(struct reading *reading)
{
	return (struct task_reading *)reading;
}

static void read_figures(struct row *row, struct task_record *task)
{
	task->start_ns = row_integer(row, 12, -ROW_TIME_BOUND, ROW_TIME_BOUND);
	task->end_ns = row_integer(row, 13, task->start_ns, ROW_TIME_BOUND);
	int64_t *const figures[] = {
	        &task->idle_before_ns,     &task->user_ns,
	        &task->system_ns,          &task->max_rss_bytes,
	        &task->minor_faults,       &task->major_faults,
	        &task->voluntary_switches, &task->involuntary_switches,
	        &task->read_chars,         &task->write_chars,
	        &task->read_calls,         &task->write_calls,
	        &task->read_bytes,         &task->write_bytes,
	        &task->run_delay_ns,       &task->block_delay_ns,
	        &task->page_in_delay_ns,
	};
	for (size_t i = 0; i < ARRAY_LENGTH(figures); i++)
		*figures[i] = row_integer_or(row, 14 + (int)i, -ROW_TIME_BOUND, ROW_TIME_BOUND,
		                             RECORD_ABSENT);
	task->peak_pss_bytes = row_integer_or(row, 31, 0, INT64_MAX, RECORD_ABSENT);
	task->exceeded_memory_limit = row_integer(row, 32, 0, 1) == 1;
}

static int read_task(struct reading *reading, struct row *row, struct error *err)
{
	struct task_reading *const tasks = task_reading_of(reading);
	struct dataset *const dataset = reading->dataset;
	int r = array_reserve(&dataset->tasks, &reading->capacity, dataset->task_count + 1,
	                      sizeof *dataset->tasks, err);
	if (r == 0)
		r = array_reserve(&tasks->ids, &tasks->id_capacity, dataset->task_count + 1,
		                  sizeof *tasks->ids, err);
	if (r < 0)
		return r;
	const int64_t id = row_integer(row, 0, INT64_MIN, INT64_MAX);
	if (dataset->task_count > 0 && id <= tasks->ids[dataset->task_count - 1])
		return row_refuse(row, err, "the rows are out of order");
	struct task_record *const task = &dataset->tasks[dataset->task_count];
	task->trial = (uint32_t)row_integer_or(row, 1, 1, UINT32_MAX, 0);
	const int64_t attempt = row_integer_or(row, 2, 1, UINT32_MAX, 0);
	task->index = (uint32_t)row_integer(row, 3, 0, UINT32_MAX);
	task->slot = (uint32_t)row_integer(row, 4, 0, UINT32_MAX);
	task->pu = (int32_t)row_integer_or(row, 5, 0, INT32_MAX, -1);
	task->input = (int32_t)row_integer_or(row, 6, 0, (int64_t)dataset->inputs.count - 1, -1);
	task->role = (enum task_role)row_name(row, 7, task_role_names);
	task->state = (enum task_state)row_name(row, 8, task_state_names);
	task->exit_status = (int32_t)row_integer_or(row, 9, 0, INT32_MAX, -1);
	task->signal = (int32_t)row_integer_or(row, 10, 0, INT32_MAX, 0);
	task->start_errno = (int32_t)row_integer_or(row, 11, 0, INT32_MAX, 0);
	read_figures(row, task);
	if (row->failed)
		return 0;
	const struct trial_record *const trial = reading_trial(reading, task->trial);
	if (task->trial != 0 && !trial)
		return row_refuse(row, err, "a task belongs to a trial that is not there");
	if (trial && trial->attempt != attempt)
		return 0; /* of an attempt that was repeated */
	tasks->ids[dataset->task_count++] = id;
	return 0;
}

static int read_counter(struct reading *reading, struct row *row, struct error *err)
{
	(void)err;
	struct task_reading *const tasks = task_reading_of(reading);
	struct dataset *const dataset = reading->dataset;
	const int64_t id = row_integer(row, 0, INT64_MIN, INT64_MAX);
	const size_t event = (size_t)row_integer(row, 1, 0, (int64_t)dataset->event_count - 1);
	struct counter_value counter = {0};
	counter.raw = (uint64_t)row_integer(row, 2, INT64_MIN, INT64_MAX);
	counter.enabled_ns = (uint64_t)row_integer(row, 3, INT64_MIN, INT64_MAX);
	counter.running_ns = (uint64_t)row_integer(row, 4, INT64_MIN, INT64_MAX);
	counter.state = (enum counter_state)row_name(row, 5, counter_state_names);
	if (row->failed)
		return 0;
	while (tasks->next_task < dataset->task_count && tasks->ids[tasks->next_task] < id)
		tasks->next_task++;
	if (tasks->next_task < dataset->task_count && tasks->ids[tasks->next_task] == id)
		dataset->counters[tasks->next_task * dataset->event_count + event] = counter;
	return 0;
}

#define FIGURES_SQL                                                                                \
	"SELECT t.task, t.trial, t.attempt, task_index, t.slot, pu, input, role, state,"           \
	" exit_status, signal, start_errno, start_ns, end_ns, idle_before_ns, user_ns, system_ns," \
	" max_rss_bytes, minor_faults, major_faults, voluntary_switches, involuntary_switches,"    \
	" read_chars, write_chars, read_calls, write_calls, read_bytes, write_bytes, "

/* The last two figures were samples. */
static const struct table_before task_before = {
        2,
        FIGURES_SQL "NULL, NULL, NULL, CAST(p.value AS INTEGER), x.value IS NOT NULL"
                    " FROM task t LEFT JOIN sample p ON p.name='peak_pss_bytes' AND p.slot=t.slot"
                    " AND p.at_ns=t.end_ns AND p.trial IS t.trial AND p.attempt IS t.attempt"
                    " LEFT JOIN sample x ON x.name='exceeded_memory_limit' AND x.slot=t.slot"
                    " AND x.at_ns=t.end_ns AND x.trial IS t.trial AND x.attempt IS t.attempt"
                    " ORDER BY t.task",
};

static const struct table task_table = {
        "task",
        FIGURES_SQL "run_delay_ns, block_delay_ns, page_in_delay_ns, peak_pss_bytes,"
                    " exceeded_memory_limit FROM task t ORDER BY t.task",
        &task_before,
        read_task,
};

static const struct table counter_table = {
        "counter",
        "SELECT task, event, raw, enabled_ns, running_ns, state FROM counter"
        " ORDER BY task, event",
        NULL,
        read_counter,
};

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

/* Where a task of the sorted order comes from. */
struct origin {
	uint32_t trial;
	uint32_t index;
	uint32_t from;
};

static int compare_origins(const void *a, const void *b)
{
	const struct origin *const x = a;
	const struct origin *const y = b;
	if (x->trial != y->trial)
		return x->trial < y->trial ? -1 : 1;
	if (x->index != y->index)
		return x->index < y->index ? -1 : 1;
	return (x->from > y->from) - (x->from < y->from);
}

static void move_task(struct dataset *dataset, size_t to, size_t from)
{
	const size_t events = dataset->event_count;
	dataset->tasks[to] = dataset->tasks[from];
	if (dataset->counters)
		memcpy(&dataset->counters[to * events], &dataset->counters[from * events],
		       events * sizeof *dataset->counters);
}

/* Follows each cycle of the permutation once, so that no second copy of the tasks is needed;
 * order[i].from == i marks a place that is right. */
static void apply_order(struct dataset *dataset, struct origin *order)
{
	struct counter_value counters[RECORD_MAX_EVENTS];
	const size_t counter_bytes =
	        dataset->counters ? dataset->event_count * sizeof *dataset->counters : 0;
	for (size_t start = 0; start < dataset->task_count; start++) {
		if (order[start].from == start)
			continue;
		const struct task_record task = dataset->tasks[start];
		if (counter_bytes)
			memcpy(counters, &dataset->counters[start * dataset->event_count],
			       counter_bytes);
		size_t to = start;
		while (order[to].from != start) {
			const size_t from = order[to].from;
			move_task(dataset, to, from);
			order[to].from = (uint32_t)to;
			to = from;
		}
		dataset->tasks[to] = task;
		if (counter_bytes)
			memcpy(&dataset->counters[to * dataset->event_count], counters,
			       counter_bytes);
		order[to].from = (uint32_t)to;
	}
}

/* Tasks are stored as they end, and wanted by trial and index. */
static int sort_tasks(struct dataset *dataset, struct error *err)
{
	if (dataset->task_count == 0)
		return 0;
	cleanup_free struct origin *order = calloc(dataset->task_count, sizeof *order);
	if (!order)
		return error_memory(err);
	for (size_t i = 0; i < dataset->task_count; i++)
		order[i] = (struct origin){dataset->tasks[i].trial, dataset->tasks[i].index,
		                           (uint32_t)i};
	qsort(order, dataset->task_count, sizeof *order, compare_origins);
	apply_order(dataset, order);
	return 0;
}

static void shrink_tasks(struct dataset *dataset)
{
	if (dataset->task_count == 0)
		return;
	struct task_record *const tasks =
	        realloc(dataset->tasks, dataset->task_count * sizeof *dataset->tasks);
	if (tasks)
		dataset->tasks = tasks;
}

int load_tasks(struct reading *reading, struct error *err)
{
	struct task_reading tasks = {.base = *reading};
	int r = reading_table(&tasks.base, &task_table, err);
	if (r == 0 && reading->dataset->task_count > UINT32_MAX)
		r = error_set(err, EINVAL, "%s holds too many tasks", reading->path);
	if (r == 0) {
		shrink_tasks(reading->dataset);
		r = allocate_counters(reading->dataset, err);
	}
	if (r == 0)
		r = reading_table(&tasks.base, &counter_table, err);
	free(tasks.ids);
	return r < 0 ? r : sort_tasks(reading->dataset, err);
}
