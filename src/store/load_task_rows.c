#include "store/load_task_rows.h"

#include "core/array.h"

#include <stdlib.h>

/* A task of the stretch that is kept. */
struct kept_task {
	int64_t id;
	size_t to; /* index into dataset.tasks */
};

struct stretch {
	struct reading base; /* first: a table's read gets &base */
	const struct task_order *order;
	size_t trial;           /* of the row before: rows of one stand together */
	struct kept_task *kept; /* ascending by id, as the rows are */
	size_t kept_count;
	size_t kept_capacity;
	size_t next; /* where the counters have come to */
};

/* The trial's entry in the order, or NULL: the row is not kept. */
static const struct trial_tasks *find_trial(struct stretch *stretch, uint32_t trial,
                                            int64_t attempt)
{
	const struct task_order *const order = stretch->order;
	if (stretch->trial >= order->trial_count || order->trials[stretch->trial].trial != trial) {
		size_t low = 0;
		size_t high = order->trial_count;
		while (low < high) {
			const size_t middle = low + (high - low) / 2;
			if (order->trials[middle].trial < trial)
				low = middle + 1;
			else
				high = middle;
		}
		stretch->trial = low;
	}
	if (stretch->trial == order->trial_count)
		return NULL;
	const struct trial_tasks *const found = &order->trials[stretch->trial];
	return found->trial == trial && found->attempt == attempt ? found : NULL;
}

static int compare_indexes(const void *key, const void *item)
{
	const uint32_t x = *(const uint32_t *)key;
	const uint32_t y = *(const uint32_t *)item;
	return (x > y) - (x < y);
}

/* Where the task with this index goes; SIZE_MAX: the trial has no such index. */
static size_t find_place(const struct task_order *order, const struct trial_tasks *trial,
                         uint32_t index)
{
	if (!order->indexes)
		return index < trial->count ? trial->first + index : SIZE_MAX;
	const uint32_t *const found = bsearch(&index, order->indexes + trial->first, trial->count,
	                                      sizeof index, compare_indexes);
	return found ? (size_t)(found - order->indexes) : SIZE_MAX;
}

/* Puts a task that is kept where it belongs. */
static int place_task(struct stretch *stretch, const struct row *row, int64_t id, int64_t attempt,
                      const struct task_record *task, struct error *err)
{
	const struct trial_tasks *const trial = find_trial(stretch, task->trial, attempt);
	if (!trial)
		return 0; /* of an attempt that was repeated */
	const size_t to = find_place(stretch->order, trial, task->index);
	if (to == SIZE_MAX)
		return row_refuse(row, err, "its index does not have all the tasks");
	const int r = array_reserve(&stretch->kept, &stretch->kept_capacity,
	                            stretch->kept_count + 1, sizeof *stretch->kept, err);
	if (r < 0)
		return r;
	if (stretch->kept_count > 0 && id <= stretch->kept[stretch->kept_count - 1].id)
		return row_refuse(row, err, "the rows are out of order");
	stretch->kept[stretch->kept_count++] = (struct kept_task){id, to};
	stretch->base.dataset->tasks[to] = *task;
	return 0;
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
		*figures[i] = row_integer_or(row, 14 + (int)i, 0, ROW_TIME_BOUND, RECORD_ABSENT);
	task->peak_pss_bytes = row_integer_or(row, 31, 0, INT64_MAX, RECORD_ABSENT);
	task->exceeded_memory_limit = row_integer(row, 32, 0, 1) == 1;
	task->peak_rss_bytes = row_integer_or(row, 33, 0, INT64_MAX, RECORD_ABSENT);
	task->cgroup_peak_bytes = row_integer_or(row, 34, 0, INT64_MAX, RECORD_ABSENT);
	task->rss_samples = row_integer_or(row, 35, 0, INT64_MAX, RECORD_ABSENT);
	task->pss_samples = row_integer_or(row, 36, 0, INT64_MAX, RECORD_ABSENT);
	task->cpu_ns = row_integer_or(row, 37, 0, ROW_TIME_BOUND, RECORD_ABSENT);
}

static int read_task(struct reading *reading, struct row *row, struct error *err)
{
	const struct dataset *const dataset = reading->dataset;
	const int64_t id = row_integer(row, 0, INT64_MIN, INT64_MAX);
	row->is_past = id > reading->last;
	if (row->is_past)
		return 0;
	struct task_record task = {0};
	task.trial = (uint32_t)row_integer_or(row, 1, 1, ROW_TRIAL_BOUND, 0);
	const int64_t attempt = row_integer_or(row, 2, 1, UINT32_MAX, 0);
	task.index = (uint32_t)row_integer(row, 3, 0, UINT32_MAX);
	task.slot = (uint32_t)row_integer(row, 4, 0, UINT32_MAX);
	task.pu = (int32_t)row_integer_or(row, 5, 0, INT32_MAX, -1);
	task.input = (int32_t)row_integer_or(row, 6, 0, (int64_t)dataset->inputs.count - 1, -1);
	task.role = (enum task_role)row_name(row, 7, task_role_names);
	task.state = (enum task_state)row_name(row, 8, task_state_names);
	task.exit_status = (int32_t)row_integer_or(row, 9, 0, INT32_MAX, -1);
	task.signal = (int32_t)row_integer_or(row, 10, 0, INT32_MAX, 0);
	task.start_errno = (int32_t)row_integer_or(row, 11, 0, INT32_MAX, 0);
	read_figures(row, &task);
	return row->failed ? 0
	                   : place_task((struct stretch *)reading, row, id, attempt, &task, err);
}

static int read_counter(struct reading *reading, struct row *row, struct error *err)
{
	(void)err;
	struct dataset *const dataset = reading->dataset;
	const int64_t id = row_integer(row, 0, INT64_MIN, INT64_MAX);
	row->is_past = id > reading->last;
	if (row->is_past)
		return 0;
	const size_t event = (size_t)row_integer(row, 1, 0, (int64_t)dataset->event_count - 1);
	struct counter_value counter = {0};
	counter.raw = (uint64_t)row_integer(row, 2, INT64_MIN, INT64_MAX);
	counter.enabled_ns = (uint64_t)row_integer(row, 3, 0, ROW_TIME_BOUND);
	counter.running_ns = (uint64_t)row_integer(row, 4, 0, ROW_TIME_BOUND);
	counter.state = (enum counter_state)row_name(row, 5, counter_state_names);
	struct stretch *const stretch = (struct stretch *)reading;
	while (stretch->next < stretch->kept_count && stretch->kept[stretch->next].id < id)
		stretch->next++;
	if (!row->failed && stretch->next < stretch->kept_count &&
	    stretch->kept[stretch->next].id == id)
		dataset->counters[stretch->kept[stretch->next].to * dataset->event_count + event] =
		        counter;
	return 0;
}

#define FIGURES_SQL                                                                                \
	"SELECT t.task, t.trial, t.attempt, task_index, t.slot, pu, input, role, state,"           \
	" exit_status, signal, start_errno, start_ns, end_ns, idle_before_ns, user_ns, system_ns," \
	" max_rss_bytes, minor_faults, major_faults, voluntary_switches, involuntary_switches,"    \
	" read_chars, write_chars, read_calls, write_calls, read_bytes, write_bytes, "

#define VERSION_3_SQL                                                                              \
	FIGURES_SQL "run_delay_ns, block_delay_ns, page_in_delay_ns, peak_pss_bytes,"              \
	            " exceeded_memory_limit"

#define VERSION_4_SQL VERSION_3_SQL ", peak_rss_bytes, cgroup_peak_bytes, rss_samples, pss_samples"

/* Of version 2 the last two figures were samples. */
static const struct table_before task_before[] = {
        {2,
         FIGURES_SQL "NULL, NULL, NULL, CAST(p.value AS INTEGER), x.value IS NOT NULL, NULL, NULL,"
                     " NULL, NULL, NULL"
                     " FROM task t LEFT JOIN sample p ON p.name='peak_pss_bytes' AND p.slot=t.slot"
                     " AND p.at_ns=t.end_ns AND p.trial IS t.trial AND p.attempt IS t.attempt"
                     " LEFT JOIN sample x ON x.name='exceeded_memory_limit' AND x.slot=t.slot"
                     " AND x.at_ns=t.end_ns AND x.trial IS t.trial AND x.attempt IS t.attempt"
                     " WHERE t.task >= ?1 ORDER BY t.task"},
        {3, VERSION_3_SQL ", NULL, NULL, NULL, NULL, NULL FROM task t WHERE t.task >= ?1"
                          " ORDER BY t.task"},
        {4, VERSION_4_SQL ", NULL FROM task t WHERE t.task >= ?1 ORDER BY t.task"},
        {0},
};

static const struct table task_table = {
        "task",
        VERSION_4_SQL ", cpu_ns FROM task t WHERE t.task >= ?1 ORDER BY t.task",
        task_before,
        read_task,
};

static const struct table counter_table = {
        "counter",
        "SELECT task, event, raw, enabled_ns, running_ns, state FROM counter"
        " WHERE task >= ?1 ORDER BY task, event",
        NULL,
        read_counter,
};

int load_task_rows(const struct reading *reading, const struct task_order *order,
                   size_t *ret_placed, struct error *err)
{
	struct stretch stretch = {.base = *reading, .order = order};
	int r = reading_table(&stretch.base, &task_table, err);
	if (r == 0)
		r = reading_table(&stretch.base, &counter_table, err);
	free(stretch.kept);
	if (r == 0)
		*ret_placed = stretch.kept_count;
	return r;
}
