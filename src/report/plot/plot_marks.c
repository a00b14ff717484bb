/* How each mark is drawn: the elements of gnuplot's plot command. */
#include "core/array.h"
#include "report/plot/plot_look.h"
#include "report/plot/plot_script_parts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Begins the next element of the plot command, of the data of series i. */
static void begin_element(struct script *s, size_t i)
{
	str_add(s->out, s->has_plotted ? ", \\\n  " : "plot ");
	str_addf(s->out, "%s index %zu ", s->source, i);
	s->has_plotted = true;
}

static void end_element(const struct script *s, size_t i, bool is_in_key)
{
	const struct plot_series *const series = &s->plot->series[i];
	if (is_in_key && !s->is_named[i] && series->name && *series->name) {
		str_add(s->out, " title ");
		plot_script_quote(s->out, SCRIPT_NAME_COLUMNS, series->name);
		str_add(s->out, " noenhanced");
	} else {
		str_add(s->out, " notitle");
	}
}

static void draw_points(struct script *s, size_t i)
{
	const struct plot_hue *const hue = &plot_hues[s->plot->series[i].hue];
	const bool is_crowd = s->plot->series[i].count > 400;
	begin_element(s, i);
	str_addf(s->out,
	         "using 1:2:3:4 with yerrorbars pointtype 0 linewidth 1.2 linecolor rgb '%s'",
	         hue->color);
	end_element(s, i, false);
	begin_element(s, i);
	str_addf(s->out,
	         "using 1:2 with points pointtype %u pointsize %s linewidth 1.2 linecolor rgb '%s'",
	         hue->point, is_crowd ? "0.35" : "0.8", hue->color);
	end_element(s, i, true);
}

static void draw_line(struct script *s, size_t i)
{
	const struct plot_series *const series = &s->plot->series[i];
	const struct plot_hue *const hue = &plot_hues[series->hue];
	const bool is_dotted = series->mark == PLOT_DOTTED;
	begin_element(s, i);
	str_addf(s->out, "using 1:2 with %s linewidth %s dashtype %s linecolor rgb '%s'",
	         series->mark == PLOT_STEPS ? "steps" : "lines", is_dotted ? "1.6" : "1.8",
	         is_dotted ? "(2,4)" : hue->dash, hue->color);
	end_element(s, i, true);
}

static void draw_band(struct script *s, size_t i)
{
	begin_element(s, i);
	str_addf(s->out,
	         "using 1:2:3 with filledcurves fillstyle transparent solid 0.18 noborder "
	         "linecolor rgb '%s'",
	         plot_hues[s->plot->series[i].hue].color);
	end_element(s, i, true);
}

/* Filled rectangles: a light tint, the hatching of the hue, and a border, which is thin where they
 * are many. */
static void draw_rectangles(struct script *s, size_t i, const char *columns)
{
	enum { MANY = 300 };
	const struct plot_hue *const hue = &plot_hues[s->plot->series[i].hue];
	const bool is_plain = hue->hatching == 0 || hue->hatching == PLOT_TINT;
	const char *const border = s->plot->series[i].count > MANY ? "0.25" : "0.8";
	begin_element(s, i);
	str_addf(s->out, "using %s with boxxyerror fillstyle transparent solid %s", columns,
	         hue->hatching == 0           ? "0.55 border"
	         : hue->hatching == PLOT_TINT ? "0.25 border"
	                                      : "0.25 noborder");
	str_addf(s->out, " linewidth %s linecolor rgb '%s'", border, hue->color);
	end_element(s, i, is_plain);
	if (is_plain)
		return;
	begin_element(s, i);
	str_addf(s->out,
	         "using %s with boxxyerror fillstyle transparent pattern %u border linewidth %s "
	         "linecolor rgb '%s'",
	         columns, hue->hatching, border, hue->color);
	end_element(s, i, true);
}

/* Bars that are lower than a pixel are left out: nothing but their borders would be seen. */
static void draw_bars(struct script *s, size_t i)
{
	const struct plot_range range = s->frame->y;
	const double pixels = plot_height(s->plot);
	char columns[96];
	if (s->plot->y.is_log)
		snprintf(columns, sizeof columns, "1:2:4:5:3:(abs(log($2/$3)) < %.6g ? NaN : $2)",
		         log(range.to / range.from) / pixels);
	else
		snprintf(columns, sizeof columns, "1:2:4:5:3:(abs($2-$3) < %.6g ? NaN : $2)",
		         (range.to - range.from) / pixels);
	draw_rectangles(s, i, columns);
}

/* Straight strokes: from x, y by so much in x and in y. */
static void draw_strokes(struct script *s, size_t i, const char *columns, const char *width)
{
	begin_element(s, i);
	str_addf(s->out, "using %s with vectors nohead linewidth %s linecolor rgb '%s'", columns,
	         width, plot_hues[s->plot->series[i].hue].color);
	end_element(s, i, false);
}

/* The box, whiskers with caps, and the median as a thick line. */
static void draw_boxes(struct script *s, size_t i)
{
	static const char *const strokes[2][4] = {
	        {"1:3:(0):($4-$3)", "1:5:(0):($6-$5)", "($7+($8-$7)/4):3:(($8-$7)/2):(0)",
	         "($7+($8-$7)/4):6:(($8-$7)/2):(0)"},
	        {"1:3:(0):($4-$3)", "1:5:(0):($6-$5)",
	         "($7*($8/$7)**0.25):3:($7*(($8/$7)**0.75-($8/$7)**0.25)):(0)",
	         "($7*($8/$7)**0.25):6:($7*(($8/$7)**0.75-($8/$7)**0.25)):(0)"}};
	draw_rectangles(s, i, "1:2:7:8:4:5");
	for (size_t k = 0; k < 4; k++)
		draw_strokes(s, i, strokes[s->plot->x.is_log][k], "1");
	draw_strokes(s, i, "7:2:($8-$7):(0)", "2.4");
}

/* The same on its side. */
static void draw_across(struct script *s, size_t i)
{
	static const char *const strokes[] = {"3:2:($4-$3):(0)", "5:2:($6-$5):(0)",
	                                      "3:($7+($8-$7)/4):(0):(($8-$7)/2)",
	                                      "6:($7+($8-$7)/4):(0):(($8-$7)/2)"};
	draw_rectangles(s, i, "1:2:4:5:7:8");
	for (size_t k = 0; k < 4; k++)
		draw_strokes(s, i, strokes[k], "1");
	draw_strokes(s, i, "1:7:(0):($8-$7)", "2.4");
}

struct scale {
	double least;
	double most;
};

static struct scale find_scale(const struct plot *plot)
{
	struct scale scale = {HUGE_VAL, -HUGE_VAL};
	for (size_t i = 0; i < plot->series_count; i++)
		for (size_t k = 0; k < plot->series[i].count; k++) {
			const struct plot_point *const p = &plot->series[i].points[k];
			if (plot->series[i].mark != PLOT_CELLS ||
			    !plot_point_is_drawn(plot, &plot->series[i], p))
				continue;
			scale.least = fmin(scale.least, p->q1);
			scale.most = fmax(scale.most, p->q1);
		}
	/* fmin and fmax take no notice of a NAN. */
	scale.least = fmin(scale.least, plot->scale_from);
	scale.most = plot->is_scale_cut ? plot->scale_to : fmax(scale.most, plot->scale_to);
	if (!(scale.most > scale.least))
		scale = (struct scale){scale.least - 0.5, scale.least + 0.5};
	return isfinite(scale.least) && isfinite(scale.most - scale.least) ? scale
	                                                                   : (struct scale){0, 1};
}

/* With three digits, and never with an exponent where a number of that size is read. */
static void add_scale_tick(struct str *out, double value, const char *sign)
{
	char rounded[32];
	char text[PLOT_NUMBER_BYTES];
	snprintf(rounded, sizeof rounded, "%.2e", value);
	plot_number(strtod(rounded, NULL), text);
	str_addf(out, "'%s%s' %.12g", sign, text, value);
}

void plot_script_scale(const struct script *s)
{
	const struct scale scale = find_scale(s->plot);
	str_addf(s->out,
	         "set palette maxcolors %d defined (%s)\n"
	         "set cbrange [%.12g:%.12g]\n"
	         "set cbtics (",
	         PLOT_SHADES, plot_palette, scale.least, scale.most);
	add_scale_tick(s->out, scale.least, "");
	str_add(s->out, ", ");
	add_scale_tick(s->out, (scale.least + scale.most) / 2, "");
	str_add(s->out, ", ");
	add_scale_tick(s->out, scale.most, s->plot->is_scale_cut ? "over " : "");
	str_add(s->out, ")\n"
	                "set colorbox noborder\n"
	                "set tmargin 2.4\n"
	                "set label ");
	plot_script_quote(s->out, SCRIPT_AXIS_COLUMNS, s->plot->scale_label);
	str_addf(s->out,
	         " at screen 0.985, screen 1 right offset 0,-0.9 noenhanced textcolor rgb '%s'\n",
	         plot_inks[PLOT_INK].color);
}

/* The figures stand in the cells where there is room for them. */
static void draw_cells(struct script *s, size_t i)
{
	begin_element(s, i);
	str_add(s->out, "using 1:2:($1-0.5):($1+0.5):($2-0.5):($2+0.5):3 with boxxyerror fillstyle "
	                "solid noborder linecolor palette");
	end_element(s, i, false);
	const double wide = 0.7 * PLOT_WIDTH / (s->frame->x.to - s->frame->x.from);
	const double high = 0.7 * plot_height(s->plot) / (s->frame->y.to - s->frame->y.from);
	if (wide < 34 || high < 14)
		return;
	const struct scale scale = find_scale(s->plot);
	const double middle = scale.least + (scale.most - scale.least) * 0.55;
	for (int dark = 0; dark < 2; dark++) {
		begin_element(s, i);
		str_addf(s->out,
		         "using 1:($3 %s %.12g ? $2 : NaN):(sprintf('%%.3g', $3)) with labels font "
		         "',10' textcolor rgb '%s'",
		         dark ? ">" : "<=", middle, dark ? PLOT_ON_DARK : PLOT_ON_LIGHT);
		end_element(s, i, false);
	}
}

void plot_script_mark(struct script *s, size_t i)
{
	switch (s->plot->series[i].mark) {
	case PLOT_POINTS:
		draw_points(s, i);
		break;
	case PLOT_LINE:
	case PLOT_DOTTED:
	case PLOT_STEPS:
		draw_line(s, i);
		break;
	case PLOT_BAND:
		draw_band(s, i);
		break;
	case PLOT_BARS:
		draw_bars(s, i);
		break;
	case PLOT_BOXES:
		draw_boxes(s, i);
		break;
	case PLOT_ACROSS:
		draw_across(s, i);
		break;
	case PLOT_SEGMENTS:
		draw_rectangles(s, i, "1:3:1:2:4:5");
		break;
	case PLOT_CELLS:
		draw_cells(s, i);
		break;
	case PLOT_MARKS:
		break;
	}
}
