/* The words of a task (argv and environment) as they are handed to execve: buffers made once per
 * slot, large enough for every value, and filled in per task without allocating. */
#ifndef RUN_WORDS_H
#define RUN_WORDS_H

#include "model/scenario.h"

#include <stddef.h>
#include <stdint.h>

struct error;

/* What does not change during a run. */
struct words_context {
	const struct scenario *scenario;
	const struct words *inputs; /* paths; NULL or empty: none */
	const char *run_id;
	const char *const *base_environment; /* NULL-terminated, the caller's */
};

/* What changes from task to task; pu -1: not bound, input -1: none. */
struct words_task {
	uint32_t index;
	uint32_t slot;
	uint32_t level;
	int32_t pu;
	int32_t input;
	const char *workdir;
};

struct task_words;

/* Makes the buffers of one slot. longest_workdir_bytes bounds strlen(workdir). Returns 0 or
 * -ENOMEM. task_words_free takes NULL. */
int task_words_new(const struct words_context *context, size_t longest_workdir_bytes,
                   struct task_words **ret_words, struct error *err);
void task_words_free(struct task_words *words);

/* Fills everything in for a task. argv, envp and path stay the words' until the next call. */
void task_words_fill(struct task_words *words, const struct words_task *task);

const char *task_words_path(const struct task_words *words);
char *const *task_words_argv(const struct task_words *words);
char *const *task_words_envp(const struct task_words *words);

/* Where execve finds `command`: itself when it holds a slash; else the first executable file of
 * that name in the folders of path_variable (NULL: the system's default), else, for programs
 * called plateau-*, beside this program; else command itself, for execve to say what is wrong.
 * The caller frees *ret_path. Returns 0 or -ENOMEM. */
int words_find_command(const char *command, const char *path_variable, char **ret_path,
                       struct error *err);

/* The program that tasks of the scenario execute, found in their environment. *ret_path, which the
 * caller frees, is NULL where every task has its own (a template). Returns 0 or -ENOMEM. */
int words_find_program(const struct scenario *scenario, const char *const *base_environment,
                       char **ret_path, struct error *err);

#endif
