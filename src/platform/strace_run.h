/* Runs a command under strace and reads what strace writes as it comes. The command keeps standard
 * input, output and error, its process group, signals and exit code, and inherits nothing of ours:
 * strace writes to a pipe that it opens by way of /proc, and no file is made.
 *
 * A signal that asks us to end is passed on to the command; 5 s later, or when asked again, all its
 * processes are killed. They are killed too when we are, or strace (platform/strace_watch.h):
 * nothing goes on. To be called from the main thread while no other thread runs. */
#ifndef PLATFORM_STRACE_RUN_H
#define PLATFORM_STRACE_RUN_H

#include "formats/strace/strace_log.h"

#include <stdbool.h>
#include <stdint.h>

struct error;

enum { STRACE_VERSION_BYTES = 32 };

/* How strace can be used here. */
struct strace_ability {
	char version[STRACE_VERSION_BYTES]; /* "6.1" */
	bool is_filtered; /* stops at the calls that are read, and lets the others pass at full
	                   * speed (--seccomp-bpf, strace 5.3 and later) */
};

/* Tries strace on `true`. Returns 0; -ENOENT: it is not installed; -EPERM: processes may not be
 * traced here; or another -errno. The error says what to do about it. */
int strace_probe(struct strace_ability *ret_ability, struct error *err);

/* What kept the command from coming to its end: its processes were killed then. */
enum strace_broken {
	STRACE_WHOLE,          /* nothing did */
	STRACE_KILLED,         /* strace was ended by the signal that is told */
	STRACE_WATCHER_KILLED, /* who would have seen to it that nothing goes on */
};

/* How the command went. */
struct strace_end {
	int exit_status; /* 0 to 255; -1: it was ended by a signal, or its end is not known */
	int signal;      /* that ended it, 0: none, or it is not known */
	int stop_signal; /* that asked us to end, 0 */
	enum strace_broken broken;
	int64_t wall_ns;
	struct strace_report report;
};

/* Runs argv, which ends with NULL and whose first is looked for in PATH by strace. Returns 0
 * whatever the command's end; -ENOEXEC: it could not be executed; what the taker returned (then the
 * command was killed); or another -errno. */
int strace_run(const struct strace_ability *ability, const char *const *argv, io_call_taker *take,
               void *context, struct strace_end *ret_end, struct error *err);

#endif
