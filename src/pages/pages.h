/* Man pages and completions for shells, made of the tables that command lines and scenario files
 * are read by. They are text of the program alone, nothing of the machine that makes them: a
 * tarball brings them along.
 *
 * Each function appends a whole file to s, whose memory is looked at once, by str_take. */
#ifndef PAGES_PAGES_H
#define PAGES_PAGES_H

#include "core/str.h"

#include <stdbool.h>
#include <stddef.h>

struct command;
struct task_command;

/* plateau(1): of table, which ends with NULL. date: YYYY-MM-DD; "": not released yet. */
void page_program(struct str *s, const struct command *const table[], const char *date);

/* plateau-COMMAND(1) */
void page_command(struct str *s, const struct command *const table[], const struct command *command,
                  const char *date);

/* plateau-GROUP(1), of a first word that is no command itself. */
void page_group(struct str *s, const struct command *const table[], const char *group,
                const char *date);

/* plateau-scenario(5) */
void page_scenario(struct str *s, const char *date);

/* The page of a stand-in task. */
void page_task(struct str *s, const struct task_command *task, const char *date);

/* The completion for bash, and for zsh. */
void completion_bash(struct str *s, const struct command *const table[]);
void completion_zsh(struct str *s, const struct command *const table[]);

#endif
