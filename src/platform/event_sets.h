/* Events that are counted at the same time, where there are more of them than the processor has
 * counters for. Which fit together is not known from a table: it is found by trying, so that
 * counters which something else holds (the NMI watchdog), counters that only some events can use,
 * and counters that are there for one event alone are all taken into account.
 *
 *   events_open            (platform/events) what can be counted at all
 *   event_sets_find        which of them together
 *   event_sets_choose      for every trial: the events of its set, for the crew
 *
 * Used by the main thread only. */
#ifndef PLATFORM_EVENT_SETS_H
#define PLATFORM_EVENT_SETS_H

#include "platform/events.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether all events of a set can be counted at the same time all the time. */
typedef bool event_sets_fits(void *context, uint32_t set);

/* What is to be divided; sets are bit masks as in struct event_sets. */
struct event_wishes {
	uint32_t free;   /* these never take a counter: they are in every set, and not tried */
	uint32_t wanted; /* the others */
	/* Those of wanted that every set is to hold, the most important one first. */
	size_t required[RECORD_MAX_EVENTS];
	size_t required_count;
};

/* Divides the wanted events, in their order, into as few sets as are found by putting each into the
 * first one that has room for it; what room is left is filled with events that are in other sets
 * as well, so that they are counted more often. Pure but for `fits`, which is asked less than
 * 2 RECORD_MAX_EVENTS^2 times, and a few dozen times as a rule.
 *
 * Every set holds all free and all required events; where the required ones leave no counter for
 * an event, its set does without the least important of them, and where not even they fit together
 * they are divided like the others. The first set always holds as many of the required ones as fit
 * together. There is one set at least.
 *   ret_left_out  events that do not fit even alone: they are in no set */
void event_sets_divide(const struct event_wishes *wishes, event_sets_fits *fits, void *context,
                       struct event_sets *ret_sets, uint32_t *ret_left_out);

/* Tries and divides the events that can be counted. cycles and instructions (one of each, of both
 * modes where there is one) are required; software events are free. Events that never got a
 * counter, alone, become COUNTER_NOT_COUNTED with reason and remedy, and are opened no more. Where
 * all others fit at once there are no sets. Takes some milliseconds, for very many events up to
 * half a second. */
void event_sets_find(struct events *events, struct event_sets *ret_sets);

/* Whether all events that can be counted can be so at the same time. */
bool event_sets_all_fit(const struct events *events);

/* The events of one set, for the launcher and events_read: of the others nothing is opened and
 * the state is COUNTER_NOT_COUNTED. set as in event_sets_has. *ret_chosen has no keepers, and is
 * not to be closed. */
void event_sets_choose(const struct events *events, const struct event_sets *sets, uint32_t set,
                       struct events *ret_chosen);

#endif
