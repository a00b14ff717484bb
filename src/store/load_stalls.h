/* The pressure stall figures of trials, which a result file keeps as samples. */
#ifndef STORE_LOAD_STALLS_H
#define STORE_LOAD_STALLS_H

#include "store/row.h"

/* Reads them into dataset.stalls, which stays NULL where the file has none. Trials must be there.
 * Returns 0 or -errno. */
int load_stalls(struct reading *reading, struct error *err);

#endif
