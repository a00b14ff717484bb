/* Documents as one HTML page that stands alone: style, script and pictures are in it, nothing is
 * fetched, and it is whole where scripts are blocked. */
#ifndef REPORT_DOCUMENT_HTML_H
#define REPORT_DOCUMENT_HTML_H

#include "core/error.h"
#include "report/document.h"
#include "report/document_head_html.h"
#include "report/plot/plot_gnuplot.h"

/* Draws plots as SVG: plot_draw, or a stand-in. NULL: pages have no pictures. */
typedef int plot_drawer(const struct plot *const *plots, size_t count,
                        struct plot_picture *ret_pictures, struct error *err);

/* What could not be drawn. */
struct undrawn {
	size_t plots;
	struct error why; /* of the first; "" for none */
};

/* Writes the documents below one another, with an index where there are several; title is the
 * page's. A plot that cannot be drawn leaves its words, its figures and the reason in its place.
 * The caller frees the text. Returns 0 or -ENOMEM. */
int document_html_write(const struct document *docs, size_t count, const char *title,
                        plot_drawer *draw, char **ret_html, struct undrawn *ret_undrawn,
                        struct error *err);

#endif
