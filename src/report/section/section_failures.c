/* The table of failed tasks, with what one of each kind said. */
#include "report/section/section.h"

#include "analyse/failures.h"
#include "core/array.h"
#include "core/error.h"

static void add_row(const struct summary *summary, const struct failure *failure,
                    struct table *table)
{
	char name[64] = "probe";
	char what[FAILURE_TEXT_BYTES];
	if (failure->level != FAILURE_PROBE)
		summary_level_name(summary, (size_t)failure->level, name);
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

void section_failures(const struct findings *findings, struct document *doc)
{
	static const struct table_column columns[] = {
	        {"N", NULL, TABLE_RIGHT, 0},
	        {"tasks", NULL, TABLE_RIGHT, 1},
	        {"state", NULL, TABLE_LEFT, 1},
	        {"what happened", NULL, TABLE_LEFT, 1},
	};
	struct error err;
	cleanup_failures struct failures failures = {0};
	if (failures_collect(findings->dataset, &findings->summary, &failures, &err) < 0)
		doc->failed = true;
	if (failures.count == 0)
		return;
	document_section(doc, "failures", "Failures", "of all tasks, warm-up and fillers too");
	struct table *const table = document_table(doc, "", columns, ARRAY_LENGTH(columns));
	for (size_t i = 0; i < failures.count; i++)
		add_row(&findings->summary, &failures.items[i], table);
}
