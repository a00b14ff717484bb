/* The watcher: the process between us and strace. It is strace's parent and the reaper of all that
 * comes of the command, so that descent finds them whatever they do (setsid, a cleared
 * environment). When strace ends, it ends what is left and is over itself; when we end, in whatever
 * way, it ends the command's processes first and strace last: a process whose tracer has gone would
 * go on, and its calls fail. It is in a process group of its own, out of reach of what is sent to
 * ours, and has no terminal and no descriptor of ours open but the pipe that strace writes to. */
#ifndef PLATFORM_STRACE_WATCH_H
#define PLATFORM_STRACE_WATCH_H

#include "platform/strays.h"

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

struct error;
struct strace_shared;

/* What is to be started. */
struct strace_duty {
	const char *const *words;
	const sigset_t *mask; /* its signal mask */
	const int *streams;   /* three descriptors that become its standard streams; NULL: ours */
	int reader;           /* the end of its pipe that is read; -1: none */
};

struct strace_watch {
	pid_t watcher;
	struct strays_spared spared; /* children that we had before */
	struct strace_shared *shared;
};

/* How it was over. */
struct strace_watched {
	bool has_ended;   /* strace has, by itself or killed; else the watcher was killed */
	int failure;      /* errno of what kept strace from being started, 0 */
	int status;       /* of strace, as waitpid tells it */
	int64_t ended_ns; /* clock_now_ns */
};

/* Starts the watcher and, from it, strace, in our process group and with no descriptor but the
 * standard streams. Makes us the reaper of orphans, for the case that the watcher is killed. To be
 * called from the main thread while no other runs, with SIGCHLD blocked. Returns 0 or -errno; to be
 * released. */
int strace_watch_start(const struct strace_duty *duty, struct strace_watch *ret_watch,
                       struct error *err);

/* strace's number, 0 while or where there is none. */
pid_t strace_watch_strace(const struct strace_watch *watch);

/* Has the watcher end everything, when nobody is interested any more. */
void strace_watch_give_up(const struct strace_watch *watch);

/* Whether it is over, without waiting; then all that came of the command has ended, and
 * *ret_watched is set. Not to be asked again. */
bool strace_watch_is_over(struct strace_watch *watch, struct strace_watched *ret_watched);

void strace_watch_release(struct strace_watch *watch);

#endif
