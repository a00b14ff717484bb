/* Ratios level by level: all at a glance, and each measure with both sides. */
#include "core/array.h"
#include "core/cleanup.h"
#include "report/compare/compare_parts.h"
#include "report/figures.h"
#include "report/measure_text.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of a note behind a title, and of the name of a level. */
enum { MOST_IN_TITLE = 40, NAME_BYTES = 48 };

static const struct ratio *ratio_at(const struct comparison *c, size_t level, size_t query)
{
	return &c->levels[level].ratios[query];
}

static bool has_any(const struct comparison *c, size_t query)
{
	for (size_t i = 0; i < c->level_count; i++)
		if (estimate_has_value(&ratio_at(c, i, query)->value))
			return true;
	return false;
}

/* "wall time, p95" for a table. */
static const char *query_title(const struct measure_query *query, char text[112])
{
	char title[96];
	measure_title(query->id, query->detail, title);
	if (measures[query->id].nature == NATURE_TASKS && query->statistic == STATISTIC_QUANTILE)
		snprintf(text, 112, "%s, p%g", title, 100 * query->quantile);
	else
		snprintf(text, 112, "%s", title);
	return text;
}

/* Whether all ratios of a measure are from figures that were read from plots: their intervals are
 * how well that was done, and hold nothing of the machines. */
static bool is_read(const struct comparison *c, size_t query)
{
	size_t read = 0;
	size_t known = 0;
	for (size_t i = 0; i < c->level_count; i++) {
		const struct ratio *const ratio = ratio_at(c, i, query);
		known += estimate_has_interval(&ratio->value);
		read += estimate_has_interval(&ratio->value) && ratio->basis == BASIS_READING;
	}
	return known > 0 && read == known;
}

/* The same of all measures. */
static bool is_all_read(const struct comparison *c)
{
	bool is_all = c->query_count > 0;
	for (size_t q = 0; q < c->query_count; q++)
		is_all &= is_read(c, q) || !has_any(c, q);
	return is_all;
}

static void name_level(const struct compare_view *view, size_t level, char text[NAME_BYTES])
{
	const struct compared_level *const l = &view->comparison->levels[level];
	if (view->has_policies)
		snprintf(text, NAME_BYTES, "%u %.24s", l->concurrency, l->policy ? l->policy : "");
	else
		snprintf(text, NAME_BYTES, "%u", l->concurrency);
}

static struct measure_scale scale_of(const struct compare_view *view, size_t query)
{
	const struct comparison *const c = view->comparison;
	const struct measure_query *const q = &c->queries[query];
	const bool is_least = measures[q->id].unit == MEASURE_PER_SECOND;
	double typical = NAN;
	for (size_t i = 0; i < c->level_count; i++) {
		const struct ratio *const r = ratio_at(c, i, query);
		const double base = fabs(r->base.value);
		const double new = fabs(r->new.value);
		typical =
		        is_least ? fmin(typical, fmin(base, new)) : fmax(typical, fmax(base, new));
	}
	return measure_scale_of(q->id, q->detail, isfinite(typical) ? typical : 1,
	                        view->doc->style);
}

/* ---- At a glance ----------------------------------------------------------------------------- */

static void glance_cell(const struct compare_view *view, struct table *table,
                        const struct measure_query *query, const struct ratio *ratio, double factor)
{
	const double shown = ratio->value.value * (ratio->is_difference ? factor : 1);
	char number[FIGURE_BYTES];
	char text[FIGURE_BYTES + 2];
	figure_write(shown,
	             fabs(shown) < 10    ? 2
	             : fabs(shown) < 100 ? 1
	                                 : 0,
	             view->doc->style, number);
	snprintf(text, sizeof text, "%s%s", number, ratio_is_beyond_chance(ratio) ? "*" : " ");
	table_cell(table, ratio_role(ratio, measures[query->id].better), "%s", text);
}

static void glance_row(const struct compare_view *view, struct table *table, size_t query)
{
	const struct comparison *const c = view->comparison;
	const struct measure_scale scale = scale_of(view, query);
	char title[112];
	query_title(&c->queries[query], title);
	table_row(table);
	if (ratio_at(c, 0, query)->is_difference)
		table_cell(table, TEXT_PLAIN, "%s, %s%smore", title, scale.unit,
		           scale.unit[0] ? " " : "");
	else if (measure_is_cause(c->queries[query].id))
		/* They multiply to the slowdown above them. */
		table_cell(table, TEXT_PLAIN, "%s %s", view->doc->style->is_ascii ? "x" : "×",
		           measures[c->queries[query].id].words);
	else
		table_cell(table, TEXT_PLAIN, "%s", title);
	for (size_t i = 0; i < c->level_count; i++)
		glance_cell(view, table, &c->queries[query], ratio_at(c, i, query), scale.factor);
}

/* A row for each measure, a column for each level. */
static void add_glance(const struct compare_view *view)
{
	const struct comparison *const c = view->comparison;
	const size_t count = c->level_count + 1;
	cleanup_free struct table_column *columns = calloc(count, sizeof *columns);
	cleanup_free char(*names)[NAME_BYTES] = calloc(count, sizeof *names);
	char id[48];
	if (!columns || !names) {
		view->doc->failed = true;
		return;
	}
	columns[0] = (struct table_column){"N", NULL, TABLE_LEFT, 0};
	for (size_t i = 0; i < c->level_count; i++) {
		name_level(view, i, names[i]);
		columns[i + 1] =
		        (struct table_column){names[i], NULL, TABLE_RIGHT, (unsigned)i + 1};
	}
	document_section(
	        view->doc, compare_id(view, "glance", id), "Ratios",
	        is_all_read(c)
	                ? "new by base; * more than was misread can explain"
	                : "new by base; * 95 % interval without 1, as one in 20 is by chance");
	struct table *const table = document_table(view->doc, "", columns, count);
	for (size_t q = 0; q < c->query_count; q++)
		if (has_any(c, q))
			glance_row(view, table, q);
}

/* ---- One measure ----------------------------------------------------------------------------- */

static void value_cell(struct table *table, const struct estimate *estimate, double factor,
                       const struct text_style *style)
{
	char text[FIGURE_BYTES];
	figure_write(estimate->value * factor, figure_estimate_decimals(estimate, factor, 3, 4),
	             style, text);
	table_cell(table, TEXT_PLAIN, "%s", text);
}

static void add_level(const struct compare_view *view, struct table *table, size_t level,
                      size_t query, const struct measure_scale *scale)
{
	const struct text_style *const style = view->doc->style;
	const struct comparison *const c = view->comparison;
	const struct ratio *const r = ratio_at(c, level, query);
	const double factor = r->is_difference ? scale->factor : 1;
	char text[FIGURE_BYTES];
	table_row(table);
	table_cell(table, TEXT_PLAIN, "%s",
	           view->has_policies && c->levels[level].policy ? c->levels[level].policy : "");
	table_cell(table, TEXT_PLAIN, "%u", c->levels[level].concurrency);
	value_cell(table, &r->base, scale->factor, style);
	value_cell(table, &r->new, scale->factor, style);
	figure_write(r->value.value * factor, figure_estimate_decimals(&r->value, factor, 3, 4),
	             style, text);
	table_cell(table, ratio_role(r, measures[c->queries[query].id].better), "%s", text);
	figure_write_interval(&r->value, factor, 4, style, text);
	table_cell(table, TEXT_DIM, "%s", text);
	if (r->base_n == r->new_n)
		table_cell(table, TEXT_PLAIN, "%zu", r->base_n);
	else
		table_cell(table, TEXT_PLAIN, "%zu, %zu", r->base_n, r->new_n);
}

static const char *note_of(const struct ratio *ratio)
{
	return ratio->note;
}

/* Why there is none; that a baseline is its own baseline goes without saying. */
static const char *reason_of(const struct ratio *ratio)
{
	const bool is_baseline = ratio->base.value == 1 && ratio->new.value == 1;
	return estimate_has_value(&ratio->value) || is_baseline ? NULL : ratio->reason;
}

/* Whether what `get` says at this level was said at an earlier one. */
static bool is_said_before(const struct comparison *c, size_t query, size_t level,
                           const char *(*get)(const struct ratio *ratio))
{
	const char *const text = get(ratio_at(c, level, query));
	for (size_t i = 0; i < level; i++) {
		const char *const before = get(ratio_at(c, i, query));
		if (before && strcmp(before, text) == 0)
			return true;
	}
	return false;
}

/* Each of the notes, or reasons, once, with the levels that it is of. */
static void add_notes(const struct compare_view *view, size_t query,
                      const char *(*get)(const struct ratio *ratio), enum block_reader reader)
{
	const struct comparison *const c = view->comparison;
	for (size_t i = 0; i < c->level_count; i++) {
		const char *const text = get(ratio_at(c, i, query));
		cleanup_str struct str levels = {0};
		size_t count = 0;
		if (!text || is_said_before(c, query, i, get))
			continue;
		for (size_t k = i; k < c->level_count; k++) {
			const char *const here = get(ratio_at(c, k, query));
			char name[NAME_BYTES];
			if (!here || strcmp(here, text) != 0)
				continue;
			name_level(view, k, name);
			str_addf(&levels, "%s%s", count++ > 0 ? ", " : "", name);
		}
		view->doc->failed |= levels.failed;
		if (count == c->level_count)
			document_item(view->doc, TEXT_DIM, "-", "%s", text);
		else
			document_item(view->doc, TEXT_DIM, "-", "N=%s: %s", str_text(&levels),
			              text);
		document_only(view->doc, reader);
	}
}

/* What a terminal is shown in full; of the others it has the ratios. */
static bool is_for_terminal(const struct comparison *c, const struct measure_query *query)
{
	static const enum measure_id ids[] = {
	        MEASURE_THROUGHPUT,      MEASURE_WALL,   MEASURE_OFF_CPU,
	        MEASURE_FREQUENCY,       MEASURE_CYCLES, MEASURE_INSTRUCTIONS,
	        MEASURE_LLC_LOAD_MISSES, MEASURE_ENERGY,
	};
	/* Published studies state medians, and no means. */
	if (query->id == MEASURE_WALL && query->statistic == STATISTIC_QUANTILE)
		return query->quantile == 0.5 && comparison_find(c, MEASURE_WALL) < 0;
	if (query->statistic != STATISTIC_MEAN)
		return false;
	for (size_t i = 0; i < ARRAY_LENGTH(ids); i++)
		if (query->id == ids[i])
			return true;
	return false;
}

/* The note that all levels have, which stands behind the title; NULL: there is none. */
static const char *common_note(const struct comparison *c, size_t query)
{
	const char *const note = ratio_at(c, 0, query)->note;
	if (note && strlen(note) > MOST_IN_TITLE)
		return NULL;
	for (size_t i = 0; note && i < c->level_count; i++) {
		const char *const here = ratio_at(c, i, query)->note;
		if (!here || strcmp(here, note) != 0)
			return NULL;
	}
	return note;
}

static void add_measure(const struct compare_view *view, size_t query)
{
	const struct comparison *const c = view->comparison;
	const bool is_difference = ratio_at(c, 0, query)->is_difference;
	const char *const common = common_note(c, query);
	const struct measure_scale scale = scale_of(view, query);
	const enum block_reader reader =
	        is_for_terminal(c, &c->queries[query]) ? READ_BY_ALL : READ_IN_PAGE;
	char base[COMPARE_NAME_BYTES];
	char new[COMPARE_NAME_BYTES];
	char title[112];
	const char *const unit = scale.unit[0] ? scale.unit : NULL;
	const struct table_column columns[] = {
	        {"policy", NULL, TABLE_LEFT, 0},
	        {"N", NULL, TABLE_RIGHT, 0},
	        {compare_short_name(c->base.name, base), unit, TABLE_POINT, 1},
	        {compare_short_name(c->new.name, new), unit, TABLE_POINT, 1},
	        {is_difference ? "difference" : "ratio", is_difference ? unit : NULL, TABLE_POINT,
	         1},
	        {is_read(c, query) ? "read within" : "95 % interval", NULL, TABLE_RIGHT, 1},
	        {"n", NULL, TABLE_RIGHT, 1},
	};
	cleanup_str struct str caption = {0};
	str_add(&caption, query_title(&c->queries[query], title));
	if (common)
		str_addf(&caption, " (%s)", common);
	view->doc->failed |= caption.failed;
	struct table *const table =
	        document_table(view->doc, str_text(&caption), columns, ARRAY_LENGTH(columns));
	document_only(view->doc, reader);
	for (size_t i = 0; i < c->level_count; i++)
		add_level(view, table, i, query, &scale);
	if (!common)
		add_notes(view, query, note_of, reader);
	add_notes(view, query, reason_of, reader);
}

/* What is absent at every level, with its reason. */
static void add_absent(const struct compare_view *view)
{
	const struct comparison *const c = view->comparison;
	for (size_t q = 0; q < c->query_count; q++) {
		char title[112];
		if (has_any(c, q))
			continue;
		const char *const reason = ratio_at(c, 0, q)->reason;
		document_item(view->doc, TEXT_DIM, "-", "%s: %s",
		              query_title(&c->queries[q], title),
		              reason ? reason : "neither side has it");
	}
}

void compare_tables(const struct compare_view *view)
{
	const struct comparison *const c = view->comparison;
	char id[48];
	if (c->level_count == 0)
		return;
	add_glance(view);
	document_section(view->doc, compare_id(view, "measures", id), "Level by level",
	                 "n: trials or runs of each side");
	for (size_t q = 0; q < c->query_count; q++)
		if (has_any(c, q))
			add_measure(view, q);
	document_section(view->doc, compare_id(view, "not-compared", id), "Not compared", "");
	add_absent(view);
}
