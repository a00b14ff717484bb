/* Writing a campaign file: made whole under another name (store/place), so that nobody ever finds
 * half of it. */
#include "store/campaign_file.h"

#include "core/cleanup.h"
#include "core/error.h"
#include "core/str.h"
#include "store/campaign_schema.h"
#include "store/create.h"
#include "store/place.h"
#include "store/row.h"
#include "store/store.h"

#include <math.h>

struct writing {
	sqlite3 *db;
	const char *what;
	const struct campaign *campaign;
	const char *version;
};

/* What cannot be read back is absent. */
static void bind_bounded(sqlite3_stmt *s, int at, int64_t value, int64_t low, int64_t high)
{
	store_bind_or_null(s, at, value >= low && value <= high ? value : RECORD_ABSENT,
	                   RECORD_ABSENT);
}

static int put_campaign(const struct writing *writing, struct error *err)
{
	const struct campaign *const campaign = writing->campaign;
	cleanup_statement sqlite3_stmt *s = NULL;
	const int r = store_prepare(writing->db,
	                            "INSERT INTO campaign(label, format, source, max_rss_of, "
	                            "cpu_of, imported_calendar_ns, plateau_version, tasks)"
	                            " VALUES(?,?,?,?,?,?,?,?)",
	                            &s, err, writing->what);
	if (r < 0)
		return r;
	store_bind_text(s, 1, campaign->label ? campaign->label : "");
	store_bind_text(s, 2, campaign->format ? campaign->format : "");
	store_bind_text(s, 3, campaign->source);
	store_bind_text(s, 4, campaign->max_rss_of);
	store_bind_text(s, 5, campaign->cpu_of);
	bind_bounded(s, 6, campaign->imported_ns, 0, ROW_CALENDAR_BOUND);
	store_bind_text(s, 7, writing->version);
	sqlite3_bind_int64(s, 8, (int64_t)campaign->task_count);
	return store_step(s, err, writing->what);
}

/* Numbers from first on, and a text each. */
static int put_words(const struct writing *writing, const char *sql, const struct words *words,
                     struct error *err)
{
	cleanup_statement sqlite3_stmt *s = NULL;
	int r = store_prepare(writing->db, sql, &s, err, writing->what);
	for (size_t i = 0; r == 0 && i < words->count; i++) {
		sqlite3_bind_int64(s, 1, (int64_t)i);
		store_bind_text(s, 2, words->items[i]);
		r = store_step(s, err, writing->what);
	}
	return r;
}

static int put_labels(const struct writing *writing, size_t covariate, struct error *err)
{
	const struct words *const words = &writing->campaign->covariates[covariate].words;
	cleanup_statement sqlite3_stmt *s = NULL;
	int r = store_prepare(writing->db,
	                      "INSERT INTO label(covariate, label, name) VALUES(?,?,?)", &s, err,
	                      writing->what);
	for (size_t i = 0; r == 0 && i < words->count; i++) {
		sqlite3_bind_int64(s, 1, (int64_t)covariate + 1);
		sqlite3_bind_int64(s, 2, (int64_t)i);
		store_bind_text(s, 3, words->items[i]);
		r = store_step(s, err, writing->what);
	}
	return r;
}

static int put_covariates(const struct writing *writing, struct error *err)
{
	const struct campaign *const campaign = writing->campaign;
	cleanup_statement sqlite3_stmt *s = NULL;
	int r = store_prepare(writing->db,
	                      "INSERT INTO covariate(covariate, name, kind) VALUES(?,?,?)", &s, err,
	                      writing->what);
	for (size_t i = 0; r == 0 && i < campaign->covariate_count; i++) {
		sqlite3_bind_int64(s, 1, (int64_t)i + 1);
		store_bind_text(s, 2, campaign->covariates[i].name);
		store_bind_text(s, 3, campaign->covariates[i].is_label ? "label" : "number");
		r = store_step(s, err, writing->what);
		if (r == 0 && campaign->covariates[i].is_label)
			r = put_labels(writing, i, err);
	}
	return r;
}

static void bind_covariate(sqlite3_stmt *s, int at, const struct campaign_covariate *covariate,
                           size_t task)
{
	if (covariate->is_label)
		store_bind_or_null(s, at, covariate->labels[task], CAMPAIGN_NO_LABEL);
	else if (isfinite(covariate->values[task]))
		sqlite3_bind_double(s, at, covariate->values[task]);
	else
		sqlite3_bind_null(s, at);
}

static void bind_task(sqlite3_stmt *s, const struct campaign *campaign, size_t i)
{
	const struct campaign_task *const task = &campaign->tasks[i];
	sqlite3_bind_int64(s, 1 + CAMPAIGN_COLUMN_TASK, (int64_t)i);
	sqlite3_bind_int64(s, 1 + CAMPAIGN_COLUMN_TYPE, task->type);
	store_bind_or_null(s, 1 + CAMPAIGN_COLUMN_ATTEMPT, task->attempt, 0);
	store_bind_text(s, 1 + CAMPAIGN_COLUMN_STATE,
	                task->state < CAMPAIGN_STATES ? campaign_state_names[task->state] : NULL);
	sqlite3_bind_int64(s, 1 + CAMPAIGN_COLUMN_SUPERSEDED, task->is_superseded);
	store_bind_or_null(s, 1 + CAMPAIGN_COLUMN_CORES, task->cores, 0);
	bind_bounded(s, 1 + CAMPAIGN_COLUMN_START, task->start_ns, -ROW_TIME_BOUND,
	             ROW_CALENDAR_BOUND);
	bind_bounded(s, 1 + CAMPAIGN_COLUMN_WALL, task->wall_ns, 0, ROW_CALENDAR_BOUND);
	bind_bounded(s, 1 + CAMPAIGN_COLUMN_CPU, task->cpu_ns, 0, ROW_CALENDAR_BOUND);
	bind_bounded(s, 1 + CAMPAIGN_COLUMN_MAX_RSS, task->max_rss_bytes, 0, INT64_MAX);
	for (size_t c = 0; c < campaign->covariate_count; c++)
		bind_covariate(s, 1 + CAMPAIGN_COLUMNS + (int)c, &campaign->covariates[c], i);
}

static int put_tasks(const struct writing *writing, struct error *err)
{
	const struct campaign *const campaign = writing->campaign;
	cleanup_str struct str sql = {0};
	cleanup_statement sqlite3_stmt *s = NULL;
	campaign_schema_insert(campaign->covariate_count, &sql);
	int r = sql.failed ? error_memory(err)
	                   : store_prepare(writing->db, str_text(&sql), &s, err, writing->what);
	for (size_t i = 0; r == 0 && i < campaign->task_count; i++) {
		bind_task(s, campaign, i);
		r = store_step(s, err, writing->what);
	}
	return r;
}

/* What is put is of its type by the way it is bound, so that nothing is checked row by row; whoever
 * changes the file later is held to the checks. */
static int create_tables(const struct writing *writing, struct error *err)
{
	const struct campaign *const campaign = writing->campaign;
	cleanup_str struct str sql = {0};
	str_addf(&sql,
	         "PRAGMA foreign_keys=OFF; PRAGMA ignore_check_constraints=ON;"
	         "PRAGMA journal_mode=OFF; BEGIN;"
	         "PRAGMA application_id=%d; PRAGMA user_version=%d;",
	         CAMPAIGN_APPLICATION_ID, CAMPAIGN_VERSION);
	for (const struct schema_entry *e = schema_campaign.entries; e->name; e++)
		if (e->sql)
			str_addf(&sql, "%s;", e->sql);
	campaign_schema_create(campaign->covariates, campaign->covariate_count, &sql);
	str_add(&sql, ";");
	campaign_schema_view(campaign->covariates, campaign->covariate_count, &sql);
	return sql.failed ? error_memory(err)
	                  : store_execute(writing->db, str_text(&sql), err, writing->what);
}

static int fill(sqlite3 *db, const char *path, const void *data, const char *what,
                struct error *err)
{
	(void)path;
	const struct writing writing = {db, what, data, PACKAGE_VERSION};
	const struct campaign *const campaign = writing.campaign;
	int r = create_tables(&writing, err);
	if (r == 0)
		r = put_campaign(&writing, err);
	if (r == 0)
		r = put_words(&writing, "INSERT INTO type(type, name) VALUES(?,?)",
		              &campaign->types, err);
	if (r == 0)
		r = put_covariates(&writing, err);
	if (r == 0)
		r = put_words(&writing, "INSERT INTO remark(remark, text) VALUES(?,?)",
		              &campaign->remarks, err);
	if (r == 0)
		r = put_tasks(&writing, err);
	return r == 0 ? store_execute(db, "COMMIT", err, what) : r;
}

int campaign_file_write(const char *path, const struct campaign *campaign, bool is_forced,
                        struct error *err)
{
	struct place *place = NULL;
	int r = place_new(path, is_forced, &place, err);
	if (r < 0)
		return r;
	r = create_database(place, fill, campaign, err);
	if (r < 0)
		place_abandon(place);
	else
		r = place_settle(place, err);
	place_free(place);
	return r;
}
