/* How many patches have how many visits, band by band, and where on the sky visits are: the sky in
 * the equal-area projection of Hammer, right ascension 0 in the middle and rising to the left. */
#include "report/capacity/overlaps_document.h"

#include "core/number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const double degree = M_PI / 180;

/* Bars of a histogram, at most, and cells of the map: across its half width, and along each side of
 * a cell the places that are looked at. */
enum { MOST_BARS = 120, HALF_WIDTH = 60, HALF_HEIGHT = 30, LOOKS = 3, MERIDIAN_POINTS = 60 };

/* Nearly all coadds have no more visits than this: deep fields would squeeze the others. */
static const double shown_part = 0.999;

/* ---- Histograms -------------------------------------------------------------------------- */

/* The visits that the share shown_part of the coadds of every band does not exceed. */
static size_t find_end(const struct overlaps_summary *summary)
{
	size_t end = 1;
	for (size_t b = 0; b < summary->band_count; b++) {
		const struct overlaps_summary_band *const band = &summary->bands[b];
		size_t sum = 0;
		for (size_t n = 1; n <= band->histogram_count; n++) {
			sum += band->histogram[n - 1];
			if ((double)sum < shown_part * (double)band->coadds)
				continue;
			end = n > end ? n : end;
			break;
		}
	}
	return end;
}

/* One outline; each step holds from its left edge on. */
static void add_outline(struct plot *plot, const struct overlaps_summary_band *band, unsigned hue,
                        size_t end, size_t width)
{
	struct plot_series *const series = plot_series(plot, PLOT_STEPS, hue, band->name);
	plot_point(plot, series, 0.5, 0);
	for (size_t from = 1; from <= end; from += width) {
		size_t count = 0;
		for (size_t n = from; n < from + width && n <= band->histogram_count; n++)
			count += band->histogram[n - 1];
		struct plot_point *const point =
		        plot_point(plot, series, (double)from - 0.5, (double)count / (double)width);
		if (width == 1)
			plot_tip(plot, point, "%s: %zu patches have %zu %s", band->name, count,
			         from, number_noun(from, "visit", "visits"));
		else
			plot_tip(plot, point, "%s: %zu patches have %zu to %zu visits", band->name,
			         count, from, from + width - 1);
	}
	plot_point(plot, series, (double)(end + width) - 0.5, 0);
}

void overlaps_add_histogram(const struct overlaps_told *told, struct document *doc)
{
	const struct overlaps_summary *const summary = told->summary;
	const size_t end = find_end(summary);
	const size_t width = (end + MOST_BARS - 1) / MOST_BARS;
	struct plot *const plot = document_plot(doc, "overlaps-histogram", "Visits per patch");
	char more[96] = "";
	char beyond[96] = "";
	for (size_t b = 0; b < summary->band_count && b < PLOT_HUES; b++)
		add_outline(plot, &summary->bands[b], (unsigned)b, end, width);
	if (summary->band_count > PLOT_HUES)
		snprintf(more, sizeof more, " %zu more bands are not drawn.",
		         summary->band_count - PLOT_HUES);
	const struct overlaps_summary_band *const all = &summary->bands[summary->band_count];
	if (all->touching.max > (double)end)
		snprintf(beyond, sizeof beyond,
		         " Less than 0.1 %% of a band's patches have more than %zu visits: up to "
		         "%.0f.",
		         end, all->touching.max);
	plot_axis(plot, &plot->x, "visits that touch a patch");
	plot_axis(plot, &plot->y, width == 1 ? "patches" : "patches per number of visits");
	plot_words(plot, "How many patches have how many visits, for each band.%s%s", beyond, more);
	plot->x.from = 0;
	plot->y.from = 0;
}

/* ---- The sky ----------------------------------------------------------------------------- */

/* The place in the map, in cells, of a place on the sky; ra from -180 to 180. */
static void project(double ra_deg, double dec_deg, double *ret_x, double *ret_y)
{
	const double half = ra_deg * degree / 2;
	const double dec = dec_deg * degree;
	const double scale = 1 / sqrt(1 + cos(dec) * cos(half));
	*ret_x = -HALF_WIDTH * cos(dec) * sin(half) * scale;
	*ret_y = HALF_HEIGHT * sin(dec) * scale;
}

/* The place on the sky of one in the map; false: outside of it. */
static bool find_place(double x, double y, double *ret_ra_deg, double *ret_dec_deg)
{
	const double u = -x / HALF_WIDTH;
	const double v = y / HALF_HEIGHT;
	if (u * u + v * v >= 1)
		return false;
	/* Snyder (1987), with u and v in units of the half axes. */
	const double z2 = 1 - (u * u + v * v) / 2;
	const double z = sqrt(z2);
	const double sqrt2 = M_SQRT2;
	*ret_dec_deg = asin(v * z * sqrt2) / degree;
	*ret_ra_deg = 2 * atan2(z * u * sqrt2, 2 * z2 - 1) / degree;
	return true;
}

/* The mean depth over a cell; NAN: no part of it is in the region, or has a visit. */
static double look_at_cell(const struct overlaps *overlaps, int x, int y)
{
	double sum = 0;
	unsigned count = 0;
	for (int i = 0; i < LOOKS; i++)
		for (int k = 0; k < LOOKS; k++) {
			double ra = 0;
			double dec = 0;
			if (!find_place(x + (i + 0.5) / LOOKS, y + (k + 0.5) / LOOKS, &ra, &dec))
				continue;
			const double depth = overlaps_depth_at(overlaps, ra, dec);
			if (isnan(depth))
				continue;
			sum += depth;
			count++;
		}
	return sum > 0 ? sum / count : (double)NAN;
}

static void add_meridian(struct plot *plot, double ra)
{
	struct plot_series *const line = plot_series(plot, PLOT_DOTTED, PLOT_HUES - 2, "");
	for (int i = 0; i <= MERIDIAN_POINTS; i++) {
		double x = 0;
		double y = 0;
		project(ra, -90 + 180.0 * i / MERIDIAN_POINTS, &x, &y);
		plot_point(plot, line, x, y);
	}
}

static void add_parallel(struct plot *plot, double dec)
{
	struct plot_series *const line = plot_series(plot, PLOT_DOTTED, PLOT_HUES - 2, "");
	for (int i = 0; i <= MERIDIAN_POINTS; i++) {
		double x = 0;
		double y = 0;
		project(-180 + 360.0 * i / MERIDIAN_POINTS, dec, &x, &y);
		plot_point(plot, line, x, y);
	}
}

/* Meridians and parallels, named where they meet the middle of the map. */
static void add_net(struct plot *plot)
{
	for (int ra = -180; ra <= 180; ra += 60) {
		char label[16];
		double x = 0;
		double y = 0;
		project(ra, 0, &x, &y);
		add_meridian(plot, ra);
		snprintf(label, sizeof label, "%d", ra < 0 ? ra + 360 : ra);
		plot_tick(plot, &plot->x, x, label);
	}
	for (int dec = -60; dec <= 60; dec += 30) {
		char label[16];
		double x = 0;
		double y = 0;
		project(0, dec, &x, &y);
		add_parallel(plot, dec);
		snprintf(label, sizeof label, "%d", dec);
		plot_tick(plot, &plot->y, y, label);
	}
}

static int compare_depths(const void *a, const void *b)
{
	const struct plot_point *const left = a;
	const struct plot_point *const right = b;
	return (left->q1 > right->q1) - (left->q1 < right->q1);
}

/* Few cells that are far deeper than all others get the last colour, or nothing else would be seen.
 * Puts the cells in order. */
static void cut_scale(struct plot *plot, struct plot_series *cells)
{
	static const double shown_cells = 0.99;
	static const double far = 1.5;
	if (plot->failed || cells->count == 0)
		return;
	qsort(cells->points, cells->count, sizeof *cells->points, compare_depths);
	const double most = cells->points[cells->count - 1].q1;
	const double usual =
	        ceil(cells->points[(size_t)(shown_cells * (double)(cells->count - 1))].q1);
	if (most <= far * usual)
		return;
	plot->is_scale_cut = true;
	plot->scale_to = usual;
}

void overlaps_add_sky(const struct overlaps_told *told, struct document *doc)
{
	struct plot *const plot = document_plot(doc, "overlaps-sky", "Visits on the sky");
	struct plot_series *const cells = plot_series(plot, PLOT_CELLS, 0, "");
	for (int y = -HALF_HEIGHT; y < HALF_HEIGHT; y++)
		for (int x = -HALF_WIDTH; x < HALF_WIDTH; x++) {
			const double depth = look_at_cell(told->overlaps, x, y);
			double ra = 0;
			double dec = 0;
			if (isnan(depth))
				continue;
			struct plot_point *const point = plot_point(plot, cells, x + 0.5, y + 0.5);
			point->q1 = depth;
			if (find_place(x + 0.5, y + 0.5, &ra, &dec))
				plot_tip(plot, point, "ra %.0f deg, dec %.0f deg: %.1f visits",
				         ra < 0 ? ra + 360 : ra, dec, depth);
		}
	plot->scale_from = 0;
	cut_scale(plot, cells);
	char beyond[64] = "";
	if (plot->is_scale_cut)
		snprintf(beyond, sizeof beyond, " The deepest cell has %.0f.",
		         cells->points[cells->count - 1].q1);
	add_net(plot);
	plot_axis(plot, &plot->x, "right ascension at the equator (deg)");
	plot_axis(plot, &plot->y, "declination in the middle (deg)");
	plot_scale(plot, "visits, all bands");
	plot_words(plot,
	           "How many visits of all bands cover a place on the sky: the mean over each "
	           "cell of an equal-area map (Hammer), right ascension rising to the left. "
	           "Places without a visit are blank.%s",
	           beyond);
	plot->x.from = -HALF_WIDTH - 1;
	plot->x.to = HALF_WIDTH + 1;
	plot->y.from = -HALF_HEIGHT - 1;
	plot->y.to = HALF_HEIGHT + 1;
	plot->height = 0.6;
	plot->has_small_cells = true;
}
