#include "commands/ticker.h"

#include "core/clock.h"
#include "core/number.h"
#include "store/recorder.h"

#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct ticker {
	struct recorder *recorder;
	pthread_t thread;
	pthread_mutex_t lock; /* of what is below */
	pthread_cond_t changed;
	int64_t began_ns; /* monotonic; 0: no line */
	int64_t expected_ns;
	pid_t thread_id; /* 0 until the thread has said it */
	bool is_drawn;
	bool is_ended;
};

bool ticker_is_possible(void)
{
	const char *const terminal = getenv("TERM");
	return terminal && *terminal && strcmp(terminal, "dumb") != 0 && isatty(STDERR_FILENO);
}

/* To the first column, and what is behind it erased. */
static void erase(void)
{
	fputs("\r\033[K", stderr);
	fflush(stderr);
}

/* Whole seconds, or a larger unit: finer ones would only flicker. */
static void format_time(int64_t ns, char text[NUMBER_TEXT_BYTES])
{
	number_format_duration((ns + NS_PER_S / 2) / NS_PER_S * NS_PER_S, 2, text);
}

static void draw(struct ticker *ticker)
{
	char so_far[NUMBER_TEXT_BYTES];
	char of_about[NUMBER_TEXT_BYTES];
	char line[160];
	format_time(clock_now_ns() - ticker->began_ns, so_far);
	format_time(ticker->expected_ns, of_about);
	snprintf(line, sizeof line, "\r\033[K         %s%s%s, %" PRIu64 " tasks in the result",
	         so_far, ticker->expected_ns > 0 ? " of about " : "",
	         ticker->expected_ns > 0 ? of_about : "", recorder_stored(ticker->recorder));
	fputs(line, stderr);
	fflush(stderr);
	ticker->is_drawn = true;
}

static void wait_a_second(struct ticker *ticker)
{
	struct timespec due;
	clock_gettime(CLOCK_MONOTONIC, &due);
	due.tv_sec++;
	pthread_cond_timedwait(&ticker->changed, &ticker->lock, &due);
}

static void *ticker_main(void *argument)
{
	struct ticker *const ticker = argument;
	pthread_mutex_lock(&ticker->lock);
	ticker->thread_id = gettid();
	pthread_cond_broadcast(&ticker->changed);
	while (!ticker->is_ended) {
		if (ticker->began_ns == 0) {
			pthread_cond_wait(&ticker->changed, &ticker->lock);
			continue;
		}
		wait_a_second(ticker);
		if (ticker->began_ns > 0 && clock_now_ns() - ticker->began_ns >= NS_PER_S)
			draw(ticker);
	}
	pthread_mutex_unlock(&ticker->lock);
	return NULL;
}

static int start_thread(struct ticker *ticker)
{
	sigset_t all;
	sigset_t before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	const int code = pthread_create(&ticker->thread, NULL, ticker_main, ticker);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (code != 0)
		return -code;
	pthread_mutex_lock(&ticker->lock);
	while (ticker->thread_id == 0)
		pthread_cond_wait(&ticker->changed, &ticker->lock);
	pthread_mutex_unlock(&ticker->lock);
	return 0;
}

static void release(struct ticker *ticker)
{
	pthread_cond_destroy(&ticker->changed);
	pthread_mutex_destroy(&ticker->lock);
	free(ticker);
}

struct ticker *ticker_new(struct recorder *recorder)
{
	struct ticker *const ticker = calloc(1, sizeof *ticker);
	if (!ticker)
		return NULL;
	ticker->recorder = recorder;
	pthread_condattr_t attributes;
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_mutex_init(&ticker->lock, NULL);
	pthread_cond_init(&ticker->changed, &attributes);
	pthread_condattr_destroy(&attributes);
	if (start_thread(ticker) == 0)
		return ticker;
	release(ticker);
	return NULL;
}

pid_t ticker_thread_id(const struct ticker *ticker)
{
	return ticker ? ticker->thread_id : -1;
}

void ticker_begin(struct ticker *ticker, int64_t expected_ns)
{
	if (!ticker)
		return;
	pthread_mutex_lock(&ticker->lock);
	ticker->began_ns = clock_now_ns();
	ticker->expected_ns = expected_ns;
	pthread_cond_signal(&ticker->changed);
	pthread_mutex_unlock(&ticker->lock);
}

void ticker_end(struct ticker *ticker)
{
	if (!ticker)
		return;
	pthread_mutex_lock(&ticker->lock);
	if (ticker->is_drawn)
		erase();
	ticker->is_drawn = false;
	ticker->began_ns = 0;
	pthread_mutex_unlock(&ticker->lock);
}

void ticker_free(struct ticker *ticker)
{
	if (!ticker)
		return;
	ticker_end(ticker);
	pthread_mutex_lock(&ticker->lock);
	ticker->is_ended = true;
	pthread_cond_signal(&ticker->changed);
	pthread_mutex_unlock(&ticker->lock);
	pthread_join(ticker->thread, NULL);
	release(ticker);
}
