/* The scenarios of one `plateau run`, one after the other. For commands/run*.c:
 *
 *   row_load        reads them all, and what is wrong with any of them is told
 *   row_entry_run   runs one, in processes of its own
 *   row_print       prints the table of one
 *   row_accept      judges all of them, row_print_json prints them as one document
 *   row_release */
#ifndef COMMANDS_RUN_ROW_H
#define COMMANDS_RUN_ROW_H

#include "commands/run_parts.h"

#include <stdbool.h>
#include <stddef.h>

struct judging;

/* One scenario of the command line, and what came of it. */
struct row_entry {
	const char *name; /* the file; NULL: there is none */
	struct run run;   /* what is known of it before it is begun */
	enum exit_code code;
	char *result; /* the file to print; NULL: there is none */
	char *json;   /* of it */
};

struct row {
	const struct arguments *arguments;
	struct row_entry *entries;
	size_t count;
	size_t begun;
	bool is_judged;
};

/* Reads the scenarios of the arguments (or the result that is gone on with) into row, which is {0}
 * and the caller's to release whatever comes back. Everything that can be wrong with what was given
 * is told before anything runs. */
enum exit_code row_load(const struct arguments *arguments, struct row *row);
void row_release(struct row *row);

enum row_side { ROW_GOES_ON, ROW_ENDS_HERE };

/* Splits the process. In the engine's, measures, and returns ROW_ENDS_HERE: that process has
 * nothing else to do. In the other entry->code and result are what came of it. */
enum row_side row_entry_run(struct row_entry *entry);

/* Prints the table of one result, as soon as there is one; as JSON it waits for the others. */
void row_print(const struct row *row, struct row_entry *entry);

/* Prints the verdict over all, after everything else. *ret_judging is to be freed whatever comes
 * back. */
enum exit_code row_accept(const struct row *row, struct judging **ret_judging);

/* Prints one document, whatever was asked for. judging: NULL where nothing was judged. */
enum exit_code row_print_json(const struct row *row, const struct judging *judging);

#endif
