#include "formats/import/table_rows.h"

#include "core/array.h"
#include "core/error.h"
#include "core/str.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

int table_rows_init(struct table_rows *rows, const char *name, FILE *stream,
                    struct problems *problems, struct error *err)
{
	*rows = (struct table_rows){.problems_before = text_lines_problems(problems)};
	return text_lines_init(&rows->lines, name, stream, problems, err);
}

/* The cell of the row below this name of the header; where there is none, the row itself. */
static struct table_place find_place(const struct table_rows *rows, const char *column)
{
	const char *name = rows->header;
	for (size_t i = 0; name && i < rows->columns && i < rows->count; i++) {
		if (strcmp(name, column) == 0)
			return rows->places[i];
		name += strlen(name) + 1;
	}
	return (struct table_place){rows->line, 1};
}

int table_rows_complain(struct table_rows *rows, const char *column, struct error *err,
                        const char *format, ...)
{
	char text[ERROR_TEXT_BYTES];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	const size_t count = text_lines_problems(rows->lines.problems) - rows->problems_before;
	if (count + 1 >= TABLE_MOST_PROBLEMS)
		rows->lines.is_refused = true;
	const struct table_place place = find_place(rows, column);
	return problems_add(rows->lines.problems, rows->lines.name, place.line, place.column,
	                    column, err, "%s", text);
}

/* A problem behind which nothing of the file can be understood. */
static int refuse(struct table_rows *rows, const char *what, struct error *err)
{
	rows->lines.is_refused = true;
	return table_rows_complain(rows, "row", err, "%s", what);
}

static char find_separator(const char *line)
{
	static const char separators[] = ",;\t|";
	size_t counts[sizeof separators - 1] = {0};
	bool is_quoted = false;
	for (; *line; line++) {
		const char *const found = is_quoted ? NULL : strchr(separators, *line);
		if (*line == '"')
			is_quoted = !is_quoted;
		else if (found)
			counts[found - separators]++;
	}
	size_t most = 0;
	for (size_t i = 1; i < sizeof counts / sizeof *counts; i++)
		if (counts[i] > counts[most])
			most = i;
	return separators[most];
}

static int add_bytes(struct table_rows *rows, const char *bytes, size_t count, struct error *err)
{
	const int r = array_reserve(&rows->text, &rows->capacity, rows->length + count, 1, err);
	if (r < 0 || count == 0)
		return r;
	memcpy(rows->text + rows->length, bytes, count);
	rows->length += count;
	return 0;
}

/* The characters between two places of a line of UTF-8. */
static size_t characters(const char *from, const char *to)
{
	size_t count = 0;
	for (; from < to; from++)
		count += ((unsigned char)*from & 0xc0) != 0x80;
	return count;
}

/* at: in the line that is read now. */
static int begin_cell(struct table_rows *rows, const char *at, struct error *err)
{
	const struct table_place *const before =
	        rows->count > 0 ? &rows->places[rows->count - 1] : NULL;
	/* Counted on from the cell before, so that a line of many cells is passed once. */
	const bool is_on = before && before->line == rows->lines.line;
	const struct table_place place = {
	        .line = rows->lines.line,
	        .column = (is_on ? before->column : 1) +
	                  characters(is_on ? rows->lines.text + rows->begun : rows->lines.text, at),
	};
	int r = array_reserve(&rows->cells, &rows->cell_capacity, rows->count + 1,
	                      sizeof *rows->cells, err);
	if (r == 0)
		r = array_reserve(&rows->places, &rows->place_capacity, rows->count + 1,
		                  sizeof *rows->places, err);
	if (r < 0)
		return r;
	rows->begun = (size_t)(at - rows->lines.text);
	rows->places[rows->count] = place;
	rows->cells[rows->count++] = rows->length;
	return 0;
}

/* Takes a quoted cell from its first quote on, over as many lines as it has. *p gets what stands
 * behind it. */
static int take_quoted(struct table_rows *rows, const char **p, struct error *err)
{
	const char *c = *p + 1;
	int r = 0;
	while (r == 0) {
		if (*c == '"' && c[1] != '"')
			break;
		if (*c != '\0') {
			c += *c == '"';
			r = add_bytes(rows, c++, 1, err);
			continue;
		}
		if (rows->length > TABLE_MOST_ROW_BYTES)
			return refuse(rows, "this row is longer than 1 MiB: a quote is not closed",
			              err);
		r = text_lines_next(&rows->lines, err);
		if (r == 0 && !rows->lines.is_refused)
			return refuse(rows, "a quoted cell never ends; close it with \"", err);
		if (r <= 0)
			return r;
		r = add_bytes(rows, "\n", 1, err);
		c = rows->lines.text;
	}
	*p = c + (r == 0);
	return r;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Takes a cell up to its separator, or the end of the line. */
static int take_cell(struct table_rows *rows, const char **p, struct error *err)
{
	const char *c = *p;
	while (is_blank(*c) && *c != rows->separator)
		c++;
	int r = begin_cell(rows, c, err);
	if (r == 0 && *c == '"') {
		r = take_quoted(rows, &c, err);
		if (r < 0 || rows->lines.is_refused)
			return r;
		while (is_blank(*c) && *c != rows->separator)
			c++;
		if (*c != '\0' && *c != rows->separator)
			return refuse(rows,
			              "text behind a closing quote; put the whole cell into "
			              "quotes, and write a quote inside it twice",
			              err);
	} else {
		const char *const begin = c;
		while (*c != '\0' && *c != rows->separator)
			c++;
		const char *end = c;
		while (end > begin && is_blank(end[-1]))
			end--;
		if (r == 0)
			r = add_bytes(rows, begin, (size_t)(end - begin), err);
	}
	*p = c;
	return r < 0 ? r : add_bytes(rows, "", 1, err);
}

static int take_cells(struct table_rows *rows, struct error *err)
{
	const char *p = rows->lines.text;
	rows->length = 0;
	rows->count = 0;
	for (;;) {
		const int r = take_cell(rows, &p, err);
		if (r < 0 || rows->lines.is_refused)
			return r;
		if (rows->count > TABLE_MOST_COLUMNS)
			return refuse(rows, "more than 1000 columns: this is no table of tasks",
			              err);
		if (*p == '\0')
			return 0;
		p++;
	}
}

/* Whether the line is no row: blank, or a note. */
static int pass_over(struct table_rows *rows, bool *ret_is_passed, struct error *err)
{
	const char *const text = rows->lines.text;
	*ret_is_passed = text[strspn(text, " \t")] == '\0';
	if (!str_starts_with(text, "# ") && strcmp(text, "#") != 0)
		return 0;
	*ret_is_passed = true;
	return rows->note && text[1] ? rows->note(rows->context, rows->line, text + 2, err) : 0;
}

/* Whether the row is one like the first; otherwise there is a problem. */
static int check_row(struct table_rows *rows, bool *ret_is_whole, struct error *err)
{
	*ret_is_whole = false;
	if (!rows->lines.is_ended)
		return refuse(rows,
		              "the last line does not end, so that the file may be cut off "
		              "here; end it with a line end when it is whole",
		              err);
	if (rows->columns == 0) {
		rows->header = malloc(rows->length);
		if (!rows->header)
			return error_memory(err);
		memcpy(rows->header, rows->text, rows->length);
		rows->columns = rows->count;
	}
	*ret_is_whole = rows->count == rows->columns;
	if (*ret_is_whole)
		return 0;
	return table_rows_complain(rows, "row", err,
	                           "%zu %s where the header has %zu; give every row one cell per "
	                           "column, an empty one where there is nothing",
	                           rows->count, rows->count == 1 ? "cell" : "cells", rows->columns);
}

static int take_row(struct table_rows *rows, bool *ret_is_whole, struct error *err)
{
	bool is_passed = false;
	*ret_is_whole = false;
	rows->line = rows->lines.line;
	if (rows->lines.is_cut)
		return refuse(rows, "this line is longer than 64 KiB: it is no row of a table",
		              err);
	int r = pass_over(rows, &is_passed, err);
	if (r < 0 || is_passed)
		return r;
	if (rows->separator == '\0')
		rows->separator = find_separator(rows->lines.text);
	r = take_cells(rows, err);
	return r < 0 || rows->lines.is_refused ? r : check_row(rows, ret_is_whole, err);
}

/* Takes the next row that has as many cells as the first. Returns 1, 0 at the end (and behind what
 * is refused), or -errno. */
static int next_row(struct table_rows *rows, struct error *err)
{
	bool is_whole = false;
	while (!rows->lines.is_refused) {
		int r = text_lines_next(&rows->lines, err);
		if (r <= 0)
			return r;
		r = take_row(rows, &is_whole, err);
		if (r < 0)
			return r;
		if (is_whole)
			return 1;
	}
	return 0;
}

int table_rows_header(struct table_rows *rows, const char *needed, struct error *err)
{
	const int r = next_row(rows, err);
	if (r != 0 || rows->lines.is_refused)
		return r < 0 ? r : !rows->lines.is_refused;
	rows->line = 1;
	return table_rows_complain(rows, "header", err, "the file is empty; %s", needed);
}

int table_rows_each(struct table_rows *rows, table_row_taker *take, void *context,
                    struct error *err)
{
	int r = 0;
	while (r == 0 && (r = next_row(rows, err)) > 0)
		r = take(context);
	return r < 0 ? r : text_lines_problems(rows->lines.problems) == rows->problems_before;
}

const char *table_rows_cell(const struct table_rows *rows, size_t i)
{
	return rows->text + rows->cells[i];
}

void table_rows_release(struct table_rows *rows)
{
	if (!rows)
		return;
	text_lines_release(&rows->lines);
	free(rows->text);
	free(rows->places);
	free(rows->header);
	free(rows->cells);
	*rows = (struct table_rows){0};
}
