/* Full occupancy: a task on every core that may be used. */
#ifndef ANALYSE_FULL_LEVEL_H
#define ANALYSE_FULL_LEVEL_H

#include "analyse/findings.h"

#include <stdbool.h>
#include <stddef.h>

/* The highest measured level of the first policy that does not go beyond full occupancy, or the
 * lowest where all do; level NULL where none has a throughput. */
struct full_level {
	const struct level_summary *level;
	size_t index;  /* in summary.levels */
	bool is_exact; /* it is full occupancy */
	double cores;  /* that may be used; 0: not known */
};

struct full_level full_level_find(const struct findings *findings);

/* The same of any policy. */
struct full_level full_level_of(const struct findings *findings, const char *policy);

#endif
