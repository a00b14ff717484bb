/* A line on the terminal that moves while a trial runs: how long it has taken, of about how long,
 * and how many tasks are in the result. A thread of its own rewrites it once a second, with all
 * signals blocked; the engine knows nothing of it. Only for a terminal that understands cursor
 * movement. */
#ifndef COMMANDS_TICKER_H
#define COMMANDS_TICKER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct recorder;
struct ticker;

/* Whether stderr is a terminal on which a line can be rewritten. */
bool ticker_is_possible(void);

/* Starts the thread, which says nothing yet. NULL when that cannot be had: nothing is lost but the
 * line. recorder must outlive it. */
struct ticker *ticker_new(struct recorder *recorder);

/* The functions below accept NULL, for where there is none. */

/* The thread, for binding it away from the tasks' PUs; -1 without one. */
pid_t ticker_thread_id(const struct ticker *ticker);

/* From now on the line is there; expected_ns is how long this will take, 0: unknown. */
void ticker_begin(struct ticker *ticker, int64_t expected_ns);

/* The line is gone when this returns. */
void ticker_end(struct ticker *ticker);

void ticker_free(struct ticker *ticker);

#endif
