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

/* ---- Names that are too long ---------------------------------------------------------------- */

static const struct table_column named[] = {{"type", NULL, TABLE_LEFT, 0},
                                            {"tasks", NULL, TABLE_RIGHT, 1},
                                            {"largest", "GB", TABLE_POINT, 1}};

static void fill_names(struct table *table, const char *const *names, size_t count)
{
	table_init(table, named, ARRAY_LENGTH(named));
	for (size_t i = 0; i < count; i++) {
		table_row(table);
		table_cell(table, TEXT_PLAIN, "%s", names[i]);
		table_cell(table, TEXT_PLAIN, "%zu", i);
		table_cell(table, TEXT_PLAIN, "%.2f", (double)i);
	}
}

static void names_are_shortened_and_stay_apart(void **state)
{
	(void)state;
	static const char *const names[] = {
	        "isr",
	        "makeAnalysisSingleVisitStarAssociationWholeSkyPlot",
	        "makeAnalysisSingleVisitGalaxyAssociationWholeSkyPlot",
	        "makeAnalysisDeepCoaddStarAssociationWholeSkyPlot",
	        "makeAnalysisSingleVisitStarAssociationMetricTable",
	        "zwölfmalzwölfmalzwölfmalzwölfmalzwölfmalzwölf",
	};
	static const struct text_style style = {.width = 46};
	cleanup_table struct table table;
	cleanup_str struct str out = {0};
	fill_names(&table, names, ARRAY_LENGTH(names));
	const size_t columns_used = table_narrow(&table, 0, 12, &style, 2);
	assert_int_equal(columns_used, 46 - 2 - 2 - 5 - 2 - 7);
	table_write(&table, &style, 2, &out);
	/* In one part, and no two alike. */
	assert_null(strstr(str_text(&out), "\n\n"));
	for (size_t a = 0; a < ARRAY_LENGTH(names); a++) {
		assert_true(text_width(table.cells[3 * a].text) <= columns_used);
		for (size_t b = 0; b < a; b++)
			assert_string_not_equal(table.cells[3 * a].text, table.cells[3 * b].text);
	}
	assert_string_equal(table.cells[0].text, "isr");
}

static void names_that_differ_in_their_middle_get_numbers(void **state)
{
	(void)state;
	static const char *const names[] = {"aaaaaaaaaaaaaaaaaaaaaaaaXaaaaaaaaaaaaaaaaaaaaaaaaa",
	                                    "aaaaaaaaaaaaaaaaaaaaaaaaYaaaaaaaaaaaaaaaaaaaaaaaaa"};
	static const struct text_style style = {.width = 30};
	cleanup_table struct table table;
	fill_names(&table, names, ARRAY_LENGTH(names));
	assert_int_equal(table_narrow(&table, 0, 10, &style, 0), 14);
	assert_string_not_equal(table.cells[0].text, table.cells[3].text);
	assert_int_equal(text_width(table.cells[0].text), 14);
}

static void names_stay_whole_where_there_is_room(void **state)
{
	(void)state;
	static const char *const names[] = {"makeAnalysisSingleVisitStarAssociationWholeSkyPlot"};
	static const struct text_style style = {.width = 100};
	cleanup_table struct table table;
	fill_names(&table, names, ARRAY_LENGTH(names));
	assert_true(table_narrow(&table, 0, 10, &style, 2) == SIZE_MAX);
	assert_string_equal(table.cells[0].text, names[0]);
	/* Nothing to do. */
	cleanup_table struct table empty;
	table_init(&empty, named, ARRAY_LENGTH(named));
	assert_true(table_narrow(&empty, 0, 10, &style, 2) == SIZE_MAX);
}

static void text_is_cut_in_its_middle(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		size_t columns, head;
		const char *expected;
	} cases[] = {
	        {"short", 10, 5, "short"},
	        {"abcdefghij", 10, 5, "abcdefghij"},
	        {"abcdefghijk", 10, 5, "abcde..ijk"},
	        {"abcdefghijk", 10, 99, "abcdefgh.."},
	        {"abcdefghijk", 10, 0, "..defghijk"},
	        {"abcdefghijk", 2, 1, ".."},
	        {"漢字漢字漢字", 7, 3, "漢..字"},
	};
	static const struct text_style style = {.width = 80};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		cleanup_str struct str out = {0};
		text_add_middle(&out, &style, cases[i].columns, cases[i].head, cases[i].text);
		assert_string_equal(str_text(&out), cases[i].expected);
	}
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
	        cmocka_unit_test(names_are_shortened_and_stay_apart),
	        cmocka_unit_test(names_that_differ_in_their_middle_get_numbers),
	        cmocka_unit_test(names_stay_whole_where_there_is_room),
	        cmocka_unit_test(text_is_cut_in_its_middle),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
