/* A ranked fleet as a document, for the terminal and as a page: the answer first, the grid of
 * nodes, the classes with their distributions, the slow ones' curves against their class, every
 * node with its verdict and reason, and what to do. */
#ifndef REPORT_FLEET_FLEET_DOCUMENT_H
#define REPORT_FLEET_FLEET_DOCUMENT_H

#include "analyse/fleet/rank.h"
#include "model/criteria.h"
#include "model/words.h"
#include "report/document.h"

/* Fills a document that was initialised; unreadable: "PATH: why" of what could not be read, NULL:
 * none. */
void fleet_document(const struct fleet_ranking *ranking, const struct words *unreadable,
                    struct document *doc);

/* The verdict over all nodes: fail where one is slow, fails, hangs or goes away; pass where all
 * pass, and there is one; else inconclusive. */
enum verdict fleet_overall(const struct fleet_ranking *ranking);

#endif
