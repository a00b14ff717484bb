/* What the readers of campaigns for a capacity answer share; private to analyse/capacity. */
#ifndef ANALYSE_CAPACITY_CAPACITY_SOURCES_PARTS_H
#define ANALYSE_CAPACITY_CAPACITY_SOURCES_PARTS_H

#include "model/campaign.h"
#include "model/capacity.h"

/* How many cores a task of the type takes, unless the task says it itself, and where these are
 * several, how busy it keeps them, unless it says that. Returns 0, -EINVAL (not all tasks had the
 * same number) or -ENOMEM. */
int capacity_take_cores(const struct campaign *campaign, uint32_t type, const char *path,
                        struct capacity_task *task, struct error *err);

#endif
