/* Where a frequency comes from, best source first. The first three are of a task itself; a timed
 * chain's and the kernel's are of the node, under the load of that level, and never stand for the
 * clock of a task that is another one. */
#ifndef MODEL_FREQUENCY_H
#define MODEL_FREQUENCY_H

#include <stdbool.h>

enum frequency_source {
	FREQUENCY_ABSENT,
	FREQUENCY_CYCLES,      /* cycles, kernel and user, over the time in which they counted */
	FREQUENCY_USER_CYCLES, /* user cycles over user time */
	FREQUENCY_MSR,         /* the processor's aperf over the time in which it counted */
	FREQUENCY_CHAIN,       /* timed chains of dependent instructions: plateau-spin */
	FREQUENCY_CPUFREQ,     /* what the kernel says; not measured */
	FREQUENCY_SOURCES
};

/* "", "cycles", "cycles-user", "msr", "chain", "cpufreq": in JSON and for criteria. */
extern const char *const frequency_source_names[];

/* For axes and heads of columns: "by cycles", ..., "said by kernel". */
extern const char *const frequency_source_words[];

/* Whether it is of tasks, not of the node. */
bool frequency_source_is_of_tasks(enum frequency_source source);

#endif
