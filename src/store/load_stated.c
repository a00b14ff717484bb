#include "store/load_stated.h"

#include "core/array.h"
#include "core/error.h"

#include <errno.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static int read_stated(struct reading *reading, struct row *row, struct error *err)
{
	struct dataset *const dataset = reading->dataset;
	struct stated_figure figure = {.quantile = NAN, .error = NAN};
	figure.level = (uint32_t)row_integer(row, 0, 0, (int64_t)dataset->level_count - 1);
	row_text_into(row, 1, figure.name, sizeof figure.name);
	figure.statistic = (enum stated_statistic)row_name(row, 2, stated_statistic_names);
	if (figure.statistic == STATED_QUANTILE)
		figure.quantile = row_real(row, 3, 0, 1);
	figure.value = row_real(row, 4, -DBL_MAX, DBL_MAX);
	figure.error_kind = (enum stated_error)row_name(row, 6, stated_error_names);
	if (figure.error_kind != STATED_NO_ERROR)
		figure.error = row_real(row, 5, DBL_MIN, DBL_MAX);
	figure.tasks = row_integer_or(row, 7, 0, INT64_MAX, RECORD_ABSENT);
	if (row->failed)
		return 0;
	const int r = array_reserve(&dataset->stated, &reading->capacity, dataset->stated_count + 1,
	                            sizeof *dataset->stated, err);
	if (r == 0)
		dataset->stated[dataset->stated_count++] = figure;
	return r;
}

/* By level, name, statistic and quantile; 0: the same figure. */
static int compare(const void *a, const void *b)
{
	const struct stated_figure *const x = a;
	const struct stated_figure *const y = b;
	if (x->level != y->level)
		return x->level < y->level ? -1 : 1;
	const int names = strcmp(x->name, y->name);
	if (names != 0)
		return names;
	if (x->statistic != y->statistic)
		return x->statistic < y->statistic ? -1 : 1;
	if (x->statistic != STATED_QUANTILE)
		return 0;
	return (x->quantile > y->quantile) - (x->quantile < y->quantile);
}

static const struct table_before stated_before[] = {
        {4, "SELECT 0, '', 'mean', NULL, 0.0, NULL, 'none', NULL WHERE 0"},
        {0},
};

static const struct table stated_table = {
        "stated",
        "SELECT level, name, statistic, quantile, value, error, error_kind, tasks FROM stated",
        stated_before,
        read_stated,
};

int load_stated(struct reading *reading, struct error *err)
{
	const struct dataset *const dataset = reading->dataset;
	const int r = reading_table(reading, &stated_table, err);
	if (r < 0 || dataset->stated_count == 0)
		return r;
	qsort(dataset->stated, dataset->stated_count, sizeof *dataset->stated, compare);
	for (size_t i = 1; i < dataset->stated_count; i++)
		if (compare(&dataset->stated[i - 1], &dataset->stated[i]) == 0)
			return error_set(err, EINVAL,
			                 "%s is damaged: table stated holds %s of a level twice",
			                 reading->path, dataset->stated[i].name);
	return 0;
}
