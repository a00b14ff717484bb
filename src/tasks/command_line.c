#include "tasks/command_line.h"

#include "core/array.h"
#include "core/error.h"
#include "core/number.h"
#include "core/str.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

enum { NAMES_MOST = 16 };

static const struct {
	const char *name;
	enum task_action action;
	const char *help;
} always[] = {
        {"--help", TASK_HELP, "print this and exit"},
        {"--version", TASK_VERSION, "print the version and exit"},
};

static int unknown(const struct task_command *command, const char *argument, struct error *err)
{
	const char *names[NAMES_MOST];
	size_t count = 0;
	for (size_t i = 0; i < ARRAY_LENGTH(always); i++)
		names[count++] = always[i].name;
	for (size_t i = 0; i < command->option_count && count < NAMES_MOST; i++)
		names[count++] = command->options[i].name;
	const char *const near = str_nearest(argument, names, count, sizeof *names);
	if (argument[0] != '-')
		return error_set(err, EINVAL, "%s: takes options only; see %s --help", argument,
		                 command->name);
	return error_set(err, EINVAL, "unknown option %s%s%s; see %s --help", argument,
	                 near ? ", did you mean " : "", near ? near : "", command->name);
}

static bool is_named(const char *name, const char *argument, size_t bytes)
{
	return strlen(name) == bytes && strncmp(name, argument, bytes) == 0;
}

static int take(const struct task_option *option, const char *value, const char *next, int *at,
                void *options, struct error *err)
{
	if (!option->value && value)
		return error_set(err, EINVAL, "%s takes no value", option->name);
	if (option->value && !value) {
		if (!next)
			return error_set(err, EINVAL, "%s needs a value: %s %s", option->name,
			                 option->name, option->value);
		value = next;
		(*at)++;
	}
	const int r = option->take(options, value, err);
	return r < 0 ? error_context(err, r, "%s", option->name) : 0;
}

/* The entry of the option that argument, whose name has so many bytes, is; NULL: none. */
static const struct task_option *find(const struct task_command *command, const char *argument,
                                      size_t bytes)
{
	for (size_t i = 0; i < command->option_count; i++)
		if (is_named(command->options[i].name, argument, bytes))
			return &command->options[i];
	return NULL;
}

static bool is_always(const char *argument, enum task_action *ret_action)
{
	for (size_t i = 0; i < ARRAY_LENGTH(always); i++) {
		if (strcmp(always[i].name, argument) == 0) {
			*ret_action = always[i].action;
			return true;
		}
	}
	return false;
}

int task_command_parse(const struct task_command *command, int argc, char *const argv[],
                       void *options, enum task_action *ret_action, struct error *err)
{
	bool only_words = false;
	int r = 0;
	for (int at = 1; r == 0 && at < argc;) {
		const char *const argument = argv[at++];
		const bool is_option = !only_words && argument[0] == '-' && argument[1];
		if (is_option && is_always(argument, ret_action))
			return 0;
		if (!is_option && command->take_word) {
			r = command->take_word(options, argument, err);
			continue;
		}
		if (command->take_word && strcmp(argument, "--") == 0) {
			only_words = true;
			continue;
		}
		const size_t bytes = strcspn(argument, "=");
		const struct task_option *const option = find(command, argument, bytes);
		if (!option)
			return unknown(command, argument, err);
		r = take(option, argument[bytes] ? argument + bytes + 1 : NULL,
		         at < argc ? argv[at] : NULL, &at, options, err);
	}
	if (r == 0)
		*ret_action = TASK_RUN;
	return r;
}

int task_take_real(const char *value, double low, double high, double *ret, struct error *err)
{
	double x = 0;
	const int r = number_parse_real(value, &x, err);
	if (r < 0)
		return r;
	if (!(x >= low && x <= high))
		return error_set(err, EINVAL, "%s is not between %g and %g", value, low, high);
	*ret = x;
	return 0;
}

static void print_option(const char *name, const char *value, const char *help)
{
	char left[32];
	snprintf(left, sizeof left, "%s%s%s", name, value ? " " : "", value ? value : "");
	printf("  %-20s", left);
	for (const char *line = help; line;) {
		const size_t bytes = strcspn(line, "\n");
		printf("%s%.*s\n", line == help ? " " : "                       ", (int)bytes,
		       line);
		line = line[bytes] ? line + bytes + 1 : NULL;
	}
}

int task_command_answer(const struct task_command *command, enum task_action action)
{
	if (action == TASK_VERSION) {
		printf("%s " PACKAGE_VERSION "\n", command->name);
		return task_command_close(command);
	}
	for (const char *way = command->usage; way;) {
		const size_t bytes = strcspn(way, "\n");
		printf("%s %s %.*s\n", way == command->usage ? "Usage:" : "      ", command->name,
		       (int)bytes, way);
		way = way[bytes] ? way + bytes + 1 : NULL;
	}
	printf("\n%s\n", command->about);
	for (size_t i = 0; i < command->option_count; i++)
		print_option(command->options[i].name, command->options[i].value,
		             command->options[i].help);
	for (size_t i = 0; i < ARRAY_LENGTH(always); i++)
		print_option(always[i].name, NULL, always[i].help);
	printf("\n%s", command->notes);
	return task_command_close(command);
}

int task_command_close(const struct task_command *command)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return TASK_DONE;
	fprintf(stderr, "%s: stdout cannot be written: %s\n", command->name, strerror(errno));
	return TASK_FAILED;
}

int task_command_fail(const struct task_command *command, int status, const struct error *err)
{
	fprintf(stderr, "%s: %s\n", command->name, err->text);
	return status;
}
