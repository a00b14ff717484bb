/* Tables, and the figures behind plots, in a page. For report/document_html. */
#ifndef REPORT_DOCUMENT_TABLE_HTML_H
#define REPORT_DOCUMENT_TABLE_HTML_H

#include "report/plot/plot.h"
#include "report/table.h"

struct markup;

/* A table in a box of its own in which it scrolls sideways; label says what it is of, for who does
 * not see it. Columns without any text are left out, as in a terminal. */
void document_table_html(struct markup *m, const struct table *table, const char *label);

/* The points of a plot as a table that is folded away: what a picture shows, in numbers. Long ones
 * are cut, and say so. */
void document_plot_html(struct markup *m, const struct plot *plot);

#endif
