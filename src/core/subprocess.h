/* Other programs: started from an argument list, never through a shell; given a text as input;
 * their output taken, up to a bound; ended, with whatever is in their process group, when they
 * take too long. For short helpers (gnuplot, strace, Slurm's commands). Tasks are started by
 * platform/launch.
 *
 * A helper ends when the thread that started it ends. A descendant that leaves the process group
 * is not followed. */
#ifndef CORE_SUBPROCESS_H
#define CORE_SUBPROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;

struct subprocess {
	const char *const *argv; /* ends with NULL; the first is looked for as by subprocess_find */
	const char *folder;      /* in which it runs; NULL: in ours */
	const char *input;       /* its standard input; NULL: nothing */
	size_t input_bytes;
	size_t max_output_bytes; /* of its standard output; more is an error */
	int64_t timeout_ns;
	/* Asked some 50 times a second whether it is to be ended at once; NULL: it never is. */
	bool (*is_unwanted)(void *context);
	void *context;
};

/* How it went. subprocess_end_release frees it. */
struct subprocess_end {
	char *output; /* NUL-terminated behind its length */
	size_t output_bytes;
	char *complaint; /* the first 4 KiB of its standard error, NUL-terminated, as it came */
	int exit_status; /* 0 to 255; -1: a signal ended it */
	int signal;      /* that ended it, or 0 */
};

/* Runs a program and waits for its end. What is left of its process group then is killed.
 * Returns 0 whatever its exit status is; -ENOENT or -EACCES when it could not be executed,
 * -ETIMEDOUT when it was ended after timeout_ns, -EINTR when it was not wanted any more, -EFBIG
 * when its output was too long (it was ended), or another -errno. */
int subprocess_run(const struct subprocess *subprocess, struct subprocess_end *ret_end,
                   struct error *err);

/* Looks for a program in PATH, or, without one, in /usr/local/bin, /usr/bin and /bin. Folders that
 * are not absolute are passed over: what lies in the folder somebody stands in, is not what was
 * meant by the name of a helper. A name with a slash stays as it is. The caller frees the path.
 * Returns 0, -ENOENT, -EACCES (only such were found that may not be executed), or -ENOMEM. */
int subprocess_find(const char *name, char **ret_path, struct error *err);

void subprocess_end_release(struct subprocess_end *end);

#define cleanup_subprocess_end __attribute__((cleanup(subprocess_end_release)))

#endif
