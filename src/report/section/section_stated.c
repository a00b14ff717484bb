/* Figures of levels that others worked out, as they stated them: a table for each measure, with
 * every statistic and its error, and a plot. */
#include "report/measure_text.h"
#include "report/plot/plot_estimates.h"
#include "report/plot/plot_levels.h"
#include "report/section/section.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Statistics of one measure that have columns and points; what is beyond stays in the result. */
enum { MOST_STATISTICS = 8, HEAD_BYTES = 32 };

/* Measures that have a table: more than plateau knows, and tasks print. A file of others may have a
 * measure for each of its rows. */
enum { MOST_MEASURES = 100 };

struct statistic {
	enum stated_statistic kind;
	double quantile;
};

/* All that is stated of one measure. */
struct stated_measure {
	const struct findings *findings;
	const char *name;
	enum measure_id id;
	const char *detail;
	struct measure_scale scale;
	struct statistic statistics[MOST_STATISTICS];
	size_t count;
	size_t index; /* among the measures */
};

static bool is_same(const struct statistic *a, const struct stated_figure *b)
{
	return a->kind == b->statistic &&
	       (a->kind != STATED_QUANTILE || a->quantile == b->quantile);
}

static const struct stated_figure *find(const struct stated_measure *m, size_t level,
                                        const struct statistic *statistic)
{
	const size_t count = m->findings->dataset->stated_count;
	const struct stated_figure *const figures = m->findings->dataset->stated;
	size_t first = 0; /* of the level: they are in the order of levels */
	for (size_t end = count; first < end;) {
		const size_t middle = first + (end - first) / 2;
		if (figures[middle].level < level)
			first = middle + 1;
		else
			end = middle;
	}
	for (size_t i = first; i < count && figures[i].level == level; i++)
		if (strcmp(figures[i].name, m->name) == 0 && is_same(statistic, &figures[i]))
			return &figures[i];
	return NULL;
}

/* "mean", "SD", "median", "p95", "least", "most". */
static void name_statistic(const struct statistic *statistic, char text[HEAD_BYTES])
{
	const double quantile = statistic->quantile;
	if (statistic->kind == STATED_MEAN)
		snprintf(text, HEAD_BYTES, "mean");
	else if (statistic->kind == STATED_SD)
		snprintf(text, HEAD_BYTES, "SD");
	else if (quantile <= 0)
		snprintf(text, HEAD_BYTES, "least");
	else if (quantile >= 1)
		snprintf(text, HEAD_BYTES, "most");
	else if (quantile == 0.5)
		snprintf(text, HEAD_BYTES, "median");
	else
		snprintf(text, HEAD_BYTES, "p%.4g", 100 * quantile);
}

static void add_statistic(struct stated_measure *m, const struct stated_figure *figure)
{
	for (size_t i = 0; i < m->count; i++)
		if (is_same(&m->statistics[i], figure))
			return;
	if (m->count < MOST_STATISTICS)
		m->statistics[m->count++] = (struct statistic){figure->statistic, figure->quantile};
}

/* The measure that is first met at figure `first`. */
static void collect(const struct findings *findings, size_t first, const struct text_style *style,
                    struct stated_measure *ret)
{
	const size_t count = findings->dataset->stated_count;
	const struct stated_figure *const figures = findings->dataset->stated;
	const char *const name = figures[first].name;
	double typical = NAN;
	ret->name = name;
	ret->id = measure_find(name, &ret->detail);
	if (ret->id == MEASURES) {
		ret->id = MEASURE_FIGURE;
		ret->detail = name;
	}
	const bool is_least = measures[ret->id].unit == MEASURE_PER_SECOND;
	ret->count = 0;
	for (size_t i = first; i < count; i++) {
		if (strcmp(figures[i].name, name) != 0)
			continue;
		add_statistic(ret, &figures[i]);
		if (figures[i].statistic != STATED_SD)
			typical = is_least ? fmin(typical, figures[i].value)
			                   : fmax(typical, fabs(figures[i].value));
	}
	ret->findings = findings;
	ret->scale = measure_scale_of(ret->id, ret->detail, isfinite(typical) ? typical : 1, style);
}

/* ---- Table ----------------------------------------------------------------------------------- */

/* "± read", "± SE", "± 95 %": what the errors of a statistic are of; "± " where they differ. */
static void name_error(const struct stated_measure *m, size_t statistic,
                       const struct text_style *style, char text[HEAD_BYTES])
{
	static const char *const words[STATED_ERRORS] = {[STATED_NO_ERROR] = "",
	                                                 [STATED_READING] = "read",
	                                                 [STATED_STANDARD] = "SE",
	                                                 [STATED_CI95] = "95 %"};
	enum stated_error kind = STATED_NO_ERROR;
	bool is_mixed = false;
	for (size_t i = 0; i < m->findings->summary.level_count; i++) {
		const struct stated_figure *const f = find(m, i, &m->statistics[statistic]);
		if (!f || f->error_kind == STATED_NO_ERROR)
			continue;
		is_mixed |= kind != STATED_NO_ERROR && kind != f->error_kind;
		kind = f->error_kind;
	}
	snprintf(text, HEAD_BYTES, "%s %s", style->is_ascii ? "+-" : "±",
	         is_mixed ? "" : words[kind]);
}

static void add_cells(const struct stated_measure *m, struct table *table, size_t level,
                      const struct text_style *style)
{
	int64_t tasks = RECORD_ABSENT;
	for (size_t s = 0; s < m->count; s++) {
		const struct stated_figure *const f = find(m, level, &m->statistics[s]);
		const double factor = m->scale.factor;
		char text[FIGURE_BYTES];
		if (!f) {
			table_cell(table, TEXT_DIM, "%s", figure_absent(style));
			table_cell(table, TEXT_DIM, "%s", "");
			continue;
		}
		if (f->tasks != RECORD_ABSENT)
			tasks = f->tasks;
		const bool has_error = f->error_kind != STATED_NO_ERROR && isfinite(f->error);
		const struct estimate e = {
		        .value = f->value, .low = f->value - f->error, .high = f->value + f->error};
		const int decimals = figure_estimate_decimals(&e, factor, 3, 4);
		figure_write(f->value * factor, decimals, style, text);
		table_cell(table, TEXT_PLAIN, "%s", text);
		figure_write(f->error * factor, decimals, style, text);
		table_cell(table, TEXT_DIM, "%s", has_error ? text : "");
	}
	if (tasks != RECORD_ABSENT)
		table_cell(table, TEXT_PLAIN, "%lld", (long long)tasks);
	else
		table_cell(table, TEXT_PLAIN, "%s", "");
}

static bool has_level(const struct stated_measure *m, size_t level)
{
	for (size_t s = 0; s < m->count; s++)
		if (find(m, level, &m->statistics[s]))
			return true;
	return false;
}

static void add_table(const struct stated_measure *m, struct document *doc)
{
	const struct summary *const summary = &m->findings->summary;
	const char *const unit = m->scale.unit[0] ? m->scale.unit : NULL;
	char heads[2 * MOST_STATISTICS][HEAD_BYTES];
	struct table_column columns[3 + 2 * MOST_STATISTICS];
	size_t count = 0;
	columns[count++] = (struct table_column){"policy", NULL, TABLE_LEFT, 0};
	columns[count++] = (struct table_column){"N", NULL, TABLE_RIGHT, 0};
	for (size_t s = 0; s < m->count; s++) {
		const unsigned rank = (unsigned)s + 1;
		name_statistic(&m->statistics[s], heads[2 * s]);
		name_error(m, s, doc->style, heads[2 * s + 1]);
		columns[count++] = (struct table_column){heads[2 * s], unit, TABLE_POINT, rank};
		columns[count++] = (struct table_column){heads[2 * s + 1], NULL, TABLE_RIGHT, rank};
	}
	columns[count++] =
	        (struct table_column){"tasks", NULL, TABLE_RIGHT, (unsigned)m->count + 1};
	char title[96];
	struct table *const table =
	        document_table(doc, measure_title(m->id, m->detail, title), columns, count);
	for (size_t i = 0; i < summary->level_count; i++) {
		if (!has_level(m, i))
			continue;
		table_row(table);
		table_cell(table, TEXT_PLAIN, "%s",
		           summary->policy_count > 1 ? summary->levels[i].level->policy : "");
		table_cell(table, TEXT_PLAIN, "%u", summary->levels[i].level->concurrency);
		add_cells(m, table, i, doc->style);
	}
}

/* ---- Plot ------------------------------------------------------------------------------------ */

static void add_points(const struct stated_measure *m, struct plot *plot, size_t statistic)
{
	const struct summary *const summary = &m->findings->summary;
	char name[HEAD_BYTES];
	name_statistic(&m->statistics[statistic], name);
	struct plot_series *const series = plot_series(
	        plot, PLOT_POINTS, (unsigned)(statistic % PLOT_HUES), m->count > 1 ? name : "");
	for (size_t i = 0; i < summary->level_count; i++) {
		const struct stated_figure *const f = find(m, i, &m->statistics[statistic]);
		const double factor = m->scale.factor;
		const uint32_t n = summary->levels[i].level->concurrency;
		if (!f)
			continue;
		struct plot_point *const point = plot_point(plot, series, n, f->value * factor);
		if (f->error_kind == STATED_NO_ERROR || !isfinite(f->error)) {
			plot_tip(plot, point, "N=%u, %s: %.4g %s", n, name, point->y,
			         m->scale.unit);
			continue;
		}
		point->low = (f->value - f->error) * factor;
		point->high = (f->value + f->error) * factor;
		plot_tip(plot, point, "N=%u, %s: %.4g %s (%s: %.4g to %.4g)", n, name, point->y,
		         m->scale.unit, stated_error_names[f->error_kind], point->low, point->high);
	}
}

static void add_plot(const struct stated_measure *m, struct document *doc)
{
	char title[96];
	char id[32];
	char label[160];
	/* The first screen has throughput, with its errors. */
	if (m->id == MEASURE_THROUGHPUT)
		return;
	snprintf(id, sizeof id, "stated-%zu", m->index + 1);
	measure_title(m->id, m->detail, title);
	snprintf(label, sizeof label, "%s as stated", title);
	struct plot *const plot = document_plot(doc, id, label);
	document_only(doc, READ_IN_PAGE);
	plot_words(plot, "Points: what the source states, with the error that it states, or with "
	                 "which it was read.");
	plot_levels_axis(plot, &m->findings->summary);
	snprintf(label, sizeof label, "%s%s%s%s", title, m->scale.unit[0] ? " (" : "",
	         m->scale.unit, m->scale.unit[0] ? ")" : "");
	plot_axis(plot, &plot->y, label);
	for (size_t s = 0; s < m->count; s++)
		if (m->statistics[s].kind != STATED_SD)
			add_points(m, plot, s);
	plot_estimates_frame(plot, false);
}

static bool is_met(const char *const *names, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

void section_stated(const struct findings *findings, struct document *doc)
{
	const size_t count = findings->dataset->stated_count;
	const struct stated_figure *const figures = findings->dataset->stated;
	const char *names[MOST_MEASURES];
	size_t met = 0;
	document_section(doc, "stated", "Stated figures",
	                 "worked out by others; read: how well they were read from a plot");
	for (size_t i = 0; i < count; i++) {
		if (is_met(names, met, figures[i].name))
			continue;
		if (met == MOST_MEASURES) {
			document_say(doc, TEXT_DIM,
			             "Figures of more than %d measures are stated; the table "
			             "`stated` of the result has them all.",
			             MOST_MEASURES);
			return;
		}
		struct stated_measure m = {.index = met};
		collect(findings, i, doc->style, &m);
		names[met++] = figures[i].name;
		add_table(&m, doc);
		add_plot(&m, doc);
	}
}
