#include "core/helper_thread.h"

#include "core/error.h"

#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static void *thread_main(void *argument)
{
	struct helper_thread *const thread = argument;
	thread->id = (pid_t)syscall(SYS_gettid);
	sem_post(&thread->is_up);
	thread->run(thread->context);
	return NULL;
}

int helper_thread_start(struct helper_thread *thread, const char *name, const char *purpose,
                        void (*run)(void *), void *context, struct error *err)
{
	*thread = (struct helper_thread){.run = run, .context = context};
	sigset_t all;
	sigset_t before;
	sem_init(&thread->is_up, 0, 0);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	const int code = pthread_create(&thread->handle, NULL, thread_main, thread);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (code != 0) {
		sem_destroy(&thread->is_up);
		return error_system(err, code, "cannot start the thread that %s", purpose);
	}
	pthread_setname_np(thread->handle, name);
	while (sem_wait(&thread->is_up) < 0 && errno == EINTR)
		continue;
	thread->is_started = true;
	return 0;
}

void helper_thread_join(struct helper_thread *thread)
{
	if (!thread->is_started)
		return;
	pthread_join(thread->handle, NULL);
	sem_destroy(&thread->is_up);
	*thread = (struct helper_thread){0};
}

void helper_condition_init(pthread_cond_t *condition)
{
	pthread_condattr_t attributes;
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(condition, &attributes);
	pthread_condattr_destroy(&attributes);
}
