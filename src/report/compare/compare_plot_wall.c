/* Wall times of all sides, as boxes beside one another. */
#include "core/number.h"
#include "report/compare/compare_drawing.h"
#include "report/figures.h"
#include "report/plot/plot_levels.h"

#include <math.h>
#include <stdio.h>

/* Boxes that can be told apart at one level. */
enum { MOST_BOXES = 6 };

static double largest_median(const struct drawing *d)
{
	double most = NAN;
	for (size_t s = 0; s < d->side_count; s++) {
		const struct findings *const run =
		        d->sides[s]->count > 0 ? d->sides[s]->runs[0] : NULL;
		const struct distribution *const levels =
		        run ? run->distributions.kinds[FIGURE_WALL_S].levels : NULL;
		for (size_t i = 0; levels && i < run->summary.level_count; i++)
			if (levels[i].tasks > 0)
				most = fmax(most, levels[i].median);
	}
	return most;
}

static void add_boxes(const struct drawing *d, struct plot *plot, const struct figure_unit *unit,
                      size_t side, size_t policy)
{
	const struct findings *const run = d->sides[side]->runs[0];
	const size_t beside = d->side_count * d->policies;
	const double width = plot_concurrency_width(plot, d->levels, d->level_count, beside);
	char name[96];
	drawing_name(d->sides[side], &run->summary, policy, name);
	struct plot_series *const series =
	        plot_series(plot, PLOT_BOXES, drawing_hue(d, side, policy), name);
	series->width = width * 0.9;
	for (size_t i = 0; i < run->summary.level_count; i++) {
		const struct distribution *const spread =
		        &run->distributions.kinds[FIGURE_WALL_S].levels[i];
		const uint32_t n = run->summary.levels[i].level->concurrency;
		if (plot_levels_policy(&run->summary, i) != policy || spread->tasks == 0 ||
		    !isfinite(spread->median))
			continue;
		struct plot_point *const point = plot_point(
		        plot, series,
		        plot_levels_place(plot, n, width, side * d->policies + policy, beside),
		        spread->median * unit->factor);
		point->low = spread->p5 * unit->factor;
		point->q1 = spread->q1 * unit->factor;
		point->q3 = spread->q3 * unit->factor;
		point->high = spread->p95 * unit->factor;
		plot_tip(plot, point,
		         "%s, N=%u: median %.4g %s, middle half %.4g to %.4g, 5 to 95 %%: %.4g to "
		         "%.4g, %zu %s",
		         name, n, point->y, unit->name, point->q1, point->q3, point->low,
		         point->high, spread->tasks, number_noun(spread->tasks, "task", "tasks"));
	}
}

/* Of figures that others stated there are no distributions: what both sides have is drawn. */
static void add_stated(const struct drawing *d, struct plot *plot, const struct figure_unit *unit,
                       size_t index, size_t query)
{
	const struct comparison *const c = &d->comparisons[index];
	for (size_t side = index == 0 ? 0 : 1; side < 2; side++) {
		const struct side *const of = side == 0 ? &c->base : &c->new;
		struct plot_series *const series = plot_series(
		        plot, PLOT_POINTS, drawing_hue(d, side == 0 ? 0 : index + 1, 0), of->name);
		for (size_t i = 0; i < c->level_count; i++) {
			const struct ratio *const ratio = &c->levels[i].ratios[query];
			const struct estimate *const e = side == 0 ? &ratio->base : &ratio->new;
			if (!estimate_has_value(e))
				continue;
			struct plot_point *const point = plot_point(
			        plot, series, c->levels[i].concurrency, e->value * unit->factor);
			point->low = e->low * unit->factor;
			point->high = e->high * unit->factor;
			plot_tip(plot, point, "%s, N=%u: %.4g %s", of->name,
			         c->levels[i].concurrency, point->y, unit->name);
		}
	}
}

/* The query on wall times that this comparison has, the mean before quantiles; -1: none. */
static ptrdiff_t wall_query(const struct comparison *c)
{
	const ptrdiff_t mean = comparison_find(c, MEASURE_WALL);
	for (size_t q = 0; mean < 0 && q < c->query_count; q++)
		if (c->queries[q].id == MEASURE_WALL)
			return (ptrdiff_t)q;
	return mean;
}

static void plot_stated_walls(const struct drawing *d)
{
	double most = NAN;
	double quantile = NAN;
	char label[64];
	for (size_t i = 0; i < d->count; i++) {
		const struct comparison *const c = &d->comparisons[i];
		const ptrdiff_t query = wall_query(c);
		for (size_t l = 0; query >= 0 && l < c->level_count; l++)
			most = fmax(most, fmax(c->levels[l].ratios[query].base.value,
			                       c->levels[l].ratios[query].new.value));
		if (query >= 0 && c->queries[query].statistic == STATISTIC_QUANTILE)
			quantile = c->queries[query].quantile;
	}
	if (!(most > 0))
		return;
	const struct figure_unit unit = figure_unit_of_time(most);
	struct plot *const plot = document_plot(d->doc, "wall", "Wall time of a task against N");
	plot_words(plot, "%s of the levels that both have, with the interval that is known.",
	           quantile == 0.5   ? "Medians"
	           : isnan(quantile) ? "Means"
	                             : "Quantiles");
	plot_concurrency_axis(plot, d->levels, d->level_count);
	snprintf(label, sizeof label, "wall time (%s)", unit.name);
	plot_axis(plot, &plot->y, label);
	plot->y.from = 0;
	for (size_t i = 0; i < d->count; i++)
		if (wall_query(&d->comparisons[i]) >= 0)
			add_stated(d, plot, &unit, i, (size_t)wall_query(&d->comparisons[i]));
}

void plot_walls(const struct drawing *d)
{
	const double typical = largest_median(d);
	const struct figure_unit unit = figure_unit_of_time(typical);
	char label[64];
	if (!(typical > 0) || d->side_count * d->policies > MOST_BOXES) {
		plot_stated_walls(d);
		return;
	}
	struct plot *const plot = document_plot(d->doc, "wall", "Wall time of a task against N");
	plot_words(plot,
	           "Boxes: the middle half of the tasks and their median; whiskers: 5 to 95 %% of "
	           "them. Of several runs of a node, the first.");
	plot_concurrency_axis(plot, d->levels, d->level_count);
	snprintf(label, sizeof label, "wall time (%s)", unit.name);
	plot_axis(plot, &plot->y, label);
	plot->y.from = 0;
	for (size_t s = 0; s < d->side_count; s++) {
		const struct findings *const run =
		        d->sides[s]->count > 0 ? d->sides[s]->runs[0] : NULL;
		for (size_t p = 0; run && run->distributions.kinds[FIGURE_WALL_S].levels &&
		                   p < run->summary.policy_count;
		     p++)
			add_boxes(d, plot, &unit, s, p);
	}
}
