/* Whether criteria can be judged by a run at all, as far as that is known before anything runs:
 * whoever waits half an hour for a verdict should hear first that there will be none. Pure. */
#ifndef PLAN_JUDGEABLE_H
#define PLAN_JUDGEABLE_H

#include "model/criteria.h"
#include "model/plan.h"
#include "model/record.h"
#include "model/scenario.h"
#include "model/topology.h"

#include <stdbool.h>
#include <stddef.h>

struct error;

/* A run as it is planned here. */
struct judgeable_run {
	const struct scenario *scenario;
	const struct plan *plan;
	const struct topology *topology;
	const struct event_definition *events; /* as they can be counted here */
	size_t event_count;
};

/* Why the criterion will be inconclusive however the run goes: a sentence that the caller frees, or
 * NULL where nothing speaks against it. What the criterion wants skipped where a node has no such
 * thing is not a reason. Returns 0 or -ENOMEM. */
int judgeable_reason(const struct judgeable_run *run, const struct criterion *criterion,
                     char **ret_reason, struct error *err);

#endif
