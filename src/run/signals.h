/* What wakes the engine: the end of a child, a request to stop, a failed writer, or time. */
#ifndef RUN_SIGNALS_H
#define RUN_SIGNALS_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

struct error;

/* How the engine learns that its guardian was killed: a request to stop that nobody else makes, and
 * that cannot have been ignored when plateau was started, as TERM can. */
#define SIGNALS_GUARDIAN_GONE (SIGRTMIN + 3)

struct signals {
	int fd;            /* signalfd of CHLD and the requests to stop */
	sigset_t before;   /* the mask that the process had: tasks begin with it */
	int failure_fd;    /* readable when the writer has failed, -1: none */
	uint32_t requests; /* how often INT, TERM, HUP, QUIT, XCPU or the above came */
	int last_request;  /* the signal */
	int64_t last_request_ns;
	bool has_failed; /* the writer */
};

/* Blocks the signals and opens the descriptor. Requests to stop that were ignored when the
 * process began (nohup, background jobs) stay ignored. Returns 0 or -errno. */
int signals_open(struct signals *ret_signals, struct error *err);

/* Whether the signal asks plateau to stop. */
bool signals_is_request(int number);

/* A request to stop in words: "Interrupt". */
const char *signals_name(int number);

/* Restores the mask. */
void signals_close(struct signals *signals);

/* Waits until a signal comes, the writer fails, or the monotonic time until_ns (INT64_MAX: for
 * ever; the past: only looks), and takes in what came. */
void signals_wait(struct signals *signals, int64_t until_ns);

#endif
