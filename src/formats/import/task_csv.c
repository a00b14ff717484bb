#include "formats/import/task_csv.h"

#include "core/array.h"
#include "core/error.h"
#include "core/number.h"
#include "formats/import/import_frame.h"
#include "formats/import/task_csv_parts.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <strings.h>

/* More placements than this are no policies. */
enum { MOST_POLICIES = 64, MOST_EXIT_STATUS = 255, MOST_CONCURRENCY = 1000000 };

struct reading {
	struct table_rows rows;
	struct csv_columns columns;
	struct imported *imported;
	struct error *err;
	const char *file;
	struct imported_task *task; /* of the row */
	int64_t start_ns;           /* of it, as the row says */
	int64_t end_ns;
	bool has_state;  /* the row says how it ended */
	bool is_skipped; /* the row is of no trial that counts */
	size_t policies;
	size_t skipped;
	size_t tasks_before;
};

/* ---- Cells ------------------------------------------------------------------------------- */

static int complain(struct reading *r, const struct task_column *column, const char *what)
{
	return table_rows_complain(&r->rows, column->name, r->err, "%s", what);
}

static int take_policy(struct reading *r, const struct task_column *column, const char *cell)
{
	const size_t texts = r->imported->texts.count;
	r->task->policy = imported_text(r->imported, cell, r->err);
	if (!r->task->policy)
		return -ENOMEM;
	r->policies += r->imported->texts.count > texts;
	return r->policies > MOST_POLICIES
	               ? complain(r, column,
	                          "more than 64 placements; is this the column that "
	                          "says how tasks were placed?")
	               : 0;
}

/* A word of a field. */
static int take_word(struct reading *r, const struct task_column *column, const char *cell)
{
	struct task_record *const record = &r->task->record;
	if (column->field->place == PLACE_STATE) {
		const enum task_state state = task_cell_state(cell);
		if (state == TASK_STATES)
			return table_rows_complain(&r->rows, column->name, r->err,
			                           "\"%.60s\" is no state that is known; write ok, "
			                           "failed, signaled, timeout, not-started, "
			                           "left-children or ended%s",
			                           cell,
			                           column->is_guessed ? ", or pass the column over "
			                                                "(--columns state=-)"
			                                              : "");
		record->state = state;
		r->has_state = true;
		return 0;
	}
	if (column->field->place == PLACE_TRIAL_STATE) {
		r->is_skipped =
		        r->is_skipped || (strcmp(cell, trial_state_names[TRIAL_DONE]) != 0 &&
		                          strcmp(cell, trial_state_names[TRIAL_CENSORED]) != 0);
		return 0;
	}
	for (size_t i = 0; i <= ROLE_FILLER; i++) {
		if (strcmp(cell, task_role_names[i]) != 0)
			continue;
		record->role = (enum task_role)i;
		r->is_skipped = r->is_skipped || i == ROLE_PROBE;
		return 0;
	}
	return table_rows_complain(&r->rows, column->name, r->err,
	                           "\"%.60s\" is no role; write probe, warmup, measured or filler",
	                           cell);
}

/* A count as plateau export writes it: a real where it was scaled. */
static int take_event(struct reading *r, const struct task_column *column, const char *cell)
{
	double value = 0;
	struct error why;
	uint32_t event = 0;
	if (number_parse_real(cell, &value, &why) < 0 || value < 0 || value >= 0x1p63)
		return table_rows_complain(&r->rows, column->name, r->err,
		                           "\"%.60s\" is no count; write it without a mark between "
		                           "thousands",
		                           cell);
	const char *const state = column->sibling == SIZE_MAX
	                                  ? counter_state_names[COUNTER_OK]
	                                  : table_rows_cell(&r->rows, column->sibling);
	struct counter_value counter = {(uint64_t)llround(value), 1, 1, COUNTER_OK};
	if (strcmp(state, counter_state_names[COUNTER_SCALED]) == 0)
		counter.state = COUNTER_SCALED;
	int result = imported_event(r->imported, column->detail,
	                            imported_is_user_only(column->detail), &event, r->err);
	if (result == 0)
		result = imported_add_count(r->task, event, &counter, r->err);
	return result == -E2BIG || result == -EEXIST ? complain(r, column, r->err->text) : result;
}

/* A state without a value: why there is none. */
static int take_event_state(struct reading *r, const struct task_column *column, const char *cell)
{
	const struct task_column *const value = &r->columns.items[column->sibling];
	if (!task_cell_is_absent(table_rows_cell(&r->rows, column->sibling)))
		return 0;
	for (size_t i = 0; i < COUNTER_STATES; i++) {
		uint32_t event = 0;
		if (strcmp(cell, counter_state_names[i]) != 0)
			continue;
		if (i == COUNTER_OK || i == COUNTER_SCALED)
			return complain(r, value, "no count, though its state says that it is ok");
		int result = imported_event(r->imported, value->detail,
		                            imported_is_user_only(value->detail), &event, r->err);
		const struct counter_value counter = {.state = (enum counter_state)i};
		if (result == 0)
			result = imported_add_count(r->task, event, &counter, r->err);
		return result == -E2BIG || result == -EEXIST ? complain(r, column, r->err->text)
		                                             : result;
	}
	return table_rows_complain(&r->rows, column->name, r->err,
	                           "\"%.60s\" is no state of a count that is known", cell);
}

static int take_number(struct reading *r, const struct task_column *column, const char *cell)
{
	double value = 0;
	struct error why;
	if (number_parse_real(cell, &value, &why) < 0)
		return complain(r, column, why.text);
	return imported_add_number(r->imported, r->task, column->detail, value, r->err);
}

/* An integer, to where it belongs. */
static int place(struct reading *r, const struct task_column *column, int64_t value)
{
	struct imported_task *const task = r->task;
	int64_t most = INT64_MAX;
	switch (column->field->place) {
	case PLACE_RECORD:
		*(int64_t *)(void *)((char *)&task->record + column->field->offset) = value;
		return 0;
	case PLACE_WALL:
		task->wall_ns = value;
		return 0;
	case PLACE_START:
		r->start_ns = value;
		return 0;
	case PLACE_END:
		r->end_ns = value;
		return 0;
	case PLACE_CONCURRENCY:
		task->concurrency = value;
		if (value < 1)
			return complain(r, column, "below 1; a level runs at least one task");
		most = MOST_CONCURRENCY;
		break;
	case PLACE_REPEAT:
		task->repeat = value;
		most = UINT32_MAX / 2;
		break;
	case PLACE_EXIT_STATUS:
		task->record.exit_status = (int32_t)value;
		most = MOST_EXIT_STATUS;
		break;
	case PLACE_SIGNAL:
		task->record.signal = (int32_t)value;
		most = 64;
		break;
	case PLACE_MEMORY_LIMIT:
		task->record.exceeded_memory_limit = value != 0;
		return 0;
	default:
		return 0;
	}
	return value <= most ? 0
	                     : table_rows_complain(&r->rows, column->name, r->err,
	                                           "%" PRId64 " is above %" PRId64, value, most);
}

static int take_integer(struct reading *r, const struct task_column *column, const char *cell)
{
	int64_t value = 0;
	struct error why;
	char text[16];
	/* sacct writes "0:0": status and signal. */
	if (column->field->place == PLACE_EXIT_STATUS && strchr(cell, ':') &&
	    strlen(cell) < sizeof text) {
		memcpy(text, cell, strlen(cell) + 1);
		*strchr(text, ':') = '\0';
		cell = text;
	}
	if (task_cell_read(column, cell, &value, &why) < 0)
		return complain(r, column, why.text);
	return place(r, column, value);
}

static int take_cell(struct reading *r, const struct task_column *column, const char *cell)
{
	switch (column->field->kind) {
	case TASK_WORD:
		return take_word(r, column, cell);
	case TASK_TEXT:
		return column->field->place == PLACE_POLICY
		               ? take_policy(r, column, cell)
		               : imported_add_fact(r->imported, "hostname", cell, r->err);
	case TASK_NUMBER:
		return take_number(r, column, cell);
	case TASK_EVENT:
		return take_event(r, column, cell);
	case TASK_EVENT_STATE:
		return take_event_state(r, column, cell);
	default:
		return take_integer(r, column, cell);
	}
}

/* ---- Rows -------------------------------------------------------------------------------- */

static int finish_row(struct reading *r)
{
	struct imported_task *const task = r->task;
	const bool has_times = r->start_ns != RECORD_ABSENT && r->end_ns != RECORD_ABSENT;
	if (has_times && r->end_ns < r->start_ns)
		return table_rows_complain(&r->rows, "row", r->err,
		                           "the task ends before it starts");
	if (has_times) {
		task->record.start_ns = r->start_ns;
		task->record.end_ns = r->end_ns;
		if (task->wall_ns == RECORD_ABSENT)
			task->wall_ns = r->end_ns - r->start_ns;
	} else if (task->wall_ns != RECORD_ABSENT) {
		/* One of them and the time between. */
		if (r->start_ns != RECORD_ABSENT &&
		    !__builtin_add_overflow(r->start_ns, task->wall_ns, &task->record.end_ns))
			task->record.start_ns = r->start_ns;
		else if (r->end_ns != RECORD_ABSENT && r->end_ns >= task->wall_ns) {
			task->record.start_ns = r->end_ns - task->wall_ns;
			task->record.end_ns = r->end_ns;
		} else {
			task->record.end_ns = RECORD_ABSENT;
		}
	}
	/* Where the two parts are known, they are what counts. */
	if (task->record.user_ns != RECORD_ABSENT && task->record.system_ns != RECORD_ABSENT)
		task->record.cpu_ns = RECORD_ABSENT;
	const bool is_parted = task->record.cpu_ns == RECORD_ABSENT;
	if (!r->has_state && task->record.signal > 0)
		task->record.state = TASK_SIGNALED;
	else if (!r->has_state && task->record.exit_status > 0)
		task->record.state = TASK_FAILED;
	return is_parted ? 0
	                 : imported_add_remark(r->imported, r->err,
	                                       "the CPU time of tasks is not parted into user and "
	                                       "system time, which stay absent");
}

static int take_row(void *context)
{
	struct reading *const r = context;
	r->task = imported_add_task(r->imported, r->file, r->rows.line, r->err);
	if (!r->task)
		return r->imported->task_count >= IMPORTED_MOST_TASKS ? -E2BIG : -ENOMEM;
	r->start_ns = RECORD_ABSENT;
	r->end_ns = RECORD_ABSENT;
	r->has_state = false;
	r->is_skipped = false;
	int result = 0;
	for (size_t i = 0; result == 0 && i < r->columns.count; i++) {
		struct task_column *const column = &r->columns.items[i];
		const char *const cell = table_rows_cell(&r->rows, i);
		if (!column->field || task_cell_is_absent(cell))
			continue;
		if (column->is_nameless && !task_cell_has_unit(cell))
			column->was_passed = true;
		else
			result = take_cell(r, column, cell);
	}
	if (result == 0)
		result = finish_row(r);
	if (result == 0 && r->is_skipped) {
		r->skipped++;
		imported_drop_task(r->imported);
	}
	return result;
}

/* What must be there for rows to be tasks. */
static int check_columns(struct reading *r)
{
	bool has_wall = false;
	bool has_start = false;
	bool has_end = false;
	for (size_t i = 0; i < r->columns.count; i++) {
		const struct task_field *const field = r->columns.items[i].field;
		has_wall = has_wall || (field && field->place == PLACE_WALL);
		has_start = has_start || (field && field->place == PLACE_START);
		has_end = has_end || (field && field->place == PLACE_END);
	}
	if (has_wall || (has_start && has_end))
		return 0;
	r->rows.lines.is_refused = true;
	return table_rows_complain(&r->rows, "header", r->err,
	                           "no column for the wall time of a task; call it wall_s, give "
	                           "start_s and end_s, or name it (--columns wall_s=COLUMN:UNIT)");
}

static int tell_columns(struct reading *r)
{
	cleanup_words struct words remarks = {0};
	int result = csv_columns_tell(&r->columns, &remarks, r->err);
	for (size_t i = 0; result == 0 && i < remarks.count; i++)
		result = imported_add_remark(r->imported, r->err, "%s", remarks.items[i]);
	return result;
}

static int read_rows(struct reading *r, const char *map)
{
	int result = table_rows_header(&r->rows, "write a header and a row for every task", r->err);
	if (result <= 0)
		return result;
	result = csv_columns_find(&r->rows, &task_vocabulary, map, &r->columns, r->err);
	if (result == 0 && !r->rows.lines.is_refused)
		result = check_columns(r);
	if (result == 0)
		result = table_rows_each(&r->rows, take_row, r, r->err);
	if (result <= 0)
		return result;
	if (r->imported->task_count == r->tasks_before)
		return table_rows_complain(&r->rows, "header", r->err,
		                           "no task behind the header; write a row for each");
	result = tell_columns(r);
	if (result == 0 && r->skipped > 0)
		return imported_add_remark(r->imported, r->err,
		                           "%zu %s passed over: of probes, and of trials that were "
		                           "not done",
		                           r->skipped, r->skipped == 1 ? "row was" : "rows were");
	return result;
}

static int read_stream(const char *name, FILE *stream, const void *columns,
                       struct imported *imported, struct problems *problems, struct error *err)
{
	struct reading reading = {
	        .imported = imported,
	        .err = err,
	        .tasks_before = imported->task_count,
	        .file = imported_text(imported, name, err),
	};
	if (!reading.file)
		return -ENOMEM;
	int r = table_rows_init(&reading.rows, name, stream, problems, err);
	reading.rows.note = import_note;
	reading.rows.context = imported;
	if (r == 0)
		r = read_rows(&reading, columns);
	table_rows_release(&reading.rows);
	csv_columns_release(&reading.columns);
	return r;
}

int task_csv_read(const char *name, FILE *stream, const char *columns, struct imported *imported,
                  struct problems *problems, struct error *err)
{
	return import_stream(read_stream, name, stream, columns, imported, problems, err);
}

int task_csv_load(const char *path, const char *columns, struct imported *imported,
                  struct problems *problems, struct error *err)
{
	return import_path(read_stream, path, columns, imported, problems, err);
}
