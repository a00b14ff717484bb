#include "formats/csv.h"

#include "core/array.h"
#include "core/error.h"
#include "core/str.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const char byte_order_mark[] = "\xef\xbb\xbf";

/* Where the reader is. */
struct reader {
	const char *name;
	const char *p;
	const char *end;
	size_t line;
	size_t column;
	struct csv *csv;
	struct problems *problems;
	struct error *err;
};

static bool is_at_end(const struct reader *r)
{
	return r->p == r->end;
}

static bool is_at_line_end(const struct reader *r)
{
	return is_at_end(r) || *r->p == '\n' || *r->p == '\r';
}

/* Steps over one byte that is no line end. Bytes that go on with a letter have no column. */
static void step(struct reader *r)
{
	r->column += ((unsigned char)*r->p & 0xc0) != 0x80;
	r->p++;
}

static void step_over_line_end(struct reader *r)
{
	if (is_at_end(r))
		return;
	r->p += *r->p == '\r' && r->p + 1 < r->end && r->p[1] == '\n' ? 2 : 1;
	r->line++;
	r->column = 1;
}

static int read_quoted(struct reader *r, struct str *text)
{
	const size_t line = r->line;
	const size_t column = r->column;
	step(r);
	for (;;) {
		if (is_at_end(r))
			return problems_add(r->problems, r->name, line, column, "quote", r->err,
			                    "this quoted cell never ends; close it with \"");
		if (*r->p == '"') {
			step(r);
			if (is_at_end(r) || *r->p != '"')
				return 0;
		}
		str_add_bytes(text, r->p, 1);
		if (is_at_line_end(r))
			step_over_line_end(r);
		else
			step(r);
	}
}

/* What stands between the end of a cell's quotes and the next comma. */
static int read_behind_quotes(struct reader *r)
{
	while (!is_at_line_end(r) && *r->p != ',' && strchr(" \t", *r->p))
		step(r);
	if (is_at_line_end(r) || *r->p == ',')
		return 0;
	const size_t column = r->column;
	while (!is_at_line_end(r) && *r->p != ',')
		step(r);
	return problems_add(r->problems, r->name, r->line, column, "quote", r->err,
	                    "text behind the closing quote; put the whole cell into the quotes, "
	                    "and write a quote inside it twice");
}

static int read_plain(struct reader *r, struct str *text)
{
	const char *const start = r->p;
	size_t quote = 0;
	while (!is_at_line_end(r) && *r->p != ',') {
		if (*r->p == '"' && quote == 0)
			quote = r->column;
		step(r);
	}
	size_t length = (size_t)(r->p - start);
	while (length > 0 && strchr(" \t", start[length - 1]))
		length--;
	str_add_bytes(text, start, length);
	if (quote == 0)
		return 0;
	return problems_add(r->problems, r->name, r->line, quote, "quote", r->err,
	                    "a quote inside a cell without quotes; put the whole cell into "
	                    "quotes, and write a quote inside it twice");
}

/* One cell, up to its comma or the end of the line. */
static int read_cell(struct reader *r)
{
	while (!is_at_line_end(r) && (*r->p == ' ' || *r->p == '\t'))
		step(r);
	struct csv *const csv = r->csv;
	int result = array_reserve(&csv->cells, &csv->cell_capacity, csv->cell_count + 1,
	                           sizeof *csv->cells, r->err);
	if (result < 0)
		return result;
	struct csv_cell *const cell = &csv->cells[csv->cell_count];
	cleanup_str struct str text = {0};
	cell->line = r->line;
	cell->column = r->column;
	if (!is_at_line_end(r) && *r->p == '"') {
		result = read_quoted(r, &text);
		if (result == 0)
			result = read_behind_quotes(r);
	} else {
		result = read_plain(r, &text);
	}
	if (result == 0)
		result = str_take(&text, &cell->text, r->err);
	if (result == 0)
		csv->cell_count++;
	return result;
}

static int check_row(struct reader *r, size_t line, size_t cells)
{
	struct csv *const csv = r->csv;
	if (csv->row_count == 0)
		csv->column_count = cells;
	csv->row_count++;
	if (cells == csv->column_count)
		return 0;
	return problems_add(r->problems, r->name, line, 1, "row", r->err,
	                    "%zu cell%s where the header has %zu; give every row one cell per "
	                    "column, an empty one where there is nothing",
	                    cells, cells == 1 ? "" : "s", csv->column_count);
}

/* A header that makes nonsense of all rows behind it. It alone is told then. */
static int refuse_header(struct reader *r)
{
	const struct csv_cell *const first = csv_cell(r->csv, 0, 0);
	if (first->text[0] == '#')
		return problems_add(r->problems, r->name, first->line, 1, "header", r->err,
		                    "the first line begins with #, but a curve has no comments: it "
		                    "is the header; take the # or the line away, or, where these "
		                    "are figures per level, take them by `plateau import levels` "
		                    "and fit the result");
	if (r->csv->column_count == 1 && strpbrk(first->text, ";\t"))
		return problems_add(r->problems, r->name, first->line, 1, "header", r->err,
		                    "one column only; separate columns by commas, and write "
		                    "decimals with a point");
	return 0;
}

static bool is_blank_line(const struct reader *r)
{
	const char *p = r->p;
	while (p < r->end && (*p == ' ' || *p == '\t'))
		p++;
	return p == r->end || *p == '\n' || *p == '\r';
}

static int read_row(struct reader *r)
{
	const size_t line = r->line;
	size_t cells = 0;
	for (;;) {
		const int result = read_cell(r);
		if (result < 0)
			return result;
		cells++;
		if (is_at_line_end(r))
			break;
		step(r); /* the comma */
	}
	step_over_line_end(r);
	return check_row(r, line, cells);
}

/* What makes the whole text no CSV that can be read here. */
static int refuse_whole(struct reader *r)
{
	const size_t bytes = (size_t)(r->end - r->p);
	if (bytes >= 2 && (memcmp(r->p, "\xff\xfe", 2) == 0 || memcmp(r->p, "\xfe\xff", 2) == 0))
		return problems_add(r->problems, r->name, 1, 1, "text", r->err,
		                    "this is UTF-16; save it as UTF-8");
	const char *const zero = memchr(r->p, '\0', bytes);
	if (!zero)
		return 0;
	size_t line = 1;
	for (const char *p = r->p; p < zero; p++)
		line += *p == '\n';
	return problems_add(r->problems, r->name, line, 1, "text", r->err,
	                    "a zero byte: this is no text; give a file of comma separated values");
}

static int read_rows(struct reader *r)
{
	int result = refuse_whole(r);
	if (result < 0 || r->problems->count > 0)
		return result;
	if (r->end - r->p >= 3 && memcmp(r->p, byte_order_mark, 3) == 0)
		r->p += 3;
	while (result == 0 && !is_at_end(r)) {
		if (is_blank_line(r)) {
			while (!is_at_line_end(r))
				step(r);
			step_over_line_end(r);
			continue;
		}
		result = read_row(r);
		if (result < 0 || r->csv->row_count > 1 || r->problems->count > 0)
			continue;
		result = refuse_header(r);
		if (r->problems->count > 0)
			break;
	}
	return result;
}

int csv_parse(const char *name, const char *text, size_t text_bytes, struct csv *ret_csv,
              struct problems *problems, struct error *err)
{
	cleanup_csv struct csv csv = {0};
	struct reader reader = {
	        .name = name,
	        .p = text,
	        .end = text + text_bytes,
	        .line = 1,
	        .column = 1,
	        .csv = &csv,
	        .problems = problems,
	        .err = err,
	};
	int r = read_rows(&reader);
	if (r == 0)
		r = problems_result(problems, name, err);
	if (r < 0)
		return r;
	*ret_csv = csv;
	csv = (struct csv){0};
	return 0;
}

const struct csv_cell *csv_cell(const struct csv *csv, size_t row, size_t column)
{
	return &csv->cells[row * csv->column_count + column];
}

void csv_release(struct csv *csv)
{
	if (!csv)
		return;
	for (size_t i = 0; i < csv->cell_count; i++)
		free(csv->cells[i].text);
	free(csv->cells);
	*csv = (struct csv){0};
}
