/* The table writer: what it looks like, and that it never leaves its width. */
#include "core/array.h"
#include "core/error.h"
#include "core/str.h"
#include "report/table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

static const struct table_column columns[] = {
        {"name", NULL, TABLE_LEFT, 0},       {"throughput", "per s", TABLE_POINT, 1},
        {"of no use", NULL, TABLE_RIGHT, 1}, {"memory", "MB", TABLE_RIGHT, 2},
        {"remark", NULL, TABLE_LEFT, 3},
};

static void fill(struct table *table)
{
	table_init(table, columns, ARRAY_LENGTH(columns));
	table_row(table);
	table_cell(table, TEXT_PLAIN, "first");
	table_cell(table, TEXT_PLAIN, "%.1f", 12.5);
	table_cell(table, TEXT_PLAIN, "%s", "");
	table_cell(table, TEXT_BAD, "%d", 7);
	table_cell(table, TEXT_PLAIN, "a remark of some length");
	table_row(table);
	table_cell(table, TEXT_PLAIN, "zwölf");
	table_cell(table, TEXT_PLAIN, "%.3f", 3.125);
	table_row(table);
	table_cell(table, TEXT_PLAIN, "third");
	table_cell(table, TEXT_PLAIN, "128");
	table_cell(table, TEXT_PLAIN, "%s", "");
	table_cell(table, TEXT_PLAIN, "12345");
}

static char *write(size_t width, bool is_color)
{
	const struct text_style style = {.width = width, .is_color = is_color};
	struct error err;
	cleanup_table struct table table;
	fill(&table);
	struct str out = {0};
	table_write(&table, &style, 2, &out);
	char *text = NULL;
	assert_int_equal(str_take(&out, &text, &err), 0);
	return text;
}

static void wide(void **state)
{
	(void)state;
	char *const text = write(80, false);
	assert_string_equal(text, "  name   throughput  memory  remark\n"
	                          "              per s      MB\n"
	                          "  first      12.5         7  a remark of some length\n"
	                          "  zwölf       3.125\n"
	                          "  third     128       12345\n");
	free(text);
}

static void narrow_folds_the_least_important(void **state)
{
	(void)state;
	char *const text = write(34, false);
	assert_string_equal(text, "  name   throughput  memory\n"
	                          "              per s      MB\n"
	                          "  first      12.5         7\n"
	                          "  zwölf       3.125\n"
	                          "  third     128       12345\n"
	                          "\n"
	                          "  name   remark\n"
	                          "  first  a remark of some length\n"
	                          "  zwölf\n"
	                          "  third\n");
	free(text);
}

static void no_line_is_wider_than_asked(void **state)
{
	(void)state;
	/* 32: the key column and the widest other one. */
	for (size_t width = 32; width < 100; width++) {
		char *const text = write(width, false);
		for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
			assert_true(text_width(line) <= width);
		free(text);
	}
}

static void nothing_is_lost_when_it_is_narrow(void **state)
{
	(void)state;
	for (size_t width = 1; width < 100; width += 3) {
		char *const text = write(width, false);
		assert_non_null(strstr(text, "12.5"));
		assert_non_null(strstr(text, "12345"));
		assert_non_null(strstr(text, "a remark of some length"));
		assert_null(strstr(text, "of no use"));
		free(text);
	}
}

static void color_moves_nothing(void **state)
{
	(void)state;
	char *const plain = write(80, false);
	char *const colored = write(80, true);
	assert_non_null(strstr(colored, "\033[31m7\033[0m"));
	cleanup_str struct str stripped = {0};
	for (const char *c = colored; *c;) {
		if (*c == '\033')
			c += strcspn(c, "m") + 1;
		else
			str_add_bytes(&stripped, c++, 1);
	}
	assert_string_equal(str_text(&stripped), plain);
	free(plain);
	free(colored);
}

static void outside_text_cannot_steer_the_terminal(void **state)
{
	(void)state;
	static const struct text_style style = {.width = 80};
	cleanup_str struct str out = {0};
	text_clean(&out, &style,
	           "a\033[2Jb\rc\nz\xff\xc2\x9b"
	           "e\xe2\x80\xae"
	           "f\x7f");
	assert_string_equal(str_text(&out), "a?[2Jb?c z??e?f?");
	static const char *const marks[] = {"\u200e", "\u200f", "\u061c", "\u2028",
	                                    "\u2029", "\u2066", "\ufeff", "\U000e0041"};
	for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
		cleanup_str struct str clean = {0};
		text_clean(&clean, &style, marks[i]);
		assert_string_equal(str_text(&clean), "?");
	}
	assert_int_equal(text_width("zwölf"), 5);
	assert_int_equal(text_width("é"), 1);
	assert_int_equal(text_width("漢字"), 4);
}

static void text_wraps_behind_its_indent(void **state)
{
	(void)state;
	static const struct text_style style = {.width = 20};
	cleanup_str struct str out = {0};
	text_add_wrapped(&out, &style, TEXT_WARN, "!", 4,
	                 "one two three four five-and-a-long-word six");
	assert_string_equal(str_text(&out), "  ! one two three\n"
	                                    "    four\n"
	                                    "    five-and-a-long-word\n"
	                                    "    six\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(wide),
	        cmocka_unit_test(narrow_folds_the_least_important),
	        cmocka_unit_test(no_line_is_wider_than_asked),
	        cmocka_unit_test(nothing_is_lost_when_it_is_narrow),
	        cmocka_unit_test(color_moves_nothing),
	        cmocka_unit_test(outside_text_cannot_steer_the_terminal),
	        cmocka_unit_test(text_wraps_behind_its_indent),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
