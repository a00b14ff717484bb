/* The same work on several things at once, by a few threads. For what takes long on large results;
 * the work of one thing must not touch that of another. */
#ifndef CORE_PARALLEL_H
#define CORE_PARALLEL_H

#include <stddef.h>

enum { PARALLEL_MOST = 4 };

/* How many threads are worth it for so many things in all, each of which costs about a microsecond:
 * 1 for few, at most the CPUs that are online and PARALLEL_MOST. */
size_t parallel_workers(size_t things);

/* Calls work(context, index, worker) for every index below count, each once, in any order; worker
 * is below `workers`, which is 1 to PARALLEL_MOST, and no two calls with the same worker overlap.
 * Returns when all have returned. Where a thread cannot be started the others do its share. */
void parallel_for(size_t count, size_t workers,
                  void (*work)(void *context, size_t index, size_t worker), void *context);

#endif
