/* Tables with a row for every level of a result. */
#ifndef REPORT_LEVEL_ROWS_H
#define REPORT_LEVEL_ROWS_H

#include "analyse/summary.h"
#include "report/document.h"
#include "report/figures.h"

/* One row is being filled: table_cell(row->table, ...) of the level's figures. */
struct level_row {
	const struct summary *summary;
	const struct level_summary *level;
	size_t index; /* of the level in summary.levels */
	const struct text_style *style;
	struct table *table;
};

/* The columns with which such a table begins: the policy (left out by the table where all have the
 * same) and N. */
enum { LEVEL_COLUMNS = 2 };
extern const struct table_column level_columns[LEVEL_COLUMNS];

/* Calls fill for every level, policy by policy, behind the cells of level_columns; units is handed
 * on to it. */
void level_rows(const struct summary *summary, const struct document *doc, struct table *table,
                const void *units, void (*fill)(const struct level_row *row, const void *units));

/* The unit in which a result's throughputs are given, the same everywhere. */
struct figure_unit level_rate_unit(const struct summary *summary);

/* How the levels' figures came about: "measured", "imported" (by others, from records of tasks) or
 * "stated" (others worked them out). */
const char *level_origin(const struct summary *summary);

/* The head of a column with intervals of throughput: "95 % interval", or "read within" where
 * others' figures were read from a plot. */
const char *level_interval_head(const struct summary *summary);

/* A cell with value, or with the sign for an absent one. */
void level_figure(const struct level_row *row, double value, int decimals);

/* Two cells: the estimate times factor to at least so many digits, and its interval. */
void level_estimate(const struct level_row *row, const struct estimate *estimate, double factor,
                    int digits, int most_decimals);

#endif
