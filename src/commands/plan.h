/* What a scenario would do on a machine, for `plan` and for `run --dry-run`. Runs nothing. */
#ifndef COMMANDS_PLAN_H
#define COMMANDS_PLAN_H

#include "commands/command.h"
#include "model/plan.h"
#include "model/scenario.h"
#include "platform/node.h"

#include <stdint.h>

/* Plans the scenario for the node and prints that on stdout, as JSON or text as arguments say.
 * task_ns: the wall time of one task, 0: unknown. Bad input is told on stderr. */
enum exit_code plan_print(const struct arguments *arguments, const struct scenario *scenario,
                          const struct node *node, int64_t task_ns);

/* Looks for the inputs as they are now; a sentence in *ret_problem, which the caller frees, when a
 * run would miss some. Sets plan->input_count of a pattern. Returns 0 or -ENOMEM. */
int plan_look_for_inputs(const struct scenario_inputs *inputs, struct plan *plan,
                         char **ret_problem, struct error *err);

#endif
