/* gnuplot's SVG made fit to stand in a page: only its shapes and texts are taken over, each written
 * anew, so that nothing else can get in; colours become classes of the style sheet (plot_css),
 * marks of one look become one path, and places that say something when they are looked at are laid
 * above. No scripts, no styles, no references but to the picture's own hatchings. */
#ifndef REPORT_PLOT_SVG_H
#define REPORT_PLOT_SVG_H

#include "report/plot/plot.h"
#include "report/plot/plot_frame.h"

#include <stddef.h>

struct str;

/* Where gnuplot has put the data, in pixels from the left and from below. */
struct plot_place {
	double left, right, bottom, top;
};

/* Appends the picture. svg is gnuplot's, of svg_bytes; name is put in front of every id in it
 * ([a-z0-9-]+, unique in the page). Returns 0, or -EINVAL when it is no SVG of gnuplot's. */
int plot_svg_rewrite(const struct plot *plot, const struct plot_frame *frame,
                     const struct plot_place *place, const char *name, const char *svg,
                     size_t svg_bytes, struct str *out, struct error *err);

#endif
