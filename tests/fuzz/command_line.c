/* Command lines: the first line names the command, each further one is a word. */
#include "targets.h"

#include "cli/help.h"
#include "cli/parse.h"
#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_WORDS = 40 };

static void check_arguments(const struct command *command, const struct arguments *arguments)
{
	const struct option_entry *option;
	for (size_t i = 0; (option = command_option(command, i)); i++) {
		const char *const value = arguments_get(arguments, option->name);
		fuzz_promise(!value || option->value || value[0] == '\0');
	}
	if (arguments_has(arguments, "help"))
		return;
	fuzz_promise(arguments->operands.count >= command->least_operands || arguments->has_rest);
	fuzz_promise(arguments->operands.count <= command->most_operands);
	fuzz_promise(command->takes_rest || !arguments->has_rest);
}

void fuzz_command_line(const char *bytes, const char *text, size_t count)
{
	(void)text;
	char *words[MOST_WORDS];
	int word_count = 0;
	const char *at = bytes;
	const char *const end = bytes + count;
	size_t commands = 0;
	while (command_table[commands])
		commands++;
	const size_t chosen = fuzz_choose(&at, &count, commands);
	char *word;
	while (word_count < MOST_WORDS && (word = fuzz_take_line(&at, end)))
		words[word_count++] = word;
	const struct command *const command = command_table[chosen];
	struct arguments arguments;
	struct error err = {""};
	cleanup_free char *help = NULL;
	const int r = parse_command_line(command, word_count, words, &arguments, &err);
	fuzz_check_told(r, NULL, &err);
	if (r == 0) {
		check_arguments(command, &arguments);
		arguments_release(&arguments);
	}
	if (help_command(command_table, command, 1 + count % 200, &help, &err) == 0)
		fuzz_promise(help[0] != '\0');
	int name_words = 0;
	if (command_find(command_table, word_count, words, &name_words))
		fuzz_promise(name_words <= word_count);
	for (int i = 0; i < word_count; i++)
		free(words[i]);
}
