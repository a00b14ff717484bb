/* The data of a plot, for gnuplot and for people. */
#include "report/plot/plot_script.h"

#include "core/str.h"

#include <math.h>

enum { NOTE_COLUMNS = 400, NAME_COLUMNS = 200, MOST_COLUMNS = 9 };

/* Whose unit a column has. */
enum column_axis { OF_X, OF_Y, OF_SCALE };

struct column {
	const char *name;
	enum column_axis axis;
};

struct columns {
	size_t count;
	struct column items[MOST_COLUMNS];
};

static const struct columns columns_of[PLOT_MARKS] = {
        [PLOT_POINTS] = {4, {{"x", OF_X}, {"y", OF_Y}, {"low", OF_Y}, {"high", OF_Y}}},
        [PLOT_LINE] = {2, {{"x", OF_X}, {"y", OF_Y}}},
        [PLOT_DOTTED] = {2, {{"x", OF_X}, {"y", OF_Y}}},
        [PLOT_BAND] = {3, {{"x", OF_X}, {"low", OF_Y}, {"high", OF_Y}}},
        [PLOT_STEPS] = {2, {{"x", OF_X}, {"y", OF_Y}}},
        [PLOT_BARS] = {5,
                       {{"x", OF_X}, {"y", OF_Y}, {"from", OF_Y}, {"left", OF_X}, {"right", OF_X}}},
        [PLOT_BOXES] = {8,
                        {{"x", OF_X},
                         {"median", OF_Y},
                         {"low", OF_Y},
                         {"q1", OF_Y},
                         {"q3", OF_Y},
                         {"high", OF_Y},
                         {"left", OF_X},
                         {"right", OF_X}}},
        [PLOT_ACROSS] = {8,
                         {{"median", OF_X},
                          {"y", OF_Y},
                          {"low", OF_X},
                          {"q1", OF_X},
                          {"q3", OF_X},
                          {"high", OF_X},
                          {"bottom", OF_Y},
                          {"top", OF_Y}}},
        [PLOT_SEGMENTS] =
                {5, {{"from", OF_X}, {"to", OF_X}, {"y", OF_Y}, {"bottom", OF_Y}, {"top", OF_Y}}},
        [PLOT_CELLS] = {3, {{"x", OF_X}, {"y", OF_Y}, {"value", OF_SCALE}}},
};

/* The figures of a point in the order of its columns. */
static void fill_row(const struct plot *plot, const struct plot_series *series,
                     const struct plot_point *p, double row[MOST_COLUMNS])
{
	const struct plot_rectangle r = plot_rectangle(plot, series, p);
	const double rows[PLOT_MARKS][MOST_COLUMNS] = {
	        [PLOT_POINTS] = {p->x, p->y, p->low, p->high},
	        [PLOT_LINE] = {p->x, p->y},
	        [PLOT_DOTTED] = {p->x, p->y},
	        [PLOT_BAND] = {p->x, p->low, p->high},
	        [PLOT_STEPS] = {p->x, p->y},
	        [PLOT_BARS] = {p->x, p->y, r.bottom, r.left, r.right},
	        [PLOT_BOXES] = {p->x, p->y, p->low, p->q1, p->q3, p->high, r.left, r.right},
	        [PLOT_ACROSS] = {p->x, p->y, p->low, p->q1, p->q3, p->high, r.bottom, r.top},
	        [PLOT_SEGMENTS] = {p->x, p->high, p->y, r.bottom, r.top},
	        [PLOT_CELLS] = {p->x, p->y, p->q1},
	};
	for (size_t i = 0; i < MOST_COLUMNS; i++)
		row[i] = rows[series->mark][i];
}

static void add_figure(struct str *out, double value)
{
	if (isfinite(value))
		str_addf(out, "%.10g", value);
	else
		str_add(out, "NaN");
}

static void add_clean(struct str *out, size_t columns, const char *text)
{
	const struct text_style style = {0};
	text_add_cut(out, &style, columns, text ? text : "");
}

static bool has_tips(const struct plot_series *series)
{
	for (size_t i = 0; i < series->count; i++)
		if (series->points[i].tip)
			return true;
	return false;
}

static void add_head(const struct plot *plot, const struct plot_series *series, struct str *out)
{
	const char *const units[] = {plot->x.label, plot->y.label, plot->scale_label};
	const struct columns *const columns = &columns_of[series->mark];
	str_add(out, "# ");
	add_clean(out, NAME_COLUMNS, series->name);
	str_add(out, "\n# ");
	for (size_t i = 0; i < columns->count; i++) {
		const char *const unit = units[columns->items[i].axis];
		str_addf(out, "%s%s", i > 0 ? "\t" : "", columns->items[i].name);
		if (unit && *unit) {
			str_add(out, ": ");
			add_clean(out, NAME_COLUMNS, unit);
		}
	}
	str_add(out, has_tips(series) ? "\tnote\n" : "\n");
}

void plot_script_data(const struct plot *plot, bool for_people, struct str *out)
{
	for (size_t i = 0; i < plot->series_count; i++) {
		const struct plot_series *const series = &plot->series[i];
		if (i > 0)
			str_add(out, "\n\n");
		if (for_people)
			add_head(plot, series, out);
		for (size_t k = 0; k < series->count; k++) {
			double row[MOST_COLUMNS];
			fill_row(plot, series, &series->points[k], row);
			for (size_t c = 0; c < columns_of[series->mark].count; c++) {
				str_add(out, c > 0 ? "\t" : "");
				add_figure(out, row[c]);
			}
			if (for_people && series->points[k].tip) {
				str_add(out, "\t");
				add_clean(out, NOTE_COLUMNS, series->points[k].tip);
			}
			str_add(out, "\n");
		}
		/* A block has a row at least: empty ones would not be counted. */
		if (series->count == 0)
			str_add(out, "NaN\tNaN\tNaN\tNaN\tNaN\tNaN\tNaN\tNaN\n");
	}
}
