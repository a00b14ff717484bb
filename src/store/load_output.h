/* What failed tasks said: one line for every way in which tasks failed, not all that was kept. */
#ifndef STORE_LOAD_OUTPUT_H
#define STORE_LOAD_OUTPUT_H

#include "store/row.h"

/* Reads the last line of stderr, or of stdout where stderr has none, of one failed task of each
 * kind into the dataset's `said`. Levels and trials must be there. Returns 0 or -errno. */
int load_output(struct reading *reading, struct error *err);

#endif
