#include "report/plot/plot_estimates.h"

#include "core/number.h"
#include "report/figures.h"
#include "report/plot/plot_levels.h"

#include <math.h>

static void add_point(struct plot *plot, struct plot_series *series,
                      const struct plot_estimates *estimates, double x, uint32_t concurrency,
                      const struct estimate *e)
{
	const double factor = estimates->factor;
	const int decimals = figure_estimate_decimals(e, factor, 3, 4);
	struct plot_point *const point = plot_point(plot, series, x, e->value * factor);
	if (!estimate_has_interval(e)) {
		plot_tip(plot, point, "N=%u: %.*f%s (%zu %s, no interval)", concurrency, decimals,
		         e->value * factor, estimates->unit, e->n,
		         number_noun(e->n, "trial", "trials"));
		return;
	}
	point->low = e->low * factor;
	point->high = e->high * factor;
	plot_tip(plot, point, "N=%u: %.*f%s (95 %%: %.*f to %.*f, %zu %s)", concurrency, decimals,
	         e->value * factor, estimates->unit, decimals, point->low, decimals, point->high,
	         e->n, number_noun(e->n, "trial", "trials"));
}

static bool is_drawn(const struct plot_estimates *estimates, size_t policy, size_t level)
{
	return plot_levels_policy(estimates->summary, level) == policy &&
	       estimate_has_value(estimates->of(estimates->context, level));
}

static bool has_any(const struct plot_estimates *estimates, size_t policy)
{
	for (size_t i = 0; i < estimates->summary->level_count; i++)
		if (is_drawn(estimates, policy, i))
			return true;
	return false;
}

void plot_estimates_add(struct plot *plot, const struct plot_estimates *estimates, size_t policy,
                        unsigned hue, const char *name)
{
	const struct summary *const summary = estimates->summary;
	/* Points of several policies stand side by side, so that none hides another's interval. */
	const size_t beside = summary->policy_count;
	const double apart = 0.3 * plot_levels_width(plot, summary, beside);
	char text[96];
	if (!has_any(estimates, policy))
		return;
	struct plot_series *const series =
	        plot_series(plot, PLOT_POINTS, hue, plot_levels_name(summary, policy, name, text));
	for (size_t i = 0; i < summary->level_count; i++) {
		const uint32_t concurrency = summary->levels[i].level->concurrency;
		if (is_drawn(estimates, policy, i))
			add_point(plot, series, estimates,
			          plot_levels_place(plot, concurrency, apart, policy, beside),
			          concurrency, estimates->of(estimates->context, i));
	}
}

void plot_estimates_frame(struct plot *plot, bool is_from_zero)
{
	double least = NAN;
	double most = NAN;
	double low = NAN;
	double high = NAN;
	for (size_t i = 0; i < plot->series_count; i++) {
		for (size_t k = 0; k < plot->series[i].count; k++) {
			const struct plot_point *const point = &plot->series[i].points[k];
			least = fmin(least, point->y);
			most = fmax(most, point->y);
			low = fmin(low, point->low);
			high = fmax(high, point->high);
		}
	}
	if (isnan(least) || !(least > 0)) {
		plot->y.from = is_from_zero ? fmin(0, low) : (double)NAN;
		return;
	}
	/* Values that differ much are seen for what they are from 0 on. */
	is_from_zero |= least < 0.6 * most;
	plot->y.from = is_from_zero ? 0 : fmin(0.9 * least, fmax(low, least / 2));
	plot->y.to = fmax(1.1 * most, fmin(high, 1.5 * most));
}
