/* `plateau run --accept` while it measures: looks. When a part of the run is done it is held
 * against the scenario's criteria, and where these cannot be decided yet a block is added, up to
 * accept.max_repeats. Every look is in the result before its verdict is used, because whoever
 * judges the result later has to know how often it was looked at: each look is a chance to err
 * (analyse/verdict/alpha_spending). */
#ifndef COMMANDS_RUN_LOOKS_H
#define COMMANDS_RUN_LOOKS_H

#include "commands/sweep.h"

#include <stdbool.h>

struct dataset;
struct error;
struct run;

/* Whether the run that the result is of was begun, or gone on with, under --accept. */
bool run_was_judged(const struct dataset *before);

/* Notes in the result, where it does not say so yet, that the run is judged: whoever goes on with
 * it need not say --accept again. Before the first trial. Returns 0 or -errno. */
int run_put_judged(struct run *run, struct error *err);

/* Whether failed tasks are what a criterion of the scenario speaks of: they are its matter then. */
bool run_criteria_count_failures(const struct run *run);

/* Looks, now that the sweep has run everything in the plan. *ret_is_longer: the plan, the sweep and
 * the result have one more block, and sweep_run goes on. Nothing happens where the run is not to be
 * judged, was interrupted, or may not get longer. Returns 0 or -errno. */
int run_look(struct run *run, struct sweep *sweep, const struct sweep_outcome *outcome,
             bool *ret_is_longer, struct error *err);

/* Whether a complete result that is gone on with may want more blocks: it has fewer than it may
 * have, and its last look did not decide. */
bool run_complete_wants_more(const struct run *run);

#endif
