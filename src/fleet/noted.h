/* A result against what its job noted of it before it left the node. */
#ifndef FLEET_NOTED_H
#define FLEET_NOTED_H

#include "model/fleet.h"

#include <stdint.h>

struct error;

/* Whether a result is the one that the job has noted: name is what it is called in the complaint,
 * bytes its size, sha256 its hash (NULL: not known, then the size alone is held against it). Jobs
 * of older versions have noted nothing: then it only must not be empty. Returns 0, or -EINVAL. */
int noted_check(const struct job_report *report, const char *name, int64_t bytes,
                const char *sha256, struct error *err);

#endif
