/* Many things as a sign each: a terminal's rows with known answers, and the squares of a page. */
#include "report/grid.h"

#include "core/array.h"
#include "core/str.h"
#include "report/markup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

static const struct grid_kind kinds[] = {
        {'.', "well", "pass", TEXT_GOOD},
        {'X', "ill", "dead", TEXT_BAD},
        {'?', "unseen", "open", TEXT_WARN},
};

/* Cells called a1, a2, ...; every seventh is ill. */
static void add_cells(struct grid *grid, size_t count)
{
	for (size_t i = 1; i <= count; i++) {
		char name[32];
		snprintf(name, sizeof name, "a%zu", i);
		grid_cell(grid, i % 7 == 0, name, "says <so> & \"more\"");
	}
}

static void check_text(struct grid *grid, size_t width, const char *expected)
{
	const struct text_style style = {.width = width};
	cleanup_str struct str out = {0};
	grid_text(grid, &style, 2, &out);
	assert_false(out.failed);
	assert_string_equal(str_text(&out), expected);
	grid_release(grid);
}

static void test_rows(void **state)
{
	(void)state;
	struct grid grid;
	grid_init(&grid, kinds, ARRAY_LENGTH(kinds));
	check_text(&grid, 80, "");
	grid_init(&grid, kinds, ARRAY_LENGTH(kinds));
	add_cells(&grid, 3);
	check_text(&grid, 80, "  . 3 well\n  a1  ...\n");
	grid_init(&grid, kinds, ARRAY_LENGTH(kinds));
	add_cells(&grid, 53);
	check_text(&grid, 80,
	           "  . 46 well   X 7 ill\n"
	           "  a1   ......X... ...X...... X......X.. ....X..... .X......X.\n"
	           "  a51  ...\n");
	grid_init(&grid, kinds, ARRAY_LENGTH(kinds));
	add_cells(&grid, 12);
	check_text(&grid, 16,
	           "  . 11 well\n"
	           "  X 1 ill\n"
	           "  a1   ......X...\n"
	           "  a11  ..\n");
}

static void test_groups(void **state)
{
	(void)state;
	struct grid grid;
	grid_init(&grid, kinds, ARRAY_LENGTH(kinds));
	grid_group(&grid, "none are here");
	grid_group(&grid, "these \033[2J");
	add_cells(&grid, 2);
	grid_group(&grid, "");
	grid_cell(&grid, 2, "a name that is longer than there is room for", "");
	check_text(&grid, 40,
	           "  . 2 well   ? 1 unseen\n"
	           "  these ?[2J\n"
	           "    a1                        ..\n"
	           "  a name that is longer...  ?\n");
}

/* Every square has its sign, and says what it is without a script. */
static void test_page(void **state)
{
	(void)state;
	static const struct {
		size_t count;
		const char *size;
	} cases[] = {{4, "named"}, {24, "named"}, {25, "large"}, {400, "middle"}, {401, "small"}};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct grid grid;
		cleanup_markup struct markup m = {0};
		size_t squares = 0;
		char class[48];
		grid_init(&grid, kinds, ARRAY_LENGTH(kinds));
		add_cells(&grid, cases[i].count);
		grid_html(&grid, "all <of> them", &m);
		snprintf(class, sizeof class, "class=\"grid %s\"", cases[i].size);
		assert_non_null(strstr(str_text(&m.out), class));
		for (const char *at = str_text(&m.out); (at = strstr(at, "<li class=\"cell t-"));
		     at++)
			squares++;
		assert_int_equal(squares, cases[i].count);
		/* Without a name of its own a square is counted from that of its row. */
		size_t rows = 0;
		for (const char *at = str_text(&m.out);
		     (at = strstr(at, "<span class=\"grid-name\">")); at++)
			rows++;
		assert_int_equal(
		        rows, strcmp(cases[i].size, "named") == 0 ? 0 : (cases[i].count + 9) / 10);
		assert_non_null(strstr(str_text(&m.out),
		                       "title=\"says &lt;so&gt; &amp; &quot;more&quot;\""));
		assert_null(strstr(str_text(&m.out), "<of>"));
		assert_int_equal(m.depth, 0);
		grid_release(&grid);
	}
}

/* A grid that ran out of memory takes what it is given and shows nothing. */
static void test_failed(void **state)
{
	(void)state;
	struct grid grid = {.failed = true};
	const struct text_style style = {.width = 80};
	cleanup_str struct str out = {0};
	grid_group(&grid, "one");
	grid_cell(&grid, 0, "a1", "");
	grid_text(&grid, &style, 2, &out);
	assert_true(out.failed);
	grid_release(&grid);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_rows),
	        cmocka_unit_test(test_groups),
	        cmocka_unit_test(test_page),
	        cmocka_unit_test(test_failed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
