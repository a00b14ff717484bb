/* A ranked fleet as a document, for the terminal and as a page: the answer first, the grid of
 * nodes, the classes with their distributions, the slow ones' curves against their class, every
 * node with its verdict and reason, and what to do. */
#ifndef REPORT_FLEET_FLEET_DOCUMENT_H
#define REPORT_FLEET_FLEET_DOCUMENT_H

#include "analyse/fleet/rank.h"
#include "report/document.h"

/* Fills a document that was initialised. */
void fleet_document(const struct fleet_ranking *ranking, struct document *doc);

#endif
