#include "commands/command.h"

#include <assert.h>
#include <string.h>

const char *arguments_get(const struct arguments *arguments, const char *name)
{
	const struct command *const command = arguments->command;
	for (size_t i = 0; i < command->option_count; i++)
		if (strcmp(command->options[i].name, name) == 0)
			return arguments->values[i];
	assert(!"an option that is not in the command's table");
	return NULL;
}

bool arguments_has(const struct arguments *arguments, const char *name)
{
	return arguments_get(arguments, name) != NULL;
}
