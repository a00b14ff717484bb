#include "platform/strace_run.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/clock.h"
#include "core/error.h"
#include "platform/strace_parts.h"
#include "platform/strace_watch.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PIPE_BYTES = 1 << 20, CHUNK_BYTES = 1 << 18, GRACE_S = 5, WAIT_MS = 200 };

static const int asking[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

/* One run. */
struct running {
	struct strace_watch watch;
	int pipe[2];
	int signals; /* a signalfd */
	sigset_t blocked;
	sigset_t before;
	bool is_blocking; /* before is to be restored */
	struct strace_log *log;
	io_call_taker *take;
	void *context;
	char *chunk;
	bool has_executed;
	pid_t command;    /* the first that executed */
	bool has_command; /* it has not ended yet */
	bool is_over;     /* nothing of it runs any more */
	struct strace_watched watched;
	int stop_signal;
	bool is_owed;       /* stop_signal has not reached the command yet */
	int64_t kill_at_ns; /* 0: nobody has asked */
};

/* ---- Starting ---------------------------------------------------------------------------- */

static int prepare(struct running *running, struct error *err)
{
	running->chunk = malloc(CHUNK_BYTES);
	if (!running->chunk)
		return error_memory(err);
	if (pipe2(running->pipe, O_CLOEXEC) < 0)
		return error_system(err, errno, "cannot make a pipe for strace");
	/* The more fits in, the less strace waits for us, and the command for strace. */
	fcntl(running->pipe[1], F_SETPIPE_SZ, PIPE_BYTES);
	if (fcntl(running->pipe[0], F_SETFL, O_NONBLOCK) < 0)
		return error_system(err, errno, "cannot set up a pipe for strace");
	sigemptyset(&running->blocked);
	sigaddset(&running->blocked, SIGCHLD);
	for (size_t i = 0; i < ARRAY_LENGTH(asking); i++) {
		/* What nohup has us ignore stays ignored. */
		struct sigaction action;
		if (sigaction(asking[i], NULL, &action) == 0 && action.sa_handler != SIG_IGN)
			sigaddset(&running->blocked, asking[i]);
	}
	pthread_sigmask(SIG_BLOCK, &running->blocked, &running->before);
	running->is_blocking = true;
	running->signals = signalfd(-1, &running->blocked, SFD_CLOEXEC | SFD_NONBLOCK);
	if (running->signals < 0)
		return error_system(err, errno, "cannot listen for signals");
	return 0;
}

static int start(struct running *running, const struct strace_ability *ability,
                 const char *const *argv, struct error *err)
{
	char output[64];
	snprintf(output, sizeof output, "/proc/%ld/fd/%d", (long)getpid(), running->pipe[1]);
	struct strace_words words = {0};
	int r = strace_words_make(ability->is_filtered, output, argv, &words, err);
	if (r < 0)
		return r;
	const struct strace_duty duty = {
	        .words = words.words, .mask = &running->before, .reader = running->pipe[0]};
	r = strace_watch_start(&duty, &running->watch, err);
	strace_words_release(&words);
	running->is_over = r < 0;
	return r;
}

/* ---- Listening --------------------------------------------------------------------------- */

static int note_call(void *context, const struct io_call *call, struct error *err)
{
	struct running *const running = context;
	if (call->kind == IO_CALL_EXEC && call->error == 0 && !running->has_executed) {
		running->has_executed = true;
		running->has_command = true;
		running->command = call->pid;
	}
	if (call->kind == IO_CALL_EXIT && call->pid == running->command)
		running->has_command = false;
	return running->take(running->context, call, err);
}

/* Takes all that is in the pipe. */
static int drain(struct running *running, struct error *err)
{
	for (;;) {
		const ssize_t got = read(running->pipe[0], running->chunk, CHUNK_BYTES);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 && errno == EAGAIN)
			return 0;
		if (got < 0)
			return error_system(err, errno, "cannot read what strace writes");
		if (got == 0)
			return 0;
		const int r = strace_log_feed(running->log, running->chunk, (size_t)got, err);
		if (r < 0)
			return r;
	}
}

static void reap(struct running *running)
{
	if (!running->is_over)
		running->is_over = strace_watch_is_over(&running->watch, &running->watched);
}

/* A signal that asks us to end. From a terminal it has gone to the whole group, the command too.
 * strace lets none of them end it: the command decides. */
static void pass_on(struct running *running, const struct signalfd_siginfo *info)
{
	const int64_t now_ns = clock_now_ns();
	const bool is_first = running->kill_at_ns == 0;
	running->kill_at_ns = is_first ? now_ns + GRACE_S * NS_PER_S : now_ns;
	if (!is_first)
		return;
	running->stop_signal = (int)info->ssi_signo;
	running->is_owed = info->ssi_code != SI_KERNEL || !running->has_executed;
}

/* Before it has executed, the command is a piece of strace that is not ready for signals, or not
 * there at all: it gets what is owed as soon as it runs. */
static void pay(struct running *running)
{
	if (!running->is_owed || !running->has_executed)
		return;
	running->is_owed = false;
	if (running->has_command)
		kill(running->command, running->stop_signal);
}

static void take_signals(struct running *running)
{
	struct signalfd_siginfo info;
	while (read(running->signals, &info, sizeof info) == (ssize_t)sizeof info) {
		if (info.ssi_signo != SIGCHLD)
			pass_on(running, &info);
	}
	reap(running);
}

static int listen_to(struct running *running, struct error *err)
{
	for (;;) {
		/* Looked at before the pipe is emptied: nothing that strace wrote is missed. */
		const bool is_over = running->is_over;
		const int r = drain(running, err);
		if (r < 0 || is_over)
			return r;
		pay(running);
		if (running->kill_at_ns > 0 && clock_now_ns() >= running->kill_at_ns)
			strace_kill_traced(strace_watch_strace(&running->watch));
		struct pollfd ends[] = {{.fd = running->pipe[0], .events = POLLIN},
		                        {.fd = running->signals, .events = POLLIN}};
		poll(ends, 2, WAIT_MS);
		take_signals(running);
	}
}

/* Ends what still runs: its reader has failed. */
static void end_all(struct running *running)
{
	if (!running->is_over)
		strace_watch_give_up(&running->watch);
	while (!running->is_over) {
		struct pollfd end = {.fd = running->signals, .events = POLLIN};
		poll(&end, 1, WAIT_MS);
		take_signals(running);
	}
}

/* Why the command did not come to its end by itself. */
static enum strace_broken broken_by(const struct running *running)
{
	if (!running->watched.has_ended)
		return STRACE_WATCHER_KILLED;
	return WIFSIGNALED(running->watched.status) &&
	                       (running->has_command || !running->has_executed)
	               ? STRACE_KILLED
	               : STRACE_WHOLE;
}

static int run(struct running *running, const struct strace_ability *ability,
               const char *const *argv, struct error *err)
{
	int r = prepare(running, err);
	if (r == 0)
		r = start(running, ability, argv, err);
	if (r < 0)
		return r;
	r = listen_to(running, err);
	if (r < 0) {
		end_all(running);
		return r;
	}
	r = strace_log_end(running->log, err);
	if (r == 0 && running->watched.failure != 0)
		return error_system(err, running->watched.failure, "cannot start strace");
	if (r == 0 && !running->has_executed && running->stop_signal == 0 &&
	    broken_by(running) == STRACE_WHOLE)
		return error_set(err, ENOEXEC, "strace could not execute '%s'", argv[0]);
	return r;
}

static void release(struct running *running)
{
	for (int i = 0; i < 2; i++) {
		if (running->pipe[i] >= 0)
			close(running->pipe[i]);
	}
	if (running->signals >= 0)
		close(running->signals);
	if (running->is_blocking)
		pthread_sigmask(SIG_SETMASK, &running->before, NULL);
	strace_watch_release(&running->watch);
	free(running->chunk);
	strace_log_free(running->log);
}

int strace_run(const struct strace_ability *ability, const char *const *argv, io_call_taker *take,
               void *context, struct strace_end *ret_end, struct error *err)
{
	struct running running = {
	        .pipe = {-1, -1}, .signals = -1, .take = take, .context = context};
	const int64_t began_ns = clock_now_ns();
	running.log = strace_log_new(0, note_call, &running, err);
	int r = running.log ? run(&running, ability, argv, err) : -ENOMEM;
	if (r == 0) {
		const int status = running.watched.status;
		const bool is_told = running.watched.has_ended;
		*ret_end = (struct strace_end){
		        .exit_status = is_told && WIFEXITED(status) ? WEXITSTATUS(status) : -1,
		        .signal = is_told && WIFSIGNALED(status) ? WTERMSIG(status) : 0,
		        .stop_signal = running.stop_signal,
		        .broken = broken_by(&running),
		        .wall_ns = (is_told ? running.watched.ended_ns : clock_now_ns()) - began_ns,
		        .report = *strace_log_report(running.log),
		};
	}
	release(&running);
	return r;
}
