/* The binder with a table of its own: booleans, nesting, lists and paths. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/error.h"
#include "formats/yaml_bind.h"
#include "formats/yaml_text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct target {
	bool is_on;
	uint32_t number;
	int64_t wait_ns;
	int64_t room_bytes;
	unsigned choice;
};

static const char *const colours[] = {"red", "green", NULL};

static const struct bind_key inner_keys[] = {
        {.name = "is_on",
         .kind = BIND_BOOLEAN,
         .offset = offsetof(struct target, is_on),
         .type = "true or false",
         .example = "true"},
        {.name = "wait",
         .kind = BIND_DURATION,
         .offset = offsetof(struct target, wait_ns),
         .type = "a duration",
         .example = "1s"},
        {.name = "room",
         .kind = BIND_BYTES,
         .offset = offsetof(struct target, room_bytes),
         .type = "a size",
         .example = "1 GB"},
};

static const struct bind_key keys[] = {
        {.name = "number",
         .kind = BIND_INTEGER,
         .is_required = true,
         .low = 1,
         .high = 9,
         .offset = offsetof(struct target, number),
         .type = "a whole number",
         .example = "3"},
        {.name = "colour",
         .kind = BIND_CHOICE,
         .choices = colours,
         .offset = offsetof(struct target, choice),
         .type = "a colour",
         .example = "red"},
        {.name = "inner",
         .kind = BIND_MAPPING,
         .keys = inner_keys,
         .key_count = ARRAY_LENGTH(inner_keys),
         .type = "a mapping",
         .example = "{is_on: true}"},
};

/* Binds text; returns the one problem in problem ("" for none). */
static void bind(const char *text, struct target *target, char problem[256])
{
	yaml_document_t document;
	struct problems problems = {0};
	struct error err = {""};
	assert_int_equal(yaml_text_load("f", text, strlen(text), &document, &problems, &err), 0);
	struct binder binder = {"f", "thing", &document, &problems, &err, NULL};
	assert_int_equal(bind_document(&binder, keys, ARRAY_LENGTH(keys), target), 0);
	assert_true(problems.count <= 1);
	problem[0] = '\0';
	if (problems.count == 1)
		strncat(problem, problems.items[0].text, 255);
	problems_release(&problems);
	yaml_document_delete(&document);
}

static void test_values(void **state)
{
	(void)state;
	struct target target = {0};
	char problem[256];
	bind("number: 7\ncolour: green\ninner: {is_on: true, wait: 2ms, room: 1 KiB}\n", &target,
	     problem);
	assert_string_equal(problem, "");
	assert_int_equal(target.number, 7);
	assert_int_equal(target.choice, 1);
	assert_true(target.is_on);
	assert_int_equal(target.wait_ns, 2000000);
	assert_int_equal(target.room_bytes, 1024);
	bind("number: 7\ninner: {is_on: false}\n", &target, problem);
	assert_string_equal(problem, "");
	assert_false(target.is_on);
}

static void test_booleans(void **state)
{
	(void)state;
	static const char *const words[] = {"yes", "no", "maybe", "on", "True", "1", "y"};
	for (size_t i = 0; i < ARRAY_LENGTH(words); i++) {
		struct target target = {.is_on = true};
		char text[64];
		char problem[256];
		char expected[256];
		snprintf(text, sizeof text, "number: 1\ninner:\n  is_on: %s\n", words[i]);
		snprintf(expected, sizeof expected,
		         "f:3:10: inner.is_on: \"%s\" is neither true nor false; write is_on: true "
		         "or "
		         "is_on: false",
		         words[i]);
		bind(text, &target, problem);
		assert_string_equal(problem, expected);
		assert_true(target.is_on);
	}
}

static void test_problems(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		const char *problem;
	} cases[] = {
	        {"colour: red\n", "f:1:1: number: missing; write for example number: 3"},
	        {"number: 10\n", "f:1:9: number: 10 is out of range; it must be between 1 and 9"},
	        {"number: 1\ninner: {wait: 0}\n", "f:2:15: inner.wait: must be above 0; write for "
	                                          "example wait: 1s, or leave the key out"},
	        {"number: 1\nwait: 3s\n", "f:2:1: wait: unknown key here; it belongs under inner"},
	        {"number: 1\nzzz: 3s\n",
	         "f:2:1: zzz: unknown key; known here are number, colour, inner"},
	        {"nmber: 1\n", "f:1:1: nmber: unknown key; did you mean number?"},
	        {"- number\n",
	         "f:1:1: thing: keys are expected here, not a list; begin with number: 3"},
	        {"number: 1111111111111111111111111111111111111111111\n",
	         "f:1:9: number: too long for a whole number; write for example number: 3"},
	        {"number: 1\n'': 3\n",
	         "f:2:1: thing: a key must be a single word, not empty or with a NUL in it; write "
	         "key: value"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct target target = {0};
		char problem[256];
		bind(cases[i].text, &target, problem);
		assert_string_equal(problem, cases[i].problem);
	}
}

static void test_paths(void **state)
{
	(void)state;
	static const struct bind_place root = {NULL, NULL, 0, NULL, NULL};
	const struct bind_place sweep = {&root, "sweep", 0, NULL, NULL};
	const struct bind_place levels = {&sweep, "levels", 0, NULL, NULL};
	const struct bind_place third = {&levels, NULL, 2, NULL, NULL};
	char path[BIND_PATH_BYTES];
	bind_path(&third, path);
	assert_string_equal(path, "sweep.levels[2]");
	bind_path(&root, path);
	assert_string_equal(path, "");
	char word[2 * BIND_PATH_BYTES];
	memset(word, 'w', sizeof word);
	word[sizeof word - 1] = '\0';
	const struct bind_place deep = {&sweep, word, 0, NULL, NULL};
	const struct bind_place deeper = {&deep, "x", 0, NULL, NULL};
	bind_path(&deeper, path);
	assert_int_equal(strlen(path), BIND_PATH_BYTES - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_values),
	        cmocka_unit_test(test_booleans),
	        cmocka_unit_test(test_problems),
	        cmocka_unit_test(test_paths),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
