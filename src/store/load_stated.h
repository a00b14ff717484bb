/* Figures of levels that others worked out: the table stated. */
#ifndef STORE_LOAD_STATED_H
#define STORE_LOAD_STATED_H

#include "store/row.h"

/* Loads dataset.stated, ordered. The levels must be loaded. A figure that is there twice is
 * refused. Returns 0 or -errno. */
int load_stated(struct reading *reading, struct error *err);

#endif
