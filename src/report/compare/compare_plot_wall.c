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

void plot_walls(const struct drawing *d)
{
	const double typical = largest_median(d);
	const struct figure_unit unit = figure_unit_of_time(typical);
	char label[64];
	if (!(typical > 0) || d->side_count * d->policies > MOST_BOXES)
		return;
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
