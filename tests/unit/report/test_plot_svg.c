/* gnuplot's SVG as it comes into a page: its shapes stay, and nothing else can get in. */
#include "report/plot/plot_look.h"
#include "report/plot/plot_svg.h"

#include "core/array.h"
#include "core/error.h"
#include "core/str.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char head[] = "<svg width=\"500\"><title>Gnuplot</title>\n<g id=\"gnuplot_canvas\">\n"
                           "<defs><path id='gpPt0' d='M-1,0 h2'/></defs>\n";

/* The page's text of a body of gnuplot's, between the two that say what it is; freed by the
 * caller. "@1" in it is the colour of hue 1. */
static char *rewrite(const struct plot *plot, const char *body)
{
	cleanup_str struct str svg = {0};
	struct str out = {0};
	struct error err;
	char *text = NULL;
	const struct plot_frame frame = plot_frame(plot);
	const struct plot_place place = {100, 300, 50, 250};
	str_add(&svg, head);
	for (const char *c = body; *c; c++)
		if (*c == '@')
			str_add(&svg, plot_hues[*++c - '0'].color);
		else
			str_add_bytes(&svg, c, 1);
	str_add(&svg, "</g></svg>");
	assert_int_equal(
	        plot_svg_rewrite(plot, &frame, &place, "p", str_text(&svg), svg.length, &out, &err),
	        0);
	assert_int_equal(str_take(&out, &text, &err), 0);
	return text;
}

static void test_shapes(void **state)
{
	(void)state;
	static const struct {
		const char *body, *expected; /* behind </desc> */
	} cases[] = {
	        {"<g stroke-width=\"1.80\"><path stroke='@0' stroke-dasharray="
	         "'2.5,4.0'  d='M10.00,20.00 L30.04,20.00 L30.04,25.50 Z '/></g>",
	         "<path class=\"s-0\" stroke-width=\"1.8\" stroke-dasharray=\"2.5,4\" "
	         "d=\"M10 20h20v5.5z\"/>\n"},
	        /* Of one look: one path, though another look comes between. */
	        {"<polygon fill = '@1' fill-opacity = '0.250000' points = '1,1 2,1 2,2 "
	         "'/>"
	         "<path stroke='black' d='M0,0 L1,1'/>"
	         "<polygon fill = '@1' fill-opacity = '0.250000' points = '5,5 6,5 6,6 "
	         "'/>",
	         "<path class=\"f-1\" fill-opacity=\"0.25\" d=\"M1 1h1v1zM5 5h1v1z\"/>\n"
	         "<path stroke=\"#000000\" stroke-width=\"1\" d=\"M0 0l1 1\"/>\n"},
	        {"<use xlink:href='#gpPt6' transform='translate(10.00,20.00) scale(2.00)' "
	         "color='@0'/>",
	         "<path class=\"f-0\" d=\"M8 20a2 2 0 1 0 4 0a2 2 0 1 0 -4 0\"/>\n"},
	        {"<use xlink:href='#gpPt3' transform='translate(10.00,20.00) scale(2.00)' "
	         "color='@0'/>",
	         "<path class=\"s-0\" stroke-width=\"1.2\" d=\"M8 18h4v4h-4z\"/>\n"},
	        {"<polygon fill = 'rgb(240,244,249)' points = '0,0 8,0 8,8'/>"
	         "<polygon fill = 'rgb(  9, 48,107)' points = '0,0 8,0 8,8'/>",
	         "<path class=\"f-m0\" d=\"M0 0h8v8z\"/>\n"
	         "<path class=\"f-m31\" d=\"M0 0h8v8z\"/>\n"},
	        {"<path stroke='rgb( 18, 255,  1)' d='M0,0 L1,1'/>",
	         "<path stroke=\"#12ff01\" stroke-width=\"1\" d=\"M0 0l1 1\"/>\n"},
	        {"<g transform=\"translate(31.85,301.23)\" stroke=\"none\" fill=\"rgb(51,51,51)\" "
	         "font-family=\"sans-serif\" font-size=\"13.00\" text-anchor=\"end\">\n"
	         "<text> a &lt;b> &amp;amp; \"c\"</text></g>",
	         "<text class=\"f-ink\" x=\"31.9\" y=\"301.2\" text-anchor=\"end\">"
	         "a &lt;b&gt; &amp;amp; \"c\"</text>\n"},
	        {"<g transform=\"translate(20.79,60.12) rotate(270)\" fill=\"#010101\" "
	         "font-size=\"10.00\" text-anchor=\"middle\"><text>y</text></g>",
	         "<text class=\"f-on-light\" transform=\"translate(20.8,60.1) rotate(270)\" "
	         "text-anchor=\"middle\" font-size=\"10\">y</text>\n"},
	        {"<defs><pattern id='gpPat2' patternUnits='userSpaceOnUse' x='0' y='0' width='8' "
	         "height='8'><path style='fill:none; stroke:@1' d='M-4,0 L8,12'/>"
	         "</pattern></defs><polygon fill = 'url(#gpPat2)' points = '0,0 8,0 8,8'/>",
	         "<pattern id=\"p-h2\" patternUnits=\"userSpaceOnUse\" width=\"8\" height=\"8\">"
	         "<path class=\"s-1\" stroke-width=\"0.8\" d=\"M-4 0l12 12\"/>\n</pattern>\n"
	         "<path fill=\"url(#p-h2)\" d=\"M0 0h8v8z\"/>\n"},
	};
	cleanup_plot struct plot plot;
	plot_init(&plot, "p", "t");
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		char *const text = rewrite(&plot, cases[i].body);
		const char *const found = strstr(text, "</desc>\n");
		cleanup_str struct str expected = {0};
		str_addf(&expected, "%s</svg>\n", cases[i].expected);
		assert_non_null(found);
		assert_string_equal(found + 8, str_text(&expected));
		free(text);
	}
}

/* Whatever a gnuplot, or something that calls itself so, may write. */
static void test_nothing_else_gets_in(void **state)
{
	(void)state;
	static const char *const bodies[] = {
	        "<script>alert(1)</script>",
	        "<image xlink:href='http://example.org/x.png'/>",
	        "<a xlink:href='javascript:alert(1)'><path stroke='black' onclick='x()' "
	        "d='M0,0'/></a>",
	        "<path stroke='black\" onload=\"x' d='M0,0\" onload=\"x()'/>",
	        "<path stroke='url(http://example.org)' d='M0,0 L1,1'/>",
	        "<polygon fill='url(http://example.org/x9)' points='0,0 1,1'/>",
	        "<use xlink:href='http://example.org/#1' transform='translate(1,1) scale(1)' "
	        "color='javascript:1'/>",
	        "<g transform='translate(1,1)' fill='red\" onload=\"x()' text-anchor='end\" "
	        "onload=\"x()'><text>text</text></g>",
	        "<style>import "
	        "'http://example.org'</style><foreignObject><p>x</p></foreignObject>",
	        "<set attributeName='href' to='javascript:1'/><animate/>",
	        "<pattern id='9\" onload=\"x' width='8' height='8'></pattern>",
	        "<path stroke='black' d='M0,0 L1", /* cut off */
	        "<path stroke='black' d=",
	        "<",
	        "<>",
	        "</",
	        "<text>",
	        "<text>of no group</text>",
	        "<g transform='translate(1e999,nan)'><text>x</text></g>",
	        "<!-- <script>x()</script> --><![CDATA[<script>x()</script>]]>",
	        "<polygon fill='black' points=''/><polygon/><use/><path/><pattern/>",
	        "<path stroke='black' d='M1e300,-1e300 L0,0 L1e308,1e308'/>",
	        "<pattern id='1e300' width='1' height='1'/><polygon fill='url(#1e300)' "
	        "points='1,1'/>",
	};
	static const char *const forbidden[] = {"script", "http",   "onload", "onclick", "import",
	                                        "href",   "<image", "<a",     "style=",  "inf",
	                                        "nan",    "CDATA",  "animate"};
	cleanup_plot struct plot plot;
	plot_init(&plot, "p", "t");
	for (size_t i = 0; i < ARRAY_LENGTH(bodies); i++) {
		char *const text = rewrite(&plot, bodies[i]);
		for (size_t k = 0; k < ARRAY_LENGTH(forbidden); k++)
			if (strstr(text, forbidden[k]))
				fail_msg("case %zu: %s in %s", i, forbidden[k], text);
		free(text);
	}
}

static void test_what_points_say(void **state)
{
	(void)state;
	cleanup_plot struct plot plot;
	plot_init(&plot, "p", "<t> & 'x'");
	plot_words(&plot, "</desc><script>");
	plot.x.from = plot.y.from = 0;
	plot.x.to = plot.y.to = 10;
	struct plot_series *s = plot_series(&plot, PLOT_POINTS, 0, "s");
	plot_tip(&plot, plot_point(&plot, s, 5, 5), "<b> & \"x\"\n\x1b");
	plot_tip(&plot, plot_point(&plot, s, 5, NAN), "not drawn");
	plot_point(&plot, s, 6, 6);
	s = plot_series(&plot, PLOT_BARS, 0, "s");
	s->width = 2;
	plot_tip(&plot, plot_point(&plot, s, 1, 5), "bar");
	char *const text = rewrite(&plot, "");
	assert_non_null(strstr(text, "<title id=\"p-title\">&lt;t&gt; &amp; 'x'</title>"));
	assert_non_null(strstr(text, "<desc id=\"p-words\">&lt;/desc&gt;&lt;script&gt;</desc>"));
	assert_non_null(strstr(text,
	                       "<rect class=\"tip\" x=\"193\" y=\"153\" width=\"14\" "
	                       "height=\"14\"><title>&lt;b&gt; &amp; \"x\" ?</title></rect>"));
	assert_non_null(strstr(text, "<rect class=\"tip\" x=\"100\" y=\"160\" width=\"40\" "
	                             "height=\"100\"><title>bar</title></rect>"));
	assert_null(strstr(text, "not drawn"));
	free(text);
}

static void test_what_is_no_svg(void **state)
{
	(void)state;
	static const char *const texts[] = {"", "<svg>", "<svg><g id=\"gnuplot_canvas\">",
	                                    "gnuplot"};
	cleanup_plot struct plot plot;
	plot_init(&plot, "p", "t");
	const struct plot_frame frame = plot_frame(&plot);
	const struct plot_place place = {0, 1, 0, 1};
	for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
		cleanup_str struct str out = {0};
		struct error err;
		assert_int_equal(plot_svg_rewrite(&plot, &frame, &place, "p", texts[i],
		                                  strlen(texts[i]), &out, &err),
		                 -EINVAL);
		assert_int_equal(out.length, 0);
	}
}

/* Contrast by WCAG 2: 3 for what is drawn, 4.5 for letters. */
static double luminance(const char *color)
{
	const long rgb = strtol(color + 1, NULL, 16);
	const double weights[] = {0.2126, 0.7152, 0.0722};
	double sum = 0;
	for (int i = 0; i < 3; i++) {
		const double c = (double)(rgb >> (16 - 8 * i) & 0xFF) / 255;
		sum += weights[i] * (c <= 0.03928 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4));
	}
	return sum;
}

static double contrast(const char *a, const char *b)
{
	const double x = luminance(a);
	const double y = luminance(b);
	return (fmax(x, y) + 0.05) / (fmin(x, y) + 0.05);
}

static void test_colours_stand_out(void **state)
{
	(void)state;
	const struct plot_ink_color *const paper = &plot_inks[PLOT_PAPER];
	for (size_t i = 0; i < PLOT_HUES; i++)
		if (contrast(plot_hues[i].color, paper->color) < 3 ||
		    contrast(plot_hues[i].dark, paper->dark) < 3)
			fail_msg("hue %zu: %.2f, %.2f", i,
			         contrast(plot_hues[i].color, paper->color),
			         contrast(plot_hues[i].dark, paper->dark));
	assert_true(contrast(plot_inks[PLOT_INK].color, paper->color) > 4.5);
	assert_true(contrast(plot_inks[PLOT_INK].dark, paper->dark) > 4.5);
	assert_true(contrast(plot_inks[PLOT_AXIS].color, paper->color) > 3);
	assert_true(contrast(plot_inks[PLOT_AXIS].dark, paper->dark) > 3);
	/* No two hues share a mark, a dash and a hatching. */
	for (size_t i = 0; i < PLOT_HUES; i++)
		for (size_t k = 0; k < i; k++) {
			assert_int_not_equal(plot_hues[i].point, plot_hues[k].point);
			assert_string_not_equal(plot_hues[i].dash, plot_hues[k].dash);
			assert_int_not_equal(plot_hues[i].hatching, plot_hues[k].hatching);
		}
}

static void test_style_sheet(void **state)
{
	(void)state;
	cleanup_str struct str css = {0};
	plot_css(&css);
	long depth = 0;
	for (const char *c = str_text(&css); *c; c++) {
		depth += (*c == '{') - (*c == '}');
		assert_true(depth >= 0 && depth <= 2);
		assert_true(*c != '<');
	}
	assert_int_equal(depth, 0);
	assert_null(strstr(str_text(&css), "url("));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_shapes),
	        cmocka_unit_test(test_nothing_else_gets_in),
	        cmocka_unit_test(test_what_points_say),
	        cmocka_unit_test(test_what_is_no_svg),
	        cmocka_unit_test(test_colours_stand_out),
	        cmocka_unit_test(test_style_sheet),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
