#include "report/plot/plot_script.h"

#include "report/plot/plot_look.h"
#include "report/plot/plot_script_parts.h"

#include "core/array.h"
#include "core/error.h"
#include "core/str.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_COLUMNS = 50, END_COLUMNS = 18 };

/* Series of lines whose ends are this far apart, in pixels, carry their names there. */
static const double apart = 15;

/* Quoted; the labels of ticks are formats to gnuplot. */
static void quote_tick(struct str *out, const char *text)
{
	cleanup_str struct str doubled = {0};
	for (; *text; text++)
		str_add_bytes(&doubled, *text == '%' ? "%%" : text, *text == '%' ? 2 : 1);
	out->failed |= doubled.failed;
	plot_script_quote(out, 2 * SCRIPT_NAME_COLUMNS, str_text(&doubled));
}

static bool is_drawn(const struct plot *plot, const struct plot_series *series)
{
	for (size_t i = 0; i < series->count; i++)
		if (plot_point_is_drawn(plot, series, &series->points[i]))
			return true;
	return false;
}

static bool is_line(enum plot_mark mark)
{
	return mark == PLOT_LINE || mark == PLOT_DOTTED;
}

static const struct plot_point *last_point(const struct plot *plot,
                                           const struct plot_series *series)
{
	for (size_t i = series->count; i > 0; i--)
		if (plot_point_is_drawn(plot, series, &series->points[i - 1]))
			return &series->points[i - 1];
	return NULL;
}

/* Where the end of a line is, in pixels from below; NAN when it does not end near the right side,
 * where there is room for its name. */
static double end_height(const struct script *s, size_t i)
{
	const struct plot_series *const series = &s->plot->series[i];
	const struct plot_point *const last = last_point(s->plot, series);
	if (!is_line(series->mark) || !last || !series->name || !*series->name)
		return (double)NAN;
	const double across = plot_share(&s->plot->x, s->frame->x, last->x);
	const double up = plot_share(&s->plot->y, s->frame->y, last->y);
	return across > 0.9 && up >= 0 && up <= 1 ? up * plot_height(s->plot) : (double)NAN;
}

/* All lines are named at their ends, or all in the key. */
static bool name_lines(struct script *s)
{
	size_t count = 0;
	for (size_t i = 0; i < s->plot->series_count; i++) {
		const double here = end_height(s, i);
		const struct plot_series *const series = &s->plot->series[i];
		s->is_named[i] = !isnan(here) && text_width(series->name) <= END_COLUMNS;
		for (size_t k = 0; k < i; k++)
			if (s->is_named[i] && fabs(here - end_height(s, k)) < apart)
				s->is_named[i] = false;
		count += s->is_named[i];
		if (is_line(series->mark) && *series->name && is_drawn(s->plot, series) &&
		    !s->is_named[i]) {
			for (size_t k = 0; k <= i; k++)
				s->is_named[k] = false;
			return false;
		}
	}
	return count > 0;
}

static void set_axis(const struct script *s, char name, const struct plot_axis *axis,
                     struct plot_range range)
{
	str_addf(s->out, "set %clabel ", name);
	plot_script_quote(s->out, SCRIPT_AXIS_COLUMNS, axis->label);
	str_addf(s->out, " noenhanced offset %s textcolor rgb '%s'\n",
	         name == 'x' ? "0,0.4" : "0.5,0", plot_inks[PLOT_INK].color);
	str_addf(s->out, "set %crange [%.12g:%.12g]\n", name, range.from, range.to);
	if (axis->is_log)
		str_addf(s->out, "set logscale %c 2\n", name);
	str_addf(s->out, "set format %c '%%.6g'\n", name);
}

static int set_ticks(const struct script *s, char name, const struct plot_axis *axis,
                     struct plot_range range, struct error *err)
{
	cleanup_plot_ticks struct plot_ticks ticks = {0};
	if (plot_ticks(s->plot, axis, range, &ticks, err) < 0)
		return -ENOMEM;
	if (ticks.is_turned)
		str_addf(s->out, "set %ctics rotate by 40 right\n", name);
	if (ticks.count == 0)
		return 0;
	str_addf(s->out, "set %ctics (", name);
	for (size_t i = 0; i < ticks.count; i++) {
		str_add(s->out, i > 0 ? ", " : "");
		quote_tick(s->out, ticks.items[i].label);
		str_addf(s->out, " %.12g", ticks.items[i].at);
	}
	str_add(s->out, ")\n");
	return 0;
}

/* Where the label of a vertical line stands, in pixels: on the side of it where there is room. */
static struct plot_range label_span(const struct plot *plot, const struct plot_frame *frame,
                                    const struct plot_line *line)
{
	static const double letter = 0.58 * PLOT_FONT;
	static const double inner = 0.85; /* of a picture's width the part in which data are */
	const double share = plot_share(&plot->x, frame->x, line->at);
	const double at = share * inner * PLOT_WIDTH;
	const double length = letter * ((double)text_width(line->label ? line->label : "") + 1);
	return share > 0.5 ? (struct plot_range){at - length, at}
	                   : (struct plot_range){at, at + length};
}

/* Whether its label would run into that of an earlier line. */
static bool runs_into_another(const struct plot *plot, const struct plot_frame *frame, size_t line)
{
	const struct plot_range here = label_span(plot, frame, &plot->lines[line]);
	for (size_t i = 0; plot->lines[line].is_vertical && i < line; i++) {
		const struct plot_range there = label_span(plot, frame, &plot->lines[i]);
		if (plot->lines[i].is_vertical && here.from < there.to && there.from < here.to)
			return true;
	}
	return false;
}

/* A label of a line is on the side of it where there is room, and across from one that is near. */
static bool is_near_another(const struct plot *plot, const struct plot_frame *frame, size_t line)
{
	const struct plot_line *const l = &plot->lines[line];
	const struct plot_axis *const axis = l->is_vertical ? &plot->x : &plot->y;
	const struct plot_range range = l->is_vertical ? frame->x : frame->y;
	const double pixels = l->is_vertical ? PLOT_WIDTH : plot_height(plot);
	const double here = plot_share(axis, range, l->at) * pixels;
	for (size_t i = 0; i < line; i++)
		if (plot->lines[i].is_vertical == l->is_vertical) {
			const double away =
			        plot_share(axis, range, plot->lines[i].at) * pixels - here;
			if (away >= 0 && away < 1.5 * PLOT_FONT)
				return true;
		}
	return false;
}

static void set_line(const struct script *s, size_t index)
{
	const struct plot_line *const line = &s->plot->lines[index];
	const struct plot_range range = line->is_vertical ? s->frame->x : s->frame->y;
	if (!(line->at >= range.from && line->at <= range.to))
		return;
	const struct plot_axis *const axis = line->is_vertical ? &s->plot->x : &s->plot->y;
	const double share = plot_share(axis, range, line->at);
	if (line->is_vertical)
		str_addf(s->out, "set arrow from first %.12g, graph 0 to first %.12g, graph 1",
		         line->at, line->at);
	else
		str_addf(s->out, "set arrow from graph 0, first %.12g to graph 1, first %.12g",
		         line->at, line->at);
	str_addf(s->out, " nohead lw 1 dashtype (6,4) linecolor rgb '%s'\n",
	         plot_inks[PLOT_AXIS].color);
	if (!line->label || !*line->label)
		return;
	str_add(s->out, "set label ");
	plot_script_quote(s->out, LINE_COLUMNS, line->label);
	if (line->is_vertical)
		str_addf(s->out, " at first %.12g, graph %s %s offset %s,0", line->at,
		         is_near_another(s->plot, s->frame, index) ||
		                         runs_into_another(s->plot, s->frame, index)
		                 ? "0.88"
		                 : "0.96",
		         share > 0.5 ? "right" : "left", share > 0.5 ? "-0.5" : "0.5");
	else
		str_addf(s->out, " at graph 0.99, first %.12g right offset 0,%s", line->at,
		         share > 0.93 || is_near_another(s->plot, s->frame, index) ? "-0.6"
		                                                                   : "0.6");
	str_addf(s->out, " front noenhanced textcolor rgb '%s'\n", plot_inks[PLOT_INK].color);
}

/* The names at the ends of lines, and room for them. */
static void set_names(const struct script *s)
{
	size_t widest = 0;
	for (size_t i = 0; i < s->plot->series_count; i++) {
		const struct plot_series *const series = &s->plot->series[i];
		const struct plot_point *const last = last_point(s->plot, series);
		if (!s->is_named[i] || !last)
			continue;
		const size_t width = text_width(series->name);
		widest = width > widest ? width : widest;
		str_add(s->out, "set label ");
		plot_script_quote(s->out, END_COLUMNS, series->name);
		str_addf(s->out,
		         " at graph 1.0, first %.12g left offset 0.6,0 front noenhanced textcolor "
		         "rgb '%s'\n",
		         last->y, plot_hues[series->hue].color);
	}
	if (widest > 0)
		str_addf(s->out, "set rmargin %.1f\n", 0.85 * (double)widest + 1.5);
}

static bool has_cells(const struct plot *plot)
{
	for (size_t i = 0; i < plot->series_count; i++)
		if (plot->series[i].mark == PLOT_CELLS)
			return true;
	return false;
}

static int set_all(struct script *s, struct error *err)
{
	const struct plot *const plot = s->plot;
	str_addf(s->out,
	         "set pointintervalbox 0\n"
	         "set errorbars 0.4\n"
	         "set border 3 linewidth 0.8 linecolor rgb '%s'\n"
	         "set tics nomirror out scale 0.5 textcolor rgb '%s'\n"
	         "set grid noxtics ytics back linetype 1 linewidth 0.6 linecolor rgb '%s'\n"
	         "set key tmargin left Left reverse horizontal maxcols %zu samplen 2 width 0.5 "
	         "font ',12' textcolor rgb '%s'\n",
	         plot_inks[PLOT_AXIS].color, plot_inks[PLOT_INK].color, plot_inks[PLOT_GRID].color,
	         plot_key_columns(plot), plot_inks[PLOT_INK].color);
	set_axis(s, 'x', &plot->x, s->frame->x);
	set_axis(s, 'y', &plot->y, s->frame->y);
	if (set_ticks(s, 'x', &plot->x, s->frame->x, err) < 0 ||
	    set_ticks(s, 'y', &plot->y, s->frame->y, err) < 0)
		return -ENOMEM;
	if (has_cells(plot)) {
		plot_script_scale(s);
		str_add(s->out, "unset grid\nset border 0\n");
	}
	for (size_t i = 0; i < plot->line_count; i++)
		set_line(s, i);
	if (name_lines(s))
		set_names(s);
	return 0;
}

int plot_script_draw(const struct plot *plot, const struct plot_frame *frame, const char *source,
                     struct str *out, struct error *err)
{
	bool *const is_named = calloc(plot->series_count + 1, sizeof *is_named);
	if (!is_named)
		return error_memory(err);
	struct script s = {plot, frame, source, out, false, is_named};
	const int r = set_all(&s, err);
	/* What covers an area is drawn first. */
	for (int is_above = 0; is_above < 2 && r == 0; is_above++)
		for (size_t i = 0; i < plot->series_count; i++)
			if ((plot->series[i].mark != PLOT_BAND) == is_above &&
			    is_drawn(plot, &plot->series[i]))
				plot_script_mark(&s, i);
	str_add(out, "\n");
	free(is_named);
	return r;
}
