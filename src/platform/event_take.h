/* Which event is counted for a name: of a metric's choices the first that resolves, opens and
 * passes its check. */
#ifndef PLATFORM_EVENT_TAKE_H
#define PLATFORM_EVENT_TAKE_H

#include "model/metric.h"
#include "model/record.h"
#include "platform/counting.h"
#include "platform/event_name.h"

#include <linux/perf_event.h>

/* What every event of a run is taken by. */
struct event_taking {
	const struct metrics *metrics;            /* NULL: there are none */
	const struct metric_processor *processor; /* NULL: none that metrics know */
	struct counting_conditions conditions;
	struct event_processor identity;
	const char *sysroot; /* of PMUs below /sys; NULL: this machine */
};

/* Reads the machine. metrics may be NULL and must outlive the taking, which must not be copied. */
void event_taking_begin(const struct metrics *metrics, struct event_taking *ret_taking);

/* Fills the definition for name: what was taken, or the state, reason and remedy of the choice that
 * came furthest. Returns whether it can be counted, and then *ret_attributes are for a task, and
 * *ret_keeper is a disabled event of this process that holds the kernel's set-up (-1 where it
 * could not be had). */
bool event_take(const struct event_taking *taking, const char *name,
                struct event_definition *ret_definition, struct perf_event_attr *ret_attributes,
                int *ret_keeper);

/* The same for an event that was taken before, by its codes, without a check. */
bool event_take_again(const struct event_taking *taking, const struct event_definition *before,
                      struct event_definition *ret_definition,
                      struct perf_event_attr *ret_attributes, int *ret_keeper);

#endif
