/* The ratio of throughputs against N: points, and their intervals as a band. */
#include "report/compare/compare_drawing.h"
#include "report/compare/compare_parts.h"
#include "report/plot/plot_estimates.h"
#include "report/plot/plot_levels.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const struct compared_level *level_under(const struct comparison *c, size_t index,
                                                const char *policy)
{
	const struct compared_level *const level = &c->levels[index];
	const bool is_same =
	        !policy ? !level->policy : level->policy && strcmp(level->policy, policy) == 0;
	return is_same ? level : NULL;
}

/* The ratios of one measure of one comparison under one policy: a band and points. */
static void add_ratios(struct plot *plot, const struct comparison *c, size_t query,
                       const char *policy, unsigned hue, const char *name)
{
	struct plot_series *const band = plot_series(plot, PLOT_BAND, hue, "");
	for (size_t i = 0; i < c->level_count; i++) {
		const struct compared_level *const level = level_under(c, i, policy);
		if (!level || !estimate_has_interval(&level->ratios[query].value))
			continue;
		const struct estimate *const e = &level->ratios[query].value;
		struct plot_point *const point =
		        plot_point(plot, band, level->concurrency, e->value);
		point->low = e->low;
		point->high = e->high;
	}
	struct plot_series *const line = plot_series(plot, PLOT_LINE, hue, "");
	for (size_t i = 0; i < c->level_count; i++) {
		const struct compared_level *const level = level_under(c, i, policy);
		if (level && estimate_has_value(&level->ratios[query].value))
			plot_point(plot, line, level->concurrency,
			           level->ratios[query].value.value);
	}
	struct plot_series *const points = plot_series(plot, PLOT_POINTS, hue, name);
	for (size_t i = 0; i < c->level_count; i++) {
		const struct compared_level *const level = level_under(c, i, policy);
		char text[96];
		char behind[96];
		if (!level || !estimate_has_value(&level->ratios[query].value))
			continue;
		const struct ratio *const ratio = &level->ratios[query];
		struct plot_point *const point =
		        plot_point(plot, points, level->concurrency, ratio->value.value);
		ratio_behind(ratio, behind);
		plot_tip(plot, point, "%s%sN=%u: %s%s%s", name, name[0] ? ", " : "",
		         level->concurrency,
		         ratio_write(ratio, &(struct text_style){.width = 80}, text),
		         behind[0] ? ", " : "", behind);
	}
}

/* Whether this policy was met at an earlier level. */
static bool is_met_before(const struct comparison *c, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (level_under(c, i, c->levels[index].policy))
			return true;
	return false;
}

/* The index of a policy in the first run of a side; 0 where it has none of this name. */
static size_t policy_index(const struct side *side, const char *policy)
{
	const struct summary *const summary = side->count > 0 ? &side->runs[0]->summary : NULL;
	for (size_t i = 0; policy && summary && i < summary->policy_count; i++)
		if (strcmp(summary->policies[i], policy) == 0)
			return i;
	return 0;
}

static void add_comparison(const struct drawing *d, struct plot *plot, size_t index)
{
	const struct comparison *const c = &d->comparisons[index];
	const ptrdiff_t query = comparison_find(c, MEASURE_THROUGHPUT);
	size_t policies = 0;
	if (query < 0)
		return;
	for (size_t i = 0; i < c->level_count; i++)
		policies += !is_met_before(c, i);
	for (size_t i = 0; i < c->level_count; i++) {
		char name[96] = "";
		if (is_met_before(c, i))
			continue;
		const char *const called = c->levels[i].policy;
		if (policies > 1)
			snprintf(name, sizeof name, "%.48s (%.40s)", c->new.name,
			         called ? called : "");
		else if (d->count > 1)
			snprintf(name, sizeof name, "%.90s", c->new.name);
		add_ratios(plot, c, (size_t)query, called,
		           drawing_hue(d, index + 1,
		                       policy_index(&c->new, c->levels[i].new_policy
		                                                     ? c->levels[i].new_policy
		                                                     : called)),
		           name);
	}
}

void plot_ratios(const struct drawing *d)
{
	struct plot *const plot = document_plot(d->doc, "ratio", "Ratio of throughputs against N");
	plot_words(plot,
	           "How many times the throughput of %s the other does with as many tasks at once. "
	           "Band: its interval.",
	           d->sides[0]->name);
	plot_concurrency_axis(plot, d->levels, d->level_count);
	char label[128];
	snprintf(label, sizeof label, "throughput / that of %.60s", d->sides[0]->name);
	plot_axis(plot, &plot->y, label);
	for (size_t i = 0; i < d->count; i++)
		add_comparison(d, plot, i);
	plot_estimates_frame(plot, false);
	plot_reference(plot, false, 1, "the same");
	/* 1 is in sight: which side is ahead is what one looks for. */
	if (isfinite(plot->y.from))
		plot->y.from = fmin(plot->y.from, 0.97);
	if (isfinite(plot->y.to))
		plot->y.to = fmax(plot->y.to, 1.03);
}
