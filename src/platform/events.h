/* The events that a run counts: metrics and names looked up (event_name), tried on this machine,
 * checked with work of which the count is known (event_check), and the descriptors of one task's
 * counters read. Counting never makes a run fail: what cannot be counted has a state, a reason
 * and a remedy.
 *
 * libpfm4 must have been initialised (platform/node does that). Used by the main thread only. */
#ifndef PLATFORM_EVENTS_H
#define PLATFORM_EVENTS_H

#include "model/record.h"

#include <linux/perf_event.h>
#include <stdbool.h>
#include <stddef.h>

struct error;
struct metrics;
struct words;

struct events {
	struct event_definition definitions[RECORD_MAX_EVENTS];
	size_t count;
	/* Of those that can be counted, for the launcher: attributes, and which definition each is.
	 */
	struct perf_event_attr attributes[RECORD_MAX_EVENTS];
	size_t definition_of[RECORD_MAX_EVENTS];
	size_t open_count;
	/* One disabled event of each type, held open: the kernel then sets up the next ones in a
	 * fifth of the time (measured: 23 + 6 us instead of 115 + 101 us for four events). */
	int keepers[RECORD_MAX_EVENTS];
};

/* Looks every name up, in the metrics first (NULL: there are none) and then as an event that
 * libpfm4, a raw code or the kernel's list of PMUs knows; opens it once on this process and
 * disabled; counts known work with it. Of a metric's choices the first that passes is taken, else
 * the state is that of the one that came furthest. Kernel and user mode are asked for; where only
 * user mode is permitted that is taken and said. More than RECORD_MAX_EVENTS names are an error
 * (-E2BIG). Returns 0 or -errno. */
int events_open(const struct words *names, const struct metrics *metrics, struct events *ret_events,
                struct error *err);

/* The events of a run that goes on: each as it was taken then (its codes, not the choices of metric
 * files, which may have changed since). What could not be counted then stays so; what could and
 * cannot now has the state that it has now. Returns 0 or -errno as above. */
int events_open_again(const struct event_definition *before, size_t count,
                      struct events *ret_events, struct error *err);

/* How metric files call the processor of this machine; NULL: they do not know it. */
const char *events_processor(const struct metrics *metrics);

/* For every metric, in their order, what would be taken here, with state, reason, remedy and note:
 * *ret_definitions has metrics->count entries and is the caller's to free. Nothing stays open.
 * Takes as long as counting would, some ms for each. Returns 0 or -ENOMEM. */
int events_describe(const struct metrics *metrics, struct event_definition **ret_definitions,
                    struct error *err);

/* Closes the keepers. NULL is allowed. */
void events_close(struct events *events);

/* Reads and closes the descriptors that a launch filled in (each an fd or -errno, set to -1
 * here) and writes one value per definition; those that cannot be counted get their definition's
 * state. was_started false: the command was never executed, so nothing was counted. */
void events_read(const struct events *events, int *event_fds, bool was_started,
                 struct counter_value counters[RECORD_MAX_EVENTS]);

/* Marks counters that left the task at the exec of a set-uid or unreadable program: task-clock
 * below 0.9 of the user time of the tree makes all of them detached. (Not of user + system: the
 * end of a process, unmapping its memory, is not counted on kernels since mid-2025.)
 *   user_ns  user time of the task, or RECORD_ABSENT */
void events_mark_detached(const struct events *events, int64_t user_ns,
                          struct counter_value counters[RECORD_MAX_EVENTS]);

#endif
