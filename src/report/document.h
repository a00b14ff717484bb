/* A report as a value: sections of paragraphs, tables and plots. Sections (report/section_*.c) fill
 * it from findings; document_text writes it for a terminal and document_html for a browser, so that
 * both say the same. Texts may come from outside and are escaped by the writers.
 *
 * Running out of memory is remembered in doc->failed; the calls then return places that may be
 * written to and are not used. */
#ifndef REPORT_DOCUMENT_H
#define REPORT_DOCUMENT_H

#include "report/plot.h"
#include "report/table.h"
#include "report/text_style.h"

#include <stdbool.h>
#include <stddef.h>

enum block_kind { BLOCK_TEXT, BLOCK_TABLE, BLOCK_PLOT };

/* Who is to see a block. */
enum block_reader { READ_BY_ALL, READ_IN_TERMINAL, READ_IN_PAGE };

struct document_block {
	enum block_kind kind;
	enum block_reader reader;
	enum text_role role; /* TEXT: as TEXT_WARN, TEXT_DIM, ... */
	char *mark;          /* TEXT: "!" before a warning, "" for none */
	char *text;          /* TEXT; TABLE: its caption, "" for none */
	struct table *table;
	struct plot *plot;
};

struct document_section {
	char *id; /* [a-z0-9-]+ */
	char *title;
	char *remark; /* in dim letters behind the title, "" for none */
	struct document_block *blocks;
	size_t block_count;
	size_t block_capacity;
};

struct document {
	char *title;
	struct document_section *sections;
	size_t section_count;
	size_t section_capacity;
	const struct text_style *style; /* signs for figures: "-" or "–"; of the writer's choice */
	bool failed;
};

void document_init(struct document *doc, const char *title, const struct text_style *style);
void document_release(struct document *doc);

/* Begins a section; what follows is in it. A section without blocks is not written. */
void document_section(struct document *doc, const char *id, const char *title, const char *remark);

/* A paragraph; printf form. */
void document_say(struct document *doc, enum text_role role, const char *format, ...)
        __attribute__((format(printf, 3, 4)));

/* A table to be filled by table_row and table_cell (report/table.h); the columns are copied. */
struct table *document_table(struct document *doc, const char *caption,
                             const struct table_column *columns, size_t column_count);

/* A plot to be filled (report/plot.h); pages show it, a terminal does not. */
struct plot *document_plot(struct document *doc, const char *id, const char *title);

/* The block that was added last is for these readers only. */
void document_only(struct document *doc, enum block_reader reader);

#define cleanup_document __attribute__((cleanup(document_release)))

#endif
