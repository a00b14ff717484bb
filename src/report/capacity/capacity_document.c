#include "report/capacity/capacity_document.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/number.h"
#include "core/str.h"
#include "report/capacity/capacity_parts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Figures --------------------------------------------------------------------------------- */

/* "190 k – 206 k" or the sign for none. */
static void write_interval(const struct capacity_view *view, const struct capacity_figure *figure,
                           char text[FIGURE_BYTES])
{
	char low[NUMBER_TEXT_BYTES];
	char high[NUMBER_TEXT_BYTES];
	if (!capacity_figure_has_interval(figure)) {
		snprintf(text, FIGURE_BYTES, "%s", figure_absent(view->doc->style));
		return;
	}
	number_format_count(figure->low, 3, low);
	number_format_count(figure->high, 3, high);
	snprintf(text, FIGURE_BYTES, "%.20s %s %.20s", low, view->doc->style->is_ascii ? "-" : "–",
	         high);
}

/* ---- Platforms ------------------------------------------------------------------------------- */

/* All are written in one unit, and as long as people read them as they are. */
static struct figure_unit unit_of_days(const struct capacity_view *view)
{
	double most = 0;
	for (size_t i = 0; i < view->capacity->platform_count; i++)
		if (view->needs->platforms[i].node_days.value > most)
			most = view->needs->platforms[i].node_days.value;
	return figure_unit_of_count(most < 1e7 ? 1 : most);
}

static int decimals_of_days(const struct capacity_view *view, const struct figure_unit *unit)
{
	int decimals = 0;
	for (size_t i = 0; i < view->capacity->platform_count; i++) {
		const double value = view->needs->platforms[i].node_days.value * unit->factor;
		if (!isnan(value) && figure_decimals(value) > decimals)
			decimals = figure_decimals(value);
	}
	return decimals;
}

static void add_platform_figure(const struct capacity_view *view, size_t index)
{
	const struct capacity_platform *const platform = &view->capacity->platforms[index];
	const struct capacity_platform_needs *const needs = &view->needs->platforms[index];
	char value[FIGURE_BYTES];
	char interval[FIGURE_BYTES];
	char remark[200] = "";
	if (isnan(needs->node_days.value)) {
		document_figure(view->doc, TEXT_BAD, platform->name, needs->reason, "%s",
		                "does not fit");
		document_only(view->doc, READ_IN_PAGE);
		return;
	}
	capacity_write_count(view, needs->node_days.value, 4, value);
	write_interval(view, &needs->node_days, interval);
	if (capacity_figure_has_interval(&needs->node_days))
		snprintf(remark, sizeof remark, "95 %%: %s", interval);
	document_figure(view->doc, TEXT_PLAIN, platform->name, remark, "%s node-days", value);
	document_only(view->doc, READ_IN_PAGE);
}

static void add_days_cells(const struct capacity_view *view, struct table *table,
                           const struct capacity_figure *days, const struct figure_unit *unit,
                           int decimals)
{
	char text[FIGURE_BYTES];
	struct estimate e = {.value = days->value, .low = days->low, .high = days->high};
	figure_write(days->value * unit->factor, decimals, view->doc->style, text);
	table_cell(table, isnan(days->value) ? TEXT_BAD : TEXT_PLAIN, "%s", text);
	figure_write_interval(&e, unit->factor, decimals, view->doc->style, text);
	table_cell(table, TEXT_DIM, "%s", capacity_figure_has_interval(days) ? text : "");
}

static void add_platform_row(const struct capacity_view *view, struct table *table, size_t index,
                             const struct figure_unit *unit, int decimals)
{
	const struct capacity_platform *const platform = &view->capacity->platforms[index];
	const struct capacity_platform_needs *const needs = &view->needs->platforms[index];
	char text[FIGURE_BYTES];
	table_row(table);
	table_cell(table, TEXT_PLAIN, "%s", platform->name);
	add_days_cells(view, table, &needs->node_days, unit, decimals);
	capacity_write_count(view, needs->cpu_hours.value, 3, text);
	table_cell(table, TEXT_PLAIN, "%s", text);
	figure_write(platform->cores, 0, view->doc->style, text);
	table_cell(table, TEXT_PLAIN, "%s", text);
	capacity_write_bytes(view, platform->memory_bytes, text);
	table_cell(table, TEXT_PLAIN, "%s", text);
	capacity_write_bytes(view, isnan(platform->cores) ? NAN : platform->reserve_bytes, text);
	table_cell(table, TEXT_PLAIN, "%s", text);
	figure_write(isnan(platform->cores) ? NAN : platform->cpu_factor.value,
	             figure_decimals(platform->cpu_factor.value), view->doc->style, text);
	table_cell(table, TEXT_PLAIN, "%s", text);
	if (needs->reason[0])
		table_note(table, "%s", needs->reason);
}

static void add_platforms(const struct capacity_view *view)
{
	const struct figure_unit unit = unit_of_days(view);
	const int decimals = decimals_of_days(view, &unit);
	char days[32];
	snprintf(days, sizeof days, "node-days%s%s%s", unit.name[0] ? " (" : "", unit.name,
	         unit.name[0] ? ")" : "");
	const struct table_column columns[] = {
	        {"platform", NULL, TABLE_LEFT, 0},       {days, NULL, TABLE_POINT, 1},
	        {"95 % interval", NULL, TABLE_RIGHT, 1}, {"CPU hours", NULL, TABLE_RIGHT, 1},
	        {"cores", NULL, TABLE_RIGHT, 2},         {"memory", NULL, TABLE_RIGHT, 2},
	        {"reserve", NULL, TABLE_RIGHT, 2},       {"CPU factor", NULL, TABLE_POINT, 2},
	};
	document_section(view->doc, "platforms", "Platforms", "each as if it ran everything");
	struct table *const table = document_table(view->doc, "", columns, ARRAY_LENGTH(columns));
	for (size_t i = 0; i < view->capacity->platform_count; i++)
		add_platform_row(view, table, i, &unit, decimals);
}

/* "20.5 M CPU hours: 198 k node-days of Cori-KNL, 27.7 k of Cori-Haswell or 6.88 k of Perlmutter."
 */
static void say_answer(const struct capacity_view *view)
{
	cleanup_str struct str line = {0};
	char text[FIGURE_BYTES];
	size_t count = 0;
	for (size_t i = 0; i < view->capacity->platform_count; i++)
		count += !isnan(view->needs->platforms[i].node_days.value);
	if (count == 0)
		return;
	if (!isnan(view->needs->cpu_hours.value)) {
		capacity_write_count(view, view->needs->cpu_hours.value, 3, text);
		text_add_unbroken(&line, text);
		str_add(&line, " CPU hours: ");
	}
	for (size_t i = 0, said = 0; i < view->capacity->platform_count; i++) {
		const double days = view->needs->platforms[i].node_days.value;
		if (isnan(days))
			continue;
		capacity_write_count(view, days, 3, text);
		str_add(&line, said == 0 ? "" : said + 1 == count ? " or " : ", ");
		text_add_unbroken(&line, text);
		str_addf(&line, "%s of %s", said == 0 ? " node-days" : "",
		         view->capacity->platforms[i].name);
		said++;
	}
	view->doc->failed |= line.failed;
	document_say(view->doc, TEXT_PLAIN, "%s.", str_text(&line));
}

/* ---- Time ------------------------------------------------------------------------------------ */

static void add_calendar(const struct capacity_view *view)
{
	document_section(view->doc, "calendar", "How long that is", "");
	for (size_t i = 0; i < view->capacity->platform_count; i++) {
		const struct capacity_platform_needs *const needs = &view->needs->platforms[i];
		const char *const name = view->capacity->platforms[i].name;
		char text[FIGURE_BYTES];
		char interval[FIGURE_BYTES];
		if (needs->nodes > 0 && !isnan(needs->calendar_days.value)) {
			capacity_write_count(view, needs->calendar_days.value, 3, text);
			write_interval(view, &needs->calendar_days, interval);
			const bool has = capacity_figure_has_interval(&needs->calendar_days);
			document_say(view->doc, TEXT_PLAIN,
			             "%s: %u %s take %s days%s%s%s, all of them busy all the time.",
			             name, needs->nodes, number_noun(needs->nodes, "node", "nodes"),
			             text, has ? " (95\u00A0%: " : "", has ? interval : "",
			             has ? ")" : "");
		}
		if (!isnan(needs->nodes_needed)) {
			capacity_write_count(view, needs->nodes_needed, 9, text);
			capacity_write_count(view, view->needs->days, 4, interval);
			document_say(view->doc, TEXT_PLAIN, "%s: within %s days it takes %.0f %s.",
			             name, interval, needs->nodes_needed,
			             needs->nodes_needed == 1 ? "node" : "nodes");
		}
	}
}

/* ---- Jobs per node --------------------------------------------------------------------------- */

/* A column for each platform behind the given ones. */
static struct table_column *platform_columns(const struct capacity_view *view,
                                             const struct table_column *first, size_t count,
                                             const char *unit, enum table_align align)
{
	struct table_column *const columns =
	        calloc(count + view->capacity->platform_count, sizeof *columns);
	if (!columns) {
		view->doc->failed = true;
		return NULL;
	}
	memcpy(columns, first, count * sizeof *columns);
	for (size_t i = 0; i < view->capacity->platform_count; i++)
		columns[count + i] = (struct table_column){view->capacity->platforms[i].name, unit,
		                                           align, (unsigned)i + 2};
	return columns;
}

static void add_jobs(const struct capacity_view *view)
{
	static const struct table_column first[] = {
	        {"task", NULL, TABLE_LEFT, 0},
	        {"instances", NULL, TABLE_RIGHT, 1},
	        {"max RSS", NULL, TABLE_RIGHT, 1},
	        {"cores", NULL, TABLE_RIGHT, 1},
	};
	cleanup_free struct table_column *columns =
	        platform_columns(view, first, ARRAY_LENGTH(first), NULL, TABLE_RIGHT);
	char text[FIGURE_BYTES];
	bool has_several = false;
	for (size_t i = 0; i < view->capacity->task_count; i++)
		has_several |= capacity_cores_of(&view->capacity->tasks[i]) > 1;
	document_section(view->doc, "jobs", "Jobs per node, and what limits them", "");
	if (!columns)
		return;
	struct table *const table = document_table(
	        view->doc, "", columns, ARRAY_LENGTH(first) + view->capacity->platform_count);
	for (size_t i = 0; i < view->capacity->task_count; i++) {
		const struct capacity_task_needs *const task = &view->needs->tasks[i];
		table_row(table);
		table_cell(table, TEXT_PLAIN, "%s", view->capacity->tasks[i].name);
		capacity_write_count(view, task->instances.value, 3, text);
		table_cell(table, TEXT_PLAIN, "%s", text);
		capacity_write_bytes(view, task->max_rss_bytes.value, text);
		table_cell(table, TEXT_PLAIN, "%s", text);
		snprintf(text, sizeof text, "%.0f", capacity_cores_of(&view->capacity->tasks[i]));
		table_cell(table, TEXT_PLAIN, "%s", has_several ? text : "");
		for (size_t p = 0; p < view->capacity->platform_count; p++) {
			const struct capacity_cell *const cell =
			        &view->needs->platforms[p].cells[i];
			table_cell(table,
			           !(cell->jobs > 0)                   ? TEXT_BAD
			           : cell->limit == CAPACITY_BY_MEMORY ? TEXT_WARN
			                                               : TEXT_PLAIN,
			           "%.0f %s", cell->jobs, capacity_limit_names[cell->limit]);
		}
	}
	document_say(
	        view->doc, TEXT_DIM,
	        "Jobs per node are the cores of a node, or the memory less the reserve by the max "
	        "RSS, rounded down, whichever is less; \"result\": as many as were measured.");
	if (has_several)
		document_say(
		        view->doc, TEXT_DIM,
		        "Of a task with several cores, the cores of a node by its cores, rounded "
		        "down. It holds them for its CPU time by their number and by how much of "
		        "them it keeps busy.");
}

/* ---- Where node-days go ---------------------------------------------------------------------- */

static void add_shares(const struct capacity_view *view)
{
	static const struct table_column first[] = {
	        {"task", NULL, TABLE_LEFT, 0},
	        {"CPU time", "each", TABLE_RIGHT, 1},
	        {"CPU hours", "all", TABLE_RIGHT, 1},
	};
	cleanup_free struct table_column *columns =
	        platform_columns(view, first, ARRAY_LENGTH(first), "share (%)", TABLE_POINT);
	char text[FIGURE_BYTES];
	char time[NUMBER_TEXT_BYTES];
	document_section(view->doc, "shares", "Where the node-days go", "");
	if (!columns)
		return;
	struct table *const table = document_table(
	        view->doc, "", columns, ARRAY_LENGTH(first) + view->capacity->platform_count);
	for (size_t i = 0; i < view->capacity->task_count; i++) {
		const struct capacity_task_needs *const task = &view->needs->tasks[i];
		table_row(table);
		table_cell(table, TEXT_PLAIN, "%s", view->capacity->tasks[i].name);
		if (task->cpu_s.value > 0 && task->cpu_s.value < 9e9)
			number_format_duration(llround(task->cpu_s.value * 1e9), 3, time);
		else
			snprintf(time, sizeof time, "%s", figure_absent(view->doc->style));
		table_cell(table, TEXT_PLAIN, "%s", time);
		capacity_write_count(view, task->cpu_hours.value, 3, text);
		table_cell(table, TEXT_PLAIN, "%s", text);
		for (size_t p = 0; p < view->capacity->platform_count; p++) {
			const struct capacity_platform_needs *const platform =
			        &view->needs->platforms[p];
			figure_write(100 * platform->cells[i].node_days / platform->node_days.value,
			             1, view->doc->style, text);
			table_cell(table, TEXT_PLAIN, "%s", text);
		}
	}
}

/* ---- Where values are from ------------------------------------------------------------------- */

static void add_origin(const struct capacity_view *view, const char *task, const char *what,
                       const char *origin)
{
	if (origin && strcmp(origin, "as written") != 0)
		document_item(view->doc, TEXT_DIM, "-", "%s, %s: %s", task, what, origin);
}

static void add_uncertain(const struct capacity_view *view)
{
	const struct capacity_needs *const needs = view->needs;
	if (needs->uncertain == 0) {
		document_say(
		        view->doc, TEXT_PLAIN,
		        "No input has an interval, so the answer has none: it is as good as the "
		        "figures in the file.");
		return;
	}
	document_say(
	        view->doc, TEXT_PLAIN,
	        "%zu of %zu inputs have an interval. Those of the answer come from %d draws of "
	        "all of them together, each by itself; what has no interval is taken as it "
	        "stands.",
	        needs->uncertain, needs->input_count, CAPACITY_DRAWS);
	for (size_t i = 0; i < view->capacity->platform_count; i++)
		if (needs->platforms[i].misfits > 0)
			document_item(
			        view->doc, TEXT_WARN, "!",
			        "%s: in %.1f\u00A0%% of the draws some task does not fit on a "
			        "node.",
			        view->capacity->platforms[i].name,
			        100 * needs->platforms[i].misfits);
}

static void add_visits(const struct capacity_view *view, const struct capacity_visits *visits)
{
	char coadds[FIGURE_BYTES];
	char warps[FIGURE_BYTES];
	if (!visits->table)
		return;
	capacity_write_count(view, visits->coadds, 3, coadds);
	capacity_write_count(view, visits->warps, 3, warps);
	document_item(view->doc, TEXT_DIM, "-",
	              "visits, %s: %s coadds, %s warps, %.4g visits in the mean, %.4g at most",
	              visits->table, coadds, warps, visits->mean.value, visits->max.value);
}

static void add_notes(const struct capacity_view *view)
{
	const struct capacity *const capacity = view->capacity;
	document_section(view->doc, "notes", "What this rests on", "");
	add_uncertain(view);
	for (size_t i = 0; i < capacity->task_count; i++) {
		const struct capacity_task *const task = &capacity->tasks[i];
		const char *const cpu = task->cpu.origin;
		const char *const memory = task->max_rss.origin;
		const bool are_alike = cpu && memory && strcmp(cpu, memory) == 0;
		add_origin(view, task->name, "cores", task->cores_origin);
		add_origin(view, task->name, "throughput", task->rate.origin);
		add_origin(view, task->name, are_alike ? "CPU time and max RSS" : "CPU time", cpu);
		add_origin(view, task->name, "max RSS", are_alike ? NULL : memory);
	}
	for (size_t i = 0; i < capacity->platform_count; i++) {
		const struct capacity_platform *const platform = &capacity->platforms[i];
		add_origin(view, platform->name, "CPU factor", platform->factor_origin);
		for (size_t j = 0; j < platform->measured_count; j++)
			add_origin(view, platform->name, platform->measured[j].task,
			           platform->measured[j].rate.origin);
	}
	for (size_t i = 0; i < capacity->visits_count; i++)
		add_visits(view, &capacity->visits[i]);
	for (size_t i = 0; i < capacity->remarks.count; i++)
		document_item(view->doc, TEXT_DIM, "-", "%s", capacity->remarks.items[i]);
}

/* ---- All of it ------------------------------------------------------------------------------- */

void capacity_fill(const struct capacity_needs *needs, enum block_reader reader,
                   struct document *doc)
{
	const struct capacity_view view = {needs, needs->capacity, doc, reader};
	cleanup_str struct str title = {0};
	str_addf(&title, "Capacity: %s", needs->capacity->name);
	doc->failed |= title.failed;
	document_title(doc, str_text(&title));
	document_section(doc, "answer", "", "");
	say_answer(&view);
	for (size_t i = 0; i < needs->capacity->platform_count; i++)
		add_platform_figure(&view, i);
	if (needs->capacity->platform_count > 0) {
		add_platforms(&view);
		add_calendar(&view);
		if (reader == READ_IN_PAGE)
			capacity_plots(&view);
		add_jobs(&view);
		add_shares(&view);
		capacity_steps(&view);
		capacity_sensitivity(&view);
	}
	capacity_storage(&view);
	add_notes(&view);
}
