#include "cli/parse.h"

#include "core/cleanup.h"
#include "core/error.h"
#include "core/str.h"

#include <errno.h>
#include <string.h>

struct parser {
	const struct command *command;
	int argc;
	char *const *argv;
	int at; /* the next word */
	struct arguments *arguments;
	struct error *err;
};

static size_t option_total(const struct command *command)
{
	return command->option_count + COMMON_OPTION_COUNT;
}

/* Index of the option with this name (length bytes of it), or -1. */
static int find_name(const struct command *command, const char *name, size_t length)
{
	const struct option_entry *option;
	for (size_t i = 0; (option = command_option(command, i)); i++)
		if (strlen(option->name) == length && memcmp(option->name, name, length) == 0)
			return (int)i;
	return -1;
}

static int find_letter(const struct command *command, char letter)
{
	const struct option_entry *option;
	for (size_t i = 0; (option = command_option(command, i)); i++)
		if (option->letter == letter)
			return (int)i;
	return -1;
}

/* The one option that begins with name, else the one spelled most like it, else NULL. */
static const char *suggest(const struct command *command, const char *name)
{
	cleanup_free const char **names = calloc(option_total(command), sizeof *names);
	if (!names)
		return NULL;
	const char *longer = NULL;
	size_t longer_count = 0;
	for (size_t i = 0; i < option_total(command); i++) {
		names[i] = command_option(command, i)->name;
		if (*name && str_starts_with(names[i], name)) {
			longer = names[i];
			longer_count++;
		}
	}
	if (longer_count == 1)
		return longer;
	return str_nearest(name, names, option_total(command), sizeof *names);
}

static int unknown_name(const struct parser *parser, const char *name, size_t length)
{
	cleanup_str struct str spelled = {0};
	str_add_bytes(&spelled, name, length);
	const char *const near = suggest(parser->command, str_text(&spelled));
	if (near)
		return error_set(parser->err, EINVAL, "unknown option --%s; did you mean --%s?",
		                 str_text(&spelled), near);
	return error_set(parser->err, EINVAL, "unknown option --%s", str_text(&spelled));
}

/* Whether value is one of the words of "auto|always|never"; any value suits a plain "FILE". */
static bool is_choice(const char *choices, const char *value)
{
	if (!strchr(choices, '|'))
		return true;
	const size_t length = strcspn(value, "|");
	if (length == 0 || value[length])
		return false;
	for (const char *p = choices; p; p = strchr(p, '|') ? strchr(p, '|') + 1 : NULL)
		if (strncmp(p, value, length) == 0 && (p[length] == '|' || !p[length]))
			return true;
	return false;
}

/* Stores value for the option at index; spelled is how the user wrote the option. */
static int take(const struct parser *parser, int index, const char *spelled, const char *value)
{
	const struct option_entry *const option = command_option(parser->command, (size_t)index);
	if (option->value && !*value)
		return error_set(parser->err, EINVAL, "%s needs a value: %s", spelled,
		                 option->value);
	if (option->value && !is_choice(option->value, value))
		return error_set(parser->err, EINVAL, "%s: '%s' is none of %s", spelled, value,
		                 option->value);
	parser->arguments->values[index] = value;
	return option_takes_list(option)
	               ? words_add(&parser->arguments->lists[index], value, parser->err)
	               : 0;
}

/* The next word as the value of an option; a word that was given is taken as it is, so that
 * values may begin with '-'. */
static int take_next(struct parser *parser, int index, const char *spelled)
{
	const struct option_entry *const option = command_option(parser->command, (size_t)index);
	if (parser->at >= parser->argc)
		return error_set(parser->err, EINVAL, "%s needs a value: %s", spelled,
		                 option->value);
	int result = take(parser, index, spelled, parser->argv[parser->at++]);
	while (result == 0 && option_takes_list(option) && parser->at < parser->argc &&
	       (parser->argv[parser->at][0] != '-' || !parser->argv[parser->at][1]))
		result = take(parser, index, spelled, parser->argv[parser->at++]);
	return result;
}

/* word begins with "--" and has more. */
static int parse_long(struct parser *parser, const char *word)
{
	const char *const name = word + 2;
	const size_t length = strcspn(name, "=");
	const int index = find_name(parser->command, name, length);
	if (index < 0)
		return unknown_name(parser, name, length);
	const bool has_value = name[length] == '=';
	const struct option_entry *const option = command_option(parser->command, (size_t)index);
	cleanup_str struct str spelled = {0};
	str_addf(&spelled, "--%s", option->name);
	if (!option->value && has_value)
		return error_set(parser->err, EINVAL, "%s takes no value", str_text(&spelled));
	if (!option->value)
		return take(parser, index, str_text(&spelled), "");
	if (has_value)
		return take(parser, index, str_text(&spelled), name + length + 1);
	return take_next(parser, index, str_text(&spelled));
}

/* word is "-" and one or more letters; the rest behind a letter that takes a value is the value. */
static int parse_short(struct parser *parser, const char *word)
{
	for (const char *letter = word + 1; *letter; letter++) {
		const char spelled[] = {'-', *letter, '\0'};
		const int index = find_letter(parser->command, *letter);
		if (index < 0) {
			const char *const near =
			        word[2] ? suggest(parser->command, word + 1) : NULL;
			return error_set(parser->err, EINVAL, "unknown option %s%s%s%s",
			                 near ? word : spelled, near ? "; did you mean --" : "",
			                 near ? near : "", near ? "?" : "");
		}
		const struct option_entry *const option =
		        command_option(parser->command, (size_t)index);
		if (option->value && letter[1])
			return take(parser, index, spelled, letter + 1);
		if (option->value)
			return take_next(parser, index, spelled);
		const int result = take(parser, index, spelled, "");
		if (result < 0)
			return result;
	}
	return 0;
}

/* All words behind "--": the command to run, or operands that look like options. */
static int take_rest(struct parser *parser)
{
	struct arguments *const arguments = parser->arguments;
	struct words *const words =
	        parser->command->takes_rest ? &arguments->rest : &arguments->operands;
	arguments->has_rest = parser->command->takes_rest;
	for (; parser->at < parser->argc; parser->at++) {
		const int result = words_add(words, parser->argv[parser->at], parser->err);
		if (result < 0)
			return result;
	}
	if (arguments->has_rest && arguments->rest.count == 0)
		return error_set(parser->err, EINVAL, "no command behind --");
	return 0;
}

static int parse_words(struct parser *parser)
{
	while (parser->at < parser->argc) {
		const char *const word = parser->argv[parser->at++];
		int result;
		if (strcmp(word, "--") == 0)
			return take_rest(parser);
		if (str_starts_with(word, "--"))
			result = parse_long(parser, word);
		else if (word[0] == '-' && word[1])
			result = parse_short(parser, word);
		else
			result = words_add(&parser->arguments->operands, word, parser->err);
		if (result < 0)
			return result;
		if (arguments_has(parser->arguments, "help"))
			return 0;
	}
	return 0;
}

static int take_environment(const struct parser *parser)
{
	for (size_t i = 0; i < option_total(parser->command); i++) {
		const struct option_entry *const option = command_option(parser->command, i);
		if (!option->value || parser->arguments->values[i])
			continue;
		char name[OPTION_VARIABLE_BYTES];
		option_variable(option->name, name);
		const char *const value = getenv(name);
		if (!value || !*value)
			continue;
		const int result = take(parser, (int)i, name, value);
		if (result < 0)
			return error_context(parser->err, result, "environment variable");
	}
	return 0;
}

static int count_operands(const struct parser *parser)
{
	const struct command *const command = parser->command;
	const struct words *const operands = &parser->arguments->operands;
	if (operands->count < command->least_operands)
		return error_set(parser->err, EINVAL, "something is missing: %s",
		                 command->operands);
	if (operands->count <= command->most_operands)
		return 0;
	const char *const extra = operands->items[command->most_operands];
	if (command->takes_rest)
		return error_set(parser->err, EINVAL,
		                 "'%s' is too much; a command to run goes behind --", extra);
	return error_set(parser->err, EINVAL, "'%s' is too much", extra);
}

int parse_command_line(const struct command *command, int argc, char *const argv[],
                       struct arguments *ret_arguments, struct error *err)
{
	struct arguments arguments = {.command = command};
	arguments.values = calloc(option_total(command), sizeof *arguments.values);
	arguments.lists = calloc(option_total(command), sizeof *arguments.lists);
	if (!arguments.values || !arguments.lists) {
		arguments_release(&arguments);
		return error_memory(err);
	}
	struct parser parser = {
	        .command = command,
	        .argc = argc,
	        .argv = argv,
	        .arguments = &arguments,
	        .err = err,
	};
	int result = parse_words(&parser);
	if (result == 0 && !arguments_has(&arguments, "help")) {
		result = take_environment(&parser);
		if (result == 0)
			result = count_operands(&parser);
	}
	if (result < 0) {
		arguments_release(&arguments);
		return result;
	}
	*ret_arguments = arguments;
	return 0;
}

void arguments_release(struct arguments *arguments)
{
	if (!arguments)
		return;
	for (size_t i = 0; arguments->lists && i < option_total(arguments->command); i++)
		words_release(&arguments->lists[i]);
	free(arguments->lists);
	free(arguments->values);
	words_release(&arguments->operands);
	words_release(&arguments->rest);
	*arguments = (struct arguments){0};
}
