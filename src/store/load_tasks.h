/* Tasks and their counters, which are many: a million are read in a few seconds. */
#ifndef STORE_LOAD_TASKS_H
#define STORE_LOAD_TASKS_H

#include "store/row.h"

/* Reads the tasks of the last attempts and of the probe, sorted by trial and index, and their
 * counters. Levels, events, inputs and trials must be there. Returns 0 or -errno. */
int load_tasks(struct reading *reading, struct error *err);

#endif
