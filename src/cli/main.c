/* plateau COMMAND ...: finds the command, reads its command line, runs it, and makes sure that
 * the answer has reached stdout. */
#include "cli/help.h"
#include "cli/parse.h"
#include "commands/command.h"
#include "commands/talk.h"
#include "commands/versions.h"
#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/str.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

/* A standard stream that the caller has closed is held by /dev/null for reading: no file that is
 * opened later gets its number, and what is written to it fails and is told. */
static void hold_standard_streams(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF)
			continue;
		if (open("/dev/null", O_RDONLY) != fd)
			_exit(EXIT_SOMETHING_FAILED); /* no stream is left to say it on */
	}
}

/* Whether some commands have two words, the first of which is this one: "fleet submit". */
static bool is_group(const char *word)
{
	for (size_t i = 0; command_table[i]; i++)
		if (command_is_of_group(command_table[i], word))
			return true;
	return false;
}

/* Lines that are read with ease, on whatever screen. */
static size_t help_columns(FILE *stream)
{
	enum { LEAST_COLUMNS = 60, MOST_COLUMNS = 120 };
	const size_t columns = talk_width(fileno(stream));
	return columns < LEAST_COLUMNS  ? LEAST_COLUMNS
	       : columns > MOST_COLUMNS ? MOST_COLUMNS
	                                : columns;
}

static enum exit_code print_program_help(FILE *stream, enum exit_code code)
{
	struct error err;
	cleanup_free char *text = NULL;
	if (help_program(command_table, help_columns(stream), &text, &err) < 0)
		return talk_fail(EXIT_SOMETHING_FAILED, &err);
	fputs(text, stream);
	return code;
}

static enum exit_code print_command_help(const struct command *command)
{
	struct error err;
	cleanup_free char *text = NULL;
	if (help_command(command_table, command, help_columns(stdout), &text, &err) < 0)
		return talk_fail(EXIT_SOMETHING_FAILED, &err);
	fputs(text, stdout);
	return EXIT_DONE;
}

static enum exit_code print_version(int argc, char *const argv[])
{
	const bool is_verbose =
	        argc > 0 && (strcmp(argv[0], "--verbose") == 0 || strcmp(argv[0], "-v") == 0);
	if (argc > (is_verbose ? 1 : 0)) {
		talk_error("--version takes nothing but --verbose, and not '%s'",
		           argv[is_verbose ? 1 : 0]);
		return EXIT_USAGE;
	}
	versions_print(is_verbose);
	return EXIT_DONE;
}

static enum exit_code print_group_help(FILE *stream, const char *group, enum exit_code code)
{
	struct error err;
	cleanup_free char *text = NULL;
	if (help_group(command_table, group, help_columns(stream), &text, &err) < 0)
		return talk_fail(EXIT_SOMETHING_FAILED, &err);
	fputs(text, stream);
	return code;
}

/* The command spelled most like word, or NULL; group: the word before it, NULL: it is the first. */
static const char *find_nearest(const char *group, const char *word)
{
	const char *names[64];
	size_t count = 0;
	for (size_t i = 0; count < ARRAY_LENGTH(names) && command_table[i]; i++)
		if (!group || command_is_of_group(command_table[i], group))
			names[count++] = command_table[i]->name + (group ? strlen(group) + 1 : 0);
	return str_nearest(word, names, count, sizeof *names);
}

/* group as above. */
static enum exit_code refuse_word(const char *group, const char *word)
{
	const char *const near = find_nearest(group, word);
	const char *const kind = word[0] == '-' ? "option" : "command";
	const char *const before = group ? group : "";
	const char *const space = group ? " " : "";
	if (near)
		talk_error("unknown %s '%s%s%s'; did you mean '%s%s%s'?", kind, before, space, word,
		           before, space, near);
	else
		talk_error("unknown %s '%s%s%s'; `plateau%s%s --help` lists them", kind, before,
		           space, word, group ? " " : "", before);
	return EXIT_USAGE;
}

static enum exit_code run_command(const struct command *command, int argc, char *const argv[])
{
	struct error err;
	struct arguments arguments;
	const int result = parse_command_line(command, argc, argv, &arguments, &err);
	if (result == -ENOMEM)
		return talk_fail(EXIT_SOMETHING_FAILED, &err);
	if (result < 0) {
		talk_error("%s: %s", command->name, err.text);
		const char *const near = argc > 0 ? find_nearest(command->name, argv[0]) : NULL;
		if (near)
			talk_error("did you mean `plateau %s %s`?", command->name, near);
		talk_error("`plateau %s --help` tells what it takes", command->name);
		return EXIT_USAGE;
	}
	const enum exit_code code = arguments_has(&arguments, "help") ? print_command_help(command)
	                                                              : command->run(&arguments);
	arguments_release(&arguments);
	return code;
}

static bool is_help(const char *word)
{
	return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

/* A word that begins commands of two words and is none itself, with what stands behind it. */
static enum exit_code tell_of_group(const char *group, int argc, char *const argv[])
{
	if (argc < 1)
		return print_group_help(stderr, group, EXIT_USAGE);
	if (is_help(argv[0]))
		return print_group_help(stdout, group, EXIT_DONE);
	return refuse_word(group, argv[0]);
}

/* `plateau help COMMAND`: the same as `plateau COMMAND --help`. */
static enum exit_code help_on(int argc, char *const argv[])
{
	if (argc < 1 || is_help(argv[0]) || strcmp(argv[0], "help") == 0)
		return print_program_help(stdout, EXIT_DONE);
	if (is_help(argv[argc - 1]))
		argc--; /* asked for twice */
	int words = 0;
	const struct command *const command = command_find(command_table, argc, argv, &words);
	if (command && words == argc)
		return print_command_help(command);
	if (strcmp(argv[0], "scenario") == 0) {
		puts("The keys of scenario files are in `man 5 plateau-scenario`; `plateau plan "
		     "FILE` shows what a file means here.");
		return EXIT_DONE;
	}
	if (!is_group(argv[0]) || (command && words > 1))
		return refuse_word(NULL, argv[command ? words : 0]);
	return argc == 1 ? print_group_help(stdout, argv[0], EXIT_DONE)
	                 : refuse_word(argv[0], argv[1]);
}

static enum exit_code dispatch(int argc, char *const argv[])
{
	if (argc < 2)
		return print_program_help(stderr, EXIT_USAGE);
	const char *const word = argv[1];
	if (strcmp(word, "--version") == 0)
		return print_version(argc - 2, argv + 2);
	if (is_help(word))
		return print_program_help(stdout, EXIT_DONE);
	if (strcmp(word, "help") == 0)
		return help_on(argc - 2, argv + 2);
	int words = 0;
	const struct command *const command =
	        command_find(command_table, argc - 1, argv + 1, &words);
	if (command)
		return run_command(command, argc - 1 - words, argv + 1 + words);
	return is_group(word) ? tell_of_group(word, argc - 2, argv + 2) : refuse_word(NULL, word);
}

/* Whether stdout is a pipe or socket that nobody reads any more. */
static bool is_reader_gone(void)
{
	struct pollfd stream = {.fd = STDOUT_FILENO, .events = POLLOUT};
	return poll(&stream, 1, 0) == 1 && stream.revents & POLLERR;
}

/* An answer that did not arrive is a failure. A reader that has seen enough (head) knows why it
 * went, so that is not told. */
static enum exit_code finish(enum exit_code code)
{
	errno = 0;
	const bool has_failed = ferror(stdout);
	const bool has_reader = !is_reader_gone();
	if (fclose(stdout) == 0 && !has_failed)
		return code;
	if (has_reader && errno)
		talk_error("cannot write to standard output: %s", strerror(errno));
	else if (has_reader)
		talk_error("cannot write to standard output: not all of the answer went out");
	return code == EXIT_DONE ? EXIT_SOMETHING_FAILED : code;
}

/* With rights that its caller lacks (setuid, setgid, capabilities of the file) whatever plateau
 * does at a caller's word would be done with them: it runs commands, and reads and writes files by
 * name. */
static bool has_foreign_rights(void)
{
	return getuid() != geteuid() || getgid() != getegid() ||
	       getxattr("/proc/self/exe", "security.capability", NULL, 0) > 0;
}

int main(int argc, char *argv[])
{
	hold_standard_streams();
	if (has_foreign_rights()) {
		talk_error("this program has more rights than its caller (setuid, setgid or file "
		           "capabilities), and is not made for that: remove them (`chmod ug-s`, "
		           "`setcap -r`)");
		return EXIT_USAGE;
	}
	/* A reader that goes away must not end a run whose result is to be kept; tasks and helper
	 * programs are started with the default again. */
	signal(SIGPIPE, SIG_IGN);
	/* Past ulimit -f a write fails with an errno then, and the error can be told. */
	signal(SIGXFSZ, SIG_IGN);
	return (int)finish(dispatch(argc, argv));
}
