/* The frequency of every level from every source that a result has, and the one that is told as the
 * level's: the best of them. docs/method.md says how each is worked out. */
#ifndef ANALYSE_FREQUENCY_H
#define ANALYSE_FREQUENCY_H

#include "analyse/summary.h"

#include <stddef.h>

/* Sets of sources have a bit for each. */

#define FREQUENCY_OF(source) (1u << (source))
#define FREQUENCY_OF_TASKS                                                                         \
	(FREQUENCY_OF(FREQUENCY_CYCLES) | FREQUENCY_OF(FREQUENCY_USER_CYCLES) |                    \
	 FREQUENCY_OF(FREQUENCY_MSR))
#define FREQUENCY_OF_ANY                                                                           \
	(FREQUENCY_OF_TASKS | FREQUENCY_OF(FREQUENCY_CHAIN) | FREQUENCY_OF(FREQUENCY_CPUFREQ))

/* The level's frequency in Hz from the best of these sources that has a value, which *ret_source
 * gets; without one, the reason of the best of them, and FREQUENCY_ABSENT. */
struct estimate frequency_from(const struct level_summary *level, unsigned accepted,
                               enum frequency_source *ret_source);

/* Works every source of the level with this index out, and chooses. values has room for a figure of
 * every trial. */
void frequency_measure(struct summary *summary, size_t index, double *values);

/* The figure of each trial of the level with this index, of those in the estimates, from one
 * source: hz[t] of summary->trials[t], NAN where it has none. Those of other trials are not
 * touched. */
void frequency_of_trials(const struct summary *summary, size_t level, enum frequency_source source,
                         double *hz);

/* Which event, or figure that tasks print, the frequency of a task is worked out of. */
struct frequency_origin {
	enum frequency_source source; /* FREQUENCY_ABSENT: tasks have none from it */
	ptrdiff_t index;
};

struct frequency_origin frequency_origin(const struct dataset *dataset,
                                         enum frequency_source source);

/* The frequency of one task in Hz, NAN where it has none; from user cycles only where it has CPU
 * time enough, as user time is coarse. */
double frequency_of_task(const struct dataset *dataset, size_t task,
                         const struct frequency_origin *origin);

#endif
