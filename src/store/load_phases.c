#include "store/load_phases.h"

#include "core/array.h"
#include "core/error.h"
#include "store/load_names.h"

#include <stdlib.h>

enum { NAME_BYTES = 256 };

/* A reading with what only phases need. */
struct phase_reading {
	struct reading base; /* first: a table's read gets &base */
	struct words_index names;
	struct task_finder finder;
	bool is_out_of_order; /* some phase belongs before the one ahead of it */
};

static int read_phase(struct reading *reading, struct row *row, struct error *err)
{
	struct phase_reading *const phases = (struct phase_reading *)reading;
	struct dataset *const dataset = reading->dataset;
	char name[NAME_BYTES];
	struct dataset_phase phase = {.task = task_finder_find(&phases->finder, reading, row)};
	row_text_into(row, 4, name, sizeof name);
	phase.class = (enum phase_class)row_name(row, 5, phase_class_names);
	phase.start_ns = row_integer(row, 6, -ROW_TIME_BOUND, ROW_TIME_BOUND);
	phase.end_ns = row_integer(row, 7, phase.start_ns, ROW_TIME_BOUND);
	if (row->failed || phase.task == SIZE_MAX)
		return 0;
	int r = load_name(&phases->names, &dataset->phase_names, name, &phase.name, err);
	if (r == 0)
		r = array_reserve(&dataset->phases, &reading->capacity, dataset->phase_count + 1,
		                  sizeof *dataset->phases, err);
	if (r < 0)
		return r;
	if (dataset->phase_count > 0) {
		const struct dataset_phase *const before =
		        &dataset->phases[dataset->phase_count - 1];
		phases->is_out_of_order |=
		        before->task > phase.task ||
		        (before->task == phase.task && before->start_ns > phase.start_ns);
	}
	dataset->phases[dataset->phase_count++] = phase;
	return 0;
}

static int compare(const void *a, const void *b)
{
	const struct dataset_phase *const x = a;
	const struct dataset_phase *const y = b;
	if (x->task != y->task)
		return x->task < y->task ? -1 : 1;
	if (x->start_ns != y->start_ns)
		return x->start_ns < y->start_ns ? -1 : 1;
	return (x->end_ns > y->end_ns) - (x->end_ns < y->end_ns);
}

static const struct table phase_table = {
        "phase",
        "SELECT p.task, t.trial, t.attempt, t.task_index, p.name, coalesce(p.class, 'other') AS "
        "class,"
        " p.start_ns, p.end_ns FROM phase p CROSS JOIN task t ON t.task = p.task"
        " ORDER BY p.task, p.phase",
        NULL,
        read_phase,
};

int load_phases(struct reading *reading, struct error *err)
{
	struct dataset *const dataset = reading->dataset;
	struct phase_reading phases = {.base = *reading};
	const int r = reading_table(&phases.base, &phase_table, err);
	words_index_release(&phases.names);
	if (r < 0)
		return r;
	if (phases.is_out_of_order)
		qsort(dataset->phases, dataset->phase_count, sizeof *dataset->phases, compare);
	return 0;
}
