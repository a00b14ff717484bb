/* Storage; what one job more or less hangs on; what a tenth of every input does. */
#include "core/array.h"
#include "core/cleanup.h"
#include "core/number.h"
#include "report/capacity/capacity_parts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Storage --------------------------------------------------------------------------------- */

static void say_storage(const struct capacity_view *view)
{
	const struct capacity_needs *const needs = view->needs;
	char total[FIGURE_BYTES];
	char kept[FIGURE_BYTES];
	char name[FIGURE_BYTES];
	capacity_write_bytes(view, needs->total_bytes.value, total);
	capacity_write_bytes(view, needs->kept_bytes.value, kept);
	document_say(view->doc, TEXT_PLAIN,
	             "All products together take %s (%.2f\u00A0PiB); those that are kept %s "
	             "(%.2f\u00A0PiB).",
	             total, needs->total_bytes.value / 0x1p50, kept,
	             needs->kept_bytes.value / 0x1p50);
	if (!capacity_figure_has_interval(&needs->total_bytes))
		return;
	capacity_write_bytes(view, needs->total_bytes.low, total);
	capacity_write_bytes(view, needs->total_bytes.high, name);
	document_say(view->doc, TEXT_DIM, "95\u00A0%% interval of all: %s to %s.", total, name);
}

void capacity_storage(const struct capacity_view *view)
{
	static const struct table_column columns[] = {
	        {"product", NULL, TABLE_LEFT, 0}, {"task", NULL, TABLE_LEFT, 2},
	        {"size", NULL, TABLE_RIGHT, 1},   {"instances", NULL, TABLE_RIGHT, 1},
	        {"total", "TB", TABLE_POINT, 1},  {"total", "TiB", TABLE_POINT, 1},
	        {"kept", NULL, TABLE_LEFT, 1},
	};
	char text[FIGURE_BYTES];
	if (view->capacity->product_count == 0)
		return;
	document_section(view->doc, "storage", "Storage", "");
	say_storage(view);
	struct table *const table = document_table(view->doc, "", columns, ARRAY_LENGTH(columns));
	for (size_t i = 0; i < view->capacity->product_count; i++) {
		const struct capacity_product *const product = &view->capacity->products[i];
		const struct capacity_product_needs *const needs = &view->needs->products[i];
		table_row(table);
		table_cell(table, TEXT_PLAIN, "%s", product->name);
		/* A terminal has no room for it. */
		table_cell(table, TEXT_DIM, "%s",
		           product->task && view->reader == READ_IN_PAGE ? product->task : "");
		capacity_write_bytes(view, product->size_bytes.value, text);
		table_cell(table, TEXT_PLAIN, "%s", text);
		capacity_write_count(view, needs->instances.value, 3, text);
		table_cell(table, TEXT_PLAIN, "%s", text);
		figure_write(needs->bytes.value / 1e12, needs->bytes.value < 10e12 ? 2 : 0,
		             view->doc->style, text);
		table_cell(table, TEXT_PLAIN, "%s", text);
		figure_write(needs->bytes.value / 0x1p40, needs->bytes.value < 10e12 ? 2 : 0,
		             view->doc->style, text);
		table_cell(table, TEXT_PLAIN, "%s", text);
		table_cell(table, TEXT_GOOD, "%s", product->is_kept ? "kept" : "");
	}
}

/* ---- Steps ----------------------------------------------------------------------------------- */

/* A step that is farther off than this is not shown, unless memory limits already. */
static const double near_step = 1.1;

static bool has_step(const struct capacity_view *view, size_t platform, size_t task)
{
	const struct capacity_cell *const cell = &view->needs->platforms[platform].cells[task];
	return !isnan(cell->fewer_above_bytes) &&
	       (cell->limit == CAPACITY_BY_MEMORY ||
	        cell->fewer_above_bytes < near_step * view->needs->tasks[task].max_rss_bytes.value);
}

/* With a digit more than elsewhere: a step is often close. */
static void write_step(const struct capacity_view *view, double bytes, char text[FIGURE_BYTES])
{
	const struct figure_unit unit = figure_unit_of_size(bytes);
	char number[NUMBER_TEXT_BYTES];
	if (isnan(bytes)) {
		snprintf(text, FIGURE_BYTES, "%s", figure_absent(view->doc->style));
		return;
	}
	number_format_significant(bytes * unit.factor, 4, number);
	snprintf(text, FIGURE_BYTES, "%.20s %s", number, unit.name);
}

static void add_step(const struct capacity_view *view, struct table *table, size_t platform,
                     size_t task)
{
	const struct capacity_platform_needs *const p = &view->needs->platforms[platform];
	const struct capacity_cell *const cell = &p->cells[task];
	char text[FIGURE_BYTES];
	table_row(table);
	table_cell(table, TEXT_PLAIN, "%s", view->capacity->tasks[task].name);
	table_cell(table, TEXT_PLAIN, "%s", view->capacity->platforms[platform].name);
	table_cell(table, TEXT_PLAIN, "%.0f", cell->jobs);
	write_step(view, view->needs->tasks[task].max_rss_bytes.value, text);
	table_cell(table, TEXT_PLAIN, "%s", text);
	write_step(view, cell->more_up_to_bytes, text);
	table_cell(table, TEXT_PLAIN, "%s", text);
	if (isnan(cell->more_node_days))
		snprintf(text, sizeof text, "%s", figure_absent(view->doc->style));
	else
		capacity_write_change(cell->more_node_days / p->node_days.value, text);
	table_cell(table, TEXT_GOOD, "%s", text);
	write_step(view, cell->fewer_above_bytes, text);
	table_cell(table, TEXT_PLAIN, "%s", text);
	capacity_write_change(cell->fewer_node_days / p->node_days.value, text);
	table_cell(table, TEXT_BAD, "%s", text);
}

void capacity_steps(const struct capacity_view *view)
{
	static const struct table_column columns[] = {
	        {"task", NULL, TABLE_LEFT, 0},          {"platform", NULL, TABLE_LEFT, 0},
	        {"jobs", NULL, TABLE_RIGHT, 1},         {"max RSS", NULL, TABLE_RIGHT, 1},
	        {"one more", "up to", TABLE_RIGHT, 1},  {"days", "%", TABLE_POINT, 1},
	        {"one fewer", "above", TABLE_RIGHT, 1}, {"days", "%", TABLE_POINT, 1},
	};
	size_t count = 0;
	for (size_t p = 0; p < view->capacity->platform_count; p++)
		for (size_t t = 0; t < view->capacity->task_count; t++)
			count += has_step(view, p, t);
	if (count == 0)
		return;
	document_section(view->doc, "steps", "What one job more or less hangs on",
	                 "where memory limits, or soon would");
	struct table *const table = document_table(view->doc, "", columns, ARRAY_LENGTH(columns));
	for (size_t p = 0; p < view->capacity->platform_count; p++)
		for (size_t t = 0; t < view->capacity->task_count; t++)
			if (has_step(view, p, t))
				add_step(view, table, p, t);
	document_say(
	        view->doc, TEXT_DIM,
	        "One job more fits on a node with a max RSS up to the first size, one job fewer "
	        "with one above the second; the percentages say what that makes of the "
	        "platform's node-days.");
}

/* ---- Sensitivity ----------------------------------------------------------------------------- */

/* In a terminal those that matter most. */
enum { TERMINAL_ROWS = 15 };

static const struct capacity_effect *effect_of(const struct capacity_view *view, size_t platform,
                                               size_t input)
{
	for (size_t i = 0; i < view->needs->effect_counts[platform]; i++)
		if (view->needs->effects[platform][i].input == input)
			return &view->needs->effects[platform][i];
	return NULL;
}

static double strength(const struct capacity_effect *effect)
{
	if (isnan(effect->less) || isnan(effect->more))
		return INFINITY;
	return fmax(fabs(effect->less - 1), fabs(effect->more - 1));
}

struct ranked {
	size_t input;
	double strength;
};

static int compare_ranked(const void *a, const void *b)
{
	const struct ranked *const left = a;
	const struct ranked *const right = b;
	if (left->strength != right->strength)
		return left->strength < right->strength ? 1 : -1;
	return left->input < right->input ? -1 : left->input > right->input;
}

/* Inputs by what they do to any platform, the strongest first. */
static size_t rank_inputs(const struct capacity_view *view, struct ranked *ranked)
{
	size_t count = 0;
	for (size_t i = 0; i < view->needs->input_count; i++) {
		struct ranked r = {i, 0};
		for (size_t p = 0; p < view->capacity->platform_count; p++) {
			const struct capacity_effect *const effect = effect_of(view, p, i);
			r.strength = effect ? fmax(r.strength, strength(effect)) : r.strength;
		}
		if (r.strength > 0)
			ranked[count++] = r;
	}
	qsort(ranked, count, sizeof *ranked, compare_ranked);
	return count;
}

/* "-9.1 / +11.1" */
static void add_effect(const struct capacity_view *view, struct table *table, size_t platform,
                       size_t input)
{
	const struct capacity_effect *const effect = effect_of(view, platform, input);
	char less[FIGURE_BYTES];
	char more[FIGURE_BYTES];
	if (!effect) {
		table_cell(table, TEXT_DIM, "%s", "");
		return;
	}
	capacity_write_change(effect->less, less);
	capacity_write_change(effect->more, more);
	table_cell(table, TEXT_PLAIN, "%s / %s", less, more);
}

static void add_effects(const struct capacity_view *view, const struct ranked *ranked, size_t count)
{
	const size_t platforms = view->capacity->platform_count;
	cleanup_free struct table_column *columns = calloc(platforms + 2, sizeof *columns);
	if (!columns) {
		view->doc->failed = true;
		return;
	}
	columns[0] = (struct table_column){"input", NULL, TABLE_LEFT, 0};
	for (size_t p = 0; p < platforms; p++)
		columns[p + 1] =
		        (struct table_column){view->capacity->platforms[p].name, "-10 % / +10 %",
		                              TABLE_RIGHT, (unsigned)p + 1};
	struct table *const table = document_table(view->doc, "", columns, platforms + 1);
	for (size_t i = 0; i < count; i++) {
		const struct capacity_input *const input = &view->needs->inputs[ranked[i].input];
		table_row(table);
		table_cell(table, TEXT_PLAIN, "%s%s%s", input->owner, input->owner[0] ? ", " : "",
		           capacity_input_words[input->kind]);
		for (size_t p = 0; p < platforms; p++)
			add_effect(view, table, p, ranked[i].input);
	}
}

void capacity_sensitivity(const struct capacity_view *view)
{
	cleanup_free struct ranked *ranked = calloc(view->needs->input_count + 1, sizeof *ranked);
	if (!ranked) {
		view->doc->failed = true;
		return;
	}
	const size_t count = rank_inputs(view, ranked);
	const size_t shown =
	        view->reader == READ_IN_TERMINAL && count > TERMINAL_ROWS ? TERMINAL_ROWS : count;
	if (count == 0)
		return;
	document_section(view->doc, "sensitivity", "What a tenth of each input does",
	                 "change of node-days in %");
	add_effects(view, ranked, shown);
	if (shown < count)
		document_say(view->doc, TEXT_DIM,
		             "%zu more %s less; --json and the page (-o) have %s.", count - shown,
		             number_noun(count - shown, "input does", "inputs do"),
		             number_noun(count - shown, "it", "them"));
}
