/* Sections that several pages have. For pages/man_*.c. */
#ifndef PAGES_MAN_PARTS_H
#define PAGES_MAN_PARTS_H

#include "core/str.h"

#include <stddef.h>

struct command;
struct command_note;
struct option_entry;

/* The entries of options under a title; nothing where there are none. */
void man_options(struct str *s, const char *title, const struct option_entry *options,
                 size_t count);

/* An entry for every command of table (group NULL), or of a group. */
void man_commands(struct str *s, const struct command *const table[], const char *group);

/* The section of exit codes: of a command, or of all (NULL). */
void man_exits(struct str *s, const struct command *command);

/* Entries of names and what is said of them, as a section (title NULL: in the last one); nothing
 * where there are none. */
void man_notes(struct str *s, const char *title, const struct command_note *notes);

/* Examples: what a command line is for, and the line. */
void man_examples(struct str *s, const struct command_note *examples);

/* The variables of a command's options, and the others that it knows. */
void man_environment(struct str *s, const struct command *command);

#endif
