/* Texts from outside in a script of gnuplot. */
#include "report/plot/plot_script.h"

#include "core/str.h"
#include "report/text_style.h"

#include <string.h>

void plot_script_quote(struct str *out, size_t columns, const char *text)
{
	const struct text_style style = {0};
	cleanup_str struct str clean = {0};
	text_add_cut(&clean, &style, columns, text ? text : "");
	out->failed |= clean.failed;
	str_add(out, "'");
	for (const char *c = str_text(&clean); *c; c++) {
		if (*c == '\'') {
			/* A doubled quote would do inside of a text, but at its beginning gnuplot
			 * 5.4 reads it as an empty text with another one behind it. */
			str_add(out, "\u2019");
		} else if (((unsigned char)*c & 0xF8) == 0xF0) {
			/* A letter of four bytes: their fonts are pictures, which the PNG and PDF
			 * terminals draw as large as they are. (Clean text has all four.) */
			str_add(out, "?");
			c += 3;
		} else {
			str_add_bytes(out, c, 1);
			/* gnuplot writes "]]>" into its SVG as it is, which XML must not have. */
			if (strncmp(c, "]>", 2) == 0)
				str_add(out, " ");
		}
	}
	str_add(out, "'");
}
