/* A valid scenario cut at every byte, and with every byte changed: it loads, or there is at least
 * one problem with a place inside the file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/error.h"
#include "formats/scenario/scenario_yaml.h"
#include "valid_scenario.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { VALID_BYTES = sizeof valid_scenario - 1 };

static size_t count_lines(const char *text, size_t text_bytes)
{
	size_t lines = 1;
	for (size_t i = 0; i < text_bytes; i++)
		lines += text[i] == '\n' || text[i] == '\r';
	return lines;
}

static void check_problem(const struct problem *problem, size_t lines)
{
	assert_in_range(problem->line, 1, lines);
	assert_in_range(problem->column, 1, VALID_BYTES + 2);
	assert_memory_equal(problem->text, "x:", 2);
	for (const unsigned char *p = (const unsigned char *)problem->text; *p; p++)
		assert_in_range(*p, 0x20, 0xff);
}

/* Parses a copy of exactly text_bytes bytes, so that ASan sees a read past them. Returns whether it
 * loaded. */
static bool check(const char *text, size_t text_bytes)
{
	char *const copy = malloc(text_bytes ? text_bytes : 1);
	assert_non_null(copy);
	memcpy(copy, text, text_bytes);
	struct scenario scenario;
	struct problems problems = {0};
	struct error err = {""};
	const int r = scenario_yaml_parse("x", copy, text_bytes, &scenario, &problems, &err);
	if (r == 0) {
		assert_int_equal(problems.count, 0);
		assert_true(scenario.task.command.count > 0);
		assert_true(scenario.sweep.levels.count > 0);
		assert_true(scenario.placement.policies.count > 0);
		scenario_release(&scenario);
	} else {
		assert_int_equal(r, -EINVAL);
		assert_true(problems.count > 0);
		assert_true(err.text[0] != '\0');
	}
	for (size_t i = 0; i < problems.count; i++)
		check_problem(&problems.items[i], count_lines(text, text_bytes));
	problems_release(&problems);
	free(copy);
	return r == 0;
}

static void test_prefixes(void **state)
{
	(void)state;
	size_t loaded = 0;
	for (size_t length = 0; length <= VALID_BYTES; length++)
		loaded += check(valid_scenario, length);
	/* The keys behind the levels may go; what comes before them may not. */
	assert_in_range(loaded, 10, VALID_BYTES / 2);
}

static void test_changed_bytes(void **state)
{
	(void)state;
	static const char changes[] = "\t\n\r {}[]:-&*!#%'\"\\,?|>@0x\x7f\xff\xc3\x80";
	char text[sizeof valid_scenario];
	size_t refused = 0;
	for (size_t i = 0; i < VALID_BYTES; i++) {
		memcpy(text, valid_scenario, sizeof text);
		for (size_t j = 0; j < sizeof changes; j++) { /* the NUL too */
			text[i] = changes[j];
			refused += !check(text, VALID_BYTES);
		}
	}
	assert_true(refused > VALID_BYTES);
}

static void test_removed_and_doubled_bytes(void **state)
{
	(void)state;
	char text[sizeof valid_scenario + 1];
	for (size_t i = 0; i < VALID_BYTES; i++) {
		memcpy(text, valid_scenario, i);
		memcpy(text + i, valid_scenario + i + 1, VALID_BYTES - i - 1);
		check(text, VALID_BYTES - 1);
		memcpy(text, valid_scenario, i + 1);
		memcpy(text + i + 1, valid_scenario + i, VALID_BYTES - i);
		check(text, VALID_BYTES + 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_prefixes),
	        cmocka_unit_test(test_changed_bytes),
	        cmocka_unit_test(test_removed_and_doubled_bytes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
