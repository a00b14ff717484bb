#include "pages/groups.h"

#include "commands/command.h"

#include <stdio.h>
#include <string.h>

void group_of(const struct command *command, char ret_group[GROUP_BYTES])
{
	snprintf(ret_group, GROUP_BYTES, "%.*s", (int)strcspn(command->name, " "), command->name);
}

bool group_begins(const struct command *const table[], size_t index)
{
	char group[GROUP_BYTES];
	group_of(table[index], group);
	if (!command_is_of_group(table[index], group))
		return false;
	for (size_t i = 0; table[i]; i++) {
		if (strcmp(table[i]->name, group) == 0)
			return false;
		if (i < index && command_is_of_group(table[i], group))
			return false;
	}
	return true;
}

void group_page_name(const char *name, char ret_page[GROUP_BYTES * 2])
{
	snprintf(ret_page, (size_t)GROUP_BYTES * 2, "plateau-%s", name);
	for (char *c = ret_page; *c; c++)
		if (*c == ' ')
			*c = '-';
}
