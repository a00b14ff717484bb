/* What was read at moments, from the table sample. */
#ifndef STORE_LOAD_SAMPLES_H
#define STORE_LOAD_SAMPLES_H

#include "store/row.h"

/* Reads them into dataset.samples and dataset.sample_names, by name, place and time, less what
 * load_stalls reads and what belongs to attempts that were repeated. Trials must be there. Returns
 * 0 or -errno. */
int load_samples(struct reading *reading, struct error *err);

#endif
