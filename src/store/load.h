/* Reads a result file into a dataset. The file may come from anybody: it is opened read-only and
 * defensively, and every value is checked before it is believed. */
#ifndef STORE_LOAD_H
#define STORE_LOAD_H

#include "model/dataset.h"

struct error;

/* Loads the result file at path: facts, levels, events, inputs, the last attempt of every trial
 * (planned ones that have not begun as TRIAL_PENDING, one that was cut off by a kill as
 * TRIAL_RUNNING) with its tasks, counters and warnings. A file with a log beside it, which a killed
 * run leaves, is copied to a temporary folder first, so that its own folder need not be writable.
 * Returns 0; -ENOENT; -EBUSY (a running plateau writes it); -EINVAL (not a result file, damaged, or
 * of a newer plateau); or -errno. *ret_dataset is the caller's to release with dataset_release. */
int load_dataset(const char *path, struct dataset *ret_dataset, struct error *err);

#endif
