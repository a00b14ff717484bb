/* Writing a fleet file: made whole in a private file without a name, then copied beside its place
 * and renamed, so that it works on file systems whose locks a database cannot rely on, and that
 * nobody ever finds half of it. */
#include "store/fleet_file.h"

#include "core/cleanup.h"
#include "core/error.h"
#include "core/file.h"
#include "core/rng.h"
#include "core/str.h"
#include "store/fleet_schema.h"
#include "store/row.h"
#include "store/store.h"
#include "store/target.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A word is stored as the number that it is. */
_Static_assert(sizeof(enum fleet_verdict) == sizeof(unsigned) &&
                       sizeof(enum measure_id) == sizeof(unsigned) &&
                       sizeof(enum profile_place_kind) == sizeof(unsigned),
               "enums are unsigned");

enum { FILE_BYTES_MOST = 2000000000 };

struct writing {
	sqlite3 *db;
	const char *what;
	const struct fleet *fleet;
	int64_t observed_ns;
};

#define FIELD(type, base, column)                                                                  \
	((type const *)(const void *)((const char *)(base) + (column)->offset))

static void bind_int64(sqlite3_stmt *s, int at, int64_t value, int64_t low)
{
	sqlite3_bind_int64(s, at, value < low ? low : value);
}

static void bind_time(sqlite3_stmt *s, int at, int64_t time_ns)
{
	const bool is_known = time_ns >= -ROW_TIME_BOUND && time_ns <= ROW_CALENDAR_BOUND;
	store_bind_or_null(s, at, is_known ? time_ns : RECORD_ABSENT, RECORD_ABSENT);
}

static void bind_column(sqlite3_stmt *s, int at, const struct fleet_column *column,
                        const void *base)
{
	const char *const *const text = (const void *)((const char *)base + column->offset);
	unsigned word = 0;
	switch (column->kind) {
	case COLUMN_TEXT:
		store_bind_text(s, at, *text ? *text : "");
		break;
	case COLUMN_TEXT_OR:
		store_bind_text(s, at, *text);
		break;
	case COLUMN_BUFFER:
		store_bind_text(s, at, FIELD(char, base, column));
		break;
	case COLUMN_UINT32:
		bind_int64(s, at, *FIELD(uint32_t, base, column), column->low);
		break;
	case COLUMN_INT32:
		bind_int64(s, at, *FIELD(int32_t, base, column), column->low);
		break;
	case COLUMN_UINT64:
		bind_int64(s, at, (int64_t)(*FIELD(uint64_t, base, column) & INT64_MAX), 0);
		break;
	case COLUMN_TIME:
		bind_time(s, at, *FIELD(int64_t, base, column));
		break;
	case COLUMN_BYTES:
		if (*FIELD(int64_t, base, column) >= 0)
			sqlite3_bind_int64(s, at, *FIELD(int64_t, base, column));
		else
			sqlite3_bind_null(s, at);
		break;
	case COLUMN_REAL:
		if (isfinite(*FIELD(double, base, column)))
			sqlite3_bind_double(s, at, *FIELD(double, base, column));
		else
			sqlite3_bind_null(s, at);
		break;
	case COLUMN_FLAG:
		sqlite3_bind_int64(s, at, *FIELD(bool, base, column));
		break;
	case COLUMN_WORD:
		memcpy(&word, (const char *)base + column->offset, sizeof word);
		store_bind_text(s, at,
		                word < column->most ? fleet_column_word(column, word) : NULL);
		break;
	}
}

static int put(const struct writing *writing, const struct fleet_table *table, sqlite3_stmt *s,
               const int64_t keys[2], const void *base, struct error *err)
{
	const char *names[2];
	const size_t key_count = fleet_table_keys(table, names);
	int at = 1;
	for (size_t i = 0; i < 2 && i < key_count; i++)
		sqlite3_bind_int64(s, at++, keys[i]);
	for (const struct fleet_column *c = table->columns; c->name; c++)
		bind_column(s, at++, c, base);
	return store_step(s, err, writing->what);
}

/* The rows of one attempt in a table that belongs to attempts. */
static int put_of_attempt(const struct writing *writing, const struct fleet_table *table,
                          sqlite3_stmt *s, int64_t index, const struct fleet_attempt *attempt,
                          struct error *err)
{
	const char *const base = (const char *)attempt;
	int64_t keys[2] = {index, 0};
	if (table->shape == SHAPE_ALWAYS)
		return put(writing, table, s, keys, base + table->offset, err);
	if (table->shape == SHAPE_ONE)
		return *(const bool *)(const void *)(base + table->count_offset)
		               ? put(writing, table, s, keys, base + table->offset, err)
		               : 0;
	const size_t count = *(const size_t *)(const void *)(base + table->count_offset);
	const char *const items = *(const char *const *)(const void *)(base + table->offset);
	int r = 0;
	for (size_t i = 0; r == 0 && i < count; i++) {
		keys[1] = (int64_t)i;
		r = put(writing, table, s, keys, items + i * table->item_bytes, err);
	}
	return r;
}

static int put_fleet(const struct writing *writing, const struct fleet_table *table,
                     sqlite3_stmt *s, struct error *err)
{
	struct fleet fleet = *writing->fleet;
	fleet.observed_ns = writing->observed_ns;
	return put(writing, table, s, (const int64_t[2]){0}, &fleet, err);
}

static int fill(const struct writing *writing, const struct fleet_table *table, struct error *err)
{
	cleanup_str struct str sql = {0};
	cleanup_statement sqlite3_stmt *s = NULL;
	fleet_schema_insert(table, &sql);
	int r = sql.failed ? error_memory(err)
	                   : store_prepare(writing->db, str_text(&sql), &s, err, writing->what);
	if (r < 0)
		return r;
	if (table->shape == SHAPE_FLEET)
		return put_fleet(writing, table, s, err);
	int64_t attempts = 0;
	for (size_t i = 0; r == 0 && i < writing->fleet->node_count; i++) {
		const struct fleet_node *const node = &writing->fleet->nodes[i];
		if (table->shape == SHAPE_NODE) {
			r = put(writing, table, s, (const int64_t[2]){(int64_t)i, 0}, node, err);
			continue;
		}
		for (size_t k = 0; r == 0 && k < node->attempt_count; k++, attempts++)
			r = table->shape == SHAPE_ATTEMPT
			            ? put(writing, table, s,
			                  (const int64_t[2]){attempts, (int64_t)i},
			                  &node->attempts[k], err)
			            : put_of_attempt(writing, table, s, attempts,
			                             &node->attempts[k], err);
	}
	return r;
}

static int create(const struct writing *writing, struct error *err)
{
	for (const struct fleet_table *table = fleet_tables; table->name; table++) {
		cleanup_str struct str sql = {0};
		fleet_schema_create(table, &sql);
		const int r =
		        sql.failed ? error_memory(err)
		                   : store_execute(writing->db, str_text(&sql), err, writing->what);
		if (r < 0)
			return r;
	}
	for (const struct schema_entry *e = schema_fleet.entries; e->name; e++) {
		const int r = e->sql ? store_execute(writing->db, e->sql, err, writing->what) : 0;
		if (r < 0)
			return r;
	}
	return 0;
}

/* Fills the database, which nobody else sees. */
static int fill_all(sqlite3 *db, const struct fleet *fleet, int64_t observed_ns, const char *what,
                    struct error *err)
{
	cleanup_free char *begin = NULL;
	int r = str_format(&begin, err,
	                   "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; BEGIN;"
	                   "PRAGMA application_id=%d; PRAGMA user_version=%d",
	                   FLEET_APPLICATION_ID, FLEET_VERSION);
	if (r == 0)
		r = store_execute(db, begin, err, what);
	const struct writing writing = {
	        .db = db, .what = what, .fleet = fleet, .observed_ns = observed_ns};
	if (r == 0)
		r = create(&writing, err);
	for (const struct fleet_table *table = fleet_tables; r == 0 && table->name; table++)
		r = fill(&writing, table, err);
	return r == 0 ? store_execute(db, "COMMIT", err, what) : r;
}

#if SQLITE_VERSION_NUMBER >= 3036000

/* The bytes of the file, which is made in memory: whatever ends this early, nothing is left of it.
 */
static int make_bytes(const struct fleet *fleet, int64_t observed_ns, const char *what,
                      char **ret_data, size_t *ret_bytes, struct error *err)
{
	cleanup_database sqlite3 *db = NULL;
	int r = store_open_memory(&db, err);
	if (r == 0)
		r = fill_all(db, fleet, observed_ns, what, err);
	if (r < 0)
		return r;
	sqlite3_int64 bytes = 0;
	unsigned char *const serial = sqlite3_serialize(db, "main", &bytes, 0);
	char *const data = serial ? malloc((size_t)bytes + 1) : NULL;
	if (data)
		memcpy(data, serial, (size_t)bytes);
	sqlite3_free(serial);
	if (!data)
		return error_memory(err);
	*ret_data = data;
	*ret_bytes = (size_t)bytes;
	return 0;
}

#else /* sqlite3_serialize may be missing: by way of a file */

static int read_all(int fd, const char *what, char **ret_data, size_t *ret_bytes, struct error *err)
{
	struct stat status;
	if (fstat(fd, &status) < 0)
		return error_system(err, errno, "%s", what);
	const size_t bytes = (size_t)status.st_size;
	cleanup_free char *data = malloc(bytes + 1);
	if (!data)
		return error_memory(err);
	for (size_t at = 0; at < bytes;) {
		const ssize_t got = pread(fd, data + at, bytes - at, (off_t)at);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return error_system(err, got < 0 ? errno : EIO, "%s", what);
		at += (size_t)got;
	}
	*ret_data = data;
	*ret_bytes = bytes;
	data = NULL;
	return 0;
}

/* Opens a new database in the folder, and a descriptor of it. */
static int open_new(const char *folder, sqlite3 **ret_db, int *ret_fd, struct error *err)
{
	cleanup_free char *temporary = NULL;
	int r = file_join(folder, "fleet.db", &temporary, err);
	if (r < 0)
		return r;
	cleanup_close int fd = open(temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return error_system(err, errno, "%s", temporary);
	r = store_open_writable(temporary, ret_db, err);
	if (r < 0)
		return r;
	*ret_fd = fd;
	fd = -1;
	return 0;
}

/* The bytes of the file. It has no name any more once it is open: what is killed after that leaves
 * nothing of it. */
static int make_bytes(const struct fleet *fleet, int64_t observed_ns, const char *what,
                      char **ret_data, size_t *ret_bytes, struct error *err)
{
	cleanup_free char *folder = NULL;
	cleanup_close int fd = -1;
	cleanup_database sqlite3 *db = NULL;
	struct error ignored;
	int r = file_make_temporary_folder(NULL, "plateau-fleet", &folder, err);
	if (r < 0)
		return error_context(err, r, "%s", what);
	r = open_new(folder, &db, &fd, err);
	file_remove_tree(AT_FDCWD, folder, &ignored);
	if (r == 0)
		r = fill_all(db, fleet, observed_ns, what, err);
	if (r == 0)
		r = read_all(fd, what, ret_data, ret_bytes, err);
	if (r == -ENOSPC)
		error_context(err, r, "set TMPDIR to a folder with room for it");
	return r;
}

#endif

/* The file is held while it is written: what a killed one leaves is removed by the next. */
static int write_beside(const char *temporary, const char *data, size_t bytes, struct error *err)
{
	cleanup_close int fd = open(temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd < 0)
		return error_system(err, errno, "%s", temporary);
	store_hold(fd);
	int r = file_write_all(fd, data, bytes, err);
	if (r == 0 && fsync(fd) < 0)
		r = error_system(err, errno, "cannot write %s", temporary);
	/* Network file systems tell at close that there was no room. */
	if (close(fd) < 0 && r == 0)
		r = error_system(err, errno, "cannot write %s", temporary);
	fd = -1;
	return r;
}

/* What is there must be a fleet file, or nothing. */
static int check_target(const char *path, struct error *err)
{
	struct stat status;
	if (lstat(path, &status) < 0)
		return errno == ENOENT ? 0 : error_system(err, errno, "cannot write %s", path);
	if (!S_ISREG(status.st_mode))
		return error_set(err, EEXIST, "%s is not a plain file and is not replaced", path);
	if (status.st_size > 0 && !fleet_file_is(path))
		return error_set(
		        err, EEXIST,
		        "%s is no fleet file and is not replaced: choose another name with "
		        "-o",
		        path);
	return 0;
}

static int put_in_place(const char *path, const char *data, size_t bytes, struct error *err)
{
	cleanup_free char *temporary = NULL;
	int r = check_target(path, err);
	if (r < 0)
		return r;
	r = str_format(&temporary, err, "%s.new-%08" PRIx32, path, (uint32_t)rng_entropy());
	if (r < 0)
		return r;
	target_clear(path);
	r = write_beside(temporary, data, bytes, err);
	if (r == 0 && rename(temporary, path) < 0)
		r = error_system(err, errno, "cannot write %s", path);
	if (r < 0)
		unlink(temporary);
	else
		target_sync_folder(path);
	return r < 0 ? error_context(err, r, "cannot write %s", path) : 0;
}

int fleet_file_lock(const char *path)
{
	return target_lock_folder(path);
}

int fleet_file_write(const char *path, const struct fleet *fleet, struct error *err)
{
	cleanup_free char *real = NULL;
	cleanup_free char *what = NULL;
	cleanup_free char *data = NULL;
	size_t bytes = 0;
	int r = target_resolve(path, &real, err);
	if (r == 0)
		r = str_format(&what, err, "cannot write %s", path);
	if (r == 0)
		r = make_bytes(fleet, fleet->observed_ns, what, &data, &bytes, err);
	return r == 0 ? put_in_place(real, data, bytes, err) : r;
}

/* Whether the file would have these bytes, were it written at the time that it tells. */
static bool is_same(const char *path, const struct fleet *fleet)
{
	struct error ignored;
	cleanup_free char *there = NULL;
	cleanup_free char *data = NULL;
	size_t there_bytes = 0;
	size_t bytes = 0;
	cleanup_fleet struct fleet old = {0};
	return fleet_file_load(path, &old, &ignored) == 0 &&
	       file_read(path, FILE_BYTES_MOST, &there, &there_bytes, &ignored) == 0 &&
	       make_bytes(fleet, old.observed_ns, path, &data, &bytes, &ignored) == 0 &&
	       bytes == there_bytes && data && there && memcmp(data, there, bytes) == 0;
}

int fleet_file_update(const char *path, const struct fleet *fleet, bool *ret_changed,
                      struct error *err)
{
	const bool has_changed = !is_same(path, fleet);
	const int r = has_changed ? fleet_file_write(path, fleet, err) : 0;
	if (r == 0)
		*ret_changed = has_changed;
	return r;
}
