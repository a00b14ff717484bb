#include "store/recorder.h"

#include "core/cleanup.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/str.h"
#include "store/create.h"
#include "store/place.h"
#include "store/recorder_parts.h"
#include "store/reopen.h"
#include "store/ring.h"
#include "store/rows.h"
#include "store/store.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>

enum {
	RING_RECORDS = 2048,
	/* Records are gathered so long before they are written, and a transaction is ended after
	 * so long, so that a record is in the file within 100 ms where the disk allows it. */
	LINGER_MS = 60,
	TRANSACTION_MS = 30,
	RELEASE_RECORDS = 64,
	ANSWER_BYTES = 16,
	READERS_MS = 200
};

static int fail(struct recorder *recorder, int code, const struct error *err)
{
	if (atomic_load_explicit(&recorder->failure_code, memory_order_relaxed) != 0)
		return code;
	recorder->failure = *err;
	atomic_store_explicit(&recorder->failure_code, code, memory_order_release);
	const uint64_t one = 1;
	const ssize_t ignored = write(recorder->failure_fd, &one, sizeof one);
	(void)ignored; /* the counter of an eventfd cannot be full after one write */
	return code;
}

int recorder_failure(struct recorder *recorder, struct error *err)
{
	const int code = atomic_load_explicit(&recorder->failure_code, memory_order_acquire);
	if (code < 0)
		*err = recorder->failure;
	return code;
}

/* Once per trial in which the engine had to wait for the writer. */
static int put_store_slow(struct recorder *recorder, struct error *err)
{
	const struct ring_waits waits = ring_waits(recorder->ring);
	if (waits.count == recorder->waits_told)
		return 0;
	const bool is_told = recorder->waits_told > 0 && recorder->waited_trial == recorder->trial;
	recorder->waits_told = waits.count;
	if (is_told)
		return 0;
	recorder->waited_trial = recorder->trial;
	struct record record = {
	        .kind = RECORD_EVENT,
	        .event = {.at_ns = clock_calendar_ns() - recorder->origin_calendar_ns,
	                  .trial = recorder->trial,
	                  .slot = -1,
	                  .code = "store-slow"},
	};
	snprintf(record.event.text, sizeof record.event.text,
	         "the result file was written more slowly than tasks ended: the engine has waited "
	         "%" PRIu64 " times, %.3f s in all, and slots stood idle meanwhile; write the "
	         "result to a faster file system with -o",
	         waits.count, (double)waits.total_ns / 1e9);
	return rows_put(recorder->rows, &record, err);
}

static void note_trial(struct recorder *recorder, const struct record *record)
{
	if (record->kind == RECORD_TRIAL)
		recorder->trial = record->trial.trial;
	else if (record->kind == RECORD_TASK)
		recorder->trial = record->task.trial;
}

/* Writes records, at most `count` of them and for a bounded time, and gives their places back.
 * *ret_done says how many, on failure too. */
static int write_records(struct recorder *recorder, size_t count, size_t *ret_done,
                         uint64_t *ret_tasks, struct error *err)
{
	const int64_t until_ns = clock_now_ns() + TRANSACTION_MS * NS_PER_MS;
	int r = 0;
	size_t done = 0;
	while (r == 0 && done < count && (done == 0 || clock_now_ns() < until_ns)) {
		size_t kept = 0;
		for (; r == 0 && kept < RELEASE_RECORDS && done + kept < count; kept++) {
			struct record *const record = ring_at(recorder->ring, kept);
			r = rows_put(recorder->rows, record, err);
			*ret_tasks += record->kind == RECORD_TASK;
			note_trial(recorder, record);
			record_release(record);
		}
		ring_release(recorder->ring, kept);
		done += kept;
	}
	*ret_done = done;
	return r;
}

static void discard_records(struct recorder *recorder, size_t count)
{
	for (size_t i = 0; i < count; i++)
		record_release(ring_at(recorder->ring, i));
	if (count > 0)
		ring_release(recorder->ring, count);
}

/* One transaction with the oldest of `count` records. Returns how many it took. */
static size_t write_transaction(struct recorder *recorder, size_t count)
{
	struct error err;
	uint64_t tasks = 0;
	size_t done = 0;
	int r = place_check_own(recorder->place, &err);
	if (r == 0)
		r = rows_begin(recorder->rows, &err);
	if (r == 0)
		r = write_records(recorder, count, &done, &tasks, &err);
	if (r == 0)
		r = put_store_slow(recorder, &err);
	if (r == 0)
		r = rows_commit(recorder->rows, &err);
	if (r < 0) {
		fail(recorder, r, &err);
		rows_rollback(recorder->rows);
		return done;
	}
	atomic_fetch_add_explicit(&recorder->stored, tasks, memory_order_release);
	return done;
}

/* After a failure what comes is dropped, so that the producer is not kept waiting. */
static void write_batch(struct recorder *recorder, size_t count)
{
	struct error ignored;
	while (count > 0 && recorder_failure(recorder, &ignored) == 0)
		count -= write_transaction(recorder, count);
	discard_records(recorder, count);
}

static int keep_answer(void *answer, int count, char **values, char **names)
{
	(void)names;
	snprintf(answer, ANSWER_BYTES, "%s", count > 0 && values[0] ? values[0] : "");
	return 0;
}

/* Rolls the log into the file and removes it. Where it cannot be removed (a folder that has become
 * read-only) SQLite says nothing, or answers that the log is still in use. */
static int remove_log(struct recorder *recorder, struct error *err, const char *what)
{
	char answer[ANSWER_BYTES] = "";
	errno = 0;
	if (sqlite3_exec(recorder->db, "PRAGMA journal_mode=DELETE", keep_answer, answer, NULL) !=
	    SQLITE_OK)
		return store_error(recorder->db, err, what);
	if (strcmp(answer, "delete") == 0 && !place_has_log(recorder->path))
		return 0;
	return error_set(err, EACCES,
	                 "the log %s-wal cannot be removed, and belongs to the result, in which "
	                 "nothing is missing: see whether the folder can still be written; then "
	                 "`plateau run --resume %s` makes one file of both",
	                 recorder->path, recorder->path);
}

static int write_end(struct recorder *recorder, enum run_state state, struct error *err)
{
	cleanup_free char *what = NULL;
	int r = str_format(&what, err, "cannot finish %s", recorder->path);
	if (r < 0)
		return r;
	cleanup_statement sqlite3_stmt *s = NULL;
	r = store_prepare(recorder->db, "UPDATE run SET state=?, finished_calendar_ns=?", &s, err,
	                  what);
	if (r < 0)
		return r;
	store_bind_text(s, 1, run_state_names[state]);
	store_bind_or_null(s, 2, recorder->finished_calendar_ns, RECORD_ABSENT);
	r = store_step(s, err, what);
	if (r < 0)
		return r;
	return remove_log(recorder, err, what);
}

/* What can be put down of a run whose writer failed is put down; the file is left readable with
 * its log beside it where even that fails. */
static void finish(struct recorder *recorder)
{
	struct error err;
	rows_free(recorder->rows);
	recorder->rows = NULL;
	const bool has_failed = recorder_failure(recorder, &err) < 0;
	const int r = write_end(recorder, has_failed ? RUN_FAILED : recorder->final_state, &err);
	if (r < 0)
		fail(recorder, r, &err);
	store_close(recorder->db);
	recorder->db = NULL;
	if (r == 0 && recorder_remove_journal(recorder->path, &err) < 0)
		fail(recorder, -EIO, &err);
}

static void writer_main(void *data)
{
	struct recorder *const recorder = data;
	size_t count;
	while ((count = ring_wait(recorder->ring, LINGER_MS * NS_PER_MS)) > 0)
		write_batch(recorder, count);
	if (!recorder->is_resting)
		finish(recorder);
}

int recorder_start_writer(struct recorder *recorder, struct error *err)
{
	cleanup_free char *purpose = NULL;
	const int r = str_format(&purpose, err, "writes %s", recorder->path);
	return r < 0 ? r
	             : helper_thread_start(&recorder->writer, "plateau-store", purpose, writer_main,
	                                   recorder, err);
}

static void release(struct recorder *recorder)
{
	rows_free(recorder->rows);
	store_close(recorder->db);
	ring_free(recorder->ring);
	if (recorder->failure_fd >= 0)
		close(recorder->failure_fd);
	place_free(recorder->place);
	free(recorder->path);
	free(recorder);
}

static int put(void *self, const struct record *record, struct error *err)
{
	struct recorder *const recorder = self;
	const int r = recorder_failure(recorder, err);
	if (r < 0) {
		struct record copy = *record;
		record_release(&copy);
		return r;
	}
	ring_put(recorder->ring, record);
	return 0;
}

/* Locked for this process alone, and only then with a log: no shared-memory file is needed. Whoever
 * reads the file just now is waited for. */
static int open_log(struct recorder *recorder, struct error *err)
{
	sqlite3_busy_timeout(recorder->db, READERS_MS);
	cleanup_free char *what = NULL;
	int r = str_format(&what, err, "cannot write %s", recorder->path);
	if (r == 0)
		r = store_execute(recorder->db,
		                  "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL;"
		                  "PRAGMA synchronous=NORMAL; BEGIN IMMEDIATE; COMMIT",
		                  err, what);
	return r;
}

static int recorder_new(int64_t origin_calendar_ns, struct recorder **ret_recorder,
                        struct error *err)
{
	struct recorder *const recorder = calloc(1, sizeof *recorder);
	if (!recorder)
		return error_memory(err);
	recorder->origin_calendar_ns = origin_calendar_ns;
	recorder->sink = (struct sink){put, recorder};
	recorder->failure_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	int r = 0;
	if (recorder->failure_fd < 0)
		r = error_system(err, errno, "cannot make an eventfd");
	if (r == 0)
		r = ring_new(RING_RECORDS, &recorder->ring, err);
	if (r < 0) {
		release(recorder);
		return r;
	}
	*ret_recorder = recorder;
	return 0;
}

/* Rows and writer, when the database is open. */
static int start(struct recorder *recorder, const struct plan *plan,
                 const struct event_definition *events, size_t event_count, struct error *err)
{
	const int r = rows_new(recorder->db, recorder->path, plan->trial_count, events, event_count,
	                       &plan->event_sets, &recorder->rows, err);
	return r < 0 ? r : recorder_start_writer(recorder, err);
}

static int create(struct recorder *recorder, const struct create_content *content,
                  struct error *err)
{
	int r = create_file(recorder->place, content, err);
	if (r < 0)
		return r;
	r = str_copy(place_work(recorder->place), &recorder->path, err);
	if (r == 0)
		r = store_open_writable(recorder->path, &recorder->db, err);
	if (r == 0)
		r = open_log(recorder, err);
	if (r == 0) /* it is the one that was made */
		r = place_check_own(recorder->place, err);
	if (r == 0)
		r = start(recorder, content->plan, content->events, content->event_count, err);
	return r;
}

/* After a failure to begin. The database is closed before its file is removed. */
static void give_up(struct recorder *recorder)
{
	struct place *const place = recorder->place;
	recorder->place = NULL;
	release(recorder);
	place_abandon(place);
	place_free(place);
}

int recorder_create(const char *path, bool force, const struct run_facts *run,
                    const struct host_facts *host, const struct scenario *scenario,
                    const struct plan *plan, const struct event_definition *events,
                    size_t event_count, const struct words *inputs, struct recorder **ret_recorder,
                    struct error *err)
{
	const struct create_content content = {.run = run,
	                                       .host = host,
	                                       .scenario = scenario,
	                                       .plan = plan,
	                                       .events = events,
	                                       .event_count = event_count,
	                                       .inputs = inputs};
	if (event_count > RECORD_MAX_EVENTS)
		return error_set(err, EINVAL, "%zu events are more than the %d of a task",
		                 event_count, RECORD_MAX_EVENTS);
	struct recorder *recorder = NULL;
	int r = recorder_new(run->origin_calendar_ns, &recorder, err);
	if (r < 0)
		return r;
	r = place_new(path, force, &recorder->place, err);
	if (r < 0) {
		release(recorder);
		return r;
	}
	r = create(recorder, &content, err);
	if (r < 0) {
		give_up(recorder);
		return r;
	}
	*ret_recorder = recorder;
	return 0;
}

int recorder_check(const char *path, bool force, struct error *err)
{
	return place_check(path, force, err);
}

static int go_on(struct recorder *recorder, const struct reopen_content *content, struct error *err)
{
	const struct dataset *const before = content->before;
	int r = str_copy(place_work(recorder->place), &recorder->path, err);
	if (r == 0)
		r = reopen_database(recorder->path, &recorder->db, err);
	if (r == 0)
		r = open_log(recorder, err);
	if (r == 0)
		r = place_check_own(recorder->place, err);
	uint64_t stored = 0;
	if (r == 0)
		r = reopen_rows(recorder->db, recorder->path, content, &stored, err);
	atomic_store_explicit(&recorder->stored, stored, memory_order_release);
	if (r == 0)
		r = start(recorder, content->plan, before->events, before->event_count, err);
	return r;
}

int recorder_open(const char *path, const struct dataset *before, const struct plan *plan,
                  const char *scenario_json, struct recorder **ret_recorder, struct error *err)
{
	const struct reopen_content content = {before, plan, scenario_json};
	struct recorder *recorder = NULL;
	int r = recorder_new(before->run.origin_calendar_ns, &recorder, err);
	if (r < 0)
		return r;
	r = place_again(path, before->path, &recorder->place, err);
	if (r < 0) {
		release(recorder);
		return r;
	}
	r = go_on(recorder, &content, err);
	if (r < 0) {
		give_up(recorder);
		return r;
	}
	*ret_recorder = recorder;
	return 0;
}

const char *recorder_work(const struct recorder *recorder, const char **ret_kept_from)
{
	*ret_kept_from = place_kept_from(recorder->place);
	return recorder->path;
}

const struct sink *recorder_sink(struct recorder *recorder)
{
	return &recorder->sink;
}

int recorder_failure_fd(const struct recorder *recorder)
{
	return recorder->failure_fd;
}

uint64_t recorder_stored(const struct recorder *recorder)
{
	return atomic_load_explicit(&recorder->stored, memory_order_acquire);
}

pid_t recorder_thread_id(const struct recorder *recorder)
{
	return recorder->writer.id;
}

/* A file with its log or journal still beside it, which the disk did not let be rolled in, stays
 * where it is: they belong together. */
static int settle(const struct recorder *recorder, struct error *err)
{
	const char *kept_from;
	recorder_work(recorder, &kept_from);
	if (kept_from && (place_has_log(recorder->path) || place_has_journal(recorder->path)))
		return error_set(err, EIO,
		                 "the result is still in %s, with its log or journal beside it",
		                 recorder->path);
	return place_settle(recorder->place, err);
}

int recorder_close(struct recorder *recorder, enum run_state state, int64_t finished_calendar_ns,
                   struct error *err)
{
	if (!recorder)
		return 0;
	recorder->final_state = state;
	recorder->finished_calendar_ns = finished_calendar_ns;
	if (recorder->is_resting) {
		finish(recorder);
	} else {
		ring_close(recorder->ring);
		helper_thread_join(&recorder->writer);
	}
	int r = recorder_failure(recorder, err);
	struct error settle_err;
	const int settled = settle(recorder, &settle_err);
	if (r < 0 && settled < 0)
		r = error_context(err, r, "%s", settle_err.text);
	else if (settled < 0)
		r = error_set(err, -settled, "%s", settle_err.text);
	if (r < 0)
		recorder_tell_log(recorder->path, err);
	release(recorder);
	return r;
}
