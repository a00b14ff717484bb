/* The options with which `run` and `plan` change a scenario, and the scenario that a command line
 * without a file stands for. One table and one function, so that the two commands cannot differ. */
#ifndef COMMANDS_OVERRIDES_H
#define COMMANDS_OVERRIDES_H

#include "commands/command.h"
#include "commands/criteria_options.h"
#include "model/scenario.h"

#include <stdint.h>

struct error;

/* For a command's option table: {OVERRIDE_OPTIONS {'o', "output", ...}}. */
#define OVERRIDE_OPTIONS                                                                           \
	{'j', "levels", "LIST", "copies of the task at once: 1,2,4-16/4,50%,cores,pus"},           \
	        {'r', "repeats", "COUNT", "blocks: how often every level is measured"},            \
	        {'w', "warmup", "COUNT", "tasks per slot before the measured ones"},               \
	        {'m', "measured", "COUNT", "measured tasks per slot"},                             \
	        {'e', "events", "LIST",                                                            \
	         "metrics or events to count, with commas; none counts nothing"},                  \
	        {0, "overflow", "WAY", "events that are more than counters: rotate, multiplex"},   \
	        {0, "policy", "POLICY",                                                            \
	         "none, pack, spread[:package|:numa|:l3], plane:K, map:LIST"},                     \
	        {0, "unit", "UNIT", "what a task is bound to: pu, core, l3, numa, package"},       \
	        {0, "memory-policy", "PLACE", "where memory comes from: local, interleave, none"}, \
	        {0, "timeout", "TIME", "a task that runs longer is ended, such as 300s; 0: none"}, \
	        {0, "sampling", "TIME",                                                            \
	         "how often the node is looked at, such as 1s; off: never"},                       \
	        CRITERIA_OPTIONS,

/* How many scenarios a command line names: its operands, or the one behind "--". At least 1: where
 * it is none, overrides_scenario says so. */
size_t overrides_count(const struct arguments *arguments);

/* Makes a scenario of a command line: the file that is the operand at index, or `-- COMMAND
 * ARG...`, changed by the options above. What is wrong with options is told with the first scenario
 * alone. On bad input says on stderr everything that is wrong. Returns EXIT_DONE with *ret_scenario
 * set (the caller releases it); EXIT_USAGE for bad input; EXIT_SOMETHING_FAILED when out of memory.
 */
enum exit_code overrides_scenario(const struct arguments *arguments, size_t index,
                                  struct scenario *ret_scenario);

/* A value of --repeats. Returns 0 or -EINVAL. */
int overrides_repeats(const char *text, uint32_t *ret_repeats, struct error *err);

/* What a run without a file sweeps over when --levels is not given. */
extern const char *const overrides_default_levels;

#endif
