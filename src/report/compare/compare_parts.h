/* The sections of a comparison. */
#ifndef REPORT_COMPARE_PARTS_H
#define REPORT_COMPARE_PARTS_H

#include "report/compare/compare_words.h"

/* Ratios of every measure at every level, small; then one table for each measure with both sides.
 */
void compare_tables(const struct compare_view *view);

/* How each side scales: fits, plateau, recommendation. */
void compare_scaling(const struct compare_view *view);

/* The plots of a page: all sides on each. */
void compare_plots(const struct comparison *comparisons, size_t count, struct document *doc);

#endif
