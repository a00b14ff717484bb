/* What a task took at every level: time, memory, and how well the occupancy was held. */
#include "core/array.h"
#include "report/figures.h"
#include "report/level_rows.h"
#include "report/section.h"

#include <math.h>
#include <stdio.h>

struct task_units {
	struct figure_unit time;
	struct figure_unit size;
	int wall_decimals;
	int user_decimals;
	int system_decimals;
	int off_cpu_decimals;
	int size_decimals;
	bool has_tree; /* whole trees hold more than their largest processes */
};

static struct task_units choose_task_units(const struct summary *summary)
{
	double least_wall = NAN;
	double most_user = NAN;
	double most_system = NAN;
	double most_off_cpu = NAN;
	double most_rss = NAN;
	double most_tree = NAN;
	for (size_t i = 0; i < summary->level_count; i++) {
		least_wall = fmin(least_wall, summary->levels[i].wall_s.mean);
		most_user = fmax(most_user, summary->levels[i].user_s.mean);
		most_system = fmax(most_system, summary->levels[i].system_s.mean);
		most_off_cpu = fmax(most_off_cpu, summary->levels[i].off_cpu_s.mean);
		most_rss = fmax(most_rss, summary->levels[i].max_rss_bytes.max);
		most_tree = fmax(most_tree, summary->levels[i].peak_pss_bytes.max);
	}
	struct task_units units = {.time = {"s", 1}, .size = {"MB", 1e-6}};
	units.has_tree = most_tree > 1.02 * (most_rss > 0 ? most_rss : 0);
	most_rss = fmax(most_rss, most_tree);
	if (least_wall > 0)
		units.time = figure_unit_of_time(least_wall);
	if (most_rss > 0)
		units.size = figure_unit_of_size(most_rss);
	units.wall_decimals = figure_decimals(least_wall * units.time.factor);
	units.user_decimals = figure_decimals(most_user * units.time.factor);
	units.system_decimals = figure_decimals(most_system * units.time.factor);
	units.off_cpu_decimals = figure_decimals(most_off_cpu * units.time.factor);
	units.size_decimals = figure_decimals(most_rss * units.size.factor);
	return units;
}

static void fill_row(const struct level_row *row, const void *units)
{
	const struct task_units *const u = units;
	const struct level_summary *const level = row->level;
	const struct {
		double seconds;
		int decimals;
	} times[] = {
	        {level->wall_s.mean, u->wall_decimals},
	        {level->wall_s.median, u->wall_decimals},
	        {level->wall_s.p95, u->wall_decimals},
	        {level->wall_s.max, u->wall_decimals},
	        {level->user_s.mean, u->user_decimals},
	        {level->system_s.mean, u->system_decimals},
	        {level->off_cpu_s.mean, u->off_cpu_decimals},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(times); i++)
		level_figure(row, times[i].seconds * u->time.factor, times[i].decimals);
	level_figure(row, level->max_rss_bytes.max * u->size.factor, u->size_decimals);
	if (u->has_tree)
		level_figure(row, level->peak_pss_bytes.max * u->size.factor, u->size_decimals);
	char text[FIGURE_BYTES];
	figure_write(level->held, 3, row->style, text);
	table_cell(row->table, level->held < 0.98 ? TEXT_WARN : TEXT_PLAIN, "%s", text);
}

void section_per_task(const struct findings *findings, struct document *doc)
{
	const struct task_units units = choose_task_units(&findings->summary);
	char of_process[16];
	char of_tree[16];
	snprintf(of_process, sizeof of_process, "RSS %s", units.size.name);
	snprintf(of_tree, sizeof of_tree, "PSS %s", units.size.name);
	struct table_column columns[] = {
	        level_columns[0],
	        level_columns[1],
	        {"wall", "mean", TABLE_POINT, 1},
	        {"wall", "median", TABLE_POINT, 1},
	        {"wall", "p95", TABLE_POINT, 1},
	        {"wall", "max", TABLE_POINT, 4},
	        {"user", "mean", TABLE_POINT, 2},
	        {"system", "mean", TABLE_POINT, 2},
	        {"off-CPU", "mean", TABLE_POINT, 2},
	        {"max RSS", units.size.name, TABLE_POINT, 3},
	        {"peak", of_tree, TABLE_POINT, 3},
	        {"occupancy", "held", TABLE_POINT, 3},
	};
	size_t count = ARRAY_LENGTH(columns);
	if (units.has_tree) {
		/* So narrow that the table has room in 80 columns. */
		columns[count - 3].head = "max";
		columns[count - 3].unit = of_process;
		columns[count - 1].head = "occup.";
	} else {
		columns[count - 2] = columns[count - 1];
		count--;
	}
	char remark[160];
	snprintf(remark, sizeof remark, "times in %s; %soccupancy held: tasks running / N",
	         units.time.name,
	         units.has_tree ? "max RSS: of a process, peak PSS: of the whole tree; " : "");
	document_section(doc, "per-task", "Per task", remark);
	struct table *const table = document_table(doc, "", columns, count);
	level_rows(&findings->summary, doc, table, &units, fill_row);
}
