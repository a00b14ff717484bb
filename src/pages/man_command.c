/* The pages of the program, of a command and of a group of commands. */
#include "commands/command.h"
#include "core/array.h"
#include "pages/groups.h"
#include "pages/man_parts.h"
#include "pages/pages.h"
#include "pages/roff.h"

#include <stdio.h>
#include <string.h>

/* ---- Sections of a command ------------------------------------------------------------------ */

static void add_synopsis(struct str *s, const struct command *command)
{
	roff_section(s, "synopsis");
	str_add(s, "\\fBplateau ");
	roff_plain(s, command->name);
	str_add(s, "\\fR [\\fIOPTION\\fR]...");
	if (*command->operands) {
		str_add(s, " \\fI");
		roff_plain(s, command->operands);
		str_add(s, "\\fR");
	}
	str_add(s, "\n");
}

/* "scenario" is a file, the others are commands. */
static void add_references(struct str *s, const char *names)
{
	while (names && *names) {
		const size_t bytes = strcspn(names, ",");
		char name[GROUP_BYTES];
		char page[GROUP_BYTES * 2];
		snprintf(name, sizeof name, "%.*s", (int)bytes, names);
		group_page_name(name, page);
		roff_reference(s, page, strcmp(name, "scenario") == 0 ? 5 : 1, true);
		names += bytes;
		names += strspn(names, ", ");
	}
}

/* The commands whose name begins with the same word, those that the table names, the program. */
static void add_see_also(struct str *s, const struct command *const table[],
                         const struct command *command)
{
	char group[GROUP_BYTES];
	group_of(command, group);
	roff_section(s, "see also");
	for (size_t i = 0; table[i]; i++) {
		if (table[i] == command ||
		    (!command_is_of_group(table[i], group) && strcmp(table[i]->name, group) != 0))
			continue;
		char page[GROUP_BYTES * 2];
		group_page_name(table[i]->name, page);
		roff_reference(s, page, 1, true);
	}
	add_references(s, command->see_also);
	roff_reference(s, "plateau", 1, false);
}

void page_command(struct str *s, const struct command *const table[], const struct command *command,
                  const char *date)
{
	char name[GROUP_BYTES * 2];
	group_page_name(command->name, name);
	const struct roff_page page = {
	        .name = name, .section = 1, .summary = command->summary, .date = date};
	roff_begin(s, &page);
	add_synopsis(s, command);
	if (command->details) {
		roff_section(s, "description");
		roff_paragraphs(s, command->details);
	}
	man_options(s, "options", command->options, command->option_count);
	man_options(s, "options of every command", common_options, COMMON_OPTION_COUNT);
	man_exits(s, command);
	man_environment(s, command);
	man_notes(s, "files", command->files);
	man_examples(s, command->examples);
	add_see_also(s, table, command);
}

/* ---- A group -------------------------------------------------------------------------------- */

void page_group(struct str *s, const struct command *const table[], const char *group,
                const char *date)
{
	char name[GROUP_BYTES * 2];
	group_page_name(group, name);
	cleanup_str struct str summary = {0};
	str_addf(&summary, "commands of plateau that begin with %s", group);
	const struct roff_page page = {
	        .name = name, .section = 1, .summary = str_text(&summary), .date = date};
	roff_begin(s, &page);
	roff_section(s, "synopsis");
	str_add(s, "\\fBplateau ");
	roff_plain(s, group);
	str_add(s, "\\fR \\fICOMMAND\\fR [\\fIOPTION\\fR]... [\\fIARGUMENT\\fR]...\n");
	roff_section(s, "commands");
	man_commands(s, table, group);
	roff_section(s, "see also");
	roff_reference(s, "plateau", 1, false);
	if (summary.failed)
		s->failed = true;
}
