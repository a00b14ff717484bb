#include "run/guardian.h"

#include "core/array.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"
#include "platform/memory_limit.h"
#include "platform/process.h"
#include "platform/strays.h"
#include "run/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* A process in the kernel's hands (waiting for a disk) cannot be ended: not for ever. */
#define SWEEP_NS (10 * NS_PER_S)

/* In memory that both sides see. */
struct guardian {
	pid_t pid;
	struct strays_spared spared;
	char run_id[64];
	char folder[PATH_MAX];
	char output[PATH_MAX];
};

static const int forwarded[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGXCPU};

static void copy(char *to, size_t to_bytes, const char *from)
{
	if (strlen(from) < to_bytes)
		memcpy(to, from, strlen(from) + 1);
}

void guardian_tell_run(struct guardian *guardian, const char *run_id, const char *folder)
{
	copy(guardian->run_id, sizeof guardian->run_id, run_id);
	copy(guardian->folder, sizeof guardian->folder, folder);
}

void guardian_tell_output(struct guardian *guardian, const char *output)
{
	copy(guardian->output, sizeof guardian->output, output);
}

/* The folder has a random name that was told before it was made: if it is there and ours, it is
 * the run's. */
static int remove_folder(const struct guardian *guardian, struct error *err)
{
	struct stat status;
	int r = 0;
	if (guardian->folder[0] && lstat(guardian->folder, &status) == 0 &&
	    S_ISDIR(status.st_mode) && status.st_uid == geteuid())
		r = file_remove_tree(AT_FDCWD, guardian->folder, err);
	if (guardian->run_id[0])
		memory_limit_sweep(guardian->run_id);
	return r;
}

void guardian_sweep(struct guardian *guardian)
{
	if (getppid() == guardian->pid)
		return;
	const struct strays_spared none = {0};
	struct error ignored;
	strays_end(guardian->run_id, &none, SWEEP_NS);
	remove_folder(guardian, &ignored);
}

static bool has_ended(pid_t child)
{
	siginfo_t info = {0};
	return waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT | WNOHANG) == 0 &&
	       info.si_pid != 0;
}

/* While the engine lives, orphans of tasks come to the engine. What comes to the guardian then are
 * descendants of the children that were there before the run, and to be spared like them. */
static void spare_newcomers(struct guardian *guardian, pid_t engine)
{
	if (guardian->spared.count == 0)
		return;
	struct strays_spared now = strays_spare_children();
	size_t kept = 0;
	for (size_t i = 0; i < now.count; i++)
		if (now.pids[i] != engine)
			now.pids[kept++] = now.pids[i];
	now.count = kept;
	/* Looked at last: with its end its orphans come here. */
	if (!has_ended(engine))
		guardian->spared = now;
}

/* Waits for the engine, handing on every request to stop. */
static int await_engine(struct guardian *guardian, pid_t engine, const sigset_t *watched)
{
	for (;;) {
		int status;
		const pid_t ended = waitpid(engine, &status, WNOHANG);
		if (ended == engine)
			return status;
		spare_newcomers(guardian, engine);
		/* The pause is for an end that was not seen: nobody waits for ever. */
		const struct timespec second = {.tv_sec = 1};
		const struct timespec moment = {.tv_nsec = 50 * NS_PER_MS};
		siginfo_t info;
		const int number = sigtimedwait(watched, &info,
		                                guardian->spared.count > 0 ? &moment : &second);
		if (number <= 0 || number == SIGCHLD)
			continue;
		kill(engine, number);
		/* Somebody may have stopped it, and the request would wait for ever. */
		kill(engine, SIGCONT);
		/* Orphans of the engine, should it be gone, are reaped by the sweep. */
	}
}

static void stand_guard(struct guardian *guardian, pid_t engine, const sigset_t *watched,
                        struct guardian_outcome *outcome)
{
	const int status = await_engine(guardian, engine, watched);
	*outcome = (struct guardian_outcome){.exit_status = -1};
	if (WIFEXITED(status))
		outcome->exit_status = WEXITSTATUS(status);
	else
		outcome->signal = WTERMSIG(status);
	outcome->has_strays = strays_end(guardian->run_id, &guardian->spared, SWEEP_NS) > 0;
	struct error err;
	if (remove_folder(guardian, &err) < 0)
		copy(outcome->left_folder, sizeof outcome->left_folder, err.text);
	copy(outcome->output, sizeof outcome->output, guardian->output);
}

/* What is forwarded, unless it was ignored when the process began (nohup, background jobs). */
static void signals_to_watch(sigset_t *watched)
{
	sigemptyset(watched);
	sigaddset(watched, SIGCHLD);
	for (size_t i = 0; i < ARRAY_LENGTH(forwarded); i++) {
		struct sigaction action;
		if (sigaction(forwarded[i], NULL, &action) == 0 && action.sa_handler != SIG_IGN)
			sigaddset(watched, forwarded[i]);
	}
}

/* Tasks inherit the terminal: one that reads from it would be stopped in the background for ever.
 * Without it, it is told that there is none. What goes to stderr does not need it. */
static void leave_terminal(void)
{
	const int fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return;
	ioctl(fd, TIOCNOTTY);
	close(fd);
}

/* In the engine, first of all. */
static int become_engine(pid_t guardian_pid, const sigset_t *before, struct error *err)
{
	prctl(PR_SET_PDEATHSIG, SIGNALS_GUARDIAN_GONE, 0, 0, 0);
	leave_terminal();
	if (getppid() != guardian_pid)
		return error_set(err, ECANCELED, "the guarding process has ended");
	setpgid(0, 0);
	/* From a background group the terminal may be written to, whatever stty tostop says. */
	signal(SIGTTOU, SIG_IGN);
	prctl(PR_SET_NAME, "plateau-engine", 0, 0, 0);
	pthread_sigmask(SIG_SETMASK, before, NULL);
	return GUARDIAN_ENGINE;
}

int guardian_split(struct guardian **ret_guardian, struct guardian_outcome *ret_outcome,
                   struct error *err)
{
	struct guardian *const guardian = mmap(NULL, sizeof *guardian, PROT_READ | PROT_WRITE,
	                                       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (guardian == MAP_FAILED)
		return error_system(err, errno, "cannot share memory with the engine");
	int r = process_become_subreaper(err);
	if (r < 0)
		return r;
	signal(SIGCHLD, SIG_DFL);
	sigset_t watched;
	sigset_t before;
	signals_to_watch(&watched);
	pthread_sigmask(SIG_BLOCK, &watched, &before);
	guardian->pid = getpid();
	guardian->spared = strays_spare_children();
	const pid_t engine = fork();
	if (engine == 0) {
		*ret_guardian = guardian;
		return become_engine(guardian->pid, &before, err);
	}
	if (engine < 0) {
		const int code = errno;
		pthread_sigmask(SIG_SETMASK, &before, NULL);
		munmap(guardian, sizeof *guardian);
		return error_system(err, code, "cannot start the engine's process");
	}
	struct guardian_outcome outcome;
	stand_guard(guardian, engine, &watched, &outcome);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	munmap(guardian, sizeof *guardian);
	*ret_outcome = outcome;
	return GUARDIAN_DONE;
}
