/* Before a run: whether the node is quiet, ours and big enough; during it: who else used its CPUs
 * while a trial ran. Joins platform/pressure (what is there) and run/preflight (what that means).
 *
 *   preflight_begin    first thing, so that the rest of the preparation is time to look at
 *   preflight_end      when the plan is known: says warnings, or refuses
 *   preflight_put      warnings into the result
 *   preflight_trial_begin, preflight_trial_end   around each trial */
#ifndef COMMANDS_PREFLIGHT_H
#define COMMANDS_PREFLIGHT_H

#include "commands/command.h"
#include "model/plan.h"
#include "model/scenario.h"
#include "model/sink.h"
#include "model/topology.h"
#include "run/preflight.h"

#include <stdint.h>

struct preflight;

/* For the option table of run. */
#define PREFLIGHT_OPTIONS                                                                          \
	{0, "preflight", "fast|full|off",                                                          \
	 "how long to look for other load on the node first (0.1 s, 3 s, not at all)"},            \
	        {0, "here", NULL,                                                                  \
	         "measure on this node even outside an allocation, or beside other users"},

/* *ret_preflight is NULL when --preflight is off. Returns 0 or -ENOMEM. */
int preflight_begin(const struct arguments *arguments, struct preflight **ret_preflight,
                    struct error *err);

/* What the look is for. */
struct preflight_question {
	const struct scenario *scenario; /* for its limits */
	const struct plan *plan;         /* NULL: nothing is to be stored */
	uint32_t largest;                /* how many PUs are to be kept busy at once */
	const struct topology *topology;
	const char *output; /* where the result goes */
};

/* Looks and judges, and says nothing: preflight_found has what was found. Returns 0 or -ENOMEM. */
int preflight_look(struct preflight *preflight, const struct preflight_question *question,
                   struct error *err);
const struct preflight_findings *preflight_found(const struct preflight *preflight);

/* output: where the result goes. Returns EXIT_DONE, or EXIT_NODE_CANNOT with everything said. */
enum exit_code preflight_end(struct preflight *preflight, const struct scenario *scenario,
                             const struct plan *plan, const struct topology *topology,
                             const char *output);

/* Returns 0 or -errno of the sink. */
int preflight_put(const struct preflight *preflight, int64_t at_ns, const struct sink *sink,
                  struct error *err);

/* What else went on during a trial becomes samples, and events above the scenario's limits. */
void preflight_trial_begin(struct preflight *preflight);
int preflight_trial_end(struct preflight *preflight, const struct scenario *scenario,
                        uint32_t trial, int64_t at_ns, const struct sink *sink, struct error *err);

/* NULL is allowed, here and above. */
void preflight_free(struct preflight *preflight);

#endif
