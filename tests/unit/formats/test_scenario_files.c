/* The files: every broken scenario gives exactly its expected messages and is accepted once mended;
 * every scenario that is installed is accepted; docs/scenario.md says what the table of keys
 * says, and docs/capacity.md has every key. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/error.h"
#include "core/file.h"
#include "core/str.h"
#include "formats/capacity/capacity_keys.h"
#include "formats/scenario/scenario_keys.h"
#include "formats/scenario/scenario_yaml.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LEAST_BROKEN_FILES = 40, LEAST_INSTALLED_FILES = 3, FILE_BYTES = 1 << 20 };

static const char *source_folder(void)
{
	const char *const folder = getenv("top_srcdir");
	return folder ? folder : ".";
}

static char *source_path(const char *path)
{
	struct error err;
	char *whole = NULL;
	assert_int_equal(file_join(source_folder(), path, &whole, &err), 0);
	return whole;
}

static char *read_source(const char *path, size_t *ret_bytes)
{
	struct error err = {""};
	char *text = NULL;
	if (file_read(path, FILE_BYTES, &text, ret_bytes, &err) < 0)
		fail_msg("%s", err.text);
	return text;
}

static void find(const char *pattern, size_t least, glob_t *ret_found)
{
	char *const whole = source_path(pattern);
	assert_int_equal(glob(whole, 0, NULL, ret_found), 0);
	assert_true(ret_found->gl_pathc >= least);
	free(whole);
}

/* All problems of the file, a line each, under the file's own name; "" when it is accepted. */
static char *problems_of(const char *path)
{
	size_t bytes = 0;
	char *const text = read_source(path, &bytes);
	const char *const name = strrchr(path, '/') + 1;
	struct scenario scenario = {0};
	struct problems problems = {0};
	struct error err = {""};
	const int r = scenario_yaml_parse(name, text, bytes, &scenario, &problems, &err);
	assert_int_equal(r, problems.count ? -EINVAL : 0);
	struct str lines = {0};
	for (size_t i = 0; i < problems.count; i++)
		str_addf(&lines, "%s\n", problems.items[i].text);
	char *all = NULL;
	assert_int_equal(str_take(&lines, &all, &err), 0);
	scenario_release(&scenario);
	problems_release(&problems);
	free(text);
	return all;
}

/* The path with ".yaml" replaced by another ending. */
static char *sibling(const char *path, const char *ending)
{
	struct error err;
	char *other = NULL;
	const int stem = (int)(strlen(path) - strlen(".yaml"));
	assert_int_equal(str_format(&other, &err, "%.*s%s", stem, path, ending), 0);
	return other;
}

static void test_broken_files(void **state)
{
	(void)state;
	glob_t found;
	find("tests/scenarios/broken/*.yaml", LEAST_BROKEN_FILES, &found);
	size_t checked = 0;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		const char *const path = found.gl_pathv[i];
		if (strstr(path, ".mended.yaml"))
			continue;
		print_message("# %s\n", path);
		char *const expected_path = sibling(path, ".expected");
		size_t bytes;
		char *const expected = read_source(expected_path, &bytes);
		char *const told = problems_of(path);
		assert_true(bytes > 0);
		assert_string_equal(told, expected);
		char *const mended_path = sibling(path, ".mended.yaml");
		char *const mended = problems_of(mended_path);
		assert_string_equal(mended, "");
		free(mended);
		free(mended_path);
		free(told);
		free(expected);
		free(expected_path);
		checked++;
	}
	assert_true(checked >= LEAST_BROKEN_FILES);
	globfree(&found);
}

/* A message says what is wrong and, behind ';' or "must be", what would be right. */
static void test_remedies(void **state)
{
	(void)state;
	glob_t found;
	find("tests/scenarios/broken/*.expected", LEAST_BROKEN_FILES, &found);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		size_t bytes;
		char *const lines = read_source(found.gl_pathv[i], &bytes);
		char *rest = NULL;
		for (const char *line = strtok_r(lines, "\n", &rest); line;
		     line = strtok_r(NULL, "\n", &rest)) {
			print_message("# %s\n", line);
			assert_true(strchr(line, ';') || strstr(line, "must be"));
		}
		free(lines);
	}
	globfree(&found);
}

static void test_installed_files(void **state)
{
	(void)state;
	glob_t found;
	find("scenarios/*.yaml", LEAST_INSTALLED_FILES, &found);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		/* What a production takes is no scenario of a run. */
		if (strstr(found.gl_pathv[i], "/capacity-"))
			continue;
		print_message("# %s\n", found.gl_pathv[i]);
		char *const told = problems_of(found.gl_pathv[i]);
		assert_string_equal(told, "");
		free(told);
	}
	globfree(&found);
}

static int check_row(const char *path, const struct bind_key *key, void *context)
{
	const char *const document = context;
	char row[1024];
	snprintf(row, sizeof row, "| `%s` | %s | %s | `%s` | %s |\n", path, key->type,
	         key->default_text, key->example, key->help);
	if (!strstr(document, row))
		print_message("# docs/scenario.md has no such row: %s", row);
	assert_non_null(strstr(document, row));
	return 0;
}

static void test_documentation(void **state)
{
	(void)state;
	char *const path = source_path("docs/scenario.md");
	size_t bytes;
	char *const document = read_source(path, &bytes);
	assert_int_equal(scenario_keys_visit(check_row, document), 0);
	free(document);
	free(path);
}

static void test_capacity_documentation(void **state)
{
	(void)state;
	/* The keys of the last two stand within the row of the key that has them. */
	static const struct {
		const struct bind_key *keys;
		size_t count;
		const char *before;
		const char *behind;
	} tables[] = {
	        {capacity_keys, CAPACITY_KEYS, "\n| ", " |"},
	        {capacity_task_keys, CAPACITY_TASK_KEYS, "\n| ", " |"},
	        {capacity_platform_keys, CAPACITY_PLATFORM_KEYS, "\n| ", " |"},
	        {capacity_product_keys, CAPACITY_PRODUCT_KEYS, "\n| ", " |"},
	        {capacity_source_keys, CAPACITY_SOURCE_KEYS, "", ""},
	        {capacity_visits_keys, CAPACITY_VISITS_KEYS, "", ""},
	};
	char *const path = source_path("docs/capacity.md");
	size_t bytes;
	char *const document = read_source(path, &bytes);
	for (size_t t = 0; t < ARRAY_LENGTH(tables); t++) {
		for (size_t i = 0; i < tables[t].count; i++) {
			char *row = NULL;
			struct error err;
			assert_int_equal(str_format(&row, &err, "%s`%s`%s", tables[t].before,
			                            tables[t].keys[i].name, tables[t].behind),
			                 0);
			print_message("# %s\n", tables[t].keys[i].name);
			assert_non_null(strstr(document, row));
			free(row);
		}
	}
	free(document);
	free(path);
}

static int check_entry(const char *path, const struct bind_key *key, void *context)
{
	size_t *const count = context;
	(*count)++;
	print_message("# %s\n", path);
	assert_non_null(key->type);
	assert_non_null(key->default_text);
	assert_non_null(key->example);
	assert_non_null(key->help);
	assert_int_equal(key->help[strlen(key->help) - 1], '.');
	assert_int_equal(key->kind == BIND_CUSTOM, key->bind != NULL);
	assert_int_equal(key->kind == BIND_CHOICE, key->choices != NULL);
	assert_int_equal(key->kind == BIND_MAPPING, key->keys != NULL);
	assert_int_equal(key->is_required, strcmp(key->default_text, "required") == 0);
	return 0;
}

static void test_table(void **state)
{
	(void)state;
	size_t count = 0;
	assert_int_equal(scenario_keys_visit(check_entry, &count), 0);
	assert_int_equal(count,
	                 9 + 11 + 2 + 8 + 1 + 2 + 1 + 9 + 4 + 4 + 2 + 2 + 2 * 3 + 3 + 3 + 12 + 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_broken_files),           cmocka_unit_test(test_remedies),
	        cmocka_unit_test(test_installed_files),        cmocka_unit_test(test_documentation),
	        cmocka_unit_test(test_capacity_documentation), cmocka_unit_test(test_table),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
