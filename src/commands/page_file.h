/* A page for people, as a file: where it goes, what it may replace, and how its place is told. For
 * every command that has pages. */
#ifndef COMMANDS_PAGE_FILE_H
#define COMMANDS_PAGE_FILE_H

#include "commands/command.h"
#include "report/document.h"

#include <stddef.h>

struct error;
struct taken_files;

struct page_file {
	const struct arguments *arguments; /* for talk and --json */
	const char *option;                /* that names it: "-o" */
	const char *path;                  /* "-": stdout; NULL: none */
	const char *plots;                 /* the folder of --plots, or NULL */
	const struct words *results;       /* files that it is made of */
	size_t plain_documents;            /* documents at its beginning that have no plots */
	bool is_forced;                    /* --force */
	bool is_aside; /* stdout belongs to another answer: where the page is, is not told */
};

/* How figures are written in a page, whatever the locale. */
extern const struct text_style page_style;

/* The page that --output, --plots and --force ask for beside the answer on stdout. The command has
 * these options. Valid as long as both. */
struct page_file page_file_beside(const struct arguments *arguments, const struct words *results);

/* Before anything is worked out: nothing is lost that somebody else made (commands/outputs). Only
 * an earlier page of plateau is replaced without --force, and what is taken never. page has a path.
 * Returns 0; -EINVAL; -EEXIST. */
int page_file_check(const struct page_file *page, const struct taken_files *taken,
                    struct error *err);

/* Writes the documents as one page, and their plots as files, each where it is asked for; prints
 * where the page is. A plot that cannot be drawn is left out, and told. Returns EXIT_DONE,
 * EXIT_SOMETHING_FAILED, or EXIT_NODE_CANNOT (plots are missing). */
enum exit_code page_file_write(const struct page_file *page, const struct document *documents,
                               size_t count, const char *title);

/* Where a page or plots went is said on stderr, of commands that have an answer of their own on
 * stdout; nothing of a page on stdout. */
void page_file_note(const struct page_file *page);

#endif
