/* The table of failed tasks, with what one of each kind said. */
#include "report/show_parts.h"

#include "core/array.h"
#include "core/error.h"
#include "core/str.h"
#include "report/failures.h"
#include "report/table.h"

static void add_row(const struct show *show, const struct failure *failure, struct table *table)
{
	char name[64] = "probe";
	char what[FAILURE_TEXT_BYTES];
	if (failure->level != FAILURE_PROBE)
		summary_level_name(show->summary, (size_t)failure->level, name);
	failure_describe(failure, what);
	table_row(table);
	/* "N=8" below a head that says N. */
	table_cell(table, TEXT_PLAIN, "%s", failure->level == FAILURE_PROBE ? name : name + 2);
	table_cell(table, TEXT_BAD, "%zu", failure->count);
	table_cell(table, TEXT_PLAIN, "%s", task_state_names[failure->state]);
	table_cell(table, TEXT_PLAIN, "%s", what);
	if (failure->said)
		table_note(table, "it said: %s", failure->said);
}

void show_failures(const struct show *show)
{
	static const struct table_column columns[] = {
	        {"N", NULL, TABLE_RIGHT, 0},
	        {"tasks", NULL, TABLE_RIGHT, 1},
	        {"state", NULL, TABLE_LEFT, 1},
	        {"what happened", NULL, TABLE_LEFT, 1},
	};
	struct error err;
	cleanup_failures struct failures failures = {0};
	if (failures_collect(show->dataset, show->summary, &failures, &err) < 0)
		show->out->failed = true;
	if (failures.count == 0)
		return;
	cleanup_table struct table table = {0};
	table_init(&table, columns, ARRAY_LENGTH(columns));
	for (size_t i = 0; i < failures.count; i++)
		add_row(show, &failures.items[i], &table);
	show_title(show, "Failures", "of all tasks, warm-up and fillers too");
	table_write(&table, show->style, SHOW_INDENT, show->out);
	str_add(show->out, "\n");
}
