/* Man pages in the man macros that groff and mandoc share. Text is escaped: nothing in it is taken
 * for a request, and every dash stays one that can be copied to a shell. */
#ifndef PAGES_ROFF_H
#define PAGES_ROFF_H

#include "core/str.h"

/* What is the same on all pages. */
struct roff_page {
	const char *name; /* "plateau-run" */
	int section;      /* of the manual: 1, 5 */
	const char *summary;
	const char *date; /* YYYY-MM-DD; "": not released yet */
};

/* The head of a page and its section NAME. */
void roff_begin(struct str *s, const struct roff_page *page);

/* A section; its title is written in capitals. */
void roff_section(struct str *s, const char *title);

/* Text within a line: options (words that begin with a dash) and what stands between backticks
 * become bold, pages of the documentation (docs/x.md) italic. Ends the line. */
void roff_text(struct str *s, const char *text);

/* Paragraphs as in `details` of a command: an empty line ends one, and a line that begins with a
 * space stays as it is. */
void roff_paragraphs(struct str *s, const char *text);

/* The head of an entry, whose text comes next: bold, with value in italics behind it; value NULL or
 * "": none. */
void roff_term(struct str *s, const char *name, const char *value);

/* A reference to another page: "plateau-run(1)"; comma: another one follows. */
void roff_reference(struct str *s, const char *name, int section, bool comma);

/* Text as it is, escaped, without a line end. */
void roff_plain(struct str *s, const char *text);
void roff_plain_bytes(struct str *s, const char *text, size_t bytes);

#endif
