/* The command line of the stand-in tasks: options from a table whose entries carry the name, the
 * help and the function that takes the value, as "--name value" or "--name=value". Man pages are
 * made from it, too. */
#ifndef TASKS_COMMAND_LINE_H
#define TASKS_COMMAND_LINE_H

#include <stddef.h>
#include <stdio.h>

struct error;

enum task_exit { TASK_DONE = 0, TASK_FAILED = 1, TASK_BAD_INPUT = 2 };

struct task_option {
	const char *name;
	const char *value; /* how help calls it; NULL: takes none, and take gets NULL */
	int (*take)(void *options, const char *value, struct error *err);
	const char *help; /* lines after the first are set under it */
};

struct task_command {
	const char *name;
	const char *summary; /* a line, no full stop */
	const char *usage;   /* what stands behind the name; a line for each way */
	const char *about;   /* whole lines */
	const struct task_option *options;
	size_t option_count;
	const char *notes; /* whole lines, below the options */
	/* Takes a word that is no option, or stands behind "--"; NULL: there are none. */
	int (*take_word)(void *options, const char *word, struct error *err);
};

enum task_action { TASK_RUN, TASK_HELP, TASK_VERSION };

/* --help and --version belong to every task; what comes behind them is not looked at. *ret_action
 * says what is to be done; *options is filled in by the functions of the table. Returns 0 or
 * -EINVAL. */
int task_command_parse(const struct task_command *command, int argc, char *const argv[],
                       void *options, enum task_action *ret_action, struct error *err);

/* For the take functions: a number in [low, high]. Returns 0 or -EINVAL. */
int task_take_real(const char *value, double low, double high, double *ret, struct error *err);

/* Prints what --help or --version asks for. Returns an exit code. */
int task_command_answer(const struct task_command *command, enum task_action action);

/* Whether stdout took everything: TASK_DONE, or TASK_FAILED with a line on stderr. */
int task_command_close(const struct task_command *command);

/* "NAME: text" on stderr; returns status. */
int task_command_fail(const struct task_command *command, int status, const struct error *err);

#endif
