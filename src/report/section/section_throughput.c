/* Throughput at every level, its interval and efficiency; in a terminal also as bars, with the
 * place where linear scaling would be, or as a chart where there are many levels. */
#include "core/array.h"
#include "report/curve_chart.h"
#include "report/figures.h"
#include "report/level_rows.h"
#include "report/section/section.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Of more levels than FEW_BARS a chart with axes says more in less room. */
enum { COUNTS = 3 };
enum { FEW_BARS = 16, MOST_BARS = 40, MOST_COLUMNS = 60, LEAST_COLUMNS = 10, INDENT = 2 };

static void fill_row(const struct level_row *row, const void *units)
{
	const struct figure_unit *const rate = units;
	const struct level_summary *const level = row->level;
	if (level->is_stated) {
		for (size_t i = 0; i < COUNTS; i++)
			level_figure(row, NAN, 0);
	} else {
		table_cell(row->table, TEXT_PLAIN, "%zu", level->trials);
		table_cell(row->table, TEXT_PLAIN, "%zu", level->tasks);
		table_cell(row->table, level->failed ? TEXT_BAD : TEXT_PLAIN, "%zu", level->failed);
	}
	level_estimate(row, &level->throughput_per_s, rate->factor, 3, 4);
	if (!level->is_baseline) {
		level_estimate(row, &level->efficiency, 1, 2, 3);
		return;
	}
	table_cell(row->table, TEXT_PLAIN, "1");
	table_cell(row->table, TEXT_DIM, "baseline");
}

static void add_table(const struct summary *summary, struct document *doc)
{
	const struct figure_unit rate = level_rate_unit(summary);
	char head[16];
	snprintf(head, sizeof head, "tasks%s", rate.name);
	const char *const interval = level_interval_head(summary);
	const struct table_column columns[] = {
	        level_columns[0],
	        level_columns[1],
	        {"trials", NULL, TABLE_RIGHT, 2},
	        {"tasks", NULL, TABLE_RIGHT, 2},
	        {"failed", NULL, TABLE_RIGHT, 2},
	        {head, NULL, TABLE_POINT, 1},
	        {interval, NULL, TABLE_RIGHT, 1},
	        {"efficiency", NULL, TABLE_POINT, 3},
	        {interval, NULL, TABLE_RIGHT, 3},
	};
	struct table *const table = document_table(doc, "", columns, ARRAY_LENGTH(columns));
	level_rows(summary, doc, table, &rate, fill_row);
}

/* Eighths of a column, from the left. */
static const char *const eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};

struct chart {
	const struct summary *summary;
	const struct text_style *style;
	struct str *out;
	double scale; /* columns per task/s */
	size_t columns;
	size_t name_width;
};

/* Where linear scaling from the baseline would be, tasks/s, or NAN. */
static double linear_rate(const struct level_summary *level)
{
	const double efficiency = level->efficiency.value;
	return efficiency > 0 ? level->throughput_per_s.value / efficiency : (double)NAN;
}

static void name_level(const struct chart *chart, const struct level_summary *level,
                       char text[FIGURE_BYTES])
{
	if (chart->summary->policy_count > 1)
		snprintf(text, FIGURE_BYTES, "%.40s %u", level->level->policy,
		         level->level->concurrency);
	else
		snprintf(text, FIGURE_BYTES, "%u", level->level->concurrency);
}

static bool lay_out(struct chart *chart)
{
	const struct summary *const summary = chart->summary;
	double most = 0;
	size_t bars = 0;
	for (size_t i = 0; i < summary->level_count; i++) {
		const struct level_summary *const level = &summary->levels[i];
		char name[FIGURE_BYTES];
		name_level(chart, level, name);
		if (text_width(name) > chart->name_width)
			chart->name_width = text_width(name);
		if (!(level->throughput_per_s.value > 0))
			continue;
		most = fmax(most, fmax(level->throughput_per_s.value, linear_rate(level)));
		bars++;
	}
	const size_t used = INDENT + chart->name_width + 3;
	if (bars < 2 || bars > MOST_BARS || chart->style->width < used + LEAST_COLUMNS)
		return false;
	chart->columns = chart->style->width - used;
	if (chart->columns > MOST_COLUMNS)
		chart->columns = MOST_COLUMNS;
	chart->scale = (double)chart->columns / most;
	return true;
}

/* The bar in blocks of an eighth of a column; returns the columns that it took. */
static size_t add_blocks(const struct chart *chart, double length)
{
	const size_t units = (size_t)fmax(1, round(length * 8));
	for (size_t i = 0; i < units / 8; i++)
		str_add(chart->out, "█");
	str_add(chart->out, eighths[units % 8]);
	return units / 8 + (units % 8 > 0);
}

static size_t add_hashes(const struct chart *chart, double length)
{
	/* What was measured is seen. */
	const size_t columns = (size_t)fmax(1, round(length));
	str_add_repeat(chart->out, '#', columns);
	return columns;
}

/* No longer than the shortest chart. */
static const char *why_no_bar(const struct level_summary *level)
{
	if (level->is_stated)
		return "not stated";
	if (level->trials > 0)
		return "no result";
	return level->level->skipped ? "skipped" : "not run";
}

static void add_bar(const struct chart *chart, const struct level_summary *level)
{
	char name[FIGURE_BYTES];
	name_level(chart, level, name);
	str_add_repeat(chart->out, ' ', INDENT + chart->name_width - text_width(name));
	text_add(chart->out, chart->style, TEXT_PLAIN, name);
	str_add(chart->out, "  ");
	if (!(level->throughput_per_s.value > 0)) {
		text_add(chart->out, chart->style, TEXT_DIM, why_no_bar(level));
		str_add(chart->out, "\n");
		return;
	}
	const double length = level->throughput_per_s.value * chart->scale;
	const size_t taken =
	        chart->style->is_ascii ? add_hashes(chart, length) : add_blocks(chart, length);
	const double linear = linear_rate(level) * chart->scale;
	const size_t mark = isnan(linear) ? 0 : (size_t)lround(linear);
	cleanup_str struct str gap = {0};
	for (size_t i = taken; i + 1 < mark; i++)
		str_add(&gap, chart->style->is_ascii ? "." : "·");
	if (mark > taken)
		str_add(&gap, chart->style->is_ascii ? "|" : "│");
	chart->out->failed |= gap.failed;
	if (gap.length > 0)
		text_add(chart->out, chart->style, TEXT_DIM, str_text(&gap));
	str_add(chart->out, "\n");
}

static void add_bars(const struct summary *summary, struct document *doc)
{
	struct chart chart = {.summary = summary, .style = doc->style};
	if (!lay_out(&chart))
		return;
	char key[64];
	snprintf(key, sizeof key, doc->style->is_ascii ? "# %s, | linear" : "█ %s, │ linear",
	         level_origin(summary));
	document_section(doc, "throughput-bars", "Throughput against N", key);
	chart.out = document_drawing(doc);
	for (size_t p = 0; p < summary->policy_count; p++)
		for (size_t i = 0; i < summary->level_count; i++) {
			const struct level_summary *const level = &summary->levels[i];
			if (strcmp(level->level->policy, summary->policies[p]) == 0)
				add_bar(&chart, level);
		}
}

static void add_chart(const struct findings *findings, struct document *doc)
{
	const struct scaling *const only =
	        findings->scaling_count == 1 ? &findings->scalings[0] : NULL;
	if (only && only->curve.count > FEW_BARS) {
		const struct scaling_blocks blocks = {only, scaling_rate_unit(only), doc,
		                                      &findings->summary,
		                                      level_origin(&findings->summary)};
		curve_chart(&blocks);
	} else {
		add_bars(&findings->summary, doc);
	}
}

/* Whether nothing is known of when tasks ran. */
static bool has_no_windows(const struct summary *summary)
{
	for (size_t i = 0; i < summary->level_count; i++)
		if (summary->levels[i].trials > 0 && !summary->levels[i].has_durations_only)
			return false;
	return summary->dataset->run.imported != NULL;
}

void section_throughput(const struct findings *findings, struct document *doc)
{
	static const char *const remarks[] = {
	        "tasks: those touching the window; efficiency: against linear from the baseline",
	        "efficiency: against linear from the baseline",
	};
	document_section(doc, "throughput", "Throughput",
	                 remarks[has_no_windows(&findings->summary)]);
	add_table(&findings->summary, doc);
	add_chart(findings, doc);
}
