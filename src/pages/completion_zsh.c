/* The tables of the completion for zsh; what reads them is completion.zsh. */
#include "commands/command.h"
#include "core/array.h"
#include "pages/groups.h"
#include "pages/pages.h"
#include "pages/value_kind.h"

#include <string.h>

/* Text within single quotes of the shell, where what is in special has a meaning to _arguments. */
static void add_escaped(struct str *s, const char *text, size_t bytes, const char *special)
{
	for (size_t i = 0; i < bytes; i++) {
		if (text[i] == '\'') {
			str_add(s, "'\\''");
			continue;
		}
		if (text[i] == '\\' || strchr(special, text[i]))
			str_add(s, "\\");
		str_add_bytes(s, text + i, 1);
	}
}

static void add_text(struct str *s, const char *text, const char *special)
{
	add_escaped(s, text, strlen(text), special);
}

/* What _arguments, or the shell, calls for a value. */
static void add_action(struct str *s, const struct value *value)
{
	const char *const texts = str_text(&value->texts);
	switch (value->kind) {
	case VALUE_WORDS:
		str_add(s, "(");
		add_text(s, texts, ":");
		str_add(s, ")");
		break;
	case VALUE_LIST:
		str_addf(s, "_values -s , value %s", texts);
		break;
	case VALUE_FILES:
		str_add(s, "_files");
		if (!*texts)
			break;
		/* Parentheses at the end would be qualifiers of the pattern. */
		str_add(s, " -g \"(*.");
		for (const char *c = texts; *c; c++) {
			if (*c == ' ')
				str_add(s, "|*.");
			else
				str_add_bytes(s, c, 1);
		}
		str_add(s, ")(-.)\"");
		break;
	case VALUE_FOLDERS:
		str_add(s, "_files -/");
		break;
	case VALUE_FREE:
	case VALUE_COMMAND:
		str_add(s, " ");
		break;
	}
}

static void add_option(struct str *s, const struct option_entry *option)
{
	str_add(s, "\t\t");
	if (option->letter)
		str_addf(s, "'(-%c --%s)'{-%c%s,--%s%s}'", option->letter, option->name,
		         option->letter, option->value ? "+" : "", option->name,
		         option->value ? "=" : "");
	else
		str_addf(s, "'%s--%s%s", option_takes_list(option) ? "*" : "", option->name,
		         option->value && !option_takes_list(option) ? "=" : "");
	str_add(s, "[");
	add_text(s, option->help, "[]");
	str_add(s, "]");
	if (option->value) {
		cleanup_value struct value value;
		value_of(option->value, strlen(option->value), &value);
		str_add(s, option_takes_list(option) ? ":*-*:" : ":");
		add_text(s, option->value, ":");
		str_add(s, ":");
		add_action(s, &value);
	}
	str_add(s, "'\n");
}

static void add_operands(struct str *s, const struct command *command)
{
	static const char *const places[] = {"1", "2", "*"};
	for (size_t i = 0; i < ARRAY_LENGTH(places) && i < command->most_operands; i++) {
		cleanup_value struct value value;
		value_of_operand(command->operands, i, &value);
		str_addf(s, "\t\t'%s:", places[i]);
		add_text(s, command->operands, ":");
		str_add(s, ":");
		add_action(s, &value);
		str_add(s, "'\n");
	}
}

static void add_specs(struct str *s, const struct command *const table[])
{
	str_add(s, "_plateau_specs()\n{\n\tcase $1 in\n");
	for (size_t i = 0; table[i]; i++) {
		const struct option_entry *option;
		str_addf(s, "\t'%s') specs=(\n", table[i]->name);
		for (size_t k = 0; (option = command_option(table[i], k)); k++)
			add_option(s, option);
		add_operands(s, table[i]);
		str_add(s, "\t\t) ;;\n");
	}
	str_add(s, "\tesac\n}\n\n");
}

/* What stands behind "--", as a command line. */
static void add_rests(struct str *s, const struct command *const table[])
{
	str_add(s, "_plateau_rest_of()\n{\n\tcase $1 in\n");
	for (size_t i = 0; table[i]; i++) {
		cleanup_value struct value value;
		value_of_rest(table[i]->operands, &value);
		if (!table[i]->takes_rest || value.kind == VALUE_FREE)
			continue;
		str_addf(s, "\t'%s') rest='", table[i]->name);
		if (value.kind == VALUE_COMMAND)
			str_add(s, "command");
		else
			add_action(s, &value);
		str_add(s, "' ;;\n");
	}
	str_add(s, "\tesac\n}\n\n");
}

static void add_name(struct str *s, const char *name, const char *summary)
{
	str_addf(s, "\t\t'%s:", name);
	add_text(s, summary, "");
	str_add(s, "'\n");
}

static void add_commands(struct str *s, const struct command *const table[])
{
	str_add(s, "_plateau_first()\n{\n\tfirst=(\n");
	for (size_t i = 0; table[i]; i++) {
		char group[GROUP_BYTES];
		group_of(table[i], group);
		if (!strchr(table[i]->name, ' '))
			add_name(s, group, table[i]->summary);
		else if (group_begins(table, i))
			add_name(s, group, "commands of two words");
	}
	add_name(s, "help", "tell what a command does");
	str_add(s, "\t)\n}\n\n_plateau_second()\n{\n\tcase $1 in\n");
	for (size_t i = 0; table[i]; i++) {
		char group[GROUP_BYTES];
		group_of(table[i], group);
		if (!group_begins(table, i) && strcmp(group, table[i]->name) != 0)
			continue;
		str_addf(s, "\t%s) second=(\n", group);
		for (size_t k = 0; table[k]; k++)
			if (command_is_of_group(table[k], group))
				add_name(s, table[k]->name + strlen(group) + 1, table[k]->summary);
		str_add(s, "\t\t) ;;\n");
	}
	str_add(s, "\tesac\n}\n\n");
}

void completion_zsh(struct str *s, const struct command *const table[])
{
	add_commands(s, table);
	add_specs(s, table);
	add_rests(s, table);
	str_add(s, "_plateau \"$@\"\n");
}
