#include "commands/aside.h"

#include "commands/talk.h"
#include "core/error.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

void *aside_share(size_t bytes, struct error *err)
{
	void *const memory =
	        mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (memory != MAP_FAILED)
		return memory;
	error_system(err, errno, "cannot share memory with another process");
	return NULL;
}

void aside_unshare(void *memory, size_t bytes)
{
	if (memory)
		munmap(memory, bytes);
}

static _Noreturn void work_alone(pid_t parent, enum exit_code (*work)(void *context), void *context)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	prctl(PR_SET_NAME, "plateau-aside", 0, 0, 0);
	/* What is still in stdout's buffer is the parent's to print. */
	const enum exit_code code = getppid() == parent ? work(context) : EXIT_SOMETHING_FAILED;
	fflush(stderr);
	_exit((int)code);
}

enum exit_code aside(enum exit_code (*work)(void *context), void *context)
{
	const pid_t parent = getpid();
	signal(SIGCHLD, SIG_DFL);
	const pid_t child = fork();
	if (child == 0)
		work_alone(parent, work, context);
	int status = 0;
	pid_t ended = child;
	while (child > 0 && (ended = waitpid(child, &status, 0)) < 0 && errno == EINTR)
		continue;
	if (child < 0 || ended < 0) {
		talk_error("cannot start a process to judge the result in: %s", strerror(errno));
		return EXIT_SOMETHING_FAILED;
	}
	if (WIFEXITED(status))
		return (enum exit_code)WEXITSTATUS(status);
	talk_error("the process that judged the result was ended by signal %d (%s)",
	           WTERMSIG(status), strsignal(WTERMSIG(status)));
	return EXIT_SOMETHING_FAILED;
}
