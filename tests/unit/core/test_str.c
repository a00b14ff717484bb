/* Growing texts, and the nearest name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/error.h"
#include "core/str.h"

#include <stdlib.h>
#include <string.h>

static void test_building(void **state)
{
	(void)state;
	struct error err;
	struct str s = {0};
	assert_string_equal(str_text(&s), "");
	str_add(&s, "N=");
	str_addf(&s, "%d", 42);
	str_add_repeat(&s, '.', 3);
	str_add_bytes(&s, "xyz", 2);
	str_add_bytes(&s, "", 0);
	assert_string_equal(str_text(&s), "N=42...xy");
	assert_int_equal(s.length, 9);
	for (int i = 0; i < 1000; i++)
		str_addf(&s, "%03d", i);
	assert_int_equal(s.length, 3009);
	char *text = NULL;
	assert_int_equal(str_take(&s, &text, &err), 0);
	assert_int_equal(strlen(text), 3009);
	assert_string_equal(text + 3006, "999");
	free(text);
	assert_null(s.text);
	assert_int_equal(str_take(&s, &text, &err), 0);
	assert_string_equal(text, "");
	free(text);
}

static void test_copies(void **state)
{
	(void)state;
	struct error err;
	char *text = NULL;
	assert_int_equal(str_format(&text, &err, "%s-%d", "a", 7), 0);
	assert_string_equal(text, "a-7");
	char *copy = NULL;
	assert_int_equal(str_copy(text, &copy, &err), 0);
	assert_string_equal(copy, "a-7");
	assert_ptr_not_equal(copy, text);
	free(copy);
	free(text);
	str_release(NULL);
}

static void test_prefix(void **state)
{
	(void)state;
	assert_true(str_starts_with("plateau", "plat"));
	assert_true(str_starts_with("plateau", ""));
	assert_false(str_starts_with("plat", "plateau"));
}

static void test_nearest(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		int other;
	} table[] = {{"repeats", 1}, {"levels", 2}, {"warmup", 3}, {"measured", 4}};
	static const struct {
		const char *text;
		const char *nearest;
	} cases[] = {
	        {"repeat", "repeats"},
	        {"Levels", "levels"},
	        {"leves", "levels"},
	        {"warm-up", "warmup"},
	        {"mesured", "measured"},
	        {"placement", NULL},
	        {"", NULL},
	        {"zzz", NULL},
	        {"a-text-that-is-far-too-long-to-be-near-to-any-of-the-names-in-the-table", NULL},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		const char *const near =
		        str_nearest(cases[i].text, table, ARRAY_LENGTH(table), sizeof table[0]);
		print_message("# %s\n", cases[i].text);
		if (cases[i].nearest)
			assert_string_equal(near, cases[i].nearest);
		else
			assert_null(near);
	}
	assert_null(str_nearest("x", table, 0, sizeof table[0]));
}

static void test_cut(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int most, cut;
	} cases[] = {
	        {"", 4, 0},
	        {"abc", 4, 3},
	        {"abcd", 4, 4},
	        {"abcde", 4, 4},
	        {"abc\xc3\xa9", 4, 3}, /* an e with an accent would be halved */
	        {"ab\xc3\xa9x", 4, 4},
	        {"\xe2\x82\xac\xe2\x82\xac", 4, 3},
	        {"\xf0\x9f\x98\x80", 3, 0},
	        {"\x80\x80\x80\x80\x80\x80", 5, 5}, /* no UTF-8 */
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_int_equal(str_cut(cases[i].text, cases[i].most), cases[i].cut);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_building), cmocka_unit_test(test_copies),
	        cmocka_unit_test(test_prefix),   cmocka_unit_test(test_cut),
	        cmocka_unit_test(test_nearest),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
