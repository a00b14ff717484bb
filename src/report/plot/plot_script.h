/* A plot as text for gnuplot: its data, and the commands that draw them. Whatever comes from
 * outside stands in single quotes, cut to a line's length and without control characters, or in
 * data; nothing in it is read as a command, a macro, a format or markup. */
#ifndef REPORT_PLOT_SCRIPT_H
#define REPORT_PLOT_SCRIPT_H

#include "report/plot/plot.h"
#include "report/plot/plot_frame.h"

#include <stdbool.h>

struct str;

/* Appends text in single quotes, cut to `columns`; a quote in it becomes a typographic one. */
void plot_script_quote(struct str *out, size_t columns, const char *text);

/* Appends the data: a block per series, two empty lines between them, columns between tabs, "NaN"
 * for what is absent. for_people: each block begins with the name of the series and of its columns
 * with their units in comments, and ends its rows with what the points say. */
void plot_script_data(const struct plot *plot, bool for_people, struct str *out);

/* Appends the commands that draw the data of `source` ("$data", or a file's name in quotes) on the
 * terminal that is set. Returns 0 or -ENOMEM; out remembers running out of memory too. */
int plot_script_draw(const struct plot *plot, const struct plot_frame *frame, const char *source,
                     struct str *out, struct error *err);

#endif
