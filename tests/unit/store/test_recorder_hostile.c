/* Files of others: strangers, newer ones, cut and damaged ones, and values that no recorder writes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fixture.h"
#include "recorded.h"
#include "store/load.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void recorded_load_fails(const char *path, int code, const char *text)
{
	struct error err = {""};
	struct dataset dataset;
	struct dataset poison;
	memset(&dataset, 0x5a, sizeof dataset);
	memset(&poison, 0x5a, sizeof poison);
	assert_int_equal(load_dataset(path, &dataset, &err), -code);
	if (!strstr(err.text, text))
		fail_msg("\"%s\" does not say \"%s\"", err.text, text);
	assert_memory_equal(&dataset, &poison, sizeof poison);
}

static void strangers_are_refused(void **state)
{
	const struct fixture *const fixture = *state;
	static const char text[] = "SELECT * FROM nothing; this is just text, and rather long "
	                           "text, so that it is longer than a header of a database";
	recorded_load_fails(fixture->path, ENOENT, "no file");
	recorded_load_fails(fixture->folder, EISDIR, "folder");
	recorded_load_fails("/dev/null", EINVAL, "not a plain file");
	recorded_write_file(fixture->path, "", 0);
	recorded_load_fails(fixture->path, EINVAL, "is empty");
	recorded_write_file(fixture->path, text, sizeof text);
	recorded_load_fails(fixture->path, EINVAL, "not a plateau result file");
	recorded_write_file(fixture->path, "SQLite format 3", 16);
	recorded_load_fails(fixture->path, EINVAL, "cut short");
	assert_int_equal(unlink(fixture->path), 0);
	assert_int_equal(fixture_sql(fixture->path, "CREATE TABLE run(id)"), SQLITE_OK);
	recorded_load_fails(fixture->path, EINVAL, "another program");
}

static void make_result(const struct fixture *fixture, uint32_t tasks)
{
	struct recorder *const recorder = fixture_recorder(fixture);
	recorded_put(recorder, fixture_trial(1, 1, TRIAL_RUNNING));
	for (uint32_t i = 0; i < tasks; i++)
		recorded_put(recorder, fixture_task(1, i));
	recorded_put(recorder, fixture_trial(1, 1, TRIAL_DONE));
	recorded_put(recorder, (struct record){.kind = RECORD_EVENT,
	                                       .event = {.slot = -1, .code = "x", .text = "y"}});
	recorded_close(recorder, RUN_DONE);
}

static void newer_and_truncated_are_refused(void **state)
{
	const struct fixture *const fixture = *state;
	make_result(fixture, 1000);
	struct stat status;
	assert_int_equal(stat(fixture->path, &status), 0);
	assert_int_equal(fixture_sql(fixture->path, "PRAGMA user_version=6"), SQLITE_OK);
	recorded_load_fails(fixture->path, EINVAL, "newer plateau");
	assert_int_equal(fixture_sql(fixture->path, "PRAGMA user_version=0"), SQLITE_OK);
	recorded_load_fails(fixture->path, EINVAL, "no version");
	assert_int_equal(fixture_sql(fixture->path, "PRAGMA user_version=5"), SQLITE_OK);
	assert_int_equal(truncate(fixture->path, status.st_size / 2), 0);
	recorded_load_fails(fixture->path, EINVAL, "cut short");
}

/* Values that no constraint lets in, recorded_put there by somebody who switched them off. */
static void hostile_values_are_refused(void **state)
{
	static const char *const attacks[] = {
	        "UPDATE trial SET start_ns=NULL",
	        "UPDATE task SET start_ns=-9223372036854775807",
	        "UPDATE task SET end_ns=start_ns-1",
	        "UPDATE task SET role=x'00ff'",
	        "UPDATE task SET trial=4000000000",
	        "UPDATE task SET slot=99999999999",
	        "UPDATE task SET input=2",
	        "UPDATE task SET user_ns='lots'",
	        "UPDATE task SET run_delay_ns=0.5",
	        "UPDATE task SET peak_pss_bytes=-1",
	        "UPDATE task SET user_ns=-5000000000",
	        "UPDATE task SET system_ns=-1",
	        "UPDATE task SET max_rss_bytes=-5",
	        "UPDATE task SET run_delay_ns=-1",
	        "UPDATE task SET idle_before_ns=-1",
	        "UPDATE task SET voluntary_switches=-1",
	        "UPDATE task SET exceeded_memory_limit=2",
	        "INSERT INTO sample(at_ns, trial, attempt, name, value)"
	        " VALUES(1, 1, 1, 'stall_io_full_s', -1.0)",
	        "INSERT INTO sample(at_ns, trial, attempt, name, value, place)"
	        " VALUES(1, 1, 1, 'frequency_hz', 1.0, -1)",
	        "INSERT INTO figure SELECT min(task), 'a', 9e999 FROM task",
	        "UPDATE counter SET event=-1 WHERE event=0",
	        "UPDATE counter SET event=3 WHERE event=0",
	        "UPDATE counter SET state='odd'",
	        "UPDATE counter SET raw=1.5",
	        "UPDATE trial SET level=2",
	        "UPDATE trial SET level=-1",
	        "UPDATE trial SET trial=-trial",
	        "UPDATE task SET trial=4294967295 WHERE trial=(SELECT max(trial) FROM task);"
	        "UPDATE trial SET trial=4294967295 WHERE trial=(SELECT max(trial) FROM trial)",
	        "UPDATE level SET level=level+10",
	        "UPDATE level SET concurrency=0",
	        "UPDATE level SET policy=NULL",
	        "WITH RECURSIVE n(i) AS (SELECT (SELECT count(*) FROM level) UNION ALL SELECT i+1"
	        " FROM n WHERE i<65) INSERT INTO level SELECT i,1,'p'||i,'',0,NULL,NULL FROM n",
	        "UPDATE level SET concurrency=4000000000",
	        "UPDATE slot SET level=7 WHERE level=0",
	        "UPDATE slot SET slot=-1 WHERE level=0",
	        "UPDATE slot SET pus='x,1'",
	        "UPDATE slot SET pus='-3'",
	        "UPDATE slot SET pus='99999999999999'",
	        "UPDATE slot SET core=-2",
	        "UPDATE counter_event SET event=event+5",
	        "UPDATE counter_event SET name=NULL",
	        "WITH RECURSIVE n(i) AS (SELECT 3 UNION ALL SELECT i+1 FROM n WHERE i<40) INSERT "
	        "INTO"
	        " counter_event SELECT i,'a','b',1,1,1,0,'ok','',NULL,NULL,NULL,NULL FROM n",
	        "UPDATE run SET origin_calendar_ns=9223372036854775807",
	        "UPDATE run SET finished_calendar_ns=9223372036854775807",
	        "UPDATE run SET seed='7x'",
	        "UPDATE run SET threads=-1",
	        "UPDATE run SET name=NULL",
	        "UPDATE run SET id=NULL",
	        "DELETE FROM run",
	        "INSERT INTO run SELECT "
	        "id||'2',name,state,task_type,command,threads,baseline,blocks,"
	        "capacity,seed,origin_calendar_ns,finished_calendar_ns,plateau_version,"
	        "scenario_sha256,scenario_text,scenario_json,topology_xml,working_folder,"
	        "program_path,program_bytes,program_mtime_ns,program_sha256,imported,source"
	        " FROM run",
	        "UPDATE run SET program_bytes=-1",
	        "UPDATE input SET bytes=0.5",
	        "UPDATE event SET code=x'35'",
	        "UPDATE input SET path=x'41'",
	        "DROP TABLE event",
	        "ALTER TABLE event ADD COLUMN bomb AS (printf('%.*c', 60000000, text))",
	        "ALTER TABLE task RENAME COLUMN minor_faults TO faults",
	        "DROP TABLE task; CREATE VIEW task AS SELECT 1",
	        "DROP TABLE host; CREATE VIRTUAL TABLE host USING fts5(a)",
	};
	struct fixture *const fixture = *state;
	make_result(fixture, 20);
	char copy[128];
	char command[400];
	snprintf(copy, sizeof copy, "%s/copy.db", fixture->folder);
	for (size_t i = 0; i < sizeof attacks / sizeof attacks[0]; i++) {
		char sql[700];
		snprintf(command, sizeof command, "cp %s %s", fixture->path, copy);
		assert_int_equal(system(command), 0);
		snprintf(sql, sizeof sql,
		         "PRAGMA foreign_keys=OFF; PRAGMA ignore_check_constraints=ON;"
		         "PRAGMA writable_schema=ON; UPDATE sqlite_master SET sql="
		         "replace(sql,'NOT NULL','') WHERE type='table' AND sql NOT LIKE "
		         "'%%WITHOUT%%'; PRAGMA writable_schema=RESET; %s",
		         attacks[i]);
		if (fixture_sql(copy, sql) != SQLITE_OK)
			fail_msg("the attack itself failed: %s", attacks[i]);
		struct error err = {""};
		struct dataset dataset;
		if (load_dataset(copy, &dataset, &err) != -EINVAL)
			fail_msg("%s: %s", attacks[i], err.text);
		assert_non_null(strstr(err.text, copy));
	}
}

/* Whatever bytes change, load ends, with an error or with data. */
static void damaged_bytes_do_not_crash(void **state)
{
	const struct fixture *const fixture = *state;
	make_result(fixture, 300);
	FILE *const file = fopen(fixture->path, "r");
	assert_non_null(file);
	static unsigned char whole[1 << 20];
	const size_t bytes = fread(whole, 1, sizeof whole, file);
	fclose(file);
	char copy[128];
	snprintf(copy, sizeof copy, "%s/copy.db", fixture->folder);
	unsigned random = 12345;
	int refused = 0;
	for (int round = 0; round < 150; round++) {
		static unsigned char damaged[sizeof whole];
		memcpy(damaged, whole, bytes);
		for (int k = 0; k < 1 + round % 40; k++) {
			random = random * 1103515245 + 12345;
			const size_t at = random % bytes;
			random = random * 1103515245 + 12345;
			damaged[at] = (unsigned char)(random >> 16);
		}
		recorded_write_file(copy, damaged, bytes);
		struct error err = {""};
		struct dataset dataset = {0};
		if (load_dataset(copy, &dataset, &err) < 0)
			refused++;
		dataset_release(&dataset);
	}
	assert_true(refused > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        TEST(strangers_are_refused),
	        TEST(newer_and_truncated_are_refused),
	        TEST(hostile_values_are_refused),
	        TEST(damaged_bytes_do_not_crash),
	};
	umask(022); /* files are to be readable by the other user that some tests become */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
