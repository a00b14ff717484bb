/* Plots drawn by gnuplot: as SVG for a page, and as files for a paper. One process draws all. */
#ifndef REPORT_PLOT_GNUPLOT_H
#define REPORT_PLOT_GNUPLOT_H

#include "core/error.h"
#include "report/document.h"
#include "report/plot/plot.h"

#include <stddef.h>
#include <stdint.h>

/* What draws; NULL in the calls below: "gnuplot" of PATH, which may take a minute and two seconds
 * per plot. */
struct plot_program {
	const char *name;
	int64_t timeout_ns;
};

/* One plot drawn: svg, or why not. */
struct plot_picture {
	char *svg; /* of the caller, who frees it; NULL: */
	struct error why;
};

/* Draws plots as SVG that can stand in one page: see plot_svg.h; the ids in picture i begin with
 * the plot's id, so that those have to differ. Returns 0, or -ENOMEM with nothing in ret_pictures.
 */
int plot_draw_with(const struct plot_program *program, const struct plot *const *plots,
                   size_t count, struct plot_picture *ret_pictures, struct error *err);

int plot_draw(const struct plot *const *plots, size_t count, struct plot_picture *ret_pictures,
              struct error *err);

/* Writes every plot of the documents into a folder, which is made when it is not there: ID.dat (its
 * figures, between tabs), ID.gp (a script that remakes the pictures with plain gnuplot), ID.svg,
 * ID.pdf and ID.png. Files of these names are replaced. With several documents ID is preceded by
 * "1-", "2-", ...; *ret_count is how many plots there are. Returns 0 or -errno; figures and scripts
 * are there also when gnuplot is missing or fails. */
int plots_write_files(const struct document *docs, size_t count, const char *folder,
                      const struct plot_program *program, size_t *ret_count, struct error *err);

#endif
