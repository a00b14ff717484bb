#include "formats/level_csv.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/number.h"
#include "core/str.h"
#include "formats/limit_text.h"
#include "formats/table_rows.h"
#include "model/measure.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_CONCURRENCY = 1000000, MOST_FIGURES = 10000 };

/* What a column is. */
enum column_kind {
	COLUMN_OTHER,
	COLUMN_CONCURRENCY,
	COLUMN_TASKS,
	/* Of the long form: */
	COLUMN_FIGURE,
	COLUMN_STATISTIC,
	COLUMN_VALUE,
	COLUMN_ERROR,
	COLUMN_ERROR_KIND,
	/* Of the wide form: */
	COLUMN_OF_FIGURE,
	COLUMN_OF_ERROR
};

struct column {
	enum column_kind kind;
	char *name;                  /* as the header writes it */
	struct stated_figure figure; /* OF_FIGURE: without its value */
	enum measure_id measure;
	size_t value_of; /* OF_ERROR: the column that it is the error of */
};

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
	struct column *columns;
	bool is_long;
	struct imported *imported;
	struct error *err;
	struct place *places;
	size_t place_count;
	size_t place_capacity;
	size_t figures_before;
};

static const struct column_name {
	const char *name;
	enum column_kind kind;
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

static int complain(struct reading *r, const char *column, const char *what)
{
	return table_rows_complain(&r->rows, column, r->err, "%s", what);
}

/* ---- Words ------------------------------------------------------------------------------- */

/* "mean", "sd", "median", "min", "max", "p95", "p2.5". */
static bool read_statistic(const char *text, struct stated_figure *figure)
{
	static const struct {
		const char *word;
		enum stated_statistic statistic;
		double quantile;
	} words[] = {
	        {"mean", STATED_MEAN, NAN},       {"sd", STATED_SD, NAN},
	        {"median", STATED_QUANTILE, 0.5}, {"min", STATED_QUANTILE, 0},
	        {"max", STATED_QUANTILE, 1},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(words); i++) {
		if (strcmp(words[i].word, text) != 0)
			continue;
		figure->statistic = words[i].statistic;
		figure->quantile = words[i].quantile;
		return true;
	}
	double percent = 0;
	struct error why;
	if (text[0] != 'p' || !isdigit((unsigned char)text[1]) ||
	    number_parse_real(text + 1, &percent, &why) < 0 || percent > 100)
		return false;
	figure->statistic = STATED_QUANTILE;
	figure->quantile = percent / 100;
	return true;
}

static bool read_error_kind(const char *text, enum stated_error *ret_kind)
{
	for (size_t i = STATED_READING; i < STATED_ERRORS; i++) {
		if (strcmp(stated_error_names[i], text) != 0)
			continue;
		*ret_kind = (enum stated_error)i;
		return true;
	}
	return false;
}

/* The measure that a name or a key ("wall", "wall_s") means; MEASURES: none. */
static enum measure_id find_measure(const char *text, char name[RECORD_FIGURE_NAME_BYTES])
{
	enum measure_id id = measure_find(text, NULL);
	for (size_t i = 0; id == MEASURES && i < MEASURE_COUNTER; i++) {
		if (strcmp(measures[i].key, text) != 0)
			continue;
		id = (enum measure_id)i;
		text = measures[i].name;
	}
	if (id == MEASURES || strlen(text) >= RECORD_FIGURE_NAME_BYTES)
		return MEASURES;
	memcpy(name, text, strlen(text) + 1);
	return id;
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

/* ---- Header ------------------------------------------------------------------------------ */

/* "wall:median", "wall:median:reading" of the wide form. Returns 0, also where it is neither. */
static int read_wide_name(struct reading *r, struct column *column)
{
	struct stated_figure figure = {
	        .statistic = STATED_MEAN, .quantile = NAN, .error = NAN, .tasks = RECORD_ABSENT};
	cleanup_free char *copy = NULL;
	const int result = str_copy(column->name, &copy, r->err);
	if (result < 0)
		return result;
	/* A counter's name may have a colon of its own: "counter.cycles:u:p95". */
	enum stated_error kind = STATED_NO_ERROR;
	char *colon = strrchr(copy, ':');
	if (colon && read_error_kind(colon + 1, &kind)) {
		*colon = '\0';
		colon = strrchr(copy, ':');
	}
	const bool has_statistic = colon && read_statistic(colon + 1, &figure);
	if (has_statistic)
		*colon = '\0';
	column->measure = find_measure(copy, figure.name);
	if (column->measure == MEASURES) {
		column->kind = COLUMN_OTHER;
		return 0;
	}
	if (colon && !has_statistic && column->measure < MEASURE_COUNTER)
		return complain(r, column->name,
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
static int pair_errors(struct reading *r)
{
	for (size_t i = 0; i < r->rows.columns; i++) {
		struct column *const error = &r->columns[i];
		if (error->kind != COLUMN_OF_ERROR)
			continue;
		error->value_of = SIZE_MAX;
		for (size_t j = 0; j < r->rows.columns; j++)
			if (r->columns[j].kind == COLUMN_OF_FIGURE &&
			    is_same_figure(&r->columns[j].figure, &error->figure))
				error->value_of = j;
		if (error->value_of != SIZE_MAX)
			continue;
		const int result = complain(r, error->name,
		                            "the error of a figure that has no column of its own");
		if (result < 0)
			return result;
	}
	return 0;
}

static int read_names(struct reading *r)
{
	r->columns = calloc(r->rows.columns, sizeof *r->columns);
	if (!r->columns)
		return error_memory(r->err);
	for (size_t i = 0; i < r->rows.columns; i++) {
		struct column *const column = &r->columns[i];
		int result = str_copy(table_rows_cell(&r->rows, i), &column->name, r->err);
		for (size_t k = 0; k < ARRAY_LENGTH(column_names); k++)
			if (strcmp(column_names[k].name, column->name) == 0)
				column->kind = column_names[k].kind;
		r->is_long = r->is_long || column->kind == COLUMN_FIGURE;
		if (result == 0 && column->kind == COLUMN_OTHER)
			result = read_wide_name(r, column);
		if (result < 0)
			return result;
	}
	return 0;
}

static size_t count_kind(const struct reading *r, enum column_kind kind)
{
	size_t count = 0;
	for (size_t i = 0; i < r->rows.columns; i++)
		count += r->columns[i].kind == kind;
	return count;
}

/* What is missing, or NULL. */
static const char *refuse_header(const struct reading *r)
{
	if (count_kind(r, COLUMN_CONCURRENCY) == 0)
		return "no column for the number of tasks at once; call it concurrency";
	if (r->is_long && count_kind(r, COLUMN_VALUE) == 0)
		return "no column value, though there is one that says which figure it is";
	if (r->is_long)
		return NULL;
	if (count_kind(r, COLUMN_OF_FIGURE) == 0)
		return "no figure; write columns concurrency, figure and value with a row per "
		       "figure, or a column per figure (throughput, wall:median, wall:p95)";
	return NULL;
}

static int check_twice(struct reading *r)
{
	for (size_t i = 0; i < r->rows.columns; i++) {
		const struct column *const a = &r->columns[i];
		for (size_t j = i + 1; j < r->rows.columns; j++) {
			const struct column *const b = &r->columns[j];
			if (a->kind != b->kind || a->kind == COLUMN_OTHER ||
			    (a->kind >= COLUMN_OF_FIGURE &&
			     !is_same_figure(&a->figure, &b->figure)))
				continue;
			return table_rows_complain(
			        &r->rows, b->name, r->err,
			        "column %.64s says the same already; leave one of them out",
			        a->name);
		}
	}
	return 0;
}

static int tell_passed_over(struct reading *r)
{
	cleanup_str struct str passed = {0};
	for (size_t i = 0; i < r->rows.columns; i++) {
		const struct column *const column = &r->columns[i];
		const bool is_other = column->kind == COLUMN_OTHER ||
		                      (r->is_long && column->kind >= COLUMN_OF_FIGURE);
		if (is_other)
			str_addf(&passed, "%s\"%s\"", passed.length ? ", " : "", column->name);
	}
	return passed.length == 0
	               ? 0
	               : imported_add_remark(r->imported, r->err, "columns passed over: %s",
	                                     str_text(&passed));
}

static int read_header(struct reading *r)
{
	int result = read_names(r);
	const char *const missing = result == 0 ? refuse_header(r) : NULL;
	if (missing)
		result = complain(r, "header", missing);
	if (result == 0)
		result = check_twice(r);
	if (result == 0 && !r->is_long)
		result = pair_errors(r);
	if (result == 0)
		result = tell_passed_over(r);
	if (text_lines_problems(r->rows.lines.problems) > r->rows.problems_before)
		r->rows.lines.is_refused = true; /* all rows would be wrong */
	return result;
}

/* ---- Rows -------------------------------------------------------------------------------- */

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

static int read_count(struct reading *r, enum column_kind kind, int64_t *ret_value)
{
	for (size_t i = 0; i < r->rows.columns; i++) {
		struct error why;
		const char *const cell = table_rows_cell(&r->rows, i);
		if (r->columns[i].kind != kind || (kind == COLUMN_TASKS && !is_there(cell)))
			continue;
		const int64_t most = kind == COLUMN_TASKS ? INT64_MAX : MOST_CONCURRENCY;
		if (number_parse_integer(cell, 1, most, ret_value, &why) == 0)
			return 0;
		return complain(r, r->columns[i].name, why.text);
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

static const char *cell_of(const struct reading *r, enum column_kind kind)
{
	for (size_t i = 0; i < r->rows.columns; i++)
		if (r->columns[i].kind == kind)
			return table_rows_cell(&r->rows, i);
	return "";
}

static int take_long_row(struct reading *r, int64_t concurrency, int64_t tasks)
{
	struct stated_figure figure = {.quantile = NAN, .tasks = tasks};
	const char *const name = cell_of(r, COLUMN_FIGURE);
	const char *const statistic = cell_of(r, COLUMN_STATISTIC);
	const char *const kind = cell_of(r, COLUMN_ERROR_KIND);
	const enum measure_id id = find_measure(name, figure.name);
	if (id == MEASURES)
		return complain_of_figure(r, "figure", name);
	if (is_there(statistic) && !read_statistic(statistic, &figure))
		return table_rows_complain(&r->rows, "statistic", r->err,
		                           "\"%.40s\" is none; write mean, sd, median, min, max "
		                           "or a quantile as p95",
		                           statistic);
	if (is_there(kind) && strcmp(kind, stated_error_names[STATED_NO_ERROR]) != 0 &&
	    !read_error_kind(kind, &figure.error_kind))
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
	for (size_t i = 0; result == 0 && i < r->rows.columns; i++) {
		const struct column *const column = &r->columns[i];
		const char *const value = table_rows_cell(&r->rows, i);
		if (column->kind != COLUMN_OF_FIGURE || !is_there(value))
			continue;
		struct stated_figure figure = column->figure;
		const char *error = "";
		figure.tasks = tasks;
		for (size_t j = 0; j < r->rows.columns; j++) {
			if (r->columns[j].kind != COLUMN_OF_ERROR || r->columns[j].value_of != i)
				continue;
			error = table_rows_cell(&r->rows, j);
			figure.error_kind = r->columns[j].figure.error_kind;
		}
		result = add_figure(r, column->name, concurrency, column->measure, &figure, value,
		                    error);
	}
	return result;
}

static int take_row(struct reading *r)
{
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
	return r->is_long ? take_long_row(r, concurrency, tasks)
	                  : take_wide_row(r, concurrency, tasks);
}

static int take_note(void *context, size_t line, const char *text, struct error *err)
{
	const struct reading *const r = context;
	(void)line;
	return imported_note(r->imported, text, err);
}

static int read_rows(struct reading *r)
{
	int result = table_rows_next(&r->rows, r->err);
	if (result < 0 || r->rows.lines.is_refused)
		return result;
	if (result == 0) {
		r->rows.line = 1;
		return complain(r, "header",
		                "the file is empty; write a header (concurrency,figure,value) and "
		                "a row for every figure");
	}
	result = read_header(r);
	while (result == 0 && (result = table_rows_next(&r->rows, r->err)) > 0)
		result = take_row(r);
	if (result < 0 || text_lines_problems(r->rows.lines.problems) > r->rows.problems_before)
		return result;
	if (r->imported->figure_count == r->figures_before)
		return complain(r, "header",
		                "no figure behind the header; write one for each level");
	return 0;
}

int level_csv_read(const char *name, FILE *stream, struct imported *imported,
                   struct problems *problems, struct error *err)
{
	const struct imported_mark mark = imported_mark(imported);
	const size_t before = text_lines_problems(problems);
	struct reading reading = {
	        .imported = imported,
	        .err = err,
	        .figures_before = imported->figure_count,
	};
	int r = table_rows_init(&reading.rows, name, stream, problems, err);
	const size_t *const columns = &reading.rows.columns;
	reading.rows.note = take_note;
	reading.rows.context = &reading;
	if (r == 0)
		r = read_rows(&reading);
	for (size_t i = 0; reading.columns && i < *columns; i++)
		free(reading.columns[i].name);
	free(reading.columns);
	free(reading.places);
	table_rows_release(&reading.rows);
	if (r == 0)
		r = text_lines_result(problems, before, name, err);
	if (r < 0)
		imported_rewind(imported, &mark);
	return r;
}

int level_csv_load(const char *path, struct imported *imported, struct problems *problems,
                   struct error *err)
{
	cleanup_file FILE *stream = NULL;
	const int r = text_lines_open(path, &stream, err);
	return r < 0 ? r : level_csv_read(path, stream, imported, problems, err);
}
