/* Counters of one name in several results: whether they are the same event. On another
 * microarchitecture a metric is another event, and what is counted in user mode alone is not what
 * is counted in both: such figures must not be compared as if they were one. */
#ifndef REPORT_EVENT_COMPARE_H
#define REPORT_EVENT_COMPARE_H

#include "model/dataset.h"
#include "report/document.h"

struct error;

struct event_variants {
	struct event_variant *items; /* in the order in which they were seen */
	size_t count;
	size_t capacity;
};

/* Takes the events of a result that could be counted there. Returns 0 or -ENOMEM. */
int event_variants_add(struct event_variants *variants, const struct dataset *dataset,
                       struct error *err);

/* A paragraph for every name that stands for different events, with the results of each; nothing
 * where all are the same. */
void event_variants_say(const struct event_variants *variants, struct document *doc);

void event_variants_release(struct event_variants *variants);

#define cleanup_event_variants __attribute__((cleanup(event_variants_release)))

#endif
