/* Visits per patch, as a document for a terminal and as a page. */
#ifndef REPORT_CAPACITY_OVERLAPS_DOCUMENT_H
#define REPORT_CAPACITY_OVERLAPS_DOCUMENT_H

#include "analyse/capacity/overlaps_summary.h"
#include "report/document.h"

/* What is told, and of which file. */
struct overlaps_told {
	const char *path;
	const struct pointings *pointings;
	const struct overlaps *overlaps;
	const struct overlaps_summary *summary;
};

/* For a terminal (READ_IN_TERMINAL) or a page (READ_IN_PAGE). What goes wrong is in doc->failed. */
void overlaps_document(const struct overlaps_told *told, enum block_reader reader,
                       struct document *doc);

/* The plots of the page, into the section that was begun last: how many patches have how many
 * visits, and where on the sky visits are. */
void overlaps_add_histogram(const struct overlaps_told *told, struct document *doc);
void overlaps_add_sky(const struct overlaps_told *told, struct document *doc);

#endif
