#include "store/whole.h"

#include "core/cleanup.h"
#include "core/error.h"
#include "store/create.h"
#include "store/place.h"
#include "store/rows.h"
#include "store/store.h"

/* Records come from the same thread, inside the transaction that makes the file. */
static int put(void *self, const struct record *record, struct error *err)
{
	const int r = rows_put(self, record, err);
	struct record copy = *record;
	record_release(&copy);
	return r;
}

static int set_end(sqlite3 *db, const struct run_facts *run, const char *path, struct error *err)
{
	cleanup_statement sqlite3_stmt *s = NULL;
	const int r =
	        store_prepare(db, "UPDATE run SET state=?, finished_calendar_ns=?", &s, err, path);
	if (r < 0)
		return r;
	store_bind_text(s, 1, run_state_names[run->state]);
	store_bind_or_null(s, 2, run->finished_calendar_ns, RECORD_ABSENT);
	return store_step(s, err, path);
}

static int fill(sqlite3 *db, const struct create_content *content, const char *path,
                struct error *err)
{
	const struct whole_result *const result = content->fill_data;
	struct rows *rows = NULL;
	int r = rows_new(db, path, content->plan->trial_count, content->events,
	                 content->event_count, &content->plan->event_sets, &rows, err);
	if (r < 0)
		return r;
	const struct sink sink = {put, rows};
	r = result->put_records(&sink, result->data, err);
	rows_free(rows);
	return r < 0 ? r : set_end(db, result->run, path, err);
}

int whole_write(const char *path, bool force, const struct whole_result *result, struct error *err)
{
	struct whole_result copy = *result;
	const struct create_content content = {.run = result->run,
	                                       .host = result->host,
	                                       .scenario = result->scenario,
	                                       .plan = result->plan,
	                                       .events = result->events,
	                                       .event_count = result->event_count,
	                                       .fill = fill,
	                                       .fill_data = &copy};
	struct place *place = NULL;
	int r = place_new(path, force, &place, err);
	if (r < 0)
		return r;
	r = create_file(place, &content, err);
	if (r < 0)
		place_abandon(place);
	else
		r = place_settle(place, err);
	place_free(place);
	return r;
}
