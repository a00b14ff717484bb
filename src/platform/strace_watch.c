#include "platform/strace_watch.h"

#include "core/array.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/kernel.h"
#include "platform/process.h"
#include "platform/strace_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* A process in the kernel's hands (waiting for a disk) cannot be ended: not for ever. */
#define SWEEP_NS  (10 * NS_PER_S)
#define TRACED_NS NS_PER_S
#define PAUSE_NS  (2 * NS_PER_MS)

/* We have ended, or have had enough. */
#define SIGNAL_GIVE_UP SIGUSR1

enum { MOST_CLOSED = 1 << 16 };

/* In memory that both sides see. */
struct strace_shared {
	_Atomic pid_t strace;
	struct strace_watched watched;
};

/* ---- Ending ------------------------------------------------------------------------------ */

/* strace comes last: when it has gone, what it traced goes on, and its calls fail. */
static void end_family(pid_t strace, const struct strays_spared *spared)
{
	const int64_t until_ns = clock_now_ns() + TRACED_NS;
	while (strace_kill_traced(strace) > 0 && clock_now_ns() < until_ns)
		clock_sleep_until(clock_now_ns() + PAUSE_NS);
	/* All are descendants: no mark in the environment is needed, and none is there. */
	strays_end("", spared, SWEEP_NS);
}

/* ---- In the watcher ---------------------------------------------------------------------- */

static void close_descriptors(void)
{
	if (syscall(SYS_close_range, STDERR_FILENO + 1, ~0U, 0) == 0)
		return;
	const int behind = (int)sysconf(_SC_OPEN_MAX);
	for (int fd = STDERR_FILENO + 1; fd < behind && fd < MOST_CLOSED; fd++)
		close(fd);
}

/* In strace. What we ignore, or handle, is the command's default again. */
static void execute(const struct strace_duty *duty)
{
	static const int ours[] = {SIGPIPE, SIGXFSZ, SIGCHLD};
	for (size_t i = 0; i < ARRAY_LENGTH(ours); i++)
		signal(ours[i], SIG_DFL);
	sigprocmask(SIG_SETMASK, duty->mask, NULL);
	for (int i = 0; duty->streams && i <= STDERR_FILENO; i++)
		dup2(duty->streams[i], i);
	/* Nothing but the standard streams goes on, close-on-exec or not. */
	close_descriptors();
	execv(duty->words[0], (char *const *)(uintptr_t)duty->words);
	_exit(127);
}

/* Out of the way: of signals to our group, of the terminal, of the folder, and of whoever waits for
 * the end of what we print. A session of its own, for a parent of strace in ours would keep the
 * kernel from seeing that nobody is left to continue the group. The pipe is kept: without a reader
 * strace would end before what it traces. */
static void withdraw(int reader)
{
	setsid();
	prctl(PR_SET_NAME, "plateau-watcher", 0, 0, 0);
	const int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
	dup2(reader >= 0 ? reader : nothing, STDIN_FILENO);
	dup2(nothing, STDOUT_FILENO);
	dup2(nothing, STDERR_FILENO);
	close_descriptors();
	if (chdir("/") < 0)
		return; /* it is only in the way of an unmount */
}

/* Reaps what has ended. Returns whether children are left. */
static bool reap(struct strace_shared *shared, pid_t strace)
{
	for (;;) {
		int status;
		const pid_t ended = waitpid(-1, &status, WNOHANG);
		if (ended <= 0)
			return ended == 0;
		if (ended != strace)
			continue;
		/* The number may soon be another's. */
		atomic_store(&shared->strace, 0);
		shared->watched = (struct strace_watched){
		        .has_ended = true, .status = status, .ended_ns = clock_now_ns()};
	}
}

static void watch(struct strace_shared *shared, pid_t ours, pid_t strace)
{
	static const struct strays_spared none = {0};
	/* The pause is for an end that was not told. */
	static const struct timespec second = {.tv_sec = 1};
	sigset_t awaited;
	sigemptyset(&awaited);
	sigaddset(&awaited, SIGCHLD);
	sigaddset(&awaited, SIGNAL_GIVE_UP);
	for (bool is_wanted = true;;) {
		const bool has_children = reap(shared, strace);
		is_wanted = is_wanted && getppid() == ours;
		if (!is_wanted)
			end_family(atomic_load(&shared->strace), &none);
		else if (shared->watched.has_ended && has_children)
			strays_end("", &none, SWEEP_NS);
		if (!is_wanted || shared->watched.has_ended)
			return;
		is_wanted = sigtimedwait(&awaited, NULL, &second) != SIGNAL_GIVE_UP;
	}
}

/* All signals are blocked. */
static void be_watcher(struct strace_shared *shared, const struct strace_duty *duty, pid_t ours)
{
	struct error ignored;
	prctl(PR_SET_PDEATHSIG, SIGNAL_GIVE_UP, 0, 0, 0);
	signal(SIGNAL_GIVE_UP, SIG_DFL);
	const int r = process_become_subreaper(&ignored);
	shared->watched.failure = r < 0 ? -r : 0;
	if (r < 0 || getppid() != ours)
		_exit(1);
	/* Before we leave the group: strace stays in it. */
	const pid_t strace = fork();
	if (strace == 0)
		execute(duty);
	if (strace < 0) {
		shared->watched.failure = errno;
		_exit(1);
	}
	atomic_store(&shared->strace, strace);
	withdraw(duty->reader);
	watch(shared, ours, strace);
	_exit(0);
}

/* ---- On our side ------------------------------------------------------------------------- */

int strace_watch_start(const struct strace_duty *duty, struct strace_watch *ret_watch,
                       struct error *err)
{
	const pid_t ours = getpid();
	struct strace_watch watch = {.spared = strays_spare_children()};
	const int r = process_become_subreaper(err);
	if (r < 0)
		return r;
	watch.shared = mmap(NULL, sizeof *watch.shared, PROT_READ | PROT_WRITE,
	                    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (watch.shared == MAP_FAILED)
		return error_system(err, errno, "cannot share memory with the watcher of strace");
	signal(SIGCHLD, SIG_DFL);
	sigset_t all;
	sigset_t before;
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	watch.watcher = fork();
	if (watch.watcher == 0)
		be_watcher(watch.shared, duty, ours);
	const int code = errno;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (watch.watcher < 0) {
		strace_watch_release(&watch);
		return error_system(err, code, "cannot start the watcher of strace");
	}
	*ret_watch = watch;
	return 0;
}

pid_t strace_watch_strace(const struct strace_watch *watch)
{
	return atomic_load(&watch->shared->strace);
}

void strace_watch_give_up(const struct strace_watch *watch)
{
	kill(watch->watcher, SIGNAL_GIVE_UP);
}

bool strace_watch_is_over(struct strace_watch *watch, struct strace_watched *ret_watched)
{
	int status = 0;
	if (waitpid(watch->watcher, &status, WNOHANG) == 0)
		return false;
	/* Where it was killed, its children have come to us. */
	if (!WIFEXITED(status))
		end_family(strace_watch_strace(watch), &watch->spared);
	*ret_watched = watch->shared->watched;
	return true;
}

void strace_watch_release(struct strace_watch *watch)
{
	if (watch->shared)
		munmap(watch->shared, sizeof *watch->shared);
	*watch = (struct strace_watch){0};
}
