#include "formats/import/level_csv.h"

#include "core/array.h"
#include "core/error.h"
#include "core/number.h"
#include "core/str.h"
#include "formats/import/import_frame.h"
#include "formats/import/level_csv_parts.h"
#include "formats/import/stated_text.h"
#include "formats/scenario/limit_text.h"
#include "model/measure.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_CONCURRENCY = 1000000, MOST_FIGURES = 10000 };

/* To find figures that are there twice. */
struct place {
	int64_t concurrency;
	char name[RECORD_FIGURE_NAME_BYTES];
	enum stated_statistic statistic;
	double quantile;
	size_t line;
};

struct reading {
	struct table_rows rows;
	struct level_columns columns;
	struct imported *imported;
	struct error *err;
	struct place *places;
	size_t place_count;
	size_t place_capacity;
	size_t figures_before;
};

static int complain(struct reading *r, const char *column, const char *what)
{
	return table_rows_complain(&r->rows, column, r->err, "%s", what);
}

/* A value in the unit of its measure, or with one of its own. */
static int read_value(enum measure_id id, const char *name, const char *cell, double *ret_value,
                      struct error *err)
{
	const char *detail = NULL;
	struct error why;
	if (number_parse_real(cell, ret_value, &why) == 0) {
		if (*ret_value < 0 && !measures[id].is_signed)
			return error_set(err, EINVAL, "%s is below 0", cell);
		return 0;
	}
	measure_find(name, &detail);
	const struct limit_of of = {.measure = id, .detail = detail};
	return limit_text_parse(cell, &of, ret_value, err);
}

static bool is_there(const char *cell)
{
	return cell[0] != '\0' && strcmp(cell, "NA") != 0 && strcmp(cell, "-") != 0;
}

static int read_count(struct reading *r, enum level_column_kind kind, int64_t *ret_value)
{
	for (size_t i = 0; i < r->columns.count; i++) {
		struct error why;
		const char *const cell = table_rows_cell(&r->rows, i);
		if (r->columns.items[i].kind != kind || (kind == COLUMN_TASKS && !is_there(cell)))
			continue;
		const int64_t most = kind == COLUMN_TASKS ? INT64_MAX : MOST_CONCURRENCY;
		if (number_parse_integer(cell, 1, most, ret_value, &why) == 0)
			return 0;
		return complain(r, r->columns.items[i].name, why.text);
	}
	return 0;
}

static int refuse_twice(struct reading *r, const char *column, int64_t concurrency,
                        const struct stated_figure *figure, bool *ret_is_new)
{
	*ret_is_new = false;
	for (size_t i = 0; i < r->place_count; i++) {
		const struct place *const place = &r->places[i];
		if (place->concurrency == concurrency && place->statistic == figure->statistic &&
		    strcmp(place->name, figure->name) == 0 &&
		    (figure->statistic != STATED_QUANTILE || place->quantile == figure->quantile))
			return table_rows_complain(&r->rows, column, r->err,
			                           "this figure of this level stands in line %zu "
			                           "already",
			                           place->line);
	}
	const int result = array_reserve(&r->places, &r->place_capacity, r->place_count + 1,
	                                 sizeof *r->places, r->err);
	if (result < 0)
		return result;
	struct place *const place = &r->places[r->place_count++];
	*place = (struct place){.concurrency = concurrency,
	                        .statistic = figure->statistic,
	                        .quantile = figure->quantile,
	                        .line = r->rows.line};
	memcpy(place->name, figure->name, sizeof place->name);
	*ret_is_new = true;
	return 0;
}

/* Reads value and error, and adds the figure. error: its cell, "" where there is none. */
static int add_figure(struct reading *r, const char *column, int64_t concurrency,
                      enum measure_id id, struct stated_figure *figure, const char *value,
                      const char *error)
{
	struct error why;
	bool is_new = false;
	if (read_value(id, figure->name, value, &figure->value, &why) < 0)
		return complain(r, column, why.text);
	figure->error = NAN;
	if (!is_there(error))
		figure->error_kind = STATED_NO_ERROR;
	else if (read_value(id, figure->name, error, &figure->error, &why) < 0)
		return complain(r, "error", why.text);
	else if (figure->error <= 0)
		return complain(r, "error", "not above 0; leave it empty where it is not known");
	else if (figure->error_kind == STATED_NO_ERROR)
		return complain(r, "error_kind",
		                "an error without its kind; write reading (how well it was read "
		                "from a plot), standard (standard error) or ci95 (half of a 95 % "
		                "interval)");
	const int result = refuse_twice(r, column, concurrency, figure, &is_new);
	if (result < 0 || !is_new)
		return result;
	return imported_add_figure(r->imported, concurrency, figure, r->err);
}

static const char *cell_of(const struct reading *r, enum level_column_kind kind)
{
	for (size_t i = 0; i < r->columns.count; i++)
		if (r->columns.items[i].kind == kind)
			return table_rows_cell(&r->rows, i);
	return "";
}

static int complain_of_figure(struct reading *r, const char *column, const char *name)
{
	const char *const near = str_nearest(name, measures, MEASURES, sizeof *measures);
	return table_rows_complain(&r->rows, column, r->err,
	                           "\"%.64s\" is no figure that is known%s%s%s; write for example "
	                           "throughput, wall, max_rss, counter.cycles, figure.compute_s",
	                           name, near ? " (did you mean " : "", near ? near : "",
	                           near ? "?)" : "");
}

static int take_long_row(struct reading *r, int64_t concurrency, int64_t tasks)
{
	struct stated_figure figure = {.quantile = NAN, .tasks = tasks};
	const char *const name = cell_of(r, COLUMN_FIGURE);
	const char *const statistic = cell_of(r, COLUMN_STATISTIC);
	const char *const kind = cell_of(r, COLUMN_ERROR_KIND);
	const enum measure_id id = stated_measure_find(name, figure.name);
	if (id == MEASURES)
		return complain_of_figure(r, "figure", name);
	if (is_there(statistic) && !stated_statistic_read(statistic, &figure))
		return table_rows_complain(&r->rows, "statistic", r->err,
		                           "\"%.40s\" is none; write mean, sd, median, min, max "
		                           "or a quantile as p95",
		                           statistic);
	if (is_there(kind) && strcmp(kind, stated_error_names[STATED_NO_ERROR]) != 0 &&
	    !stated_error_read(kind, &figure.error_kind))
		return table_rows_complain(&r->rows, "error_kind", r->err,
		                           "\"%.40s\" is none; write reading, standard or ci95",
		                           kind);
	if (!is_there(cell_of(r, COLUMN_VALUE)))
		return complain(r, "value", "empty; give a number, or leave the row out");
	return add_figure(r, "value", concurrency, id, &figure, cell_of(r, COLUMN_VALUE),
	                  cell_of(r, COLUMN_ERROR));
}

static int take_wide_row(struct reading *r, int64_t concurrency, int64_t tasks)
{
	int result = 0;
	for (size_t i = 0; result == 0 && i < r->columns.count; i++) {
		const struct level_column *const column = &r->columns.items[i];
		const char *const value = table_rows_cell(&r->rows, i);
		if (column->kind != COLUMN_OF_FIGURE || !is_there(value))
			continue;
		struct stated_figure figure = column->figure;
		const char *error = "";
		figure.tasks = tasks;
		for (size_t j = 0; j < r->columns.count; j++) {
			if (r->columns.items[j].kind != COLUMN_OF_ERROR ||
			    r->columns.items[j].value_of != i)
				continue;
			error = table_rows_cell(&r->rows, j);
			figure.error_kind = r->columns.items[j].figure.error_kind;
		}
		result = add_figure(r, column->name, concurrency, column->measure, &figure, value,
		                    error);
	}
	return result;
}

static int take_row(void *context)
{
	struct reading *const r = context;
	int64_t concurrency = 0;
	int64_t tasks = RECORD_ABSENT;
	int result = read_count(r, COLUMN_CONCURRENCY, &concurrency);
	if (result == 0)
		result = read_count(r, COLUMN_TASKS, &tasks);
	if (result < 0 || concurrency == 0)
		return result;
	if (r->place_count >= MOST_FIGURES) {
		r->rows.lines.is_refused = true;
		return complain(r, "row", "more than 10000 figures: too many for levels");
	}
	return r->columns.is_long ? take_long_row(r, concurrency, tasks)
	                          : take_wide_row(r, concurrency, tasks);
}

static int read_rows(struct reading *r)
{
	int result = table_rows_header(
	        &r->rows, "write a header (concurrency,figure,value) and a row for every figure",
	        r->err);
	if (result <= 0)
		return result;
	result = level_columns_read(&r->rows, r->imported, &r->columns, r->err);
	if (result == 0)
		result = table_rows_each(&r->rows, take_row, r, r->err);
	if (result <= 0)
		return result;
	if (r->imported->figure_count == r->figures_before)
		return complain(r, "header",
		                "no figure behind the header; write one for each level");
	return 0;
}

static int read_stream(const char *name, FILE *stream, const void *settings,
                       struct imported *imported, struct problems *problems, struct error *err)
{
	struct reading reading = {
	        .imported = imported,
	        .err = err,
	        .figures_before = imported->figure_count,
	};
	(void)settings;
	int r = table_rows_init(&reading.rows, name, stream, problems, err);
	reading.rows.note = import_note;
	reading.rows.context = imported;
	if (r == 0)
		r = read_rows(&reading);
	level_columns_release(&reading.columns);
	free(reading.places);
	table_rows_release(&reading.rows);
	return r;
}

int level_csv_read(const char *name, FILE *stream, struct imported *imported,
                   struct problems *problems, struct error *err)
{
	return import_stream(read_stream, name, stream, NULL, imported, problems, err);
}

int level_csv_load(const char *path, struct imported *imported, struct problems *problems,
                   struct error *err)
{
	return import_path(read_stream, path, NULL, imported, problems, err);
}
