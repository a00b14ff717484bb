/* Single system calls of one program fail. A filter (seccomp) holds each call of the wanted kinds
 * until the watcher has said what comes of it; calls of other programs, and those of the dynamic
 * loader, go on as they are. */
#ifndef TESTS_FAULTS_WATCH_H
#define TESTS_FAULTS_WATCH_H

#include "place.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct watch {
	struct places *places;
	int calls[128];
	size_t call_count;
	int error;           /* what a call fails with */
	int descriptors;     /* most that a process of the program had open beyond 2 at its end */
	int listener;        /* -1: the filter is gone, as are all who had it */
	uint64_t load_begin; /* where the dynamic loader is */
	uint64_t load_end;
	struct text text;
};

/* In the child, before the program is executed: puts the filter in front of it and leaves the
 * listener's number in *ret_listener, which the parent sees. Exits on failure. */
void watch_filter(const struct watch *watch, volatile int *ret_listener);

/* Answers what is held, for up to timeout_ms. False: nobody is left who could be held. */
bool watch_answer(struct watch *watch, int timeout_ms);

#endif
