/* Limits for other nodes of its kind, from what a good node showed: criteria so wide that the same
 * node, measured again, passes all of them with a probability of 0.95. Pure; docs/method.md defends
 * it, tests/curves simulates it. */
#ifndef ANALYSE_VERDICT_LIMITS_H
#define ANALYSE_VERDICT_LIMITS_H

#include "analyse/findings.h"
#include "model/criteria.h"
#include "model/words.h"

#include <stdbool.h>
#include <stddef.h>

struct limits {
	struct criteria criteria; /* absolute; at full occupancy, throughput also at the baseline */
	/* Fewer than three runs: they say nothing of how much the node differs from run to run, so
	 * the limits rest on the spread of trials and leave an allowance. */
	bool is_within_run;
	struct words notes; /* sentences: what the limits rest on, what was left out and why */
};

/* Proposes limits from runs (1 or more) of one good node, or of nodes that are all good. Returns
 * 0; -EINVAL where nothing can be judged by them (no level was measured, tasks failed, the run
 * did not come to its end); -ENOMEM. */
int limits_propose(const struct findings *const *runs, size_t count, struct limits *ret_limits,
                   struct error *err);
void limits_release(struct limits *limits);

#define cleanup_limits __attribute__((cleanup(limits_release)))

#endif
