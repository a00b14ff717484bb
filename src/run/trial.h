/* One trial: a level held at exactly its concurrency through warm-up, window and drain. Joins
 * run/protocol (when) with run/crew (how), and puts every record into the sink. */
#ifndef RUN_TRIAL_H
#define RUN_TRIAL_H

#include "model/plan.h"
#include "model/record.h"
#include "model/scenario.h"

#include <stdint.h>

struct crew;
struct error;
struct signals;
struct node_sampler;
struct sampler;
struct sink;
struct stalls;

struct trial_tools {
	struct crew *crew;
	struct signals *signals;
	const struct sampler *sampler;
	struct node_sampler *node_sampler; /* NULL: none */
	const struct stalls *stalls;       /* NULL: none */
	const struct sink *sink;
	const struct scenario *scenario;
	const struct plan *plan;
	uint32_t input_count;
};

struct trial_outcome {
	struct trial_record record;
	uint64_t tasks;      /* of all roles, without those that plateau ended itself */
	uint64_t failures;   /* among them */
	uint64_t measured;   /* successful measured ones */
	double mean_wall_ns; /* of those; of the successful warm-up ones where there are none; 0 */
};

/* Runs the trial trial_id as planned. attempt counts from 1; drain_ns is what was waited before it
 * (RECORD_ABSENT: not). assumed_wall_ns: a task's expected wall time at this level, for the stagger
 * and, without warm-up, the window; 0: unknown. A request to stop ends it with state INTERRUPTED
 * and is no error. Returns 0, or -errno when the sink has failed. */
int trial_run(const struct trial_tools *tools, uint32_t trial_id, const struct plan_trial *planned,
              uint32_t attempt, int64_t drain_ns, int64_t assumed_wall_ns,
              struct trial_outcome *ret_outcome, struct error *err);

#endif
