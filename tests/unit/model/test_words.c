/* Lists of texts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/error.h"
#include "model/words.h"

#include <string.h>

/* A list serves as argv: NULL stands behind the last. */
static void test_add(void **state)
{
	(void)state;
	cleanup_words struct words words = {0};
	struct error err;
	assert_int_equal(words_add(&words, "task", &err), 0);
	assert_int_equal(words_addf(&words, &err, "%s-%u%%", "n", 7U), 0);
	assert_int_equal(words_addf(&words, &err, "%s", ""), 0);
	assert_int_equal(words.count, 3);
	assert_string_equal(words.items[0], "task");
	assert_string_equal(words.items[1], "n-7%");
	assert_string_equal(words.items[2], "");
	assert_null(words.items[3]);
}

/* Nothing is cut off. */
static void test_long(void **state)
{
	(void)state;
	cleanup_words struct words words = {0};
	struct error err;
	assert_int_equal(words_addf(&words, &err, "%*d|", 5000, 1), 0);
	assert_int_equal(strlen(words.items[0]), 5001);
	assert_int_equal(words.items[0][5000], '|');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_add),
	        cmocka_unit_test(test_long),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
