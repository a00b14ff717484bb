/* What plot_gnuplot and plot_files share. */
#ifndef REPORT_PLOT_GNUPLOT_PARTS_H
#define REPORT_PLOT_GNUPLOT_PARTS_H

#include "core/subprocess.h"
#include "report/plot/plot_gnuplot.h"

/* Runs a script that draws `count` plots, in a folder (NULL: ours). Returns 0 whatever gnuplot
 * says, or as subprocess_run, with the remedy where there is none. */
int gnuplot_run(const struct plot_program *program, size_t count, const char *folder,
                const char *script, struct subprocess_end *ret_end, struct error *err);

/* Says what gnuplot complained of; returns -EINVAL. */
int gnuplot_failure(const struct subprocess_end *end, struct error *err);

#endif
