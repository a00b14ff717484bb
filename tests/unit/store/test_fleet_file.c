/* Fleet files: every field there and back, and files that are damaged, hostile, newer or somebody
 * else's. */
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
#include "fixture.h"
#include "model/fleet.h"
#include "store/fleet_file.h"
#include "store/fleet_schema.h"
#include "store/load.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct place {
	char *folder;
	char path[128];
};

static int set_up(void **state)
{
	static struct place place;
	struct error err;
	assert_int_equal(file_make_temporary_folder("/tmp", "plateau-test", &place.folder, &err),
	                 0);
	snprintf(place.path, sizeof place.path, "%s/fleet.db", place.folder);
	*state = &place;
	return 0;
}

static int tear_down(void **state)
{
	struct place *const place = *state;
	struct error ignored;
	file_remove_tree(AT_FDCWD, place->folder, &ignored);
	free(place->folder);
	return 0;
}

/* Values that differ from each other; every seventh that may be absent is. */
struct filler {
	uint64_t count;
};

static char *new_text(uint64_t n)
{
	static const char *const odd[] = {"it's \"x\"; DROP TABLE node;--", "a|b\nc\td%n",
	                                  "\x1b[31m\xff\xfe", ""};
	char *text = NULL;
	struct error err;
	assert_int_equal(str_format(&text, &err, "%s%llu", odd[n % ARRAY_LENGTH(odd)],
	                            (unsigned long long)n),
	                 0);
	return text;
}

static void fill_column(struct filler *filler, const struct fleet_column *column, void *base)
{
	void *const at = (char *)base + column->offset;
	const uint64_t n = ++filler->count;
	const bool is_absent = n % 7 == 0;
	unsigned word = 0;
	switch (column->kind) {
	case COLUMN_TEXT:
	case COLUMN_TEXT_OR:
		*(char **)at = is_absent && column->kind == COLUMN_TEXT_OR ? NULL : new_text(n);
		break;
	case COLUMN_BUFFER:
		snprintf(at, column->most, "b'%llu", (unsigned long long)n);
		break;
	case COLUMN_UINT32:
		*(uint32_t *)at = is_absent ? UINT32_MAX : (uint32_t)n;
		break;
	case COLUMN_INT32:
		*(int32_t *)at = is_absent ? (int32_t)column->low : (int32_t)n;
		break;
	case COLUMN_UINT64:
		*(uint64_t *)at = is_absent ? INT64_MAX : n;
		break;
	case COLUMN_TIME:
	case COLUMN_BYTES:
		*(int64_t *)at = is_absent ? RECORD_ABSENT : 1790000000000000000 + (int64_t)n;
		break;
	case COLUMN_REAL:
		*(double *)at = is_absent ? NAN : -(double)n / 3;
		break;
	case COLUMN_FLAG:
		*(bool *)at = n % 2;
		break;
	case COLUMN_WORD:
		word = (unsigned)(n % column->most);
		memcpy(at, &word, sizeof word);
		break;
	}
}

static void fill_columns(struct filler *filler, const struct fleet_column *columns, void *base)
{
	for (const struct fleet_column *c = columns; c->name; c++)
		fill_column(filler, c, base);
}

/* Everything of an attempt, lists of a length that depends on n; number stays. */
static void fill_attempt(struct filler *filler, struct fleet_attempt *attempt, uint32_t n)
{
	char *const base = (char *)attempt;
	const uint32_t number = attempt->number;
	bool has_profile = false;
	for (const struct fleet_table *t = fleet_tables; t->name; t++) {
		if (t->shape == SHAPE_ATTEMPT)
			fill_columns(filler, t->columns, attempt);
		if (t->shape == SHAPE_ALWAYS)
			fill_columns(filler, t->columns, base + t->offset);
		const size_t turn = n + (size_t)(t - fleet_tables);
		const bool is_there = turn % 3 > 0;
		if (t->shape == SHAPE_ONE && is_there) {
			*(bool *)(void *)(base + t->count_offset) = true;
			fill_columns(filler, t->columns, base + t->offset);
			has_profile = attempt->has_profile;
		}
		const bool is_of_profile = t->offset >= offsetof(struct fleet_attempt, profile) &&
		                           t->offset < offsetof(struct fleet_attempt, unreadable);
		if (t->shape != SHAPE_MANY || (is_of_profile && !has_profile))
			continue;
		const size_t count = strcmp(t->name, "policy") == 0 ? 3 : turn % 4;
		char *const items = calloc(count + 1, t->item_bytes);
		assert_non_null(items);
		for (size_t i = 0; i < count; i++)
			fill_columns(filler, t->columns, items + i * t->item_bytes);
		*(char **)(void *)(base + t->offset) = items;
		*(size_t *)(void *)(base + t->count_offset) = count;
	}
	for (size_t i = 0; i < attempt->profile.figure_count; i++)
		attempt->profile.figures[i].policy %= 3;
	for (size_t i = 0; i < attempt->profile.place_count; i++)
		attempt->profile.places[i].policy %= 3;
	attempt->number = number;
}

static void make_fleet(struct fleet *fleet)
{
	struct filler filler = {0};
	struct error err;
	fill_columns(&filler, fleet_tables[0].columns, fleet);
	for (uint32_t i = 0; i < 5; i++) {
		char name[32];
		snprintf(name, sizeof name, "node'%u", (unsigned)i);
		struct fleet_node *const node = fleet_node_take(fleet, name, &err);
		assert_non_null(node);
		free(node->name);
		fill_columns(&filler, fleet_tables[1].columns, node);
		for (uint32_t k = 0; k < i; k++) {
			struct fleet_attempt *const attempt =
			        fleet_attempt_take(node, 2 * k + 1, &err);
			assert_non_null(attempt);
			fill_attempt(&filler, attempt, i * 10 + k);
		}
	}
}

static void compare_columns(const struct fleet_table *table, const void *a, const void *b)
{
	for (const struct fleet_column *c = table->columns; c->name; c++) {
		const void *const left = (const char *)a + c->offset;
		const void *const right = (const char *)b + c->offset;
		const char *const text_a = *(const char *const *)left;
		const char *const text_b = *(const char *const *)right;
		switch (c->kind) {
		case COLUMN_TEXT:
		case COLUMN_TEXT_OR:
			if (text_a && text_b)
				assert_string_equal(text_a, text_b);
			else
				assert_ptr_equal(text_a, text_b);
			break;
		case COLUMN_BUFFER:
			assert_string_equal(left, right);
			break;
		case COLUMN_UINT32:
		case COLUMN_INT32:
		case COLUMN_WORD:
			assert_memory_equal(left, right, 4);
			break;
		case COLUMN_FLAG:
			assert_int_equal(*(const bool *)left, *(const bool *)right);
			break;
		case COLUMN_REAL:
			if (isnan(*(const double *)left)) {
				assert_true(isnan(*(const double *)right));
				break;
			}
			/* fallthrough */
		default:
			assert_memory_equal(left, right, 8);
		}
	}
}

static void compare_attempts(const struct fleet_attempt *a, const struct fleet_attempt *b)
{
	const char *const left = (const char *)a;
	const char *const right = (const char *)b;
	for (const struct fleet_table *t = fleet_tables; t->name; t++) {
		if (t->shape == SHAPE_ATTEMPT)
			compare_columns(t, a, b);
		if (t->shape == SHAPE_ALWAYS)
			compare_columns(t, left + t->offset, right + t->offset);
		if (t->shape == SHAPE_ONE) {
			assert_int_equal(left[t->count_offset], right[t->count_offset]);
			if (left[t->count_offset])
				compare_columns(t, left + t->offset, right + t->offset);
		}
		if (t->shape != SHAPE_MANY)
			continue;
		const size_t count = *(const size_t *)(const void *)(left + t->count_offset);
		assert_int_equal(count, *(const size_t *)(const void *)(right + t->count_offset));
		for (size_t i = 0; i < count; i++)
			compare_columns(t,
			                *(char *const *)(const void *)(left + t->offset) +
			                        i * t->item_bytes,
			                *(char *const *)(const void *)(right + t->offset) +
			                        i * t->item_bytes);
	}
}

static void test_every_field_comes_back(void **state)
{
	const struct place *const place = *state;
	struct error err = {""};
	cleanup_fleet struct fleet fleet = {0};
	cleanup_fleet struct fleet again = {0};
	make_fleet(&fleet);
	assert_int_equal(fleet_file_write(place->path, &fleet, &err), 0);
	assert_true(fleet_file_is(place->path));
	if (fleet_file_load(place->path, &again, &err) < 0)
		fail_msg("%s", err.text);
	compare_columns(&fleet_tables[0], &fleet, &again);
	assert_int_equal(fleet.node_count, again.node_count);
	for (size_t i = 0; i < fleet.node_count; i++) {
		const struct fleet_node *const a = &fleet.nodes[i];
		const struct fleet_node *const b = &again.nodes[i];
		compare_columns(&fleet_tables[1], a, b);
		assert_int_equal(a->attempt_count, b->attempt_count);
		for (size_t k = 0; k < a->attempt_count; k++)
			compare_attempts(&a->attempts[k], &b->attempts[k]);
	}
}

/* What no column covers may only be what the compiler leaves between fields. */
static void test_no_field_is_forgotten(void **state)
{
	(void)state;
	static const size_t kind_bytes[] = {
	        [COLUMN_TEXT] = sizeof(char *),
	        [COLUMN_TEXT_OR] = sizeof(char *),
	        [COLUMN_BUFFER] = 1,
	        [COLUMN_UINT32] = 4,
	        [COLUMN_INT32] = 4,
	        [COLUMN_UINT64] = 8,
	        [COLUMN_TIME] = 8,
	        [COLUMN_BYTES] = 8,
	        [COLUMN_REAL] = 8,
	        [COLUMN_FLAG] = 1,
	        [COLUMN_WORD] = 4,
	};
	const struct {
		const char *table;
		size_t bytes;
	} cases[] = {
	        {"job", sizeof(struct batch_job)},
	        {"report", sizeof(struct job_report)},
	        {"judgement", sizeof(struct fleet_judgement)},
	        {"fact", sizeof(struct profile_fact)},
	        {"figure", sizeof(struct profile_figure)},
	        {"place", sizeof(struct profile_place)},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		const struct fleet_table *table = fleet_tables;
		while (table->name && strcmp(table->name, cases[i].table) != 0)
			table++;
		assert_non_null(table->name);
		for (size_t at = 0; at < cases[i].bytes;) {
			size_t next = cases[i].bytes;
			size_t bytes = 0;
			size_t align = 8;
			for (const struct fleet_column *c = table->columns; c->name; c++)
				if (c->offset >= at && c->offset < next) {
					next = c->offset;
					align = kind_bytes[c->kind];
					bytes = c->kind == COLUMN_BUFFER ? c->most : align;
				}
			const size_t aligned = (at + align - 1) / align * align;
			if (next != aligned)
				fail_msg("table %s: bytes %zu to %zu are in no column", table->name,
				         at, next);
			at = next + bytes;
			if (next == cases[i].bytes)
				break;
		}
	}
}

static void test_the_same_is_not_written_again(void **state)
{
	const struct place *const place = *state;
	struct error err = {""};
	bool has_changed = false;
	cleanup_fleet struct fleet fleet = {0};
	struct stat before;
	struct stat after;
	make_fleet(&fleet);
	assert_int_equal(fleet_file_update(place->path, &fleet, &has_changed, &err), 0);
	assert_true(has_changed);
	assert_int_equal(stat(place->path, &before), 0);
	fleet.observed_ns += 1000;
	assert_int_equal(fleet_file_update(place->path, &fleet, &has_changed, &err), 0);
	assert_false(has_changed);
	assert_int_equal(stat(place->path, &after), 0);
	assert_int_equal(before.st_ino, after.st_ino);
	fleet.nodes[4].attempts[1].verdict = FLEET_HUNG;
	fleet.nodes[4].attempts[0].verdict = FLEET_PASS;
	assert_int_equal(fleet_file_update(place->path, &fleet, &has_changed, &err), 0);
	assert_true(has_changed);
}

static void test_values_that_cannot_be_are_absent(void **state)
{
	const struct place *const place = *state;
	struct error err = {""};
	cleanup_fleet struct fleet fleet = {.created_ns = INT64_MAX, .observed_ns = RECORD_ABSENT};
	cleanup_fleet struct fleet again = {0};
	struct fleet_node *const node = fleet_node_take(&fleet, "n", &err);
	struct fleet_attempt *const attempt = fleet_attempt_take(node, 1, &err);
	attempt->job.max_rss_bytes = -5;
	attempt->job.exit_code = -77;
	attempt->has_profile = true;
	attempt->profile.tasks = UINT64_MAX;
	attempt->judgements = calloc(1, sizeof *attempt->judgements);
	attempt->judgement_count = 1;
	attempt->judgements[0].value = INFINITY;
	if (fleet_file_write(place->path, &fleet, &err) < 0)
		fail_msg("%s", err.text);
	if (fleet_file_load(place->path, &again, &err) < 0)
		fail_msg("%s", err.text);
	assert_true(again.created_ns == RECORD_ABSENT);
	const struct fleet_attempt *const back = &again.nodes[0].attempts[0];
	assert_true(back->job.max_rss_bytes == RECORD_ABSENT);
	assert_int_equal(back->job.exit_code, -1);
	assert_true(isnan(back->judgements[0].value));
}

/* Each is done to a good file, which is then refused with these words in the sentence. */
static const struct {
	const char *sql;
	const char *words;
} damages[] = {
        {"PRAGMA user_version=2", "newer plateau"},
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
	const struct place *const place = *state;
	for (size_t i = 0; i < ARRAY_LENGTH(damages); i++) {
		struct error err = {""};
		cleanup_fleet struct fleet fleet = {0};
		cleanup_free char *sql = NULL;
		struct fleet untouched = {.node_count = 77};
		make_fleet(&fleet);
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
	const struct place *const place = *state;
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
	const struct place *const place = *state;
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
	const struct place *const place = *state;
	struct error err = {""};
	cleanup_fleet struct fleet fleet = {0};
	cleanup_free char *data = NULL;
	size_t bytes = 0;
	make_fleet(&fleet);
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

static void test_nothing_stays_beside_it(void **state)
{
	const struct place *const place = *state;
	struct error err = {""};
	cleanup_fleet struct fleet fleet = {0};
	cleanup_free char *left = NULL;
	cleanup_free char *pattern = NULL;
	make_fleet(&fleet);
	assert_int_equal(fleet_file_write(place->path, &fleet, &err), 0);
	/* As a killed one leaves it. */
	assert_int_equal(str_format(&left, &err, "%s.new-0123abcd", place->path), 0);
	assert_int_equal(file_copy(place->path, left, 0600, false, &err), 0);
	assert_int_equal(fleet_file_write(place->path, &fleet, &err), 0);
	assert_int_equal(str_format(&pattern, &err, "%s/*", place->folder), 0);
	glob_t found = {0};
	assert_int_equal(glob(pattern, 0, NULL, &found), 0);
	assert_int_equal(found.gl_pathc, 1);
	globfree(&found);
	/* Where nothing can be written, nothing is lost. */
	assert_int_equal(fleet_file_write("/nowhere/at/all.db", &fleet, &err), -ENOENT);
}

static void test_the_views_work(void **state)
{
	const struct place *const place = *state;
	struct error err = {""};
	cleanup_fleet struct fleet fleet = {0};
	make_fleet(&fleet);
	assert_int_equal(fleet_file_write(place->path, &fleet, &err), 0);
	assert_int_equal(fixture_query(place->path, "SELECT count(*) FROM attempt_wide"), 10);
	assert_int_equal(fixture_query(place->path, "SELECT count(*) FROM last_attempt"), 4);
	assert_int_equal(fixture_query(place->path, "SELECT (SELECT count(*) FROM figure_wide)"
	                                            "=(SELECT count(*) FROM figure)"),
	                 1);
	assert_int_equal(fixture_query(place->path, "SELECT (SELECT count(*) FROM place_wide)"
	                                            "=(SELECT count(*) FROM place)"),
	                 1);
	assert_true(fixture_query(place->path, "SELECT count(*) FROM memory") >= 10);
	assert_int_equal(
	        fixture_query(place->path, "SELECT count(*) FROM pragma_foreign_key_check"), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	        TEST(test_every_field_comes_back),
	        TEST(test_no_field_is_forgotten),
	        TEST(test_the_same_is_not_written_again),
	        TEST(test_values_that_cannot_be_are_absent),
	        TEST(test_damaged_files_are_refused),
	        TEST(test_what_is_no_fleet_file),
	        TEST(test_a_result_is_no_fleet_file),
	        TEST(test_cut_and_changed_files),
	        TEST(test_nothing_stays_beside_it),
	        TEST(test_the_views_work),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
