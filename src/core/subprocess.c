#include "core/subprocess.h"

#include "core/cleanup.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/str.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

#define GRACE_NS NS_PER_S

/* One captured stream: the reading end of its pipe and what came through. */
struct capture {
	int fd;
	struct str text;
};

static int make_pipe(int ends[2], struct error *err)
{
	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_system(err, errno, "cannot make a pipe");
	return 0;
}

static int spawn(const char *const argv[], int out, int talk, pid_t *ret_pid, struct error *err)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none;
	sigset_t defaults;
	sigemptyset(&none);
	sigemptyset(&defaults);
	sigaddset(&defaults, SIGPIPE);
	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attributes);
	posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, out, 1);
	posix_spawn_file_actions_adddup2(&actions, talk, 2);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
	                                              POSIX_SPAWN_SETSIGDEF);
	posix_spawnattr_setpgroup(&attributes, 0);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setsigdefault(&attributes, &defaults);
	/* posix_spawnp takes char *const[] but writes to none of them. */
	char **words;
	memcpy(&words, &argv, sizeof words);
	const int code = posix_spawnp(ret_pid, argv[0], &actions, &attributes, words, environ);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	if (code)
		return error_system(err, code, "cannot start %s", argv[0]);
	return 0;
}

/* Reads what has come; closes the stream at its end. */
static void drain(struct capture *c, size_t max_bytes)
{
	char chunk[4096];
	const ssize_t got = read(c->fd, chunk, sizeof chunk);
	if (got < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (got <= 0) {
		close(c->fd);
		c->fd = -1;
		return;
	}
	const size_t room = max_bytes > c->text.length ? max_bytes - c->text.length : 0;
	str_add_bytes(&c->text, chunk, (size_t)got < room ? (size_t)got : room);
}

static int wait_ms(int64_t deadline_ns)
{
	if (!deadline_ns)
		return -1;
	const int64_t left = deadline_ns - clock_now_ns();
	return left <= 0 ? 0 : (int)(left / NS_PER_MS + 1);
}

/* Reads both streams until they end. Returns false when the time was up first. */
static bool capture_all(struct capture captures[2], int64_t deadline_ns, size_t max_bytes)
{
	while (captures[0].fd >= 0 || captures[1].fd >= 0) {
		struct pollfd watched[2] = {{.fd = captures[0].fd, .events = POLLIN},
		                            {.fd = captures[1].fd, .events = POLLIN}};
		const int ready = poll(watched, 2, wait_ms(deadline_ns));
		if (ready == 0)
			return false;
		for (int i = 0; ready > 0 && i < 2; i++)
			if (watched[i].revents)
				drain(&captures[i], max_bytes);
	}
	return true;
}

/* Waits for the child, which may have closed its streams and live on, until the deadline. */
static bool reap(pid_t pid, int64_t deadline_ns, int *ret_status)
{
	for (;;) {
		const pid_t ended = waitpid(pid, ret_status, deadline_ns ? WNOHANG : 0);
		if (ended == pid || (ended < 0 && errno != EINTR))
			return true;
		if (deadline_ns && clock_now_ns() >= deadline_ns)
			return false;
		if (deadline_ns)
			clock_sleep_until(clock_now_ns() + NS_PER_MS);
	}
}

static int end_group(pid_t pid)
{
	int status = 0;
	kill(-pid, SIGTERM);
	if (reap(pid, clock_now_ns() + GRACE_NS, &status)) {
		kill(-pid, SIGKILL);
		return status;
	}
	kill(-pid, SIGKILL);
	reap(pid, 0, &status);
	return status;
}

int subprocess_run(const char *const argv[], int64_t timeout_ns, size_t max_output_bytes,
                   struct subprocess_result *ret_result, struct error *err)
{
	int out[2] = {-1, -1};
	int talk[2] = {-1, -1};
	int r = make_pipe(out, err);
	if (r < 0)
		return r;
	pid_t pid = -1;
	r = make_pipe(talk, err);
	if (r == 0)
		r = spawn(argv, out[1], talk[1], &pid, err);
	close(out[1]);
	if (talk[1] >= 0)
		close(talk[1]);
	if (r < 0) {
		close(out[0]);
		if (talk[0] >= 0)
			close(talk[0]);
		return r;
	}
	struct capture captures[2] = {{.fd = out[0]}, {.fd = talk[0]}};
	const int64_t deadline_ns = timeout_ns ? clock_now_ns() + timeout_ns : 0;
	int status = 0;
	const bool in_time = capture_all(captures, deadline_ns, max_output_bytes) &&
	                     reap(pid, deadline_ns, &status);
	if (!in_time)
		end_group(pid);
	struct subprocess_result result = {.exit_status = -1};
	result.output_bytes = captures[0].text.length;
	result.talk_bytes = captures[1].text.length;
	for (int i = 0; i < 2; i++)
		if (captures[i].fd >= 0)
			close(captures[i].fd);
	r = str_take(&captures[0].text, &result.output, err);
	const int r2 = str_take(&captures[1].text, &result.talk, err);
	if (r == 0)
		r = r2;
	if (r == 0 && !in_time)
		r = error_set(err, ETIMEDOUT, "%s did not end within %lld s", argv[0],
		              (long long)(timeout_ns / NS_PER_S));
	if (r < 0) {
		subprocess_result_release(&result);
		return r;
	}
	if (WIFEXITED(status))
		result.exit_status = WEXITSTATUS(status);
	else
		result.signal = WTERMSIG(status);
	*ret_result = result;
	return 0;
}

void subprocess_result_release(struct subprocess_result *result)
{
	if (!result)
		return;
	free(result->output);
	free(result->talk);
	*result = (struct subprocess_result){.exit_status = -1};
}
