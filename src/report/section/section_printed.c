/* The numbers that tasks print themselves, at every level: how they are distributed, their mean,
 * and what all tasks of a level do together. */
#include "report/figures.h"
#include "report/level_rows.h"
#include "report/plot/plot_estimates.h"
#include "report/plot/plot_levels.h"
#include "report/section/section.h"

#include "core/array.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Of means: significant digits at least, and decimals at most. */
enum { DIGITS = 3, DECIMALS = 4 };

/* A figure in the unit in which it is shown. */
struct shown {
	const struct findings *findings;
	const struct printed_figure *figure;
	double factor;
	double total_factor;
	char unit[16]; /* "GB/s"; "" where it has none */
	char total_unit[16];
	int decimals;
	bool has_missing; /* some task lacks it */
};

/* ---- Units -------------------------------------------------------------------------------- */

static void choose_prefix(const struct printed_unit *unit, double largest, double *ret_factor,
                          char text[16])
{
	static const struct {
		const char *prefix;
		double factor;
	} prefixes[] = {{"T", 1e-12}, {"G", 1e-9}, {"M", 1e-6}, {"k", 1e-3}, {"", 1}};
	/* A bare number is not shortened before it is long. */
	const double least = unit->symbol[0] ? 1 : 10;
	size_t i = 0;
	while (i + 1 < ARRAY_LENGTH(prefixes) && !(largest * prefixes[i].factor >= least))
		i++;
	if (strcmp(unit->symbol, "s") == 0 && largest > 0) {
		const struct figure_unit time = figure_unit_of_time(largest);
		*ret_factor = time.factor;
		snprintf(text, 16, "%s", time.name);
		return;
	}
	if (!unit->has_prefixes || (!unit->symbol[0] && largest < 1e5))
		i = ARRAY_LENGTH(prefixes) - 1;
	*ret_factor = prefixes[i].factor;
	snprintf(text, 16, "%s%s", prefixes[i].prefix, unit->symbol);
}

static int most_of(int a, int b)
{
	return a > b ? a : b;
}

/* Tasks are shown to as many decimals as the mean that is known best: where that is to a
 * ten-thousandth, what tells them apart is there, too. */
static struct shown show_as(const struct findings *findings, const struct printed_figure *figure)
{
	struct shown shown = {.findings = findings, .figure = figure};
	double largest = 0;
	double largest_total = 0;
	for (size_t i = 0; i < findings->summary.level_count; i++) {
		const struct printed_level *const level = &figure->levels[i];
		if (level->tasks > 0)
			largest = fmax(largest, fabs(level->mean.value));
		if (estimate_has_value(&level->total))
			largest_total = fmax(largest_total, fabs(level->total.value));
		shown.has_missing |= level->without > 0;
	}
	choose_prefix(figure->unit, largest, &shown.factor, shown.unit);
	choose_prefix(figure->unit, largest_total, &shown.total_factor, shown.total_unit);
	shown.decimals = figure_decimals(largest * shown.factor);
	for (size_t i = 0; i < findings->summary.level_count; i++)
		shown.decimals = most_of(shown.decimals,
		                         figure_estimate_decimals(&figure->levels[i].mean,
		                                                  shown.factor, DIGITS, DECIMALS));
	return shown;
}

/* ---- The table ---------------------------------------------------------------------------- */

static void fill_row(const struct level_row *row, const void *units)
{
	const struct shown *const shown = units;
	const struct printed_level *const level = &shown->figure->levels[row->index];
	if (shown->has_missing)
		table_cell(row->table, level->without ? TEXT_WARN : TEXT_PLAIN, "%zu of %zu",
		           level->tasks, level->tasks + level->without);
	else
		table_cell(row->table, TEXT_PLAIN, "%zu", level->tasks);
	level_estimate(row, &level->mean, shown->factor, DIGITS, DECIMALS);
	level_figure(row, level->p5 * shown->factor, shown->decimals);
	level_figure(row, level->median * shown->factor, shown->decimals);
	level_figure(row, level->p95 * shown->factor, shown->decimals);
	if (shown->figure->unit->is_rate)
		level_estimate(row, &level->total, shown->total_factor, DIGITS, DECIMALS);
}

static void add_table(const struct shown *shown, struct document *doc)
{
	const char *const unit = shown->unit[0] ? shown->unit : NULL;
	const struct table_column columns[] = {
	        level_columns[0],
	        level_columns[1],
	        {"tasks", NULL, TABLE_RIGHT, 2},
	        {"mean", unit, TABLE_POINT, 1},
	        {"95 %", "interval", TABLE_RIGHT, 1},
	        {"p5", unit, TABLE_POINT, 3},
	        {"median", unit, TABLE_POINT, 3},
	        {"p95", unit, TABLE_POINT, 3},
	        {"N x mean", shown->total_unit, TABLE_POINT, 1},
	        {"95 %", "interval", TABLE_RIGHT, 1},
	};
	const size_t count = ARRAY_LENGTH(columns) - (shown->figure->unit->is_rate ? 0 : 2);
	struct table *const table = document_table(doc, shown->figure->name, columns, count);
	level_rows(&shown->findings->summary, doc, table, shown, fill_row);
}

/* ---- The plots ---------------------------------------------------------------------------- */

static const struct estimate *mean_of(const void *context, size_t level)
{
	const struct shown *const shown = context;
	return &shown->figure->levels[level].mean;
}

static const struct estimate *total_of(const void *context, size_t level)
{
	const struct shown *const shown = context;
	return &shown->figure->levels[level].total;
}

/* A plot's id is of small letters, digits and dashes: two names may look the same then, and the
 * figure's number tells them apart. */
static void make_id(const struct shown *shown, const char *suffix, char id[96])
{
	const size_t number = (size_t)(shown->figure - shown->findings->printed.items);
	char name[64];
	size_t length = 0;
	for (const char *p = shown->figure->name; *p && length + 1 < sizeof name; p++)
		name[length++] =
		        (char)(isalnum((unsigned char)*p) ? tolower((unsigned char)*p) : '-');
	name[length] = '\0';
	snprintf(id, 96, "figure-%zu-%s%s", number + 1, name, suffix);
}

/* A name that has room along the y axis; else what it is, in general. */
static void label_axis(struct plot *plot, const struct shown *shown, const char *before,
                       const char *unit)
{
	enum { MOST_LETTERS = 26 };
	char label[128];
	const bool has_room = strlen(shown->figure->name) <= MOST_LETTERS;
	snprintf(label, sizeof label, unit[0] ? "%s%s (%s)" : "%s%s", before,
	         has_room ? shown->figure->name : "mean of a task", unit);
	plot_axis(plot, &plot->y, label);
}

static void add_means(const struct shown *shown, struct document *doc)
{
	const struct summary *const summary = &shown->findings->summary;
	char id[96];
	char text[128];
	make_id(shown, "", id);
	snprintf(text, sizeof text, "%s of a task against N", shown->figure->name);
	struct plot *const plot = document_plot(doc, id, text);
	char unit[24];
	snprintf(unit, sizeof unit, "%s%s", shown->unit[0] ? " " : "", shown->unit);
	const struct plot_estimates estimates = {summary, mean_of, shown, shown->factor, unit};
	plot_levels_axis(plot, summary);
	for (size_t p = 0; p < summary->policy_count; p++)
		plot_estimates_add(plot, &estimates, p, (unsigned)p % PLOT_HUES, "mean of a task");
	label_axis(plot, shown, "", shown->unit);
	plot_estimates_frame(plot, false);
	plot_words(plot,
	           "The mean of %s as the tasks print it, for every N, with 95 %% intervals over "
	           "trials.",
	           shown->figure->name);
}

/* From 0 through the first level that has one, as if every further task added as much. */
static void add_linear(struct plot *plot, const struct shown *shown)
{
	const struct summary *const summary = &shown->findings->summary;
	const uint32_t most = summary->levels[summary->level_count - 1].level->concurrency;
	for (size_t i = 0; i < summary->level_count; i++) {
		const struct estimate *const e = &shown->figure->levels[i].total;
		const uint32_t n = summary->levels[i].level->concurrency;
		if (!estimate_has_value(e) || n == most)
			continue;
		const double each = e->value / n * shown->total_factor;
		char name[64];
		snprintf(name, sizeof name, "linear from N=%u", n);
		struct plot_series *const line = plot_series(plot, PLOT_DOTTED, 6, name);
		for (size_t k = i; k < summary->level_count; k++) {
			const uint32_t at = summary->levels[k].level->concurrency;
			plot_point(plot, line, at, each * at);
		}
		return;
	}
}

static void add_totals(const struct shown *shown, struct document *doc)
{
	const struct summary *const summary = &shown->findings->summary;
	char id[96];
	char text[128];
	make_id(shown, "-total", id);
	snprintf(text, sizeof text, "%s of all tasks together", shown->figure->name);
	struct plot *const plot = document_plot(doc, id, text);
	char unit[24];
	snprintf(unit, sizeof unit, " %s", shown->total_unit);
	const struct plot_estimates estimates = {summary, total_of, shown, shown->total_factor,
	                                         unit};
	plot_levels_axis(plot, summary);
	add_linear(plot, shown);
	for (size_t p = 0; p < summary->policy_count; p++)
		plot_estimates_add(plot, &estimates, p, (unsigned)p % PLOT_HUES,
		                   "N times the mean");
	label_axis(plot, shown, "N x ", shown->total_unit);
	plot_estimates_frame(plot, true);
	plot_words(plot,
	           "N times the mean of %s, which is what the tasks do together, with 95 %% "
	           "intervals; dotted, what it would be if every further task added as much as "
	           "the first ones.",
	           shown->figure->name);
}

void section_printed(const struct findings *findings, struct document *doc)
{
	const struct printed_findings *const printed = &findings->printed;
	if (printed->count == 0)
		return;
	document_section(doc, "printed", "Printed by the tasks",
	                 "mean: over trials; p5, median, p95: of the tasks");
	for (size_t f = 0; f < printed->count; f++) {
		const struct shown shown = show_as(findings, &printed->items[f]);
		add_table(&shown, doc);
		add_means(&shown, doc);
		if (shown.figure->unit->is_rate)
			add_totals(&shown, doc);
	}
}
