/* The numbers that tasks printed, from the table figure. */
#ifndef STORE_LOAD_FIGURES_H
#define STORE_LOAD_FIGURES_H

#include "store/row.h"

/* Reads them into dataset.figures and dataset.figure_names, sorted by task, then name. Tasks must
 * be there, and sorted. Returns 0 or -errno. */
int load_figures(struct reading *reading, struct error *err);

#endif
