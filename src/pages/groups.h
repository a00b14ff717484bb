/* Commands that belong together: those of two words whose first is the same. */
#ifndef PAGES_GROUPS_H
#define PAGES_GROUPS_H

#include <stdbool.h>
#include <stddef.h>

struct command;

enum { GROUP_BYTES = 32 };

/* The first word of a command's name. */
void group_of(const struct command *command, char ret_group[GROUP_BYTES]);

/* Whether table[index] is the first of its group, and the group's name no command itself: "fleet".
 */
bool group_begins(const struct command *const table[], size_t index);

/* The page of a command or a group: "plateau-fleet-submit" for "fleet submit". */
void group_page_name(const char *name, char ret_page[GROUP_BYTES * 2]);

#endif
