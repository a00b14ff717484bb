/* CSV files, well and badly formed, and the curves in them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/error.h"
#include "core/str.h"
#include "formats/csv.h"
#include "formats/curve_csv.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void cells(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		size_t rows;
		size_t columns;
		const char *cells[6];
	} cases[] = {
	        {"", 0, 0, {NULL}},
	        {"\n\r\n  \n", 0, 0, {NULL}},
	        {"a", 1, 1, {"a"}},
	        {"a,b\n1,2\n", 2, 2, {"a", "b", "1", "2"}},
	        {"a,b\r\n1,2\r\n", 2, 2, {"a", "b", "1", "2"}},
	        {"a,b\r1,2\r", 2, 2, {"a", "b", "1", "2"}},
	        {"\xef\xbb\xbf"
	         "a,b\n1,2",
	         2,
	         2,
	         {"a", "b", "1", "2"}},
	        {"\n\na , b\t\n\n 1,2 \n\n", 2, 2, {"a", "b", "1", "2"}},
	        {"\"a\",\"b\"\n\"1\",\"2\"\n", 2, 2, {"a", "b", "1", "2"}},
	        {"\"a \"\"x\"\"\",\"b,c\"\n\"1\n2\" ,\n", 2, 2, {"a \"x\"", "b,c", "1\n2", ""}},
	        {",\n,\n", 2, 2, {"", "", "", ""}},
	        {"\"\"\n", 1, 1, {""}},
	        {"\"\"\"\"\n", 1, 1, {"\""}},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct error err;
		cleanup_csv struct csv csv;
		cleanup_problems struct problems problems = {0};
		memset(&csv, 0xa5, sizeof csv);
		print_message("# case %zu\n", i);
		assert_int_equal(csv_parse("x.csv", cases[i].text, strlen(cases[i].text), &csv,
		                           &problems, &err),
		                 0);
		assert_int_equal(csv.row_count, cases[i].rows);
		assert_int_equal(csv.column_count, cases[i].columns);
		for (size_t c = 0; c < csv.cell_count; c++)
			assert_string_equal(csv.cells[c].text, cases[i].cells[c]);
	}
}

static void places_of_cells(void **state)
{
	(void)state;
	static const char text[] = "\xef\xbb\xbf"
	                           "n\xc3\xa4me, x\r\n\"1\n2\", 3\n4,\t5\n";
	struct error err;
	cleanup_csv struct csv csv = {0};
	cleanup_problems struct problems problems = {0};
	assert_int_equal(csv_parse("x.csv", text, sizeof text - 1, &csv, &problems, &err), 0);
	static const size_t places[][2] = {{1, 1}, {1, 7}, {2, 1}, {3, 5}, {4, 1}, {4, 4}};
	assert_int_equal(csv.cell_count, ARRAY_LENGTH(places));
	for (size_t i = 0; i < ARRAY_LENGTH(places); i++) {
		assert_int_equal(csv.cells[i].line, places[i][0]);
		assert_int_equal(csv.cells[i].column, places[i][1]);
	}
}

static void curves(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		size_t count;
		struct curve_row rows[3];
	} cases[] = {
	        {"N,throughput\n1,2\n", 1, {{1, 2, NAN}}},
	        {"concurrency,throughput,se\n1,2,0.5\n4,7.5,1e-1\n",
	         2,
	         {{1, 2, 0.5}, {4, 7.5, 0.1}}},
	        {"Throughput_per_s,LOAD\n2,1\n0,16\n", 2, {{1, 2, NAN}, {16, 0, NAN}}},
	        {"host,processors,x,throughput\nn1,8,,3\nn1,2,,1\n", 2, {{8, 3, NAN}, {2, 1, NAN}}},
	        {"N,throughput\n1.5,2\n1000000000,3\n", 2, {{1.5, 2, NAN}, {1e9, 3, NAN}}},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct error err;
		cleanup_curve_rows struct curve_rows rows;
		cleanup_problems struct problems problems = {0};
		memset(&rows, 0xa5, sizeof rows);
		print_message("# case %zu\n", i);
		assert_int_equal(curve_csv_parse("x.csv", cases[i].text, strlen(cases[i].text),
		                                 &rows, &problems, &err),
		                 0);
		assert_int_equal(rows.count, cases[i].count);
		for (size_t r = 0; r < rows.count; r++) {
			assert_true(rows.items[r].concurrency == cases[i].rows[r].concurrency);
			assert_true(rows.items[r].throughput == cases[i].rows[r].throughput);
			if (isnan(cases[i].rows[r].se))
				assert_true(isnan(rows.items[r].se));
			else
				assert_true(rows.items[r].se == cases[i].rows[r].se);
		}
	}
}

/* Every problem of a file, with its place and what would be right. */
static void refused(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		size_t bytes; /* 0: strlen */
		const char *says[4];
	} cases[] = {
	        {"", 0, {"x.csv:1:1: header: the file is empty; write a header"}},
	        {"\n\n", 0, {"x.csv:1:1: header: the file is empty"}},
	        {"N,throughput\n", 0, {"x.csv:1:1: header: no row behind the header"}},
	        {"1,2\n3,4\n",
	         0,
	         {"x.csv:1:1: header: no column for the number of tasks; call it concurrency, "
	          "load, "
	          "processors or N",
	          "x.csv:1:1: header: no column for the throughput; call it throughput"}},
	        {"concurrencies,throughput\n1,2\n",
	         0,
	         {"no column for the number of tasks; call it concurrency, load, processors or N "
	          "(is "
	          "\"concurrencies\" it?)"}},
	        {"N;throughput\n1;2\n",
	         0,
	         {"x.csv:1:1: header: one column only; separate columns by commas"}},
	        {"N;throughput\n1;5,5\n2;9,1\n",
	         0,
	         {"x.csv:1:1: header: one column only; separate columns by commas, and write "
	          "decimals with a point"}},
	        {"# c\nN,throughput\n1,1\n",
	         0,
	         {"x.csv:1:1: header: the first line begins with #, but a curve has no comments: "
	          "it is "
	          "the header; take the # or the line away, or, where these are figures per "
	          "level, take them by `plateau import levels` and fit the result"}},
	        {"concurrency,figure,value\n1,throughput,2\n",
	         0,
	         {"x.csv:1:1: header: no column for the throughput; call it throughput, or, "
	          "where a row is a figure of a level, take them by `plateau import levels`"}},
	        {"N,load,throughput\n1,1,2\n",
	         0,
	         {"x.csv:1:3: load: column N says the same already; leave one of them out"}},
	        {"N,throughput\n1\n2,3,4\n",
	         0,
	         {"x.csv:2:1: row: 1 cell where the header has 2; give every row one cell per "
	          "column",
	          "x.csv:3:1: row: 3 cells where the header has 2"}},
	        {"N,throughput\n1,two\n-3,4\n0,4\n",
	         0,
	         {"x.csv:2:3: throughput: \"two\" is not a number; write for example 2.5",
	          "x.csv:3:1: N: -3 is below 1; a level runs at least one task",
	          "x.csv:4:1: N: 0 is below 1"}},
	        {"N,throughput\n1,nan\n2,inf\n3,0x10\n",
	         0,
	         {"x.csv:2:3: throughput: \"nan\" is not a number",
	          "x.csv:3:3: throughput: \"inf\" is not a number",
	          "x.csv:4:3: throughput: \"0x10\" is not a number"}},
	        {"N,throughput\n1,-2\n2000000000,3\n4,1e31\n",
	         0,
	         {"x.csv:2:3: throughput: -2 is below 0",
	          "x.csv:3:1: N: 2000000000 is above 1000000000",
	          "x.csv:4:3: throughput: 1e31 is above 1e30; choose a longer unit of time"}},
	        {"N,throughput,se\n1,2,0\n2,3,-1\n4,5,1e-12\n8,9,\n",
	         0,
	         {"x.csv:2:5: se: 0 is not above 0; leave the column out where the errors are not "
	          "known",
	          "x.csv:3:5: se: -1 is not above 0",
	          "x.csv:4:5: se: 1e-12 is below a billionth of the throughput",
	          "x.csv:5:5: se: empty; give every row its standard error, or leave the column "
	          "out"}},
	        {"N,throughput\n1,2\n2,\n1,3\n1.0,4\n",
	         0,
	         {"x.csv:3:3: throughput: empty; give a number, or leave the row out",
	          "x.csv:4:1: N: 1 stands in line 2 already; give one row per level: the mean, "
	          "with "
	          "its standard error in a column se",
	          "x.csv:5:1: N: 1.0 stands in line 2 already"}},
	        {"N,throughput\n1,\"2\n", 0, {"x.csv:2:3: quote: this quoted cell never ends"}},
	        {"N,throughput\n1,\"2\"x\n",
	         0,
	         {"x.csv:2:6: quote: text behind the closing quote; put the whole cell into the "
	          "quotes"}},
	        {"N,throughput\n1,2\"\n",
	         0,
	         {"x.csv:2:4: quote: a quote inside a cell without quotes"}},
	        {"N,throughput\n1,2\0", 17, {"x.csv:2:1: text: a zero byte: this is no text"}},
	        {"\xff\xfeN\0,\0", 6, {"x.csv:1:1: text: this is UTF-16; save it as UTF-8"}},
	        {"SQLite format 3 \x01\x02\n",
	         0,
	         {"x.csv:1:1: header: no column", "header: no column"}},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		const size_t bytes = cases[i].bytes ? cases[i].bytes : strlen(cases[i].text);
		struct error err = {""};
		struct curve_rows rows;
		struct curve_rows untouched;
		cleanup_problems struct problems problems = {0};
		memset(&rows, 0xa5, sizeof rows);
		untouched = rows;
		print_message("# case %zu\n", i);
		assert_int_equal(
		        curve_csv_parse("x.csv", cases[i].text, bytes, &rows, &problems, &err),
		        -EINVAL);
		assert_memory_equal(&rows, &untouched, sizeof rows);
		assert_non_null(strstr(err.text, "x.csv has "));
		size_t expected = 0;
		while (expected < 4 && cases[i].says[expected])
			expected++;
		for (size_t p = 0; p < problems.count; p++)
			print_message("#   %s\n", problems.items[p].text);
		assert_int_equal(problems.count, expected);
		for (size_t p = 0; p < expected; p++)
			assert_non_null(strstr(problems.items[p].text, cases[i].says[p]));
	}
}

/* Every cut and every changed byte of a good file is a curve or has problems, nothing else. */
static void mangled(void **state)
{
	(void)state;
	static const char good[] = "\"N\",throughput,se\r\n1,\"2\",0.1\n4, 7.5 ,0.2\r\n";
	static const char bytes[] = {'\0', '"', ',', '\n', '\r', '-', 'x', '9', (char)0xff};
	for (size_t at = 0; at < sizeof good - 1; at++)
		for (size_t b = 0; b <= sizeof bytes; b++) {
			char text[sizeof good];
			size_t length = sizeof good - 1;
			struct error err;
			cleanup_curve_rows struct curve_rows rows = {0};
			cleanup_problems struct problems problems = {0};
			memcpy(text, good, sizeof good);
			if (b == sizeof bytes)
				length = at;
			else
				text[at] = bytes[b];
			const int r =
			        curve_csv_parse("x.csv", text, length, &rows, &problems, &err);
			assert_true(r == 0 || r == -EINVAL);
			assert_int_equal(r == 0, problems.count == 0);
			assert_int_equal(r == 0, rows.count > 0);
		}
}

/* More rows than anybody measures cost time, and tell no more. */
static void too_many_rows(void **state)
{
	(void)state;
	for (int extra = 0; extra <= 1; extra++) {
		struct error err = {""};
		cleanup_str struct str text = {0};
		cleanup_curve_rows struct curve_rows rows = {0};
		cleanup_problems struct problems problems = {0};
		str_add(&text, "N,throughput\n");
		for (int i = 1; i <= CURVE_CSV_MOST_ROWS + extra; i++)
			str_addf(&text, "%d,1\n", i);
		const int r = curve_csv_parse("x.csv", str_text(&text), text.length, &rows,
		                              &problems, &err);
		assert_int_equal(r, extra ? -EINVAL : 0);
		if (extra)
			assert_non_null(strstr(problems.items[0].text, "more than 4096 rows"));
		else
			assert_int_equal(rows.count, CURVE_CSV_MOST_ROWS);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(cells),   cmocka_unit_test(places_of_cells),
	        cmocka_unit_test(curves),  cmocka_unit_test(refused),
	        cmocka_unit_test(mangled), cmocka_unit_test(too_many_rows),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
