#include "report/plot/plot_overview.h"

#include "core/number.h"
#include "report/figures.h"
#include "report/level_rows.h"
#include "report/plot/plot_levels.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { CURVE_STEPS = 60, HUE_FIT = 1, HUE_PLATEAU = 2, HUE_LINEAR = 6 };

/* The estimate at this offset of a level. */
static const struct estimate *estimate_of(const struct summary *summary, size_t level,
                                          size_t offset)
{
	return (const struct estimate *)(const void *)((const char *)&summary->levels[level] +
	                                               offset);
}

/* The top of an axis for estimates: it has room for their intervals, but one that is many times as
 * long as its value is cut at the border. 0: none has a value. */
static double top_of(const struct summary *summary, size_t offset)
{
	double most = 0;
	double top = 0;
	for (size_t i = 0; i < summary->level_count; i++)
		most = fmax(most, estimate_of(summary, i, offset)->value);
	for (size_t i = 0; i < summary->level_count; i++) {
		const struct estimate *const e = estimate_of(summary, i, offset);
		if (estimate_has_value(e))
			top = fmax(top, estimate_has_interval(e) ? e->high : e->value);
	}
	return fmin(top, 1.5 * most);
}

/* The hue of a policy's points; the only policy has the first. */
static unsigned hue_of(const struct summary *summary, size_t policy)
{
	return summary->policy_count > 1 ? (unsigned)policy % HUE_LINEAR : 0;
}

/* Points with intervals at every level of one policy. */
static void add_estimates(struct plot *plot, const struct summary *summary, size_t policy,
                          size_t offset, double factor, const char *unit, const char *name)
{
	/* Points of several policies stand side by side, so that none hides another's interval. */
	const double apart = 0.3 * plot_levels_width(plot, summary, summary->policy_count);
	char text[96];
	struct plot_series *const series =
	        plot_series(plot, PLOT_POINTS, hue_of(summary, policy),
	                    plot_levels_name(summary, policy, name, text));
	for (size_t i = 0; i < summary->level_count; i++) {
		const struct level_summary *const level = &summary->levels[i];
		const struct estimate *const e = estimate_of(summary, i, offset);
		if (plot_levels_policy(summary, i) != policy || !estimate_has_value(e))
			continue;
		struct plot_point *const point =
		        plot_point(plot, series,
		                   plot_levels_place(plot, level->level->concurrency, apart, policy,
		                                     summary->policy_count),
		                   e->value * factor);
		const int decimals = figure_estimate_decimals(e, factor, 3, 4);
		if (level->is_baseline && offset == offsetof(struct level_summary, efficiency)) {
			plot_tip(plot, point, "N=%u: 1, the baseline", level->level->concurrency);
			continue;
		}
		if (!estimate_has_interval(e)) {
			plot_tip(plot, point, "N=%u: %.*f%s (%zu %s, no interval)",
			         level->level->concurrency, decimals, e->value * factor, unit, e->n,
			         number_noun(e->n, "trial", "trials"));
			continue;
		}
		point->low = e->low * factor;
		point->high = e->high * factor;
		plot_tip(plot, point, "N=%u: %.*f%s (95 %%: %.*f to %.*f, %zu %s)",
		         level->level->concurrency, decimals, e->value * factor, unit, decimals,
		         point->low, decimals, point->high, e->n,
		         number_noun(e->n, "trial", "trials"));
	}
}

/* A curve over the concurrencies of a scaling, in steps that are even on the axis. */
static void add_curve(struct plot *plot, struct plot_series *series, const struct scaling *scaling,
                      double (*at)(const struct scaling *scaling, double n), double factor)
{
	const struct curve *const curve = &scaling->curve;
	const double from = curve->points[0].concurrency;
	const double to = curve->points[curve->count - 1].concurrency;
	for (int i = 0; i <= CURVE_STEPS; i++) {
		const double share = (double)i / CURVE_STEPS;
		const double n =
		        plot->x.is_log ? from * pow(to / from, share) : from + share * (to - from);
		plot_point(plot, series, n, at(scaling, n) * factor);
	}
}

static double fit_of(const struct scaling *scaling, double n)
{
	return fit_at(&scaling->fits[scaling->chosen], n);
}

static double linear_of(const struct scaling *scaling, double n)
{
	const struct curve_point *const base = &scaling->curve.points[scaling->curve.baseline];
	return base->throughput_per_s / base->concurrency * n;
}

static const char *const fit_names[FIT_MODELS] = {
        [FIT_LINEAR] = "linear fit", [FIT_AMDAHL] = "Amdahl fit", [FIT_USL] = "USL fit"};

static void add_plateau(struct plot *plot, const struct scaling *scaling)
{
	const struct plateau *const p = &scaling->plateau;
	if (p->is_identified && p->high > p->low) {
		struct plot_series *const band =
		        plot_series(plot, PLOT_BAND, HUE_PLATEAU, "plateau begins (95 %)");
		const double ends[] = {p->low, p->high};
		for (size_t i = 0; i < 2; i++) {
			struct plot_point *const point =
			        plot_point(plot, band, ends[i], plot->y.to);
			point->low = plot->y.from;
			point->high = plot->y.to;
		}
	}
	const bool is_both = p->is_identified && p->concurrency == p->recommended;
	char label[64];
	if (p->is_identified && !is_both) {
		snprintf(label, sizeof label, "plateau: %.0f", p->concurrency);
		plot_reference(plot, true, p->concurrency, label);
	}
	if (p->recommended > 0) {
		snprintf(label, sizeof label, "%srecommended: %u", is_both ? "plateau, " : "",
		         p->recommended);
		plot_reference(plot, true, p->recommended, label);
	}
}

static void describe_throughput(struct plot *plot, const struct findings *findings)
{
	const struct plateau *const p =
	        findings->scaling_count > 0 ? &findings->scalings[0].plateau : NULL;
	const bool is_stated = strcmp(level_origin(&findings->summary), "stated") == 0;
	const char *const what =
	        is_stated ? "Points: by the figures that their source states, with their errors. "
	                    "Dotted: "
	                    "linear from the baseline."
	                  : "Points: the mean over trials, with its 95 % interval. Dotted: "
	                    "linear from the baseline.";
	if (p && p->is_identified)
		plot_words(plot, "%s The plateau begins at N=%.0f.", what, p->concurrency);
	else
		plot_words(plot, "%s", what);
}

void plot_throughput(const struct findings *findings, struct document *doc)
{
	const struct summary *const summary = &findings->summary;
	const struct figure_unit unit = level_rate_unit(summary);
	const double most =
	        top_of(summary, offsetof(struct level_summary, throughput_per_s)) * unit.factor;
	char text[96];
	if (!(most > 0))
		return;
	struct plot *const plot = document_plot(doc, "throughput", "Throughput against N");
	describe_throughput(plot, findings);
	plot_levels_axis(plot, summary);
	snprintf(text, sizeof text, "tasks%s", unit.name);
	plot_axis(plot, &plot->y, text);
	plot->y.from = 0;
	plot->y.to = most * 1.1;
	for (size_t p = 0; p < findings->scaling_count; p++) {
		const struct scaling *const s = &findings->scalings[p];
		if (s->curve.count == 0)
			continue;
		/* Linear scaling is in sight, but does not press the points flat. */
		const double n = s->curve.points[s->curve.count - 1].concurrency;
		const double linear = linear_of(s, n) * unit.factor;
		plot->y.to = fmax(plot->y.to, fmin(linear * 1.05, most * 2.2));
	}
	for (size_t p = 0; p < findings->scaling_count; p++) {
		const struct scaling *const s = &findings->scalings[p];
		const bool is_only = findings->scaling_count == 1;
		if (s->curve.count < 2)
			continue;
		/* One is enough to compare all policies with. */
		if (p == 0)
			add_curve(plot,
			          plot_series(plot, PLOT_DOTTED, HUE_LINEAR,
			                      plot_levels_name(summary, p, "linear", text)),
			          s, linear_of, unit.factor);
		if (s->chosen < 0)
			continue;
		add_curve(plot,
		          plot_series(plot, PLOT_LINE, is_only ? HUE_FIT : hue_of(summary, p),
		                      plot_levels_name(summary, p, fit_names[s->chosen], text)),
		          s, fit_of, unit.factor);
	}
	if (findings->scaling_count == 1)
		add_plateau(plot, &findings->scalings[0]);
	snprintf(text, sizeof text, " tasks%s", unit.name);
	for (size_t p = 0; p < summary->policy_count; p++)
		add_estimates(plot, summary, p, offsetof(struct level_summary, throughput_per_s),
		              unit.factor, text, level_origin(summary));
}

void plot_efficiency(const struct findings *findings, struct document *doc)
{
	const struct summary *const summary = &findings->summary;
	const double most = fmax(top_of(summary, offsetof(struct level_summary, efficiency)), 1);
	size_t count = 0;
	for (size_t i = 0; i < summary->level_count; i++)
		count += estimate_has_value(&summary->levels[i].efficiency);
	if (count < 2)
		return;
	struct plot *const plot = document_plot(doc, "efficiency", "Efficiency against N");
	plot_words(plot,
	           "Throughput as a share of linear scaling from the baseline, with %s. Dashed: "
	           "linear.",
	           strcmp(level_interval_head(summary), "read within") == 0
	                   ? "what the readings leave open"
	                   : "its 95 % interval");
	plot_levels_axis(plot, summary);
	plot_axis(plot, &plot->y, "share of linear throughput");
	plot->y.from = 0;
	plot->y.to = most * 1.1;
	/* Points lie on and about this line: a name beside it would lie under them. */
	plot_reference(plot, false, 1, "");
	for (size_t p = 0; p < summary->policy_count; p++)
		add_estimates(plot, summary, p, offsetof(struct level_summary, efficiency), 1, "",
		              summary->policy_count > 1 ? level_origin(summary) : "");
}

/* Boxes of one kind of figure at every level; returns how many. factor: from the figure's unit to
 * that of the axis, which is called `unit`. */
static size_t add_boxes(struct plot *plot, const struct findings *findings, enum figure_kind kind,
                        double factor, const char *unit)
{
	const struct summary *const summary = &findings->summary;
	const double width = plot_levels_width(plot, summary, summary->policy_count);
	size_t count = 0;
	for (size_t p = 0; p < summary->policy_count; p++) {
		char name[96];
		struct plot_series *const series = plot_series(
		        plot, PLOT_BOXES, hue_of(summary, p),
		        summary->policy_count > 1 ? plot_levels_name(summary, p, "tasks", name)
		                                  : "");
		series->width = summary->policy_count > 1 ? width * 0.9 : width;
		for (size_t i = 0; i < summary->level_count; i++) {
			const struct distribution *const d =
			        &findings->distributions.kinds[kind].levels[i];
			const uint32_t n = summary->levels[i].level->concurrency;
			if (plot_levels_policy(summary, i) != p || d->tasks == 0 ||
			    !isfinite(d->median))
				continue;
			struct plot_point *const point = plot_point(
			        plot, series,
			        plot_levels_place(plot, n, width, p, summary->policy_count),
			        d->median * factor);
			point->low = d->p5 * factor;
			point->q1 = d->q1 * factor;
			point->q3 = d->q3 * factor;
			point->high = d->p95 * factor;
			plot_tip(plot, point,
			         "N=%u: median %.4g %s, middle half %.4g to %.4g, 5 to 95 %%: %.4g "
			         "to %.4g, longest tail %.4g, %zu %s",
			         n, point->y, unit, point->q1, point->q3, point->low, point->high,
			         d->most * factor, d->tasks,
			         number_noun(d->tasks, "task", "tasks"));
			count++;
		}
	}
	return count;
}

static double largest_median(const struct findings *findings, enum figure_kind kind)
{
	const struct distribution_kind *const k = &findings->distributions.kinds[kind];
	double most = 0;
	for (size_t i = 0; k->levels && i < findings->summary.level_count; i++)
		if (k->levels[i].tasks > 0 && k->levels[i].median > most)
			most = k->levels[i].median;
	return most;
}

void plot_wall(const struct findings *findings, struct document *doc)
{
	const double typical = largest_median(findings, FIGURE_WALL_S);
	const struct figure_unit unit = figure_unit_of_time(typical);
	char label[64];
	if (!(typical > 0))
		return;
	struct plot *const plot = document_plot(doc, "wall", "Wall time of a task against N");
	plot_words(plot, "Boxes: the middle half of the tasks and their median; whiskers: 5 to 95 "
	                 "%% of them.");
	plot_levels_axis(plot, &findings->summary);
	snprintf(label, sizeof label, "wall time (%s)", unit.name);
	plot_axis(plot, &plot->y, label);
	plot->y.from = 0;
	add_boxes(plot, findings, FIGURE_WALL_S, unit.factor, unit.name);
}

static double fact(const struct findings *findings, const char *name)
{
	return fmax((double)host_facts_count(&findings->dataset->host, name), 0);
}

/* What there is for each of n tasks, beside what they take. */
void plot_memory(const struct findings *findings, struct document *doc)
{
	const struct summary *const summary = &findings->summary;
	const double process = largest_median(findings, FIGURE_MAX_RSS_BYTES);
	const double tree = largest_median(findings, FIGURE_PEAK_PSS_BYTES);
	const bool is_tree = tree > process;
	const double typical = is_tree ? tree : process;
	const char *const what = is_tree ? "peak PSS of the tree: the most that all processes of a "
	                                   "task together were seen to hold, of the tasks that "
	                                   "were sampled"
	                                 : "max RSS: the largest process of a task";
	const double memory = fact(findings, "memory_total_bytes");
	const double cores = fact(findings, "cores_allowed");
	const struct figure_unit unit =
	        figure_unit_of_size(fmax(typical, memory > 0 && cores > 0 ? memory / cores : 0));
	char label[64];
	if (!(typical > 0))
		return;
	struct plot *const plot = document_plot(doc, "memory", "Memory of a task against N");
	plot_levels_axis(plot, summary);
	snprintf(label, sizeof label, "memory (%s)", unit.name);
	plot_axis(plot, &plot->y, label);
	plot->y.is_log = true;
	add_boxes(plot, findings, is_tree ? FIGURE_PEAK_PSS_BYTES : FIGURE_MAX_RSS_BYTES,
	          unit.factor, unit.name);
	if (!(memory > 0)) {
		plot_words(plot, "Boxes: %s. How much the node has is not known.", what);
		return;
	}
	plot_words(plot,
	           "Boxes: %s. Dotted: the node's memory divided by N. Where they meet, it is "
	           "full.",
	           what);
	struct plot_series *const share =
	        plot_series(plot, PLOT_DOTTED, HUE_LINEAR, "there for each of N");
	const double from = summary->levels[0].level->concurrency;
	const double to = summary->levels[summary->level_count - 1].level->concurrency;
	for (int i = 0; i <= CURVE_STEPS; i++) {
		const double n = from * pow(to / from, (double)i / CURVE_STEPS);
		plot_point(plot, share, n, memory / n * unit.factor);
	}
	if (cores > 0)
		plot_reference(plot, false, memory / cores * unit.factor, "memory per core");
}
