/* Plots with all sides on each: points of every run, and the ratio to the base with its interval as
 * a band. */
#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "report/compare/compare_drawing.h"
#include "report/compare/compare_parts.h"
#include "report/measure_text.h"
#include "report/plot/plot_causes.h"
#include "report/plot/plot_estimates.h"
#include "report/plot/plot_levels.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Runs of one side that are drawn; hues of sides. */
enum { CURVE_STEPS = 60, MOST_RUNS = 8, HUE_LINEAR = 6, HUES = 6 };

static void drawing_release(struct drawing *d)
{
	free(d->sides);
	free(d->levels);
}

static int compare_levels(const void *a, const void *b)
{
	const double *const x = a;
	const double *const y = b;
	return (*x > *y) - (*x < *y);
}

static size_t runs_of(const struct side *side)
{
	return side->count < MOST_RUNS ? side->count : MOST_RUNS;
}

/* Collects the levels of all runs; returns false when memory has run out. */
static bool collect(struct drawing *d)
{
	struct error err;
	size_t capacity = 0;
	d->sides = calloc(d->count + 1, sizeof(const struct side *));
	if (!d->sides)
		return false;
	d->sides[d->side_count++] = &d->comparisons[0].base;
	for (size_t i = 0; i < d->count; i++)
		d->sides[d->side_count++] = &d->comparisons[i].new;
	for (size_t s = 0; s < d->side_count; s++)
		for (size_t r = 0; r < runs_of(d->sides[s]); r++) {
			const struct summary *const summary = &d->sides[s]->runs[r]->summary;
			if (summary->policy_count > d->policies)
				d->policies = summary->policy_count;
			if (array_reserve(&d->levels, &capacity,
			                  d->level_count + summary->level_count, sizeof *d->levels,
			                  &err) < 0)
				return false;
			for (size_t i = 0; i < summary->level_count; i++)
				d->levels[d->level_count++] = summary->levels[i].level->concurrency;
		}
	if (d->level_count > 0)
		qsort(d->levels, d->level_count, sizeof *d->levels, compare_levels);
	return true;
}

unsigned drawing_hue(const struct drawing *d, size_t side, size_t policy)
{
	return (unsigned)((side * d->policies + policy) % HUES);
}

const char *drawing_name(const struct side *side, const struct summary *summary, size_t policy,
                         char text[96])
{
	if (summary->policy_count > 1)
		snprintf(text, 96, "%.48s (%.40s)", side->name, summary->policies[policy]);
	else
		snprintf(text, 96, "%.90s", side->name);
	return text;
}

/* ---- Points of all sides --------------------------------------------------------------------- */

typedef const struct estimate *estimate_getter(const struct level_summary *level);

static const struct estimate *get_throughput(const struct level_summary *level)
{
	return &level->throughput_per_s;
}

static const struct estimate *get_efficiency(const struct level_summary *level)
{
	return &level->efficiency;
}

static const struct estimate *get_frequency(const struct level_summary *level)
{
	return &level->frequency_hz;
}

/* What is drawn, in which unit. */
struct points {
	estimate_getter *get;
	struct measure_scale scale;
	bool is_in_place; /* at their N, since lines go through them; else side by side */
};

/* How large or small it gets, for the unit and the axis; NAN: no level has it. */
static double extreme(const struct drawing *d, estimate_getter *get, bool is_least)
{
	double found = NAN;
	for (size_t s = 0; s < d->side_count; s++)
		for (size_t r = 0; r < runs_of(d->sides[s]); r++) {
			const struct summary *const summary = &d->sides[s]->runs[r]->summary;
			for (size_t i = 0; i < summary->level_count; i++) {
				const double value = get(&summary->levels[i])->value;
				found = is_least ? fmin(found, value) : fmax(found, value);
			}
		}
	return found;
}

static void add_point(struct plot *plot, struct plot_series *series, const struct points *points,
                      const struct level_summary *level, double x, const char *name)
{
	const struct estimate *const e = points->get(level);
	const double factor = points->scale.factor;
	const int decimals = figure_estimate_decimals(e, factor, 3, 4);
	const char *const unit = points->scale.unit;
	struct plot_point *const point = plot_point(plot, series, x, e->value * factor);
	if (estimate_has_interval(e)) {
		point->low = e->low * factor;
		point->high = e->high * factor;
		plot_tip(plot, point, "%s, N=%u: %.*f%s%s (95 %%: %.*f to %.*f, n=%zu)", name,
		         level->level->concurrency, decimals, e->value * factor, unit[0] ? " " : "",
		         unit, decimals, point->low, decimals, point->high, e->n);
	} else {
		plot_tip(plot, point, "%s, N=%u: %.*f%s%s", name, level->level->concurrency,
		         decimals, e->value * factor, unit[0] ? " " : "", unit);
	}
}

/* Points of one side under one policy, those of all its runs as one series. */
static void add_side(const struct drawing *d, struct plot *plot, const struct points *points,
                     size_t side, size_t policy)
{
	const struct summary *const first = &d->sides[side]->runs[0]->summary;
	const size_t beside = d->side_count * d->policies;
	const double width =
	        points->is_in_place
	                ? 0
	                : 0.4 * plot_concurrency_width(plot, d->levels, d->level_count, beside);
	char name[96];
	drawing_name(d->sides[side], first, policy, name);
	struct plot_series *const series =
	        plot_series(plot, PLOT_POINTS, drawing_hue(d, side, policy), name);
	for (size_t r = 0; r < runs_of(d->sides[side]); r++) {
		const struct summary *const summary = &d->sides[side]->runs[r]->summary;
		for (size_t i = 0; i < summary->level_count; i++) {
			const struct level_summary *const level = &summary->levels[i];
			if (policy >= summary->policy_count ||
			    plot_levels_policy(summary, i) != policy ||
			    !estimate_has_value(points->get(level)))
				continue;
			add_point(plot, series, points, level,
			          plot_levels_place(plot, level->level->concurrency, width,
			                            side * d->policies + policy, beside),
			          name);
		}
	}
}

static void add_points(const struct drawing *d, struct plot *plot, const struct points *points)
{
	for (size_t s = 0; s < d->side_count; s++)
		for (size_t p = 0;
		     d->sides[s]->count > 0 && p < d->sides[s]->runs[0]->summary.policy_count; p++)
			add_side(d, plot, points, s, p);
}

/* ---- Throughput ------------------------------------------------------------------------------ */

static double fit_of(const struct scaling *scaling, double n)
{
	return fit_at(&scaling->fits[scaling->chosen], n);
}

static double linear_of(const struct scaling *scaling, double n)
{
	const struct curve_point *const base = &scaling->curve.points[scaling->curve.baseline];
	return base->throughput_per_s / base->concurrency * n;
}

static void add_curve(struct plot *plot, struct plot_series *series, const struct scaling *scaling,
                      double (*at)(const struct scaling *scaling, double n), double factor)
{
	const double from = scaling->curve.points[0].concurrency;
	const double to = scaling->curve.points[scaling->curve.count - 1].concurrency;
	for (int i = 0; i <= CURVE_STEPS; i++) {
		const double share = (double)i / CURVE_STEPS;
		const double n =
		        plot->x.is_log ? from * pow(to / from, share) : from + share * (to - from);
		plot_point(plot, series, n, at(scaling, n) * factor);
	}
}

/* The chosen fit of the first run of every side, and linear scaling of the base. */
static void add_fits(const struct drawing *d, struct plot *plot, double factor)
{
	for (size_t s = 0; s < d->side_count; s++) {
		const struct findings *const run =
		        d->sides[s]->count > 0 ? d->sides[s]->runs[0] : NULL;
		for (size_t p = 0; run && p < run->scaling_count; p++) {
			const struct scaling *const scaling = &run->scalings[p];
			if (scaling->curve.count < 2)
				continue;
			if (s == 0 && p == 0) {
				char name[96];
				snprintf(name, sizeof name, "linear, %.60s", d->sides[s]->name);
				add_curve(plot, plot_series(plot, PLOT_DOTTED, HUE_LINEAR, name),
				          scaling, linear_of, factor);
			}
			if (scaling->chosen >= 0)
				add_curve(plot,
				          plot_series(plot, PLOT_LINE, drawing_hue(d, s, p), ""),
				          scaling, fit_of, factor);
		}
	}
}

static void plot_throughputs(const struct drawing *d)
{
	const double least = extreme(d, get_throughput, true);
	const double most = extreme(d, get_throughput, false);
	char label[64];
	if (!(most > 0))
		return;
	const struct points points = {
	        .get = get_throughput,
	        .scale = measure_scale_of(MEASURE_THROUGHPUT, NULL, least > 0 ? least : most,
	                                  d->doc->style),
	        .is_in_place = true,
	};
	struct plot *const plot = document_plot(d->doc, "throughput", "Throughput against N");
	plot_words(plot, "Points: the mean over trials, with its interval. Lines: the fit of "
	                 "each node, where one is adequate. Dotted: linear from the baseline of "
	                 "the base.");
	plot_concurrency_axis(plot, d->levels, d->level_count);
	snprintf(label, sizeof label, "%s", points.scale.unit);
	plot_axis(plot, &plot->y, label);
	plot->y.from = 0;
	plot->y.to = most * points.scale.factor * 1.15;
	add_fits(d, plot, points.scale.factor);
	add_points(d, plot, &points);
}

/* ---- Efficiency and frequency ---------------------------------------------------------------- */

static void plot_efficiencies(const struct drawing *d)
{
	const struct points points = {.get = get_efficiency, .scale = {1, ""}};
	const double most = extreme(d, get_efficiency, false);
	if (!(most > 0))
		return;
	struct plot *const plot = document_plot(d->doc, "efficiency", "Efficiency against N");
	plot_words(plot, "Throughput as a share of linear scaling from the baseline of the same "
	                 "node, with its interval. Dashed: linear.");
	plot_concurrency_axis(plot, d->levels, d->level_count);
	plot_axis(plot, &plot->y, "share of linear throughput");
	plot->y.from = 0;
	plot->y.to = fmax(most, 1) * 1.1;
	/* Points lie on and about this line: a name beside it would lie under them. */
	plot_reference(plot, false, 1, "");
	add_points(d, plot, &points);
}

/* Where the first run of a side has its clock from. */
static enum frequency_source source_of(const struct side *side)
{
	const struct summary *const summary = side->count > 0 ? &side->runs[0]->summary : NULL;
	for (size_t i = 0; summary && i < summary->level_count; i++)
		if (estimate_has_value(&summary->levels[i].frequency_hz))
			return summary->levels[i].frequency_source;
	return FREQUENCY_ABSENT;
}

/* Clocks from different sources stand on one plot, but not without being told. */
static void say_sources(const struct drawing *d, struct plot *plot)
{
	cleanup_str struct str text = {0};
	bool is_same = true;
	str_add(&text, "The clock while tasks run, with its 95 % interval");
	for (size_t s = 1; s < d->side_count; s++)
		is_same &= source_of(d->sides[s]) == source_of(d->sides[0]);
	if (is_same && source_of(d->sides[0]) != FREQUENCY_ABSENT)
		str_addf(&text, ", %s", frequency_source_words[source_of(d->sides[0])]);
	str_add(&text, ".");
	if (!is_same)
		str_add(&text, " Sources differ, and so may what they say:");
	for (size_t s = 0; !is_same && s < d->side_count; s++) {
		const enum frequency_source source = source_of(d->sides[s]);
		str_addf(&text, "%s %s %s", s > 0 ? "," : "", d->sides[s]->name,
		         source == FREQUENCY_ABSENT ? "has none" : frequency_source_words[source]);
	}
	plot_words(plot, "%s%s", str_text(&text), is_same ? "" : ".");
	plot->failed |= text.failed;
}

static void plot_frequencies(const struct drawing *d)
{
	const double most = extreme(d, get_frequency, false);
	char label[64];
	if (!(most > 0))
		return;
	const struct points points = {
	        .get = get_frequency,
	        .scale = measure_scale_of(MEASURE_FREQUENCY, NULL, most, d->doc->style)};
	struct plot *const plot = document_plot(d->doc, "frequency", "Frequency against N");
	say_sources(d, plot);
	plot_concurrency_axis(plot, d->levels, d->level_count);
	snprintf(label, sizeof label, "frequency (%s)", points.scale.unit);
	plot_axis(plot, &plot->y, label);
	add_points(d, plot, &points);
	plot_estimates_frame(plot, false);
}

/* ---- Causes ---------------------------------------------------------------------------------- */

static void plot_all_causes(const struct drawing *d)
{
	cleanup_free struct causes_group *groups = calloc(d->side_count, sizeof *groups);
	size_t count = 0;
	if (!groups) {
		d->doc->failed = true;
		return;
	}
	for (size_t s = 0; s < d->side_count; s++)
		if (d->sides[s]->count > 0 && d->sides[s]->runs[0]->attributions)
			groups[count++] =
			        (struct causes_group){d->sides[s]->runs[0], d->sides[s]->name};
	plot_causes_of(groups, count, d->doc);
}

void compare_plots(const struct comparison *comparisons, size_t count, struct document *doc)
{
	static void (*const plots[])(const struct drawing *d) = {
	        plot_throughputs, plot_ratios,     plot_efficiencies,
	        plot_walls,       plot_all_causes, plot_frequencies,
	};
	struct drawing d = {.comparisons = comparisons, .count = count, .policies = 1, .doc = doc};
	document_section(doc, "pictures", "Plots", "");
	if (collect(&d))
		for (size_t i = 0; i < ARRAY_LENGTH(plots); i++)
			plots[i](&d);
	else
		doc->failed = true;
	drawing_release(&d);
}
