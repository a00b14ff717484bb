#include "core/subprocess.h"

#include "core/cleanup.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"
#include "core/kernel.h"
#include "core/str.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define CLOSE_ON_EXEC 4u /* CLOSE_RANGE_CLOEXEC, missing from older headers */

enum { MAX_COMPLAINT = 4096, READ_BYTES = 16384, POLL_MS = 20, MAX_SIGNAL = 65 };

/* One that is under way. The descriptors are ours, -1 when closed. */
struct helper {
	const struct subprocess *what;
	char *program; /* what->argv[0], found */
	pid_t parent;
	pid_t pid;
	int input;     /* memory that holds the input */
	int output[2]; /* read, write */
	int complaint[2];
	int status[2]; /* the child's errno when it could not execute */
	struct str said;
	struct str complained;
};

/* Whether the file may be executed; *ret_code is EACCES where it is there and may not. */
static bool is_program(const char *path, int *ret_code)
{
	struct stat status;
	if (stat(path, &status) < 0 || !S_ISREG(status.st_mode))
		return false;
	if (access(path, X_OK) == 0)
		return true;
	*ret_code = EACCES;
	return false;
}

int subprocess_find(const char *name, char **ret_path, struct error *err)
{
	const char *const set = getenv("PATH");
	int code = ENOENT;
	if (strchr(name, '/'))
		return str_copy(name, ret_path, err);
	for (const char *at = set ? set : "/usr/local/bin:/usr/bin:/bin"; *at;) {
		const size_t length = strcspn(at, ":");
		cleanup_free char *path = NULL;
		const int r =
		        *at == '/' ? str_format(&path, err, "%.*s/%s", (int)length, at, name) : 0;
		if (r < 0)
			return r;
		if (path && is_program(path, &code)) {
			*ret_path = path;
			path = NULL;
			return 0;
		}
		at += length + (at[length] == ':');
	}
	return error_system(err, code, "cannot run '%s'", name);
}

static void close_end(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void helper_release(struct helper *helper)
{
	close_end(&helper->input);
	for (int i = 0; i < 2; i++) {
		close_end(&helper->output[i]);
		close_end(&helper->complaint[i]);
		close_end(&helper->status[i]);
	}
	free(helper->program);
	str_release(&helper->said);
	str_release(&helper->complained);
}

/* The input as a file in memory: nothing has to be fed, and no reader that goes away can stop us.
 */
static int make_input(struct helper *helper, struct error *err)
{
	helper->input = memfd_create("input", MFD_CLOEXEC);
	if (helper->input < 0)
		return error_system(err, errno, "cannot make memory for its input");
	const struct subprocess *const what = helper->what;
	const int r = what->input
	                      ? file_write_all(helper->input, what->input, what->input_bytes, err)
	                      : 0;
	if (r < 0)
		return r;
	if (lseek(helper->input, 0, SEEK_SET) < 0)
		return error_system(err, errno, "cannot rewind its input");
	return 0;
}

static int make_pipes(struct helper *helper, struct error *err)
{
	if (pipe2(helper->output, O_CLOEXEC) < 0 || pipe2(helper->complaint, O_CLOEXEC) < 0 ||
	    pipe2(helper->status, O_CLOEXEC) < 0)
		return error_system(err, errno, "cannot make a pipe");
	/* Descriptors 0 to 2 may have been closed by whoever started us, and a pipe sit there:
	 * the child could overwrite one end with another. */
	int *const ends[] = {&helper->input,        &helper->output[0],    &helper->output[1],
	                     &helper->complaint[0], &helper->complaint[1], &helper->status[0],
	                     &helper->status[1]};
	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
		if (*ends[i] > STDERR_FILENO)
			continue;
		const int moved = fcntl(*ends[i], F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
		if (moved < 0)
			return error_system(err, errno, "cannot move a descriptor");
		close(*ends[i]);
		*ends[i] = moved;
	}
	if (fcntl(helper->output[0], F_SETFL, O_NONBLOCK) < 0 ||
	    fcntl(helper->complaint[0], F_SETFL, O_NONBLOCK) < 0)
		return error_system(err, errno, "cannot set up a pipe");
	return 0;
}

/* In the child, which has all signals blocked until its dispositions are the default ones. */
static void set_up_child(const struct helper *helper)
{
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != helper->parent)
		_exit(127);
	for (int number = 1; number < MAX_SIGNAL; number++)
		signal(number, SIG_DFL);
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static void run_child(const struct helper *helper)
{
	set_up_child(helper);
	/* Ours close by themselves; this is for what plateau was started with. */
	syscall(SYS_close_range, STDERR_FILENO + 1, ~0u, CLOSE_ON_EXEC);
	if (dup2(helper->input, STDIN_FILENO) >= 0 && dup2(helper->output[1], STDOUT_FILENO) >= 0 &&
	    dup2(helper->complaint[1], STDERR_FILENO) >= 0 &&
	    (!helper->what->folder || chdir(helper->what->folder) == 0))
		execv(helper->program, (char *const *)(uintptr_t)helper->what->argv);
	const int code = errno;
	const ssize_t written = write(helper->status[1], &code, sizeof code);
	_exit(written == sizeof code ? 127 : 126);
}

/* Returns when the child executes, or could not. */
static int start(struct helper *helper, struct error *err)
{
	sigset_t all;
	sigset_t before;
	sigfillset(&all);
	helper->parent = getpid();
	pthread_sigmask(SIG_BLOCK, &all, &before);
	helper->pid = fork();
	if (helper->pid == 0)
		run_child(helper);
	const int code = errno;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (helper->pid < 0)
		return error_system(err, code, "cannot start a process");
	setpgid(helper->pid, helper->pid); /* whoever of the two is first */
	close_end(&helper->output[1]);
	close_end(&helper->complaint[1]);
	close_end(&helper->status[1]);
	int failure = 0;
	ssize_t got;
	do
		got = read(helper->status[0], &failure, sizeof failure);
	while (got < 0 && errno == EINTR);
	if (got != sizeof failure)
		return 0;
	while (waitpid(helper->pid, NULL, 0) < 0 && errno == EINTR)
		continue;
	return error_system(err, failure, "cannot run '%s'", helper->what->argv[0]);
}

/* Takes what is in the pipe; closes our end behind the last byte. Returns 0; -EFBIG when there is
 * more than most, of which the rest is dropped; or -errno. */
static int take(int *fd, struct str *to, size_t most)
{
	char bytes[READ_BYTES];
	while (*fd >= 0) {
		const ssize_t got = read(*fd, bytes, sizeof bytes);
		if (got < 0)
			return errno == EAGAIN || errno == EINTR ? 0 : -errno;
		if (got == 0) {
			close_end(fd);
			break;
		}
		const size_t room = most - to->length;
		const bool is_too_long = (size_t)got > room;
		str_add_bytes(to, bytes, is_too_long ? room : (size_t)got);
		if (is_too_long)
			return -EFBIG;
	}
	return 0;
}

/* Whether it has ended; it stays a zombie, so that its number is nobody else's yet. (Where SIGCHLD
 * is ignored there are no zombies, and it is gone.) */
static bool has_ended(const struct helper *helper)
{
	siginfo_t info = {0};
	if (waitid(P_PID, (id_t)helper->pid, &info, WEXITED | WNOHANG | WNOWAIT) < 0)
		return errno == ECHILD;
	return info.si_pid == helper->pid;
}

static int listen_to(struct helper *helper, struct error *err)
{
	const int64_t until = clock_now_ns() + helper->what->timeout_ns;
	for (;;) {
		/* Looked at before the pipes are emptied: nothing of its output is missed. */
		const bool is_over = has_ended(helper);
		const int taken =
		        take(&helper->output[0], &helper->said, helper->what->max_output_bytes);
		if (taken == -EFBIG)
			return error_set(err, EFBIG, "'%s' wrote more than %zu bytes",
			                 helper->what->argv[0], helper->what->max_output_bytes);
		if (taken < 0)
			return error_system(err, -taken, "cannot read what '%s' says",
			                    helper->what->argv[0]);
		take(&helper->complaint[0], &helper->complained, MAX_COMPLAINT);
		if (is_over)
			return 0;
		if (clock_now_ns() >= until)
			return error_set(err, ETIMEDOUT, "'%s' did not end within %g s",
			                 helper->what->argv[0],
			                 (double)helper->what->timeout_ns / (double)NS_PER_S);
		if (helper->what->is_unwanted && helper->what->is_unwanted(helper->what->context))
			return error_set(err, EINTR, "'%s' was ended before it had answered",
			                 helper->what->argv[0]);
		struct pollfd ends[] = {{.fd = helper->output[0], .events = POLLIN},
		                        {.fd = helper->complaint[0], .events = POLLIN}};
		const bool is_silent = ends[0].fd < 0 && ends[1].fd < 0;
		poll(ends, 2, is_silent ? 1 : POLL_MS);
	}
}

static int finish(struct helper *helper, int status, struct subprocess_end *ret_end,
                  struct error *err)
{
	struct subprocess_end end = {.exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : -1,
	                             .signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0,
	                             .output_bytes = helper->said.length};
	int r = str_take(&helper->said, &end.output, err);
	if (r == 0)
		r = str_take(&helper->complained, &end.complaint, err);
	if (r < 0) {
		subprocess_end_release(&end);
		return r;
	}
	*ret_end = end;
	return 0;
}

static int run(struct helper *helper, struct subprocess_end *ret_end, struct error *err)
{
	int r = subprocess_find(helper->what->argv[0], &helper->program, err);
	if (r == 0)
		r = make_input(helper, err);
	if (r == 0)
		r = make_pipes(helper, err);
	if (r == 0)
		r = start(helper, err);
	if (r < 0)
		return r;
	r = listen_to(helper, err);
	kill(-helper->pid, SIGKILL);
	int status = 0;
	while (waitpid(helper->pid, &status, 0) < 0 && errno == EINTR)
		continue;
	return r < 0 ? r : finish(helper, status, ret_end, err);
}

int subprocess_run(const struct subprocess *subprocess, struct subprocess_end *ret_end,
                   struct error *err)
{
	struct helper helper = {.what = subprocess,
	                        .input = -1,
	                        .output = {-1, -1},
	                        .complaint = {-1, -1},
	                        .status = {-1, -1}};
	const int r = run(&helper, ret_end, err);
	helper_release(&helper);
	return r;
}

void subprocess_end_release(struct subprocess_end *end)
{
	if (!end)
		return;
	free(end->output);
	free(end->complaint);
	*end = (struct subprocess_end){0};
}
