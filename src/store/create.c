#include "store/create.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/file.h"
#include "core/rng.h"
#include "core/str.h"
#include "store/place.h"
#include "store/schema.h"
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* One table that is filled before the first trial. bind fills the statement for row i. */
struct filling {
	const char *sql;
	size_t (*count)(const struct create_content *content);
	int (*bind)(const struct create_content *content, size_t i, sqlite3_stmt *statement,
	            struct error *err);
};

static size_t count_run(const struct create_content *content)
{
	(void)content;
	return 1;
}

static int bind_run(const struct create_content *content, size_t i, sqlite3_stmt *s,
                    struct error *err)
{
	(void)i;
	const struct run_facts *const run = content->run;
	const char *const name = run->name ? run->name : content->scenario->name;
	const char *const texts[] = {
	        run->id,
	        name ? name : "",
	        run->task_type,
	        run->command,
	        run->plateau_version,
	        run->scenario_sha256,
	        run->scenario_text,
	        run->scenario_json,
	        content->host->topology_xml,
	};
	for (size_t k = 0; k < ARRAY_LENGTH(texts); k++)
		store_bind_text(s, 1 + (int)k, texts[k]);
	char seed[24];
	snprintf(seed, sizeof seed, "%" PRIu64, run->seed);
	if (sqlite3_bind_text(s, 10, seed, -1, SQLITE_TRANSIENT) != SQLITE_OK)
		return error_memory(err);
	sqlite3_bind_int64(s, 11, run->threads);
	sqlite3_bind_int64(s, 12, run->baseline);
	sqlite3_bind_int64(s, 13, content->plan->blocks);
	sqlite3_bind_int64(s, 14, content->plan->capacity);
	sqlite3_bind_int64(s, 15, run->origin_calendar_ns);
	store_bind_text(s, 16, run->working_folder);
	store_bind_text(s, 17, run->program_path);
	store_bind_or_null(s, 18, run->program_path ? run->program_bytes : RECORD_ABSENT,
	                   RECORD_ABSENT);
	store_bind_or_null(s, 19, run->program_path ? run->program_mtime_ns : RECORD_ABSENT,
	                   RECORD_ABSENT);
	store_bind_text(s, 20, run->program_sha256);
	store_bind_text(s, 21, run->imported);
	store_bind_text(s, 22, run->source);
	return 0;
}

static size_t count_host(const struct create_content *content)
{
	return content->host->count;
}

static int bind_host(const struct create_content *content, size_t i, sqlite3_stmt *s,
                     struct error *err)
{
	(void)err;
	const struct host_fact *const fact = &content->host->items[i];
	sqlite3_bind_int64(s, 1, (int64_t)i);
	store_bind_text(s, 2, fact->name);
	store_bind_text(s, 3, fact->value);
	store_bind_text(s, 4, fact->reason);
	return 0;
}

static size_t count_levels(const struct create_content *content)
{
	return content->plan->level_count;
}

static int bind_level(const struct create_content *content, size_t i, sqlite3_stmt *s,
                      struct error *err)
{
	(void)err;
	const struct plan_level *const level = &content->plan->levels[i];
	sqlite3_bind_int64(s, 1, (int64_t)i);
	sqlite3_bind_int64(s, 2, level->concurrency);
	store_bind_text(s, 3, level->policy);
	store_bind_text(s, 4, level->spelling);
	sqlite3_bind_int64(s, 5, level->is_oversubscribed);
	store_bind_or_null(s, 6, level->memory_bytes, -1);
	store_bind_text(s, 7, level->skipped);
	return 0;
}

/* A skipped level may have no map. */
static size_t slot_count(const struct plan_level *level)
{
	return level->slots ? level->concurrency : 0;
}

static size_t count_slots(const struct create_content *content)
{
	size_t count = 0;
	for (size_t i = 0; i < content->plan->level_count; i++)
		count += slot_count(&content->plan->levels[i]);
	return count;
}

static int bind_slot(const struct create_content *content, size_t i, sqlite3_stmt *s,
                     struct error *err)
{
	size_t level = 0;
	while (i >= slot_count(&content->plan->levels[level]))
		i -= slot_count(&content->plan->levels[level++]);
	const struct plan_slot *const slot = &content->plan->levels[level].slots[i];
	sqlite3_bind_int64(s, 1, (int64_t)level);
	sqlite3_bind_int64(s, 2, (int64_t)i);
	cleanup_str struct str pus = {0};
	for (size_t k = 0; k < slot->pu_count; k++)
		str_addf(&pus, "%s%" PRIu32, k ? "," : "", slot->pus[k]);
	if (pus.failed)
		return error_memory(err);
	/* Without a text the column is NULL: no PUs. */
	if (slot->pu_count > 0 &&
	    sqlite3_bind_text(s, 3, str_text(&pus), -1, SQLITE_TRANSIENT) != SQLITE_OK)
		return error_memory(err);
	if (slot->pu_count == 0)
		sqlite3_bind_null(s, 3);
	sqlite3_bind_int64(s, 4, (int64_t)slot->own_count);
	store_bind_or_null(s, 5, slot->core, -1);
	store_bind_or_null(s, 6, slot->l3, -1);
	store_bind_or_null(s, 7, slot->numa, -1);
	store_bind_or_null(s, 8, slot->package, -1);
	return 0;
}

static size_t count_events(const struct create_content *content)
{
	return content->event_count;
}

static int bind_event(const struct create_content *content, size_t i, sqlite3_stmt *s,
                      struct error *err)
{
	(void)err;
	const struct event_definition *const event = &content->events[i];
	sqlite3_bind_int64(s, 1, (int64_t)i);
	store_bind_text(s, 2, event->name);
	store_bind_text(s, 3, event->encoded);
	sqlite3_bind_int64(s, 4, event->type);
	sqlite3_bind_int64(s, 5, (int64_t)event->config);
	sqlite3_bind_int64(s, 6, (int64_t)event->config1);
	sqlite3_bind_int64(s, 7, event->is_user_only);
	store_bind_text(s, 8,
	                event->state < COUNTER_STATES ? counter_state_names[event->state] : NULL);
	store_bind_text(s, 9, event->reason);
	store_bind_text(s, 10, event->metric[0] ? event->metric : NULL);
	store_bind_or_null(s, 11, event->choice, 0);
	store_bind_text(s, 12, event->remedy[0] ? event->remedy : NULL);
	store_bind_text(s, 13, event->note[0] ? event->note : NULL);
	return 0;
}

/* Of all sets together. */
static size_t count_members(const struct create_content *content)
{
	size_t count = 0;
	for (size_t e = 0; e < content->event_count; e++)
		count += event_sets_holding(&content->plan->event_sets, e);
	return count;
}

static int bind_member(const struct create_content *content, size_t i, sqlite3_stmt *s,
                       struct error *err)
{
	(void)err;
	const struct event_sets *const sets = &content->plan->event_sets;
	size_t event = 0;
	while (i >= event_sets_holding(sets, event))
		i -= event_sets_holding(sets, event++);
	uint32_t set = 1;
	while (!event_sets_has(sets, set, event) || i-- > 0)
		set++;
	sqlite3_bind_int64(s, 1, set);
	sqlite3_bind_int64(s, 2, (int64_t)event);
	return 0;
}

static size_t count_inputs(const struct create_content *content)
{
	return content->inputs ? content->inputs->count : 0;
}

static int bind_input(const struct create_content *content, size_t i, sqlite3_stmt *s,
                      struct error *err)
{
	(void)err;
	sqlite3_bind_int64(s, 1, (int64_t)i);
	store_bind_text(s, 2, content->inputs->items[i]);
	struct stat status;
	const bool is_there = stat(content->inputs->items[i], &status) == 0;
	store_bind_or_null(s, 3, is_there ? status.st_size : RECORD_ABSENT, RECORD_ABSENT);
	store_bind_or_null(s, 4, is_there ? file_mtime_ns(&status) : RECORD_ABSENT, RECORD_ABSENT);
	return 0;
}

static size_t count_trials(const struct create_content *content)
{
	return content->plan->trial_count;
}

static int bind_trial(const struct create_content *content, size_t i, sqlite3_stmt *s,
                      struct error *err)
{
	(void)err;
	sqlite3_bind_int64(s, 1, (int64_t)i + 1);
	sqlite3_bind_int64(s, 2, content->plan->trials[i].block);
	sqlite3_bind_int64(s, 3, content->plan->trials[i].level);
	store_bind_or_null(s, 4, content->plan->trials[i].event_set, 0);
	return 0;
}

static const struct filling fillings[] = {
        {"INSERT INTO run(id, name, task_type, command, plateau_version, scenario_sha256,"
         " scenario_text, scenario_json, topology_xml, seed, threads, baseline, blocks, capacity,"
         " origin_calendar_ns, working_folder, program_path, program_bytes, program_mtime_ns,"
         " program_sha256, imported, source, state)"
         " VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,'running')",
         count_run, bind_run},
        {"INSERT INTO host(fact, name, value, reason) VALUES(?,?,?,?)", count_host, bind_host},
        {"INSERT INTO level(level, concurrency, policy, spelling, oversubscribed, memory_bytes,"
         " skipped) VALUES(?,?,?,?,?,?,?)",
         count_levels, bind_level},
        {"INSERT INTO slot(level, slot, pus, own, core, l3, numa, package)"
         " VALUES(?,?,?,?,?,?,?,?)",
         count_slots, bind_slot},
        {"INSERT INTO counter_event(event, name, encoded, type, config, config1, user_only, state,"
         " reason, metric, choice, remedy, note) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?)",
         count_events, bind_event},
        {"INSERT INTO event_set(event_set, event) VALUES(?,?)", count_members, bind_member},
        {"INSERT INTO input(input, path, bytes, mtime_ns) VALUES(?,?,?,?)", count_inputs,
         bind_input},
        {"INSERT INTO trial(trial, attempt, block, level, event_set, state)"
         " VALUES(?,1,?,?,?,'pending')",
         count_trials, bind_trial},
};

static int fill(sqlite3 *db, const struct filling *filling, const struct create_content *content,
                struct error *err, const char *what)
{
	cleanup_statement sqlite3_stmt *statement = NULL;
	int r = store_prepare(db, filling->sql, &statement, err, what);
	const size_t count = filling->count(content);
	for (size_t i = 0; r == 0 && i < count; i++) {
		r = filling->bind(content, i, statement, err);
		if (r == 0)
			r = store_step(statement, err, what);
	}
	return r;
}

static int write_content(sqlite3 *db, const char *path, const void *data, const char *what,
                         struct error *err)
{
	const struct create_content *const content = data;
	cleanup_free char *begin = NULL;
	int r = str_format(&begin, err,
	                   "PRAGMA journal_mode=DELETE; BEGIN IMMEDIATE;"
	                   "PRAGMA application_id=%d; PRAGMA user_version=%d",
	                   SCHEMA_APPLICATION_ID, SCHEMA_VERSION);
	if (r == 0)
		r = store_execute(db, begin, err, what);
	for (const struct schema_entry *e = schema_entries; r == 0 && e->name; e++)
		r = store_execute(db, e->sql, err, what);
	for (size_t i = 0; r == 0 && i < ARRAY_LENGTH(fillings); i++)
		r = fill(db, &fillings[i], content, err, what);
	if (r == 0 && content->fill)
		r = content->fill(db, content, path, err);
	if (r == 0)
		r = store_execute(db, "COMMIT", err, what);
	return r;
}

static int write_file(const char *temporary, const char *path, create_write *write,
                      const void *data, struct error *err)
{
	cleanup_free char *what = NULL;
	int r = str_format(&what, err, "cannot write %s", path);
	if (r < 0)
		return r;
	cleanup_database sqlite3 *db = NULL;
	r = store_open_writable(temporary, &db, err);
	if (r < 0)
		return r;
	return write(db, path, data, what, err);
}

static void remove_temporary(const char *temporary)
{
	cleanup_str struct str journal = {0};
	str_add(&journal, temporary);
	str_add(&journal, "-journal");
	unlink(temporary);
	if (!journal.failed)
		unlink(str_text(&journal));
}

int create_database(struct place *place, create_write *write, const void *data, struct error *err)
{
	const char *const path = place_work(place);
	cleanup_free char *temporary = NULL;
	int r = str_format(&temporary, err, "%s.new-%08" PRIx32, path, (uint32_t)rng_entropy());
	if (r < 0)
		return r;
	const int fd = open(temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd < 0)
		return error_system(err, errno, "cannot write %s", path);
	place_hold(place, fd);
	r = write_file(temporary, path, write, data, err);
	if (r == 0)
		r = place_take(place, temporary, err);
	if (r < 0)
		remove_temporary(temporary);
	return r;
}

int create_file(struct place *place, const struct create_content *content, struct error *err)
{
	return create_database(place, write_content, content, err);
}
