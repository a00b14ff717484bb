/* Result files of earlier versions are read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fixture.h"
#include "old_file.h"
#include "store/load.h"

#include <errno.h>
#include <sqlite3.h>
#include <string.h>

/* Of version 2, turned into version 1, which had no program and no sizes of inputs. */
static const char to_version_1[] =
        "PRAGMA user_version=1;"
        "CREATE TABLE old_run AS SELECT id, name, state, task_type, command, threads, baseline,"
        " blocks, capacity, seed, origin_calendar_ns, finished_calendar_ns, plateau_version,"
        " scenario_sha256, scenario_text, scenario_json, topology_xml FROM run;"
        "CREATE TABLE old_input AS SELECT input, path FROM input;"
        "PRAGMA foreign_keys=OFF; PRAGMA legacy_alter_table=ON;"
        "DROP TABLE run; ALTER TABLE old_run RENAME TO run;"
        "DROP TABLE input; ALTER TABLE old_input RENAME TO input";

static void version_2_is_read(void **state)
{
	const struct fixture *const fixture = *state;
	struct dataset dataset cleanup_dataset = {0};
	old_file_load(fixture, &dataset);
	old_file_check(&dataset);
	assert_int_equal(fixture_query(fixture->path, "PRAGMA user_version"), 2);
}

static void version_1_is_read(void **state)
{
	const struct fixture *const fixture = *state;
	assert_int_equal(fixture_sql(fixture->path, to_version_1), SQLITE_OK);
	struct dataset dataset cleanup_dataset = {0};
	old_file_load(fixture, &dataset);
	old_file_check(&dataset);
	assert_string_equal(dataset.run.id, fixture->run.id);
	assert_null(dataset.run.program_path);
	assert_true(dataset.run.program_bytes == RECORD_ABSENT);
	assert_int_equal(dataset.inputs.count, FIXTURE_INPUTS);
	assert_true(dataset.input_facts[0].bytes == RECORD_ABSENT);
}

/* Sets that do not follow one another, or name an event that is not there, are refused, and so are
 * events and counts that cannot be. */
static void sets_of_events_are_read(void **state)
{
	const struct fixture *const fixture = *state;
	struct recorder *recorder = NULL;
	struct error err = {""};
	if (old_file_go_on(fixture, &recorder, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(recorder_close(recorder, RUN_DONE, 1, &err), 0);
	assert_int_equal(fixture_sql(fixture->path, "INSERT INTO event_set VALUES(1,0),(1,1),(2,0);"
	                                            "UPDATE trial SET event_set=2 WHERE trial=1"),
	                 SQLITE_OK);
	struct dataset dataset cleanup_dataset = {0};
	old_file_load(fixture, &dataset);
	assert_int_equal(dataset.event_sets.count, 2);
	assert_int_equal(dataset.event_sets.events[0], 3);
	assert_int_equal(dataset.event_sets.events[1], 1);
	assert_int_equal(dataset.trials[0].event_set, 2);
	assert_int_equal(dataset.trials[1].event_set, 0);
	static const struct damage hostile[] = {
	        {"UPDATE trial SET event_set=3 WHERE trial=1", "UPDATE trial SET event_set=2"},
	        {"UPDATE event_set SET event_set=3 WHERE event_set=2",
	         "UPDATE event_set SET event_set=2 WHERE event_set=3"},
	        {"PRAGMA foreign_keys=OFF; UPDATE event_set SET event=24 WHERE event_set=2",
	         "UPDATE event_set SET event=0 WHERE event_set=2"},
	        {"UPDATE counter_event SET state='scaled' WHERE event=0",
	         "UPDATE counter_event SET state='ok' WHERE event=0"},
	        {"UPDATE counter SET running_ns=-1-running_ns",
	         "UPDATE counter SET running_ns=-1-running_ns"},
	};
	for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++)
		old_file_refuses(fixture, &hostile[i]);
}

static void version_1_is_not_gone_on_with(void **state)
{
	const struct fixture *const fixture = *state;
	assert_int_equal(fixture_sql(fixture->path, to_version_1), SQLITE_OK);
	struct recorder *recorder = NULL;
	struct error err = {""};
	assert_int_equal(old_file_go_on(fixture, &recorder, &err), -EINVAL);
	assert_non_null(strstr(err.text, "run anew"));
	assert_int_equal(fixture_query(fixture->path, "PRAGMA user_version"), 1);
}

/* What stands in the way of the new tables must not cost the old ones. */
static void failed_upgrade_changes_nothing(void **state)
{
	const struct fixture *const fixture = *state;
	assert_int_equal(fixture_sql(fixture->path, "CREATE INDEX sample_of_task ON sample(name)"),
	                 SQLITE_OK);
	struct recorder *recorder = NULL;
	struct error err = {""};
	assert_true(old_file_go_on(fixture, &recorder, &err) < 0);
	assert_non_null(strstr(err.text, "cannot write "));
	version_2_is_read(state);
	assert_int_equal(fixture_query(fixture->path,
	                               "SELECT count(*) FROM pragma_table_info('task')"
	                               " WHERE name='peak_pss_bytes'"),
	                 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        TEST(version_2_is_read),
	        TEST(version_1_is_read),
	        TEST(sets_of_events_are_read),
	        TEST(version_1_is_not_gone_on_with),
	        TEST(failed_upgrade_changes_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
