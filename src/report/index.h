/* Several results side by side: what a page with more than one begins with. */
#ifndef REPORT_INDEX_H
#define REPORT_INDEX_H

#include "analyse/findings.h"
#include "report/document.h"

/* Begins the index in an empty document; returns the table to which index_add adds. */
struct table *index_begin(struct document *doc);

/* A row for one result. */
void index_add(struct table *table, const struct findings *findings,
               const struct text_style *style);

#endif
