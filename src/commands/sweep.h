/* A run from its first trial to its last: the one place where what was measured so far decides
 * what comes next. Feeds plan/schedule, runs trials, tells how far it is.
 *
 *   sweep_new -> sweep_run -> (the plan grows, sweep_grow, sweep_run) ... -> sweep_free */
#ifndef COMMANDS_SWEEP_H
#define COMMANDS_SWEEP_H

#include "commands/command.h"
#include "model/plan.h"
#include "model/scenario.h"
#include "model/topology.h"

#include <stdbool.h>
#include <stdint.h>

struct engine;
struct error;
struct preflight;
struct recorder;
struct resume;
struct run_facts;

struct sweep_settings {
	const struct arguments *arguments; /* for the talk */
	const struct scenario *scenario;
	const struct plan *plan;
	const struct topology *topology;
	const struct run_facts *facts;
	struct engine *engine;
	struct recorder *recorder;
	const struct resume *resume; /* what there is already; NULL: the run is a new one */
	struct preflight *preflight; /* NULL: off */
	int64_t origin_ns;           /* monotonic */
};

struct sweep_outcome {
	uint32_t trials_begun;
	uint64_t tasks;      /* of every role, without those that plateau ended itself */
	uint64_t failures;   /* tasks of every role */
	uint32_t abandoned;  /* levels */
	bool is_over_budget; /* blocks were left out because of sweep.budget */
	int stop_signal;     /* what asked to stop, or 0 */
};

struct sweep;

/* The settings, and what they point to, must outlive the sweep. Returns 0 or -ENOMEM. */
int sweep_new(const struct sweep_settings *settings, struct sweep **ret_sweep, struct error *err);

/* Runs probe and trials until the plan is done, the budget is spent, or a signal asks to stop.
 * *ret_outcome is of everything that the sweep has run so far. Returns 0, or -errno when the result
 * can no longer be written. */
int sweep_run(struct sweep *sweep, struct sweep_outcome *ret_outcome, struct error *err);

/* The plan has further trials behind those that it had, on the same levels: sweep_run goes on with
 * them, under the same budget. Returns 0 or -ENOMEM. */
int sweep_grow(struct sweep *sweep, struct error *err);

/* Whether there is a trial left whose level is neither skipped nor abandoned. */
bool sweep_has_more(const struct sweep *sweep);

/* NULL is allowed. */
void sweep_free(struct sweep *sweep);

#endif
