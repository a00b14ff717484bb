/* Single types in pictures: how their CPU time and max RSS are distributed, and how both lie
 * against the covariates, with the lines that were fitted. */
#include "report/campaign/needs_parts.h"

#include "analyse/campaign/portrait.h"
#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/number.h"
#include "core/str.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Types that are shown where nobody has chosen, and where somebody has; steps of a line's picture.
 */
enum { USUAL_OVER = 2, HUE_TASKS = 6, USUAL_TYPES = 6, MOST_TYPES = 24 };

static const enum campaign_figure figures[] = {CAMPAIGN_CPU, CAMPAIGN_MAX_RSS};

/* One type being drawn. */
struct portrayed {
	const struct needs_view *view;
	const struct campaign_type_needs *needs;
	size_t number; /* of the picture's type, for ids */
};

/* The unit of one type's figure, which may be far from that of all. */
static struct figure_unit unit_of(const struct portrayed *p, enum campaign_figure figure)
{
	const struct campaign_spread *const s = &p->needs->figures[figure];
	return figure == CAMPAIGN_MAX_RSS ? figure_unit_of_size(s->max)
	                                  : figure_unit_of_time(s->p50);
}

static struct plot *begin_plot(const struct portrayed *p, enum campaign_figure figure,
                               const char *form, const char *behind)
{
	char id[96];
	cleanup_str struct str title = {0};
	snprintf(id, sizeof id, "type-%zu-%s-%s", p->number, needs_figures[figure].id, form);
	str_addf(&title, "%s: %s%s", p->needs->name, needs_figures[figure].what, behind);
	p->view->doc->failed |= title.failed;
	return document_plot(p->view->doc, id, str_text(&title));
}

static void label_axis(struct plot *plot, struct plot_axis *axis, enum campaign_figure figure,
                       const struct figure_unit *unit)
{
	char label[64];
	snprintf(label, sizeof label, "%s (%s)", needs_figures[figure].what, unit->name);
	plot_axis(plot, axis, label);
}

/* The limit is drawn where it is near what is shown: else it would press that flat. */
static void add_limit(const struct portrayed *p, struct plot *plot, bool is_vertical, double most,
                      const struct figure_unit *unit)
{
	const double limit = p->view->needs->limit_bytes;
	char text[FIGURE_BYTES];
	char label[FIGURE_BYTES + 16];
	if (!isfinite(limit) || limit > 1.5 * most)
		return;
	snprintf(label, sizeof label, "limit %s", needs_limit(limit, text));
	plot_reference(plot, is_vertical, limit * unit->factor, label);
}

/* ---- Distributions -------------------------------------------------------------------------- */

static void add_distribution(const struct portrayed *p, enum campaign_figure figure)
{
	const struct campaign_spread *const s = &p->needs->figures[figure];
	cleanup_portrait_histogram struct portrait_histogram h = {0};
	struct error err;
	char label[64];
	if (s->n == 0)
		return;
	if (portrait_histogram(s, &h, &err) < 0) {
		p->view->doc->failed = true;
		return;
	}
	const struct figure_unit unit = unit_of(p, figure);
	struct plot *const plot = begin_plot(p, figure, "histogram", "");
	label_axis(plot, &plot->x, figure, &unit);
	plot_axis(plot, &plot->y, "tasks");
	plot->y.from = 0;
	struct plot_series *const bars = plot_series(plot, PLOT_BARS, 0, "");
	size_t most = 0;
	bars->width = h.width * unit.factor;
	for (size_t b = 0; b < h.count; b++) {
		const double from = h.from + (double)b * h.width;
		if (h.tasks[b] == 0)
			continue;
		most = h.tasks[b] > most ? h.tasks[b] : most;
		plot_tip(plot,
		         plot_point(plot, bars, (from + h.width / 2) * unit.factor,
		                    (double)h.tasks[b]),
		         "%.4g to %.4g %s: %zu %s", from * unit.factor,
		         (from + h.width) * unit.factor, unit.name, h.tasks[b],
		         number_noun(h.tasks[b], "task", "tasks"));
	}
	/* Room above for the names of lines. */
	plot->y.to = 1.16 * (double)most;
	snprintf(label, sizeof label, "p95: %.3g %s", s->p95 * unit.factor, unit.name);
	plot_reference(plot, true, s->p95 * unit.factor, label);
	if (figure == CAMPAIGN_MAX_RSS)
		add_limit(p, plot, true, h.from + (double)h.count * h.width, &unit);
	if (h.beyond > 0)
		plot_words(plot,
		           "%zu tasks that are done, with their 95th percentile; %zu lie beyond "
		           "the axis, up to %.3g %s.",
		           s->n, h.beyond, s->max * unit.factor, unit.name);
	else
		plot_words(plot, "%zu %s done, with their 95th percentile.", s->n,
		           number_noun(s->n, "task that is", "tasks that are"));
}

/* ---- Against a covariate -------------------------------------------------------------------- */

static void add_stretches(const struct portrait_scatter *scatter, struct plot *plot, double factor)
{
	if (scatter->stretch_count < 2)
		return;
	struct plot_series *series = plot_series(plot, PLOT_BAND, 0, "90 % of tasks, half darker");
	for (size_t i = 0; i < scatter->stretch_count; i++) {
		const struct portrait_stretch *const at = &scatter->stretches[i];
		struct plot_point *const point = plot_point(plot, series, at->x, at->p50 * factor);
		point->low = at->p5 * factor;
		point->high = at->p95 * factor;
	}
	series = plot_series(plot, PLOT_BAND, 0, "");
	for (size_t i = 0; i < scatter->stretch_count; i++) {
		const struct portrait_stretch *const at = &scatter->stretches[i];
		struct plot_point *const point = plot_point(plot, series, at->x, at->p50 * factor);
		point->low = at->q1 * factor;
		point->high = at->q3 * factor;
		plot_tip(plot, point, "half of the tasks: %.4g to %.4g", point->low, point->high);
	}
}

static void add_line(const struct campaign_relation *relation, enum campaign_fit_kind kind,
                     unsigned hue, const char *name, struct plot *plot, double factor)
{
	const struct campaign_fit *const fit = &relation->fits[kind];
	if (fit->points == 0)
		return;
	struct plot_series *const series =
	        plot_series(plot, kind == CAMPAIGN_FIT_MAXIMA ? PLOT_DOTTED : PLOT_LINE, hue, name);
	const double ends[] = {relation->x_min, relation->x_max};
	for (size_t i = 0; i < ARRAY_LENGTH(ends); i++)
		plot_point(plot, series, ends[i], campaign_fit_at(fit, ends[i]) * factor);
}

static void add_lines(const struct campaign_relation *relation, struct plot *plot, double factor)
{
	const struct campaign_fit *const edge = &relation->fits[CAMPAIGN_FIT_QUANTILE];
	char name[48];
	snprintf(name, sizeof name, "envelope, %.4g %%",
	         isfinite(edge->quantile) ? 100 * edge->quantile : 95.0);
	add_line(relation, CAMPAIGN_FIT_ROBUST, 2, "robust line", plot, factor);
	add_line(relation, CAMPAIGN_FIT_QUANTILE, 1, name, plot, factor);
	add_line(relation, CAMPAIGN_FIT_MAXIMA, 3, "envelope of maxima", plot, factor);
}

static void add_relation(const struct portrayed *p, const struct campaign_relation *relation)
{
	const enum campaign_figure figure = relation->figure;
	const char *const name = p->view->needs->campaign->covariates[relation->covariate].name;
	cleanup_portrait_scatter struct portrait_scatter scatter = {0};
	struct error err;
	char behind[96];
	char form[48];
	if (relation->fits[CAMPAIGN_FIT_LINEAR].points == 0)
		return;
	if (portrait_scatter(p->view->needs, p->needs, relation, &scatter, &err) < 0) {
		p->view->doc->failed = true;
		return;
	}
	const struct figure_unit unit = unit_of(p, figure);
	snprintf(behind, sizeof behind, " against %.60s", name);
	snprintf(form, sizeof form, "covariate-%zu", relation->covariate + 1);
	struct plot *const plot = begin_plot(p, figure, form, behind);
	plot_axis(plot, &plot->x, name);
	label_axis(plot, &plot->y, figure, &unit);
	plot->y.from = 0;
	add_stretches(&scatter, plot, unit.factor);
	struct plot_series *const points = plot_series(
	        plot, PLOT_POINTS, HUE_TASKS, scatter.is_thinned ? "tasks, thinned" : "tasks");
	for (size_t i = 0; i < scatter.count; i++)
		plot_point(plot, points, scatter.x[i], scatter.y[i] * unit.factor);
	add_lines(relation, plot, unit.factor);
	if (figure == CAMPAIGN_MAX_RSS)
		add_limit(p, plot, false, p->needs->figures[figure].max, &unit);
	if (scatter.is_thinned)
		plot_words(plot,
		           "%zu tasks. Where many lie in one place, the one with the largest %s "
		           "stands for them (%zu points): no place with a task is empty. The bands "
		           "say where the most are.",
		           scatter.tasks, needs_figures[figure].what, scatter.count);
	else
		plot_words(plot, "Each point is a task, %zu in all.", scatter.tasks);
}

static void add_type(const struct portrayed *p)
{
	for (size_t f = 0; f < ARRAY_LENGTH(figures); f++)
		add_distribution(p, figures[f]);
	size_t chosen[NEEDS_MOST_COVARIATES];
	const size_t count = needs_choose_covariates(p->view, chosen);
	for (size_t c = 0; c < count; c++)
		for (size_t i = 0; i < p->needs->relation_count; i++)
			if (p->needs->relations[i].covariate == chosen[c])
				add_relation(p, &p->needs->relations[i]);
}

/* ---- Which types ---------------------------------------------------------------------------- */

static bool is_among(const size_t *chosen, size_t count, size_t type)
{
	for (size_t i = 0; i < count; i++)
		if (chosen[i] == type)
			return true;
	return false;
}

static size_t add_chosen(size_t chosen[MOST_TYPES], size_t count, size_t type)
{
	if (is_among(chosen, count, type))
		return count;
	chosen[count] = type;
	return count + 1;
}

/* Those with most tasks above the limit, then those with the largest max RSS and those that take
 * most wall time, by turns. */
static size_t choose(const struct needs_view *view, size_t chosen[MOST_TYPES])
{
	const size_t types = view->needs->type_count;
	const size_t wanted = view->told->pattern ? MOST_TYPES : USUAL_TYPES;
	cleanup_free size_t *by_rss = needs_sort(view, CAMPAIGN_MAX_RSS, BY_P95);
	cleanup_free size_t *by_wall = needs_sort(view, CAMPAIGN_WALL, BY_SUM);
	size_t count = 0;
	/* Whatever is above the limit is looked for first. */
	for (size_t round = 0; by_rss && round < USUAL_OVER; round++) {
		size_t next = types;
		for (size_t t = 0; t < types; t++)
			if (!is_among(chosen, count, t) && view->needs->types[t].over.tasks > 0 &&
			    (next == types || view->needs->types[t].over.tasks >
			                              view->needs->types[next].over.tasks))
				next = t;
		if (next < types)
			chosen[count++] = next;
	}
	for (size_t i = 0; by_rss && by_wall && i < types; i++) {
		if (count < wanted)
			count = add_chosen(chosen, count, by_rss[i]);
		if (count < wanted)
			count = add_chosen(chosen, count, by_wall[i]);
	}
	return count;
}

void needs_add_portraits(struct needs_view *view)
{
	size_t chosen[MOST_TYPES];
	const size_t count = choose(view, chosen);
	for (size_t i = 0; i < count; i++) {
		const struct campaign_type_needs *const needs = &view->needs->types[chosen[i]];
		char id[32];
		snprintf(id, sizeof id, "type-%zu", i + 1);
		document_section(view->doc, id, needs->name, "");
		if (i == 0 && count < view->needs->type_count)
			document_say(view->doc, TEXT_DIM,
			             "%zu of %zu types have pictures of their own: those with most "
			             "tasks above "
			             "the limit, with the largest max RSS, and with most wall "
			             "time. --type "
			             "NAME draws any other.",
			             count, view->needs->type_count);
		const struct portrayed p = {view, needs, i + 1};
		add_type(&p);
	}
}
