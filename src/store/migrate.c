#include "store/migrate.h"

#include "core/cleanup.h"
#include "core/error.h"
#include "core/str.h"
#include "store/schema.h"
#include "store/store.h"

#include <errno.h>

static int read_pragma(sqlite3 *db, const char *sql, int64_t *ret_value, const char *path,
                       struct error *err)
{
	cleanup_statement sqlite3_stmt *statement = NULL;
	const int r = store_prepare(db, sql, &statement, err, path);
	if (r < 0)
		return r;
	if (store_next(statement) != SQLITE_ROW)
		return store_error(db, err, path);
	*ret_value = sqlite3_column_int64(statement, 0);
	return 0;
}

/* A view or a virtual table under a table's name could run code of the file's choosing. */
static int check_tables(sqlite3 *db, const struct schema *schema, const char *path, int version,
                        struct error *err)
{
	cleanup_statement sqlite3_stmt *statement = NULL;
	int r = store_prepare(db,
	                      "SELECT 1 FROM sqlite_master WHERE name=? AND type='table'"
	                      " AND rootpage>0",
	                      &statement, err, path);
	for (const struct schema_entry *e = schema->entries; r == 0 && e->name; e++) {
		if (!e->is_table || e->since > version)
			continue;
		store_bind_text(statement, 1, e->name);
		const int code = store_next(statement);
		if (code == SQLITE_DONE)
			return error_set(err, EINVAL,
			                 "%s: the table %s is missing: the file is damaged, or not "
			                 "made by plateau",
			                 path, e->name);
		if (code != SQLITE_ROW)
			return store_error(db, err, path);
		sqlite3_reset(statement);
	}
	return r;
}

/* A computed column would have the file's own expression worked out for every row. */
static int check_columns(sqlite3 *db, const struct schema *schema, const char *path,
                         struct error *err)
{
	enum { HIDDEN = 6 }; /* of the pragma's columns; 2 and 3: computed */
	for (const struct schema_entry *e = schema->entries; e->name; e++) {
		if (!e->is_table)
			continue;
		cleanup_free char *sql = NULL;
		cleanup_statement sqlite3_stmt *statement = NULL;
		int r = str_format(&sql, err, "PRAGMA table_xinfo(%s)", e->name);
		if (r == 0)
			r = store_prepare(db, sql, &statement, err, path);
		if (r < 0)
			return r;
		int code;
		while ((code = store_next(statement)) == SQLITE_ROW)
			if (sqlite3_column_int(statement, HIDDEN) != 0)
				return error_set(err, EINVAL,
				                 "%s: the table %s computes a column: the file is "
				                 "not made by plateau",
				                 path, e->name);
		if (code != SQLITE_DONE)
			return store_error(db, err, path);
	}
	return 0;
}

int migrate_check(sqlite3 *db, const struct schema *schema, const char *path, int *ret_version,
                  struct error *err)
{
	int64_t application_id = 0;
	int r = read_pragma(db, "PRAGMA application_id", &application_id, path, err);
	if (r < 0)
		return r;
	if (application_id != schema->application_id)
		return error_set(err, EINVAL, "%s is a database of another program, not %s", path,
		                 schema->words);
	int64_t version = 0;
	r = read_pragma(db, "PRAGMA user_version", &version, path, err);
	if (r < 0)
		return r;
	if (version > schema->version)
		return error_set(err, EINVAL,
		                 "%s was written by a newer plateau (version %lld of the file "
		                 "format; this one reads up to %d): use that plateau to read it",
		                 path, (long long)version, schema->version);
	if (version < 1)
		return error_set(err, EINVAL, "%s has no version of the file format: it is damaged",
		                 path);
	r = check_tables(db, schema, path, (int)version, err);
	if (r == 0)
		r = check_columns(db, schema, path, err);
	if (r == 0)
		*ret_version = (int)version;
	return r;
}
