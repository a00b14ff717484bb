/* Plots as scripts: how far axes go, which ticks are labelled, what the data look like, and that no
 * text from outside gets out of its quotes. */
#include "plot_samples.h"
#include "report/plot/plot_frame.h"
#include "report/plot/plot_script.h"

#include "core/array.h"
#include "core/error.h"
#include "core/str.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_quotes(void **state)
{
	(void)state;
	static const struct {
		const char *text, *quoted;
	} cases[] = {
	        {"plain", "'plain'"},
	        {"", "''"},
	        {"it's", "'it’s'"},
	        /* gnuplot 5.4 would take '''x' for '' and 'x'. */
	        {"'x'", "'’x’'"},
	        {"a\nb\tc\rd", "'a b c?d'"},
	        {"\\", "'\\'"},
	        {"<![CDATA[x]]>", "'<![CDATA[x]] >'"},
	        {"`x` $(x) @x \"x\"", "'`x` $(x) @x \"x\"'"},
	        {"\x1b[31m\xff", "'?[31m?'"},
	        {"größe 温度 🚀.", "'größe 温度 ?.'"},
	        {"12345678901234567890123456789012345", "'123456789012345678901234567...'"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		cleanup_str struct str out = {0};
		plot_script_quote(&out, 30, cases[i].text);
		assert_string_equal(str_text(&out), cases[i].quoted);
	}
	cleanup_str struct str absent = {0};
	plot_script_quote(&absent, 30, NULL);
	assert_string_equal(str_text(&absent), "''");
}

/* What is left of a script outside of single quotes: nothing in it may come from outside. */
static void check_script(const char *id, const char *script)
{
	static const char *const forbidden[] = {
	        "`", "@", "!", "system", "plateau-was-here", "EOD", "load", "shell", "\\\\"};
	cleanup_str struct str bare = {0};
	bool is_quoted = false;
	for (const char *c = script; *c; c++) {
		if (*c == '\n' && is_quoted)
			fail_msg("%s: a text in quotes goes over a line", id);
		if (*c == '\'')
			is_quoted = !is_quoted;
		else if (!is_quoted)
			str_add_bytes(&bare, c, 1);
	}
	assert_false(is_quoted);
	for (size_t i = 0; i < ARRAY_LENGTH(forbidden); i++)
		if (strstr(str_text(&bare), forbidden[i]))
			fail_msg("%s: there is %s in %s", id, forbidden[i], str_text(&bare));
}

static void check_plot(const struct plot *plot)
{
	cleanup_str struct str script = {0};
	cleanup_str struct str data = {0};
	struct error err;
	const struct plot_frame frame = plot_frame(plot);
	assert_false(plot->failed);
	assert_int_equal(plot_script_draw(plot, &frame, "$data", &script, &err), 0);
	assert_false(script.failed);
	check_script(plot->id, str_text(&script));
	assert_non_null(strstr(str_text(&script), "plot $data index "));
	plot_script_data(plot, false, &data);
	/* Data are figures. */
	for (const char *c = str_text(&data); *c; c++)
		assert_non_null(strchr("0123456789+-.eNa\t\n", *c));
}

static void test_no_text_gets_out_of_its_quotes(void **state)
{
	(void)state;
	for (size_t i = 0; i < plot_sample_count; i++) {
		cleanup_plot struct plot plot;
		plot_init(&plot, plot_samples[i].id, "title");
		plot_samples[i].fill(&plot);
		check_plot(&plot);
	}
}

/* Each hostile text alone, and many times over, in every place where a text can be. */
static void test_no_place_lets_a_text_out(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2 * plot_hostile_count; i++) {
		const char *const text = plot_hostile_texts[i % plot_hostile_count];
		cleanup_str struct str many = {0};
		do
			str_add(&many, text);
		while (i >= plot_hostile_count && many.length < 10000);
		cleanup_plot struct plot plot;
		plot_init(&plot, str_text(&many), str_text(&many));
		plot_words(&plot, "%s", str_text(&many));
		plot_axis(&plot, &plot.x, str_text(&many));
		plot_axis(&plot, &plot.y, str_text(&many));
		plot_scale(&plot, str_text(&many));
		for (int mark = 0; mark < PLOT_MARKS; mark++) {
			struct plot_series *const s =
			        plot_series(&plot, (enum plot_mark)mark, 0, str_text(&many));
			struct plot_point *const p = plot_point(&plot, s, 1, 2);
			p->low = p->q1 = 1;
			p->high = p->q3 = 3;
			plot_tip(&plot, p, "%s", str_text(&many));
		}
		plot_tick(&plot, &plot.x, 1, str_text(&many));
		plot_tick(&plot, &plot.y, 2, str_text(&many));
		plot_reference(&plot, true, 1, str_text(&many));
		plot_reference(&plot, false, 2, str_text(&many));
		check_plot(&plot);
		struct error err;
		const struct plot_frame frame = plot_frame(&plot);
		cleanup_str struct str script = {0};
		plot_script_draw(&plot, &frame, "$data", &script, &err);
		assert_true(script.length < 12000);
	}
}

static void test_data(void **state)
{
	(void)state;
	cleanup_plot struct plot plot;
	plot_init(&plot, "p", "p");
	plot_axis(&plot, &plot.x, "N");
	plot_axis(&plot, &plot.y, "rate (1/s)");
	struct plot_series *s = plot_series(&plot, PLOT_POINTS, 0, "measured");
	struct plot_point *p = plot_point(&plot, s, 1, 0.1);
	p->low = 0.05;
	plot_tip(&plot, p, "a\tnote\n#");
	plot_point(&plot, s, 2, INFINITY);
	plot_series(&plot, PLOT_LINE, 0, "empty");
	s = plot_series(&plot, PLOT_BARS, 0, "bars");
	s->width = 0.5;
	plot_point(&plot, s, 3, -2);
	cleanup_str struct str data = {0};
	plot_script_data(&plot, true, &data);
	assert_string_equal(str_text(&data),
	                    "# measured\n"
	                    "# x: N\ty: rate (1/s)\tlow: rate (1/s)\thigh: rate (1/s)\tnote\n"
	                    "1\t0.1\t0.05\tNaN\ta note #\n"
	                    "2\tNaN\tNaN\tNaN\n"
	                    "\n\n"
	                    "# empty\n"
	                    "# x: N\ty: rate (1/s)\n"
	                    "NaN\tNaN\tNaN\tNaN\tNaN\tNaN\tNaN\tNaN\n"
	                    "\n\n"
	                    "# bars\n"
	                    "# x: N\ty: rate (1/s)\tfrom: rate (1/s)\tleft: N\tright: N\n"
	                    "3\t-2\t0\t2.75\t3.25\n");
}

static void test_how_far_axes_go(void **state)
{
	(void)state;
	static const struct {
		bool is_log;
		double from, to; /* asked for */
		double ys[3];
		double least, most; /* expected */
	} cases[] = {
	        {false, NAN, NAN, {0, 50, 100}, 0, 105},
	        {false, NAN, NAN, {10, 50, 110}, 5, 115},
	        {false, NAN, NAN, {1, 50, 101}, 0, 106},
	        {false, NAN, NAN, {-10, 0, 90}, -15, 95},
	        {false, 0, NAN, {50, 60, 70}, 0, 71},
	        {false, 5, 6, {50, 60, 70}, 5, 6},
	        {false, NAN, NAN, {7, 7, 7}, 6.3, 7.7},
	        {false, NAN, NAN, {NAN, INFINITY, NAN}, 0, 1},
	        {false, 3, 3, {NAN, NAN, NAN}, 3, 6},
	        {false, NAN, NAN, {-1.7e308, 0, 1.7e308}, 0, 1},
	        {true, NAN, NAN, {0, -5, 8}, 7.2100, 8.8766},
	        {true, -1, 0, {1, 2, NAN}, 0.9013, 2.2191},
	        {true, NAN, NAN, {NAN, NAN, 0}, 1, 2},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		cleanup_plot struct plot plot;
		plot_init(&plot, "p", "p");
		plot.y.is_log = cases[i].is_log;
		plot.y.from = cases[i].from;
		plot.y.to = cases[i].to;
		struct plot_series *const s = plot_series(&plot, PLOT_POINTS, 0, "s");
		for (int k = 0; k < 3; k++)
			plot_point(&plot, s, k, cases[i].ys[k]);
		const struct plot_frame frame = plot_frame(&plot);
		if (fabs(frame.y.from - cases[i].least) > 1e-3 ||
		    fabs(frame.y.to - cases[i].most) > 1e-3)
			fail_msg("case %zu: %g to %g", i, frame.y.from, frame.y.to);
	}
}

/* An interval that is far longer than the points are apart is cut. */
static void test_long_intervals(void **state)
{
	(void)state;
	static const struct {
		bool is_log;
		double low, high;
		double least, most;
	} cases[] = {
	        {false, 15, 45, 13.5, 46.5}, {false, -1e9, 1e9, 0, 63}, {false, NAN, NAN, 19, 41},
	        {false, 15, NAN, 19, 41},    {true, 1e-9, 1e9, 9, 89},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		cleanup_plot struct plot plot;
		plot_init(&plot, "p", "p");
		plot.y.is_log = cases[i].is_log;
		struct plot_series *const s = plot_series(&plot, PLOT_POINTS, 0, "s");
		plot_point(&plot, s, 1, 20);
		struct plot_point *const p = plot_point(&plot, s, 2, 40);
		p->low = cases[i].low;
		p->high = cases[i].high;
		const struct plot_frame frame = plot_frame(&plot);
		if (fabs(frame.y.from - cases[i].least) > 0.5 ||
		    fabs(frame.y.to - cases[i].most) > 0.5)
			fail_msg("case %zu: %g to %g", i, frame.y.from, frame.y.to);
	}
}

static size_t label_ticks(const struct plot *plot, char text[512])
{
	cleanup_plot_ticks struct plot_ticks ticks = {0};
	struct error err;
	size_t length = 0;
	text[0] = '\0';
	assert_int_equal(plot_ticks(plot, &plot->x, plot_frame(plot).x, &ticks, &err), 0);
	for (size_t i = 0; i < ticks.count; i++)
		if (ticks.items[i].label[0] && length < 400)
			length += (size_t)snprintf(text + length, 512 - length, "%s%s",
			                           length ? " " : "", ticks.items[i].label);
	if (ticks.is_turned)
		snprintf(text + length, 512 - length, " (turned)");
	return ticks.count;
}

static void test_ticks(void **state)
{
	(void)state;
	static const struct {
		bool is_log;
		int first, last, step;
		const char *labels;
	} cases[] = {
	        {false, 1, 128, 1, "1 16 32 48 64 80 96 112 128"},
	        {false, 1, 5, 1, "1 2 3 4 5"},
	        {false, 8, 64, 8, "8 16 24 32 40 48 56 64"},
	        {true, 1, 16, 1, "1 2 3 4 5 6 7 8 9 11 13 16"},
	        {true, 4, 4, 1, "4"},
	};
	char text[512];
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		cleanup_plot struct plot plot;
		size_t count = 0;
		plot_init(&plot, "p", "p");
		plot.x.is_log = cases[i].is_log;
		struct plot_series *const s = plot_series(&plot, PLOT_POINTS, 0, "s");
		for (int n = cases[i].first; n <= cases[i].last; n += cases[i].step) {
			char label[16];
			snprintf(label, sizeof label, "%d", n);
			plot_tick(&plot, &plot.x, n, label);
			plot_tick(&plot, &plot.x, n, "again");
			plot_point(&plot, s, n, 1);
			count++;
		}
		assert_int_equal(label_ticks(&plot, text), count);
		assert_string_equal(text, cases[i].labels);
	}
}

static void test_round_ticks_of_a_logarithmic_axis(void **state)
{
	(void)state;
	static const struct {
		double from, to;
		const char *labels;
	} cases[] = {
	        {1, 2.25, "1 1.1 1.2 1.3 1.4 1.6 1.8 2"},
	        {1, 10, "1 2 5 10"},
	        {0.5, 300, "0.5 1 2 5 10 20 50 100 200"},
	        {1e-6, 1e3, "1e-06 1e-05 0.001 0.01 0.1 1 10 100 1000"},
	        {1.01, 1.02, ""},
	        {1e-320, 1, ""},
	        {1e-300, 1e300, ""},
	};
	char text[512];
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		cleanup_plot struct plot plot;
		plot_init(&plot, "p", "p");
		plot.x.is_log = true;
		plot.x.from = cases[i].from;
		plot.x.to = cases[i].to;
		label_ticks(&plot, text);
		if (strcmp(text, cases[i].labels) != 0)
			fail_msg("case %zu: %s", i, text);
	}
}

/* Figures that are alike but for their last digits are told apart. */
static void test_ticks_of_figures_that_are_alike(void **state)
{
	(void)state;
	static const struct {
		double from, to;
		const char *labels;
	} cases[] = {
	        {426.8130, 426.8135, "426.813 426.8132 426.8134"},
	        {1e9 - 1, 1e9 + 1, "999999999.5 1000000000 1000000000.5 1000000001"},
	        {-1.00001, -1, "-1.00001 -1.000005 -1"},
	        {0, 1, ""},
	        {1, 1 + 1e-15, ""},
	};
	char text[512];
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		cleanup_plot struct plot plot;
		plot_init(&plot, "p", "p");
		plot.x.from = cases[i].from;
		plot.x.to = cases[i].to;
		label_ticks(&plot, text);
		if (strcmp(text, cases[i].labels) != 0)
			fail_msg("case %zu: %s", i, text);
	}
}

static void test_names_that_do_not_fit_are_turned(void **state)
{
	(void)state;
	char text[512];
	cleanup_plot struct plot plot;
	plot_init(&plot, "p", "p");
	struct plot_series *const s = plot_series(&plot, PLOT_BARS, 0, "s");
	for (int i = 0; i < 5; i++) {
		plot_tick(&plot, &plot.x, i, "a rather long name");
		plot_point(&plot, s, i, 1);
	}
	label_ticks(&plot, text);
	assert_non_null(strstr(text, "(turned)"));
}

/* As many names side by side as fit with letters as wide as a browser's. */
static void test_columns_of_the_key(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		size_t columns;
	} cases[] = {{"N=1", 5},
	             {"N=64", 5},
	             {"N=128", 4},
	             {"stands apart", 3},
	             {"a name as long as this one", 1},
	             {"one that alone is longer than the key "
	              "and the plot below it together are",
	              1}};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		cleanup_plot struct plot plot;
		plot_init(&plot, "key", "Key");
		plot_point(&plot, plot_series(&plot, PLOT_LINE, 0, "x"), 1, 1);
		plot_point(&plot, plot_series(&plot, PLOT_LINE, 1, cases[i].name), 1, 1);
		/* What has no points has no name in the key. */
		plot_series(&plot, PLOT_LINE, 2, "a long name of a series without any point");
		assert_int_equal(plot_key_columns(&plot), cases[i].columns);
	}
}

static void test_rectangles(void **state)
{
	(void)state;
	cleanup_plot struct plot plot;
	plot_init(&plot, "p", "p");
	struct plot_series *const s = plot_series(&plot, PLOT_BARS, 0, "s");
	s->width = 2;
	struct plot_point *const p = plot_point(&plot, s, 8, 3);
	struct plot_rectangle r = plot_rectangle(&plot, s, p);
	assert_true(r.left == 7 && r.right == 9 && r.bottom == 0 && r.top == 3);
	plot.x.is_log = true; /* widths are doublings there */
	plot.y.is_log = true; /* and bars stand on 1 */
	r = plot_rectangle(&plot, s, p);
	assert_true(r.left == 4 && r.right == 16 && r.bottom == 1);
	p->low = 2;
	assert_true(plot_rectangle(&plot, s, p).bottom == 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_quotes),
	        cmocka_unit_test(test_no_text_gets_out_of_its_quotes),
	        cmocka_unit_test(test_no_place_lets_a_text_out),
	        cmocka_unit_test(test_data),
	        cmocka_unit_test(test_how_far_axes_go),
	        cmocka_unit_test(test_long_intervals),
	        cmocka_unit_test(test_ticks),
	        cmocka_unit_test(test_round_ticks_of_a_logarithmic_axis),
	        cmocka_unit_test(test_ticks_of_figures_that_are_alike),
	        cmocka_unit_test(test_names_that_do_not_fit_are_turned),
	        cmocka_unit_test(test_columns_of_the_key),
	        cmocka_unit_test(test_rectangles),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
