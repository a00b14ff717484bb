#include "pages/man_parts.h"

#include "commands/command.h"
#include "core/str.h"
#include "pages/groups.h"
#include "pages/roff.h"

#include <stdio.h>

static void add_option(struct str *s, const struct option_entry *option)
{
	str_add(s, ".TP\n");
	if (option->letter)
		str_addf(s, "\\fB\\-%c\\fR, ", option->letter);
	str_add(s, "\\fB\\-\\-");
	roff_plain(s, option->name);
	str_add(s, "\\fR");
	if (option->value) {
		str_add(s, " \\fI");
		roff_plain(s, option->value);
		str_add(s, "\\fR");
	}
	str_add(s, "\n");
	roff_text(s, option->help);
}

void man_options(struct str *s, const char *title, const struct option_entry *options, size_t count)
{
	if (count == 0)
		return;
	roff_section(s, title);
	for (size_t i = 0; i < count; i++)
		add_option(s, &options[i]);
}

void man_commands(struct str *s, const struct command *const table[], const char *group)
{
	for (size_t i = 0; table[i]; i++) {
		if (group && !command_is_of_group(table[i], group))
			continue;
		char page[GROUP_BYTES * 2];
		group_page_name(table[i]->name, page);
		str_add(s, ".TP\n");
		roff_reference(s, page, 1, false);
		roff_text(s, table[i]->summary);
	}
}

void man_variable(struct str *s, const struct option_entry *option)
{
	char name[OPTION_VARIABLE_BYTES];
	option_variable(option->name, name);
	cleanup_str struct str text = {0};
	str_addf(&text, "the default of --%s", option->name);
	roff_term(s, name, NULL);
	roff_text(s, str_text(&text));
	if (text.failed)
		s->failed = true;
}

void man_exits(struct str *s)
{
	roff_section(s, "exit status");
	for (size_t i = 0; exit_meanings[i].text; i++) {
		char code[16];
		snprintf(code, sizeof code, "%d", (int)exit_meanings[i].code);
		roff_term(s, code, NULL);
		roff_text(s, exit_meanings[i].text);
	}
}
