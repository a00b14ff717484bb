/* Whether what a counter says is possible at all. Cache misses are checked in two ways: a load that
 * misses the last cache has missed the first one, and every line that is missed has to come
 * through the memory's bus. What fails is stated as implausible, with the figures, and is used
 * nowhere. */
#ifndef ANALYSE_PLAUSIBILITY_H
#define ANALYSE_PLAUSIBILITY_H

#include "analyse/summary.h"

#include <stdbool.h>

enum { CACHE_LINE_BYTES = 64 };

/* What the machine's memory can give at most: the peak of its fullest configuration. */
struct memory_bound {
	double bytes_per_s; /* NAN: nothing is known of the machine */
	char source[96];    /* "2 packages x 204.8 GB/s"; "" without a bound */
};

/* From the host's facts: packages times what is known of the processor; else NUMA nodes times a
 * stated constant, which no machine without memory in the package passes. */
struct memory_bound memory_bound_of(const struct host_facts *host);

/* True for an event that counts loads which miss the last cache. */
bool is_last_cache_miss(const char *event);

/* Judges the means of the level with this index; those that cannot be become absent with state
 * implausible and a reason. The level's spreads and counters are there. */
void plausibility_check(struct summary *summary, size_t index);

/* Whether one task's count can be: misses of the last cache (NAN: not counted) against those of the
 * first one (NAN: not counted) and the bandwidth bound over its wall time. */
bool plausible_misses(double misses, double first_misses, double wall_s, double bytes_per_s);

#endif
