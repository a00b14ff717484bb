/* A run from its first trial to its last: the one place where what was measured so far decides
 * what comes next. Feeds plan/schedule, runs trials, tells how far it is. */
#ifndef COMMANDS_SWEEP_H
#define COMMANDS_SWEEP_H

#include "commands/command.h"
#include "model/plan.h"
#include "model/scenario.h"
#include "model/topology.h"

#include <stdbool.h>
#include <stdint.h>

struct dataset;
struct engine;
struct error;
struct preflight;
struct recorder;
struct run_facts;

struct sweep_settings {
	const struct arguments *arguments; /* for the talk */
	const struct scenario *scenario;
	const struct plan *plan;
	const struct topology *topology;
	const struct run_facts *facts;
	struct engine *engine;
	struct recorder *recorder;
	const struct dataset *before; /* of a resumed run: what there is already; else NULL */
	struct preflight *preflight;  /* NULL: off */
	int64_t origin_ns;            /* monotonic */
};

struct sweep_outcome {
	uint32_t trials_begun;
	uint64_t tasks;      /* of every role, without those that plateau ended itself */
	uint64_t failures;   /* tasks of every role */
	uint32_t abandoned;  /* levels */
	bool is_over_budget; /* blocks were left out because of sweep.budget */
	int stop_signal;     /* what asked to stop, or 0 */
};

/* Runs probe and trials until the plan is done, the budget is spent, or a signal asks to stop.
 * Returns 0, or -errno when the result can no longer be written. */
int sweep_run(const struct sweep_settings *settings, struct sweep_outcome *ret_outcome,
              struct error *err);

#endif
