/* What a task took at every level: time, and how well the occupancy was held. */
#include "core/array.h"
#include "report/figures.h"
#include "report/level_rows.h"
#include "report/section/section.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

struct task_units {
	struct figure_unit time;
	int wall_decimals;
	int user_decimals;
	int system_decimals;
	int cpu_decimals;
	int off_cpu_decimals;
	bool has_cpu; /* of some tasks the split into user and system time is not known */
};

static bool has_cpu_alone(const struct summary *summary)
{
	for (size_t i = 0; i < summary->level_count; i++) {
		const struct level_summary *const level = &summary->levels[i];
		if (level->cpu_s.tasks > level->user_s.tasks ||
		    level->cpu_s.tasks > level->system_s.tasks)
			return true;
	}
	return false;
}

static struct task_units choose_task_units(const struct summary *summary)
{
	double least_wall = NAN;
	double most_user = NAN;
	double most_system = NAN;
	double most_cpu = NAN;
	double most_off_cpu = NAN;
	for (size_t i = 0; i < summary->level_count; i++) {
		least_wall = fmin(least_wall, summary->levels[i].wall_s.mean);
		most_user = fmax(most_user, summary->levels[i].user_s.mean);
		most_system = fmax(most_system, summary->levels[i].system_s.mean);
		most_cpu = fmax(most_cpu, summary->levels[i].cpu_s.mean);
		most_off_cpu = fmax(most_off_cpu, summary->levels[i].off_cpu_s.mean);
	}
	struct task_units units = {.time = {"s", 1}};
	if (least_wall > 0)
		units.time = figure_unit_of_time(least_wall);
	units.wall_decimals = figure_decimals(least_wall * units.time.factor);
	units.user_decimals = figure_decimals(most_user * units.time.factor);
	units.system_decimals = figure_decimals(most_system * units.time.factor);
	units.cpu_decimals = figure_decimals(most_cpu * units.time.factor);
	units.off_cpu_decimals = figure_decimals(most_off_cpu * units.time.factor);
	units.has_cpu = has_cpu_alone(summary);
	return units;
}

static void fill_row(const struct level_row *row, const void *units)
{
	const struct task_units *const u = units;
	const struct level_summary *const level = row->level;
	const struct {
		double seconds;
		int decimals;
		bool is_left_out;
	} times[] = {
	        {level->wall_s.mean, u->wall_decimals, false},
	        {level->wall_s.median, u->wall_decimals, false},
	        {level->wall_s.p95, u->wall_decimals, false},
	        {level->wall_s.max, u->wall_decimals, false},
	        {level->user_s.mean, u->user_decimals, false},
	        {level->system_s.mean, u->system_decimals, false},
	        {level->cpu_s.mean, u->cpu_decimals, !u->has_cpu},
	        {level->off_cpu_s.mean, u->off_cpu_decimals, false},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(times); i++)
		if (!times[i].is_left_out)
			level_figure(row, times[i].seconds * u->time.factor, times[i].decimals);
	char text[FIGURE_BYTES];
	figure_write(level->held, 3, row->style, text);
	table_cell(row->table, level->held < 0.98 ? TEXT_WARN : TEXT_PLAIN, "%s", text);
}

void section_per_task(const struct findings *findings, struct document *doc)
{
	const struct task_units units = choose_task_units(&findings->summary);
	if (strcmp(level_origin(&findings->summary), "stated") == 0)
		return; /* what there is of them stands among the stated figures */
	static const struct table_column times[] = {
	        {"wall", "mean", TABLE_POINT, 1},      {"wall", "median", TABLE_POINT, 1},
	        {"wall", "p95", TABLE_POINT, 1},       {"wall", "max", TABLE_POINT, 4},
	        {"user", "mean", TABLE_POINT, 2},      {"system", "mean", TABLE_POINT, 2},
	        {"CPU", "mean", TABLE_POINT, 2},       {"off-CPU", "mean", TABLE_POINT, 2},
	        {"occupancy", "held", TABLE_POINT, 3},
	};
	struct table_column columns[2 + ARRAY_LENGTH(times)] = {level_columns[0], level_columns[1]};
	size_t count = 2;
	for (size_t i = 0; i < ARRAY_LENGTH(times); i++)
		if (units.has_cpu || strcmp(times[i].head, "CPU") != 0)
			columns[count++] = times[i];
	char remark[160];
	snprintf(remark, sizeof remark, "times in %s; occupancy held: tasks running / N",
	         units.time.name);
	document_section(doc, "per-task", "Per task", remark);
	struct table *const table = document_table(doc, "", columns, count);
	level_rows(&findings->summary, doc, table, &units, fill_row);
}
