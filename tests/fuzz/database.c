#include "database.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/file.h"
#include "core/str.h"
#include "target.h"

#include <ctype.h>
#include <errno.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_SQL_BYTES = 1 << 22, MOST_STEPS = 200000, MOST_TABLES = 64, MOST_LINES = 40 };

static const char file_name[] = "x.db";

static void need(int code)
{
	if (code == SQLITE_OK)
		return;
	fprintf(stderr, "the good file cannot be made: %s\n", sqlite3_errstr(code));
	abort();
}

static void make_base(struct database_base *base)
{
	struct error err;
	const char *const top = getenv("top_srcdir");
	char path[4096];
	cleanup_free char *sql = NULL;
	size_t sql_bytes = 0;
	snprintf(path, sizeof path, "%s/tests/fuzz/base/%s.sql", top ? top : ".", base->name);
	if (file_read(path, MOST_SQL_BYTES, &sql, &sql_bytes, &err) < 0) {
		fprintf(stderr, "%s (top_srcdir is the folder of the sources)\n", err.text);
		abort();
	}
	const char *const file = fuzz_file(file_name, "", 0);
	sqlite3 *db = NULL;
	need(sqlite3_open(file, &db));
	need(sqlite3_exec(db, "PRAGMA page_size=512; PRAGMA synchronous=OFF", NULL, NULL, NULL));
	need(sqlite3_exec(db, sql, NULL, NULL, NULL));
	need(sqlite3_close(db));
	if (file_read(file, MOST_SQL_BYTES, &base->bytes, &base->count, &err) < 0)
		abort();
}

/* ---- Bytes --------------------------------------------------------------------------------- */

const char *database_patched(struct database_base *base, const char *bytes, size_t count)
{
	if (!base->bytes)
		make_base(base);
	char *const changed = malloc(base->count);
	if (!changed)
		abort();
	memcpy(changed, base->bytes, base->count);
	size_t length = base->count;
	const unsigned char *at = (const unsigned char *)bytes;
	const unsigned char *const end = at + count;
	while (end - at >= 3 && length > 0) {
		const size_t offset = ((size_t)at[0] << 8 | at[1]) % length;
		size_t most = at[2] % 32;
		at += 3;
		if (most == 0)
			length = offset;
		if (most > (size_t)(end - at))
			most = (size_t)(end - at);
		for (size_t i = 0; i < most && offset + i < length; i++)
			changed[offset + i] = (char)at[i];
		at += most;
	}
	const char *const path = fuzz_file(file_name, changed, length);
	free(changed);
	return path;
}

/* ---- Rows and schema ------------------------------------------------------------------------- */

/* The good file's tables; taken before anything is changed. */
struct tables {
	char *names[MOST_TABLES];
	size_t count;
};

static int take_table(void *context, int columns, char **values, char **names)
{
	struct tables *const tables = context;
	(void)columns;
	(void)names;
	if (tables->count < MOST_TABLES)
		tables->names[tables->count++] = strdup(values[0]);
	return 0;
}

static void release_tables(struct tables *tables)
{
	for (size_t i = 0; i < tables->count; i++)
		free(tables->names[i]);
}

/* The name of the column with this number (counted round), and the table's keys with commas
 * between. Names in a changed file may be anything: they are quoted. */
static void find_columns(sqlite3 *db, const char *table, unsigned number, char **ret_column,
                         struct str *keys)
{
	char *const sql = sqlite3_mprintf(
	        "SELECT name, pk, count(*) OVER () FROM pragma_table_info(%Q)", table);
	sqlite3_stmt *statement = NULL;
	if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK) {
		for (unsigned i = 0; sqlite3_step(statement) == SQLITE_ROW; i++) {
			const char *const name = (const char *)sqlite3_column_text(statement, 0);
			char *const quoted = sqlite3_mprintf("\"%w\"", name ? name : "");
			if (i == number % (unsigned)sqlite3_column_int(statement, 2))
				*ret_column = strdup(quoted);
			if (sqlite3_column_int(statement, 1) > 0)
				str_addf(keys, "%s%s", keys->length > 0 ? "," : "", quoted);
			sqlite3_free(quoted);
		}
	}
	sqlite3_finalize(statement);
	sqlite3_free(sql);
	if (keys->length == 0)
		str_add(keys, "rowid");
}

static int digit(char c)
{
	return isdigit((unsigned char)c) ? c - '0' : (tolower((unsigned char)c) - 'a' + 10) & 15;
}

static void bind_blob(sqlite3_stmt *statement, const char *digits)
{
	const size_t bytes = strlen(digits) / 2;
	char *const blob = malloc(bytes + 1);
	if (!blob)
		abort();
	for (size_t i = 0; i < bytes; i++)
		blob[i] = (char)(digit(digits[2 * i]) << 4 | digit(digits[2 * i + 1]));
	sqlite3_bind_blob(statement, 1, blob, (int)bytes, free);
}

static void bind_value(sqlite3_stmt *statement, const char *value)
{
	char *end = NULL;
	errno = 0;
	const long long whole = strtoll(value, &end, 10);
	if (value[0] != '\0' && *end == '\0' && errno == 0) {
		sqlite3_bind_int64(statement, 1, whole);
		return;
	}
	const double real = strtod(value, &end);
	if (value[0] != '\0' && *end == '\0')
		sqlite3_bind_double(statement, 1, real);
	else if (strcmp(value, "~") == 0)
		sqlite3_bind_null(statement, 1);
	else if (value[0] == 'x' &&
	         strspn(value + 1, "0123456789abcdefABCDEF") == strlen(value + 1))
		bind_blob(statement, value + 1);
	else
		sqlite3_bind_text(statement, 1, value, -1, SQLITE_TRANSIENT);
}

static void change_row(sqlite3 *db, const struct tables *tables, const char *line)
{
	const unsigned char *const at = (const unsigned char *)line;
	const bool is_cell = line[0] == '=';
	if (strlen(line) < (is_cell ? 4U : 3U) || tables->count == 0)
		return;
	const char *const table = tables->names[at[1] % tables->count];
	const unsigned row = at[is_cell ? 3 : 2];
	cleanup_free char *column = NULL;
	cleanup_str struct str keys = {0};
	find_columns(db, table, at[2], &column, &keys);
	char *const what = is_cell ? sqlite3_mprintf("UPDATE \"%w\" SET %s=?1", table,
	                                             column ? column : "rowid")
	                           : sqlite3_mprintf("DELETE FROM \"%w\"", table);
	char *const sql =
	        sqlite3_mprintf("%s WHERE (%s) IN (SELECT %s FROM \"%w\" LIMIT 1 OFFSET "
	                        "%u %% max(1, (SELECT count(*) FROM \"%w\")))",
	                        what, str_text(&keys), str_text(&keys), table, row, table);
	sqlite3_stmt *statement = NULL;
	if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK) {
		if (is_cell)
			bind_value(statement, line + 4 + (line[4] == ' '));
		sqlite3_step(statement);
	}
	sqlite3_finalize(statement);
	sqlite3_free(sql);
	sqlite3_free(what);
}

static int stop(void *context)
{
	int *const steps = context;
	*steps += 1000;
	return *steps > MOST_STEPS;
}

/* No other file, whatever the SQL says. */
static int allow(void *context, int action, const char *first, const char *second,
                 const char *database, const char *trigger)
{
	(void)context;
	(void)second;
	(void)database;
	(void)trigger;
	if (action == SQLITE_ATTACH)
		return first && first[0] == '\0' ? SQLITE_OK : SQLITE_DENY;
	if (action == SQLITE_PRAGMA && first && strstr(first, "directory"))
		return SQLITE_DENY;
	return SQLITE_OK;
}

const char *database_edited(struct database_base *base, const char *bytes, size_t count)
{
	if (!base->bytes)
		make_base(base);
	const char *const path = fuzz_file(file_name, base->bytes, base->count);
	struct tables tables = {0};
	sqlite3 *db = NULL;
	int steps = 0;
	need(sqlite3_open(path, &db));
	sqlite3_limit(db, SQLITE_LIMIT_LENGTH, 1 << 20);
	need(sqlite3_exec(db,
	                  "PRAGMA synchronous=OFF; PRAGMA journal_mode=OFF; "
	                  "PRAGMA ignore_check_constraints=ON; PRAGMA writable_schema=ON",
	                  NULL, NULL, NULL));
	need(sqlite3_exec(db, "SELECT name FROM sqlite_schema WHERE type='table'", take_table,
	                  &tables, NULL));
	sqlite3_set_authorizer(db, allow, NULL);
	sqlite3_progress_handler(db, 1000, stop, &steps);
	sqlite3_exec(db, "BEGIN", NULL, NULL, NULL);
	const char *at = bytes;
	char *line;
	for (int i = 0; i < MOST_LINES && (line = fuzz_take_line(&at, bytes + count)); i++) {
		if (line[0] == '=' || line[0] == '-')
			change_row(db, &tables, line);
		else
			sqlite3_exec(db, line, NULL, NULL, NULL);
		free(line);
	}
	sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
	release_tables(&tables);
	sqlite3_close(db);
	return path;
}
