/* Tables of text, for a terminal: aligned, with units in the head, never wider than the style says.
 * A table that is too wide is written in parts below one another: the key columns are repeated in
 * each, and the least important others go to the later parts. Nothing is left out.
 *
 *   struct table table; table_init(&table, columns, ARRAY_LENGTH(columns));
 *   table_row(&table); table_cell(&table, TEXT_PLAIN, "%u", n); ...
 *   table_write(&table, style, 2, out); table_release(&table);
 *
 * Running out of memory is remembered, and told to `out` by table_write. */
#ifndef REPORT_TABLE_H
#define REPORT_TABLE_H

#include "report/text_style.h"

enum table_align { TABLE_LEFT, TABLE_RIGHT, TABLE_POINT /* decimal points below one another */ };

struct table_column {
	const char *head;
	const char *unit; /* the second line of the head, NULL: none */
	enum table_align align;
	unsigned rank; /* 0: a key column; else 1 is the most important; equals stay together */
};

struct table_cell {
	char *text;
	enum text_role role;
};

/* A line below a row. */
struct table_note {
	size_t row;
	char *text;
};

struct table {
	const struct table_column *columns; /* of the caller, for as long as the table lives */
	size_t column_count;
	struct table_cell *cells; /* row by row */
	size_t cell_count;        /* so far: the last row may be under way */
	size_t cell_capacity;
	struct table_note *notes; /* by row */
	size_t note_count;
	size_t note_capacity;
	bool failed;
};

void table_init(struct table *table, const struct table_column *columns, size_t column_count);

/* Begins a row: cells that the row before did not get stay empty. */
void table_row(struct table *table);

/* The next cell of the row. Cells beyond the last column are an error of the caller. */
void table_cell(struct table *table, enum text_role role, const char *format, ...)
        __attribute__((format(printf, 3, 4)));

/* A line of its own below the row that is under way, cut at the table's width: the one thing here
 * that is cut. */
void table_note(struct table *table, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Where the table would be wider than the style says, shortens the texts of a left column in their
 * middle rather than that the table is written in parts. Texts that differ stay different, and the
 * column does not get narrower than `least`. To be called when the table is filled; in a terminal
 * only. Returns in how many columns the texts are now, SIZE_MAX where all are whole. */
size_t table_narrow(struct table *table, size_t column, size_t least,
                    const struct text_style *style, size_t indent);

/* Appends the table to out, every line behind `indent` blanks. A column without any text in its
 * cells is left out. */
void table_write(const struct table *table, const struct text_style *style, size_t indent,
                 struct str *out);

void table_release(struct table *table);

#define cleanup_table __attribute__((cleanup(table_release)))

#endif
