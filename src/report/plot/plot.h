/* A plot as a value: what is drawn, on which axes, in which units, and what it says in words. It is
 * made by the sections of a report, and drawn by plot_gnuplot (SVG, PDF, PNG).
 *
 *   struct plot *plot = document_plot(doc, "throughput", "Throughput against N");
 *   plot_axis(&plot->x, "tasks at once (N)"); plot_axis(&plot->y, "tasks/h");
 *   struct plot_series *s = plot_series(plot, PLOT_POINTS, "measured");
 *   plot_point(plot, s, x, y) returns a point whose further figures can be set
 *
 * Every text in it may come from outside: whoever writes it out escapes it. Running out of memory
 * is remembered in plot->failed; the calls then return a place that may be written to and is not
 * used. */
#ifndef REPORT_PLOT_H
#define REPORT_PLOT_H

#include "report/table.h"

#include <stdbool.h>
#include <stddef.h>

enum plot_mark {
	PLOT_POINTS, /* marks at (x, y), with a bar from low to high where both are there */
	PLOT_LINE,   /* from point to point */
	PLOT_DOTTED, /* the same, dotted: what is expected, not measured */
	PLOT_BAND,   /* the area from low to high along x */
	PLOT_STEPS,  /* a cumulative distribution: horizontal first */
	PLOT_BARS,   /* filled from 0 (or from low, for a stack) to y, `width` wide */
	PLOT_BOXES,  /* low, q1, y (the median), q3, high */
	PLOT_ACROSS, /* boxes lying on their side: low, q1, x (the median), q3, high at height y */
	PLOT_SEGMENTS, /* horizontal, from x to high at height y */
	PLOT_CELLS,    /* a map: a rectangle of 1 x 1 around (x, y), coloured by q1 */
	PLOT_MARKS
};

struct plot_point {
	double x;
	double y;
	double low; /* NAN: none, as every figure below */
	double high;
	double q1;
	double q3;
	char *tip; /* said when the mouse is on it, and in the table below; NULL: x and y */
};

/* Series of one hue belong together; the look never rests on the hue alone. */
enum { PLOT_HUES = 8 };

struct plot_series {
	char *name; /* in the key; "": not in the key */
	enum plot_mark mark;
	unsigned hue;
	double width; /* BARS and BOXES: in units of x; ACROSS and SEGMENTS: of y */
	struct plot_point *points;
	size_t count;
	size_t capacity;
};

struct plot_tick {
	double at;
	char *label;
};

struct plot_axis {
	char *label; /* with the unit in it: "wall time (s)" */
	bool is_log;
	double from; /* NAN: as the points need it */
	double to;
	struct plot_tick *ticks; /* instead of numbers, for named places; none: numbers */
	size_t tick_count;
	size_t tick_capacity;
};

/* A straight reference line across the plot. */
struct plot_line {
	bool is_vertical;
	double at;
	char *label;
};

struct plot {
	char *id; /* [a-z0-9-]+: the name of its files, and of its place in the page */
	char *title;
	char *words; /* what it shows, in a sentence or two, for who does not see it */
	struct plot_axis x;
	struct plot_axis y;
	struct plot_series *series;
	size_t series_count;
	size_t series_capacity;
	struct plot_line *lines;
	size_t line_count;
	size_t line_capacity;
	char *scale_label;               /* CELLS: what the colours are of */
	double scale_from;               /* CELLS: the colours reach over these values at least; */
	double scale_to;                 /* NAN: over the cells' own */
	double height;                   /* of the width; 0: as is usual */
	struct plot_series spare_series; /* written to, and not used, once failed */
	struct plot_point spare_point;
	bool is_scale_cut;    /* CELLS: the colours end at scale_to, whatever is beyond */
	bool has_small_cells; /* CELLS: too many for letters in each; they do not make it higher */
	bool failed;
};

/* Makes an empty plot; both names are copied. */
void plot_init(struct plot *plot, const char *id, const char *title);
void plot_release(struct plot *plot);

/* What it shows in words; printf form. */
void plot_words(struct plot *plot, const char *format, ...) __attribute__((format(printf, 2, 3)));

void plot_axis(struct plot *plot, struct plot_axis *axis, const char *label);

/* CELLS: what the colours are of, with the unit. */
void plot_scale(struct plot *plot, const char *label);

void plot_tick(struct plot *plot, struct plot_axis *axis, double at, const char *label);
void plot_reference(struct plot *plot, bool is_vertical, double at, const char *label);

/* Appends a series, its width 1. Valid until the next series is appended. */
struct plot_series *plot_series(struct plot *plot, enum plot_mark mark, unsigned hue,
                                const char *name);

/* Appends a point, its other figures NAN. Valid until the next point of the series. */
struct plot_point *plot_point(struct plot *plot, struct plot_series *series, double x, double y);

/* Sets what a point says when it is looked at. */
void plot_tip(struct plot *plot, struct plot_point *point, const char *format, ...)
        __attribute__((format(printf, 3, 4)));

/* Whether a point has the figures that its mark needs, finite, and above 0 where an axis is
 * logarithmic: the others are left out of a picture. */
bool plot_point_is_drawn(const struct plot *plot, const struct plot_series *series,
                         const struct plot_point *point);

/* Whether nothing of it would be drawn: such a plot is not shown. */
bool plot_is_empty(const struct plot *plot);

#define cleanup_plot __attribute__((cleanup(plot_release)))

#endif
