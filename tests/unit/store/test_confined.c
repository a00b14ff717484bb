/* A database of somebody else touches no file but its own, and does not hold up who reads it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fixture.h"
#include "recorded.h"
#include "store/load.h"
#include "store/store.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const unsigned char journal_magic[] = {0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7};

static void put_32(unsigned char *bytes, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		bytes[i] = (unsigned char)(value >> (24 - 8 * i));
}

/* Puts a journal beside the database that looks cut off and holds no page, but the name of a
 * super-journal ("SQLite File Format", section 3): whoever rolls it back deletes that file. */
static void write_journal(const char *database, const char *super_journal)
{
	enum { HEADER = 512, PAGE = 4096 };
	unsigned char bytes[HEADER + 400] = {0};
	char path[160];
	const size_t length = strlen(super_journal);
	uint32_t sum = 0;
	memcpy(bytes, journal_magic, sizeof journal_magic);
	put_32(bytes + 12, 1); /* a random number */
	put_32(bytes + 16, (uint32_t)fixture_query(database, "PRAGMA page_count"));
	put_32(bytes + 20, HEADER);
	put_32(bytes + 24, PAGE);
	unsigned char *const at = bytes + HEADER;
	put_32(at, 0x40000000 / PAGE + 1); /* the page of the lock bytes */
	for (size_t i = 0; i < length; i++)
		sum += (uint32_t)(signed char)super_journal[i];
	memcpy(at + 4, super_journal, length);
	put_32(at + 4 + length, (uint32_t)length);
	put_32(at + 8 + length, sum);
	memcpy(at + 12 + length, journal_magic, sizeof journal_magic);
	snprintf(path, sizeof path, "%s-journal", database);
	recorded_write_file(path, bytes, HEADER + 20 + length);
}

static void make_result(const struct fixture *fixture)
{
	struct recorder *const recorder = fixture_recorder(fixture);
	recorded_put(recorder, fixture_trial(1, 1, TRIAL_RUNNING));
	recorded_put(recorder, fixture_task(1, 0));
	recorded_put(recorder, fixture_trial(1, 1, TRIAL_DONE));
	recorded_close(recorder, RUN_DONE);
}

/* Opens as given and reads a row. */
static int open_and_read(const char *path, bool is_private_copy, struct error *err)
{
	cleanup_database sqlite3 *db = NULL;
	const int r = store_open_untrusted(path, is_private_copy, &db, err);
	return r < 0 ? r : store_execute(db, "SELECT count(*) FROM task", err, path);
}

static void a_journal_deletes_nothing_elsewhere(void **state)
{
	const struct fixture *const fixture = *state;
	char victim[128];
	snprintf(victim, sizeof victim, "%s/victim", fixture->folder);
	recorded_write_file(victim, "kept", 4);
	make_result(fixture);
	write_journal(fixture->path, victim);
	struct error err = {""};
	struct dataset dataset = {0};
	assert_int_equal(load_dataset(fixture->path, &dataset, &err), -EINVAL);
	assert_non_null(strstr(err.text, "another file that one names"));
	assert_int_equal(open_and_read(fixture->path, false, &err), -EINVAL);
	assert_true(recorded_exists(fixture->path, "-journal"));
	assert_int_equal(open_and_read(fixture->path, true, &err), -EINVAL);
	assert_int_equal(access(victim, F_OK), 0);
	/* The attack is one: SQLite as it is does delete. */
	write_journal(fixture->path, victim);
	assert_int_equal(fixture_sql(fixture->path, "SELECT count(*) FROM task"), SQLITE_OK);
	assert_int_equal(access(victim, F_OK), -1);
}

static void reading_leaves_nothing_beside(void **state)
{
	static const char *const suffixes[] = {"-wal", "-shm", "-journal"};
	const struct fixture *const fixture = *state;
	make_result(fixture);
	const int entries = recorded_entries(fixture);
	struct error err = {""};
	assert_int_equal(open_and_read(fixture->path, false, &err), 0);
	assert_int_equal(recorded_entries(fixture), entries);
	/* One that was turned into one with a log, behind plateau's back. */
	assert_int_equal(fixture_sql(fixture->path, "PRAGMA journal_mode=WAL"), SQLITE_OK);
	assert_int_equal(recorded_entries(fixture), entries);
	assert_int_equal(open_and_read(fixture->path, false, &err), -EINVAL);
	assert_int_equal(recorded_entries(fixture), entries);
	for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++)
		assert_false(recorded_exists(fixture->path, suffixes[i]));
}

static void what_is_read_cannot_be_changed(void **state)
{
	static const char *const attempts[] = {
	        "DELETE FROM task",
	        "PRAGMA query_only=OFF; DELETE FROM task",
	        "ATTACH 'other.db' AS other",
	        "SELECT load_extension('libm.so.6')",
	        "PRAGMA writable_schema=ON; DELETE FROM sqlite_schema",
	};
	const struct fixture *const fixture = *state;
	make_result(fixture);
	for (size_t i = 0; i < sizeof attempts / sizeof attempts[0]; i++) {
		struct error err = {""};
		cleanup_database sqlite3 *db = NULL;
		assert_int_equal(store_open_untrusted(fixture->path, false, &db, &err), 0);
		if (store_execute(db, attempts[i], &err, "x") == 0)
			fail_msg("went through: %s", attempts[i]);
		/* A library that is no extension fails to load where loading is allowed, too. */
		if (strstr(attempts[i], "load_extension"))
			assert_true(strstr(err.text, "not authorized") ||
			            strstr(err.text, "no such function"));
	}
	assert_int_equal(fixture_query(fixture->path, "SELECT count(*) FROM task"), 1);
}

/* More steps than a file of its size can need end with a word. */
static void steps_are_bounded(void **state)
{
	static const char endless[] =
	        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n)"
	        " SELECT count(*) FROM n";
	const struct fixture *const fixture = *state;
	make_result(fixture);
	struct error err = {""};
	cleanup_database sqlite3 *db = NULL;
	assert_int_equal(store_open_untrusted(fixture->path, false, &db, &err), 0);
	assert_int_equal(store_execute(db, endless, &err, "x"), -EINVAL);
	assert_non_null(strstr(err.text, "far too long"));
	/* What is worked with for long is not stopped in the middle. */
	store_unlimit(db);
	assert_int_equal(store_execute(db, "SELECT count(*) FROM task", &err, "x"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        TEST(a_journal_deletes_nothing_elsewhere),
	        TEST(reading_leaves_nothing_beside),
	        TEST(what_is_read_cannot_be_changed),
	        TEST(steps_are_bounded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
