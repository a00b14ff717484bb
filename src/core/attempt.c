#include "core/attempt.h"

#include "core/array.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* Neither a handler of ours nor a core file, and an end with plateau's. */
static void prepare(unsigned seconds)
{
	static const int fatal[] = {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGALRM, SIGTERM};
	sigset_t none;
	sigemptyset(&none);
	for (size_t i = 0; i < ARRAY_LENGTH(fatal); i++)
		signal(fatal[i], SIG_DFL);
	sigprocmask(SIG_SETMASK, &none, NULL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
	alarm(seconds);
	const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null >= 0) {
		dup2(null, STDOUT_FILENO);
		dup2(null, STDERR_FILENO);
	}
}

static int wait_for(pid_t child, int *ret_status)
{
	while (waitpid(child, ret_status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return 0;
}

int attempt(void (*doing)(void *context), void *context, unsigned seconds, bool *ret_survived)
{
	/* Where plateau was started with SIGCHLD ignored, how a child ended could not be asked. */
	struct sigaction before;
	sigaction(SIGCHLD, &(struct sigaction){.sa_handler = SIG_DFL}, &before);
	const pid_t child = fork();
	if (child == 0) {
		prepare(seconds);
		doing(context);
		_exit(EXIT_SUCCESS);
	}
	int status = 0;
	const int r = child < 0 ? -errno : wait_for(child, &status);
	sigaction(SIGCHLD, &before, NULL);
	if (r == 0)
		*ret_survived = WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS;
	return r;
}
