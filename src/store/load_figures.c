#include "store/load_figures.h"

#include "core/array.h"
#include "core/error.h"
#include "store/load_names.h"

#include <float.h>
#include <stdlib.h>

/* A reading with what only figures need. */
struct figure_reading {
	struct reading base; /* first: a table's read gets &base */
	struct words_index names;
	struct task_finder finder;
};

static int read_figure(struct reading *reading, struct row *row, struct error *err)
{
	struct figure_reading *const figures = (struct figure_reading *)reading;
	struct dataset *const dataset = reading->dataset;
	char name[RECORD_FIGURE_NAME_BYTES];
	struct dataset_figure figure = {.task = task_finder_find(&figures->finder, reading, row)};
	row_text_into(row, 4, name, sizeof name);
	figure.value = row_real(row, 5, -DBL_MAX, DBL_MAX);
	if (row->failed || figure.task == SIZE_MAX)
		return 0;
	int r = load_name(&figures->names, &dataset->figure_names, name, &figure.name, err);
	if (r == 0)
		r = array_reserve(&dataset->figures, &reading->capacity, dataset->figure_count + 1,
		                  sizeof *dataset->figures, err);
	if (r == 0)
		dataset->figures[dataset->figure_count++] = figure;
	return r;
}

static int compare(const void *a, const void *b)
{
	const struct dataset_figure *const x = a;
	const struct dataset_figure *const y = b;
	if (x->task != y->task)
		return x->task < y->task ? -1 : 1;
	return (x->name > y->name) - (x->name < y->name);
}

static const struct table_before figure_before[] = {{3, "SELECT 1, 1, 1, 1, '', 0.0 WHERE 0"}, {0}};

static const struct table figure_table = {
        "figure",
        "SELECT f.task, t.trial, t.attempt, t.task_index, f.name, f.value"
        " FROM figure f CROSS JOIN task t ON t.task = f.task ORDER BY f.task, f.name",
        figure_before,
        read_figure,
};

int load_figures(struct reading *reading, struct error *err)
{
	struct dataset *const dataset = reading->dataset;
	struct figure_reading figures = {.base = *reading};
	const int r = reading_table(&figures.base, &figure_table, err);
	words_index_release(&figures.names);
	if (r == 0 && dataset->figure_count > 0)
		qsort(dataset->figures, dataset->figure_count, sizeof *dataset->figures, compare);
	return r;
}
