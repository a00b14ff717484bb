/* Sections that several pages have. For pages/man_*.c. */
#ifndef PAGES_MAN_PARTS_H
#define PAGES_MAN_PARTS_H

#include "core/str.h"

#include <stddef.h>

struct command;
struct option_entry;

/* The entries of options under a title; nothing where there are none. */
void man_options(struct str *s, const char *title, const struct option_entry *options,
                 size_t count);

/* An entry for every command of table (group NULL), or of a group. */
void man_commands(struct str *s, const struct command *const table[], const char *group);

/* The section of exit codes. */
void man_exits(struct str *s);

/* The entry of the variable that gives an option its default. */
void man_variable(struct str *s, const struct option_entry *option);

#endif
