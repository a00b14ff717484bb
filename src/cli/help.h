/* --help, printed from the tables. Lines are filled up to `columns`, of which there must be 60;
 * examples stay as they are. */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include "commands/command.h"

struct error;

/* The help of the program, with every command of table (which ends with NULL). The caller frees
 * the text. Returns 0 or -ENOMEM. */
int help_program(const struct command *const table[], size_t columns, char **ret_text,
                 struct error *err);

/* The help of the commands of table whose names begin with the word group. The caller frees the
 * text. Returns 0 or -ENOMEM. */
int help_group(const struct command *const table[], const char *group, size_t columns,
               char **ret_text, struct error *err);

/* The help of one command, with the commands of table whose names it begins. The caller frees the
 * text. Returns 0 or -ENOMEM. */
int help_command(const struct command *const table[], const struct command *command, size_t columns,
                 char **ret_text, struct error *err);

#endif
