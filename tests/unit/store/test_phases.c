/* Phases of tasks in the result file: what was put is loaded, in the order of tasks, of the last
 * attempts only; what a hostile file says is checked. */
#include "fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "store/load.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int set_up(void **state)
{
	struct fixture *const fixture = calloc(1, sizeof *fixture);
	fixture_init(fixture);
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	fixture_release(*state);
	free(*state);
	return 0;
}

static void put(struct recorder *recorder, struct record record)
{
	struct error err;
	if (sink_put(recorder_sink(recorder), &record, &err) < 0)
		fail_msg("%s", err.text);
}

/* Two phases of a task: "a" from at_ns, and one that is named after the task. */
static struct record phases_of(uint32_t trial, uint32_t index, int64_t at_ns)
{
	struct record record = {.kind = RECORD_PHASES,
	                        .phases = {.trial = trial, .index = index, .count = 2}};
	record.phases.items = calloc(2, sizeof *record.phases.items);
	record.phases.names = calloc(1, 32);
	assert_non_null(record.phases.items);
	assert_non_null(record.phases.names);
	memcpy(record.phases.names, "a\0", 2);
	snprintf(record.phases.names + 2, 30, "task %u", index % 3);
	record.phases.items[0] = (struct phase_item){at_ns, at_ns + 10, PHASE_COMPUTE, 0};
	record.phases.items[1] = (struct phase_item){at_ns + 10, at_ns + 15, PHASE_DATASTORE, 2};
	return record;
}

static struct dataset load(const char *path)
{
	struct dataset dataset = {0};
	struct error err;
	if (load_dataset(path, &dataset, &err) < 0)
		fail_msg("%s", err.text);
	return dataset;
}

static void make_result(const struct fixture *fixture)
{
	struct error err;
	struct recorder *const recorder = fixture_recorder(fixture);
	put(recorder, fixture_trial(1, 1, TRIAL_RUNNING));
	for (uint32_t i = 20; i-- > 0;) /* they do not end in the order of start */
		put(recorder, fixture_task(1, i));
	for (uint32_t i = 0; i < 20; i += 2)
		put(recorder, phases_of(1, i, 1000 * i));
	put(recorder, fixture_trial(1, 1, TRIAL_DONE));
	assert_int_equal(recorder_close(recorder, RUN_DONE, 1, &err), 0);
}

static void load_equals_put(void **state)
{
	const struct fixture *const fixture = *state;
	make_result(fixture);
	struct dataset dataset cleanup_dataset = load(fixture->path);
	assert_int_equal(dataset.task_count, 20);
	assert_int_equal(dataset.phase_count, 20);
	assert_int_equal(dataset.phase_names.count, 4);
	for (size_t i = 0; i < dataset.phase_count; i++) {
		const struct dataset_phase *const phase = &dataset.phases[i];
		const uint32_t index = 2 * (uint32_t)(i / 2);
		char name[32];
		snprintf(name, sizeof name, "task %u", index % 3);
		assert_int_equal(phase->task, index);
		assert_int_equal(dataset.tasks[phase->task].index, index);
		assert_string_equal(dataset.phase_names.items[phase->name], i % 2 ? name : "a");
		assert_int_equal(phase->class, i % 2 ? PHASE_DATASTORE : PHASE_COMPUTE);
		assert_int_equal(phase->start_ns, 1000 * index + (i % 2 ? 10 : 0));
		assert_int_equal(phase->end_ns, 1000 * index + (i % 2 ? 15 : 10));
	}
	assert_int_equal(
	        fixture_query(fixture->path,
	                      "SELECT sum(p.end_ns-p.start_ns) FROM phase p JOIN task USING(task)"
	                      " WHERE class='datastore' AND name='task 2' AND"
	                      " task_index IN (2, 8, 14)"),
	        15);
}

/* A repeated attempt has its own phases, and a result without any has none. */
static void attempts(void **state)
{
	const struct fixture *const fixture = *state;
	struct error err;
	struct recorder *const recorder = fixture_recorder(fixture);
	put(recorder, fixture_task(0, 0));
	put(recorder, phases_of(0, 0, 5));
	put(recorder, fixture_trial(1, 1, TRIAL_RUNNING));
	put(recorder, fixture_task(1, 0));
	put(recorder, phases_of(1, 0, 100));
	put(recorder, fixture_trial(1, 1, TRIAL_INTERRUPTED));
	put(recorder, fixture_trial(1, 2, TRIAL_RUNNING));
	put(recorder, fixture_task(1, 0));
	put(recorder, phases_of(1, 0, 200));
	put(recorder, fixture_trial(1, 2, TRIAL_DONE));
	assert_int_equal(recorder_close(recorder, RUN_DONE, 1, &err), 0);
	struct dataset dataset cleanup_dataset = load(fixture->path);
	assert_int_equal(dataset.task_count, 2);
	assert_int_equal(dataset.phase_count, 4);
	assert_int_equal(dataset.phases[0].task, 0);
	assert_int_equal(dataset.tasks[0].trial, 0);
	assert_int_equal(dataset.phases[2].start_ns, 200);
	assert_int_equal(fixture_query(fixture->path, "SELECT count(*) FROM phase"), 6);
}

/* More names than the first table of them has room for. */
static void many_names(void **state)
{
	const struct fixture *const fixture = *state;
	make_result(fixture);
	assert_int_equal(
	        fixture_sql(fixture->path,
	                    "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i+1 FROM n"
	                    " WHERE i<20000) INSERT INTO phase SELECT (SELECT task FROM task"
	                    " WHERE task_index=3), i, 'name ' || (i % 5000), 'other', i, i+1"
	                    " FROM n"),
	        0);
	struct dataset dataset cleanup_dataset = load(fixture->path);
	assert_int_equal(dataset.phase_names.count, 4 + 5000);
	for (size_t i = 0; i < dataset.phase_count; i++) {
		const struct dataset_phase *const phase = &dataset.phases[i];
		char name[32];
		snprintf(name, sizeof name, "name %d", (int)(phase->start_ns % 5000));
		if (phase->task == 3)
			assert_string_equal(dataset.phase_names.items[phase->name], name);
		assert_true(i == 0 || phase->task >= dataset.phases[i - 1].task);
	}
}

static void hostile_values(void **state)
{
	static const char *const refused[] = {
	        "UPDATE phase SET end_ns=start_ns-1",
	        "UPDATE phase SET start_ns=-9223372036854775807",
	        "UPDATE phase SET class='odd'",
	        "UPDATE phase SET class=x'00'",
	        "UPDATE phase SET name=x'41'",
	        "UPDATE phase SET start_ns='x'",
	        "DROP TABLE phase",
	        "DROP TABLE phase; CREATE VIEW phase AS SELECT 1",
	};
	static const char *const taken[] = {
	        "UPDATE phase SET class=NULL", "UPDATE phase SET task=task+1000000",
	        "UPDATE phase SET name=''",    "UPDATE phase SET start_ns=end_ns",
	        "DELETE FROM phase",           "DELETE FROM task WHERE task_index > 3",
	};
	struct fixture *const fixture = *state;
	make_result(fixture);
	char copy[128];
	char command[400];
	snprintf(copy, sizeof copy, "%s/copy.db", fixture->folder);
	snprintf(command, sizeof command, "cp %s %s", fixture->path, copy);
	for (size_t i = 0; i < ARRAY_LENGTH(refused) + ARRAY_LENGTH(taken); i++) {
		const bool is_refused = i < ARRAY_LENGTH(refused);
		const char *const sql = is_refused ? refused[i] : taken[i - ARRAY_LENGTH(refused)];
		char attack[400];
		struct error err = {""};
		struct dataset dataset = {0};
		snprintf(attack, sizeof attack,
		         "PRAGMA foreign_keys=OFF; PRAGMA ignore_check_constraints=ON; %s", sql);
		print_message("# %s\n", sql);
		assert_int_equal(system(command), 0);
		assert_int_equal(fixture_sql(copy, attack), 0);
		const int r = load_dataset(copy, &dataset, &err);
		print_message("#   %s\n", err.text);
		assert_int_equal(r < 0, is_refused);
		dataset_release(&dataset);
	}
}

/* Phases of a task that was never put are an error of the engine, and the run's. */
static void phases_without_a_task(void **state)
{
	const struct fixture *const fixture = *state;
	struct error err;
	struct recorder *const recorder = fixture_recorder(fixture);
	put(recorder, fixture_trial(1, 1, TRIAL_RUNNING));
	put(recorder, phases_of(1, 0, 100));
	assert_true(recorder_close(recorder, RUN_DONE, 1, &err) < 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	        TEST(load_equals_put),       TEST(attempts), TEST(many_names), TEST(hostile_values),
	        TEST(phases_without_a_task),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
