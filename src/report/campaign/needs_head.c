/* What a campaign is, and the question of memory per core. */
#include "report/campaign/needs_parts.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/clock.h"
#include "core/number.h"
#include "core/str.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The limits that are asked about where no other is named, and the longest answer in words. */
static const double usual_limits[] = {4e9, 6e9, 8e9, 10e9};
enum { WORDS_BYTES = 2048, MOST_LIMITS = ARRAY_LENGTH(usual_limits) + 1, MOST_REMARKS = 12 };

/* ---- The head ------------------------------------------------------------------------------- */

/* When its tasks ran: the first start and the last. */
static void add_span(const struct needs_view *view)
{
	const struct campaign *const campaign = view->needs->campaign;
	int64_t first = INT64_MAX;
	int64_t last = 0;
	char from[CLOCK_TEXT_BYTES];
	char to[CLOCK_TEXT_BYTES];
	for (size_t i = 0; i < campaign->task_count; i++) {
		const int64_t start = campaign->tasks[i].start_ns;
		if (start == RECORD_ABSENT || start <= 0)
			continue;
		first = start < first ? start : first;
		last = start > last ? start : last;
	}
	if (last == 0)
		return;
	clock_format_utc(first, from);
	clock_format_utc(last, to);
	if (strncmp(from, to, 10) == 0)
		document_fact(view->doc, "begun", "%.10s (UTC)", from);
	else
		document_fact(view->doc, "begun", "%.10s to %.10s (UTC)", from, to);
}

static void add_covariates(const struct needs_view *view)
{
	const struct campaign *const campaign = view->needs->campaign;
	cleanup_str struct str text = {0};
	/* Numbers are what lines are fitted against: of them nothing is said. */
	for (size_t i = 0; i < campaign->covariate_count; i++)
		str_addf(&text, "%s%s%s", i > 0 ? ", " : "", campaign->covariates[i].name,
		         campaign->covariates[i].is_label ? " (a label)" : "");
	view->doc->failed |= text.failed;
	document_fact(view->doc, "covariate", "%s", str_text(&text));
}

static void add_remarks(const struct needs_view *view)
{
	const struct words *const remarks = &view->needs->campaign->remarks;
	for (size_t i = 0; i < remarks->count && i < MOST_REMARKS; i++)
		document_item(view->doc, TEXT_DIM, "-", "%s", remarks->items[i]);
	if (remarks->count > MOST_REMARKS)
		document_item(view->doc, TEXT_DIM, "-", "and %zu more remarks",
		              remarks->count - MOST_REMARKS);
}

void needs_add_head(struct needs_view *view)
{
	const struct campaign *const campaign = view->needs->campaign;
	const struct campaign_type_needs *const all = needs_all(view->needs);
	struct document *const doc = view->doc;
	const size_t types = view->needs->type_count;
	document_title(doc, view->told->name);
	document_file(doc, view->told->path);
	document_section(doc, "campaign", "", "");
	document_fact(doc, "tasks", "%zu %s of %zu %s", all->attempts,
	              number_noun(all->attempts, "attempt", "attempts"), types,
	              number_noun(types, "type", "types"));
	if (view->told->pattern)
		document_fact(doc, "only", "types that match %s", view->told->pattern);
	document_fact(doc, "from", "%s", view->told->path);
	if (campaign->source && strcmp(campaign->source, view->told->path) != 0)
		document_fact(doc, "source", "%s", campaign->source);
	add_span(view);
	if (campaign->max_rss_of)
		document_fact(doc, "max RSS", "of %s", campaign->max_rss_of);
	if (campaign->cpu_of)
		document_fact(doc, "CPU time", "of %s", campaign->cpu_of);
	add_covariates(view);
	add_remarks(view);
}

/* ---- Memory per core ------------------------------------------------------------------------ */

/* What does not fit into one limit, of all types. */
struct limit_row {
	double bytes;
	struct campaign_over over;
	size_t types;
};

static int compare_limits(const void *a, const void *b)
{
	const double x = ((const struct limit_row *)a)->bytes;
	const double y = ((const struct limit_row *)b)->bytes;
	return (x > y) - (x < y);
}

static void work_out(const struct needs_view *view, struct limit_row *row)
{
	const size_t types = view->needs->type_count;
	struct campaign_over *const overs = calloc(types + 1, sizeof *overs);
	if (!overs) {
		view->doc->failed = true;
		return;
	}
	requirements_over(view->needs, row->bytes, overs);
	row->over = overs[types];
	for (size_t t = 0; t < types; t++)
		row->types += overs[t].tasks > 0;
	free(overs);
}

static size_t list_limits(const struct needs_view *view, struct limit_row rows[MOST_LIMITS])
{
	const double limit = view->needs->limit_bytes;
	size_t count = 0;
	bool has_limit = !isfinite(limit);
	for (size_t i = 0; i < ARRAY_LENGTH(usual_limits); i++) {
		rows[count++] = (struct limit_row){.bytes = usual_limits[i]};
		has_limit |= usual_limits[i] == limit;
	}
	if (!has_limit)
		rows[count++] = (struct limit_row){.bytes = limit};
	qsort(rows, count, sizeof *rows, compare_limits);
	for (size_t i = 0; i < count; i++)
		work_out(view, &rows[i]);
	return count;
}

/* The limit that is spoken of: the one that was named, else the least into which 99 % fit. */
static double choose_limit(const struct needs_view *view, const struct limit_row *rows,
                           size_t count)
{
	if (isfinite(view->needs->limit_bytes))
		return view->needs->limit_bytes;
	for (size_t i = 0; i < count; i++)
		if ((double)rows[i].over.tasks <= 0.01 * (double)rows[i].over.of)
			return rows[i].bytes;
	return rows[count - 1].bytes;
}

static void add_limits(const struct needs_view *view, const struct limit_row *rows, size_t count)
{
	static const struct table_column columns[] = {{"memory", "per core", TABLE_RIGHT, 0},
	                                              {"tasks fit", "%", TABLE_POINT, 1},
	                                              {"do not", "tasks", TABLE_RIGHT, 1},
	                                              {"of types", NULL, TABLE_RIGHT, 1},
	                                              {"their wall", "%", TABLE_POINT, 1},
	                                              {"ended below it", "tasks", TABLE_RIGHT, 1}};
	struct table *const table = document_table(view->doc, "", columns, ARRAY_LENGTH(columns));
	bool has_ended = false;
	for (size_t i = 0; i < count; i++)
		has_ended |= rows[i].over.ended_below > 0;
	for (size_t i = 0; i < count; i++) {
		const struct campaign_over *const over = &rows[i].over;
		char text[FIGURE_BYTES];
		char number[24] = "";
		table_row(table);
		table_cell(table, TEXT_PLAIN, "%s", needs_limit(rows[i].bytes, text));
		table_cell(table, TEXT_PLAIN, "%s",
		           needs_percent((double)(over->of - over->tasks), (double)over->of, text));
		table_cell(table, over->tasks > 0 ? TEXT_WARN : TEXT_PLAIN, "%zu", over->tasks);
		table_cell(table, TEXT_PLAIN, "%zu", rows[i].types);
		table_cell(table, TEXT_PLAIN, "%s",
		           over->of_wall_s > 0 ? needs_percent(over->wall_s, over->of_wall_s, text)
		                               : figure_absent(view->doc->style));
		snprintf(number, sizeof number, "%zu", over->ended_below);
		table_cell(table, TEXT_PLAIN, "%s", has_ended ? number : "");
	}
	if (has_ended)
		document_say(view->doc, TEXT_DIM,
		             "Ended below it: tasks that a memory limit ended before they had as "
		             "much. What they would have needed is not known.");
}

/* The types with tasks above the limit, the most first. */
static void add_over_types(const struct needs_view *view, double limit)
{
	const struct table_column columns[] = {{"type", NULL, TABLE_LEFT, 0},
	                                       {"above it", "tasks", TABLE_RIGHT, 1},
	                                       {"of all", "%", TABLE_POINT, 1},
	                                       {"largest", view->memory.name, TABLE_POINT, 1},
	                                       {"per core", view->memory.name, TABLE_POINT, 1}};
	const size_t types = view->needs->type_count;
	struct campaign_over *const overs = calloc(types + 1, sizeof *overs);
	bool *const is_told = calloc(types + 1, sizeof *is_told);
	char caption[96];
	char text[FIGURE_BYTES];
	view->doc->failed |= !overs || !is_told;
	if (!overs || !is_told) {
		free(overs);
		free(is_told);
		return;
	}
	requirements_over(view->needs, limit, overs);
	if (overs[types].tasks > 0) {
		snprintf(caption, sizeof caption,
		         "Types with tasks above %s%s:", needs_limit(limit, text),
		         overs[types].several > 0 ? " per core" : "");
		struct table *const table =
		        document_table(view->doc, caption, columns, ARRAY_LENGTH(columns));
		for (size_t round = 0; round < types; round++) {
			size_t next = types;
			for (size_t t = 0; t < types; t++)
				if (!is_told[t] && overs[t].tasks > 0 &&
				    (next == types || overs[t].tasks > overs[next].tasks))
					next = t;
			if (next == types)
				break;
			is_told[next] = true;
			table_row(table);
			table_cell(table, TEXT_PLAIN, "%s", view->needs->types[next].name);
			table_cell(table, TEXT_PLAIN, "%zu", overs[next].tasks);
			table_cell(table, TEXT_PLAIN, "%s",
			           needs_percent((double)overs[next].tasks, (double)overs[next].of,
			                         text));
			table_cell(table, TEXT_PLAIN, "%.2f",
			           overs[next].max_bytes * view->memory.factor);
			snprintf(text, sizeof text, "%.2f",
			         overs[next].max_per_core_bytes * view->memory.factor);
			table_cell(table, TEXT_PLAIN, "%s", overs[types].several > 0 ? text : "");
		}
	}
	free(overs);
	free(is_told);
}

static void add_figures(const struct needs_view *view, const struct limit_row *row)
{
	const struct campaign_type_needs *const all = needs_all(view->needs);
	const struct campaign_spread *const rss = &all->figures[CAMPAIGN_MAX_RSS];
	const struct campaign_spread *const wall = &all->figures[CAMPAIGN_WALL];
	char name[96];
	char remark[128];
	char text[FIGURE_BYTES];
	snprintf(name, sizeof name, "Fit into %s", needs_limit(row->bytes, text));
	snprintf(remark, sizeof remark, "%zu of %zu %s more", row->over.tasks, row->over.of,
	         number_noun(row->over.of, "task needs", "tasks need"));
	document_figure(view->doc, TEXT_PLAIN, name, remark, "%s %%",
	                needs_percent((double)(row->over.of - row->over.tasks),
	                              (double)row->over.of, text));
	document_only(view->doc, READ_IN_PAGE);
	snprintf(remark, sizeof remark, "95 %% of tasks need at most %s %s",
	         needs_write(rss->p95 * view->memory.factor, view->doc, text), view->memory.name);
	document_figure(view->doc, TEXT_PLAIN, "Largest max RSS", remark, "%s %s",
	                needs_write(row->over.max_bytes * view->memory.factor, view->doc, text),
	                view->memory.name);
	document_only(view->doc, READ_IN_PAGE);
	if (wall->n == 0)
		return;
	const struct figure_unit unit = figure_unit_of_time(wall->sum);
	snprintf(remark, sizeof remark, "of %zu %s done", wall->n,
	         number_noun(wall->n, "task that is", "tasks that are"));
	document_figure(view->doc, TEXT_PLAIN, "Wall time", remark, "%s %s",
	                needs_write(wall->sum * unit.factor, view->doc, text), unit.name);
	document_only(view->doc, READ_IN_PAGE);
}

void needs_add_answer(struct needs_view *view)
{
	struct limit_row rows[MOST_LIMITS];
	char words[WORDS_BYTES] = "";
	document_section(view->doc, "memory-per-core", "Memory per core", "");
	const size_t count = list_limits(view, rows);
	if (rows[0].over.of == 0) {
		document_say(view->doc, TEXT_DIM,
		             "Not known: no task of this campaign has a max RSS.");
		return;
	}
	const double limit = choose_limit(view, rows, count);
	requirements_words(view->needs, limit, words, sizeof words);
	document_say(view->doc, TEXT_PLAIN, "%s", words);
	for (size_t i = 0; i < count; i++)
		if (rows[i].bytes == limit)
			add_figures(view, &rows[i]);
	add_limits(view, rows, count);
	add_over_types(view, limit);
}
