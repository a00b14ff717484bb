/* A report as a value: sections of paragraphs, facts, tables and plots. Sections
 * (report/section_*.c) fill it from findings; document_text writes it for a terminal and
 * document_html for a browser, so that both say the same. Texts may come from outside and are
 * escaped by the writers: no section writes markup or escape sequences.
 *
 *   document_section(doc, "memory", "Memory", "");
 *   document_say(doc, TEXT_PLAIN, "A task takes at most %s.", size);
 *   struct table *table = document_table(doc, "", columns, ARRAY_LENGTH(columns));
 *   table_row(table); table_cell(table, TEXT_PLAIN, "%u", n); ...
 *
 * Running out of memory is remembered in doc->failed; the calls then return places that may be
 * written to and are not used. The writers tell it. */
#ifndef REPORT_DOCUMENT_H
#define REPORT_DOCUMENT_H

#include "report/grid.h"
#include "report/plot/plot.h"
#include "report/table.h"
#include "report/text_style.h"

#include "core/str.h"

#include <stdbool.h>
#include <stddef.h>

enum block_kind {
	BLOCK_TEXT,   /* a paragraph */
	BLOCK_FACT,   /* a word and what it is: "machine", "AMD EPYC 7702, 64 cores" */
	BLOCK_FIGURE, /* a number that answers a question: "Recommended", "96", why */
	BLOCK_TABLE,
	BLOCK_PLOT,
	BLOCK_GRID,    /* many things of a few kinds, a sign each */
	BLOCK_DRAWING, /* lines as they are to stand in a terminal; never in a page */
	BLOCK_SOURCE,  /* a text in its own lines, as it came: a scenario, a command */
	BLOCK_KINDS
};

/* Who is to see a block, or a section. */
enum block_reader { READ_BY_ALL, READ_IN_TERMINAL, READ_IN_PAGE };

struct document_block {
	enum block_kind kind;
	enum block_reader reader;
	enum text_role role; /* TEXT and FIGURE: as TEXT_WARN, TEXT_DIM, ... */
	char *mark;          /* TEXT: "!" before a warning, "" for none; FACT and FIGURE: what it is
	                      * of; else "" */
	char *text;          /* TEXT, FACT, FIGURE, SOURCE; TABLE: its caption, "" for none; GRID:
	                      * its name */
	char *remark;        /* FIGURE: the small print below it; else "" */
	struct table *table;
	struct table_column *columns; /* of the table, */
	char *column_texts;           /* and their texts */
	struct plot *plot;
	struct grid *grid;
	struct str drawing;
};

struct document_section {
	char *id;     /* [a-z0-9-]+ */
	char *title;  /* "": none */
	char *remark; /* in dim letters behind the title, "" for none */
	struct document_block *blocks;
	size_t block_count;
	size_t block_capacity;
};

struct document {
	char *title;
	char *state; /* behind the title: "done"; "" for none */
	enum text_role state_role;
	char *file; /* that it tells of: pages of several documents show it; "" for none */
	struct document_section *sections;
	size_t section_count;
	size_t section_capacity;
	const struct text_style *style; /* signs for figures: "-" or "–"; of the writer's choice */
	bool failed;
	struct table spare_table; /* what is handed out when memory has run out */
	struct plot spare_plot;
	struct grid spare_grid;
	struct str spare_text;
};

/* title may be set later, by document_title. */
void document_init(struct document *doc, const char *title, const struct text_style *style);
void document_release(struct document *doc);

void document_title(struct document *doc, const char *title);

/* What stands behind the title in the look of role. */
void document_state(struct document *doc, enum text_role role, const char *state);

/* The file that the document tells of. On a page of several it stands behind the state, and in the
 * list of contents where titles are alike. */
void document_file(struct document *doc, const char *path);

/* Begins a section; what follows is in it. A section without blocks is not written. */
void document_section(struct document *doc, const char *id, const char *title, const char *remark);

/* A paragraph; printf form. */
void document_say(struct document *doc, enum text_role role, const char *format, ...)
        __attribute__((format(printf, 3, 4)));

/* A paragraph behind a mark: "!" before a warning, "+", "-". */
void document_item(struct document *doc, enum text_role role, const char *mark, const char *format,
                   ...) __attribute__((format(printf, 4, 5)));

/* A line "word   text"; the word is of ours and short (12 letters). An empty text is not added. */
void document_fact(struct document *doc, const char *word, const char *format, ...)
        __attribute__((format(printf, 3, 4)));

/* A figure that a reader looks for first: a page shows it large, with what it is of above and the
 * remark ("" for none) in small print below; a terminal shows it as a fact. */
void document_figure(struct document *doc, enum text_role role, const char *name,
                     const char *remark, const char *format, ...)
        __attribute__((format(printf, 5, 6)));

/* A table to be filled by table_row and table_cell (report/table.h); the columns and their texts
 * are copied. The table holds until the document is released. */
struct table *document_table(struct document *doc, const char *caption,
                             const struct table_column *columns, size_t column_count);

/* A plot to be filled (report/plot/plot.h); pages show it, a terminal does not. Holds as a table
 * does.
 */
struct plot *document_plot(struct document *doc, const char *id, const char *title);

/* A grid to be filled (report/grid.h); label is its name for who does not see it. The kinds are the
 * caller's, for as long as the document lives. Holds as a table does. */
struct grid *document_grid(struct document *doc, const char *label, const struct grid_kind *kinds,
                           size_t kind_count);

/* Lines for a terminal alone, in the document's style and width, each ending with a line end and
 * indented already: what is added is to be clean (text_add, text_clean). Valid until the next
 * block. */
struct str *document_drawing(struct document *doc);

/* A text in its own lines. */
void document_source(struct document *doc, const char *text);

/* The block that was added last is for these readers only. */
void document_only(struct document *doc, enum block_reader reader);

/* Whether a section has anything for this reader. */
bool document_section_has(const struct document_section *section, enum block_reader reader);
/* Whether a block is for this reader. */
bool document_block_is_for(const struct document_block *block, enum block_reader reader);

#define cleanup_document __attribute__((cleanup(document_release)))

#endif
