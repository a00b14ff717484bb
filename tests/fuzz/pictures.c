/* Pictures that another program drew, and texts, on their way into a page. */
#include "targets.h"

#include "answers.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/str.h"
#include "report/markup.h"
#include "report/plot/plot_frame.h"
#include "report/plot/plot_svg.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What could run or load has no place in a picture. */
static void check_harmless(const char *svg)
{
	static const char *const forbidden[] = {"<script",        "<image", "<a ",  "<a>",
	                                        "<foreignObject", "<style", "<set", "<animate",
	                                        "<iframe",        "<!",     "<?"};
	for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden; i++)
		fuzz_promise(!strstr(svg, forbidden[i]));
	size_t scripts;
	answer_check_markup(svg, true, &scripts);
	answer_check_text(svg);
}

/* Any SVG through the filter of markup; a picture that is refused leaves nothing behind. */
void fuzz_markup_svg(const char *bytes, const char *text, size_t count)
{
	(void)bytes;
	(void)count;
	struct error err = {""};
	cleanup_markup struct markup m = {0};
	cleanup_markup struct markup words = {0};
	const int r = markup_svg(&m, text, "p", "label", &err);
	fuzz_check_told(r, NULL, &err);
	if (r == 0)
		check_harmless(str_text(&m.out));
	else
		fuzz_promise(m.out.length == 0);
	markup_text(&words, text);
	fuzz_promise(!strchr(str_text(&words.out), '<') && !strchr(str_text(&words.out), '"'));
	answer_check_text(str_text(&words.out));
}

/* gnuplot's SVG, written anew, passes the filter. */
void fuzz_gnuplot_svg(const char *bytes, const char *text, size_t count)
{
	(void)text;
	static const struct plot_place place = {100, 300, 50, 250};
	struct error err = {""};
	cleanup_plot struct plot plot;
	cleanup_str struct str out = {0};
	cleanup_markup struct markup m = {0};
	plot_init(&plot, "p", "t");
	const struct plot_frame frame = plot_frame(&plot);
	const int r = plot_svg_rewrite(&plot, &frame, &place, "p", bytes, count, &out, &err);
	fuzz_check_told(r, NULL, &err);
	if (r < 0)
		return;
	fuzz_promise(!strstr(str_text(&out), "<script"));
	/* No number becomes none; a text of the file may be one. */
	fuzz_promise(!strstr(str_text(&out), "=\"nan") || memmem(bytes, count, "nan", 3));
	if (markup_svg(&m, str_text(&out), "p", "label", &err) == 0)
		check_harmless(str_text(&m.out));
}
