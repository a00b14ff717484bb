/* One class in pictures: how its nodes are distributed, with those that stand apart, and the curves
 * of these against the band of the class. */
#include "report/fleet/fleet_parts.h"

#include "core/cleanup.h"
#include "core/number.h"
#include "core/str.h"
#include "report/measure_text.h"
#include "report/plot/plot_levels.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Nodes whose curves are, names that a bar says; a class of fewer nodes
 * than MANY_NODES has its bad ones within its outer quantiles, and is shown by its quartiles. */
enum { MOST_CURVES = 6, MOST_BINS = 48, MOST_NAMES = 12, MANY_NODES = 40 };

/* A class being drawn. */
struct drawn_class {
	const struct fleet_ranking *ranking;
	const struct fleet_class *class;
	size_t index;
	struct document *doc;
	struct measure_scale scale; /* of its throughput */
};

static bool is_of(const struct drawn_class *d, const struct fleet_rank_item *item)
{
	return item->class == (ptrdiff_t)d->index && isfinite(item->relative);
}

static bool stands_apart(const struct fleet_rank_item *item)
{
	return fleet_verdict_words[item->verdict].is_bad || item->was_faster;
}

static size_t count_apart(const struct drawn_class *d)
{
	size_t count = 0;
	for (size_t i = 0; i < d->ranking->item_count; i++)
		count += is_of(d, &d->ranking->items[i]) && stands_apart(&d->ranking->items[i]);
	return count;
}

static struct plot *begin_plot(const struct drawn_class *d, const char *id, const char *title)
{
	char name[48];
	char full[160];
	snprintf(name, sizeof name, "fleet-%s-%zu", id, d->index + 1);
	if (d->ranking->class_count > 1)
		snprintf(full, sizeof full, "Class %zu: %s", d->index + 1, title);
	else
		snprintf(full, sizeof full, "%c%s", title[0] - 'a' + 'A', title + 1);
	return document_plot(d->doc, name, full);
}

/* ---- The distribution --------------------------------------------------------------------- */

struct bins {
	double from;
	double width;
	size_t count;
};

/* Bins of a round width over all nodes of the class. */
static struct bins make_bins(const struct drawn_class *d)
{
	static const double widths[] = {0.001, 0.002, 0.0025, 0.005, 0.01, 0.02, 0.025, 0.05, 0.1};
	double least = HUGE_VAL;
	double most = -HUGE_VAL;
	for (size_t i = 0; i < d->ranking->item_count; i++)
		if (is_of(d, &d->ranking->items[i])) {
			least = fmin(least, d->ranking->items[i].relative);
			most = fmax(most, d->ranking->items[i].relative);
		}
	if (!(most >= least))
		return (struct bins){0, 1, 0};
	size_t k = 0;
	while (k + 1 < sizeof widths / sizeof widths[0] && (most - least) / widths[k] > 36)
		k++;
	struct bins bins = {.width = widths[k]};
	bins.from = floor(least / bins.width) * bins.width;
	bins.count = (size_t)fmin(floor((most - bins.from) / bins.width) + 1, MOST_BINS);
	return bins;
}

/* The bin of an item; what is beyond the last is in it. */
static size_t bin_of(const struct bins *bins, const struct fleet_rank_item *item)
{
	const double at = floor((item->relative - bins->from) / bins->width + 1e-9);
	return at < 0 ? 0 : at >= (double)bins->count ? bins->count - 1 : (size_t)at;
}

/* Appends the names of the nodes in a bin and returns how many there are. */
static size_t name_bin(const struct drawn_class *d, const struct bins *bins, size_t bin,
                       struct str *names)
{
	size_t count = 0;
	for (size_t i = 0; i < d->ranking->item_count; i++) {
		const struct fleet_rank_item *const item = &d->ranking->items[i];
		char name[FLEET_NAME_BYTES];
		if (!is_of(d, item) || bin_of(bins, item) != bin)
			continue;
		if (count++ < MOST_NAMES)
			str_addf(names, "%s%s", count > 1 ? ", " : "",
			         fleet_name(d->ranking, item, 24, name));
	}
	if (count > MOST_NAMES)
		str_addf(names, " and %zu more", count - MOST_NAMES);
	return count;
}

static size_t add_bars(const struct drawn_class *d, const struct bins *bins, struct plot *plot)
{
	struct plot_series *const bars = plot_series(plot, PLOT_BARS, 0, "nodes");
	size_t most = 0;
	bars->width = bins->width;
	for (size_t b = 0; b < bins->count; b++) {
		cleanup_str struct str names = {0};
		const size_t count = name_bin(d, bins, b, &names);
		const double from = bins->from + (double)b * bins->width;
		most = count > most ? count : most;
		if (count == 0)
			continue;
		struct plot_point *const point =
		        plot_point(plot, bars, from + bins->width / 2, (double)count);
		plot_tip(plot, point, "%.4g to %.4g of the median: %zu %s: %s", from,
		         from + bins->width, count, number_noun(count, "node", "nodes"),
		         str_text(&names));
		plot->failed |= names.failed;
	}
	return most;
}

static void add_apart(const struct drawn_class *d, struct plot *plot, double height)
{
	struct plot_series *const points =
	        plot_series(plot, PLOT_POINTS, 1, count_apart(d) > 0 ? "stands apart" : "");
	for (size_t i = 0; i < d->ranking->item_count; i++) {
		const struct fleet_rank_item *const item = &d->ranking->items[i];
		char name[FLEET_NAME_BYTES];
		char place[48];
		if (!is_of(d, item) || !stands_apart(item))
			continue;
		struct plot_point *const point = plot_point(plot, points, item->relative, height);
		fleet_place(item, place);
		plot_tip(plot, point, "%s: %s%s%s, %.3f of the median",
		         fleet_name(d->ranking, item, 40, name),
		         fleet_verdict_words[item->verdict].words, place[0] ? ", " : "", place,
		         item->relative);
	}
}

static void plot_distribution(const struct drawn_class *d)
{
	const struct bins bins = make_bins(d);
	if (bins.count == 0)
		return;
	struct plot *const plot = begin_plot(d, "distribution", "how its nodes are distributed");
	char label[96];
	plot_words(plot,
	           "Nodes by their throughput at N=%u. Left of the line it makes a node slow; one "
	           "that is marked right of it has a slow place.",
	           d->class->concurrency);
	snprintf(label, sizeof label, "throughput at N=%u / median", d->class->concurrency);
	plot_axis(plot, &plot->x, label);
	plot_axis(plot, &plot->y, "nodes");
	const size_t most = add_bars(d, &bins, plot);
	add_apart(d, plot, 0.06 * (double)most);
	for (size_t i = 0; most <= 8 && i <= most; i++) {
		const char count[] = {(char)('0' + i), '\0'};
		plot_tick(plot, &plot->y, (double)i, count);
	}
	const double limit = fleet_slow_below(d->class);
	if (isfinite(limit))
		plot_reference(plot, true, limit, "slow below");
	plot->x.from = fmin(bins.from, limit) - bins.width;
	plot->x.to = bins.from + (double)(bins.count + 1) * bins.width;
	plot->y.from = 0;
}

/* ---- Curves ------------------------------------------------------------------------------- */

static bool is_band_of(const struct fleet_class *class, const struct fleet_band *band)
{
	return !class->policy || !band->policy || strcmp(class->policy, band->policy) == 0;
}

/* The band of a class at a level, or NULL. */
static const struct fleet_band *band_at(const struct fleet_class *class, uint32_t concurrency)
{
	for (size_t i = 0; i < class->band_count; i++)
		if (class->bands[i].concurrency == concurrency &&
		    is_band_of(class, &class->bands[i]))
			return &class->bands[i];
	return NULL;
}

/* What a throughput at a level is divided by: nothing but its unit, or the median there. */
static double unit_at(const struct drawn_class *d, const struct fleet_band *band, bool is_relative)
{
	return is_relative ? 1 / band->median : d->scale.factor;
}

static void add_band(const struct drawn_class *d, struct plot *plot, bool is_relative)
{
	const bool is_wide = d->class->node_count >= MANY_NODES;
	struct plot_series *const area = plot_series(
	        plot, PLOT_BAND, 0, is_wide ? "90 % of its nodes" : "half of its nodes");
	for (size_t i = 0; i < d->class->band_count; i++) {
		const struct fleet_band *const band = &d->class->bands[i];
		if (!is_band_of(d->class, band) || !(band->median > 0))
			continue;
		const double unit = unit_at(d, band, is_relative);
		struct plot_point *const point =
		        plot_point(plot, area, band->concurrency, band->median * unit);
		point->low = (is_wide ? band->low : band->q1) * unit;
		point->high = (is_wide ? band->high : band->q3) * unit;
	}
	struct plot_series *const line = plot_series(plot, PLOT_LINE, 0, "median");
	for (size_t i = 0; i < d->class->band_count; i++) {
		const struct fleet_band *const band = &d->class->bands[i];
		if (!is_band_of(d->class, band) || !(band->median > 0))
			continue;
		plot_point(plot, line, band->concurrency,
		           band->median * unit_at(d, band, is_relative));
	}
}

/* One node: a line through points, which say what they are. */
static void add_curve(const struct drawn_class *d, struct plot *plot,
                      const struct fleet_rank_item *item, unsigned hue, bool is_relative)
{
	const struct profile *const profile = fleet_profile_of(item);
	char name[FLEET_NAME_BYTES];
	fleet_name(d->ranking, item, 24, name);
	for (int pass = 0; pass < 2; pass++) {
		struct plot_series *const series = plot_series(
		        plot, pass == 0 ? PLOT_LINE : PLOT_POINTS, hue, pass == 0 ? "" : name);
		for (size_t i = 0; i < d->class->band_count; i++) {
			const struct fleet_band *const band = &d->class->bands[i];
			const struct profile_figure *const figure =
			        is_band_of(d->class, band) && band->median > 0
			                ? fleet_figure(d->class, profile, MEASURE_THROUGHPUT,
			                               band->concurrency)
			                : NULL;
			if (!figure || !isfinite(figure->value))
				continue;
			const double unit = unit_at(d, band, is_relative);
			struct plot_point *const point =
			        plot_point(plot, series, band->concurrency, figure->value * unit);
			if (pass == 0)
				continue;
			point->low = figure->low * unit;
			point->high = figure->high * unit;
			plot_tip(plot, point, "%s at N=%u: %.4g %s, %.3f of the median", name,
			         band->concurrency, figure->value * d->scale.factor, d->scale.unit,
			         figure->value / band->median);
		}
	}
}

static void add_level_axis(const struct drawn_class *d, struct plot *plot)
{
	cleanup_free double *levels = calloc(d->class->band_count + 1, sizeof *levels);
	size_t count = 0;
	for (size_t i = 0; levels && i < d->class->band_count; i++)
		if (is_band_of(d->class, &d->class->bands[i]))
			levels[count++] = d->class->bands[i].concurrency;
	plot->failed |= !levels;
	plot_concurrency_axis(plot, levels, count);
}

static void plot_curves(const struct drawn_class *d, bool is_relative)
{
	struct plot *const plot = begin_plot(d, is_relative ? "relative" : "curves",
	                                     is_relative ? "where the named nodes fall behind"
	                                                 : "throughput against N");
	char label[96];
	unsigned hue = 1;
	size_t left_out = 0;
	add_level_axis(d, plot);
	snprintf(label, sizeof label, "%s", is_relative ? "throughput / median" : d->scale.unit);
	plot_axis(plot, &plot->y, label);
	add_band(d, plot, is_relative);
	for (size_t i = 0; i < d->ranking->item_count; i++) {
		const struct fleet_rank_item *const item = &d->ranking->items[i];
		if (!is_of(d, item) || !stands_apart(item) || !fleet_profile_of(item))
			continue;
		if (hue <= MOST_CURVES)
			add_curve(d, plot, item, hue++, is_relative);
		else
			left_out++;
	}
	char more[48] = "";
	if (left_out > 0)
		snprintf(more, sizeof more, " %zu more are not drawn.", left_out);
	plot_words(plot, "%s%s",
	           is_relative ? "The same by the median of the class at each N. A low clock shows "
	                         "at every N, memory and shared caches only where many tasks run."
	           : hue > 1   ? "Nodes that stand apart, worst first, against their class."
	                       : "What the nodes of this class do; none stands apart.",
	           more);
	if (!is_relative)
		plot->y.from = 0;
}

void fleet_plot_class(const struct fleet_ranking *ranking, size_t index, struct document *doc)
{
	const struct fleet_class *const class = &ranking->classes[index];
	if (!(class->median > 0))
		return;
	const struct fleet_band *const top = band_at(class, class->concurrency);
	const struct drawn_class d = {
	        .ranking = ranking,
	        .class = class,
	        .index = index,
	        .doc = doc,
	        .scale = measure_scale_of(MEASURE_THROUGHPUT, NULL,
	                                  top ? top->median : class->median, doc->style),
	};
	plot_distribution(&d);
	if (class->band_count >= 2)
		plot_curves(&d, false);
	if (class->band_count >= 2 && count_apart(&d) > 0)
		plot_curves(&d, true);
	fleet_plot_places(ranking, index, doc);
}
