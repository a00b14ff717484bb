#include "run/signals.h"

#include "core/array.h"
#include "core/clock.h"
#include "core/error.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

static const int requests_to_stop[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGXCPU};

static bool is_ignored(int number)
{
	struct sigaction action;
	return sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

int signals_open(struct signals *ret_signals, struct error *err)
{
	struct signals signals = {.failure_fd = -1};
	/* Inherited as ignored, it would make the kernel reap tasks before their figures are read.
	 */
	signal(SIGCHLD, SIG_DFL);
	sigset_t watched;
	sigemptyset(&watched);
	sigaddset(&watched, SIGCHLD);
	for (size_t i = 0; i < ARRAY_LENGTH(requests_to_stop); i++)
		if (!is_ignored(requests_to_stop[i]))
			sigaddset(&watched, requests_to_stop[i]);
	signal(SIGNALS_GUARDIAN_GONE, SIG_DFL);
	sigaddset(&watched, SIGNALS_GUARDIAN_GONE);
	signals.fd = signalfd(-1, &watched, SFD_CLOEXEC | SFD_NONBLOCK);
	if (signals.fd < 0)
		return error_system(err, errno, "cannot watch signals");
	pthread_sigmask(SIG_BLOCK, &watched, &signals.before);
	*ret_signals = signals;
	return 0;
}

bool signals_is_request(int number)
{
	for (size_t i = 0; i < ARRAY_LENGTH(requests_to_stop); i++)
		if (requests_to_stop[i] == number)
			return true;
	return number == SIGNALS_GUARDIAN_GONE;
}

const char *signals_name(int number)
{
	return number == SIGNALS_GUARDIAN_GONE ? "the guarding process was killed"
	                                       : strsignal(number);
}

void signals_close(struct signals *signals)
{
	if (!signals || signals->fd < 0)
		return;
	close(signals->fd);
	signals->fd = -1;
	pthread_sigmask(SIG_SETMASK, &signals->before, NULL);
}

/* A batch system signals every process of a job, and the guardian hands the same signal on: what
 * comes so close together is one request. */
#define ONE_REQUEST_NS (100 * NS_PER_MS)

static void count_request(struct signals *signals, int number)
{
	const int64_t now_ns = clock_now_ns();
	if (signals->requests == 0 || now_ns - signals->last_request_ns > ONE_REQUEST_NS)
		signals->requests++;
	signals->last_request_ns = now_ns;
	signals->last_request = number;
}

static void take_signals(struct signals *signals)
{
	struct signalfd_siginfo info;
	/* SIGCHLD coalesces: it says that somebody ended, not how many. */
	while (read(signals->fd, &info, sizeof info) == (ssize_t)sizeof info) {
		if (info.ssi_signo != SIGCHLD)
			count_request(signals, (int)info.ssi_signo);
	}
}

void signals_wait(struct signals *signals, int64_t until_ns)
{
	struct pollfd watched[] = {{.fd = signals->fd, .events = POLLIN},
	                           {.fd = signals->failure_fd, .events = POLLIN}};
	struct timespec timeout = {0};
	if (until_ns != INT64_MAX) {
		const int64_t left_ns = until_ns - clock_now_ns();
		if (left_ns > 0) {
			timeout.tv_sec = left_ns / NS_PER_S;
			timeout.tv_nsec = left_ns % NS_PER_S;
		}
	}
	const int ready = ppoll(watched, 2, until_ns == INT64_MAX ? NULL : &timeout, NULL);
	if (ready <= 0)
		return;
	if (watched[0].revents)
		take_signals(signals);
	if (watched[1].revents) {
		signals->has_failed = true;
		signals->failure_fd = -1;
	}
}
