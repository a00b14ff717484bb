/* Where plateau's own threads run: beside the tasks' PUs wherever any are free. */
#ifndef PLATFORM_AFFINITY_H
#define PLATFORM_AFFINITY_H

#include "model/cpuset.h"
#include "model/plan.h"
#include "model/topology.h"

#include <sys/types.h>

struct error;

/* Binds the thread (0: the calling one) to the allowed PUs that no slot of the level is bound to;
 * to all allowed ones where none is free. A level without binding leaves the thread where it may
 * run anyway, since its tasks inherit that. What cannot be bound stays as it is. */
void affinity_keep_off(pid_t thread, const struct topology *topology,
                       const struct plan_level *level);

/* The PUs that the calling thread may run on (sched_getaffinity). Returns 0 or -errno. */
int affinity_mine(struct cpuset *ret_set, struct error *err);

#endif
