/* The rows of a table of any length (CSV), one after another, in the memory of one. Cells are
 * separated by commas, semicolons, tabs or '|', whichever the first row has most of; quoted cells
 * may hold separators, doubled quotes and line ends. Blanks around unquoted cells are taken off.
 * Empty lines are passed over, and those that begin with "# " are handed to the caller's notes.
 * What is wrong becomes problems, with the line; a row that is not as long as the first, and a last
 * line without an end, are wrong: the file is cut off. */
#ifndef FORMATS_IMPORT_TABLE_ROWS_H
#define FORMATS_IMPORT_TABLE_ROWS_H

#include "formats/import/text_lines.h"

enum {
	TABLE_MOST_COLUMNS = 1000,
	TABLE_MOST_ROW_BYTES = 1 << 20,
	TABLE_MOST_PROBLEMS = 20, /* of rows; then the reading ends: nobody mends more at once */
};

/* Takes what stands behind "# ". Returns 0 or -errno. */
typedef int table_note(void *context, size_t line, const char *text, struct error *err);

/* Where a cell begins in the file. */
struct table_place {
	size_t line;
	size_t column; /* from 1, in characters */
};

struct table_rows {
	struct text_lines lines;
	table_note *note; /* NULL: comments are passed over */
	void *context;
	char separator; /* '\0' before the first row */
	size_t columns; /* of the first row, 0 before it */
	size_t line;    /* where the row begins */
	char *text;     /* of all cells, each ended by NUL */
	size_t length;
	size_t capacity;
	size_t *cells; /* where each begins in text */
	size_t count;
	size_t cell_capacity;
	struct table_place *places; /* of each cell */
	size_t place_capacity;
	size_t begun; /* where the last cell begins in its line, in bytes */
	char *header; /* texts of the first row's cells, each ended by NUL; NULL before it */
	size_t problems_before;
};

/* As text_lines_init. */
int table_rows_init(struct table_rows *rows, const char *name, FILE *stream,
                    struct problems *problems, struct error *err);

/* Takes the header, the first row: that there is none becomes a problem, with what to write
 * (needed). Returns 1, 0 where it is refused, or -errno. */
int table_rows_header(struct table_rows *rows, const char *needed, struct error *err);

/* Takes the row that is there. Returns 0 or -errno, with the error that it was told of. */
typedef int table_row_taker(void *context);

/* Hands every row that is left to take. Returns 1, 0 where there were problems, those of the header
 * included, or -errno. */
int table_rows_each(struct table_rows *rows, table_row_taker *take, void *context,
                    struct error *err);

/* Cell i of the row, i below columns. */
const char *table_rows_cell(const struct table_rows *rows, size_t i);

/* Adds a problem of cell `column` in this row, at the place of the cell where the header has a
 * column of this name, else at that of the row; the reading ends when there are too many. Returns
 * 0 or -ENOMEM. */
int table_rows_complain(struct table_rows *rows, const char *column, struct error *err,
                        const char *format, ...) __attribute__((format(printf, 4, 5)));

void table_rows_release(struct table_rows *rows);

#define cleanup_table_rows __attribute__((cleanup(table_rows_release)))

#endif
