/* A run is of one node: a result that stands under two was copied, or collected under two names,
 * and must not be counted twice. Pure. */
#ifndef FLEET_SHARED_RUNS_H
#define FLEET_SHARED_RUNS_H

#include "model/fleet.h"

struct error;

/* Finds the attempts whose run (by its id) stands under another node, too, and says so in `shared`:
 * such an attempt has no result of its own. It is left to the one node that it is known to be of:
 * whose state file has noted this very file (sha256), or else has the host name that the result
 * has, or which is called as that host; where that is none or several, to nobody. "n1" and
 * "n1.site.example" are one node. What was found earlier is found anew, and the verdicts of
 * attempts and nodes that this changes. Returns 0 or -ENOMEM. */
int shared_runs_find(struct fleet *fleet, struct error *err);

#endif
