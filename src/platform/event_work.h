/* Work of which the counts are known, on the calling thread: what a counter is tried with before
 * it is believed. */
#ifndef PLATFORM_EVENT_WORK_H
#define PLATFORM_EVENT_WORK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Runs `rounds` rounds of a loop in registers. Returns how many instructions these are, exactly,
 * or 0 where that is not known for this architecture (the loop is then C, and of that order). */
uint64_t event_work_loop(uint64_t rounds);

enum { EVENT_WORK_LOOP_INSTRUCTIONS = 10 }; /* of one round */

/* Cache lines in memory of our own, linked into a chain that visits them in a jumble. */
struct event_lines;

/* count is a power of two. NULL when there is no memory. */
struct event_lines *event_lines_new(size_t count);
void event_lines_free(struct event_lines *lines);

/* Puts every line out of all caches. False where user programs cannot do that on this
 * architecture; then nothing has happened. */
bool event_lines_flush(struct event_lines *lines);

/* Loads every line once, each by the address that the one before held. Returns how many. */
size_t event_lines_chase(const struct event_lines *lines);

/* Reads through fresh memory, a line at a time, for at most `limit_ns` and at most `bytes`.
 * Returns the number of lines read. */
size_t event_work_stream(size_t bytes, int64_t limit_ns);

/* Touches `count` pages that were never touched, small ones; 0 where memory cannot be had. */
size_t event_work_fault(size_t count);

/* Sleeps `count` times, for as short as can be. */
void event_work_sleep(size_t count);

#endif
