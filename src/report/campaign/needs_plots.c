/* Max RSS of all tasks in pictures: how many, how long, and up to where. */
#include "report/campaign/needs_parts.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/str.h"
#include "report/text_style.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Types that get a hue of their own; bars that a picture can show. */
enum { MOST_TYPES = PLOT_HUES - 1, MOST_BARS = 64, GREY = PLOT_HUES - 2 };

/* A name in the key is cut to this, so that two stand side by side. */
enum { KEY_COLUMNS = 20 };

/* Of what is highest: the names of lines stand above it. */
static const double room_above = 1.2;

/* The types of a stack, and the bins that one bar holds. */
struct stack {
	const struct needs_view *view;
	const struct campaign_bins *bins;
	size_t types[MOST_TYPES]; /* indexes, those with most first */
	size_t count;
	size_t step;
	bool is_wall;
};

static void add_cut(struct str *out, const char *name)
{
	static const struct text_style style = {.width = KEY_COLUMNS};
	text_add_middle(out, &style, KEY_COLUMNS, KEY_COLUMNS / 2, name);
}

/* The name of a type as the key has it: cut, unless another of the picture would read the same. */
static void add_key(struct str *out, const struct stack *s, size_t layer)
{
	const struct campaign_type_needs *const types = s->view->needs->types;
	const char *const name = types[s->types[layer]].name;
	cleanup_str struct str cut = {0};
	add_cut(&cut, name);
	bool is_alone = true;
	for (size_t i = 0; i < s->count && is_alone; i++) {
		cleanup_str struct str other = {0};
		add_cut(&other, types[s->types[i]].name);
		is_alone = i == layer || strcmp(str_text(&cut), str_text(&other)) != 0;
	}
	str_add(out, is_alone ? str_text(&cut) : name);
	out->failed |= cut.failed;
}

static double bin_of(const struct stack *s, size_t type, size_t bar)
{
	const struct campaign_bins *const bins = s->bins;
	double sum = 0;
	for (size_t k = bar * s->step; k < (bar + 1) * s->step && k < bins->count; k++)
		sum += s->is_wall ? bins->wall_s[type * bins->count + k]
		                  : (double)bins->tasks[type * bins->count + k];
	return sum;
}

static double sum_of(const struct stack *s, size_t type)
{
	double sum = 0;
	for (size_t bar = 0; bar * s->step < s->bins->count; bar++)
		sum += bin_of(s, type, bar);
	return sum;
}

static bool is_chosen(const struct stack *s, size_t type)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->types[i] == type)
			return true;
	return false;
}

/* By what types get a hue: by what they hold of the stack, or by their largest. */
static double weight_of(const struct stack *s, size_t type, bool by_largest)
{
	const struct campaign_spread *const rss =
	        &s->view->needs->types[type].figures[CAMPAIGN_MAX_RSS];
	if (!by_largest)
		return sum_of(s, type);
	return rss->n > 0 ? rss->max : 0;
}

/* The types with most, but for the first `largest`, which are those with the largest max RSS. */
static struct stack make_stack(const struct needs_view *view, bool is_wall, size_t largest)
{
	struct stack s = {.view = view, .bins = &view->needs->bins, .step = 1, .is_wall = is_wall};
	const size_t types = view->needs->type_count;
	while (s.bins->count > s.step * MOST_BARS)
		s.step *= 2;
	while (s.count < MOST_TYPES && s.count < types) {
		size_t next = types;
		double most = 0;
		for (size_t t = 0; t < types; t++) {
			const double weight =
			        is_chosen(&s, t) ? 0 : weight_of(&s, t, s.count < largest);
			if (weight > most) {
				most = weight;
				next = t;
			}
		}
		if (next == types)
			break;
		s.types[s.count++] = next;
	}
	return s;
}

/* Types that have something and no hue. */
static size_t count_others(const struct stack *s)
{
	size_t count = 0;
	for (size_t t = 0; t < s->view->needs->type_count; t++)
		count += !is_chosen(s, t) && sum_of(s, t) > 0;
	return count;
}

/* A bar's place, in the unit of memory. */
static double middle_of(const struct stack *s, size_t bar)
{
	return ((double)bar + 0.5) * (double)s->step * s->bins->width_bytes *
	       s->view->memory.factor;
}

static void tell_bar(const struct stack *s, struct plot *plot, struct plot_point *point, size_t bar,
                     const char *name, double value, double unit, const char *word)
{
	const double width = (double)s->step * s->bins->width_bytes * s->view->memory.factor;
	plot_tip(plot, point, "%s, %.4g to %.4g %s: %.6g %s", name, (double)bar * width,
	         (double)(bar + 1) * width, s->view->memory.name, value * unit,
	         value * unit == 1 && strcmp(word, "tasks") == 0 ? "task" : word);
}

/* A series of the stack on what is below it, bar by bar. */
static void add_layer(const struct stack *s, struct plot *plot, double *below, size_t layer,
                      double unit, const char *word)
{
	const size_t types = s->view->needs->type_count;
	const bool is_rest = layer == s->count;
	char rest[48];
	snprintf(rest, sizeof rest, "%zu other types", count_others(s));
	const char *const name = is_rest ? rest : s->view->needs->types[s->types[layer]].name;
	const unsigned own = layer < GREY ? (unsigned)layer : PLOT_HUES - 1;
	cleanup_str struct str key = {0};
	if (is_rest)
		str_add(&key, name);
	else
		add_key(&key, s, layer);
	struct plot_series *const series =
	        plot_series(plot, PLOT_BARS, is_rest ? GREY : own, str_text(&key));
	series->width = (double)s->step * s->bins->width_bytes * s->view->memory.factor;
	for (size_t bar = 0; bar * s->step < s->bins->count; bar++) {
		double value = 0;
		for (size_t t = 0; t < types; t++)
			if (is_rest ? !is_chosen(s, t) : t == s->types[layer])
				value += bin_of(s, t, bar);
		if (!(value > 0))
			continue;
		struct plot_point *const point =
		        plot_point(plot, series, middle_of(s, bar), (below[bar] + value) * unit);
		point->low = below[bar] * unit;
		tell_bar(s, plot, point, bar, name, value, unit, word);
		below[bar] += value;
	}
}

/* The limit, where one was named, and what 95 % of the tasks stay below. */
static void add_lines(const struct needs_view *view, struct plot *plot)
{
	const struct campaign_spread *const rss =
	        &needs_all(view->needs)->figures[CAMPAIGN_MAX_RSS];
	char text[FIGURE_BYTES];
	char label[FIGURE_BYTES + 16];
	if (rss->n > 0)
		plot_reference(plot, true, rss->p95 * view->memory.factor, "95 % of tasks");
	if (!isfinite(view->needs->limit_bytes))
		return;
	snprintf(label, sizeof label, "limit %s", needs_limit(view->needs->limit_bytes, text));
	plot_reference(plot, true, view->needs->limit_bytes * view->memory.factor, label);
}

static void label_memory(const struct needs_view *view, struct plot *plot, struct plot_axis *axis)
{
	char label[64];
	snprintf(label, sizeof label, "max RSS (%s)", view->memory.name);
	plot_axis(plot, axis, label);
}

static void plot_stack(const struct needs_view *view, bool is_wall)
{
	const struct stack s = make_stack(view, is_wall, 0);
	const size_t bars = (s.bins->count + s.step - 1) / s.step;
	cleanup_free double *below = calloc(bars + 1, sizeof *below);
	const struct figure_unit unit =
	        is_wall ? figure_unit_of_time(needs_all(view->needs)->over.of_wall_s)
	                : (struct figure_unit){"tasks", 1};
	char label[64];
	if (!below || s.count == 0) {
		view->doc->failed |= !below;
		return;
	}
	struct plot *const plot =
	        is_wall ? document_plot(view->doc, "wall-by-rss", "Wall time by max RSS")
	                : document_plot(view->doc, "tasks-by-rss", "Tasks by max RSS");
	snprintf(label, sizeof label, is_wall ? "wall time (%s)" : "%s", unit.name);
	label_memory(view, plot, &plot->x);
	plot_axis(plot, &plot->y, label);
	plot->x.from = 0;
	plot->y.from = 0;
	for (size_t layer = 0; layer < s.count; layer++)
		add_layer(&s, plot, below, layer, unit.factor, unit.name);
	if (count_others(&s) > 0)
		add_layer(&s, plot, below, s.count, unit.factor, unit.name);
	double most = 0;
	for (size_t bar = 0; bar < bars; bar++)
		most = fmax(most, below[bar] * unit.factor);
	plot->y.to = room_above * most;
	add_lines(view, plot);
	plot_words(plot,
	           is_wall ? "Wall time of all tasks whose max RSS is in each stretch, by type."
	                   : "Attempts in each stretch of max RSS, one type upon another.");
}

/* On a logarithmic axis nothing is stacked: the bar is of all, and a mark of each type stands at
 * its own height. */
static void plot_logarithmic(const struct needs_view *view)
{
	enum { LARGEST = 3 };
	static const double floor_of_bars = 0.5;
	const struct stack s = make_stack(view, false, LARGEST);
	const size_t all = view->needs->type_count;
	if (s.count == 0)
		return;
	struct plot *const plot =
	        document_plot(view->doc, "tasks-by-rss-log", "Tasks by max RSS, logarithmic");
	label_memory(view, plot, &plot->x);
	plot_axis(plot, &plot->y, "tasks");
	plot->x.from = 0;
	plot->y.is_log = true;
	plot->y.from = floor_of_bars;
	struct plot_series *const bars = plot_series(plot, PLOT_BARS, PLOT_HUES - 2, "all types");
	bars->width = (double)s.step * s.bins->width_bytes * view->memory.factor;
	double most = 1;
	for (size_t bar = 0; bar * s.step < s.bins->count; bar++) {
		const double value = bin_of(&s, all, bar);
		if (!(value > 0))
			continue;
		struct plot_point *const point = plot_point(plot, bars, middle_of(&s, bar), value);
		point->low = floor_of_bars;
		most = fmax(most, value);
		tell_bar(&s, plot, point, bar, "all types", value, 1, "tasks");
	}
	plot->y.to = most * pow(most / floor_of_bars, room_above - 1);
	for (size_t i = 0; i < s.count && i < PLOT_HUES - 2; i++) {
		const char *const name = view->needs->types[s.types[i]].name;
		cleanup_str struct str key = {0};
		add_key(&key, &s, i);
		struct plot_series *const marks =
		        plot_series(plot, PLOT_POINTS, (unsigned)i, str_text(&key));
		for (size_t bar = 0; bar * s.step < s.bins->count; bar++) {
			const double value = bin_of(&s, s.types[i], bar);
			if (!(value > 0))
				continue;
			tell_bar(&s, plot, plot_point(plot, marks, middle_of(&s, bar), value), bar,
			         name, value, 1, "tasks");
		}
	}
	add_lines(view, plot);
	plot_words(plot, "The same with a logarithmic axis, where few tasks are seen beside many. "
	                 "Bars are of all types, marks of the types with the largest max RSS and "
	                 "of those with most tasks.");
}

static void plot_cumulative(const struct needs_view *view)
{
	const struct campaign_cumulative *const c = &view->needs->cumulative;
	if (c->count == 0)
		return;
	struct plot *const plot =
	        document_plot(view->doc, "rss-cumulative", "What fits: cumulative by max RSS");
	label_memory(view, plot, &plot->x);
	plot_axis(plot, &plot->y, "up to here (%)");
	plot->x.from = 0;
	plot->y.from = 0;
	plot->y.to = 124; /* room above for the names of lines */
	for (int share = 0; share <= 100; share += 20) {
		char text[16];
		snprintf(text, sizeof text, "%d", share);
		plot_tick(plot, &plot->y, share, text);
	}
	struct plot_series *series = plot_series(plot, PLOT_LINE, 0, "tasks");
	for (size_t i = 0; i < c->count; i++)
		plot_point(plot, series, c->max_rss_bytes[i] * view->memory.factor,
		           100 * c->tasks[i]);
	series = plot_series(plot, PLOT_LINE, 1, "their wall time");
	for (size_t i = 0; c->wall_s && i < c->count; i++)
		plot_point(plot, series, c->max_rss_bytes[i] * view->memory.factor,
		           100 * c->wall_s[i]);
	plot_reference(plot, false, 95, "");
	add_lines(view, plot);
	plot_words(plot, "How many of the tasks, and how much of their wall time, have at most "
	                 "the max RSS on the axis.");
}

void needs_add_memory_plots(struct needs_view *view)
{
	document_section(view->doc, "memory", "Memory in pictures", "");
	if (needs_all(view->needs)->figures[CAMPAIGN_MAX_RSS].n == 0)
		return;
	needs_plot_boxes(&view->needs, view->told, 1, view->doc);
	plot_stack(view, false);
	plot_logarithmic(view);
	if (needs_all(view->needs)->over.of_wall_s > 0)
		plot_stack(view, true);
	plot_cumulative(view);
}
