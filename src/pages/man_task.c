/* The pages of the stand-in tasks. */
#include "core/array.h"
#include "pages/pages.h"
#include "pages/roff.h"
#include "tasks/command_line.h"

#include <string.h>

void page_task(struct str *s, const struct task_command *task, const char *date)
{
	const struct roff_page page = {
	        .name = task->name, .section = 1, .summary = task->summary, .date = date};
	roff_begin(s, &page);
	roff_section(s, "synopsis");
	for (const char *line = task->usage; line;
	     line = strchr(line, '\n'), line += line != NULL) {
		str_add(s, line == task->usage ? "\\fB" : ".br\n\\fB");
		roff_plain(s, task->name);
		str_add(s, "\\fR ");
		roff_plain_bytes(s, line, strcspn(line, "\n"));
		str_add(s, "\n");
	}
	roff_section(s, "description");
	roff_paragraphs(s, task->about);
	roff_section(s, "options");
	for (size_t i = 0; i < task->option_count; i++) {
		roff_term(s, task->options[i].name, task->options[i].value);
		roff_paragraphs(s, task->options[i].help);
	}
	roff_section(s, "notes");
	roff_paragraphs(s, task->notes);
	roff_section(s, "see also");
	roff_reference(s, "plateau", 1, false);
}
