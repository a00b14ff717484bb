/* Which nodes get a job, and in which order: what a fleet has done so far, held against what the
 * site says of its nodes. Pure. */
#ifndef FLEET_SUBMIT_PLAN_H
#define FLEET_SUBMIT_PLAN_H

#include "model/fleet.h"
#include "model/submit.h"

#include <stddef.h>

struct error;

/* What is run again of what was run before. */
enum submit_retry {
	RETRY_FAILED = 1 << 0,      /* fail, hung, node-fail */
	RETRY_SLOW = 1 << 1,        /* slow, as the ranking says */
	RETRY_MISSING = 1 << 2,     /* no result, or never run */
	RETRY_INCONCLUSIVE = 1 << 3 /* its criteria could not be decided */
};

/* "failed,missing" to a set of these. Returns 0 or -EINVAL. */
int submit_retry_parse(const char *text, unsigned *ret_retry, struct error *err);

/* A step for every node of the site's answer. retry 0: each node that was never run gets its first
 * job, and no other does; else those that it asks for get a further one. A node with a job that
 * waits or runs never gets a second; one that is drained, down or silent gets none. A job that was
 * prepared and never submitted keeps its number. Idle nodes come first, so that jobs that must wait
 * do not use up the window or the site's limit; else the order is that of the names. fleet: as
 * observed now; with a retry the verdicts of its nodes are those of the ranking. Returns 0 or
 * -ENOMEM. */
int submit_plan(const struct fleet *fleet, const struct batch_nodes *nodes, unsigned retry,
                struct submit_steps *ret_steps, struct error *err);

/* Orders the steps anew by what the site says of the nodes now; those that are waiting and cannot
 * be used any more become not-run, and the other way round. Returns 0 or -ENOMEM. */
int submit_plan_refresh(struct submit_steps *steps, const struct batch_nodes *nodes,
                        struct error *err);

/* The sentence for a node that cannot be used: "drained: bad DIMM (root)". The caller frees it. */
int submit_plan_why_not(const struct batch_node *node, char **ret_reason, struct error *err);

#endif
