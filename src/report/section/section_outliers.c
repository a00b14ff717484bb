/* Tasks that stand apart from their level, by name. */
#include "core/array.h"
#include "core/cleanup.h"
#include "core/clock.h"
#include "core/number.h"
#include "report/figures.h"
#include "report/section/section.h"

#include <math.h>
#include <string.h>

enum { IN_TERMINAL = 8, IN_PAGE = 25 };

/* "input 3: raw_3.fits", by the last part of its path. */
static const char *input_name(const struct dataset *dataset, const struct task_record *task)
{
	if (task->input < 0 || (size_t)task->input >= dataset->inputs.count)
		return "";
	const char *const path = dataset->inputs.items[task->input];
	const char *const slash = strrchr(path, '/');
	return slash && slash[1] ? slash + 1 : path;
}

static void add_index(struct table *table, const struct document *doc, int32_t index)
{
	if (index >= 0)
		table_cell(table, TEXT_PLAIN, "%d", index);
	else
		table_cell(table, TEXT_DIM, "%s", figure_absent(doc->style));
}

/* The block that a trial is of, from 1. */
static uint32_t block_of(const struct dataset *dataset, uint32_t trial)
{
	for (size_t t = 0; t < dataset->trial_count; t++)
		if (dataset->trials[t].trial == trial)
			return dataset->trials[t].block + 1;
	return 0;
}

static void add_row(const struct findings *findings, const struct document *doc,
                    const struct outlier *outlier, const struct figure_unit *unit, int decimals,
                    struct table *table)
{
	const struct dataset *const dataset = findings->dataset;
	const struct task_record *const task = &dataset->tasks[outlier->task];
	const struct dataset_level *const level = findings->summary.levels[outlier->level].level;
	table_row(table);
	if (findings->summary.policy_count > 1)
		table_cell(table, TEXT_PLAIN, "%s", level->policy);
	else
		table_cell(table, TEXT_PLAIN, "%s", "");
	table_cell(table, TEXT_PLAIN, "%u", level->concurrency);
	char text[FIGURE_BYTES];
	figure_write(outlier->wall_s * unit->factor, decimals, doc->style, text);
	table_cell(table, outlier->deviation > 0 ? TEXT_WARN : TEXT_PLAIN, "%s", text);
	figure_write(outlier->median_s * unit->factor, decimals, doc->style, text);
	table_cell(table, TEXT_PLAIN, "%s", text);
	table_cell(table, TEXT_PLAIN, "%+.1f", outlier->deviation);
	table_cell(table, TEXT_PLAIN, "%u", task->slot);
	add_index(table, doc, task->pu);
	add_index(table, doc, outlier->place ? outlier->place->core : -1);
	table_cell(table, TEXT_PLAIN, "%u", block_of(dataset, task->trial));
	table_cell(table, TEXT_PLAIN, "%.1f", (double)task->start_ns / NS_PER_S);
	table_cell(table, TEXT_PLAIN, "%s", input_name(dataset, task));
}

static void add_table(const struct findings *findings, struct document *doc, size_t most,
                      enum block_reader reader)
{
	const struct distributions *const d = &findings->distributions;
	const struct figure_unit unit = figure_unit_of_time(d->outliers[0].median_s);
	const int decimals = figure_decimals(d->outliers[0].median_s * unit.factor);
	const struct table_column columns[] = {
	        {"policy", NULL, TABLE_LEFT, 0},     {"N", NULL, TABLE_RIGHT, 0},
	        {"wall", unit.name, TABLE_POINT, 0}, {"median", unit.name, TABLE_POINT, 1},
	        {"MADs", "apart", TABLE_POINT, 1},   {"slot", NULL, TABLE_RIGHT, 1},
	        {"PU", NULL, TABLE_RIGHT, 1},        {"core", NULL, TABLE_RIGHT, 1},
	        {"block", NULL, TABLE_RIGHT, 1},     {"start", "s", TABLE_POINT, 1},
	        {"input", NULL, TABLE_LEFT, 2},
	};
	struct table *const table = document_table(doc, "", columns, ARRAY_LENGTH(columns));
	for (size_t i = 0; i < d->outlier_count && i < most; i++)
		add_row(findings, doc, &d->outliers[i], &unit, decimals, table);
	document_only(doc, reader);
}

static void say_shown(const struct distributions *d, struct document *doc, size_t most,
                      enum block_reader reader)
{
	const size_t shown = d->outlier_count < most ? d->outlier_count : most;
	if (shown == d->outliers_found)
		return;
	document_say(doc, TEXT_DIM,
	             "The %zu farthest are here; `plateau show --json` has %zu of them.", shown,
	             d->outlier_count);
	document_only(doc, reader);
}

static void say_not_looked_at(const struct distributions *d, size_t tasks, struct document *doc)
{
	const size_t left = tasks - d->outliers_tasks;
	if (left > 0)
		document_say(doc, TEXT_DIM,
		             "Not looked at: %zu %s of levels that have fewer than %d, too few to "
		             "judge.",
		             left, number_noun(left, "task", "tasks"), OUTLIERS_LEAST_TASKS);
}

static void say_none(const struct distributions *d, size_t tasks, struct document *doc)
{
	if (d->outliers_levels == 0) {
		document_say(doc, TEXT_DIM,
		             "Too few tasks to judge: no level has %d that succeeded.",
		             OUTLIERS_LEAST_TASKS);
		return;
	}
	document_say(doc, TEXT_PLAIN, "None of %zu.", d->outliers_tasks);
	say_not_looked_at(d, tasks, doc);
}

void section_outliers(const struct findings *findings, struct document *doc)
{
	const struct distributions *const d = &findings->distributions;
	const struct distribution_kind *const walls = &d->kinds[FIGURE_WALL_S];
	size_t tasks = 0;
	for (size_t i = 0; i < findings->summary.level_count; i++)
		tasks += walls->levels[i].tasks;
	if (tasks == 0)
		return;
	document_section(doc, "outliers", "Tasks that stand apart",
	                 "wall time more than 5 MADs from the median of the level");
	if (d->outliers_found == 0) {
		say_none(d, tasks, doc);
		return;
	}
	document_say(doc, TEXT_PLAIN, "%zu of %zu.", d->outliers_found, d->outliers_tasks);
	say_not_looked_at(d, tasks, doc);
	add_table(findings, doc, IN_TERMINAL, READ_IN_TERMINAL);
	say_shown(d, doc, IN_TERMINAL, READ_IN_TERMINAL);
	add_table(findings, doc, IN_PAGE, READ_IN_PAGE);
	say_shown(d, doc, IN_PAGE, READ_IN_PAGE);
}
