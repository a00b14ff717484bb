/* What the sections of a capacity answer share; private to report/capacity. */
#ifndef REPORT_CAPACITY_CAPACITY_PARTS_H
#define REPORT_CAPACITY_CAPACITY_PARTS_H

#include "analyse/capacity/capacity_needs.h"
#include "report/document.h"
#include "report/figures.h"

struct capacity_view {
	const struct capacity_needs *needs;
	const struct capacity *capacity;
	struct document *doc;
	enum block_reader reader;
};

/* A size of bytes in SI, or the sign for an absent one. */
void capacity_write_bytes(const struct capacity_view *view, double bytes, char text[FIGURE_BYTES]);

/* How many, with at most `digits`, or the sign for an absent one. */
void capacity_write_count(const struct capacity_view *view, double count, int digits,
                          char text[FIGURE_BYTES]);

/* "+11.1": a ratio less 1, in per cent; "no fit" for one that is absent. */
void capacity_write_change(double ratio, char text[FIGURE_BYTES]);

/* The sections that stand in files of their own. */
void capacity_storage(const struct capacity_view *view);
void capacity_steps(const struct capacity_view *view);
void capacity_sensitivity(const struct capacity_view *view);
void capacity_plots(const struct capacity_view *view);

#endif
