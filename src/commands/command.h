/* A subcommand: one const entry with its name, help, options and function, collected in
 * commands/table.c. cli/ parses the command line by this entry and prints --help, man pages and
 * completions from it; nothing else describes options. */
#ifndef COMMANDS_COMMAND_H
#define COMMANDS_COMMAND_H

#include "model/scenario.h"

#include <stdbool.h>
#include <stddef.h>

/* Frozen; README.md lists them. Where several hold: 130, 2, 5, 3, 4, 1, 0 in this order. */
enum exit_code {
	EXIT_DONE = 0,
	EXIT_SOMETHING_FAILED = 1,
	EXIT_USAGE = 2,
	EXIT_CRITERIA_FAILED = 3,
	EXIT_INCONCLUSIVE = 4,
	EXIT_NODE_CANNOT = 5,
	EXIT_INTERRUPTED = 130
};

/* What each code means to every command, in the order of the numbers; ends with a NULL text. */
struct exit_meaning {
	enum exit_code code;
	const char *text;
};
extern const struct exit_meaning exit_meanings[];

/* One option. Every option that takes a value can also be set by the environment variable
 * PLATEAU_<NAME> (upper case, '-' as '_'); an empty variable counts as absent. */
struct option_entry {
	char letter;      /* 0: long form only */
	const char *name; /* "output" */
	/* "FILE"; "auto|always|never": one of these words, checked by the parser; "RESULT...":
	 * every word up to the next option or "--", so that a shell's pattern can stand there, and
	 * it may be repeated ("=value" and the environment give it one word); NULL: a flag. */
	const char *value;
	const char *help; /* one line, no full stop */
};

/* What a code means to one command, where that is more than it means to all. */
struct command_exit {
	enum exit_code code;
	const char *text; /* NULL: the end */
};

/* A name, such as that of a file or a variable, or a command line, and what is to be said of it. */
struct command_note {
	const char *name; /* NULL: the end */
	const char *text; /* no full stop */
};

enum { COMMAND_EXITS_MOST = 8, COMMAND_NOTES_MOST = 6 };

/* A parsed command line. */
struct arguments {
	const struct command *command;
	const char **values;   /* by option index of the command's table, then of common_options;
	                        * NULL: not given; "" for a flag that was given */
	struct words *lists;   /* likewise, of options that take lists */
	struct words operands; /* before "--" */
	struct words rest;     /* behind "--" */
	bool has_rest;         /* "--" was given */
};

struct command {
	/* "run"; of two words where several commands belong together: "fleet rank"; the first of
	 * them may be a command itself: "capacity" and "capacity overlaps" */
	const char *name;
	const char *operands; /* "SCENARIO", "RESULT", "[SCENARIO | -- COMMAND ARG...]" */
	const char *summary;  /* one line for the list of commands */
	const char *details;  /* paragraphs of --help and the man page; NULL: none */
	const struct option_entry *options;
	size_t option_count;
	size_t least_operands;
	size_t most_operands; /* SIZE_MAX: any number */
	bool takes_rest;      /* "-- COMMAND ARG..." is allowed */
	/* For --help and the man page; each ends with an empty entry. */
	struct command_exit exits[COMMAND_EXITS_MOST];     /* in the order of the numbers */
	struct command_note variables[COMMAND_NOTES_MOST]; /* beside those of its options */
	struct command_note files[COMMAND_NOTES_MOST];     /* beside those it is told of */
	struct command_note examples[COMMAND_NOTES_MOST];  /* command lines */
	const char *see_also; /* "run, fleet rank, scenario": other pages; NULL: none */
	/* Does the work; prints its answer to stdout and its talk to stderr. */
	enum exit_code (*run)(const struct arguments *arguments);
};

/* The options that every command takes; a command does not list them again: --json, --progress,
 * --color, --quiet, --verbose, --help. What they mean for the talk is in commands/talk.h. */
enum { COMMON_OPTION_COUNT = 6 };
extern const struct option_entry common_options[COMMON_OPTION_COUNT];

/* The value of the option called name ("" for a flag), or NULL when it was not given. The name
 * must be in the command's table or in common_options. */
const char *arguments_get(const struct arguments *arguments, const char *name);
bool arguments_has(const struct arguments *arguments, const char *name);

/* The variable that an option has its default from: PLATEAU_MEMORY_POLICY for "memory-policy". */
enum { OPTION_VARIABLE_BYTES = 64 };
void option_variable(const char *option, char ret_name[OPTION_VARIABLE_BYTES]);

/* Whether an option takes every word up to the next one: its value ends with "...". */
bool option_takes_list(const struct option_entry *option);

/* The words of such an option; none when it was not given. */
const struct words *arguments_list(const struct arguments *arguments, const char *name);

/* What -errno of reading or writing a file that the caller has named means for the exit code: what
 * the machine could not do is a failure; everything else is the caller's mistake, a result that is
 * still being written too. */
enum exit_code exit_for_file(int result);

/* The code of a command that did several things which ended with these: 130, 2, 5, 3, 4, 1, 0, the
 * first of both in this order. */
enum exit_code exit_worse(enum exit_code a, enum exit_code b);

/* What code means to a command: its own word, or that of all commands for what every one can end
 * with; NULL: it never ends so. */
const char *command_exit_text(const struct command *command, enum exit_code code);

/* The option at index of the command's table followed by the common ones; NULL past the end. */
const struct option_entry *command_option(const struct command *command, size_t index);

/* Whether a command's name has two words, and the first is this one. */
bool command_is_of_group(const struct command *command, const char *group);

/* The command of table (which ends with NULL) that the words argv[0] .. argv[argc - 1] begin with:
 * a name of two words before one of one word, so that "capacity overlaps" is found although
 * "capacity" takes operands (a file called overlaps is ./overlaps then). *ret_words is how many
 * words its name has. NULL: none, *ret_words is untouched. */
const struct command *command_find(const struct command *const table[], int argc,
                                   char *const argv[], int *ret_words);

/* Every command, in the order of the help; ends with NULL. */
extern const struct command *const command_table[];

#endif
