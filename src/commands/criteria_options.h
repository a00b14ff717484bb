/* The options --criteria and --reference of `run` and `plan`: what a scenario asks of the node,
 * from a file of its own. They become part of the scenario, so that the result keeps them: looks,
 * --resume and `plateau accept RESULT` know them from then on. */
#ifndef COMMANDS_CRITERIA_OPTIONS_H
#define COMMANDS_CRITERIA_OPTIONS_H

#include "commands/command.h"

#include <stdbool.h>

struct judgeable_run;
struct error;

/* For OVERRIDE_OPTIONS. */
#define CRITERIA_OPTIONS                                                                           \
	{0, "criteria", "FILE", "what the node must be (default: the scenario's key accept)"},     \
	{                                                                                          \
		0, "reference", "RESULT...",                                                       \
		        "runs of a good node, instead of those that the criteria name; all words " \
		        "up to the next option"                                                    \
	}

/* Replaces scenario->accept by the file of --criteria, and what its criteria are held against by
 * the words of --reference, where these were given. What is wrong is said on stderr if is_told.
 * Returns EXIT_DONE; EXIT_USAGE: the file is not there or is wrong (every problem with its place);
 * EXIT_SOMETHING_FAILED. */
enum exit_code criteria_options_apply(const struct arguments *arguments, bool is_told,
                                      struct scenario *scenario);

/* Warns of every criterion that will be inconclusive however the run goes: no verdict is better
 * known now than in half an hour. Returns 0 or -ENOMEM. */
int criteria_options_warn(const struct judgeable_run *as_planned, struct error *err);

#endif
