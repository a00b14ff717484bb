#include "formats/curve_csv.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/file.h"
#include "core/number.h"
#include "core/str.h"
#include "formats/csv.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum column { COLUMN_CONCURRENCY, COLUMN_THROUGHPUT, COLUMN_SE, COLUMNS };

/* What a header may call them. */
static const struct column_name {
	const char *name;
	enum column column;
} column_names[] = {
        {"concurrency", COLUMN_CONCURRENCY},
        {"load", COLUMN_CONCURRENCY},
        {"processors", COLUMN_CONCURRENCY},
        {"N", COLUMN_CONCURRENCY},
        {"throughput", COLUMN_THROUGHPUT},
        {"throughput_per_s", COLUMN_THROUGHPUT},
        {"se", COLUMN_SE},
};

/* What to say of a column that is needed and not there. */
static const char *const missing[COLUMNS] = {
        "no column for the number of tasks; call it concurrency, load, processors or N",
        "no column for the throughput; call it throughput, or, where a row is a figure of a level, "
        "take them by `plateau import levels` and fit the result",
        NULL,
};

/* Bounds within which sums and squares of the values are finite and not 0. */
static const double most_concurrency = 1e9;
static const double most_throughput = 1e30;
static const double least_relative_se = 1e-9;

struct reading {
	const char *name;
	struct csv csv;
	ptrdiff_t columns[COLUMNS]; /* index into the file's, -1: not there */
	struct problems *problems;
	struct error *err;
};

static int complain(struct reading *reading, const struct csv_cell *at, const char *path,
                    const char *text)
{
	return problems_add(reading->problems, reading->name, at->line, at->column, path,
	                    reading->err, "%s", text);
}

static const struct column_name *find_name(const char *text)
{
	for (size_t i = 0; i < ARRAY_LENGTH(column_names); i++)
		if (strcasecmp(column_names[i].name, text) == 0)
			return &column_names[i];
	return NULL;
}

static int take_header_cell(struct reading *reading, size_t index)
{
	const struct csv_cell *const cell = csv_cell(&reading->csv, 0, index);
	const struct column_name *const known = find_name(cell->text);
	if (!known)
		return 0;
	if (reading->columns[known->column] < 0) {
		reading->columns[known->column] = (ptrdiff_t)index;
		return 0;
	}
	const struct csv_cell *const first =
	        csv_cell(&reading->csv, 0, (size_t)reading->columns[known->column]);
	return problems_add(reading->problems, reading->name, cell->line, cell->column, cell->text,
	                    reading->err, "column %s says the same already; leave one of them out",
	                    first->text);
}

/* A header cell that is nearly a name that is needed. */
static const char *nearly(const struct reading *reading, enum column column)
{
	for (size_t i = 0; i < reading->csv.column_count; i++) {
		const char *const text = csv_cell(&reading->csv, 0, i)->text;
		const char *const name = str_nearest(text, column_names, ARRAY_LENGTH(column_names),
		                                     sizeof *column_names);
		const struct column_name *const known = name ? find_name(name) : NULL;
		if (strlen(text) > 2 && !find_name(text) && known && known->column == column)
			return text;
	}
	return NULL;
}

static int miss_column(struct reading *reading, enum column column)
{
	const struct csv_cell *const first = csv_cell(&reading->csv, 0, 0);
	const char *const near = nearly(reading, column);
	if (near)
		return problems_add(reading->problems, reading->name, first->line, 1, "header",
		                    reading->err, "%s (is \"%s\" it?)", missing[column], near);
	return complain(reading, first, "header", missing[column]);
}

static int read_header(struct reading *reading)
{
	int r = 0;
	for (size_t c = 0; c < COLUMNS; c++)
		reading->columns[c] = -1;
	for (size_t i = 0; r == 0 && i < reading->csv.column_count; i++)
		r = take_header_cell(reading, i);
	for (size_t c = 0; r == 0 && c < COLUMNS; c++)
		if (reading->columns[c] < 0 && missing[c])
			r = miss_column(reading, (enum column)c);
	return r;
}

/* One number, NAN after a problem. */
static int read_number(struct reading *reading, size_t row, enum column column, double *ret_value)
{
	*ret_value = NAN;
	if (reading->columns[column] < 0)
		return 0;
	const size_t index = (size_t)reading->columns[column];
	const struct csv_cell *const cell = csv_cell(&reading->csv, row, index);
	const char *const head = csv_cell(&reading->csv, 0, index)->text;
	struct error why;
	if (cell->text[0] && number_parse_real(cell->text, ret_value, &why) == 0)
		return 0;
	if (cell->text[0])
		return complain(reading, cell, head, why.text);
	return complain(reading, cell, head,
	                column == COLUMN_SE
	                        ? "empty; give every row its standard error, or leave the column "
	                          "out"
	                        : "empty; give a number, or leave the row out");
}

/* Why a value cannot be in its column, or NULL. */
static const char *refuse(enum column column, const struct curve_row *row)
{
	switch (column) {
	case COLUMN_CONCURRENCY:
		if (row->concurrency < 1)
			return "below 1; a level runs at least one task";
		if (row->concurrency > most_concurrency)
			return "above 1000000000; no node runs so many tasks";
		return NULL;
	case COLUMN_THROUGHPUT:
		if (row->throughput < 0)
			return "below 0; a throughput counts what was done per unit of time";
		if (row->throughput > most_throughput)
			return "above 1e30; choose a longer unit of time";
		return NULL;
	default:
		if (row->se <= 0)
			return "not above 0; leave the column out where the errors are not known";
		if (row->se > most_throughput)
			return "above 1e30; choose a longer unit of time";
		if (row->se < least_relative_se * row->throughput)
			return "below a billionth of the throughput; nothing is measured as "
			       "exactly as that";
		return NULL;
	}
}

static int check_value(struct reading *reading, size_t row, enum column column, double value,
                       const struct curve_row *values)
{
	const char *const why = isnan(value) ? NULL : refuse(column, values);
	if (!why)
		return 0;
	const size_t index = (size_t)reading->columns[column];
	const struct csv_cell *const cell = csv_cell(&reading->csv, row, index);
	return problems_add(reading->problems, reading->name, cell->line, cell->column,
	                    csv_cell(&reading->csv, 0, index)->text, reading->err, "%s is %s",
	                    cell->text, why);
}

static int read_row(struct reading *reading, size_t row, struct curve_rows *rows)
{
	struct curve_row values = {NAN, NAN, NAN};
	int r = array_reserve(&rows->items, &rows->capacity, rows->count + 1, sizeof *rows->items,
	                      reading->err);
	double *const of_column[COLUMNS] = {&values.concurrency, &values.throughput, &values.se};
	for (size_t c = 0; r == 0 && c < COLUMNS; c++)
		r = read_number(reading, row, (enum column)c, of_column[c]);
	for (size_t c = 0; r == 0 && c < COLUMNS; c++)
		r = check_value(reading, row, (enum column)c, *of_column[c], &values);
	if (r == 0)
		rows->items[rows->count++] = values;
	return r;
}

/* A row's number and its concurrency, to find those that are there twice. */
struct keyed_row {
	double concurrency;
	size_t row;
};

static int by_concurrency(const void *a, const void *b)
{
	const struct keyed_row *const x = a;
	const struct keyed_row *const y = b;
	if (x->concurrency != y->concurrency)
		return x->concurrency < y->concurrency ? -1 : 1;
	return x->row < y->row ? -1 : x->row > y->row;
}

static int refuse_twice(struct reading *reading, const struct curve_rows *rows)
{
	cleanup_free struct keyed_row *keys = calloc(rows->count + 1, sizeof *keys);
	if (!keys)
		return error_memory(reading->err);
	size_t count = 0;
	for (size_t i = 0; i < rows->count; i++)
		if (!isnan(rows->items[i].concurrency))
			keys[count++] = (struct keyed_row){rows->items[i].concurrency, i + 1};
	qsort(keys, count, sizeof *keys, by_concurrency);
	const size_t column = (size_t)reading->columns[COLUMN_CONCURRENCY];
	for (size_t i = 1, first = 0; i < count; i++) {
		if (keys[i].concurrency != keys[first].concurrency) {
			first = i;
			continue;
		}
		const struct csv_cell *const cell = csv_cell(&reading->csv, keys[i].row, column);
		const struct csv_cell *const before =
		        csv_cell(&reading->csv, keys[first].row, column);
		const int r = problems_add(
		        reading->problems, reading->name, cell->line, cell->column,
		        csv_cell(&reading->csv, 0, column)->text, reading->err,
		        "%s stands in line %zu already; give one row per level: the mean, with "
		        "its standard error in a column se",
		        cell->text, before->line);
		if (r < 0)
			return r;
	}
	return 0;
}

static int read_rows(struct reading *reading, struct curve_rows *rows)
{
	const struct csv_cell nowhere = {.line = 1, .column = 1};
	const struct csv *const csv = &reading->csv;
	if (csv->row_count == 0)
		return complain(reading, &nowhere, "header",
		                "the file is empty; write a header (concurrency,throughput) and a "
		                "row for every level");
	int r = read_header(reading);
	if (r < 0 || reading->problems->count > 0)
		return r;
	if (csv->row_count == 1)
		return complain(reading, csv_cell(csv, 0, 0), "header",
		                "no row behind the header; write one for every level");
	if (csv->row_count - 1 > CURVE_CSV_MOST_ROWS)
		return complain(reading, csv_cell(csv, 0, 0), "header",
		                "more than 4096 rows: too many for a curve; give one row per "
		                "level, or every tenth level");
	for (size_t i = 1; r == 0 && i < csv->row_count; i++)
		r = read_row(reading, i, rows);
	return r == 0 ? refuse_twice(reading, rows) : r;
}

int curve_csv_parse(const char *name, const char *text, size_t text_bytes,
                    struct curve_rows *ret_rows, struct problems *problems, struct error *err)
{
	cleanup_curve_rows struct curve_rows rows = {0};
	struct reading reading = {.name = name, .problems = problems, .err = err};
	int r = csv_parse(name, text, text_bytes, &reading.csv, problems, err);
	if (r == 0)
		r = read_rows(&reading, &rows);
	csv_release(&reading.csv);
	problems_sort(problems);
	if (r == 0)
		r = problems_result(problems, name, err);
	if (r < 0)
		return r;
	*ret_rows = rows;
	rows = (struct curve_rows){0};
	return 0;
}

int curve_csv_load(const char *path, struct curve_rows *ret_rows, struct problems *problems,
                   struct error *err)
{
	cleanup_free char *text = NULL;
	size_t text_bytes = 0;
	int r = file_read(path, CURVE_CSV_MAX_BYTES, &text, &text_bytes, err);
	if (r == -EFBIG) {
		r = problems_add(problems, path, 1, 1, "header", err,
		                 "larger than 16 MiB: this is no curve; give one row per level");
		return r < 0 ? r : problems_result(problems, path, err);
	}
	if (r < 0)
		return r;
	return curve_csv_parse(path, text, text_bytes, ret_rows, problems, err);
}

void curve_rows_release(struct curve_rows *rows)
{
	if (!rows)
		return;
	free(rows->items);
	*rows = (struct curve_rows){0};
}
