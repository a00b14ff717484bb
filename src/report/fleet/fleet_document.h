/* A ranked fleet as a document, for the terminal and as a page: the answer first, the grid of
 * nodes, the classes with their distributions, the slow ones' curves against their class, every
 * node with its verdict and reason, and what to do. */
#ifndef REPORT_FLEET_FLEET_DOCUMENT_H
#define REPORT_FLEET_FLEET_DOCUMENT_H

#include "analyse/fleet/rank.h"
#include "model/criteria.h"
#include "model/words.h"
#include "report/document.h"

/* What a document says besides. Nothing is owned; each may be NULL. */
struct fleet_told {
	const struct words *unreadable; /* "PATH: why" of what could not be read */
	const char *source;             /* what was ranked: a path, where it is a single one */
	const char *drain;              /* the file that has the commands to drain */
};

/* Fills a document that was initialised. told NULL: there is nothing of it. */
void fleet_document(const struct fleet_ranking *ranking, const struct fleet_told *told,
                    struct document *doc);

/* The verdict over all nodes: fail where one is slow, fails, hangs or goes away; pass where all
 * pass, and there is one; else inconclusive. */
enum verdict fleet_overall(const struct fleet_ranking *ranking);

#endif
