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

/* The entry of the variable that gives an option its default. */
static void add_variable(struct str *s, const struct option_entry *option)
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

void man_exits(struct str *s, const struct command *command)
{
	roff_section(s, "exit status");
	for (size_t i = 0; exit_meanings[i].text; i++) {
		const char *const text = command ? command_exit_text(command, exit_meanings[i].code)
		                                 : exit_meanings[i].text;
		char code[16];
		if (!text)
			continue;
		snprintf(code, sizeof code, "%d", (int)exit_meanings[i].code);
		roff_term(s, code, NULL);
		roff_text(s, text);
	}
}

static void add_notes(struct str *s, const struct command_note *notes)
{
	for (size_t i = 0; notes[i].name; i++) {
		roff_term(s, notes[i].name, NULL);
		roff_text(s, notes[i].text);
	}
}

void man_notes(struct str *s, const char *title, const struct command_note *notes)
{
	if (!notes[0].name)
		return;
	if (title)
		roff_section(s, title);
	add_notes(s, notes);
}

void man_environment(struct str *s, const struct command *command)
{
	const struct option_entry *option;
	roff_section(s, "environment");
	roff_text(s, "A variable that is empty counts as not set; what stands on the command line "
	             "comes before it.");
	for (size_t i = 0; (option = command_option(command, i)); i++)
		if (option->value)
			add_variable(s, option);
	add_notes(s, command->variables);
}

void man_examples(struct str *s, const struct command_note *examples)
{
	if (!examples[0].name)
		return;
	roff_section(s, "examples");
	for (size_t i = 0; examples[i].name; i++) {
		if (i > 0)
			str_add(s, ".PP\n");
		roff_text(s, examples[i].text);
		str_add(s, ".PP\n.RS 4\n.nf\n");
		roff_plain(s, examples[i].name);
		str_add(s, "\n.fi\n.RE\n");
	}
}
