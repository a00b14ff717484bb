/* What campaigns need, as a document: one campaign in full, and several beside one another. */
#ifndef REPORT_CAMPAIGN_NEEDS_DOCUMENT_H
#define REPORT_CAMPAIGN_NEEDS_DOCUMENT_H

#include "analyse/campaign/requirements.h"
#include "report/document.h"

#include <stdbool.h>
#include <stddef.h>

/* How a campaign is called, and where it is from. */
struct needs_told {
	const char *name; /* its label, made one that no other campaign has */
	const char *path;
	const char *pattern; /* of --type: the only types that there are; NULL: all */
};

/* One campaign, for a terminal (READ_IN_TERMINAL) or a page (READ_IN_PAGE). What goes wrong is in
 * doc->failed. */
void needs_document(const struct requirements *needs, const struct needs_told *told,
                    enum block_reader reader, struct document *doc);

/* Campaigns against the first; told has one entry for each. */
void needs_compare_document(const struct requirements_comparison *comparison,
                            const struct needs_told *told, enum block_reader reader,
                            struct document *doc);

#endif
