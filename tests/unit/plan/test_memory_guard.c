/* Levels that would not fit are told before they start. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "plan/memory_guard.h"

#include <string.h>

static const int64_t gb = 1000000000;

static bool fits(int64_t stated, int64_t seen, uint32_t concurrency, int64_t available,
                 char *reason)
{
	const struct memory_guess guess = {stated, seen};
	char text[RECORD_REASON_BYTES] = "untouched";
	const bool result = memory_guard_fits(&guess, concurrency, available, text);
	if (result)
		assert_string_equal(text, "untouched");
	else
		assert_true(strlen(text) + 1 < RECORD_REASON_BYTES);
	if (reason)
		memcpy(reason, text, sizeof text);
	return result;
}

static void test_what_is_not_known_fits(void **state)
{
	(void)state;
	assert_true(fits(-1, -1, 1000, 1, NULL));
	assert_true(fits(gb, gb, 1000, -1, NULL));
	const struct memory_guess nothing = {-1, -1};
	assert_int_equal(memory_guard_needed(&nothing, 7), -1);
}

static void test_what_was_seen_counts_with_a_margin(void **state)
{
	(void)state;
	char reason[RECORD_REASON_BYTES];
	const struct memory_guess seen = {-1, gb};
	assert_int_equal(memory_guard_needed(&seen, 10), 11 * gb);
	assert_true(fits(-1, gb, 10, 11 * gb, NULL));
	assert_false(fits(-1, gb, 10, 11 * gb - 1, reason));
	assert_string_equal(reason, "needs 11.0 GB of memory (10 x 1.10 GB: the most seen, and 10 "
	                            "%), 11.0 GB available now");
}

static void test_what_is_stated_counts_as_it_stands(void **state)
{
	(void)state;
	char reason[RECORD_REASON_BYTES];
	assert_true(fits(gb, gb / 2, 10, 10 * gb, NULL));
	assert_false(fits(gb, gb / 2, 10, 10 * gb - 1, reason));
	assert_non_null(strstr(reason, "(10 x 1.00 GB: task.memory)"));
	assert_false(fits(gb, 2 * gb, 10, 19 * gb, reason));
	assert_non_null(strstr(reason, "above task.memory"));
}

static void test_bounds(void **state)
{
	(void)state;
	const struct memory_guess huge = {INT64_MAX, INT64_MAX};
	assert_int_equal(memory_guard_needed(&huge, UINT32_MAX), INT64_MAX);
	assert_false(fits(INT64_MAX, INT64_MAX, UINT32_MAX, INT64_MAX - 1, NULL));
	assert_true(fits(0, 0, UINT32_MAX, 0, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_what_is_not_known_fits),
	        cmocka_unit_test(test_what_was_seen_counts_with_a_margin),
	        cmocka_unit_test(test_what_is_stated_counts_as_it_stands),
	        cmocka_unit_test(test_bounds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
