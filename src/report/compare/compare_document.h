/* One node against another, as a document for a terminal and for a page: the answer for the whole
 * node first, then what cannot be compared, the ratios of every measure at every level, how each
 * side scales, and plots with all sides on each. */
#ifndef REPORT_COMPARE_DOCUMENT_H
#define REPORT_COMPARE_DOCUMENT_H

#include "analyse/compare/comparison.h"
#include "report/document.h"

/* Fills an empty document (document_init with title ""). With several comparisons all are against
 * the same base: a table of all sides comes first, and then each against the base. The comparisons
 * and their findings are read only while it is filled. */
void compare_fill(const struct comparison *comparisons, size_t count, enum block_reader reader,
                  struct document *doc);

#endif
