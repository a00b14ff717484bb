/* In what two effective scenarios differ. */
#include "formats/scenario/scenario_diff.h"

#include "core/array.h"
#include "core/error.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void differences_are_found_key_by_key(void **state)
{
	(void)state;
	static const struct {
		const char *first, *second;
		size_t count;
		const char *key, *a, *b; /* of the first difference */
	} cases[] = {
	        {"{}", "{}", 0, NULL, NULL, NULL},
	        {"{\"a\":1,\"b\":2}", "{\"b\":2.0,\"a\":1}", 0, NULL, NULL, NULL},
	        {"{\"a\":null}", "{}", 0, NULL, NULL, NULL},
	        {"{\"a\":{\"b\":{\"c\":1}}}", "{\"a\":{\"b\":{\"c\":2}}}", 1, "a.b.c", "1", "2"},
	        {"{\"a\":null}", "{\"a\":0.5}", 1, "a", "none", "0.5"},
	        {"{}", "{\"a\":true}", 1, "a", "not said", "true"},
	        {"{\"a\":\"x\"}", "{}", 1, "a", "\"x\"", "not said"},
	        {"{\"a\":[1,2]}", "{\"a\":[2,1]}", 1, "a", "[1,2]", "[2,1]"},
	        {"{\"a\":{\"b\":1}}", "{\"a\":1}", 1, "a", "{\"b\":1}", "1"},
	        {"{\"a\":1,\"b\":1}", "{\"c\":1}", 3, "a", "1", "not said"},
	        {"{\"a\":\"\\u001b[31m\"}", "{\"a\":1}", 1, "a", "\"\\u001B[31m\"", "1"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct scenario_difference *items = NULL;
		size_t count = 99;
		struct error err;
		assert_int_equal(
		        scenario_diff(cases[i].first, cases[i].second, &items, &count, &err), 0);
		assert_int_equal(count, cases[i].count);
		if (count > 0) {
			assert_string_equal(items[0].key, cases[i].key);
			assert_string_equal(items[0].first, cases[i].a);
			assert_string_equal(items[0].second, cases[i].b);
		}
		free(items);
	}
}

static void a_long_value_is_cut(void **state)
{
	(void)state;
	char first[512];
	struct scenario_difference *items = NULL;
	size_t count = 0;
	struct error err;
	snprintf(first, sizeof first, "{\"a\":\"%0300d\"}", 0);
	assert_int_equal(scenario_diff(first, "{\"a\":1}", &items, &count, &err), 0);
	assert_int_equal(count, 1);
	assert_int_equal(strlen(items[0].first), SCENARIO_DIFFERENCE_BYTES - 1);
	assert_string_equal(items[0].first + SCENARIO_DIFFERENCE_BYTES - 4, "...");
	free(items);
}

static void what_is_no_object_is_refused(void **state)
{
	(void)state;
	static const char *const texts[] = {"", "[]", "1", "{", "{\"a\":1,\"a\":2}", "{} {}"};
	for (size_t i = 0; i < 2 * ARRAY_LENGTH(texts); i++) {
		struct scenario_difference *items = NULL;
		size_t count = 99;
		struct error err;
		const char *const text = texts[i / 2];
		assert_int_equal(scenario_diff(i % 2 ? text : "{}", i % 2 ? "{}" : text, &items,
		                               &count, &err),
		                 -EINVAL);
		assert_int_equal(count, 99);
	}
}

/* Far deeper than any scenario: it is compared as a whole from some depth on. */
static void depth_has_an_end(void **state)
{
	(void)state;
	enum { DEPTH = 200 };
	char first[DEPTH * 6 + 8] = "";
	char second[sizeof first] = "";
	struct scenario_difference *items = NULL;
	size_t count = 0;
	struct error err;
	for (int i = 0; i < DEPTH; i++)
		strcat(first, "{\"a\":");
	strcpy(second, first);
	strcat(first, "1");
	strcat(second, "2");
	for (int i = 0; i < DEPTH; i++) {
		strcat(first, "}");
		strcat(second, "}");
	}
	assert_int_equal(scenario_diff(first, second, &items, &count, &err), 0);
	assert_int_equal(count, 1);
	free(items);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(differences_are_found_key_by_key),
	        cmocka_unit_test(a_long_value_is_cut),
	        cmocka_unit_test(what_is_no_object_is_refused),
	        cmocka_unit_test(depth_has_an_end),
	};
	return cmocka_run_group_tests_name("scenario_diff", tests, NULL, NULL);
}
