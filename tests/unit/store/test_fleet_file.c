/* Fleet files: every field there and back, written once and whole, read by queries. */
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
#include "store/fleet_schema.h"

#include <errno.h>
#include <glob.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void compare_texts(const char *a, const char *b)
{
	if (a && b)
		assert_string_equal(a, b);
	else
		assert_ptr_equal(a, b);
}

static void compare_columns(const struct fleet_table *table, const void *a, const void *b)
{
	for (const struct fleet_column *c = table->columns; c->name; c++) {
		const void *const left = (const char *)a + c->offset;
		const void *const right = (const char *)b + c->offset;
		switch (c->kind) {
		case COLUMN_TEXT:
		case COLUMN_TEXT_OR:
			compare_texts(*(const char *const *)left, *(const char *const *)right);
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
	const struct filed *const place = *state;
	struct error err = {""};
	cleanup_fleet struct fleet fleet = {0};
	cleanup_fleet struct fleet again = {0};
	filed_fleet(&fleet);
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
	const struct filed *const place = *state;
	struct error err = {""};
	bool has_changed = false;
	cleanup_fleet struct fleet fleet = {0};
	struct stat before;
	struct stat after;
	filed_fleet(&fleet);
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
	const struct filed *const place = *state;
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

/* A file of version 1, which had no judgement.measure and no table ranked, is read. */
static void test_the_first_version_is_read(void **state)
{
	const struct filed *const place = *state;
	struct error err = {""};
	cleanup_fleet struct fleet fleet = {0};
	cleanup_fleet struct fleet again = {0};
	filed_fleet(&fleet);
	assert_int_equal(fleet_file_write(place->path, &fleet, &err), 0);
	assert_int_equal(
	        fixture_sql(
	                place->path,
	                "DROP VIEW node_wide; DROP VIEW last_attempt; DROP VIEW attempt_wide;"
	                "DROP TABLE ranked;"
	                "ALTER TABLE judgement RENAME COLUMN measure TO x; PRAGMA user_version=1"),
	        0);
	if (fleet_file_load(place->path, &again, &err) < 0)
		fail_msg("%s", err.text);
	size_t judgements = 0;
	for (size_t i = 0; i < again.node_count; i++)
		for (size_t k = 0; k < again.nodes[i].attempt_count; k++) {
			const struct fleet_attempt *const own = &again.nodes[i].attempts[k];
			const struct fleet_attempt *const its = &fleet.nodes[i].attempts[k];
			assert_int_equal(own->judgement_count, its->judgement_count);
			assert_false(own->has_ranked);
			for (size_t j = 0; j < own->judgement_count; j++, judgements++) {
				assert_null(own->judgements[j].measure);
				assert_int_equal(own->judgements[j].verdict,
				                 its->judgements[j].verdict);
			}
		}
	assert_true(judgements > 0);
}

static void test_nothing_stays_beside_it(void **state)
{
	const struct filed *const place = *state;
	struct error err = {""};
	cleanup_fleet struct fleet fleet = {0};
	cleanup_free char *left = NULL;
	cleanup_free char *pattern = NULL;
	filed_fleet(&fleet);
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
	const struct filed *const place = *state;
	struct error err = {""};
	cleanup_fleet struct fleet fleet = {0};
	filed_fleet(&fleet);
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
	assert_int_equal(fixture_query(place->path, "SELECT count(*) FROM node_wide"), 5);
	assert_int_equal(
	        fixture_query(place->path, "SELECT count(*) FROM pragma_foreign_key_check"), 0);
}

/* Who needs somebody is asked of one view, whoever found it out. */
static void test_a_slow_node_is_found_by_query(void **state)
{
	const struct filed *const place = *state;
	struct error err = {""};
	cleanup_fleet struct fleet fleet = {0};
	filed_fleet(&fleet);
	size_t slow = 0;
	for (size_t i = 0; i < fleet.node_count; i++) {
		struct fleet_attempt *const last = fleet_attempt_last(&fleet.nodes[i]);
		fleet.nodes[i].verdict = FLEET_PASS;
		if (!last)
			continue;
		/* What failed is no matter of others. */
		fleet.nodes[i].verdict = slow == 1 ? FLEET_FAIL : FLEET_PASS;
		last->has_ranked = slow++ < 2;
		last->ranked.verdict = FLEET_SLOW;
		last->ranked.relative = 0.834;
	}
	assert_int_equal(fleet_file_write(place->path, &fleet, &err), 0);
	assert_int_equal(fixture_query(place->path,
	                               "SELECT count(*) FROM node_wide WHERE verdict='slow' AND "
	                               "relative=0.834"),
	                 1);
	assert_int_equal(
	        fixture_query(place->path, "SELECT count(*) FROM node_wide WHERE verdict<>'pass'"),
	        2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        FILED_TEST(test_every_field_comes_back),
	        FILED_TEST(test_no_field_is_forgotten),
	        FILED_TEST(test_the_same_is_not_written_again),
	        FILED_TEST(test_values_that_cannot_be_are_absent),
	        FILED_TEST(test_the_first_version_is_read),
	        FILED_TEST(test_nothing_stays_beside_it),
	        FILED_TEST(test_the_views_work),
	        FILED_TEST(test_a_slow_node_is_found_by_query),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
