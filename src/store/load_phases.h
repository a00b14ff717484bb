/* The phases of tasks, from the table phase. */
#ifndef STORE_LOAD_PHASES_H
#define STORE_LOAD_PHASES_H

#include "store/row.h"

/* Reads them into dataset.phases and dataset.phase_names, sorted by task, then start. Tasks must
 * be there, and sorted. Returns 0 or -errno. */
int load_phases(struct reading *reading, struct error *err);

#endif
