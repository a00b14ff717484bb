/* How plots look: colours that colour-blind readers can tell apart (after Okabe and Ito, darkened
 * to stand out from white by at least 3 to 1), and, for every hue, a mark, a dash and a hatching of
 * its own, so that nothing rests on the colour alone. In a page the colours are CSS variables, for
 * light and dark themes and for paper. */
#ifndef REPORT_PLOT_LOOK_H
#define REPORT_PLOT_LOOK_H

#include "report/plot/plot.h"

struct str;

/* Where gnuplot has a pattern that is filled. */
enum { PLOT_TINT = 3 };

struct plot_hue {
	const char *color; /* on white, "#RRGGBB" in small letters */
	const char *dark;  /* on black */
	unsigned point;    /* gnuplot's point type */
	const char *dash;  /* gnuplot's dash type */
	unsigned hatching; /* gnuplot's fill pattern; 0: none, PLOT_TINT: a light tint alone */
};

extern const struct plot_hue plot_hues[PLOT_HUES];

/* What is not data; the last two are of letters on cells of a map. */
enum plot_ink {
	PLOT_INK,
	PLOT_AXIS,
	PLOT_GRID,
	PLOT_PAPER,
	PLOT_DARK_CELL,
	PLOT_LIGHT_CELL,
	PLOT_INKS
};

struct plot_ink_color {
	const char *name; /* of its CSS variable: "ink" */
	const char *color;
	const char *dark;
};

extern const struct plot_ink_color plot_inks[PLOT_INKS];

/* Colours that a map has at most. */
enum { PLOT_SHADES = 32 };

/* Letters on the dark and on the light cells of a map; the other way round in a dark theme. */
#define PLOT_ON_DARK  "#fefefe"
#define PLOT_ON_LIGHT "#010101"

/* The colours of a map, from the least to the largest, as gnuplot's `set palette` takes them: one
 * hue that gets darker, so that it reads in grey as well. */
extern const char plot_palette[];

/* Which of the PLOT_SHADES a colour 0xRRGGBB of the palette is; -1: none. In a page each has a
 * class f-mSHADE: on a dark ground it is the light end that says most. */
int plot_shade(long color);

/* Appends the style sheet of plots in a page (without <style>): dark where the reader prefers that,
 * or the root has data-theme "dark"; on paper light. What it speaks of is inside svg.plot. */
void plot_css(struct str *out);

#endif
