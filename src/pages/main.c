/* Writes man pages and completions into a folder, for the makefile.
 *
 * usage: make-pages DIR SOURCES [DATE]
 * DIR: with folders bash and zsh in it; SOURCES: the folder of completion.bash and completion.zsh
 */
#include "commands/command.h"
#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/file.h"
#include "core/str.h"
#include "pages/groups.h"
#include "pages/pages.h"
#include "tasks/isr/options.h"
#include "tasks/spin/options.h"
#include "tasks/stream/options.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { READER_BYTES_MOST = 1 << 16 };

struct pages {
	const char *folder;
	const char *sources;
	const char *date;
	struct error err;
};

/* Puts the text of s, which is emptied, into the file called name below the folder. */
static int put(struct pages *pages, const char *name, struct str *s)
{
	cleanup_free char *text = NULL;
	cleanup_free char *path = NULL;
	int r = str_take(s, &text, &pages->err);
	if (r == 0)
		r = file_join(pages->folder, name, &path, &pages->err);
	return r < 0 ? r : file_replace(path, text, strlen(text), &pages->err);
}

static int put_page(struct pages *pages, const char *page, int section, struct str *s)
{
	char name[GROUP_BYTES * 2 + 8];
	snprintf(name, sizeof name, "%s.%d", page, section);
	return put(pages, name, s);
}

static int put_commands(struct pages *pages, struct str *s)
{
	char name[GROUP_BYTES * 2];
	int r = 0;
	for (size_t i = 0; r == 0 && command_table[i]; i++) {
		page_command(s, command_table, command_table[i], pages->date);
		group_page_name(command_table[i]->name, name);
		r = put_page(pages, name, 1, s);
		if (r < 0 || !group_begins(command_table, i))
			continue;
		char group[GROUP_BYTES];
		group_of(command_table[i], group);
		page_group(s, command_table, group, pages->date);
		group_page_name(group, name);
		r = put_page(pages, name, 1, s);
	}
	return r;
}

static int put_tasks(struct pages *pages, struct str *s)
{
	static const struct task_command *const tasks[] = {&isr_command, &spin_command,
	                                                   &stream_command};
	int r = 0;
	for (size_t i = 0; r == 0 && i < ARRAY_LENGTH(tasks); i++) {
		page_task(s, tasks[i], pages->date);
		r = put_page(pages, tasks[i]->name, 1, s);
	}
	return r;
}

/* A completion: what reads the tables, and the tables behind it. */
static int put_completion(struct pages *pages, const char *reader, const char *name,
                          void (*add_tables)(struct str *s, const struct command *const table[]))
{
	cleanup_str struct str s = {0};
	cleanup_free char *path = NULL;
	cleanup_free char *text = NULL;
	size_t bytes = 0;
	int r = file_join(pages->sources, reader, &path, &pages->err);
	if (r == 0)
		r = file_read(path, READER_BYTES_MOST, &text, &bytes, &pages->err);
	if (r < 0)
		return r;
	str_add_bytes(&s, text, bytes);
	add_tables(&s, command_table);
	return put(pages, name, &s);
}

static int put_all(struct pages *pages)
{
	cleanup_str struct str s = {0};
	page_program(&s, command_table, pages->date);
	int r = put(pages, "plateau.1", &s);
	if (r == 0)
		r = put_commands(pages, &s);
	if (r == 0)
		r = put_tasks(pages, &s);
	page_scenario(&s, pages->date);
	if (r == 0)
		r = put(pages, "plateau-scenario.5", &s);
	if (r == 0)
		r = put_completion(pages, "completion.bash", "bash/plateau", completion_bash);
	if (r == 0)
		r = put_completion(pages, "completion.zsh", "zsh/_plateau", completion_zsh);
	return r;
}

int main(int argc, char *argv[])
{
	if (argc < 3 || argc > 4) {
		fputs("usage: make-pages DIR SOURCES [DATE]\n", stderr);
		return EXIT_USAGE;
	}
	struct pages pages = {
	        .folder = argv[1],
	        .sources = argv[2],
	        .date = argc > 3 ? argv[3] : "",
	};
	if (put_all(&pages) == 0)
		return EXIT_DONE;
	fprintf(stderr, "make-pages: %s\n", pages.err.text);
	return EXIT_SOMETHING_FAILED;
}
