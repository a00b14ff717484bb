#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/cleanup.h"
#include "core/clock.h"
#include "core/file.h"
#include "fixture.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *copy(const char *text)
{
	char *const result = strdup(text);
	assert_non_null(result);
	return result;
}

static void make_folder(struct fixture *fixture)
{
	struct error err;
	char *folder = NULL;
	assert_int_equal(file_make_temporary_folder("/tmp", "plateau-test", &folder, &err), 0);
	snprintf(fixture->folder, sizeof fixture->folder, "%s", folder);
	snprintf(fixture->path, sizeof fixture->path, "%s/result.db", folder);
	free(folder);
}

static void make_run(struct fixture *fixture)
{
	fixture->run = (struct run_facts){
	        .id = copy("0123456789abcdef0123456789abcdef"),
	        .name = copy("it's a \"name\""),
	        .plateau_version = copy("0.1"),
	        .scenario_text = copy("name: x\n# \xc3\xa9\n"),
	        .scenario_sha256 = copy("00ff"),
	        .scenario_json = copy("{}"),
	        .task_type = copy("isr"),
	        .command = copy("plateau-isr {input}"),
	        .seed = UINT64_MAX - 1,
	        .baseline = 1,
	        .threads = 1,
	        .origin_calendar_ns = 1790000000123456789,
	        .finished_calendar_ns = RECORD_ABSENT,
	};
	struct error err;
	struct host_facts *const host = &fixture->host;
	assert_int_equal(host_facts_add(host, "processor", "EPYC 7702", NULL, &err), 0);
	assert_int_equal(host_facts_add(host, "pmu", NULL, "no hardware counters", &err), 0);
	host->topology_xml = copy("<topology/>");
}

static void make_plan(struct fixture *fixture)
{
	struct plan *const plan = &fixture->plan;
	*plan = (struct plan){.level_count = FIXTURE_LEVELS,
	                      .trial_count = FIXTURE_TRIALS,
	                      .blocks = 2,
	                      .capacity = 2,
	                      .baseline = 1,
	                      .largest = 2,
	                      .input_count = FIXTURE_INPUTS};
	plan->levels = calloc(FIXTURE_LEVELS, sizeof *plan->levels);
	plan->trials = calloc(FIXTURE_TRIALS, sizeof *plan->trials);
	assert_non_null(plan->levels);
	assert_non_null(plan->trials);
	for (uint32_t i = 0; i < FIXTURE_LEVELS; i++) {
		struct plan_level *const level = &plan->levels[i];
		*level = (struct plan_level){.concurrency = i + 1,
		                             .policy = copy("spread"),
		                             .spelling = copy(i ? "cores" : "1"),
		                             .is_oversubscribed = i == 1,
		                             .memory_bytes = i ? -1 : 1000};
		level->slots = calloc(i + 1, sizeof *level->slots);
		assert_non_null(level->slots);
		for (uint32_t k = 0; k <= i; k++) {
			level->slots[k] = (struct plan_slot){
			        .pu_count = 2, .own_count = 1, .core = (int32_t)k, .l3 = -1};
			level->slots[k].pus = calloc(2, sizeof(uint32_t));
			assert_non_null(level->slots[k].pus);
			level->slots[k].pus[0] = k;
			level->slots[k].pus[1] = k + 2;
		}
	}
	for (uint32_t i = 0; i < FIXTURE_TRIALS; i++)
		plan->trials[i] = (struct plan_trial){.block = i / 2, .level = i % 2};
}

void fixture_init(struct fixture *fixture)
{
	*fixture = (struct fixture){0};
	struct error err;
	make_folder(fixture);
	make_run(fixture);
	make_plan(fixture);
	assert_int_equal(scenario_init(&fixture->scenario, &err), 0);
	fixture->events[0] = (struct event_definition){
	        .name = "task-clock", .encoded = "perf::TASK-CLOCK", .type = 1, .config = 1};
	fixture->events[1] = (struct event_definition){.name = "page-faults",
	                                               .encoded = "perf::PAGE-FAULTS",
	                                               .type = 1,
	                                               .config = UINT64_MAX,
	                                               .is_user_only = true};
	fixture->events[2] = (struct event_definition){
	        .name = "cycles", .state = COUNTER_NOT_SUPPORTED, .reason = "there is no PMU"};
	assert_int_equal(words_add(&fixture->inputs, "a, \"b\".fits", &err), 0);
	assert_int_equal(words_add(&fixture->inputs, "c.fits", &err), 0);
}

void fixture_release(struct fixture *fixture)
{
	struct error err;
	assert_int_equal(file_remove_tree(AT_FDCWD, fixture->folder, &err), 0);
	run_facts_release(&fixture->run);
	host_facts_release(&fixture->host);
	scenario_release(&fixture->scenario);
	plan_release(&fixture->plan);
	words_release(&fixture->inputs);
}

int fixture_create(const struct fixture *fixture, const char *path, bool force,
                   struct recorder **ret_recorder, struct error *err)
{
	return recorder_create(path, force, &fixture->run, &fixture->host, &fixture->scenario,
	                       &fixture->plan, fixture->events, FIXTURE_EVENTS, &fixture->inputs,
	                       ret_recorder, err);
}

struct recorder *fixture_recorder(const struct fixture *fixture)
{
	struct error err = {"no error"};
	struct recorder *recorder = NULL;
	if (fixture_create(fixture, fixture->path, false, &recorder, &err) < 0)
		fail_msg("%s", err.text);
	return recorder;
}

struct record fixture_trial(uint32_t trial, uint32_t attempt, enum trial_state state)
{
	const bool is_done = state == TRIAL_DONE;
	return (struct record){
	        .kind = RECORD_TRIAL,
	        .trial = {.trial = trial,
	                  .block = (trial - 1) / 2,
	                  .level = (trial - 1) % 2,
	                  .attempt = attempt,
	                  .state = state,
	                  .start_ns = trial * NS_PER_S,
	                  .end_ns = is_done ? trial * NS_PER_S + 900000000 : RECORD_ABSENT,
	                  .window_start_ns = is_done ? trial * NS_PER_S + 100 : RECORD_ABSENT,
	                  .window_end_ns = is_done ? trial * NS_PER_S + 800000000 : RECORD_ABSENT,
	                  .harness_cpu_ns = is_done ? 7 : RECORD_ABSENT,
	                  .harness_max_rss_bytes = is_done ? 8 : RECORD_ABSENT,
	                  .drain_ns = RECORD_ABSENT,
	                  .reason = "because"},
	};
}

struct record fixture_task(uint32_t trial, uint32_t index)
{
	const int64_t unique = (int64_t)trial * 1000000 + index * 32;
	struct record record = {.kind = RECORD_TASK,
	                        .task = {.trial = trial,
	                                 .index = index,
	                                 .slot = index % 2,
	                                 .pu = index % 3 ? (int32_t)index : -1,
	                                 .input = index % 3 == 2 ? -1 : (int32_t)(index % 2),
	                                 .role = trial ? ROLE_MEASURED : ROLE_PROBE,
	                                 .state = (enum task_state)(index % TASK_STATES),
	                                 .exit_status = index % 2 ? -1 : (int32_t)(index % 256),
	                                 .signal = index % 2 ? 9 : 0,
	                                 .start_errno = index % 5 ? 0 : 2}};
	int64_t *const figures[] = {
	        &record.task.start_ns,           &record.task.end_ns,
	        &record.task.idle_before_ns,     &record.task.user_ns,
	        &record.task.system_ns,          &record.task.max_rss_bytes,
	        &record.task.minor_faults,       &record.task.major_faults,
	        &record.task.voluntary_switches, &record.task.involuntary_switches,
	        &record.task.read_chars,         &record.task.write_chars,
	        &record.task.read_calls,         &record.task.write_calls,
	        &record.task.read_bytes,         &record.task.write_bytes,
	        &record.task.run_delay_ns,       &record.task.block_delay_ns,
	        &record.task.page_in_delay_ns,
	};
	for (size_t i = 0; i < ARRAY_LENGTH(figures); i++)
		*figures[i] = i > 1 && (index + i) % 7 == 0 ? RECORD_ABSENT : unique + (int64_t)i;
	record.task.peak_pss_bytes = index % 4 ? unique + 99 : RECORD_ABSENT;
	record.task.peak_rss_bytes = index % 4 ? unique + 199 : RECORD_ABSENT;
	record.task.cgroup_peak_bytes = index % 5 ? unique + 150 : RECORD_ABSENT;
	record.task.rss_samples = index % 4 ? 7 : 0;
	record.task.pss_samples = index % 4 ? 2 : 0;
	record.task.cpu_ns = index % 3 ? RECORD_ABSENT : unique + 250;
	record.task.exceeded_memory_limit = index % 6 == 1;
	record.counters[0] = (struct counter_value){(uint64_t)unique, 5, 5, COUNTER_OK};
	record.counters[1] = (struct counter_value){(uint64_t)unique + 1, 9, 3, COUNTER_SCALED};
	record.counters[2] = (struct counter_value){0, 0, 0, COUNTER_NOT_SUPPORTED};
	return record;
}

void fixture_make_version_2(const struct fixture *fixture)
{
	enum { MOST_BYTES = 1 << 20 };
	const char *const sources = getenv("top_srcdir");
	char path[4096];
	cleanup_free char *sql = NULL;
	size_t bytes;
	struct error err;
	snprintf(path, sizeof path, "%s/tests/unit/store/version_2.sql", sources ? sources : ".");
	if (file_read(path, MOST_BYTES, &sql, &bytes, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(fixture_sql(fixture->path, sql), SQLITE_OK);
}

static int open_any(const char *path, sqlite3 **ret_db)
{
	const int code = sqlite3_open(path, ret_db);
	sqlite3_exec(*ret_db, "PRAGMA foreign_keys=ON", NULL, NULL, NULL);
	return code;
}

int fixture_sql(const char *path, const char *sql)
{
	sqlite3 *db = NULL;
	int code = open_any(path, &db);
	if (code == SQLITE_OK)
		code = sqlite3_exec(db, sql, NULL, NULL, NULL);
	sqlite3_close(db);
	return code;
}

int64_t fixture_query(const char *path, const char *sql)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *statement = NULL;
	assert_int_equal(open_any(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
	const int64_t value = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	sqlite3_close(db);
	return value;
}
