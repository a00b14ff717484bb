/* What a report consists of, in the order in which a reader meets it. A section is a file
 * report/section_*.c with one function of this form, and an entry in the table of sections.c.
 * It fills the document from findings, or adds nothing where it has nothing to say. */
#ifndef REPORT_SECTIONS_H
#define REPORT_SECTIONS_H

#include "analyse/findings.h"
#include "report/document.h"

#include <stdbool.h>

struct accepted;

struct report_section {
	const char *name;
	enum block_reader reader;
	bool is_in_short; /* what a reader wants who has several results before them */
	void (*fill)(const struct findings *findings, struct document *doc);
};

/* Every section; ends with one without a name. */
extern const struct report_section report_sections[];

/* Fills doc with all sections for this reader: READ_IN_TERMINAL or READ_IN_PAGE. */
void report_fill(const struct findings *findings, enum block_reader reader, struct document *doc);

/* For a terminal that shows several results in a row: the head, throughput, and what is wrong; then
 * the command that shows the rest. */
void report_fill_short(const struct findings *findings, struct document *doc);

/* The same as report_fill of a result that was judged: the verdict stands behind the head. */
void report_fill_judged(const struct accepted *accepted, enum block_reader reader,
                        struct document *doc);

#endif
