#include "commands/command.h"

#include "core/array.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

const struct option_entry *command_option(const struct command *command, size_t index)
{
	if (index < command->option_count)
		return &command->options[index];
	index -= command->option_count;
	return index < COMMON_OPTION_COUNT ? &common_options[index] : NULL;
}

bool command_is_of_group(const struct command *command, const char *group)
{
	const size_t length = strlen(group);
	return strncmp(command->name, group, length) == 0 && command->name[length] == ' ';
}

/* Whether a name of two words is made of these. */
static bool is_made_of(const struct command *command, const char *first, const char *second)
{
	return command_is_of_group(command, first) &&
	       strcmp(command->name + strlen(first) + 1, second) == 0;
}

const struct command *command_find(const struct command *const table[], int argc,
                                   char *const argv[], int *ret_words)
{
	if (argc < 1)
		return NULL;
	const struct command *of_one_word = NULL;
	for (size_t i = 0; table[i]; i++) {
		if (argc > 1 && is_made_of(table[i], argv[0], argv[1])) {
			*ret_words = 2;
			return table[i];
		}
		if (strcmp(table[i]->name, argv[0]) == 0 && !strchr(argv[0], ' '))
			of_one_word = table[i];
	}
	if (of_one_word)
		*ret_words = 1;
	return of_one_word;
}

void option_variable(const char *option, char ret_name[OPTION_VARIABLE_BYTES])
{
	snprintf(ret_name, OPTION_VARIABLE_BYTES, "PLATEAU_%s", option);
	for (char *c = ret_name; *c; c++)
		*c = *c == '-' ? '_' : (char)toupper((unsigned char)*c);
}

bool option_takes_list(const struct option_entry *option)
{
	const size_t length = option->value ? strlen(option->value) : 0;
	return length > 3 && strcmp(option->value + length - 3, "...") == 0;
}

static size_t option_index(const struct arguments *arguments, const char *name)
{
	const struct option_entry *option;
	for (size_t i = 0; (option = command_option(arguments->command, i)); i++)
		if (strcmp(option->name, name) == 0)
			return i;
	assert(!"an option that is in no table");
	return 0;
}

const char *arguments_get(const struct arguments *arguments, const char *name)
{
	return arguments->values[option_index(arguments, name)];
}

const struct words *arguments_list(const struct arguments *arguments, const char *name)
{
	return &arguments->lists[option_index(arguments, name)];
}

bool arguments_has(const struct arguments *arguments, const char *name)
{
	return arguments_get(arguments, name) != NULL;
}

enum exit_code exit_for_file(int result)
{
	return result == -ENOMEM || result == -EIO || result == -ENOSPC || result == -EPIPE
	               ? EXIT_SOMETHING_FAILED
	               : EXIT_USAGE;
}

enum exit_code exit_worse(enum exit_code a, enum exit_code b)
{
	static const enum exit_code worst_first[] = {
	        EXIT_INTERRUPTED,     EXIT_USAGE,        EXIT_NODE_CANNOT,
	        EXIT_CRITERIA_FAILED, EXIT_INCONCLUSIVE, EXIT_SOMETHING_FAILED,
	};
	for (size_t i = 0; i < ARRAY_LENGTH(worst_first); i++)
		if (a == worst_first[i] || b == worst_first[i])
			return worst_first[i];
	return EXIT_DONE;
}

const struct exit_meaning exit_meanings[] = {
        {EXIT_DONE, "done, or accepted"},
        {EXIT_SOMETHING_FAILED, "something failed while running"},
        {EXIT_USAGE, "usage or bad input file"},
        {EXIT_CRITERIA_FAILED, "criteria failed"},
        {EXIT_INCONCLUSIVE, "inconclusive"},
        {EXIT_NODE_CANNOT, "this node cannot do it"},
        {EXIT_INTERRUPTED, "interrupted, with the result kept"},
        {0, NULL},
};

const char *command_exit_text(const struct command *command, enum exit_code code)
{
	for (size_t i = 0; command->exits[i].text; i++)
		if (command->exits[i].code == code)
			return command->exits[i].text;
	switch (code) {
	case EXIT_DONE:
		return "done";
	case EXIT_SOMETHING_FAILED:
		return "something failed while running: no memory, a disk that is full, an answer "
		       "that could not be written";
	case EXIT_USAGE:
		return "usage or bad input file";
	default:
		return NULL;
	}
}

const struct option_entry common_options[COMMON_OPTION_COUNT] = {
        {0, "json", NULL, "print the answer as JSON"},
        {0, "progress", "auto|always|never", "progress on stderr (auto: on a terminal)"},
        {0, "color", "auto|always|never", "colours (auto: on a terminal, unless NO_COLOR is set)"},
        {'q', "quiet", NULL, "on stderr only errors and warnings"},
        {'v', "verbose", NULL, "on stderr also what is done in detail"},
        {'h', "help", NULL, "print this help"},
};
