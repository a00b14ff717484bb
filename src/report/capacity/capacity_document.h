/* What a production needs, as a document for a terminal and for a page: node-days of every platform
 * first, then jobs per node and what limits them, where the node-days go, storage, what one job
 * more or less hangs on, what a tenth of every input does, and where the values are from. */
#ifndef REPORT_CAPACITY_CAPACITY_DOCUMENT_H
#define REPORT_CAPACITY_CAPACITY_DOCUMENT_H

#include "analyse/capacity/capacity_needs.h"
#include "report/document.h"

/* Fills an empty document (document_init with title ""). needs are read only while it is filled. */
void capacity_fill(const struct capacity_needs *needs, enum block_reader reader,
                   struct document *doc);

#endif
