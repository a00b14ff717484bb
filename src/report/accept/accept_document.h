/* Whether nodes are good, as a document for a terminal and for a page: the verdict first and large,
 * with the criterion and the place that decided it, then every criterion with its figures. */
#ifndef REPORT_ACCEPT_DOCUMENT_H
#define REPORT_ACCEPT_DOCUMENT_H

#include "report/accepted.h"
#include "report/document.h"

/* The order in which criteria and results are told: what decides first. */
extern const enum verdict accept_worst_first[VERDICTS];

/* Fills an empty document (document_init with title "") with the verdict over one or several
 * results, and with what was found of each: the answer of `plateau accept` in a terminal, and what
 * a page of several results begins with. A page of one result is made by report_fill_judged
 * (report/section/sections.h). */
void accept_fill(const struct accepted_all *all, enum block_reader reader, struct document *doc);

/* The sections "verdict" and "criteria" of one result. They stand behind the head of its page. */
void accept_sections(const struct accepted *result, struct document *doc);

#endif
