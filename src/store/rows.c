#include "store/rows.h"

#include "core/array.h"
#include "core/error.h"
#include "core/str.h"
#include "store/store.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum statement {
	STATEMENT_BEGIN,
	STATEMENT_COMMIT,
	STATEMENT_ROLLBACK,
	STATEMENT_TRIAL,
	STATEMENT_TASK,
	STATEMENT_COUNTER,
	STATEMENT_EVENT,
	STATEMENT_OUTPUT,
	STATEMENT_SAMPLE,
	STATEMENT_STATED,
	STATEMENT_LEVEL,
	STATEMENT_PHASE,
	STATEMENT_FIGURE,
	STATEMENTS
};

static const char *const statement_sql[STATEMENTS] = {
        [STATEMENT_BEGIN] = "BEGIN IMMEDIATE",
        [STATEMENT_COMMIT] = "COMMIT",
        [STATEMENT_ROLLBACK] = "ROLLBACK",
        [STATEMENT_TRIAL] =
                "INSERT INTO trial(trial, attempt, block, level, state, start_ns, end_ns,"
                " window_start_ns, window_end_ns, harness_cpu_ns, harness_max_rss_bytes, drain_ns,"
                " reason, event_set, durations_only)"
                " VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15)"
                " ON CONFLICT(trial, attempt) DO UPDATE SET block=?3, level=?4, state=?5,"
                " start_ns=?6, end_ns=?7, window_start_ns=?8, window_end_ns=?9, harness_cpu_ns=?10,"
                " harness_max_rss_bytes=?11, drain_ns=?12, reason=?13, event_set=?14,"
                " durations_only=?15",
        [STATEMENT_TASK] =
                "INSERT INTO task(trial, attempt, task_index, slot, pu, input, role, state,"
                " exit_status, signal, start_errno, start_ns, end_ns, idle_before_ns, user_ns,"
                " system_ns, max_rss_bytes, minor_faults, major_faults, voluntary_switches,"
                " involuntary_switches, read_chars, write_chars, read_calls, write_calls,"
                " read_bytes, write_bytes, run_delay_ns, block_delay_ns, page_in_delay_ns,"
                " peak_pss_bytes, exceeded_memory_limit, peak_rss_bytes, cgroup_peak_bytes,"
                " rss_samples, pss_samples, cpu_ns)"
                " VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?"
                ")",
        [STATEMENT_COUNTER] = "INSERT INTO counter(task, event, raw, enabled_ns, running_ns, state)"
                              " VALUES(?,?,?,?,?,?)",
        [STATEMENT_EVENT] = "INSERT INTO event(at_ns, trial, attempt, slot, code, text)"
                            " VALUES(?,?,?,?,?,?)",
        [STATEMENT_OUTPUT] = "INSERT INTO output(task, stream, total_bytes, head, tail) VALUES("
                             "(SELECT max(task) FROM task WHERE trial IS ?1 AND attempt IS ?2"
                             " AND task_index=?3),?4,?5,?6,?7)",
        [STATEMENT_SAMPLE] = "INSERT INTO sample(at_ns, trial, attempt, slot, name, value, place)"
                             " VALUES(?,?,?,?,?,?,?)",
        [STATEMENT_PHASE] = "INSERT INTO phase(task, phase, name, class, start_ns, end_ns) VALUES("
                            "(SELECT max(task) FROM task WHERE trial IS ?1 AND attempt IS ?2"
                            " AND task_index=?3),?4,?5,?6,?7,?8)",
        [STATEMENT_FIGURE] = "INSERT INTO figure(task, name, value) VALUES("
                             "(SELECT max(task) FROM task WHERE trial IS ?1 AND attempt IS ?2"
                             " AND task_index=?3),?4,?5)",
        [STATEMENT_STATED] = "INSERT INTO stated(level, name, statistic, quantile, value, error,"
                             " error_kind, tasks) VALUES(?,?,?,?,?,?,?,?)",
        [STATEMENT_LEVEL] = "UPDATE level SET skipped=?2 WHERE level=?1 AND skipped IS NULL",
};

struct rows {
	sqlite3 *db;
	sqlite3_stmt *statements[STATEMENTS];
	char *what;           /* "cannot write PATH" */
	uint32_t *attempts;   /* of each trial id, the one that is going on; [0] is the probe's */
	uint32_t *trial_sets; /* as attempts: of each, the set of events that is counted */
	size_t attempt_count;
	size_t event_count;
	bool is_counted[RECORD_MAX_EVENTS];
	struct event_sets event_sets;
};

void rows_free(struct rows *rows)
{
	if (!rows)
		return;
	for (size_t i = 0; i < STATEMENTS; i++)
		sqlite3_finalize(rows->statements[i]);
	free(rows->attempts);
	free(rows->trial_sets);
	free(rows->what);
	free(rows);
}

static int prepare_all(struct rows *rows, struct error *err)
{
	for (size_t i = 0; i < STATEMENTS; i++) {
		const int r = store_prepare(rows->db, statement_sql[i], &rows->statements[i], err,
		                            rows->what);
		if (r < 0)
			return r;
	}
	return 0;
}

int rows_new(sqlite3 *db, const char *path, size_t trial_count,
             const struct event_definition *events, size_t event_count,
             const struct event_sets *event_sets, struct rows **ret_rows, struct error *err)
{
	struct rows *const rows = calloc(1, sizeof *rows);
	if (!rows)
		return error_memory(err);
	rows->db = db;
	rows->event_count = event_count;
	rows->event_sets = *event_sets;
	for (size_t i = 0; i < event_count; i++)
		rows->is_counted[i] = events[i].state == COUNTER_OK;
	rows->attempt_count = trial_count + 1;
	rows->attempts = calloc(rows->attempt_count, sizeof *rows->attempts);
	rows->trial_sets = calloc(rows->attempt_count, sizeof *rows->trial_sets);
	int r = rows->attempts && rows->trial_sets ? 0 : error_memory(err);
	if (r == 0)
		r = str_format(&rows->what, err, "cannot write %s", path);
	if (r == 0)
		r = prepare_all(rows, err);
	if (r < 0) {
		rows_free(rows);
		return r;
	}
	*ret_rows = rows;
	return 0;
}

size_t rows_trial_count(const struct rows *rows)
{
	return rows->attempt_count - 1;
}

static int grow(uint32_t **numbers, size_t before, size_t count, struct error *err)
{
	uint32_t *const grown = reallocarray(*numbers, count, sizeof *grown);
	if (!grown)
		return error_memory(err);
	memset(grown + before, 0, (count - before) * sizeof *grown);
	*numbers = grown;
	return 0;
}

int rows_grow(struct rows *rows, size_t trial_count, struct error *err)
{
	const size_t count = trial_count + 1;
	if (count <= rows->attempt_count)
		return 0;
	int r = grow(&rows->attempts, rows->attempt_count, count, err);
	if (r == 0)
		r = grow(&rows->trial_sets, rows->attempt_count, count, err);
	if (r == 0)
		rows->attempt_count = count;
	return r;
}

int rows_begin(struct rows *rows, struct error *err)
{
	return store_step(rows->statements[STATEMENT_BEGIN], err, rows->what);
}

int rows_commit(struct rows *rows, struct error *err)
{
	return store_step(rows->statements[STATEMENT_COMMIT], err, rows->what);
}

void rows_rollback(struct rows *rows)
{
	struct error ignored; /* some errors have rolled back already */
	store_step(rows->statements[STATEMENT_ROLLBACK], &ignored, rows->what);
}

/* Binds trial and attempt, NULL for the probe (trial 0). Returns 0 or -EINVAL. */
static int bind_trial(const struct rows *rows, sqlite3_stmt *s, int column, uint32_t trial,
                      struct error *err)
{
	if (trial >= rows->attempt_count)
		return error_set(err, EINVAL, "%s: trial %u is not in the plan", rows->what,
		                 (unsigned)trial);
	store_bind_or_null(s, column, trial, 0);
	store_bind_or_null(s, column + 1, rows->attempts[trial], 0);
	return 0;
}

static void bind_name(sqlite3_stmt *s, int column, const char *const *names, size_t count,
                      unsigned value)
{
	store_bind_text(s, column, value < count ? names[value] : NULL);
}

static int put_trial(struct rows *rows, const struct trial_record *trial, struct error *err)
{
	sqlite3_stmt *const s = rows->statements[STATEMENT_TRIAL];
	if (trial->trial == 0 || trial->trial >= rows->attempt_count)
		return error_set(err, EINVAL, "%s: trial %u is not in the plan", rows->what,
		                 (unsigned)trial->trial);
	sqlite3_bind_int64(s, 1, trial->trial);
	sqlite3_bind_int64(s, 2, trial->attempt);
	sqlite3_bind_int64(s, 3, trial->block);
	sqlite3_bind_int64(s, 4, trial->level);
	bind_name(s, 5, trial_state_names, TRIAL_STATES, trial->state);
	const int64_t values[] = {trial->start_ns,        trial->end_ns,
	                          trial->window_start_ns, trial->window_end_ns,
	                          trial->harness_cpu_ns,  trial->harness_max_rss_bytes,
	                          trial->drain_ns};
	for (size_t i = 0; i < ARRAY_LENGTH(values); i++)
		store_bind_or_null(s, 6 + (int)i, values[i], RECORD_ABSENT);
	store_bind_text(s, 13, trial->reason[0] ? trial->reason : NULL);
	store_bind_or_null(s, 14, trial->event_set, 0);
	sqlite3_bind_int64(s, 15, trial->has_durations_only);
	const int r = store_step(s, err, rows->what);
	if (r < 0)
		return r;
	rows->attempts[trial->trial] = trial->attempt;
	rows->trial_sets[trial->trial] = trial->event_set;
	return 0;
}

static int put_counters(struct rows *rows, const struct record *record, int64_t task,
                        struct error *err)
{
	sqlite3_stmt *const s = rows->statements[STATEMENT_COUNTER];
	const struct counter_value *const counters = record->counters;
	const uint32_t set = rows->trial_sets[record->task.trial];
	for (size_t i = 0; i < rows->event_count; i++) {
		if (!rows->is_counted[i] || !event_sets_has(&rows->event_sets, set, i))
			continue;
		sqlite3_bind_int64(s, 1, task);
		sqlite3_bind_int64(s, 2, (int64_t)i);
		sqlite3_bind_int64(s, 3, (int64_t)counters[i].raw);
		sqlite3_bind_int64(s, 4, (int64_t)counters[i].enabled_ns);
		sqlite3_bind_int64(s, 5, (int64_t)counters[i].running_ns);
		bind_name(s, 6, counter_state_names, COUNTER_STATES, counters[i].state);
		const int r = store_step(s, err, rows->what);
		if (r < 0)
			return r;
	}
	return 0;
}

static int put_sample(struct rows *rows, const struct sample_record *sample, struct error *err)
{
	sqlite3_stmt *const s = rows->statements[STATEMENT_SAMPLE];
	const int r = bind_trial(rows, s, 2, sample->trial, err);
	if (r < 0)
		return r;
	sqlite3_bind_int64(s, 1, sample->at_ns);
	store_bind_or_null(s, 4, sample->slot, -1);
	store_bind_text(s, 5, sample->name);
	sqlite3_bind_double(s, 6, sample->value); /* NaN is stored as NULL */
	store_bind_or_null(s, 7, sample->place, -1);
	return store_step(s, err, rows->what);
}

static int put_level(struct rows *rows, const struct level_record *level, struct error *err)
{
	sqlite3_stmt *const s = rows->statements[STATEMENT_LEVEL];
	sqlite3_bind_int64(s, 1, level->level);
	store_bind_text(s, 2, level->reason);
	return store_step(s, err, rows->what);
}

static int put_task(struct rows *rows, const struct record *record, struct error *err)
{
	const struct task_record *const task = &record->task;
	sqlite3_stmt *const s = rows->statements[STATEMENT_TASK];
	int r = bind_trial(rows, s, 1, task->trial, err);
	if (r < 0)
		return r;
	sqlite3_bind_int64(s, 3, task->index);
	sqlite3_bind_int64(s, 4, task->slot);
	store_bind_or_null(s, 5, task->pu, -1);
	store_bind_or_null(s, 6, task->input, -1);
	bind_name(s, 7, task_role_names, ROLE_FILLER + 1, task->role);
	bind_name(s, 8, task_state_names, TASK_STATES, task->state);
	store_bind_or_null(s, 9, task->exit_status, -1);
	store_bind_or_null(s, 10, task->signal, 0);
	store_bind_or_null(s, 11, task->start_errno, 0);
	const int64_t values[] = {
	        task->start_ns,
	        task->end_ns,
	        task->idle_before_ns,
	        task->user_ns,
	        task->system_ns,
	        task->max_rss_bytes,
	        task->minor_faults,
	        task->major_faults,
	        task->voluntary_switches,
	        task->involuntary_switches,
	        task->read_chars,
	        task->write_chars,
	        task->read_calls,
	        task->write_calls,
	        task->read_bytes,
	        task->write_bytes,
	        task->run_delay_ns,
	        task->block_delay_ns,
	        task->page_in_delay_ns,
	        task->peak_pss_bytes,
	        task->exceeded_memory_limit,
	        task->peak_rss_bytes,
	        task->cgroup_peak_bytes,
	        task->rss_samples,
	        task->pss_samples,
	        task->cpu_ns,
	};
	for (size_t i = 0; i < ARRAY_LENGTH(values); i++)
		store_bind_or_null(s, 12 + (int)i, values[i], RECORD_ABSENT);
	r = store_step(s, err, rows->what);
	return r < 0 ? r : put_counters(rows, record, sqlite3_last_insert_rowid(rows->db), err);
}

static int put_event(struct rows *rows, const struct event_record *event, struct error *err)
{
	sqlite3_stmt *const s = rows->statements[STATEMENT_EVENT];
	const int r = bind_trial(rows, s, 2, event->trial, err);
	if (r < 0)
		return r;
	store_bind_or_null(s, 1, event->at_ns, RECORD_ABSENT);
	store_bind_or_null(s, 4, event->slot, -1);
	store_bind_text(s, 5, event->code);
	store_bind_text(s, 6, event->text);
	return store_step(s, err, rows->what);
}

static void bind_blob(sqlite3_stmt *s, int column, const char *data, uint32_t data_bytes)
{
	if (data)
		sqlite3_bind_blob64(s, column, data, data_bytes, SQLITE_STATIC);
	else
		sqlite3_bind_null(s, column);
}

static int put_output(struct rows *rows, const struct output_record *output, struct error *err)
{
	sqlite3_stmt *const s = rows->statements[STATEMENT_OUTPUT];
	int r = bind_trial(rows, s, 1, output->trial, err);
	if (r < 0)
		return r;
	sqlite3_bind_int64(s, 3, output->index);
	store_bind_text(s, 4, output->stream == 1 ? "stdout" : "stderr");
	sqlite3_bind_int64(s, 5, output->total_bytes);
	bind_blob(s, 6, output->head, output->head_bytes);
	bind_blob(s, 7, output->tail, output->tail_bytes);
	r = store_step(s, err, rows->what);
	sqlite3_clear_bindings(s); /* head and tail are freed by the caller */
	return r;
}

static int put_phases(struct rows *rows, const struct phases_record *phases, struct error *err)
{
	sqlite3_stmt *const s = rows->statements[STATEMENT_PHASE];
	int r = 0;
	for (uint32_t i = 0; r == 0 && i < phases->count; i++) {
		const struct phase_item *const item = &phases->items[i];
		r = bind_trial(rows, s, 1, phases->trial, err);
		if (r < 0)
			return r;
		sqlite3_bind_int64(s, 3, phases->index);
		sqlite3_bind_int64(s, 4, i);
		store_bind_text(s, 5, phases->names + item->name);
		bind_name(s, 6, phase_class_names, PHASE_CLASSES, item->class);
		sqlite3_bind_int64(s, 7, item->start_ns);
		sqlite3_bind_int64(s, 8, item->end_ns);
		r = store_step(s, err, rows->what);
	}
	sqlite3_clear_bindings(s); /* names are freed by the caller */
	return r;
}

static int put_figures(struct rows *rows, const struct figures_record *figures, struct error *err)
{
	sqlite3_stmt *const s = rows->statements[STATEMENT_FIGURE];
	int r = 0;
	for (uint32_t i = 0; r == 0 && i < figures->count; i++) {
		r = bind_trial(rows, s, 1, figures->trial, err);
		if (r < 0)
			return r;
		sqlite3_bind_int64(s, 3, figures->index);
		store_bind_text(s, 4, figures->items[i].name);
		sqlite3_bind_double(s, 5, figures->items[i].value);
		r = store_step(s, err, rows->what);
	}
	sqlite3_clear_bindings(s); /* names are freed by the caller */
	return r;
}

static int put_stated(struct rows *rows, const struct stated_figure *figure, struct error *err)
{
	sqlite3_stmt *const s = rows->statements[STATEMENT_STATED];
	sqlite3_bind_int64(s, 1, figure->level);
	store_bind_text(s, 2, figure->name);
	bind_name(s, 3, stated_statistic_names, STATED_STATISTICS, figure->statistic);
	sqlite3_bind_double(s, 4, figure->quantile); /* NaN is stored as NULL */
	sqlite3_bind_double(s, 5, figure->value);
	sqlite3_bind_double(s, 6, figure->error);
	bind_name(s, 7, stated_error_names, STATED_ERRORS, figure->error_kind);
	store_bind_or_null(s, 8, figure->tasks, RECORD_ABSENT);
	return store_step(s, err, rows->what);
}

int rows_put(struct rows *rows, const struct record *record, struct error *err)
{
	switch (record->kind) {
	case RECORD_TRIAL:
		return put_trial(rows, &record->trial, err);
	case RECORD_TASK:
		return put_task(rows, record, err);
	case RECORD_EVENT:
		return put_event(rows, &record->event, err);
	case RECORD_OUTPUT:
		return put_output(rows, &record->output, err);
	case RECORD_SAMPLE:
		return put_sample(rows, &record->sample, err);
	case RECORD_LEVEL:
		return put_level(rows, &record->level, err);
	case RECORD_PHASES:
		return put_phases(rows, &record->phases, err);
	case RECORD_FIGURES:
		return put_figures(rows, &record->figures, err);
	case RECORD_STATED:
		return put_stated(rows, &record->stated, err);
	}
	return error_set(err, EINVAL, "%s: a record of unknown kind %d", rows->what,
	                 (int)record->kind);
}
