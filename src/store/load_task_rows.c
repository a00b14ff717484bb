#include "store/load_task_rows.h"

#include "core/array.h"

/* A reading with where it has come to in the entries. */
struct stretch {
	struct reading base; /* first: a table's read gets &base */
	const struct task_entry *next;
	const struct task_entry *end;
};

/* The entry of the row with this id, which is not below those before, or NULL. */
static const struct task_entry *find_entry(struct reading *reading, int64_t id)
{
	struct stretch *const stretch = (struct stretch *)reading;
	while (stretch->next < stretch->end && stretch->next->id < id)
		stretch->next++;
	return stretch->next < stretch->end && stretch->next->id == id ? stretch->next : NULL;
}

static void read_figures(struct row *row, struct task_record *task)
{
	task->start_ns = row_integer(row, 11, -ROW_TIME_BOUND, ROW_TIME_BOUND);
	task->end_ns = row_integer(row, 12, task->start_ns, ROW_TIME_BOUND);
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
		*figures[i] = row_integer_or(row, 13 + (int)i, -ROW_TIME_BOUND, ROW_TIME_BOUND,
		                             RECORD_ABSENT);
	task->peak_pss_bytes = row_integer_or(row, 30, 0, INT64_MAX, RECORD_ABSENT);
	task->exceeded_memory_limit = row_integer(row, 31, 0, 1) == 1;
}

static int read_task(struct reading *reading, struct row *row, struct error *err)
{
	(void)err;
	struct dataset *const dataset = reading->dataset;
	const int64_t id = row_integer(row, 0, INT64_MIN, INT64_MAX);
	row->is_past = id > reading->last;
	if (row->is_past)
		return 0;
	struct task_record task = {0};
	task.trial = (uint32_t)row_integer_or(row, 1, 1, UINT32_MAX, 0);
	task.index = (uint32_t)row_integer(row, 2, 0, UINT32_MAX);
	task.slot = (uint32_t)row_integer(row, 3, 0, UINT32_MAX);
	task.pu = (int32_t)row_integer_or(row, 4, 0, INT32_MAX, -1);
	task.input = (int32_t)row_integer_or(row, 5, 0, (int64_t)dataset->inputs.count - 1, -1);
	task.role = (enum task_role)row_name(row, 6, task_role_names);
	task.state = (enum task_state)row_name(row, 7, task_state_names);
	task.exit_status = (int32_t)row_integer_or(row, 8, 0, INT32_MAX, -1);
	task.signal = (int32_t)row_integer_or(row, 9, 0, INT32_MAX, 0);
	task.start_errno = (int32_t)row_integer_or(row, 10, 0, INT32_MAX, 0);
	read_figures(row, &task);
	const struct task_entry *const entry = row->failed ? NULL : find_entry(reading, id);
	if (entry)
		dataset->tasks[entry->to] = task;
	return 0;
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
	counter.enabled_ns = (uint64_t)row_integer(row, 3, INT64_MIN, INT64_MAX);
	counter.running_ns = (uint64_t)row_integer(row, 4, INT64_MIN, INT64_MAX);
	counter.state = (enum counter_state)row_name(row, 5, counter_state_names);
	const struct task_entry *const entry = row->failed ? NULL : find_entry(reading, id);
	if (entry)
		dataset->counters[entry->to * dataset->event_count + event] = counter;
	return 0;
}

#define FIGURES_SQL                                                                                \
	"SELECT t.task, t.trial, task_index, t.slot, pu, input, role, state,"                      \
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
                    " WHERE t.task >= ?1 ORDER BY t.task",
};

static const struct table task_table = {
        "task",
        FIGURES_SQL "run_delay_ns, block_delay_ns, page_in_delay_ns, peak_pss_bytes,"
                    " exceeded_memory_limit FROM task t WHERE t.task >= ?1"
                    " ORDER BY t.task",
        &task_before,
        read_task,
};

static const struct table counter_table = {
        "counter",
        "SELECT task, event, raw, enabled_ns, running_ns, state FROM counter"
        " WHERE task >= ?1 ORDER BY task, event",
        NULL,
        read_counter,
};

int load_task_rows(const struct reading *reading, const struct task_entry *entries, size_t count,
                   struct error *err)
{
	struct stretch stretch = {*reading, entries, entries + count};
	int r = reading_table(&stretch.base, &task_table, err);
	if (r < 0)
		return r;
	stretch.next = entries;
	return reading_table(&stretch.base, &counter_table, err);
}
