/* Criteria for a kind of node, from results of a good one: `plateau accept --make-criteria`. */
#ifndef COMMANDS_MAKE_CRITERIA_H
#define COMMANDS_MAKE_CRITERIA_H

#include "commands/command.h"

/* Writes criteria that the results of the operands would pass, to the file of the option output
 * (which must be free, or force given) or to stdout. EXIT_DONE; EXIT_USAGE: a file that is no
 * result, one by which nothing can be judged, or one in the way; EXIT_SOMETHING_FAILED. */
enum exit_code make_criteria(const struct arguments *arguments);

#endif
