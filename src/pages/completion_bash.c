/* The tables of the completion for bash; what reads them is completion.bash. */
#include "commands/command.h"
#include "core/array.h"
#include "pages/groups.h"
#include "pages/pages.h"
#include "pages/value_kind.h"

#include <string.h>

/* ---- Tables --------------------------------------------------------------------------------- */

/* An entry: "words auto always never", "files *.db". */
static void add_value(struct str *s, const struct value *value, bool is_many)
{
	static const char *const names[] = {
	        [VALUE_FREE] = "free",   [VALUE_WORDS] = "words",   [VALUE_LIST] = "list",
	        [VALUE_FILES] = "files", [VALUE_FOLDERS] = "files", [VALUE_COMMAND] = "command",
	};
	str_addf(s, "'%s%s", is_many ? "many " : "", names[value->kind]);
	const char *const texts = str_text(&value->texts);
	if (value->kind == VALUE_FILES && !*texts)
		str_add(s, " *");
	for (const char *at = texts; *at; at += strspn(at, " ")) {
		const size_t bytes = strcspn(at, " ");
		str_add(s, value->kind == VALUE_FILES ? " *." : " ");
		str_add_bytes(s, at, bytes);
		at += bytes;
	}
	str_add(s, "'");
}

static void add_option_value(struct str *s, const char *command, const struct option_entry *option)
{
	if (!option->value)
		return;
	cleanup_value struct value value;
	value_of(option->value, strlen(option->value), &value);
	str_add(s, "\t");
	if (option->letter)
		str_addf(s, "%s' -%c' | ", command, option->letter);
	str_addf(s, "%s' --%s') value=", command, option->name);
	add_value(s, &value, option_takes_list(option));
	str_add(s, " ;;\n");
}

static void add_values(struct str *s, const struct command *const table[])
{
	str_add(s, "_plateau_value()\n{\n\tvalue=\n\tcase \"$1 $2\" in\n");
	for (size_t i = 0; table[i]; i++) {
		cleanup_str struct str command = {0};
		str_addf(&command, "'%s'", table[i]->name);
		for (size_t k = 0; k < table[i]->option_count; k++)
			add_option_value(s, str_text(&command), &table[i]->options[k]);
	}
	for (size_t k = 0; k < COMMON_OPTION_COUNT; k++)
		add_option_value(s, "*", &common_options[k]);
	str_add(s, "\tesac\n}\n\n");
}

static void add_options(struct str *s, const struct command *const table[])
{
	str_add(s, "_plateau_options()\n{\n\tcase $1 in\n");
	for (size_t i = 0; table[i]; i++) {
		const struct option_entry *option;
		str_addf(s, "\t'%s') options='", table[i]->name);
		for (size_t k = 0; (option = command_option(table[i], k)); k++) {
			str_addf(s, "%s--%s", k ? " " : "", option->name);
			if (option->letter)
				str_addf(s, " -%c", option->letter);
		}
		str_add(s, "' ;;\n");
	}
	str_add(s, "\t*) options= ;;\n\tesac\n}\n\n");
}

static void add_operand(struct str *s, const char *command, const char *place,
                        const struct value *value)
{
	str_addf(s, "\t'%s %s') value=", command, place);
	add_value(s, value, false);
	str_add(s, " ;;\n");
}

/* Operands by their place, and what comes behind "--". */
static void add_operands(struct str *s, const struct command *const table[])
{
	static const char *const places[] = {"0", "1", "2"};
	str_add(s, "_plateau_operand()\n{\n\tlocal place=$2\n"
	           "\t[[ $place == rest ]] || ((place < 2)) || place=2\n"
	           "\tvalue=free\n\tcase \"$1 $place\" in\n");
	for (size_t i = 0; table[i]; i++) {
		const char *const operands = table[i]->operands;
		for (size_t k = 0; k < ARRAY_LENGTH(places); k++) {
			cleanup_value struct value value;
			value_of_operand(operands, k, &value);
			if (k < table[i]->most_operands && value.kind != VALUE_FREE)
				add_operand(s, table[i]->name, places[k], &value);
		}
		cleanup_value struct value rest;
		value_of_rest(operands, &rest);
		if (table[i]->takes_rest && rest.kind != VALUE_FREE)
			add_operand(s, table[i]->name, "rest", &rest);
	}
	str_add(s, "\tesac\n}\n\n");
}

/* The first words, and the second ones behind them. */
static void add_commands(struct str *s, const struct command *const table[])
{
	str_add(s, "_plateau_first='");
	for (size_t i = 0; table[i]; i++) {
		char group[GROUP_BYTES];
		group_of(table[i], group);
		if (!strchr(table[i]->name, ' ') || group_begins(table, i))
			str_addf(s, "%s ", group);
	}
	str_add(s, "help --help --version'\n\n_plateau_second()\n{\n\tcase $1 in\n");
	for (size_t i = 0; table[i]; i++) {
		char group[GROUP_BYTES];
		group_of(table[i], group);
		const bool is_begin = group_begins(table, i) || strcmp(group, table[i]->name) == 0;
		if (!is_begin)
			continue;
		str_addf(s, "\t%s) second='", group);
		for (size_t k = 0; table[k]; k++)
			if (command_is_of_group(table[k], group))
				str_addf(s, "%s ", table[k]->name + strlen(group) + 1);
		str_add(s, "' ;;\n");
	}
	str_add(s, "\t*) second= ;;\n\tesac\n}\n\n");
}

void completion_bash(struct str *s, const struct command *const table[])
{
	add_commands(s, table);
	add_options(s, table);
	add_values(s, table);
	add_operands(s, table);
	str_add(s, "complete -F _plateau plateau\n");
}
