#include "report/plot/plot_levels.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Of the room between two levels the part that bars take, and the least width in parts of the
 * axis: with very many levels they touch rather than vanish. */
static const double bar_share = 0.7;
static const double least_share = 1.0 / 120;

static double concurrency_of(const struct summary *summary, size_t level)
{
	return summary->levels[level].level->concurrency;
}

/* The levels are ascending. Evenly spaced ones are on a plain axis, as half of them would crowd at
 * the end of the other. */
static bool is_spread_by_factors(const struct summary *summary)
{
	const size_t count = summary->level_count;
	if (count < 3)
		return false;
	const double least = concurrency_of(summary, 0);
	const double most = concurrency_of(summary, count - 1);
	return most > 8 * least && concurrency_of(summary, count / 2) < 0.4 * most;
}

void plot_levels_axis(struct plot *plot, const struct summary *summary)
{
	plot_axis(plot, &plot->x, "tasks at once (N)");
	plot->x.is_log = is_spread_by_factors(summary);
	for (size_t i = 0; i < summary->level_count; i++) {
		char label[16];
		if (i > 0 && concurrency_of(summary, i) == concurrency_of(summary, i - 1))
			continue;
		snprintf(label, sizeof label, "%u", summary->levels[i].level->concurrency);
		plot_tick(plot, &plot->x, concurrency_of(summary, i), label);
	}
}

double plot_levels_width(const struct plot *plot, const struct summary *summary, size_t beside)
{
	double gap = HUGE_VAL;
	double length = 0;
	for (size_t i = 1; i < summary->level_count; i++) {
		const double before = concurrency_of(summary, i - 1);
		const double here = concurrency_of(summary, i);
		const double step = plot->x.is_log ? log2(here / before) : here - before;
		length += step;
		if (step > 0)
			gap = fmin(gap, step);
	}
	if (!isfinite(gap))
		return bar_share / (double)beside;
	return fmax(gap * bar_share, length * least_share) / (double)beside;
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
