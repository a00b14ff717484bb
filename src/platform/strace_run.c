#include "platform/strace_run.h"

#include "core/cleanup.h"
#include "core/clock.h"
#include "core/error.h"
#include "platform/strace_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	PIPE_BYTES = 1 << 20,
	CHUNK_BYTES = 1 << 18,
	GRACE_S = 5,
	WAIT_MS = 200,
	MOST_CLOSED = 1 << 16
};

#ifndef SYS_close_range
#define SYS_close_range 436
#endif

static const int asking[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

/* One run. */
struct running {
	pid_t strace;
	int pipe[2];
	int signals; /* a signalfd */
	sigset_t blocked;
	sigset_t before;
	struct strace_log *log;
	io_call_taker *take;
	void *context;
	char *chunk;
	bool has_executed;
	bool is_over; /* strace has ended and is reaped */
	int status;   /* of strace, as waitpid tells it */
	int stop_signal;
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
	for (size_t i = 0; i < sizeof asking / sizeof asking[0]; i++) {
		/* What nohup has us ignore stays ignored. */
		struct sigaction action;
		if (sigaction(asking[i], NULL, &action) == 0 && action.sa_handler != SIG_IGN)
			sigaddset(&running->blocked, asking[i]);
	}
	pthread_sigmask(SIG_BLOCK, &running->blocked, &running->before);
	running->signals = signalfd(-1, &running->blocked, SFD_CLOEXEC | SFD_NONBLOCK);
	if (running->signals < 0)
		return error_system(err, errno, "cannot listen for signals");
	return 0;
}

/* In the child. What we ignore, or handle, is the command's default again. */
static void execute(const struct running *running, const struct strace_words *words)
{
	static const int ours[] = {SIGPIPE, SIGXFSZ, SIGCHLD};
	for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++)
		signal(ours[i], SIG_DFL);
	sigprocmask(SIG_SETMASK, &running->before, NULL);
	/* Nothing but the standard streams goes on, close-on-exec or not. */
	if (syscall(SYS_close_range, STDERR_FILENO + 1, ~0U, 0) < 0) {
		const int behind = (int)sysconf(_SC_OPEN_MAX);
		for (int fd = STDERR_FILENO + 1; fd < behind && fd < MOST_CLOSED; fd++)
			close(fd);
	}
	execvp(words->words[0], (char *const *)(uintptr_t)words->words);
	_exit(127);
}

static int start(struct running *running, const struct strace_ability *ability,
                 const char *const *argv, struct error *err)
{
	char output[64];
	snprintf(output, sizeof output, "/proc/%ld/fd/%d", (long)getpid(), running->pipe[1]);
	struct strace_words words = {0};
	const int r = strace_words_make(ability->is_filtered, output, argv, &words, err);
	if (r < 0)
		return r;
	running->strace = fork();
	if (running->strace == 0)
		execute(running, &words);
	const int code = errno;
	strace_words_release(&words);
	return running->strace < 0 ? error_system(err, code, "cannot start strace") : 0;
}

/* ---- Listening --------------------------------------------------------------------------- */

static int note_call(void *context, const struct io_call *call, struct error *err)
{
	struct running *const running = context;
	if (call->kind == IO_CALL_EXEC && call->error == 0)
		running->has_executed = true;
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
	if (!running->is_over && waitpid(running->strace, &running->status, WNOHANG) != 0)
		running->is_over = true;
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
	const pid_t command = info->ssi_code == SI_KERNEL ? 0 : strace_command_of(running->strace);
	if (command > 0)
		kill(command, (int)info->ssi_signo);
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
		if (running->kill_at_ns > 0 && clock_now_ns() >= running->kill_at_ns)
			strace_kill_traced(running->strace);
		struct pollfd ends[] = {{.fd = running->pipe[0], .events = POLLIN},
		                        {.fd = running->signals, .events = POLLIN}};
		poll(ends, 2, WAIT_MS);
		take_signals(running);
	}
}

/* Ends what still runs: its reader has failed. */
static void end_all(struct running *running)
{
	for (int i = 0; !running->is_over && i < GRACE_S * 1000 / WAIT_MS; i++) {
		if (strace_kill_traced(running->strace) == 0)
			kill(running->strace, SIGTERM);
		/* strace must not wait for the pipe. */
		while (read(running->pipe[0], running->chunk, CHUNK_BYTES) > 0)
			continue;
		struct pollfd end = {.fd = running->signals, .events = POLLIN};
		poll(&end, 1, WAIT_MS);
		take_signals(running);
	}
	if (running->is_over)
		return;
	kill(running->strace, SIGKILL);
	while (waitpid(running->strace, &running->status, 0) < 0 && errno == EINTR)
		continue;
	running->is_over = true;
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
	if (r == 0 && !running->has_executed && running->stop_signal == 0)
		return error_set(err, ENOEXEC, "strace could not execute '%s'", argv[0]);
	return r;
}

static void release(struct running *running)
{
	for (int i = 0; i < 2; i++) {
		if (running->pipe[i] >= 0)
			close(running->pipe[i]);
	}
	if (running->signals >= 0) {
		close(running->signals);
		pthread_sigmask(SIG_SETMASK, &running->before, NULL);
	}
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
	if (r == 0)
		*ret_end = (struct strace_end){
		        .exit_status = WIFEXITED(running.status) ? WEXITSTATUS(running.status) : -1,
		        .signal = WIFSIGNALED(running.status) ? WTERMSIG(running.status) : 0,
		        .stop_signal = running.stop_signal,
		        .wall_ns = clock_now_ns() - began_ns,
		        .report = *strace_log_report(running.log),
		};
	release(&running);
	return r;
}
