/* Tables of types: what there is, how attempts ended, and every figure at its quantiles. */
#include "report/campaign/needs_parts.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/number.h"
#include "core/str.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char all_types[] = "all types";

/* What a row is of: a type, or, behind the last, all of them; a single type needs no such row. */
static const struct campaign_type_needs *row_at(const struct needs_view *view, const size_t *order,
                                                size_t row)
{
	const size_t types = view->needs->type_count;
	return row < types ? &view->needs->types[order[row]] : needs_all(view->needs);
}

static size_t row_count(const struct needs_view *view)
{
	const size_t types = view->needs->type_count;
	return types > 1 ? types + 1 : types;
}

static void begin_row(const struct needs_view *view, struct table *table, size_t row,
                      const struct campaign_type_needs *needs)
{
	table_row(table);
	if (row < view->needs->type_count)
		table_cell(table, TEXT_PLAIN, "%s", needs->name);
	else
		table_cell(table, TEXT_HEAD, "%s", all_types);
}

/* A count, or nothing in a column that is 0 everywhere. */
static void count_cell(struct table *table, size_t count, size_t of_all)
{
	if (of_all > 0)
		table_cell(table, TEXT_PLAIN, "%zu", count);
	else
		table_cell(table, TEXT_PLAIN, "%s", "");
}

/* ---- What there is -------------------------------------------------------------------------- */

static size_t not_done(const struct campaign_type_needs *needs)
{
	return needs->attempts - needs->states[CAMPAIGN_DONE] - needs->states[CAMPAIGN_UNKNOWN];
}

static void sum_cell(const struct needs_view *view, struct table *table,
                     const struct campaign_spread *spread, double factor)
{
	char text[FIGURE_BYTES];
	table_cell(
	        table, TEXT_PLAIN, "%s",
	        needs_write(spread->n > 0 ? spread->sum * factor : (double)NAN, view->doc, text));
}

static void add_type_rows(struct needs_view *view, struct table *table, const size_t *order,
                          double factor)
{
	const struct campaign_type_needs *const all = needs_all(view->needs);
	const struct campaign_spread *const all_wall = &all->figures[CAMPAIGN_WALL];
	const bool has_cpu = all->figures[CAMPAIGN_CPU].n > 0;
	/* A terminal has tables of their own for these. */
	const bool has_efficiency =
	        view->reader == READ_IN_PAGE && all->figures[CAMPAIGN_EFFICIENCY].n > 0;
	for (size_t row = 0; row < row_count(view); row++) {
		const struct campaign_type_needs *const needs = row_at(view, order, row);
		const struct campaign_spread *const wall = &needs->figures[CAMPAIGN_WALL];
		const struct campaign_spread *const efficiency =
		        &needs->figures[CAMPAIGN_EFFICIENCY];
		char text[FIGURE_BYTES];
		begin_row(view, table, row, needs);
		table_cell(table, TEXT_PLAIN, "%zu", needs->attempts);
		count_cell(table, not_done(needs), not_done(all));
		count_cell(table, needs->retried, view->reader == READ_IN_PAGE ? all->retried : 0);
		if (all_wall->n > 0)
			sum_cell(view, table, wall, factor);
		else
			table_cell(table, TEXT_PLAIN, "%s", "");
		if (all_wall->sum > 0 && view->needs->type_count > 1)
			figure_write(wall->n > 0 ? 100 * wall->sum / all_wall->sum : (double)NAN, 1,
			             view->doc->style, text);
		else
			text[0] = '\0';
		table_cell(table, TEXT_PLAIN, "%s", text);
		if (has_cpu)
			sum_cell(view, table, &needs->figures[CAMPAIGN_CPU], factor);
		else
			table_cell(table, TEXT_PLAIN, "%s", "");
		figure_write(efficiency->n > 0 ? 100 * efficiency->p50 : (double)NAN, 0,
		             view->doc->style, text);
		table_cell(table, TEXT_PLAIN, "%s", has_efficiency ? text : "");
	}
}

void needs_add_types(struct needs_view *view)
{
	const struct campaign_type_needs *const all = needs_all(view->needs);
	const double total =
	        fmax(all->figures[CAMPAIGN_WALL].n > 0 ? all->figures[CAMPAIGN_WALL].sum : 0,
	             all->figures[CAMPAIGN_CPU].n > 0 ? all->figures[CAMPAIGN_CPU].sum : 0);
	const struct figure_unit unit = figure_unit_of_time(total);
	const struct table_column columns[] = {
	        {"type", NULL, TABLE_LEFT, 0},       {"attempts", NULL, TABLE_RIGHT, 1},
	        {"not done", NULL, TABLE_RIGHT, 1},  {"retried", NULL, TABLE_RIGHT, 1},
	        {"wall", unit.name, TABLE_POINT, 1}, {"of all", "%", TABLE_POINT, 1},
	        {"CPU", unit.name, TABLE_POINT, 1},  {"CPU/wall", "p50, %", TABLE_RIGHT, 1},
	};
	cleanup_free size_t *order = needs_sort(view, CAMPAIGN_WALL, BY_SUM);
	if (!order)
		return;
	document_section(view->doc, "types", "Types",
	                 "wall and CPU time are sums over the tasks that are done");
	struct table *const table = document_table(view->doc, "", columns, ARRAY_LENGTH(columns));
	add_type_rows(view, table, order, unit.factor);
	needs_finish_table(view, table);
}

/* ---- How attempts ended --------------------------------------------------------------------- */

static const struct {
	enum campaign_state state;
	const char *head;
	const char *below; /* the second line of it */
} state_columns[] = {
        {CAMPAIGN_DONE, "done", NULL},        {CAMPAIGN_FAILED, "failed", NULL},
        {CAMPAIGN_TIMED_OUT, "timed", "out"}, {CAMPAIGN_OUT_OF_MEMORY, "out of", "memory"},
        {CAMPAIGN_LOST, "lost", NULL},        {CAMPAIGN_UNFINISHED, "unfinished", NULL},
        {CAMPAIGN_UNKNOWN, "unknown", NULL},
};

static void add_state_table(struct needs_view *view, const size_t *order)
{
	enum { COLUMNS = ARRAY_LENGTH(state_columns) + 2 };
	const struct campaign_type_needs *const all = needs_all(view->needs);
	struct table_column columns[COLUMNS] = {{"type", NULL, TABLE_LEFT, 0}};
	for (size_t i = 0; i < ARRAY_LENGTH(state_columns); i++)
		columns[i + 1] = (struct table_column){state_columns[i].head,
		                                       state_columns[i].below, TABLE_RIGHT, 1};
	columns[COLUMNS - 1] = (struct table_column){"retried", NULL, TABLE_RIGHT, 1};
	struct table *const table = document_table(view->doc, "", columns, COLUMNS);
	for (size_t row = 0; row < row_count(view); row++) {
		const struct campaign_type_needs *const needs = row_at(view, order, row);
		if (not_done(needs) == 0 && needs->retried == 0)
			continue;
		begin_row(view, table, row, needs);
		for (size_t i = 0; i < ARRAY_LENGTH(state_columns); i++)
			count_cell(table, needs->states[state_columns[i].state],
			           all->states[state_columns[i].state]);
		count_cell(table, needs->retried, all->retried);
	}
	needs_finish_table(view, table);
}

void needs_add_states(struct needs_view *view)
{
	const struct campaign_type_needs *const all = needs_all(view->needs);
	struct document *const doc = view->doc;
	document_section(doc, "states", "How attempts ended", "");
	if (all->states[CAMPAIGN_UNKNOWN] == all->attempts) {
		document_say(doc, TEXT_DIM,
		             "The source does not say: all are taken as done. A column of states, "
		             "or exit codes, would tell.");
		return;
	}
	if (not_done(all) == 0 && all->retried == 0) {
		if (all->attempts == 1)
			document_say(doc, TEXT_PLAIN, "The one attempt is done.");
		else
			document_say(doc, TEXT_PLAIN, "All %zu are done.", all->attempts);
		return;
	}
	cleanup_free size_t *order = needs_sort(view, CAMPAIGN_WALL, BY_NAME);
	if (!order)
		return;
	size_t whole = 0;
	for (size_t t = 0; t < view->needs->type_count; t++)
		whole +=
		        not_done(&view->needs->types[t]) == 0 && view->needs->types[t].retried == 0;
	add_state_table(view, order);
	if (whole > 0)
		document_say(doc, TEXT_PLAIN, "All attempts of %zu other %s are done.", whole,
		             number_noun(whole, "type", "types"));
	if (all->retried > 0)
		document_say(doc, TEXT_DIM,
		             "Retried: attempts that a later one at the same task followed.");
}

/* ---- A figure at its quantiles -------------------------------------------------------------- */

static const char *const remarks[CAMPAIGN_FIGURES] = {
        [CAMPAIGN_WALL] = "of tasks that are done; what takes most in all comes first",
        [CAMPAIGN_CPU] = "of tasks that are done; what takes most in all comes first",
        [CAMPAIGN_EFFICIENCY] = "CPU time / (wall time x cores); the lowest median comes first",
        [CAMPAIGN_MAX_RSS] = "of tasks that are done; the largest 95th percentile comes first",
};

static const enum needs_order orders[CAMPAIGN_FIGURES] = {
        [CAMPAIGN_WALL] = BY_SUM,
        [CAMPAIGN_CPU] = BY_SUM,
        [CAMPAIGN_EFFICIENCY] = BY_MEDIAN_UP,
        [CAMPAIGN_MAX_RSS] = BY_P95,
};

/* Whether some type has fewer figures than tasks that are done: then a column says how many. */
static bool is_partial(const struct needs_view *view, enum campaign_figure figure)
{
	for (size_t t = 0; t < view->needs->type_count; t++) {
		const struct campaign_type_needs *const needs = &view->needs->types[t];
		if (needs->figures[figure].n != needs->attempts - not_done(needs))
			return true;
	}
	return false;
}

/* Above what a figure of memory is marked. */
static enum text_role role_of(const struct needs_view *view, enum campaign_figure figure,
                              const struct campaign_type_needs *needs, double value)
{
	const bool is_above = figure == CAMPAIGN_MAX_RSS && needs->over.tasks > 0 &&
	                      value > view->needs->limit_bytes;
	return is_above ? TEXT_WARN : TEXT_PLAIN;
}

/* No task takes more CPU time than its cores have. */
static void say_too_much(const struct needs_view *view)
{
	static const double most = 1.05; /* clocks differ a little */
	size_t types = 0;
	for (size_t t = 0; t < view->needs->type_count; t++) {
		const struct campaign_spread *const s =
		        &view->needs->types[t].figures[CAMPAIGN_EFFICIENCY];
		types += s->n > 0 && s->p50 > most;
	}
	if (types > 0)
		document_say(
		        view->doc, TEXT_WARN,
		        "%zu %s more CPU time than wall time and cores allow: their tasks had "
		        "more cores than the source says, which is one where it says none, or a "
		        "time is in another unit (--columns says which).",
		        types, number_noun(types, "type takes", "types take"));
}

/* As many decimals in every row, but for what would be 0 with them. */
static void write_rss(const struct needs_view *view, double value, char text[FIGURE_BYTES])
{
	const double factor = view->memory.factor;
	const int usual = factor > 0.9e-9 && factor < 1.1e-9 ? 2 : 1;
	const int decimals = needs_decimals(value, usual);
	figure_write(value, decimals > usual ? decimals : usual, view->doc->style, text);
}

enum { LEAST_FOR_P95 = 20, LEAST_FOR_P99 = 100 };

static void add_spread_row(const struct needs_view *view, struct table *table,
                           enum campaign_figure figure, const struct campaign_type_needs *needs,
                           bool has_count)
{
	const struct campaign_spread *const s = &needs->figures[figure];
	const double values[] = {s->min, s->p50, s->p95, s->p99, s->max};
	const double factor = needs_unit(view, figure).factor;
	char text[FIGURE_BYTES];
	/* Of fewer than 1 / (1 - p) tasks a quantile is little else than their largest. */
	static const size_t least[] = {0, 0, LEAST_FOR_P95, LEAST_FOR_P99, 0};
	if (has_count)
		table_cell(table, TEXT_PLAIN, "%zu", s->n);
	else
		table_cell(table, TEXT_PLAIN, "%s", "");
	for (size_t i = 0; i < ARRAY_LENGTH(values); i++) {
		const double value =
		        s->n > 0 && s->n >= least[i] ? values[i] * factor : (double)NAN;
		if (figure == CAMPAIGN_MAX_RSS)
			write_rss(view, value, text);
		else if (figure == CAMPAIGN_EFFICIENCY)
			figure_write(value, 1, view->doc->style, text);
		else
			needs_write(value, view->doc, text);
		table_cell(table, role_of(view, figure, needs, values[i]), "%s", text);
	}
	if (figure != CAMPAIGN_MAX_RSS || !isfinite(view->needs->limit_bytes))
		table_cell(table, TEXT_PLAIN, "%s", "");
	else
		table_cell(table, needs->over.tasks > 0 ? TEXT_WARN : TEXT_PLAIN, "%zu",
		           needs->over.tasks);
}

/* Why some of it is left out. */
static void say_few(const struct needs_view *view, enum campaign_figure figure)
{
	bool is_few = false;
	for (size_t t = 0; t <= view->needs->type_count; t++) {
		const size_t n = view->needs->types[t].figures[figure].n;
		is_few |= n > 0 && n < LEAST_FOR_P99;
	}
	if (is_few)
		document_say(view->doc, TEXT_DIM,
		             "p95 of fewer than %d tasks and p99 of fewer than %d are little else "
		             "than their max: they are left out.",
		             LEAST_FOR_P95, LEAST_FOR_P99);
}

void needs_add_figure(struct needs_view *view, enum campaign_figure figure)
{
	const struct needs_figure *const called = &needs_figures[figure];
	const struct figure_unit unit = needs_unit(view, figure);
	char id[48];
	char limit[FIGURE_BYTES] = "";
	snprintf(id, sizeof id, "%s-of-types", called->id);
	document_section(view->doc, id, called->title, remarks[figure]);
	if (needs_all(view->needs)->figures[figure].n == 0) {
		document_say(view->doc, TEXT_DIM,
		             "Not known: no task of this campaign that is done has it.");
		return;
	}
	if (isfinite(view->needs->limit_bytes))
		needs_limit(view->needs->limit_bytes, limit);
	const struct table_column columns[] = {
	        {"type", NULL, TABLE_LEFT, 0},      {"tasks", NULL, TABLE_RIGHT, 1},
	        {"min", unit.name, TABLE_POINT, 1}, {"p50", unit.name, TABLE_POINT, 1},
	        {"p95", unit.name, TABLE_POINT, 1}, {"p99", unit.name, TABLE_POINT, 1},
	        {"max", unit.name, TABLE_POINT, 1}, {"above", limit, TABLE_RIGHT, 1},
	};
	cleanup_free size_t *order = needs_sort(view, figure, orders[figure]);
	if (!order)
		return;
	const bool has_count = view->reader == READ_IN_PAGE || is_partial(view, figure);
	struct table *const table = document_table(view->doc, "", columns, ARRAY_LENGTH(columns));
	for (size_t row = 0; row < row_count(view); row++) {
		const struct campaign_type_needs *const needs = row_at(view, order, row);
		begin_row(view, table, row, needs);
		add_spread_row(view, table, figure, needs, has_count);
	}
	needs_finish_table(view, table);
	say_few(view, figure);
	if (figure == CAMPAIGN_MAX_RSS && limit[0] && needs_all(view->needs)->over.several > 0)
		document_say(view->doc, TEXT_DIM,
		             "Above %s: what takes more than that for each of its cores. The sizes "
		             "are of "
		             "all cores of a task together.",
		             limit);
	if (figure == CAMPAIGN_EFFICIENCY)
		say_too_much(view);
}

/* ---- Wall time by memory -------------------------------------------------------------------- */

/* Says what a row is where it is not what was asked for with --bin. */
static void say_rows(const struct needs_view *view, size_t step)
{
	char width[FIGURE_BYTES];
	if (step > 1)
		document_say(
		        view->doc, TEXT_DIM,
		        "A row is %zu bins of %s, so that the rows are not too many; --json has "
		        "each of them.",
		        step, needs_limit(view->needs->bins.width_bytes, width));
}

/* Bins that are taken together so that a terminal has not too many rows. */
static size_t bins_in_a_row(const struct campaign_bins *bins)
{
	enum { MOST_ROWS = 24 };
	static const size_t steps[] = {1, 2, 5};
	size_t step = 1;
	for (size_t i = 0; bins->count > step * MOST_ROWS; i++) {
		size_t power = 1;
		for (size_t k = 0; k < (i + 1) / 3; k++)
			power *= 10;
		step = steps[(i + 1) % 3] * power;
	}
	return step;
}

void needs_add_bins(struct needs_view *view)
{
	const struct campaign_bins *const bins = &view->needs->bins;
	const size_t all = view->needs->type_count * bins->count;
	const double total = needs_all(view->needs)->over.of_wall_s;
	const struct figure_unit unit = figure_unit_of_time(total);
	const struct table_column columns[] = {
	        {"above", view->memory.name, TABLE_POINT, 0},
	        {"up to", view->memory.name, TABLE_POINT, 0},
	        {"tasks", NULL, TABLE_RIGHT, 1},
	        {"up to here", "%", TABLE_POINT, 1},
	        {"wall", unit.name, TABLE_POINT, 1},
	        {"up to here", "%", TABLE_POINT, 1},
	};
	document_section(view->doc, "bins", "Wall time by memory",
	                 "of every attempt with a max RSS");
	if (bins->count == 0 || !bins->wall_s_up_to)
		return;
	struct table *const table = document_table(view->doc, "", columns, ARRAY_LENGTH(columns));
	const size_t step = bins_in_a_row(bins);
	for (size_t b = 0; b < bins->count; b += step) {
		const size_t end = b + step < bins->count ? b + step : bins->count;
		size_t tasks = 0;
		double wall = 0;
		char text[FIGURE_BYTES];
		for (size_t k = b; k < end; k++) {
			tasks += bins->tasks[all + k];
			wall += bins->wall_s[all + k];
		}
		if (tasks == 0)
			continue;
		const double width = bins->width_bytes * view->memory.factor;
		table_row(table);
		table_cell(table, TEXT_PLAIN, "%.4g", (double)b * width);
		table_cell(table, TEXT_PLAIN, "%.4g", (double)(b + step) * width);
		table_cell(table, TEXT_PLAIN, "%zu", tasks);
		needs_percent(bins->tasks_up_to[end - 1], 1, text);
		table_cell(table, TEXT_PLAIN, "%s", text);
		table_cell(table, TEXT_PLAIN, "%s",
		           total > 0 ? needs_write(wall * unit.factor, view->doc, text) : "");
		needs_percent(bins->wall_s_up_to[end - 1], 1, text);
		table_cell(table, TEXT_PLAIN, "%s", total > 0 ? text : "");
	}
	say_rows(view, step);
}

/* ---- Names in full -------------------------------------------------------------------------- */

void needs_add_names(struct needs_view *view)
{
	cleanup_str struct str text = {0};
	for (size_t t = 0; t < view->needs->type_count; t++) {
		const char *const name = view->needs->types[t].name;
		if (text_width(name) > view->narrowest)
			str_addf(&text, "%s%s", text.length > 0 ? ", " : "", name);
	}
	view->doc->failed |= text.failed;
	if (text.length == 0)
		return;
	document_section(view->doc, "names", "Names in full", "");
	document_say(view->doc, TEXT_PLAIN, "%s.", str_text(&text));
}
