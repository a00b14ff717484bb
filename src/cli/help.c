#include "cli/help.h"

#include "core/str.h"

#include <string.h>

enum {
	OPTION_COLUMN = 30, /* where an option's text begins */
	NAME_COLUMN = 21,   /* where a command's summary begins */
	CODE_COLUMN = 7     /* where the meaning of an exit code begins */
};

/* Appends text, broken between words so that no line passes `columns`. The cursor stands at
 * column `at`; further lines begin at column `indent`. */
static void add_wrapped(struct str *s, size_t columns, const char *text, size_t at, size_t indent)
{
	bool is_first = true;
	while (*text) {
		const size_t length = strcspn(text, " \n");
		if (!is_first && at + 1 + length > columns) {
			str_add(s, "\n");
			str_add_repeat(s, ' ', indent);
			at = indent;
		} else if (!is_first) {
			str_add(s, " ");
			at++;
		}
		str_add_bytes(s, text, length);
		at += length;
		text += length;
		text += strspn(text, " \n");
		is_first = false;
	}
	str_add(s, "\n");
}

/* Pads from column `at` to `column`, on a new line where there is no room for two spaces. */
static void add_padding(struct str *s, size_t at, size_t column)
{
	if (at + 2 > column) {
		str_add(s, "\n");
		at = 0;
	}
	str_add_repeat(s, ' ', column - at);
}

static void add_option(struct str *s, size_t columns, const struct option_entry *option)
{
	const size_t before = s->length;
	if (option->letter)
		str_addf(s, "  -%c, --%s", option->letter, option->name);
	else
		str_addf(s, "      --%s", option->name);
	if (option->value)
		str_addf(s, " %s", option->value);
	add_padding(s, s->length - before, OPTION_COLUMN);
	add_wrapped(s, columns, option->help, OPTION_COLUMN, OPTION_COLUMN);
}

static void add_options(struct str *s, size_t columns, const char *title,
                        const struct option_entry *options, size_t count)
{
	if (count == 0)
		return;
	str_addf(s, "\n%s:\n", title);
	for (size_t i = 0; i < count; i++)
		add_option(s, columns, &options[i]);
}

/* Paragraphs end at an empty line and are filled; a line that begins with a space stays as it
 * is, which keeps examples and small tables. */
static void add_paragraphs(struct str *s, size_t columns, const char *text)
{
	while (*text) {
		const size_t line = strcspn(text, "\n");
		if (line == 0 || *text == ' ') {
			str_add_bytes(s, text, line);
			str_add(s, "\n");
			text += line + (text[line] == '\n');
			continue;
		}
		size_t length = line;
		while (text[length] == '\n' && text[length + 1] && text[length + 1] != '\n' &&
		       text[length + 1] != ' ')
			length += 1 + strcspn(text + length + 1, "\n");
		struct str paragraph = {0};
		str_add_bytes(&paragraph, text, length);
		if (paragraph.failed)
			s->failed = true;
		add_wrapped(s, columns, str_text(&paragraph), 0, 0);
		str_release(&paragraph);
		text += length + (text[length] == '\n');
	}
}

static void add_exit_codes(struct str *s, size_t columns, const struct command *command)
{
	str_add(s, "\nExit codes:\n");
	for (size_t i = 0; exit_meanings[i].text; i++) {
		const char *const text = command_exit_text(command, exit_meanings[i].code);
		if (!text)
			continue;
		str_addf(s, "  %3d  ", (int)exit_meanings[i].code);
		add_wrapped(s, columns, text, CODE_COLUMN, CODE_COLUMN);
	}
}

/* Command lines as they are, each below what it is for. */
static void add_examples(struct str *s, const struct command *command)
{
	if (command->examples[0].name)
		str_add(s, "\nExamples:\n");
	for (size_t i = 0; command->examples[i].name; i++)
		str_addf(s, "  # %s\n  %s\n", command->examples[i].text, command->examples[i].name);
}

static bool has_valued_option(const struct command *command)
{
	for (size_t i = 0; i < command->option_count; i++)
		if (command->options[i].value)
			return true;
	return false;
}

/* A line for each command; group NULL: of all. */
static void add_commands(struct str *s, size_t columns, const struct command *const table[],
                         const char *group)
{
	for (size_t i = 0; table[i]; i++) {
		if (group && !command_is_of_group(table[i], group))
			continue;
		const size_t before = s->length;
		str_addf(s, "  %s", table[i]->name);
		add_padding(s, s->length - before, NAME_COLUMN);
		add_wrapped(s, columns, table[i]->summary, NAME_COLUMN, NAME_COLUMN);
	}
}

static void add_exits(struct str *s, size_t columns)
{
	struct str text = {0};
	str_add(&text, "Exit codes: ");
	for (size_t i = 0; exit_meanings[i].text; i++)
		str_addf(&text, "%d %s%s", (int)exit_meanings[i].code, exit_meanings[i].text,
		         exit_meanings[i + 1].text ? "; " : ".");
	add_wrapped(s, columns, str_text(&text), 0, 0);
	if (text.failed)
		s->failed = true;
	str_release(&text);
}

int help_program(const struct command *const table[], size_t columns, char **ret_text,
                 struct error *err)
{
	struct str s = {0};
	add_wrapped(
	        &s, columns,
	        "plateau: how many copies of a task a node should run, and why it stops scaling "
	        "there",
	        0, 0);
	str_add(&s, "\n"
	            "Usage: plateau COMMAND [OPTION]... [ARGUMENT]...\n"
	            "       plateau help [COMMAND]\n"
	            "       plateau --help | --version [--verbose]\n\n"
	            "Commands:\n");
	add_commands(&s, columns, table, NULL);
	str_add(&s, "\n`plateau help COMMAND` tells more about each.\n");
	add_options(&s, columns, "Options of every command", common_options, COMMON_OPTION_COUNT);
	str_add(&s, "\n");
	add_exits(&s, columns);
	return str_take(&s, ret_text, err);
}

int help_group(const struct command *const table[], const char *group, size_t columns,
               char **ret_text, struct error *err)
{
	struct str s = {0};
	str_addf(&s, "Usage: plateau %s COMMAND [OPTION]... [ARGUMENT]...\n\nCommands:\n", group);
	add_commands(&s, columns, table, group);
	str_addf(&s, "\n`plateau %s COMMAND --help` tells more about each.\n", group);
	return str_take(&s, ret_text, err);
}

/* The commands that a command's name is the first word of. */
static void add_further(struct str *s, size_t columns, const struct command *const table[],
                        const char *name)
{
	bool has_some = false;
	for (size_t i = 0; table[i] && !has_some; i++)
		has_some = command_is_of_group(table[i], name);
	if (!has_some)
		return;
	str_add(s, "\nCommands that go with it:\n");
	add_commands(s, columns, table, name);
}

int help_command(const struct command *const table[], const struct command *command, size_t columns,
                 char **ret_text, struct error *err)
{
	struct str s = {0};
	str_addf(&s, "plateau %s: ", command->name);
	add_wrapped(&s, columns, command->summary, s.length, 0);
	str_addf(&s, "\nUsage: plateau %s [OPTION]...%s%s\n", command->name,
	         *command->operands ? " " : "", command->operands);
	if (command->details) {
		str_add(&s, "\n");
		add_paragraphs(&s, columns, command->details);
	}
	add_further(&s, columns, table, command->name);
	add_options(&s, columns, "Options", command->options, command->option_count);
	add_options(&s, columns, "Options of every command", common_options, COMMON_OPTION_COUNT);
	add_exit_codes(&s, columns, command);
	add_examples(&s, command);
	if (has_valued_option(command)) {
		str_add(&s, "\n");
		add_paragraphs(&s, columns,
		               "An option with a value takes its default from the environment "
		               "variable PLATEAU_<NAME> (PLATEAU_COLOR for --color).");
	}
	return str_take(&s, ret_text, err);
}
