/* --help, printed from the tables in 80 columns. */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include "commands/command.h"

struct error;

/* The help of the program, with every command of table (which ends with NULL). The caller frees
 * the text. Returns 0 or -ENOMEM. */
int help_program(const struct command *const table[], char **ret_text, struct error *err);

/* The help of one command. The caller frees the text. Returns 0 or -ENOMEM. */
int help_command(const struct command *command, char **ret_text, struct error *err);

#endif
