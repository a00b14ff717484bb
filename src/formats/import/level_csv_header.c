/* The header of a table of figures per level: what its columns are. */
#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/str.h"
#include "formats/import/level_csv_parts.h"
#include "formats/import/stated_text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct header {
	struct table_rows *rows;
	struct level_columns *columns;
	struct imported *imported;
	struct error *err;
};

static const struct kind_name {
	const char *name;
	enum level_column_kind kind;
} column_names[] = {
        {"concurrency", COLUMN_CONCURRENCY},
        {"N", COLUMN_CONCURRENCY},
        {"n_concurrent", COLUMN_CONCURRENCY},
        {"load", COLUMN_CONCURRENCY},
        {"processors", COLUMN_CONCURRENCY},
        {"tasks", COLUMN_TASKS},
        {"figure", COLUMN_FIGURE},
        {"metric", COLUMN_FIGURE},
        {"statistic", COLUMN_STATISTIC},
        {"value", COLUMN_VALUE},
        {"error", COLUMN_ERROR},
        {"error_kind", COLUMN_ERROR_KIND},
};

static int complain(struct header *h, const char *column, const char *what)
{
	return table_rows_complain(h->rows, column, h->err, "%s", what);
}

/* "wall:median", "wall:median:reading" of the wide form. Returns 0, also where it is neither. */
static int read_wide_name(struct header *h, struct level_column *column)
{
	struct stated_figure figure = {
	        .statistic = STATED_MEAN, .quantile = NAN, .error = NAN, .tasks = RECORD_ABSENT};
	cleanup_free char *copy = NULL;
	const int result = str_copy(column->name, &copy, h->err);
	if (result < 0)
		return result;
	/* A counter's name may have a colon of its own: "counter.cycles:u:p95". */
	enum stated_error kind = STATED_NO_ERROR;
	char *colon = strrchr(copy, ':');
	if (colon && stated_error_read(colon + 1, &kind)) {
		*colon = '\0';
		colon = strrchr(copy, ':');
	}
	const bool has_statistic = colon && stated_statistic_read(colon + 1, &figure);
	if (has_statistic)
		*colon = '\0';
	column->measure = stated_measure_find(copy, figure.name);
	if (column->measure == MEASURES) {
		column->kind = COLUMN_OTHER;
		return 0;
	}
	if (colon && !has_statistic && column->measure < MEASURE_COUNTER)
		return complain(h, column->name,
		                "no statistic: mean, sd, median, min, max or p95; and behind it, "
		                "for its error, reading, standard or ci95");
	figure.error_kind = kind;
	column->figure = figure;
	column->kind = kind == STATED_NO_ERROR ? COLUMN_OF_FIGURE : COLUMN_OF_ERROR;
	return 0;
}

static bool is_same_figure(const struct stated_figure *a, const struct stated_figure *b)
{
	return strcmp(a->name, b->name) == 0 && a->statistic == b->statistic &&
	       (a->statistic != STATED_QUANTILE || a->quantile == b->quantile);
}

/* Errors to the figures that they are of. */
static int pair_errors(struct header *h)
{
	for (size_t i = 0; i < h->columns->count; i++) {
		struct level_column *const error = &h->columns->items[i];
		if (error->kind != COLUMN_OF_ERROR)
			continue;
		error->value_of = SIZE_MAX;
		for (size_t j = 0; j < h->columns->count; j++)
			if (h->columns->items[j].kind == COLUMN_OF_FIGURE &&
			    is_same_figure(&h->columns->items[j].figure, &error->figure))
				error->value_of = j;
		if (error->value_of != SIZE_MAX)
			continue;
		const int result = complain(h, error->name,
		                            "the error of a figure that has no column of its own");
		if (result < 0)
			return result;
	}
	return 0;
}

static int read_names(struct header *h)
{
	h->columns->items = calloc(h->rows->columns, sizeof *h->columns->items);
	if (!h->columns->items)
		return error_memory(h->err);
	h->columns->count = h->rows->columns;
	for (size_t i = 0; i < h->columns->count; i++) {
		struct level_column *const column = &h->columns->items[i];
		int result = str_copy(table_rows_cell(h->rows, i), &column->name, h->err);
		for (size_t k = 0; k < ARRAY_LENGTH(column_names); k++)
			if (strcmp(column_names[k].name, column->name) == 0)
				column->kind = column_names[k].kind;
		h->columns->is_long = h->columns->is_long || column->kind == COLUMN_FIGURE;
		if (result == 0 && column->kind == COLUMN_OTHER)
			result = read_wide_name(h, column);
		if (result < 0)
			return result;
	}
	return 0;
}

static size_t count_kind(const struct header *h, enum level_column_kind kind)
{
	size_t count = 0;
	for (size_t i = 0; i < h->columns->count; i++)
		count += h->columns->items[i].kind == kind;
	return count;
}

/* What is missing, or NULL. */
static const char *refuse_header(const struct header *h)
{
	if (count_kind(h, COLUMN_CONCURRENCY) == 0)
		return "no column for the number of tasks at once; call it concurrency";
	if (h->columns->is_long && count_kind(h, COLUMN_VALUE) == 0)
		return "no column value, though there is one that says which figure it is";
	if (h->columns->is_long)
		return NULL;
	if (count_kind(h, COLUMN_OF_FIGURE) == 0)
		return "no figure; write columns concurrency, figure and value with a row per "
		       "figure, or a column per figure (throughput, wall:median, wall:p95)";
	return NULL;
}

static int check_twice(struct header *h)
{
	for (size_t i = 0; i < h->columns->count; i++) {
		const struct level_column *const a = &h->columns->items[i];
		for (size_t j = i + 1; j < h->columns->count; j++) {
			const struct level_column *const b = &h->columns->items[j];
			if (a->kind != b->kind || a->kind == COLUMN_OTHER ||
			    (a->kind >= COLUMN_OF_FIGURE &&
			     !is_same_figure(&a->figure, &b->figure)))
				continue;
			return table_rows_complain(
			        h->rows, b->name, h->err,
			        "column %.64s says the same already; leave one of them out",
			        a->name);
		}
	}
	return 0;
}

static int tell_passed_over(struct header *h)
{
	cleanup_str struct str passed = {0};
	for (size_t i = 0; i < h->columns->count; i++) {
		const struct level_column *const column = &h->columns->items[i];
		const bool is_other = column->kind == COLUMN_OTHER ||
		                      (h->columns->is_long && column->kind >= COLUMN_OF_FIGURE);
		if (is_other)
			str_addf(&passed, "%s\"%s\"", passed.length ? ", " : "", column->name);
	}
	return passed.length == 0
	               ? 0
	               : imported_add_remark(h->imported, h->err, "columns passed over: %s",
	                                     str_text(&passed));
}

int level_columns_read(struct table_rows *rows, struct imported *imported,
                       struct level_columns *columns, struct error *err)
{
	struct header header = {rows, columns, imported, err};
	struct header *const h = &header;
	int result = read_names(h);
	const char *const missing = result == 0 ? refuse_header(h) : NULL;
	if (missing)
		result = complain(h, "header", missing);
	if (result == 0)
		result = check_twice(h);
	if (result == 0 && !h->columns->is_long)
		result = pair_errors(h);
	if (result == 0)
		result = tell_passed_over(h);
	if (text_lines_problems(h->rows->lines.problems) > h->rows->problems_before)
		h->rows->lines.is_refused = true; /* all rows would be wrong */
	return result;
}

void level_columns_release(struct level_columns *columns)
{
	for (size_t i = 0; columns->items && i < columns->count; i++)
		free(columns->items[i].name);
	free(columns->items);
	*columns = (struct level_columns){0};
}
