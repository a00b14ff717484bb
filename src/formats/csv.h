/* Comma separated values (RFC 4180) as cells with their places, for readers of particular tables
 * (curve_csv). Quoted cells may hold commas, doubled quotes and line ends; lines end with LF, CRLF
 * or CR; a byte order mark is passed over, lines without anything in them too. Every row has as
 * many cells as the first.
 *
 * What is wrong with the text as such becomes problems, all of them at once. */
#ifndef FORMATS_CSV_H
#define FORMATS_CSV_H

#include "formats/problems.h"

#include <stddef.h>

struct error;

struct csv_cell {
	char *text;    /* without its quotes; blanks around an unquoted one are taken off */
	size_t line;   /* from 1 */
	size_t column; /* from 1, in characters */
};

struct csv {
	struct csv_cell *cells; /* row by row */
	size_t cell_count;
	size_t cell_capacity;
	size_t column_count; /* of every row */
	size_t row_count;    /* the first is the header */
};

/* Splits a text. name stands for the file in messages. problems starts as {0} or with what else is
 * wrong; on -EINVAL it holds what is wrong here, and ret_csv is untouched. Returns 0, -EINVAL or
 * -ENOMEM. */
int csv_parse(const char *name, const char *text, size_t text_bytes, struct csv *ret_csv,
              struct problems *problems, struct error *err);

/* Both in range. */
const struct csv_cell *csv_cell(const struct csv *csv, size_t row, size_t column);

void csv_release(struct csv *csv);

#define cleanup_csv __attribute__((cleanup(csv_release)))

#endif
