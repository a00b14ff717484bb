/* Plots against N: an axis with its ticks at the levels of a result, and places on it for several
 * policies side by side. */
#ifndef REPORT_PLOT_LEVELS_H
#define REPORT_PLOT_LEVELS_H

#include "analyse/summary.h"
#include "report/plot/plot.h"

#include <stddef.h>

/* Makes the x axis one of concurrencies: ticks at the levels; logarithmic where they span more than
 * 8 times and stand closer at their low end. */
void plot_levels_axis(struct plot *plot, const struct summary *summary);

/* The same for any ascending concurrencies, as of several results together. */
void plot_concurrency_axis(struct plot *plot, const double *levels, size_t count);

/* The width of bars and boxes of which `beside` stand at every level, in units of a plot that has
 * the axis above. */
double plot_levels_width(const struct plot *plot, const struct summary *summary, size_t beside);

double plot_concurrency_width(const struct plot *plot, const double *levels, size_t count,
                              size_t beside);

/* Where the `which`-th of `beside` bars of a level of this concurrency stands. */
double plot_levels_place(const struct plot *plot, double concurrency, double width, size_t which,
                         size_t beside);

/* The index of a level's policy in summary.policies. */
size_t plot_levels_policy(const struct summary *summary, size_t level);

/* "name", or "name (policy)" where the result has several policies. Written to text. */
const char *plot_levels_name(const struct summary *summary, size_t policy, const char *name,
                             char text[96]);

#endif
