#include "store/store.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/str.h"
#include "store/confined.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	/* Longest text or blob that is read: scenario, topology XML, heads and tails. */
	LIMIT_LENGTH_BYTES = 64 * 1024 * 1024,
	LIMIT_SQL_BYTES = 100000,
	LIMIT_COLUMNS = 100,
	LIMIT_EXPRESSION_DEPTH = 100,
	BUSY_WAIT_MS = 0
};

/* SQLite's primary result codes, the errno that stands for them, and what to do. */
static const struct {
	int code;
	int errno_code;
	const char *remedy;
} meanings[] = {
        {SQLITE_FULL, ENOSPC,
         "the disk is full: make room there, or write the result elsewhere with -o"},
        {SQLITE_BUSY, EBUSY, "it is in use by another program"},
        {SQLITE_LOCKED, EBUSY, "it is in use by another program"},
        {SQLITE_NOMEM, ENOMEM, NULL},
        {SQLITE_READONLY, EROFS,
         "it cannot be written: see its rights, and that enough files may be open (ulimit -n)"},
        {SQLITE_CONSTRAINT, EINVAL, NULL},
        {SQLITE_CORRUPT, EINVAL, "the file is damaged or cut short"},
        {SQLITE_NOTADB, EINVAL, "it is not a plateau result file"},
        {SQLITE_TOOBIG, EINVAL, "it holds a text that is too long"},
        {SQLITE_MISMATCH, EINVAL, NULL},
        {SQLITE_INTERRUPT, EINVAL, "reading it takes far too long for its size: it is damaged"},
};

/* SQLite does not always keep the errno of a failed call. Of what is still in errno then only that
 * which nothing else leaves there says why. */
static int errno_of_write(int code)
{
	static const int telling[] = {EFBIG, EDQUOT, EIO,    ENOSPC, EACCES,
	                              EPERM, EROFS,  EMFILE, ENFILE, ENOLCK};
	for (size_t i = 0; i < ARRAY_LENGTH(telling); i++)
		if (telling[i] == code)
			return code;
	return 0;
}

/* SQLite takes a disk that cannot be read for a damaged file, and a file system without locks for
 * one that somebody else has locked. */
static bool is_taken_for(int code, int last_code)
{
	return (code == SQLITE_CORRUPT && last_code == EIO) ||
	       (code == SQLITE_BUSY && last_code == ENOLCK);
}

int store_error(sqlite3 *db, struct error *err, const char *what)
{
	const int last_code = errno;
	if (!db)
		return error_memory(err);
	const int code = sqlite3_errcode(db) & 0xff;
	const int own_code = sqlite3_system_errno(db);
	const int system_code = own_code ? own_code : errno_of_write(last_code);
	if (sqlite3_extended_errcode(db) == SQLITE_READONLY_ROLLBACK ||
	    (code == SQLITE_CANTOPEN && system_code == EPERM))
		return error_set(
		        err, EINVAL,
		        "%s: a journal or log beside it, or another file that one names, "
		        "would have to be changed, and is not: the file was being written, "
		        "is damaged, or is not made by plateau",
		        what);
	if (is_taken_for(code, last_code))
		return error_system(err, last_code, "%s", what);
	/* The log beside it could not be opened for writing, and is not there for reading. */
	if (code == SQLITE_CANTOPEN && system_code == ENOENT)
		return error_set(err, EIO,
		                 "%s: %s: see that its folder is there, and that enough files may "
		                 "be open (ulimit -n)",
		                 what, sqlite3_errmsg(db));
	if ((code == SQLITE_IOERR || code == SQLITE_CANTOPEN) && system_code != 0)
		return error_system(err, system_code, "%s: %s", what, sqlite3_errmsg(db));
	for (size_t i = 0; i < ARRAY_LENGTH(meanings); i++) {
		if (meanings[i].code != code)
			continue;
		if (!meanings[i].remedy)
			return error_set(err, meanings[i].errno_code, "%s: %s", what,
			                 sqlite3_errmsg(db));
		return error_set(err, meanings[i].errno_code, "%s: %s (%s)", what,
		                 meanings[i].remedy, sqlite3_errmsg(db));
	}
	return error_set(err, EIO, "%s: %s", what, sqlite3_errmsg(db));
}

/* Whether the path, made whole, is longer than SQLite takes, which tells that as it does a folder
 * that is not there. */
static bool is_too_long(const char *path)
{
	static const char suffix[] = "-journal";
	char folder[PATH_MAX];
	const sqlite3_vfs *const vfs = sqlite3_vfs_find(confined_reading);
	size_t length = strlen(path) + sizeof suffix - 1;
	if (path[0] != '/' && getcwd(folder, sizeof folder))
		length += strlen(folder) + 1;
	return vfs && length > (size_t)vfs->mxPathname;
}

static int open_file(const char *path, int flags, sqlite3 **ret_db, struct error *err)
{
	/* "./" keeps SQLite from taking a name as a URI or as its own ":memory:". */
	cleanup_free char *name = NULL;
	int r = str_format(&name, err, "%s%s", path[0] == '/' ? "" : "./", path);
	if (r == 0)
		r = confined_register(err);
	if (r < 0)
		return r;
	cleanup_database sqlite3 *db = NULL;
	const char *const system =
	        flags & SQLITE_OPEN_READONLY ? confined_reading : confined_writing;
	const int code = sqlite3_open_v2(name, &db, flags | SQLITE_OPEN_NOMUTEX, system);
	if (db)
		sqlite3_extended_result_codes(db, 1);
	if (code == SQLITE_CANTOPEN && is_too_long(path))
		return error_set(err, ENAMETOOLONG,
		                 "with the names of all its folders it is longer than SQLite "
		                 "takes (some 500 bytes), choose a shorter path: cannot open %s",
		                 path);
	if (code != SQLITE_OK) {
		cleanup_free char *what = NULL;
		const int s = str_format(&what, err, "cannot open %s", path);
		return s < 0 ? s : store_error(db, err, what);
	}
	sqlite3_busy_timeout(db, BUSY_WAIT_MS);
	*ret_db = db;
	db = NULL;
	return 0;
}

int store_open_writable(const char *path, sqlite3 **ret_db, struct error *err)
{
	cleanup_database sqlite3 *db = NULL;
	int r = open_file(path, SQLITE_OPEN_READWRITE, &db, err);
	if (r == 0)
		r = store_execute(db, "PRAGMA foreign_keys=ON", err, path);
	if (r < 0)
		return r;
	*ret_db = db;
	db = NULL;
	return 0;
}

int store_open_memory(sqlite3 **ret_db, struct error *err)
{
	cleanup_database sqlite3 *db = NULL;
	const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
	if (sqlite3_open_v2(":memory:", &db, flags, NULL) != SQLITE_OK)
		return store_error(db, err, "cannot make a database in memory");
	sqlite3_extended_result_codes(db, 1);
	const int r = store_execute(db, "PRAGMA foreign_keys=ON", err, "memory");
	if (r < 0)
		return r;
	*ret_db = db;
	db = NULL;
	return 0;
}

/* What reading a file may take: a damaged or hostile one can be a tree whose branches meet, with
 * more rows than there are atoms. Reading a result takes a few steps of SQLite's machine per byte.
 */
enum { STEPS_PER_BYTE = 64, STEPS_AT_LEAST = 20 * 1000 * 1000, STEPS_PER_LOOK = 10000 };

static int spend(void *budget)
{
	int64_t *const looks = budget;
	return --*looks < 0;
}

static void not_for_sql(sqlite3_context *context, int count, sqlite3_value **values)
{
	(void)count;
	(void)values;
	sqlite3_result_null(context);
}

static int64_t file_bytes(const char *path, const char *suffix)
{
	struct stat status;
	cleanup_str struct str name = {0};
	str_add(&name, path);
	str_add(&name, suffix);
	return !name.failed && stat(str_text(&name), &status) == 0 ? (int64_t)status.st_size : 0;
}

static int limit_steps(sqlite3 *db, const char *path, struct error *err)
{
	int64_t *const looks = malloc(sizeof *looks);
	if (!looks)
		return error_memory(err);
	*looks =
	        STEPS_AT_LEAST / STEPS_PER_LOOK +
	        (file_bytes(path, "") + file_bytes(path, "-wal")) / STEPS_PER_LOOK * STEPS_PER_BYTE;
	/* A connection keeps a value of ours, and frees it, as that of a function. */
	if (sqlite3_create_function_v2(db, "plateau_steps", 0, SQLITE_UTF8, looks, not_for_sql,
	                               NULL, NULL, free) != SQLITE_OK)
		return store_error(db, err, path);
	sqlite3_progress_handler(db, STEPS_PER_LOOK, spend, looks);
	return 0;
}

void store_unlimit(sqlite3 *db)
{
	sqlite3_progress_handler(db, 0, NULL, NULL);
}

int store_open_untrusted(const char *path, bool is_private_copy, sqlite3 **ret_db,
                         struct error *err)
{
	cleanup_database sqlite3 *db = NULL;
	int r = open_file(path, is_private_copy ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY, &db,
	                  err);
	if (r < 0)
		return r;
	sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
#ifdef SQLITE_DBCONFIG_ENABLE_VIEW
	sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
#endif
#ifdef SQLITE_DBCONFIG_TRUSTED_SCHEMA
	sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
#endif
	sqlite3_limit(db, SQLITE_LIMIT_LENGTH, LIMIT_LENGTH_BYTES);
	sqlite3_limit(db, SQLITE_LIMIT_SQL_LENGTH, LIMIT_SQL_BYTES);
	sqlite3_limit(db, SQLITE_LIMIT_COLUMN, LIMIT_COLUMNS);
	sqlite3_limit(db, SQLITE_LIMIT_EXPR_DEPTH, LIMIT_EXPRESSION_DEPTH);
	sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
	sqlite3_limit(db, SQLITE_LIMIT_WORKER_THREADS, 0);
	r = store_execute(db, "PRAGMA cell_size_check=ON; PRAGMA mmap_size=0", err, path);
	if (r == 0 && !is_private_copy)
		r = store_execute(db, "PRAGMA query_only=ON", err, path);
	if (r == 0)
		r = limit_steps(db, path, err);
	if (r < 0)
		return r;
	*ret_db = db;
	db = NULL;
	return 0;
}

int store_execute(sqlite3 *db, const char *sql, struct error *err, const char *what)
{
	errno = 0;
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		return store_error(db, err, what);
	return 0;
}

int store_prepare(sqlite3 *db, const char *sql, sqlite3_stmt **ret_statement, struct error *err,
                  const char *what)
{
	sqlite3_stmt *statement = NULL;
	errno = 0;
	if (sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) !=
	    SQLITE_OK)
		return store_error(db, err, what);
	*ret_statement = statement;
	return 0;
}

int store_step(sqlite3_stmt *statement, struct error *err, const char *what)
{
	errno = 0;
	const int code = sqlite3_step(statement);
	int r = 0;
	if (code != SQLITE_DONE && code != SQLITE_ROW)
		r = store_error(sqlite3_db_handle(statement), err, what);
	sqlite3_reset(statement);
	return r;
}

int store_next(sqlite3_stmt *statement)
{
	errno = 0;
	return sqlite3_step(statement);
}

void store_bind_text(sqlite3_stmt *statement, int column, const char *text)
{
	if (text)
		sqlite3_bind_text(statement, column, text, -1, SQLITE_STATIC);
	else
		sqlite3_bind_null(statement, column);
}

void store_bind_or_null(sqlite3_stmt *statement, int column, int64_t value, int64_t absent)
{
	if (value == absent)
		sqlite3_bind_null(statement, column);
	else
		sqlite3_bind_int64(statement, column, value);
}

/* SQLite's lock bytes: pending, reserved and 510 shared ones from 1 GiB on ("File Locking And
 * Concurrency In SQLite", section 4 of its file format), and plateau's own behind them. */
enum { LOCK_START = 0x40000000, LOCK_BYTES = 512, OWN_LOCK = LOCK_START + LOCK_BYTES };

bool store_is_locked(int fd)
{
	struct flock lock = {
	        .l_type = F_RDLCK,
	        .l_whence = SEEK_SET,
	        .l_start = LOCK_START,
	        .l_len = LOCK_BYTES + 1,
	};
	return fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

int store_hold(int fd)
{
	struct flock lock = {
	        .l_type = F_WRLCK,
	        .l_whence = SEEK_SET,
	        .l_start = OWN_LOCK,
	        .l_len = 1,
	};
	if (fcntl(fd, F_OFD_SETLK, &lock) == 0)
		return 0;
	return errno == EACCES ? -EAGAIN : -errno;
}

void store_close(sqlite3 *db)
{
	sqlite3_close(db);
}
