#include "report/plot/plot_phases.h"

#include "core/array.h"
#include "report/figures.h"
#include "report/plot/plot_levels.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Of more levels than this a plot shows the first, the last, and some between them. */
enum { LEVELS_MOST = 6, STAMPS_MOST = 240 };

static bool is_of(const struct summary *summary, size_t level, const char *policy)
{
	return strcmp(summary->levels[level].level->policy, policy) == 0;
}

/* ---- Against the baseline ------------------------------------------------------------------- */

static void add_ratio(struct plot *plot, struct plot_series *series, const char *name,
                      const struct level_summary *level, const struct phase_level *figures)
{
	const struct estimate *const e = &figures->relative;
	if (!estimate_has_value(e))
		return;
	struct plot_point *const point =
	        plot_point(plot, series, level->level->concurrency, e->value);
	if (estimate_has_interval(e) && !level->is_baseline) {
		point->low = e->low;
		point->high = e->high;
		plot_tip(plot, point, "N=%u, %s: %.3f times (%.3f to %.3f), %.4g s",
		         level->level->concurrency, name, e->value, e->low, e->high,
		         figures->seconds.mean);
	} else {
		plot_tip(plot, point, "N=%u, %s: %.3f times, %.4g s", level->level->concurrency,
		         name, e->value, figures->seconds.mean);
	}
}

static void add_ratios(const struct summary *summary, const struct phase_group *group,
                       size_t policy, unsigned hue, struct plot *plot)
{
	char name[96];
	plot_levels_name(summary, policy, group->name, name);
	const char *const policy_name = summary->policies[policy];
	struct plot_series *series = plot_series(plot, PLOT_LINE, hue, name);
	for (size_t i = 0; i < summary->level_count; i++)
		if (is_of(summary, i, policy_name))
			add_ratio(plot, series, name, &summary->levels[i], &group->levels[i]);
	series = plot_series(plot, PLOT_POINTS, hue, "");
	for (size_t i = 0; i < summary->level_count; i++)
		if (is_of(summary, i, policy_name))
			add_ratio(plot, series, name, &summary->levels[i], &group->levels[i]);
}

void plot_phase_ratios(const struct findings *findings, struct document *doc)
{
	const struct summary *const summary = &findings->summary;
	const struct phase_findings *const phases = &findings->phases;
	if (summary->level_count < 2)
		return;
	struct plot *const plot = document_plot(doc, "phases-relative",
	                                        "Time per task by class, against the baseline");
	plot_words(plot,
	           "The mean time that a task spends computing, with the datastore, and with "
	           "anything else, for every N, divided by the same at the baseline; the bars "
	           "are 95 %% intervals. Classes that grow differently have different causes.");
	for (size_t c = 0; c < phases->class_count; c++)
		for (size_t p = 0; p < summary->policy_count; p++)
			add_ratios(
			        summary, &phases->classes[c], p,
			        (unsigned)((size_t)phases->classes[c].class + p * PHASE_CLASSES) %
			                PLOT_HUES,
			        plot);
	plot_levels_axis(plot, summary);
	plot_axis(plot, &plot->y, "mean time / mean time at the baseline");
	plot_reference(plot, false, 1, "");
}

/* ---- Distributions -------------------------------------------------------------------------- */

/* Whether item `at` of `count` is one of at most `most` that are evenly among them, both ends
 * included. */
static bool is_chosen(size_t at, size_t count, size_t most)
{
	if (count <= most)
		return true;
	const double step = (double)(count - 1) / (double)(most - 1);
	const double nearest = round((double)at / step);
	return (size_t)llround(nearest * step) == at;
}

static void add_outline(const struct distribution_kind *kind, const struct distribution *d,
                        const struct figure_unit *unit, const char *name, unsigned hue,
                        struct plot *plot)
{
	struct plot_series *const series = plot_series(plot, PLOT_STEPS, hue, name);
	const double width = (kind->to - kind->from) / DISTRIBUTION_BINS * unit->factor;
	const double from = kind->from * unit->factor;
	size_t first = 0;
	size_t end = DISTRIBUTION_BINS;
	while (first + 1 < end && !(d->bins[first] > 0))
		first++;
	while (end > first + 1 && !(d->bins[end - 1] > 0))
		end--;
	plot_point(plot, series, from + (double)first * width, 0);
	for (size_t b = first; b < end; b++) {
		struct plot_point *const point =
		        plot_point(plot, series, from + (double)b * width, 100 * d->bins[b]);
		if (d->bins[b] > 0)
			plot_tip(plot, point, "%s: %.1f %% of tasks between %.4g and %.4g %s", name,
			         100 * d->bins[b], from + (double)b * width,
			         from + (double)(b + 1) * width, unit->name);
	}
	plot_point(plot, series, from + (double)end * width, 0);
}

void plot_phase_distribution(const struct findings *findings, const struct phase_group *class,
                             struct document *doc)
{
	const struct summary *const summary = &findings->summary;
	const struct distribution_kind *const kind = &class->distribution;
	size_t count = 0;
	for (size_t i = 0; i < summary->level_count; i++)
		count += kind->levels[i].tasks > 0;
	if (count == 0 || !(kind->to > kind->from))
		return;
	char id[64];
	char title[64];
	snprintf(id, sizeof id, "phases-%s", class->name);
	snprintf(title, sizeof title, "Time per task, %s", class->name);
	struct plot *const plot = document_plot(doc, id, title);
	const struct figure_unit unit = figure_unit_of_time(kind->to);
	unsigned hue = 0;
	for (size_t i = 0, at = 0; i < summary->level_count; i++) {
		char name[64];
		const struct distribution *const d = &kind->levels[i];
		if (d->tasks > 0 && is_chosen(at++, count, LEVELS_MOST))
			add_outline(kind, d, &unit, summary_level_name(summary, i, name), hue++,
			            plot);
	}
	char label[96];
	snprintf(label, sizeof label, "time per task, %s (%s)", class->name, unit.name);
	plot_axis(plot, &plot->x, label);
	plot_axis(plot, &plot->y, "share of the tasks (%)");
	plot->y.from = 0;
	plot_words(plot,
	           "Histograms of the time that a task spends on phases of the class %s, one for "
	           "each N%s.",
	           class->name, count > LEVELS_MOST ? " of some" : "");
}

/* ---- Time stamps ---------------------------------------------------------------------------- */

static void add_line(const struct phase_line *line, const struct figure_unit *unit,
                     const char *name, unsigned hue, struct plot *plot)
{
	struct plot_series *series = plot_series(plot, PLOT_LINE, hue, name);
	plot_point(plot, series, 0, 0);
	for (size_t i = 0; i < line->count; i++)
		if (is_chosen(i, line->count, STAMPS_MOST))
			plot_point(plot, series, line->stamps[i].at_s * unit->factor,
			           (double)(i + 1));
	plot_tip(plot, plot_point(plot, series, line->end_s * unit->factor, (double)line->count),
	         "%s, %.4g %s: the task ended", name, line->end_s * unit->factor, unit->name);
	series = plot_series(plot, PLOT_POINTS, hue, "");
	for (size_t i = 0; i < line->count; i++) {
		const struct phase_stamp *const stamp = &line->stamps[i];
		if (stamp->class != PHASE_DATASTORE || !is_chosen(i, line->count, STAMPS_MOST))
			continue;
		struct plot_point *const point =
		        plot_point(plot, series, stamp->at_s * unit->factor, (double)(i + 1));
		plot_tip(plot, point, "%s, %.4g %s, stamp %zu: %s", name,
		         stamp->at_s * unit->factor, unit->name, i + 1, stamp->name);
	}
}

void plot_phase_lines(const struct findings *findings, struct document *doc)
{
	const struct phase_findings *const phases = &findings->phases;
	double most_s = 0;
	for (size_t i = 0; i < phases->line_count; i++)
		most_s = fmax(most_s, phases->lines[i].end_s);
	if (!(most_s > 0))
		return;
	const struct figure_unit unit = figure_unit_of_time(most_s);
	struct plot *const plot =
	        document_plot(doc, "phases-stamps", "Time stamps of one task at every N");
	unsigned hue = 0;
	for (size_t i = 0; i < phases->line_count; i++) {
		char name[64];
		const struct phase_line *const line = &phases->lines[i];
		if (is_chosen(i, phases->line_count, LEVELS_MOST))
			add_line(line, &unit,
			         summary_level_name(&findings->summary, line->level, name), hue++,
			         plot);
	}
	char label[64];
	snprintf(label, sizeof label, "time since the task began (%s)", unit.name);
	plot_axis(plot, &plot->x, label);
	plot_axis(plot, &plot->y, "number of the time stamp");
	plot->x.from = 0;
	plot_words(
	        plot,
	        "A line for each N: the time stamps in the log of one task, the one of median wall "
	        "time, one above the other; the marks are those of the datastore. Where lines of "
	        "different N part, the time was lost.");
}
