/* Fleet files that are damaged, hostile, newer or somebody else's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/file.h"
#include "core/str.h"
#include "filed_fleet.h"
#include "fixture.h"
#include "model/fleet.h"
#include "store/fleet_file.h"
#include "store/load.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Each is done to a good file, which is then refused with these words in the sentence. */
static const struct {
	const char *sql;
	const char *words;
} damages[] = {
        {"PRAGMA user_version=4", "newer plateau"},
        {"PRAGMA user_version=0", "no version"},
        {"PRAGMA application_id=1", "another program"},
        {"PRAGMA application_id=1886155887", "is a plateau result file"},
        {"DROP TABLE place", "place is missing"},
        {"ALTER TABLE place RENAME TO x; CREATE VIEW place AS SELECT * FROM x", "place is missing"},
        {"DELETE FROM fleet", "no fleet"},
        {"INSERT INTO fleet(has_accounting) VALUES(1)", "more than one"},
        {"UPDATE node SET verdict='good' WHERE node=1", "impossible verdict"},
        {"UPDATE node SET node=77 WHERE node=4", "impossible node"},
        {"DELETE FROM node WHERE node=3", "impossible node"},
        {"DROP TABLE job; CREATE TABLE job(a)", "job"},
        {"DELETE FROM job WHERE attempt=9", "no row of attempt 9"},
        {"DELETE FROM job WHERE attempt=2", "impossible attempt"},
        {"UPDATE attempt SET attempt=99 WHERE attempt=9", "impossible attempt"},
        {"UPDATE attempt SET node=0 WHERE attempt=9", "impossible node"},
        {"UPDATE attempt SET number=0 WHERE attempt=0", "impossible number"},
        {"UPDATE attempt SET number=-number", "impossible number"},
        {"UPDATE attempt SET number=1+number*-1+100 WHERE node=4", "not in their order"},
        {"UPDATE judgement SET item=item+100", "impossible item"},
        {"UPDATE judgement SET attempt=attempt+1000", "impossible attempt"},
        {"UPDATE figure SET policy=3 WHERE item=0", "a policy that it has not"},
        {"UPDATE figure SET measure='throughput', value=-5", "figures below 0 that cannot be"},
        {"UPDATE figure SET concurrency=0", "impossible concurrency"},
        {"UPDATE figure SET measure='counter.'", "impossible measure"},
        {"UPDATE figure SET value='x'", "impossible value"},
        {"UPDATE figure SET value=9e999", "impossible value"},
        {"DELETE FROM profile", "has figures of no result"},
        {"UPDATE report SET stage=7", "impossible stage"},
        {"UPDATE report SET cpu_count=1<<40", "impossible cpu_count"},
        {"UPDATE profile SET started_ns=9223372036854775807", "impossible started_ns"},
        {"UPDATE node SET reason=x'00ff'", "impossible reason"},
        {"UPDATE attempt SET reason=zeroblob(100000000)", "too long"},
        {"PRAGMA journal_mode=WAL", "keeps a log"},
};

static void test_damaged_files_are_refused(void **state)
{
	const struct filed *const place = *state;
	for (size_t i = 0; i < ARRAY_LENGTH(damages); i++) {
		struct error err = {""};
		cleanup_fleet struct fleet fleet = {0};
		cleanup_free char *sql = NULL;
		struct fleet untouched = {.node_count = 77};
		filed_fleet(&fleet);
		unlink(place->path);
		assert_int_equal(fleet_file_write(place->path, &fleet, &err), 0);
		assert_int_equal(str_format(&sql, &err,
		                            "PRAGMA ignore_check_constraints=ON;"
		                            "PRAGMA foreign_keys=OFF; %s",
		                            damages[i].sql),
		                 0);
		const int done = fixture_sql(place->path, sql);
		if (done != 0)
			fail_msg("%s: %d", damages[i].sql, done);
		const int r = fleet_file_load(place->path, &untouched, &err);
		if (r != -EINVAL || !strstr(err.text, damages[i].words))
			fail_msg("%s: %d %s", damages[i].sql, r, err.text);
		assert_int_equal(untouched.node_count, 77);
	}
}

static void write_bytes(const char *path, const char *bytes, size_t count)
{
	struct error err;
	unlink(path);
	assert_int_equal(file_replace(path, bytes, count, &err), 0);
}

static void test_what_is_no_fleet_file(void **state)
{
	const struct filed *const place = *state;
	struct error err = {""};
	struct fleet fleet = {0};
	assert_int_equal(fleet_file_load(place->path, &fleet, &err), -ENOENT);
	assert_false(fleet_file_is(place->path));
	assert_int_equal(fleet_file_load(place->folder, &fleet, &err), -EINVAL);
	write_bytes(place->path, "", 0);
	assert_int_equal(fleet_file_load(place->path, &fleet, &err), -EINVAL);
	write_bytes(place->path, "SQLite format 3", 16);
	assert_int_equal(fleet_file_load(place->path, &fleet, &err), -EINVAL);
	assert_non_null(strstr(err.text, "cut short"));
	write_bytes(place->path, "no database", 11);
	assert_int_equal(fleet_file_load(place->path, &fleet, &err), -EINVAL);
	/* It is not written over either. */
	assert_int_equal(fleet_file_write(place->path, &fleet, &err), -EEXIST);
}

static void test_a_result_is_no_fleet_file(void **state)
{
	const struct filed *const place = *state;
	struct error err = {""};
	struct fleet fleet = {0};
	struct fixture fixture;
	fixture_init(&fixture);
	assert_int_equal(recorder_close(fixture_recorder(&fixture), RUN_DONE, RECORD_ABSENT, &err),
	                 0);
	assert_false(fleet_file_is(fixture.path));
	assert_int_equal(fleet_file_load(fixture.path, &fleet, &err), -EINVAL);
	assert_non_null(strstr(err.text, "plateau show"));
	assert_int_equal(fleet_file_write(fixture.path, &fleet, &err), -EEXIST);
	/* Nor the other way round. */
	struct dataset dataset = {0};
	assert_int_equal(fleet_file_write(place->path, &fleet, &err), 0);
	assert_int_equal(load_dataset(place->path, &dataset, &err), -EINVAL);
	assert_non_null(strstr(err.text, "plateau fleet rank"));
	fixture_release(&fixture);
}

/* Every place where a file may end, and bytes that change: an error, or a fleet, and never more. */
static void test_cut_and_changed_files(void **state)
{
	const struct filed *const place = *state;
	struct error err = {""};
	cleanup_fleet struct fleet fleet = {0};
	cleanup_free char *data = NULL;
	size_t bytes = 0;
	filed_fleet(&fleet);
	assert_int_equal(fleet_file_write(place->path, &fleet, &err), 0);
	assert_int_equal(file_read(place->path, SIZE_MAX / 2, &data, &bytes, &err), 0);
	for (size_t cut = 0; cut < bytes; cut += 1 + bytes / 60) {
		struct fleet none = {0};
		write_bytes(place->path, data, cut);
		assert_int_equal(fleet_file_load(place->path, &none, &err), -EINVAL);
	}
	uint32_t random = 12345;
	for (size_t i = 0; i < 300; i++) {
		cleanup_fleet struct fleet some = {0};
		cleanup_free char *changed = malloc(bytes);
		assert_non_null(changed);
		memcpy(changed, data, bytes);
		for (size_t k = 0; k < 1 + i % 8; k++) {
			random = random * 1664525 + 1013904223;
			changed[(random >> 4) % bytes] ^= (char)(1 + i % 255);
		}
		write_bytes(place->path, changed, bytes);
		const int r = fleet_file_load(place->path, &some, &err);
		if (r != 0 && r != -EINVAL && r != -EIO)
			fail_msg("change %zu: %d %s", i, r, err.text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        FILED_TEST(test_damaged_files_are_refused),
	        FILED_TEST(test_what_is_no_fleet_file),
	        FILED_TEST(test_a_result_is_no_fleet_file),
	        FILED_TEST(test_cut_and_changed_files),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
