/* Runs a helper program (never a measured task) to its end: an argument vector, no shell, a time
 * limit, and its output as text. */
#ifndef CORE_SUBPROCESS_H
#define CORE_SUBPROCESS_H

#include <stddef.h>
#include <stdint.h>

struct error;

struct subprocess_result {
	int exit_status; /* 0..255, or -1 when it was ended by a signal */
	int signal;      /* the signal, or 0 */
	char *output;    /* stdout, cut at the limit; freed by the caller */
	size_t output_bytes;
	char *talk; /* stderr, cut at the limit; freed by the caller */
	size_t talk_bytes;
};

/* Runs argv[0] (looked up in PATH) with argv, the caller's environment and stdin from /dev/null;
 * at most max_output_bytes of each stream are kept. Past timeout_ns (0: none) its process group
 * gets TERM, then KILL. Returns 0 when it was started and has ended, whatever its status; -ENOENT,
 * -EACCES and so on when it could not be started; -ETIMEDOUT. */
int subprocess_run(const char *const argv[], int64_t timeout_ns, size_t max_output_bytes,
                   struct subprocess_result *ret_result, struct error *err);

void subprocess_result_release(struct subprocess_result *result);

#endif
