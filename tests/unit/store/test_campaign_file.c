/* Campaign files: everything there and back, damage told, nothing replaced unasked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/file.h"
#include "core/rng.h"
#include "core/str.h"
#include "fixture.h"
#include "model/campaign.h"
#include "store/campaign_file.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TASKS = 5000 };

struct place_of_test {
	char folder[64];
	char path[96];
};

static int make_folder(void **state)
{
	static struct place_of_test place;
	strcpy(place.folder, "campaign-file-XXXXXX");
	assert_non_null(mkdtemp(place.folder));
	snprintf(place.path, sizeof place.path, "%s/c.db", place.folder);
	*state = &place;
	return 0;
}

static int remove_folder(void **state)
{
	const struct place_of_test *const place = *state;
	struct error err;
	return file_remove_tree(-100 /* AT_FDCWD */, place->folder, &err);
}

/* Every field has a value of its own somewhere, and is absent somewhere. */
static void fill(struct campaign *campaign)
{
	static const char *const types[] = {"isr", "it's \"quoted\"; DROP TABLE task", "\xc3\xa9"};
	static const char *const bands[] = {"u", "g", ""};
	struct error err;
	size_t visits = 0;
	size_t band = 0;
	uint32_t index = 0;
	assert_int_equal(str_copy("w_2025_48", &campaign->label, &err), 0);
	assert_int_equal(str_copy("csv", &campaign->format, &err), 0);
	assert_int_equal(str_copy("by hand", &campaign->source, &err), 0);
	assert_int_equal(str_copy("the process", &campaign->max_rss_of, &err), 0);
	campaign->imported_ns = 1700000000000000000;
	for (size_t i = 0; i < ARRAY_LENGTH(types); i++)
		assert_int_equal(campaign_type(campaign, types[i], &index, &err), 0);
	assert_int_equal(campaign_covariate(campaign, "visits); --", false, &visits, &err), 0);
	assert_int_equal(campaign_covariate(campaign, "band", true, &band, &err), 0);
	assert_int_equal(campaign_remark(campaign, &err, "columns were guessed"), 0);
	for (int64_t i = 0; i < TASKS; i++) {
		struct campaign_task task = campaign_task_empty();
		task.type = (uint32_t)(i % 3);
		task.state = (uint8_t)(i % CAMPAIGN_STATES);
		task.attempt = (uint16_t)(i % 4);
		task.is_superseded = i % 5 == 0;
		task.cores = (uint32_t)(i % 6);
		task.start_ns = i % 7 ? 1700000000000000000 + i : RECORD_ABSENT;
		task.wall_ns = i % 8 ? i * 1000003 : RECORD_ABSENT;
		task.cpu_ns = i % 9 ? i * 999983 : RECORD_ABSENT;
		task.max_rss_bytes = i % 10 ? i * 4096 : RECORD_ABSENT;
		assert_int_equal(campaign_add(campaign, &task, &err), 0);
		if (i % 11)
			campaign->covariates[visits].values[i] = (double)i / 7;
		if (i % 12)
			assert_int_equal(campaign_label(campaign, band, bands[i % 3],
			                                &campaign->covariates[band].labels[i],
			                                &err),
			                 0);
	}
}

static void compare_words(const struct words *a, const struct words *b)
{
	assert_int_equal(a->count, b->count);
	for (size_t i = 0; i < a->count; i++)
		assert_string_equal(a->items[i], b->items[i]);
}

static void compare(const struct campaign *a, const struct campaign *b)
{
	assert_string_equal(a->label, b->label);
	assert_string_equal(a->format, b->format);
	assert_string_equal(a->source, b->source);
	assert_string_equal(a->max_rss_of, b->max_rss_of);
	assert_null(b->cpu_of);
	assert_int_equal(a->imported_ns, b->imported_ns);
	compare_words(&a->types, &b->types);
	compare_words(&a->remarks, &b->remarks);
	assert_int_equal(a->covariate_count, b->covariate_count);
	assert_int_equal(a->task_count, b->task_count);
	for (size_t c = 0; c < a->covariate_count; c++) {
		const struct campaign_covariate *const x = &a->covariates[c];
		const struct campaign_covariate *const y = &b->covariates[c];
		assert_string_equal(x->name, y->name);
		assert_int_equal(x->is_label, y->is_label);
		compare_words(&x->words, &y->words);
		for (size_t i = 0; i < a->task_count; i++)
			if (x->is_label)
				assert_int_equal(x->labels[i], y->labels[i]);
			else
				assert_true(x->values[i] == y->values[i] ||
				            (isnan(x->values[i]) && isnan(y->values[i])));
	}
	for (size_t i = 0; i < a->task_count; i++) {
		const struct campaign_task *const x = &a->tasks[i];
		const struct campaign_task *const y = &b->tasks[i];
		assert_int_equal(x->start_ns, y->start_ns);
		assert_int_equal(x->wall_ns, y->wall_ns);
		assert_int_equal(x->cpu_ns, y->cpu_ns);
		assert_int_equal(x->max_rss_bytes, y->max_rss_bytes);
		assert_int_equal(x->type, y->type);
		assert_int_equal(x->cores, y->cores);
		assert_int_equal(x->attempt, y->attempt);
		assert_int_equal(x->state, y->state);
		assert_int_equal(x->is_superseded, y->is_superseded);
	}
}

static void everything_comes_back(void **state)
{
	const struct place_of_test *const place = *state;
	cleanup_campaign struct campaign campaign = {0};
	cleanup_campaign struct campaign loaded = {0};
	struct error err;
	fill(&campaign);
	assert_false(campaign_file_is(place->path));
	assert_int_equal(campaign_file_write(place->path, &campaign, false, &err), 0);
	assert_true(campaign_file_is(place->path));
	assert_int_equal(campaign_file_load(place->path, &loaded, &err), 0);
	compare(&campaign, &loaded);
	/* A campaign that was loaded can be filled further. */
	uint32_t type = 0;
	assert_int_equal(campaign_type(&loaded, "isr", &type, &err), 0);
	assert_int_equal(type, 0);
	assert_int_equal(campaign_type(&loaded, "new", &type, &err), 0);
	assert_int_equal(type, 3);
}

static void an_empty_one_comes_back(void **state)
{
	const struct place_of_test *const place = *state;
	cleanup_campaign struct campaign campaign = {.imported_ns = RECORD_ABSENT};
	cleanup_campaign struct campaign loaded = {0};
	struct error err;
	assert_int_equal(campaign_file_write(place->path, &campaign, false, &err), 0);
	assert_int_equal(campaign_file_load(place->path, &loaded, &err), 0);
	assert_int_equal(loaded.task_count, 0);
	assert_string_equal(loaded.label, "");
}

static void people_can_ask(void **state)
{
	const struct place_of_test *const place = *state;
	cleanup_campaign struct campaign campaign = {0};
	struct error err;
	fill(&campaign);
	assert_int_equal(campaign_file_write(place->path, &campaign, false, &err), 0);
	assert_int_equal(fixture_query(place->path, "SELECT count(*) FROM task_wide"), TASKS);
	assert_int_equal(
	        fixture_query(place->path,
	                      "SELECT count(*) FROM task_wide WHERE type='isr' AND state='done'"),
	        TASKS / 21 + 1);
	assert_int_equal(
	        fixture_query(place->path, "SELECT count(*) FROM task_wide WHERE covariate_2='g'"),
	        1667);
	assert_int_equal(fixture_query(place->path, "PRAGMA user_version"), 1);
}

static void nothing_is_replaced_unasked(void **state)
{
	const struct place_of_test *const place = *state;
	cleanup_campaign struct campaign campaign = {0};
	struct error err;
	fill(&campaign);
	assert_int_equal(campaign_file_write(place->path, &campaign, false, &err), 0);
	assert_int_equal(campaign_file_write(place->path, &campaign, false, &err), -EEXIST);
	assert_int_equal(campaign_file_write(place->path, &campaign, true, &err), 0);
	cleanup_free char *text = NULL;
	assert_int_equal(str_format(&text, &err, "%s/text", place->folder), 0);
	cleanup_file FILE *stream = fopen(text, "we");
	assert_non_null(stream);
	assert_true(fputs("mine\n", stream) >= 0);
	assert_int_equal(fflush(stream), 0);
	assert_int_equal(campaign_file_write(text, &campaign, true, &err), -EEXIST);
	assert_int_equal(campaign_file_write("no/such/folder/c.db", &campaign, false, &err),
	                 -ENOENT);
}

static void damage_is_told(void **state)
{
	static const struct {
		const char *sql;
		const char *said;
	} cases[] = {
	        {"DELETE FROM task WHERE task=17", "numbered"},
	        {"DELETE FROM task WHERE task=4999", "4999 of 5000"},
	        {"UPDATE task SET task=-1 WHERE task=0", "numbered"},
	        {"INSERT INTO task(task, type, state, superseded) VALUES(5000, 0, 'done', 0)",
	         "numbered"},
	        {"UPDATE task SET type=3 WHERE task=2", "impossible type"},
	        {"UPDATE task SET covariate_2=3 WHERE task=2", "impossible covariate_2"},
	        {"UPDATE task SET attempt=70000 WHERE task=2", "impossible attempt"},
	        {"UPDATE task SET wall_ns=9223372036854775807 WHERE task=2", "impossible wall_ns"},
	        {"UPDATE campaign SET tasks=20000000", "more tasks than it has room"},
	        {"UPDATE campaign SET tasks=30000000", "impossible tasks"},
	        {"UPDATE campaign SET tasks=4000", "numbered"},
	        {"DELETE FROM campaign", "holds no campaign"},
	        {"INSERT INTO campaign(label, format, tasks) VALUES('', '', 0)",
	         "more than one campaign"},
	        {"DELETE FROM type WHERE type=0", "impossible type"},
	        {"UPDATE covariate SET name='band'", "one twice"},
	        {"INSERT INTO label VALUES(1, 0, 'x')", "of numbers has labels"},
	        {"DELETE FROM covariate WHERE covariate=2", "table label"},
	        {"DROP TABLE remark", "the table remark is missing"},
	        {"DROP VIEW task_wide; DROP TABLE task; CREATE VIEW task AS SELECT 1", "task"},
	        {"PRAGMA user_version=2", "newer plateau"},
	        {"PRAGMA application_id=1", "another program"},
	        {"PRAGMA application_id=1886155887", "`plateau show`"},
	};
	const struct place_of_test *const place = *state;
	cleanup_campaign struct campaign campaign = {0};
	struct error err;
	fill(&campaign);
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct campaign loaded = {0};
		unlink(place->path);
		assert_int_equal(campaign_file_write(place->path, &campaign, false, &err), 0);
		cleanup_free char *sql = NULL;
		assert_int_equal(
		        str_format(&sql, &err, "PRAGMA foreign_keys=OFF; %s", cases[i].sql), 0);
		assert_int_equal(fixture_sql(place->path, sql), 0);
		const int r = campaign_file_load(place->path, &loaded, &err);
		if (r != -EINVAL || !strstr(err.text, cases[i].said))
			fail_msg("%s: %d, %s", cases[i].sql, r, err.text);
		assert_null(loaded.tasks);
	}
}

static void a_cut_file_is_told(void **state)
{
	const struct place_of_test *const place = *state;
	cleanup_campaign struct campaign campaign = {0};
	struct campaign loaded = {0};
	struct error err;
	struct stat status;
	fill(&campaign);
	assert_int_equal(campaign_file_write(place->path, &campaign, false, &err), 0);
	assert_int_equal(stat(place->path, &status), 0);
	for (off_t bytes = status.st_size - 1; bytes > 0; bytes /= 2) {
		assert_int_equal(truncate(place->path, bytes), 0);
		assert_int_equal(campaign_file_load(place->path, &loaded, &err), -EINVAL);
		assert_null(loaded.tasks);
	}
	assert_int_equal(campaign_file_load("not-there.db", &loaded, &err), -ENOENT);
}

/* Bytes that were changed are told, or change a figure; nothing worse. */
static void changed_bytes(void **state)
{
	const struct place_of_test *const place = *state;
	cleanup_campaign struct campaign campaign = {0};
	struct error err;
	struct stat status;
	struct rng rng;
	fill(&campaign);
	rng_init(&rng, 11, 1);
	for (int round = 0; round < 80; round++) {
		cleanup_campaign struct campaign loaded = {0};
		assert_int_equal(campaign_file_write(place->path, &campaign, round > 0, &err), 0);
		cleanup_file FILE *stream = fopen(place->path, "r+e");
		assert_non_null(stream);
		assert_int_equal(fstat(fileno(stream), &status), 0);
		for (int i = 0; i < 20; i++) {
			/* Behind what tells its kind. */
			const uint64_t room = (uint64_t)status.st_size - 100;
			assert_int_equal(
			        fseek(stream, (long)(100 + rng_below(&rng, room)), SEEK_SET), 0);
			fputc((int)rng_below(&rng, 256), stream);
		}
		assert_int_equal(fflush(stream), 0);
		const int r = campaign_file_load(place->path, &loaded, &err);
		assert_true(r == 0 ? loaded.task_count == TASKS : !loaded.tasks);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(everything_comes_back, make_folder, remove_folder),
	        cmocka_unit_test_setup_teardown(an_empty_one_comes_back, make_folder,
	                                        remove_folder),
	        cmocka_unit_test_setup_teardown(people_can_ask, make_folder, remove_folder),
	        cmocka_unit_test_setup_teardown(nothing_is_replaced_unasked, make_folder,
	                                        remove_folder),
	        cmocka_unit_test_setup_teardown(damage_is_told, make_folder, remove_folder),
	        cmocka_unit_test_setup_teardown(a_cut_file_is_told, make_folder, remove_folder),
	        cmocka_unit_test_setup_teardown(changed_bytes, make_folder, remove_folder),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
