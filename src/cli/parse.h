/* The command line of one command, read by its option table.
 *
 * Long options are written in full (an abbreviation would change its meaning when an option is
 * added), with "=value" or the value as the next word; short ones may be clustered (-qv, -j1,2).
 * Options and operands may be mixed; "--" ends the options. A repeated option counts as last
 * given, but for one that takes a list: that takes all words up to the next option. An option with
 * a value that is not given takes it from PLATEAU_<NAME>. */
#ifndef CLI_PARSE_H
#define CLI_PARSE_H

#include "commands/command.h"

struct error;

/* Reads the words behind the command's name: argv[0] .. argv[argc - 1]. The values in
 * *ret_arguments point into argv and the environment, which must outlive it; arguments_release
 * frees the rest. With --help nothing behind it is looked at and operands are not counted.
 * Returns 0; -EINVAL with a sentence for the user, without the program's name; -ENOMEM. */
int parse_command_line(const struct command *command, int argc, char *const argv[],
                       struct arguments *ret_arguments, struct error *err);

void arguments_release(struct arguments *arguments);

#endif
