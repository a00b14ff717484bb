#include "report/plot/plot_levels.h"

#include "core/cleanup.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of the room between two levels the part that bars take, and the least width in parts of the
 * axis: with very many levels they touch rather than vanish. */
static const double bar_share = 0.7;
static const double least_share = 1.0 / 120;

static double concurrency_of(const struct summary *summary, size_t level)
{
	return summary->levels[level].level->concurrency;
}

/* Levels are ascending, and may stand several times. Evenly spaced ones are on a plain axis, as
 * half of them would crowd at the end of the other. */
static bool is_spread_by_factors(const double *levels, size_t count)
{
	if (count < 3)
		return false;
	return levels[count - 1] > 8 * levels[0] && levels[count / 2] < 0.4 * levels[count - 1];
}

void plot_concurrency_axis(struct plot *plot, const double *levels, size_t count)
{
	plot_axis(plot, &plot->x, "tasks at once (N)");
	plot->x.is_log = is_spread_by_factors(levels, count);
	for (size_t i = 0; i < count; i++) {
		char label[16];
		if (i > 0 && levels[i] == levels[i - 1])
			continue;
		snprintf(label, sizeof label, "%.0f", levels[i]);
		plot_tick(plot, &plot->x, levels[i], label);
	}
}

double plot_concurrency_width(const struct plot *plot, const double *levels, size_t count,
                              size_t beside)
{
	double gap = HUGE_VAL;
	double length = 0;
	for (size_t i = 1; i < count; i++) {
		const double step = plot->x.is_log ? log2(levels[i] / levels[i - 1])
		                                   : levels[i] - levels[i - 1];
		length += step;
		if (step > 0)
			gap = fmin(gap, step);
	}
	if (!isfinite(gap))
		return bar_share / (double)beside;
	return fmax(gap * bar_share, length * least_share) / (double)beside;
}

/* The concurrencies of all levels, or NULL: none, or no memory. */
static double *concurrencies_of(const struct summary *summary)
{
	double *const levels =
	        summary->level_count > 0 ? calloc(summary->level_count, sizeof *levels) : NULL;
	for (size_t i = 0; levels && i < summary->level_count; i++)
		levels[i] = concurrency_of(summary, i);
	return levels;
}

void plot_levels_axis(struct plot *plot, const struct summary *summary)
{
	cleanup_free double *levels = concurrencies_of(summary);
	plot->failed |= !levels && summary->level_count > 0;
	plot_concurrency_axis(plot, levels, levels ? summary->level_count : 0);
}

double plot_levels_width(const struct plot *plot, const struct summary *summary, size_t beside)
{
	cleanup_free double *levels = concurrencies_of(summary);
	return plot_concurrency_width(plot, levels, levels ? summary->level_count : 0, beside);
}

double plot_levels_place(const struct plot *plot, double concurrency, double width, size_t which,
                         size_t beside)
{
	const double away = width * ((double)which - ((double)beside - 1) / 2);
	return plot->x.is_log ? concurrency * exp2(away) : concurrency + away;
}

size_t plot_levels_policy(const struct summary *summary, size_t level)
{
	for (size_t i = 0; i < summary->policy_count; i++)
		if (strcmp(summary->levels[level].level->policy, summary->policies[i]) == 0)
			return i;
	return 0;
}

const char *plot_levels_name(const struct summary *summary, size_t policy, const char *name,
                             char text[96])
{
	if (summary->policy_count > 1)
		snprintf(text, 96, "%.40s (%.40s)", name, summary->policies[policy]);
	else
		snprintf(text, 96, "%.90s", name);
	return text;
}
