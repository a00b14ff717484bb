/* What starting strace and trying it have in common. */
#ifndef PLATFORM_STRACE_PARTS_H
#define PLATFORM_STRACE_PARTS_H

#include <stdbool.h>
#include <sys/types.h>

struct error;

/* What strace is told before the command. */
struct strace_words {
	const char **words; /* ends with NULL */
	char *program;      /* strace, found: the first of them */
	char *calls;        /* another */
};

/* "strace -f ... -o OUTPUT --", then argv; output must outlive it. Returns 0, -ENOENT or -EACCES
 * (no strace), or -ENOMEM. */
int strace_words_make(bool is_filtered, const char *output, const char *const *argv,
                      struct strace_words *ret_words, struct error *err);

void strace_words_release(struct strace_words *words);

/* Kills every living process that is traced by strace (0: nothing is done). Returns how many there
 * were. */
int strace_kill_traced(pid_t strace);

#endif
