#include "store/reopen.h"

#include "core/cleanup.h"
#include "core/error.h"
#include "core/hash.h"
#include "core/str.h"
#include "store/migrate.h"
#include "store/recorder.h"
#include "store/schema.h"
#include "store/store.h"
#include "store/upgrade.h"

#include <errno.h>
#include <string.h>

int reopen_database(const char *path, sqlite3 **ret_db, struct error *err)
{
	cleanup_database sqlite3 *db = NULL;
	int r = store_open_untrusted(path, true, &db, err);
	if (r == 0)
		r = store_execute(db, "PRAGMA foreign_keys=ON", err, path);
	if (r < 0)
		return r;
	store_unlimit(db);
	*ret_db = db;
	db = NULL;
	return 0;
}

static int refuse_changed(const char *path, struct error *err)
{
	return error_set(err, EBUSY,
	                 "another plateau has gone on with %s meanwhile: try again when it has "
	                 "ended",
	                 path);
}

/* A new run may have taken the name. */
static int check_id(sqlite3 *db, const char *path, const struct dataset *before, struct error *err)
{
	cleanup_statement sqlite3_stmt *s = NULL;
	const int r = store_prepare(db, "SELECT id FROM run", &s, err, path);
	if (r < 0)
		return r;
	const bool has_row = store_next(s) == SQLITE_ROW;
	const char *const id = has_row ? (const char *)sqlite3_column_text(s, 0) : NULL;
	return id && before->run.id && strcmp(id, before->run.id) == 0 ? 0
	                                                               : refuse_changed(path, err);
}

/* Whoever goes on with a run changes the state, attempt or number of its trials. */
static int check_trials(sqlite3 *db, const char *path, const struct dataset *before,
                        struct error *err)
{
	cleanup_statement sqlite3_stmt *s = NULL;
	int r = store_prepare(db,
	                      "SELECT trial, attempt, state FROM trial t WHERE attempt="
	                      "(SELECT max(attempt) FROM trial a WHERE a.trial=t.trial)"
	                      " ORDER BY trial",
	                      &s, err, path);
	if (r < 0)
		return r;
	size_t count = 0;
	int code;
	while ((code = store_next(s)) == SQLITE_ROW) {
		const struct trial_record *const trial = &before->trials[count];
		const char *const state = (const char *)sqlite3_column_text(s, 2);
		if (count++ >= before->trial_count || !state ||
		    sqlite3_column_int64(s, 0) != trial->trial ||
		    sqlite3_column_int64(s, 1) != trial->attempt ||
		    strcmp(state, trial_state_names[trial->state]) != 0)
			return refuse_changed(path, err);
	}
	if (code != SQLITE_DONE)
		return store_error(db, err, path);
	return count == before->trial_count ? 0 : refuse_changed(path, err);
}

static int check_version(sqlite3 *db, const char *path, int *ret_version, struct error *err)
{
	const int r = migrate_check(db, &schema_result, path, ret_version, err);
	if (r < 0 || *ret_version >= UPGRADE_FIRST)
		return r;
	return error_set(err, EINVAL,
	                 "%s was written by an older plateau, which kept too little to go on with "
	                 "it: run anew",
	                 path);
}

static int update_run(sqlite3 *db, const struct plan *plan, const char *scenario_json,
                      const char *what, struct error *err)
{
	cleanup_statement sqlite3_stmt *s = NULL;
	const int r = store_prepare(db,
	                            "UPDATE run SET state='running', finished_calendar_ns=NULL,"
	                            " blocks=?, scenario_json=?",
	                            &s, err, what);
	if (r < 0)
		return r;
	sqlite3_bind_int64(s, 1, plan->blocks);
	store_bind_text(s, 2, scenario_json);
	return store_step(s, err, what);
}

/* The hash of the scenario follows it. In a result that has none there stays none. */
static int update_seal(sqlite3 *db, const char *scenario_json, const char *what, struct error *err)
{
	cleanup_statement sqlite3_stmt *s = NULL;
	const int r = store_prepare(db, "UPDATE host SET value=? WHERE name=?", &s, err, what);
	if (r < 0)
		return r;
	char hash[HASH_TEXT_BYTES];
	hash_sha256(scenario_json, strlen(scenario_json), hash);
	store_bind_text(s, 1, hash);
	store_bind_text(s, 2, RECORDER_SEAL);
	return store_step(s, err, what);
}

static int add_trials(sqlite3 *db, size_t first, const struct plan *plan, const char *what,
                      struct error *err)
{
	cleanup_statement sqlite3_stmt *s = NULL;
	int r = store_prepare(db,
	                      "INSERT INTO trial(trial, attempt, block, level, event_set, state)"
	                      " VALUES(?,1,?,?,?,'pending')",
	                      &s, err, what);
	for (size_t i = first; r == 0 && i < plan->trial_count; i++) {
		sqlite3_bind_int64(s, 1, (int64_t)i + 1);
		sqlite3_bind_int64(s, 2, plan->trials[i].block);
		sqlite3_bind_int64(s, 3, plan->trials[i].level);
		store_bind_or_null(s, 4, plan->trials[i].event_set, 0);
		r = store_step(s, err, what);
	}
	return r;
}

static int count_tasks(sqlite3 *db, uint64_t *ret_count, const char *what, struct error *err)
{
	cleanup_statement sqlite3_stmt *s = NULL;
	const int r = store_prepare(db, "SELECT count(*) FROM task", &s, err, what);
	if (r < 0)
		return r;
	if (store_next(s) != SQLITE_ROW)
		return store_error(db, err, what);
	*ret_count = (uint64_t)sqlite3_column_int64(s, 0);
	return 0;
}

static int change(sqlite3 *db, int version, const struct reopen_content *content, const char *what,
                  struct error *err)
{
	int r = upgrade_tables(db, version, what, err);
	if (r == 0)
		r = store_execute(db,
		                  "UPDATE trial SET state='interrupted',"
		                  " reason=coalesce(reason, 'the run was killed')"
		                  " WHERE state='running'",
		                  err, what);
	if (r == 0)
		r = update_run(db, content->plan, content->scenario_json, what, err);
	if (r == 0 && content->scenario_json)
		r = update_seal(db, content->scenario_json, what, err);
	if (r == 0)
		r = add_trials(db, content->before->trial_count, content->plan, what, err);
	return r;
}

/* Ends the transaction, as far as it came (result): kept whole, or taken back. Returns 0 or -errno.
 */
static int end_change(sqlite3 *db, int result, const char *what, struct error *err)
{
	const int r = result == 0 ? store_execute(db, "COMMIT", err, what) : result;
	if (r < 0) {
		struct error ignored;
		store_execute(db, "ROLLBACK", &ignored, what);
	}
	return r;
}

int reopen_rows(sqlite3 *db, const char *path, const struct reopen_content *content,
                uint64_t *ret_stored, struct error *err)
{
	cleanup_free char *what = NULL;
	int r = str_format(&what, err, "cannot write %s", path);
	int version = 0;
	if (r == 0)
		r = check_version(db, path, &version, err);
	if (r == 0)
		r = check_id(db, path, content->before, err);
	if (r == 0)
		r = check_trials(db, path, content->before, err);
	uint64_t stored = 0;
	if (r == 0)
		r = count_tasks(db, &stored, what, err);
	if (r == 0)
		r = store_execute(db, "BEGIN IMMEDIATE", err, what);
	if (r < 0)
		return r;
	r = end_change(db, change(db, version, content, what, err), what, err);
	if (r == 0)
		*ret_stored = stored;
	return r;
}

int reopen_extend(sqlite3 *db, const char *path, size_t first, const struct plan *plan,
                  const char *scenario_json, struct error *err)
{
	cleanup_free char *what = NULL;
	int r = str_format(&what, err, "cannot write %s", path);
	if (r == 0)
		r = store_execute(db, "BEGIN IMMEDIATE", err, what);
	if (r < 0)
		return r;
	r = update_run(db, plan, scenario_json, what, err);
	if (r == 0)
		r = update_seal(db, scenario_json, what, err);
	if (r == 0)
		r = add_trials(db, first, plan, what, err);
	return end_change(db, r, what, err);
}
