#include "store/row.h"

#include "core/error.h"
#include "store/store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void row_refuse_column(struct row *row, int column)
{
	if (!row->failed)
		row->bad_column = column;
	row->failed = true;
}

int row_refuse(const struct row *row, struct error *err, const char *why)
{
	return error_set(err, EINVAL, "%s is damaged: table %s: %s", row->path, row->table, why);
}

static int refuse_marked(const struct row *row, struct error *err)
{
	if (row->out_of_memory)
		return error_memory(err);
	const char *const column = sqlite3_column_name(row->statement, row->bad_column);
	return error_set(err, EINVAL, "%s is damaged: table %s holds an impossible %s", row->path,
	                 row->table, column ? column : "value");
}

/* The calls on a column look the row up each time; a value is looked up once. Nobody else uses the
 * connection meanwhile, so that reading it unprotected is safe. */
static sqlite3_value *value_of(struct row *row, int column)
{
	return sqlite3_column_value(row->statement, column);
}

static int64_t integer_of(struct row *row, sqlite3_value *value, int column, int64_t low,
                          int64_t high)
{
	if (row->failed)
		return 0;
	if (sqlite3_value_type(value) == SQLITE_INTEGER) {
		const int64_t integer = sqlite3_value_int64(value);
		if (integer >= low && integer <= high)
			return integer;
	}
	row_refuse_column(row, column);
	return 0;
}

int64_t row_integer(struct row *row, int column, int64_t low, int64_t high)
{
	return integer_of(row, value_of(row, column), column, low, high);
}

int64_t row_integer_or(struct row *row, int column, int64_t low, int64_t high, int64_t absent)
{
	sqlite3_value *const value = value_of(row, column);
	if (sqlite3_value_type(value) == SQLITE_NULL)
		return absent;
	return integer_of(row, value, column, low, high);
}

double row_real(struct row *row, int column, double low, double high)
{
	if (row->failed)
		return 0;
	const int type = sqlite3_column_type(row->statement, column);
	const double value = sqlite3_column_double(row->statement, column);
	if ((type == SQLITE_FLOAT || type == SQLITE_INTEGER) && value >= low && value <= high)
		return value;
	row_refuse_column(row, column);
	return 0;
}

/* The text of a column, or NULL with the row marked. */
static const char *text_of(struct row *row, int column)
{
	if (row->failed)
		return NULL;
	if (sqlite3_column_type(row->statement, column) != SQLITE_TEXT) {
		row_refuse_column(row, column);
		return NULL;
	}
	const char *const text = (const char *)sqlite3_column_text(row->statement, column);
	if (!text) {
		row_refuse_column(row, column);
		row->out_of_memory = true;
	}
	return text;
}

void row_text(struct row *row, int column, char **ret_text)
{
	const char *const text = text_of(row, column);
	if (!text)
		return;
	char *const copy = strdup(text);
	if (!copy) {
		row_refuse_column(row, column);
		row->out_of_memory = true;
		return;
	}
	*ret_text = copy;
}

void row_text_or_null(struct row *row, int column, char **ret_text)
{
	if (sqlite3_column_type(row->statement, column) != SQLITE_NULL)
		row_text(row, column, ret_text);
}

void row_text_into(struct row *row, int column, char *buffer, size_t buffer_bytes)
{
	const char *const text = text_of(row, column);
	if (!text)
		return;
	const size_t length = strnlen(text, buffer_bytes - 1);
	memcpy(buffer, text, length);
	buffer[length] = '\0';
}

void row_text_into_or_empty(struct row *row, int column, char *buffer, size_t buffer_bytes)
{
	buffer[0] = '\0';
	if (sqlite3_column_type(row->statement, column) != SQLITE_NULL)
		row_text_into(row, column, buffer, buffer_bytes);
}

int row_name(struct row *row, int column, const char *const *names)
{
	if (row->failed)
		return 0;
	sqlite3_value *const value = value_of(row, column);
	if (sqlite3_value_type(value) == SQLITE_TEXT) {
		/* As a blob, since a text would be copied to get an end. */
		const size_t length = (size_t)sqlite3_value_bytes(value);
		const char *const text = sqlite3_value_blob(value);
		for (int i = 0; names[i]; i++)
			if (strlen(names[i]) == length && memcmp(names[i], text, length) == 0)
				return i;
	}
	row_refuse_column(row, column);
	return 0;
}

static const char *sql_of(const struct table *table, int version)
{
	for (const struct table_before *b = table->before; b && b->until > 0; b++)
		if (version <= b->until)
			return b->sql;
	return table->sql;
}

int reading_table(struct reading *reading, const struct table *table, struct error *err)
{
	reading->capacity = 0;
	cleanup_statement sqlite3_stmt *statement = NULL;
	int r = store_prepare(reading->db, sql_of(table, reading->version), &statement, err,
	                      reading->path);
	if (r < 0 && (sqlite3_errcode(reading->db) & 0xff) == SQLITE_ERROR)
		return error_set(err, EINVAL, "%s is damaged: table %s: %s", reading->path,
		                 table->name, sqlite3_errmsg(reading->db));
	if (r < 0)
		return r;
	if (sqlite3_bind_parameter_count(statement) > 0)
		sqlite3_bind_int64(statement, 1, reading->first);
	struct row row = {.statement = statement, .path = reading->path, .table = table->name};
	int code = SQLITE_DONE;
	for (uint64_t count = 0; !row.is_past && (code = store_next(statement)) == SQLITE_ROW;
	     count++) {
		if (count >= reading->row_bound)
			return row_refuse(&row, err, "more rows than the file has room for");
		r = table->read(reading, &row, err);
		if (r < 0)
			return r;
		if (row.failed)
			return refuse_marked(&row, err);
	}
	return code == SQLITE_DONE || row.is_past ? 0
	                                          : store_error(reading->db, err, reading->path);
}

void reading_text(struct reading *reading, struct row *row, int column, bool is_optional,
                  char **ret_text)
{
	reading->text_bytes += (uint64_t)sqlite3_column_bytes(row->statement, column);
	if (reading->text_bytes > reading->text_bound)
		row_refuse_column(row, column);
	else if (is_optional)
		row_text_or_null(row, column, ret_text);
	else
		row_text(row, column, ret_text);
}

static int compare_trial(const void *key, const void *item)
{
	const uint32_t trial = *(const uint32_t *)key;
	const struct trial_record *const record = item;
	return (trial > record->trial) - (trial < record->trial);
}

const struct trial_record *reading_trial(const struct reading *reading, uint32_t trial)
{
	const struct dataset *const dataset = reading->dataset;
	if (dataset->trial_count == 0)
		return NULL;
	return bsearch(&trial, dataset->trials, dataset->trial_count, sizeof *dataset->trials,
	               compare_trial);
}
