#include "store/load_rows.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "model/event_mode.h"
#include "store/load_figures.h"
#include "store/load_output.h"
#include "store/load_phases.h"
#include "store/load_samples.h"
#include "store/load_stalls.h"
#include "store/load_stated.h"
#include "store/load_tasks.h"
#include "store/row.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_CONCURRENCY = 1000000, MAX_PU = 1000000, MAX_POLICIES = 64 };

static int read_run(struct reading *reading, struct row *row, struct error *err)
{
	struct run_facts *const run = &reading->dataset->run;
	if (run->id)
		return row_refuse(row, err, "there is more than one run");
	char seed[24] = "";
	row_text(row, 0, &run->id);
	row_text(row, 1, &run->name);
	row_text_or_null(row, 2, &run->task_type);
	row_text_or_null(row, 3, &run->command);
	row_text_or_null(row, 4, &run->plateau_version);
	row_text_or_null(row, 5, &run->scenario_sha256);
	row_text_or_null(row, 6, &run->scenario_text);
	row_text_or_null(row, 7, &run->scenario_json);
	row_text_or_null(row, 8, &reading->dataset->host.topology_xml);
	row_text_into(row, 9, seed, sizeof seed);
	run->threads = (uint32_t)row_integer(row, 10, 0, UINT32_MAX);
	run->baseline = (uint32_t)row_integer(row, 11, 0, UINT32_MAX);
	run->origin_calendar_ns = row_integer(row, 12, -ROW_TIME_BOUND, ROW_CALENDAR_BOUND);
	run->finished_calendar_ns =
	        row_integer_or(row, 13, -ROW_TIME_BOUND, ROW_CALENDAR_BOUND, RECORD_ABSENT);
	run->state = (enum run_state)row_name(row, 14, run_state_names);
	row_text_or_null(row, 15, &run->working_folder);
	row_text_or_null(row, 16, &run->program_path);
	run->program_bytes = row_integer_or(row, 17, 0, INT64_MAX, RECORD_ABSENT);
	run->program_mtime_ns = row_integer_or(row, 18, -INT64_MAX, INT64_MAX, RECORD_ABSENT);
	row_text_or_null(row, 19, &run->program_sha256);
	row_text_or_null(row, 20, &run->imported);
	row_text_or_null(row, 21, &run->source);
	char *end = seed;
	errno = 0;
	run->seed = strtoumax(seed, &end, 10);
	if (!row->failed && (end == seed || *end || errno))
		return row_refuse(row, err, "seed is not a number");
	return 0;
}

static int read_host(struct reading *reading, struct row *row, struct error *err)
{
	cleanup_free char *name = NULL;
	cleanup_free char *value = NULL;
	cleanup_free char *reason = NULL;
	row_text(row, 0, &name);
	row_text_or_null(row, 1, &value);
	row_text_or_null(row, 2, &reason);
	if (row->failed)
		return 0;
	return host_facts_add(&reading->dataset->host, name, value, reason, err);
}

static int read_level(struct reading *reading, struct row *row, struct error *err)
{
	struct dataset *const dataset = reading->dataset;
	const int r = array_reserve(&dataset->levels, &reading->capacity, dataset->level_count + 1,
	                            sizeof *dataset->levels, err);
	if (r < 0)
		return r;
	struct dataset_level *const level = &dataset->levels[dataset->level_count];
	*level = (struct dataset_level){0};
	row_integer(row, 0, (int64_t)dataset->level_count, (int64_t)dataset->level_count);
	dataset->level_count++;
	level->concurrency = (uint32_t)row_integer(row, 1, 1, MAX_CONCURRENCY);
	row_text(row, 2, &level->policy);
	row_text_or_null(row, 3, &level->spelling);
	level->is_oversubscribed = row_integer(row, 4, 0, 1) == 1;
	level->memory_bytes = row_integer_or(row, 5, 0, INT64_MAX, -1);
	row_text_or_null(row, 6, &level->skipped);
	return 0;
}

/* The os index of the first PU of a list "4,5,132,133", -1 for an absent one. */
static int32_t first_pu(struct row *row, int column)
{
	char list[16];
	row_text_into_or_empty(row, column, list, sizeof list);
	if (!list[0])
		return -1;
	char *end = list;
	const long pu = strtol(list, &end, 10);
	if (end == list || pu < 0 || pu > MAX_PU)
		row_refuse_column(row, column);
	return (int32_t)pu;
}

static int read_slot(struct reading *reading, struct row *row, struct error *err)
{
	struct dataset *const dataset = reading->dataset;
	const int r = array_reserve(&dataset->slots, &reading->capacity, dataset->slot_count + 1,
	                            sizeof *dataset->slots, err);
	if (r < 0)
		return r;
	dataset->slots[dataset->slot_count++] = (struct dataset_slot){
	        .level = (uint32_t)row_integer(row, 0, 0, (int64_t)dataset->level_count - 1),
	        .slot = (uint32_t)row_integer(row, 1, 0, UINT32_MAX),
	        .pu = first_pu(row, 2),
	        .core = (int32_t)row_integer_or(row, 3, 0, INT32_MAX, -1),
	        .l3 = (int32_t)row_integer_or(row, 4, 0, INT32_MAX, -1),
	        .numa = (int32_t)row_integer_or(row, 5, 0, INT32_MAX, -1),
	        .package = (int32_t)row_integer_or(row, 6, 0, INT32_MAX, -1),
	};
	return 0;
}

static int read_event(struct reading *reading, struct row *row, struct error *err)
{
	struct dataset *const dataset = reading->dataset;
	if (dataset->event_count == RECORD_MAX_EVENTS)
		return row_refuse(row, err, "there are too many events");
	const int r = array_reserve(&dataset->events, &reading->capacity, dataset->event_count + 1,
	                            sizeof *dataset->events, err);
	if (r < 0)
		return r;
	struct event_definition *const event = &dataset->events[dataset->event_count];
	row_integer(row, 0, (int64_t)dataset->event_count, (int64_t)dataset->event_count);
	dataset->event_count++;
	row_text_into(row, 1, event->name, sizeof event->name);
	row_text_into(row, 2, event->encoded, sizeof event->encoded);
	event->type = (uint32_t)row_integer(row, 3, 0, UINT32_MAX);
	event->config = (uint64_t)row_integer(row, 4, INT64_MIN, INT64_MAX);
	event->config1 = (uint64_t)row_integer(row, 5, INT64_MIN, INT64_MAX);
	/* A file that somebody else made may say it in the string alone. */
	event->is_user_only = row_integer(row, 6, 0, 1) == 1 ||
	                      event_mode_of_text(event->encoded) == EVENT_OF_USER;
	event->state = (enum counter_state)row_name(row, 7, counter_state_names);
	if (!row->failed && event->state == COUNTER_SCALED)
		row_refuse_column(row, 7); /* a task's count is scaled, no event is */
	row_text_into(row, 8, event->reason, sizeof event->reason);
	row_text_into_or_empty(row, 9, event->metric, sizeof event->metric);
	event->choice = (uint32_t)row_integer_or(row, 10, 0, UINT32_MAX, 0);
	row_text_into_or_empty(row, 11, event->remedy, sizeof event->remedy);
	row_text_into_or_empty(row, 12, event->note, sizeof event->note);
	return 0;
}

/* Rows come by set, then event. */
static int read_event_set(struct reading *reading, struct row *row, struct error *err)
{
	struct dataset *const dataset = reading->dataset;
	struct event_sets *const sets = &dataset->event_sets;
	(void)err;
	const uint32_t set = (uint32_t)row_integer(
	        row, 0, sets->count > 0 ? sets->count : 1,
	        sets->count < RECORD_MAX_EVENTS ? sets->count + 1 : RECORD_MAX_EVENTS);
	const int64_t event = row_integer(row, 1, 0, (int64_t)dataset->event_count - 1);
	if (row->failed)
		return 0;
	sets->count = set;
	sets->events[set - 1] |= UINT32_C(1) << event;
	return 0;
}

static int read_input(struct reading *reading, struct row *row, struct error *err)
{
	struct dataset *const dataset = reading->dataset;
	struct words *const inputs = &dataset->inputs;
	const int r = array_reserve(&dataset->input_facts, &reading->capacity, inputs->count + 1,
	                            sizeof *dataset->input_facts, err);
	if (r < 0)
		return r;
	cleanup_free char *path = NULL;
	row_integer(row, 0, (int64_t)inputs->count, (int64_t)inputs->count);
	row_text(row, 1, &path);
	dataset->input_facts[inputs->count] = (struct input_facts){
	        .bytes = row_integer_or(row, 2, 0, INT64_MAX, RECORD_ABSENT),
	        .mtime_ns = row_integer_or(row, 3, -INT64_MAX, INT64_MAX, RECORD_ABSENT),
	};
	return row->failed ? 0 : words_add(inputs, path, err);
}

/* What was measured in a trial is counted from its beginning. */
static bool must_have_begun(enum trial_state state)
{
	return state == TRIAL_DONE || state == TRIAL_CENSORED || state == TRIAL_RUNNING ||
	       state == TRIAL_INTERRUPTED;
}

/* Rows come by trial, then attempt: a later attempt takes the place of the one before it. */
static int read_trial(struct reading *reading, struct row *row, struct error *err)
{
	struct dataset *const dataset = reading->dataset;
	const int r = array_reserve(&dataset->trials, &reading->capacity, dataset->trial_count + 1,
	                            sizeof *dataset->trials, err);
	if (r < 0)
		return r;
	struct trial_record trial = {0};
	trial.trial = (uint32_t)row_integer(row, 0, 1, ROW_TRIAL_BOUND);
	trial.attempt = (uint32_t)row_integer(row, 1, 1, UINT32_MAX);
	trial.block = (uint32_t)row_integer(row, 2, 0, UINT32_MAX);
	trial.level = (uint32_t)row_integer(row, 3, 0, (int64_t)dataset->level_count - 1);
	trial.state = (enum trial_state)row_name(row, 4, trial_state_names);
	int64_t *const times[] = {&trial.start_ns, &trial.end_ns, &trial.window_start_ns,
	                          &trial.window_end_ns};
	for (size_t i = 0; i < ARRAY_LENGTH(times); i++)
		*times[i] = row_integer_or(row, 5 + (int)i, -ROW_TIME_BOUND, ROW_TIME_BOUND,
		                           RECORD_ABSENT);
	if (!row->failed && trial.start_ns == RECORD_ABSENT && must_have_begun(trial.state))
		row_refuse_column(row, 5);
	trial.harness_cpu_ns = row_integer_or(row, 9, 0, ROW_TIME_BOUND, RECORD_ABSENT);
	trial.harness_max_rss_bytes = row_integer_or(row, 10, 0, INT64_MAX, RECORD_ABSENT);
	trial.drain_ns = row_integer_or(row, 11, 0, ROW_TIME_BOUND, RECORD_ABSENT);
	row_text_into_or_empty(row, 12, trial.reason, sizeof trial.reason);
	trial.event_set = (uint32_t)row_integer_or(row, 13, 0, dataset->event_sets.count, 0);
	trial.has_durations_only = row_integer(row, 14, 0, 1) == 1;
	if (row->failed)
		return 0;
	if (dataset->trial_count > 0 &&
	    dataset->trials[dataset->trial_count - 1].trial == trial.trial)
		dataset->trial_count--;
	dataset->trials[dataset->trial_count++] = trial;
	return 0;
}

static int read_warning(struct reading *reading, struct row *row, struct error *err)
{
	struct dataset *const dataset = reading->dataset;
	const int r = array_reserve(&dataset->warnings, &reading->capacity,
	                            dataset->warning_count + 1, sizeof *dataset->warnings, err);
	if (r < 0)
		return r;
	struct event_record *const event = &dataset->warnings[dataset->warning_count];
	*event = (struct event_record){0};
	event->at_ns = row_integer_or(row, 0, -ROW_TIME_BOUND, ROW_TIME_BOUND, RECORD_ABSENT);
	event->trial = (uint32_t)row_integer_or(row, 1, 1, ROW_TRIAL_BOUND, 0);
	const int64_t attempt = row_integer_or(row, 2, 1, UINT32_MAX, 0);
	event->slot = (int32_t)row_integer_or(row, 3, 0, INT32_MAX, -1);
	row_text_into(row, 4, event->code, sizeof event->code);
	row_text_into(row, 5, event->text, sizeof event->text);
	const struct trial_record *const trial = reading_trial(reading, event->trial);
	if (attempt == 0 || !trial || trial->attempt == attempt)
		dataset->warning_count++;
	return 0;
}

#define RUN_SQL                                                                                    \
	"SELECT id, name, task_type, command, plateau_version, scenario_sha256, scenario_text,"    \
	" scenario_json, topology_xml, seed, threads, baseline, origin_calendar_ns,"               \
	" finished_calendar_ns, state"
#define RUN_PROGRAM_SQL                                                                            \
	", working_folder, program_path, program_bytes, program_mtime_ns, program_sha256"

static const struct table_before run_before[] = {
        {1, RUN_SQL ", NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM run"},
        {4, RUN_SQL RUN_PROGRAM_SQL ", NULL, NULL FROM run"},
        {0},
};
static const struct table_before input_before[] = {
        {1, "SELECT input, path, NULL, NULL FROM input ORDER BY input"},
        {0},
};

#define EVENT_SQL "SELECT event, name, encoded, type, config, config1, user_only, state, reason"
#define TRIAL_SQL                                                                                  \
	"SELECT trial, attempt, block, level, state, start_ns, end_ns, window_start_ns,"           \
	" window_end_ns, harness_cpu_ns, harness_max_rss_bytes, drain_ns, reason"

static const struct table_before event_before[] = {
        {3, EVENT_SQL ", NULL, NULL, NULL, NULL FROM counter_event ORDER BY event"},
        {0},
};
static const struct table_before trial_before[] = {
        {3, TRIAL_SQL ", NULL, 0 FROM trial ORDER BY trial, attempt"},
        {4, TRIAL_SQL ", event_set, 0 FROM trial ORDER BY trial, attempt"},
        {0},
};
static const struct table_before event_set_before[] = {{3, "SELECT 1, 0 WHERE 0"}, {0}};

static const struct table tables[] = {
        {"run", RUN_SQL RUN_PROGRAM_SQL ", imported, source FROM run", run_before, read_run},
        {"host", "SELECT name, value, reason FROM host ORDER BY fact", NULL, read_host},
        {"level",
         "SELECT level, concurrency, policy, spelling, oversubscribed, memory_bytes, skipped"
         " FROM level ORDER BY level",
         NULL, read_level},
        {"slot", "SELECT level, slot, pus, core, l3, numa, package FROM slot ORDER BY level, slot",
         NULL, read_slot},
        {"counter_event",
         EVENT_SQL ", metric, choice, remedy, note FROM counter_event ORDER BY event", event_before,
         read_event},
        {"event_set", "SELECT event_set, event FROM event_set ORDER BY event_set, event",
         event_set_before, read_event_set},
        {"input", "SELECT input, path, bytes, mtime_ns FROM input ORDER BY input", input_before,
         read_input},
        {"trial", TRIAL_SQL ", event_set, durations_only FROM trial ORDER BY trial, attempt",
         trial_before, read_trial},
        {"event", "SELECT at_ns, trial, attempt, slot, code, text FROM event ORDER BY event", NULL,
         read_warning},
};

/* Every policy has a curve of its own: what is worked out takes their number times that of levels.
 */
static int bound_policies(const struct dataset *dataset, const char *path, struct error *err)
{
	const char *policies[MAX_POLICIES];
	size_t count = 0;
	for (size_t i = 0; i < dataset->level_count; i++) {
		size_t p = 0;
		while (p < count && strcmp(policies[p], dataset->levels[i].policy) != 0)
			p++;
		if (p == MAX_POLICIES)
			return error_set(err, EINVAL,
			                 "%s is damaged: table level holds more than %d policies",
			                 path, MAX_POLICIES);
		policies[p] = dataset->levels[i].policy;
		count += p == count;
	}
	return 0;
}

int load_rows(sqlite3 *db, const char *path, int version, uint64_t file_bytes,
              struct dataset *dataset, struct error *err)
{
	struct reading reading = {.db = db,
	                          .path = path,
	                          .version = version,
	                          .dataset = dataset,
	                          .row_bound = file_bytes / 4 + 1000};
	for (size_t i = 0; i < ARRAY_LENGTH(tables); i++) {
		const int r = reading_table(&reading, &tables[i], err);
		if (r < 0)
			return r;
	}
	if (!dataset->run.id)
		return error_set(err, EINVAL, "%s holds no run: the file is damaged", path);
	int r = bound_policies(dataset, path, err);
	if (r == 0)
		r = load_tasks(&reading, err);
	if (r == 0)
		r = load_stalls(&reading, err);
	if (r == 0)
		r = load_phases(&reading, err);
	if (r == 0)
		r = load_figures(&reading, err);
	if (r == 0)
		r = load_samples(&reading, err);
	if (r == 0)
		r = load_stated(&reading, err);
	return r < 0 ? r : load_output(&reading, err);
}
