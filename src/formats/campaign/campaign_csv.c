#include "formats/campaign/campaign_csv.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/number.h"
#include "formats/campaign/campaign_attempts.h"
#include "formats/campaign/campaign_csv_parts.h"
#include "formats/campaign/state_words.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A task with more memory than this in kB would have a terabyte: the figures are in bytes. */
#define SURELY_BYTES 1000000000

/* The same of sizes that are most likely in bytes: in kB it would be 100 GB, and in bytes no task
 * of a production stays below it. */
#define LIKELY_BYTES 100000000

struct reading {
	struct table_rows rows;
	struct csv_columns columns;
	struct csv_covariates covariates;
	size_t *covariate_of; /* by column; SIZE_MAX: none */
	struct campaign *campaign;
	struct error *err;
	const struct task_column *type_column;
	uint32_t no_type; /* of rows that say none */
	bool has_no_type; /* it was made */
	const char *task_type;
	bool is_type_said; /* task_type, by who imports */
	size_t first;      /* task */
	/* Of the row. */
	struct campaign_row row;
	struct campaign_task task;
	enum campaign_state state;
	char state_word[32]; /* that said the state last */
	bool has_state;
	bool has_type;
	uint64_t identity;
	/* Which tasks attempts are of; only where the columns say it. */
	bool has_identity;
	uint64_t *identities;
	size_t identity_capacity;
	/* Sizes without a unit: of which tasks, and the largest. */
	struct task_column *nameless;
	uint32_t *nameless_tasks;
	size_t nameless_count;
	size_t nameless_capacity;
	int64_t nameless_most;
	size_t unmeasured; /* sizes of 0 */
	bool has_fraction;
};

static int complain(struct reading *r, const struct task_column *column, const char *what)
{
	return table_rows_complain(&r->rows, column->name, r->err, "%s", what);
}

/* ---- Cells -------------------------------------------------------------------------------- */

static int take_type(struct reading *r, const struct task_column *column, const char *cell)
{
	const int result = campaign_type(r->campaign, cell, &r->task.type, r->err);
	r->has_type = result == 0;
	if (result != -E2BIG)
		return result;
	r->rows.lines.is_refused = true;
	return table_rows_complain(&r->rows, column->name, r->err,
	                           "%s Name another column (--columns type=COLUMN), or none "
	                           "(--columns type=-)",
	                           r->err->text);
}

static int take_state(struct reading *r, const struct task_column *column, const char *cell)
{
	if (strcmp(cell, r->state_word) == 0 || campaign_state_read(cell, &r->state)) {
		r->has_state = true;
		snprintf(r->state_word, sizeof r->state_word, "%s", cell);
		return 0;
	}
	return table_rows_complain(&r->rows, column->name, r->err,
	                           "\"%.60s\" is no state that is known; write %s%s", cell,
	                           campaign_state_words,
	                           column->is_guessed ? ", or pass the column over "
	                                                "(--columns state=-)"
	                                              : "");
}

static int take_success(struct reading *r, const struct task_column *column, const char *cell)
{
	static const struct {
		const char *word;
		enum campaign_state state;
	} words[] = {
	        {"true", CAMPAIGN_DONE}, {"false", CAMPAIGN_FAILED}, {"yes", CAMPAIGN_DONE},
	        {"no", CAMPAIGN_FAILED}, {"1", CAMPAIGN_DONE},       {"0", CAMPAIGN_FAILED},
	        {"t", CAMPAIGN_DONE},    {"f", CAMPAIGN_FAILED},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(words); i++) {
		if (strcasecmp(words[i].word, cell) != 0)
			continue;
		if (!r->has_state)
			r->state = words[i].state;
		r->has_state = true;
		return 0;
	}
	return table_rows_complain(&r->rows, column->name, r->err,
	                           "\"%.60s\" is neither true nor false", cell);
}

/* sacct writes "0:9", status and signal; Python "-9". */
static int take_exit(struct reading *r, const struct task_column *column, const char *cell)
{
	struct error why;
	char text[16];
	const char *const colon = strchr(cell, ':');
	const char *const signal = colon ? colon + 1 : *cell == '-' ? cell + 1 : NULL;
	if (signal && strlen(cell) < sizeof text) {
		if (number_parse_integer(signal, 0, INT64_MAX, &r->row.signal, &why) < 0)
			return complain(r, column, why.text);
		if (!colon)
			return 0;
		memcpy(text, cell, (size_t)(colon - cell));
		text[colon - cell] = '\0';
		cell = text;
	}
	return task_cell_read(column, cell, &r->row.exit_status, &why) < 0
	               ? complain(r, column, why.text)
	               : 0;
}

static int take_figure(struct reading *r, struct task_column *column, const char *cell)
{
	int64_t value = 0;
	struct error why;
	int64_t *const to = (int64_t *)(void *)((char *)&r->row + column->field->offset);
	if (to == &r->row.exit_status)
		return take_exit(r, column, cell);
	if (task_cell_read(column, cell, &value, &why) < 0)
		return complain(r, column, why.text);
	*to = value;
	if (!column->is_nameless || task_cell_has_unit(cell) || value == 0)
		return 0;
	/* In what unit is seen at the end. */
	const int result = array_reserve(&r->nameless_tasks, &r->nameless_capacity,
	                                 r->nameless_count + 1, sizeof *r->nameless_tasks, r->err);
	if (result < 0)
		return result;
	r->nameless = column;
	r->nameless_tasks[r->nameless_count++] = (uint32_t)r->campaign->task_count;
	r->nameless_most = value > r->nameless_most ? value : r->nameless_most;
	/* "2600000000.0" is how tables of floats write it. */
	const char *const point = strchr(cell, '.');
	r->has_fraction = r->has_fraction || (point && point[1 + strspn(point + 1, "0")] != '\0');
	return 0;
}

static int take_covariate(struct reading *r, size_t column, const char *cell)
{
	struct error why;
	const int result = csv_covariate_set(&r->covariates, r->covariate_of[column], cell, &why);
	if (result == -EINVAL)
		return complain(r, &r->columns.items[column], why.text);
	if (result < 0)
		*r->err = why;
	return result;
}

static int take_cell(struct reading *r, size_t i, const char *cell)
{
	struct task_column *const column = &r->columns.items[i];
	switch (column->field->place) {
	case PLACE_TYPE:
		return take_type(r, column, cell);
	case PLACE_STATE:
		return take_state(r, column, cell);
	case PLACE_SUCCESS:
		return take_success(r, column, cell);
	case PLACE_ID:
		return 0;
	case PLACE_NUMBER:
		return take_covariate(r, i, cell);
	default:
		return take_figure(r, column, cell);
	}
}

/* ---- Rows --------------------------------------------------------------------------------- */

/* A whole number from 0 on that fits; absent ones are 0. */
static uint32_t bounded(int64_t value, int64_t most)
{
	if (value == RECORD_ABSENT)
		return 0;
	return (uint32_t)(value < most ? value : most);
}

static int set_times(struct reading *r)
{
	struct campaign_row *const row = &r->row;
	const bool has_times = row->start_ns != RECORD_ABSENT && row->end_ns != RECORD_ABSENT;
	if (has_times && row->end_ns < row->start_ns)
		return table_rows_complain(&r->rows, "row", r->err,
		                           "the task ends before it starts");
	if (row->wall_ns == RECORD_ABSENT && has_times)
		row->wall_ns = row->end_ns - row->start_ns;
	if (row->start_ns == RECORD_ABSENT && row->end_ns != RECORD_ABSENT &&
	    row->wall_ns != RECORD_ABSENT && row->end_ns >= row->wall_ns)
		row->start_ns = row->end_ns - row->wall_ns;
	if (row->cpu_ns == RECORD_ABSENT && row->user_ns != RECORD_ABSENT &&
	    row->system_ns != RECORD_ABSENT)
		row->cpu_ns = row->user_ns + row->system_ns;
	r->task.start_ns = row->start_ns;
	r->task.wall_ns = row->wall_ns;
	r->task.cpu_ns = row->cpu_ns;
	/* No process has none: nobody looked while it ran. */
	r->unmeasured += row->max_rss_bytes == 0;
	r->task.max_rss_bytes = row->max_rss_bytes == 0 ? RECORD_ABSENT : row->max_rss_bytes;
	return 0;
}

static enum campaign_state state_of(const struct reading *r)
{
	const struct campaign_row *const row = &r->row;
	if (row->exceeded_memory_limit > 0)
		return CAMPAIGN_OUT_OF_MEMORY;
	if (r->has_state)
		return r->state;
	if (row->signal > 0 || row->exit_status > 0)
		return CAMPAIGN_FAILED;
	return row->exit_status == 0 ? CAMPAIGN_DONE : CAMPAIGN_UNKNOWN;
}

static int set_type(struct reading *r)
{
	if (!r->has_type && !r->has_no_type) {
		const int result = campaign_type(r->campaign, r->task_type, &r->no_type, r->err);
		if (result < 0)
			return result;
		r->has_no_type = true;
	}
	if (!r->has_type)
		r->task.type = r->no_type;
	return 0;
}

static int add_identity(struct reading *r)
{
	if (!r->has_identity)
		return 0;
	const size_t at = r->campaign->task_count - r->first;
	uint64_t identity = campaign_identity_begin(r->task.type);
	const bool has_id = csv_columns_of(&r->columns, PLACE_ID) != NULL;
	for (size_t i = 0; i < r->columns.count; i++) {
		const struct task_column *const column = &r->columns.items[i];
		const bool is_id = column->field && column->field->place == PLACE_ID;
		if (has_id ? is_id : column->is_key)
			identity = campaign_identity_add(identity, table_rows_cell(&r->rows, i));
	}
	const int result = array_reserve(&r->identities, &r->identity_capacity, at + 1,
	                                 sizeof *r->identities, r->err);
	if (result == 0)
		r->identities[at] = identity;
	return result;
}

static int finish_row(struct reading *r)
{
	int result = set_times(r);
	if (result == 0)
		result = set_type(r);
	if (result == 0)
		result = add_identity(r);
	if (result < 0)
		return result;
	r->task.state = (uint8_t)state_of(r);
	r->task.cores = bounded(r->row.cores, UINT32_MAX);
	r->task.attempt = (uint16_t)bounded(r->row.attempt, UINT16_MAX);
	if (r->row.attempt == RECORD_ABSENT && r->row.retry != RECORD_ABSENT)
		r->task.attempt = (uint16_t)(bounded(r->row.retry, UINT16_MAX - 1) + 1);
	return campaign_add(r->campaign, &r->task, r->err);
}

static int take_row(void *context)
{
	struct reading *const r = context;
	int64_t *const figures = (int64_t *)(void *)&r->row;
	for (size_t i = 0; i < CAMPAIGN_ROW_FIGURES; i++)
		figures[i] = RECORD_ABSENT;
	r->task = campaign_task_empty();
	r->has_state = false;
	r->has_type = false;
	int result = csv_covariates_next(&r->covariates, r->err);
	for (size_t i = 0; result == 0 && i < r->columns.count; i++) {
		const char *const cell = table_rows_cell(&r->rows, i);
		if (r->columns.items[i].field && !task_cell_is_absent(cell))
			result = take_cell(r, i, cell);
	}
	return result < 0 || r->rows.lines.is_refused ? result : finish_row(r);
}

/* ---- The table ----------------------------------------------------------------------------- */

static int prepare(struct reading *r)
{
	const struct csv_columns *const columns = &r->columns;
	if (!campaign_csv_has_figures(columns)) {
		r->rows.lines.is_refused = true;
		return table_rows_complain(
		        &r->rows, "header", r->err,
		        "no column for the wall time, the CPU time or the memory of a task; call "
		        "them wall_s, cpu_s and max_rss_bytes, or name them (--columns "
		        "wall_s=COLUMN:UNIT)");
	}
	int result = csv_covariates_find(columns, &r->covariates, r->err);
	r->covariate_of = calloc(columns->count + 1, sizeof *r->covariate_of);
	if (!r->covariate_of)
		return error_memory(r->err);
	for (size_t i = 0; i < r->covariates.count; i++)
		r->covariate_of[r->covariates.items[i].column - columns->items] = i;
	r->has_identity = csv_columns_of(columns, PLACE_ID) ||
	                  (campaign_csv_has_attempts(columns) && campaign_csv_has_keys(columns));
	if (result == 0 && campaign_csv_has_attempts(columns) && !r->has_identity)
		result = campaign_remark(r->campaign, r->err,
		                         "attempts have numbers, but no column says of which task "
		                         "they are (--columns id=COLUMN): none is taken for one "
		                         "that was tried again");
	return result;
}

/* Sizes of which nobody said the unit. */
static int settle_sizes(struct reading *r)
{
	if (r->nameless_count == 0)
		return 0;
	if (r->nameless->is_assumed && r->nameless_most >= LIKELY_BYTES)
		return 0;
	if (r->nameless_most >= SURELY_BYTES && !r->has_fraction)
		return campaign_remark(
		        r->campaign, r->err,
		        "%s is taken for bytes, which nothing says: in kB the largest "
		        "would be %.3g TB (--columns max_rss_bytes=%s:UNIT says it)",
		        r->nameless->name, (double)r->nameless_most / 1e9, r->nameless->name);
	for (size_t i = 0; i < r->nameless_count; i++)
		r->campaign->tasks[r->nameless_tasks[i]].max_rss_bytes = RECORD_ABSENT;
	r->nameless->was_passed = true;
	return 0;
}

static bool has_memory(const struct csv_columns *columns)
{
	for (size_t i = 0; i < columns->count; i++)
		if (columns->items[i].field &&
		    strcmp(columns->items[i].field->name, "max_rss_bytes") == 0)
			return true;
	return false;
}

/* What most look for and did not come: a name that is not known hides it among the covariates. */
static int tell_missing(const struct reading *r)
{
	int result = 0;
	if (!r->is_type_said && r->has_no_type && !csv_columns_of(&r->columns, PLACE_TYPE))
		result = campaign_remark(r->campaign, r->err,
		                         "no column is known to name task types: all tasks are of "
		                         "the type \"%s\" (--columns type=COLUMN)",
		                         r->task_type);
	if (result == 0 && !has_memory(&r->columns))
		result = campaign_remark(r->campaign, r->err,
		                         "no column is known to be the max RSS (--columns "
		                         "max_rss_bytes=COLUMN:UNIT)");
	return result;
}

static int finish(struct reading *r)
{
	cleanup_words struct words remarks = {0};
	int result = settle_sizes(r);
	if (result == 0 && r->unmeasured > 0)
		result = campaign_remark(r->campaign, r->err,
		                         "%zu %s a max RSS of 0, which no process has: it was not "
		                         "measured, and is absent",
		                         r->unmeasured,
		                         number_noun(r->unmeasured, "row has", "rows have"));
	if (result == 0 && r->has_identity)
		result = campaign_mark_superseded(r->campaign, r->first, r->identities, r->err);
	if (result == 0)
		result = csv_covariates_put(&r->covariates, r->campaign, r->first, r->err);
	if (result == -EEXIST)
		return table_rows_complain(&r->rows, "header", r->err,
		                           "%s; name it in both (--columns label.NAME=COLUMN)",
		                           r->err->text);
	if (result == 0)
		result = csv_columns_tell(&r->columns, &remarks, r->err);
	for (size_t i = 0; result == 0 && i < remarks.count; i++)
		result = campaign_remark(r->campaign, r->err, "%s", remarks.items[i]);
	return result == 0 ? tell_missing(r) : result;
}

static int read_header(struct table_rows *rows, const char *map, struct csv_columns *columns,
                       struct error *err)
{
	const int result = table_rows_header(rows, "write a header and a row for every task", err);
	if (result <= 0)
		return result;
	const int found = csv_columns_find(rows, &campaign_vocabulary, map, columns, err);
	if (found < 0)
		return found;
	campaign_csv_settle(columns);
	return 1;
}

static int read_rows(struct reading *r, const char *map)
{
	int result = read_header(&r->rows, map, &r->columns, r->err);
	if (result <= 0)
		return result;
	if (!r->rows.lines.is_refused && (result = prepare(r)) < 0)
		return result;
	result = table_rows_each(&r->rows, take_row, r, r->err);
	if (result <= 0)
		return result;
	if (r->campaign->task_count == r->first)
		return table_rows_complain(&r->rows, "header", r->err,
		                           "no task behind the header; write a row for each");
	return finish(r);
}

static void release(struct reading *r)
{
	table_rows_release(&r->rows);
	csv_covariates_release(&r->covariates);
	csv_columns_release(&r->columns);
	free(r->covariate_of);
	free(r->identities);
	free(r->nameless_tasks);
}

int campaign_csv_read(const char *name, FILE *stream, const struct campaign_csv_settings *settings,
                      struct campaign *campaign, struct problems *problems, struct error *err)
{
	const size_t before = text_lines_problems(problems);
	struct reading reading = {
	        .campaign = campaign,
	        .err = err,
	        .first = campaign_mark(campaign),
	        .task_type = settings->task_type ? settings->task_type : "task",
	        .is_type_said = settings->task_type != NULL,
	};
	int r = table_rows_init(&reading.rows, name, stream, problems, err);
	if (r == 0)
		r = read_rows(&reading, settings->columns);
	if (r == 0)
		r = text_lines_result(problems, before, name, err);
	if (r < 0)
		campaign_rewind(campaign, reading.first);
	release(&reading);
	return r;
}

int campaign_csv_load(const char *path, const struct campaign_csv_settings *settings,
                      struct campaign *campaign, struct problems *problems, struct error *err)
{
	cleanup_file FILE *stream = NULL;
	const int r = text_lines_open(path, &stream, err);
	return r < 0 ? r : campaign_csv_read(path, stream, settings, campaign, problems, err);
}

int campaign_csv_look(const char *path, const char *columns, struct campaign_csv_signs *ret_signs,
                      struct error *err)
{
	cleanup_file FILE *stream = NULL;
	cleanup_problems struct problems problems = {0};
	cleanup_table_rows struct table_rows rows = {0};
	cleanup_csv_columns struct csv_columns found = {0};
	struct campaign_csv_signs signs = {0};
	int r = text_lines_open(path, &stream, err);
	if (r == 0)
		r = table_rows_init(&rows, path, stream, &problems, err);
	if (r == 0)
		r = read_header(&rows, columns, &found, err);
	if (r < 0 && r != -EINVAL)
		return r;
	const struct task_column *const type = csv_columns_of(&found, PLACE_TYPE);
	if (type)
		snprintf(signs.type_column, sizeof signs.type_column, "%s", type->name);
	for (size_t i = 0; i < found.count; i++)
		signs.has_concurrency =
		        signs.has_concurrency || csv_name_is_concurrency(found.items[i].name);
	signs.has_figures = campaign_csv_has_figures(&found);
	*ret_signs = signs;
	return 0;
}
