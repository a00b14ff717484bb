#include "store/load_output.h"

#include "core/array.h"
#include "core/error.h"
#include "core/str.h"

#include <string.h>

enum {
	MOST_SAID = 256,   /* kinds of failure of which a line is kept */
	PART_BYTES = 1024, /* of the end of a stream that are looked at, twice */
	LINE_BYTES = 512
};

/* The end of what was kept of a stream. */
struct ending {
	char text[2 * PART_BYTES];
	size_t length;
};

static void add_blob(struct ending *ending, const struct row *row, int column)
{
	const char *const blob = sqlite3_column_blob(row->statement, column);
	const size_t bytes = blob ? (size_t)sqlite3_column_bytes(row->statement, column) : 0;
	const size_t kept = bytes < PART_BYTES ? bytes : PART_BYTES;
	if (kept == 0)
		return;
	memcpy(ending->text + ending->length, blob + bytes - kept, kept);
	ending->length += kept;
}

static bool is_line_end(char c)
{
	return c == '\n' || c == '\r';
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\0' || is_line_end(c);
}

/* The last line with something in it, without the blanks around it; "" where there is none. */
static void find_last_line(const struct ending *ending, char line[LINE_BYTES])
{
	size_t end = ending->length;
	while (end > 0 && is_blank(ending->text[end - 1]))
		end--;
	size_t start = end;
	while (start > 0 && !is_line_end(ending->text[start - 1]))
		start--;
	while (start < end && is_blank(ending->text[start]))
		start++;
	size_t length = end - start;
	if (length > LINE_BYTES - 1)
		length = LINE_BYTES - 1;
	memcpy(line, ending->text + start, length);
	line[length] = '\0';
	for (size_t i = 0; i < length; i++)
		if (line[i] == '\0')
			line[i] = ' ';
}

enum { COLUMN_TOTAL = 6, COLUMN_HEAD, COLUMN_TAIL };

static void read_line(struct row *row, char line[LINE_BYTES])
{
	struct ending ending = {.length = 0};
	const int64_t total = row_integer(row, COLUMN_TOTAL, 0, INT64_MAX);
	const int64_t head = sqlite3_column_bytes(row->statement, COLUMN_HEAD);
	const int64_t tail = sqlite3_column_bytes(row->statement, COLUMN_TAIL);
	/* Where nothing is left out between them, a line may begin in the head. */
	const bool is_joined = total == head + tail && tail <= PART_BYTES;
	if (is_joined)
		add_blob(&ending, row, COLUMN_HEAD);
	add_blob(&ending, row, COLUMN_TAIL);
	find_last_line(&ending, line);
	if (line[0] || is_joined)
		return;
	ending.length = 0;
	add_blob(&ending, row, COLUMN_HEAD);
	find_last_line(&ending, line);
}

static int read_output(struct reading *reading, struct row *row, struct error *err)
{
	struct dataset *const dataset = reading->dataset;
	struct task_record task = {0};
	task.trial = (uint32_t)row_integer_or(row, 0, 1, ROW_TRIAL_BOUND, 0);
	const int64_t attempt = row_integer_or(row, 1, 1, UINT32_MAX, 0);
	task.state = (enum task_state)row_name(row, 2, task_state_names);
	task.exit_status = (int32_t)row_integer_or(row, 3, 0, INT32_MAX, -1);
	task.signal = (int32_t)row_integer_or(row, 4, 0, INT32_MAX, 0);
	task.start_errno = (int32_t)row_integer_or(row, 5, 0, INT32_MAX, 0);
	if (row->failed)
		return 0;
	const struct trial_record *const trial = reading_trial(reading, task.trial);
	if (task.trial != 0 && (!trial || trial->attempt != attempt))
		return 0; /* of an attempt that was repeated */
	struct dataset_said said = {
	        .level = trial ? (int32_t)trial->level : -1,
	        .state = task.state,
	        .detail = task_failure_detail(&task),
	};
	if (dataset->said_count == MOST_SAID ||
	    dataset_said(dataset, said.level, said.state, said.detail))
		return 0;
	char line[LINE_BYTES];
	read_line(row, line);
	if (row->failed || !line[0])
		return 0;
	int r = array_reserve(&dataset->said, &reading->capacity, dataset->said_count + 1,
	                      sizeof *dataset->said, err);
	if (r == 0)
		r = str_copy(line, &said.text, err);
	if (r == 0)
		dataset->said[dataset->said_count++] = said;
	return r;
}

/* By task, as they ended, and stderr before stdout. */
static const struct table output_table = {
        "output",
        "SELECT t.trial, t.attempt, t.state, t.exit_status, t.signal, t.start_errno,"
        " o.total_bytes, o.head, o.tail FROM output o JOIN task t ON t.task = o.task"
        " WHERE t.state NOT IN ('ok', 'ended') ORDER BY o.task, o.stream",
        NULL,
        read_output,
};

int load_output(struct reading *reading, struct error *err)
{
	return reading_table(reading, &output_table, err);
}
