/* Reading a campaign file. Nothing in it is believed: every value is checked, and every row must
 * stand where its key says. */
#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/parallel.h"
#include "core/str.h"
#include "model/campaign.h"
#include "store/campaign_file.h"
#include "store/campaign_schema.h"
#include "store/one_piece.h"
#include "store/row.h"
#include "store/store.h"

#include <errno.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct campaign_reading {
	struct reading reading; /* first: reading_table hands it back */
	struct campaign *campaign;
	size_t declared; /* how many tasks the file says that it has */
	bool has_campaign;
	size_t found; /* tasks that were read */
};

/* Appends the text of a column, and no second one like it. */
static int add_text(struct campaign_reading *reading, struct row *row, int at, struct words *words,
                    struct error *err)
{
	cleanup_free char *text = NULL;
	reading_text(&reading->reading, row, at, false, &text);
	return text ? words_add(words, text, err) : 0;
}

static int read_campaign(struct reading *base, struct row *row, struct error *err)
{
	struct campaign_reading *const reading = (struct campaign_reading *)base;
	struct campaign *const campaign = reading->campaign;
	if (reading->has_campaign)
		return row_refuse(row, err, "there is more than one campaign");
	reading->has_campaign = true;
	reading_text(&reading->reading, row, 0, false, &campaign->label);
	reading_text(&reading->reading, row, 1, false, &campaign->format);
	reading_text(&reading->reading, row, 2, true, &campaign->source);
	reading_text(&reading->reading, row, 3, true, &campaign->max_rss_of);
	reading_text(&reading->reading, row, 4, true, &campaign->cpu_of);
	campaign->imported_ns = row_integer_or(row, 5, 0, ROW_CALENDAR_BOUND, RECORD_ABSENT);
	reading->declared = (size_t)row_integer(row, 6, 0, CAMPAIGN_MOST_TASKS);
	return 0;
}

static int read_type(struct reading *base, struct row *row, struct error *err)
{
	struct campaign_reading *const reading = (struct campaign_reading *)base;
	struct campaign *const campaign = reading->campaign;
	if (campaign->types.count >= CAMPAIGN_MOST_TYPES)
		return row_refuse(row, err, "there are too many types");
	row_integer(row, 0, (int64_t)campaign->types.count, (int64_t)campaign->types.count);
	return add_text(reading, row, 1, &campaign->types, err);
}

static int read_covariate(struct reading *base, struct row *row, struct error *err)
{
	static const char *const kinds[] = {"number", "label", NULL};
	struct campaign_reading *const reading = (struct campaign_reading *)base;
	struct campaign *const campaign = reading->campaign;
	const size_t before = campaign->covariate_count;
	cleanup_free char *name = NULL;
	size_t covariate = 0;
	row_integer(row, 0, (int64_t)before + 1, (int64_t)before + 1);
	reading_text(&reading->reading, row, 1, false, &name);
	const bool is_label = row_name(row, 2, kinds) == 1;
	if (row->failed)
		return 0;
	const int r = campaign_covariate(campaign, name, is_label, &covariate, err);
	if (r == -ENOMEM)
		return r;
	return r < 0 || covariate != before
	               ? row_refuse(row, err, "there are too many covariates, or one twice")
	               : 0;
}

static int read_label(struct reading *base, struct row *row, struct error *err)
{
	struct campaign_reading *const reading = (struct campaign_reading *)base;
	struct campaign *const campaign = reading->campaign;
	const size_t covariate =
	        (size_t)row_integer(row, 0, 1, (int64_t)campaign->covariate_count) - 1;
	if (row->failed)
		return 0;
	if (!campaign->covariates[covariate].is_label)
		return row_refuse(row, err, "a covariate of numbers has labels");
	struct words *const words = &campaign->covariates[covariate].words;
	row_integer(row, 1, (int64_t)words->count, (int64_t)words->count);
	return add_text(reading, row, 2, words, err);
}

static int read_remark(struct reading *base, struct row *row, struct error *err)
{
	struct campaign_reading *const reading = (struct campaign_reading *)base;
	return add_text(reading, row, 0, &reading->campaign->remarks, err);
}

static const struct table tables[] = {
        {"campaign",
         "SELECT label, format, source, max_rss_of, cpu_of, imported_calendar_ns, tasks"
         " FROM campaign",
         NULL, read_campaign},
        {"type", "SELECT type, name FROM type ORDER BY type", NULL, read_type},
        {"covariate", "SELECT covariate, name, kind FROM covariate ORDER BY covariate", NULL,
         read_covariate},
        {"label", "SELECT covariate, label, name FROM label ORDER BY covariate, label", NULL,
         read_label},
        {"remark", "SELECT text FROM remark ORDER BY remark", NULL, read_remark},
};

/* ---- Tasks -------------------------------------------------------------------------------- */

static void read_value(struct row *row, int at, struct campaign_covariate *covariate, size_t task)
{
	const bool is_null = sqlite3_column_type(row->statement, at) == SQLITE_NULL;
	if (covariate->is_label)
		covariate->labels[task] = (uint32_t)row_integer_or(
		        row, at, 0, (int64_t)covariate->words.count - 1, CAMPAIGN_NO_LABEL);
	else
		covariate->values[task] = is_null ? NAN : row_real(row, at, -DBL_MAX, DBL_MAX);
}

static int read_task(struct reading *base, struct row *row, struct error *err)
{
	struct campaign_reading *const reading = (struct campaign_reading *)base;
	struct campaign *const campaign = reading->campaign;
	const int64_t id = row_integer(row, CAMPAIGN_COLUMN_TASK, INT64_MIN, INT64_MAX);
	row->is_past = id > base->last;
	if (row->is_past)
		return 0;
	if (id != base->first + (int64_t)reading->found || id < 0 ||
	    (size_t)id >= campaign->task_count)
		return row_refuse(row, err, "its rows are not numbered from 0 on");
	struct campaign_task *const task = &campaign->tasks[id];
	task->type = (uint32_t)row_integer(row, CAMPAIGN_COLUMN_TYPE, 0,
	                                   (int64_t)campaign->types.count - 1);
	task->attempt = (uint16_t)row_integer_or(row, CAMPAIGN_COLUMN_ATTEMPT, 1, UINT16_MAX, 0);
	task->state = (uint8_t)row_name(row, CAMPAIGN_COLUMN_STATE, campaign_state_names);
	task->is_superseded = row_integer(row, CAMPAIGN_COLUMN_SUPERSEDED, 0, 1) == 1;
	task->cores = (uint32_t)row_integer_or(row, CAMPAIGN_COLUMN_CORES, 1, UINT32_MAX, 0);
	task->start_ns = row_integer_or(row, CAMPAIGN_COLUMN_START, -ROW_TIME_BOUND,
	                                ROW_CALENDAR_BOUND, RECORD_ABSENT);
	task->wall_ns =
	        row_integer_or(row, CAMPAIGN_COLUMN_WALL, 0, ROW_CALENDAR_BOUND, RECORD_ABSENT);
	task->cpu_ns =
	        row_integer_or(row, CAMPAIGN_COLUMN_CPU, 0, ROW_CALENDAR_BOUND, RECORD_ABSENT);
	task->max_rss_bytes =
	        row_integer_or(row, CAMPAIGN_COLUMN_MAX_RSS, 0, INT64_MAX, RECORD_ABSENT);
	for (size_t c = 0; c < campaign->covariate_count; c++)
		read_value(row, CAMPAIGN_COLUMNS + (int)c, &campaign->covariates[c], (size_t)id);
	reading->found++;
	return 0;
}

/* What one reader reads. */
struct share {
	struct campaign_reading reading;
	const char *file; /* that the reading's connection has open */
	const char *sql;
	int result;
	struct error err;
};

static void read_share(struct share *share)
{
	const struct table table = {.name = "task", .sql = share->sql, .read = read_task};
	share->result = reading_table(&share->reading.reading, &table, &share->err);
}

/* A connection is for one thread: the first share has the reading's, the others have their own. */
static void open_and_read(void *shares, size_t index, size_t worker)
{
	(void)worker;
	struct share *const share = (struct share *)shares + index;
	if (index == 0) {
		read_share(share);
		return;
	}
	cleanup_database sqlite3 *db = NULL;
	share->result = store_open_untrusted(share->file, false, &db, &share->err);
	if (share->result == 0)
		share->result =
		        store_execute(db, "BEGIN", &share->err, share->reading.reading.path);
	if (share->result == 0) {
		share->reading.reading.db = db;
		read_share(share);
	}
}

/* Each reader has a stretch of rows; the last reaches to the end, so that every row is checked. */
static int read_shares(const struct campaign_reading *reading, const char *sql, struct error *err)
{
	struct share shares[PARALLEL_MOST];
	const size_t count = reading->campaign->task_count;
	const size_t readers = parallel_workers(count);
	size_t found = 0;
	int r = 0;
	for (size_t i = 0; i < readers; i++) {
		shares[i] = (struct share){
		        .reading = *reading,
		        .file = sqlite3_db_filename(reading->reading.db, "main"),
		        .sql = sql,
		};
		shares[i].reading.reading.first = (int64_t)(count * i / readers);
		shares[i].reading.reading.last =
		        i + 1 < readers ? (int64_t)(count * (i + 1) / readers) - 1 : INT64_MAX;
	}
	parallel_for(readers, readers, open_and_read, shares);
	for (size_t i = 0; i < readers; i++) {
		found += shares[i].reading.found;
		if (r == 0 && shares[i].result < 0) {
			r = shares[i].result;
			*err = shares[i].err;
		}
	}
	if (r == 0 && found != count)
		r = error_set(err, EINVAL, "%s is damaged: table task has %zu of %zu rows",
		              reading->reading.path, found, count);
	return r;
}

static int read_tasks(struct campaign_reading *reading, struct error *err)
{
	struct campaign *const campaign = reading->campaign;
	cleanup_str struct str sql = {0};
	/* Each column of a row takes a byte and more. */
	if (reading->declared >
	    reading->reading.file_bytes / (CAMPAIGN_COLUMNS + campaign->covariate_count))
		return error_set(err, EINVAL,
		                 "%s is damaged: it says that it has more tasks than it has room "
		                 "for",
		                 reading->reading.path);
	int r = campaign_reserve(campaign, reading->declared, err);
	if (r < 0)
		return r;
	for (size_t i = 0; i < reading->declared && r == 0; i++) {
		const struct campaign_task empty = campaign_task_empty();
		r = campaign_add(campaign, &empty, err);
	}
	campaign_schema_select(campaign->covariate_count, &sql);
	if (r == 0 && sql.failed)
		r = error_memory(err);
	return r < 0 ? r : read_shares(reading, str_text(&sql), err);
}

/* ---- The file ------------------------------------------------------------------------------ */

static int read_tables(struct campaign_reading *reading, struct error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < ARRAY_LENGTH(tables); i++)
		r = reading_table(&reading->reading, &tables[i], err);
	if (r == 0 && !reading->has_campaign)
		r = error_set(err, EINVAL, "%s holds no campaign: the file is damaged",
		              reading->reading.path);
	return r < 0 ? r : read_tasks(reading, err);
}

bool campaign_file_is(const char *path)
{
	return one_piece_is(path, &schema_campaign);
}

int campaign_file_load(const char *path, struct campaign *ret_campaign, struct error *err)
{
	cleanup_database sqlite3 *db = NULL;
	cleanup_campaign struct campaign campaign = {0};
	struct campaign_reading reading = {.campaign = &campaign};
	int r = one_piece_open(path, &schema_campaign, &db, &reading.reading, err);
	if (r == 0)
		r = read_tables(&reading, err);
	if (r < 0)
		return r;
	*ret_campaign = campaign;
	campaign = (struct campaign){0};
	return 0;
}
