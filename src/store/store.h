/* SQLite as plateau uses it: opening, errors in words, and small helpers around statements. The
 * writer of files is store/recorder, the reader store/load. */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;

/* Sets err to "what: meaning" for the last error of db, with a remedy where there is one, and
 * returns -errno (ENOSPC, EBUSY, EINVAL for damaged files and broken constraints, ...). */
int store_error(sqlite3 *db, struct error *err, const char *what);

/* Opens the database at path for writing by one thread at a time, with foreign keys enforced. Any
 * text is taken as a file's name (never as a URI or ":memory:"). Returns 0 or -errno. */
int store_open_writable(const char *path, sqlite3 **ret_db, struct error *err);

/* A new database without a file. The caller closes it. Returns 0 or -errno. */
int store_open_memory(sqlite3 **ret_db, struct error *err);

/* Opens a file that may come from anybody: reading only, with nothing written beside it (a private
 * copy is writable, so that its log can be rolled in), no triggers, no views, no functions from its
 * schema, bounded lengths, and not more steps than a file of its size needs to be read. */
int store_open_untrusted(const char *path, bool is_private_copy, sqlite3 **ret_db,
                         struct error *err);

/* Lifts the bound on steps, of a file that has been read and is now to be worked with. */
void store_unlimit(sqlite3 *db);

/* Runs SQL that returns no rows. what says what was tried ("cannot write x.db"). */
int store_execute(sqlite3 *db, const char *sql, struct error *err, const char *what);

int store_prepare(sqlite3 *db, const char *sql, sqlite3_stmt **ret_statement, struct error *err,
                  const char *what);

/* Steps a statement that returns no rows, and makes it ready for the next use. */
int store_step(sqlite3_stmt *statement, struct error *err, const char *what);

/* sqlite3_step for statements that return rows, with errno as store_error looks at it. Returns
 * SQLite's code. */
int store_next(sqlite3_stmt *statement);

/* Bind a text or NULL; a number or, where it is `absent`, NULL. Texts must outlive the step. */
void store_bind_text(sqlite3_stmt *statement, int column, const char *text);
void store_bind_or_null(sqlite3_stmt *statement, int column, int64_t value, int64_t absent);

/* True when another process holds a lock on the file at fd, as a running plateau does; of a file
 * that this process has open in SQLite, closing fd would lose SQLite's lock. */
bool store_is_locked(int fd);

/* Takes plateau's own lock of the file at fd, which is open for writing and kept open as long as
 * the file is written: it holds from before SQLite opens the file until after it has closed it,
 * also while the file gets its name. Returns 0; -EAGAIN: another has it; -errno: it is not to be
 * had here. */
int store_hold(int fd);

void store_close(sqlite3 *db);

static inline void cleanup_statement_function(sqlite3_stmt **statement)
{
	sqlite3_finalize(*statement);
}

static inline void cleanup_database_function(sqlite3 **db)
{
	store_close(*db);
}

#define cleanup_statement __attribute__((cleanup(cleanup_statement_function)))
#define cleanup_database  __attribute__((cleanup(cleanup_database_function)))

#endif
