/* What a report consists of, in the order in which a reader meets it. A section is a file
 * report/section_*.c with one function of this form, and an entry in the table of sections.c.
 * It fills the document from findings, or adds nothing where it has nothing to say. */
#ifndef REPORT_SECTIONS_H
#define REPORT_SECTIONS_H

#include "analyse/findings.h"
#include "report/document.h"

struct accepted;

struct report_section {
	const char *name;
	enum block_reader reader;
	void (*fill)(const struct findings *findings, struct document *doc);
};

/* Every section; ends with one without a name. */
extern const struct report_section report_sections[];

/* Fills doc with all sections for this reader: READ_IN_TERMINAL or READ_IN_PAGE. */
void report_fill(const struct findings *findings, enum block_reader reader, struct document *doc);

/* The same of a result that was judged: the verdict stands behind the head. */
void report_fill_judged(const struct accepted *accepted, enum block_reader reader,
                        struct document *doc);

#endif
