/* A thread that helps the main one: it takes no signals, which are the main thread's, has a name
 * for whoever looks at the process, and its id is known from the start, so that it can be bound. */
#ifndef CORE_HELPER_THREAD_H
#define CORE_HELPER_THREAD_H

#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <sys/types.h>

struct error;

/* Zero-initialised there is no thread. It must not be moved while there is one. */
struct helper_thread {
	pthread_t handle;
	pid_t id;
	bool is_started;
	sem_t is_up;
	void (*run)(void *context);
	void *context;
};

/* Starts it: run(context) is all that it does. name is at most 15 bytes; purpose goes behind
 * "cannot start the thread that ". A write past RLIMIT_FSIZE fails in it with EFBIG instead of
 * ending the process. Returns 0 or -errno. */
int helper_thread_start(struct helper_thread *thread, const char *name, const char *purpose,
                        void (*run)(void *), void *context, struct error *err);

/* Waits until run has returned; nothing where there is no thread. */
void helper_thread_join(struct helper_thread *thread);

/* A condition whose timed waits go by the monotonic clock. */
void helper_condition_init(pthread_cond_t *condition);

#endif
