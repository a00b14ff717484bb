/* Where things are in a plot: how far its axes go, where their ticks are, which rectangle a point
 * covers. Pure; the same for gnuplot's script, for the places in a page that say something when
 * they are looked at, and for a terminal. */
#ifndef REPORT_PLOT_FRAME_H
#define REPORT_PLOT_FRAME_H

#include "report/plot/plot.h"

#include <stdbool.h>
#include <stddef.h>

struct error;

/* The size of a picture in its own units (pixels of the SVG), and of its letters. */
enum { PLOT_WIDTH = 500, PLOT_FONT = 13 };

struct plot_range {
	double from;
	double to; /* larger */
};

struct plot_frame {
	struct plot_range x;
	struct plot_range y;
};

struct plot_rectangle {
	double left, right, bottom, top; /* in units of the axes */
};

/* A tick as it is drawn: label "" has a mark alone. */
struct plot_mark_at {
	double at;
	char label[64];
};

struct plot_ticks {
	struct plot_mark_at *items; /* none: gnuplot's own */
	size_t count;
	size_t capacity;
	bool is_turned; /* the labels do not fit side by side */
};

/* The ends of both axes: what was asked for, else what the points that are drawn, and the lines
 * across, need and a little more. Always finite, from < to, above 0 on a logarithmic axis. */
struct plot_frame plot_frame(const struct plot *plot);

/* The rectangle of a point of BARS, BOXES (between the quartiles), SEGMENTS and CELLS. */
struct plot_rectangle plot_rectangle(const struct plot *plot, const struct plot_series *series,
                                     const struct plot_point *point);

/* Where a value is along an axis, 0 at its beginning and 1 at its end. */
double plot_share(const struct plot_axis *axis, struct plot_range range, double at);

/* How many names stand beside one another in the key, so that none is cut. */
size_t plot_key_columns(const struct plot *plot);

/* The height of a picture of PLOT_WIDTH; more where its key has many rows. */
double plot_height(const struct plot *plot);

/* The ticks of the x axis, or of the y axis: those that were asked for, with the labels left out
 * that would run into one another; else round ones on a logarithmic axis; else none. Returns 0 or
 * -ENOMEM. plot_ticks_release frees them. */
int plot_ticks(const struct plot *plot, const struct plot_axis *axis, struct plot_range range,
               struct plot_ticks *ret_ticks, struct error *err);
void plot_ticks_release(struct plot_ticks *ticks);

enum { PLOT_NUMBER_BYTES = 32 };

/* A number as it stands at an axis or a scale: from a million on in millions ("1.2 M"). */
void plot_number(double number, char text[PLOT_NUMBER_BYTES]);

#define cleanup_plot_ticks __attribute__((cleanup(plot_ticks_release)))

#endif
