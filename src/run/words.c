#include "run/words.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/str.h"
#include "model/template.h"

#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NUMBER_BYTES = 12, OWN_VARIABLES = 6 };

/* A word with templates and the buffer that it is filled into. */
struct filled_word {
	const char *pattern;
	char *prefix; /* "NAME=" of a variable, "" of an argument; in front of the pattern */
	char *buffer;
	size_t buffer_bytes;
};

struct task_words {
	const struct words_context *context;
	char *path;
	bool path_is_filled; /* argv[0] holds templates and a path: execute what it became */
	char **argv;
	char **envp;
	struct filled_word *filled;
	size_t filled_count;
	/* The texts of numbers that words_task gives. */
	char index[NUMBER_BYTES];
	char slot[NUMBER_BYTES];
	char level[NUMBER_BYTES];
	char cpu[NUMBER_BYTES];
};

static int is_executable_file(const char *path)
{
	struct stat status;
	return stat(path, &status) == 0 && S_ISREG(status.st_mode) && access(path, X_OK) == 0;
}

/* folder/name of the first folder in the colon-separated list that has it; NULL with 0: none. */
static int search_folders(const char *folders, const char *name, char **ret_path, struct error *err)
{
	for (const char *p = folders; *p;) {
		const size_t length = strcspn(p, ":");
		cleanup_free char *path = NULL;
		const int r =
		        str_format(&path, err, "%.*s%s%s", (int)length, p, length ? "/" : "", name);
		if (r < 0)
			return r;
		if (is_executable_file(path)) {
			*ret_path = path;
			path = NULL;
			return 0;
		}
		p += length + (p[length] == ':');
	}
	return 0;
}

static int search_beside_us(const char *name, char **ret_path, struct error *err)
{
	char self[PATH_MAX];
	const ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
	if (length <= 0)
		return 0;
	self[length] = '\0';
	char *const slash = strrchr(self, '/');
	if (!slash)
		return 0;
	*slash = '\0';
	return search_folders(self, name, ret_path, err);
}

int words_find_command(const char *command, const char *path_variable, char **ret_path,
                       struct error *err)
{
	char *path = NULL;
	int r = 0;
	if (!strchr(command, '/')) {
		r = search_folders(path_variable ? path_variable : "/usr/local/bin:/usr/bin:/bin",
		                   command, &path, err);
		if (r == 0 && !path && str_starts_with(command, "plateau-"))
			r = search_beside_us(command, &path, err);
	}
	if (r == 0 && !path)
		r = str_copy(command, &path, err);
	if (r == 0)
		*ret_path = path;
	return r;
}

static size_t longest_input(const struct words *inputs)
{
	size_t longest = 0;
	for (size_t i = 0; inputs && i < inputs->count; i++)
		if (strlen(inputs->items[i]) > longest)
			longest = strlen(inputs->items[i]);
	return longest;
}

/* Adds prefix + pattern as a word to be filled and points *place at its buffer. The longest value
 * of each template bounds what it can become. */
static int add_filled(struct task_words *words, const char *prefix, const char *pattern,
                      size_t longest_workdir_bytes, char **place, struct error *err)
{
	struct filled_word *const word = &words->filled[words->filled_count];
	const size_t input_bytes = longest_input(words->context->inputs);
	size_t longest = NUMBER_BYTES;
	if (input_bytes > longest)
		longest = input_bytes;
	if (longest_workdir_bytes > longest)
		longest = longest_workdir_bytes;
	size_t templates = 0;
	for (const char *p = pattern; *p; p++)
		templates += *p == '{';
	word->pattern = pattern;
	word->buffer_bytes = strlen(prefix) + strlen(pattern) + templates * longest + 1;
	word->buffer = malloc(word->buffer_bytes);
	if (!word->buffer)
		return error_memory(err);
	words->filled_count++;
	strcpy(word->buffer, prefix);
	const int r = str_copy(prefix, &word->prefix, err);
	*place = word->buffer;
	return r;
}

static int make_argv(struct task_words *words, size_t longest_workdir_bytes, struct error *err)
{
	const struct words *const command = &words->context->scenario->task.command;
	for (size_t i = 0; i < command->count; i++) {
		const int r = add_filled(words, "", command->items[i], longest_workdir_bytes,
		                         &words->argv[i], err);
		if (r < 0)
			return r;
	}
	return 0;
}

static bool is_same_variable(const char *entry, const char *name)
{
	const size_t length = strlen(name);
	return strncmp(entry, name, length) == 0 && entry[length] == '=';
}

static const struct own_variable {
	const char *name;
	const char *pattern; /* NULL: the run's id */
} own_variables[OWN_VARIABLES] = {
        {"PLATEAU_RUN", NULL},        {"PLATEAU_SLOT", "{slot}"}, {"PLATEAU_INDEX", "{index}"},
        {"PLATEAU_LEVEL", "{level}"}, {"PLATEAU_CPU", "{cpu}"},   {"PLATEAU_WORKDIR", "{workdir}"},
};

static bool is_replaced(const struct scenario *scenario, const char *entry)
{
	for (size_t i = 0; i < OWN_VARIABLES; i++)
		if (is_same_variable(entry, own_variables[i].name))
			return true;
	for (size_t i = 0; i < scenario->task.environment_count; i++)
		if (is_same_variable(entry, scenario->task.environment[i].name))
			return true;
	return false;
}

static int make_variable(struct task_words *words, const char *name, const char *pattern,
                         size_t longest_workdir_bytes, char **place, struct error *err)
{
	cleanup_free char *prefix = NULL;
	const int r = str_format(&prefix, err, "%s=", name);
	return r < 0 ? r : add_filled(words, prefix, pattern, longest_workdir_bytes, place, err);
}

/* Order: what plateau was started with, the scenario's variables, plateau's own. */
static int make_envp(struct task_words *words, size_t longest_workdir_bytes, struct error *err)
{
	const struct words_context *const context = words->context;
	const struct scenario *const scenario = context->scenario;
	size_t count = 0;
	for (const char *const *entry = context->base_environment; *entry; entry++) {
		if (is_replaced(scenario, *entry))
			continue;
		/* execve writes to none of its strings. */
		memcpy(&words->envp[count++], entry, sizeof *entry);
	}
	int r = 0;
	for (size_t i = 0; r == 0 && i < scenario->task.environment_count; i++)
		r = make_variable(words, scenario->task.environment[i].name,
		                  scenario->task.environment[i].value, longest_workdir_bytes,
		                  &words->envp[count++], err);
	for (size_t i = 0; r == 0 && i < OWN_VARIABLES; i++) {
		const char *const pattern =
		        own_variables[i].pattern ? own_variables[i].pattern : context->run_id;
		r = make_variable(words, own_variables[i].name, pattern, longest_workdir_bytes,
		                  &words->envp[count++], err);
	}
	return r;
}

static const char *path_variable(const struct scenario *scenario,
                                 const char *const *base_environment)
{
	for (size_t i = 0; i < scenario->task.environment_count; i++)
		if (strcmp(scenario->task.environment[i].name, "PATH") == 0)
			return scenario->task.environment[i].value;
	for (const char *const *entry = base_environment; *entry; entry++)
		if (is_same_variable(*entry, "PATH"))
			return *entry + strlen("PATH=");
	return NULL;
}

int words_find_program(const struct scenario *scenario, const char *const *base_environment,
                       char **ret_path, struct error *err)
{
	const char *const command = scenario->task.command.items[0];
	if (strchr(command, '{')) {
		*ret_path = NULL;
		return 0;
	}
	return words_find_command(command, path_variable(scenario, base_environment), ret_path,
	                          err);
}

static int make_path(struct task_words *words, struct error *err)
{
	const struct words_context *const context = words->context;
	const int r =
	        words_find_program(context->scenario, context->base_environment, &words->path, err);
	words->path_is_filled = r == 0 && !words->path;
	return r;
}

static int make_all(struct task_words *words, size_t longest_workdir_bytes, struct error *err)
{
	const struct scenario *const scenario = words->context->scenario;
	size_t base = 0;
	while (words->context->base_environment[base])
		base++;
	const size_t variables = scenario->task.environment_count + OWN_VARIABLES;
	words->argv = calloc(scenario->task.command.count + 1, sizeof *words->argv);
	words->envp = calloc(base + variables + 1, sizeof *words->envp);
	words->filled = calloc(scenario->task.command.count + variables, sizeof *words->filled);
	if (!words->argv || !words->envp || !words->filled)
		return error_memory(err);
	int r = make_argv(words, longest_workdir_bytes, err);
	if (r == 0)
		r = make_envp(words, longest_workdir_bytes, err);
	if (r == 0)
		r = make_path(words, err);
	return r;
}

int task_words_new(const struct words_context *context, size_t longest_workdir_bytes,
                   struct task_words **ret_words, struct error *err)
{
	struct task_words *const words = calloc(1, sizeof *words);
	if (!words)
		return error_memory(err);
	words->context = context;
	const int r = make_all(words, longest_workdir_bytes, err);
	if (r < 0) {
		task_words_free(words);
		return r;
	}
	*ret_words = words;
	return 0;
}

void task_words_free(struct task_words *words)
{
	if (!words)
		return;
	for (size_t i = 0; i < words->filled_count; i++) {
		free(words->filled[i].prefix);
		free(words->filled[i].buffer);
	}
	free(words->filled);
	free(words->argv);
	free(words->envp);
	free(words->path);
	free(words);
}

void task_words_fill(struct task_words *words, const struct words_task *task)
{
	snprintf(words->index, sizeof words->index, "%" PRIu32, task->index);
	snprintf(words->slot, sizeof words->slot, "%" PRIu32, task->slot);
	snprintf(words->level, sizeof words->level, "%" PRIu32, task->level);
	words->cpu[0] = '\0';
	if (task->pu >= 0)
		snprintf(words->cpu, sizeof words->cpu, "%" PRId32, task->pu);
	const struct words *const inputs = words->context->inputs;
	const struct template_values values = {
	        .text = {
	                [TEMPLATE_INPUT] = task->input >= 0 ? inputs->items[task->input] : NULL,
	                [TEMPLATE_INDEX] = words->index,
	                [TEMPLATE_SLOT] = words->slot,
	                [TEMPLATE_LEVEL] = words->level,
	                [TEMPLATE_WORKDIR] = task->workdir,
	                [TEMPLATE_CPU] = words->cpu,
	        }};
	for (size_t i = 0; i < words->filled_count; i++) {
		const struct filled_word *const word = &words->filled[i];
		const size_t prefix_length = strlen(word->prefix);
		template_fill(word->pattern, &values, word->buffer + prefix_length,
		              word->buffer_bytes - prefix_length);
	}
}

const char *task_words_path(const struct task_words *words)
{
	return words->path_is_filled ? words->argv[0] : words->path;
}

char *const *task_words_argv(const struct task_words *words)
{
	return words->argv;
}

char *const *task_words_envp(const struct task_words *words)
{
	return words->envp;
}
