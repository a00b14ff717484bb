/* Whether a counter tells the truth: it is opened on the calling thread and counts work of which
 * the count is known (event_work). Virtual machines have returned constants, and emulators open
 * cache events that stay at 0. A check takes about a millisecond, that of misses up to 30. */
#ifndef PLATFORM_EVENT_CHECK_H
#define PLATFORM_EVENT_CHECK_H

#include "model/metric.h"
#include "model/record.h"

#include <linux/perf_event.h>

enum event_verdict {
	EVENT_PLAUSIBLE,
	EVENT_UNCHECKED, /* nothing is known to check it with; words say why */
	EVENT_WRONG,     /* words say what it counted */
	EVENT_NEVER_RAN, /* the kernel gave it no counter */
	EVENT_UNOPENED   /* it could not be opened a second time */
};

/* Tries the event with the check. words are set but for PLAUSIBLE and NEVER_RAN. */
enum event_verdict event_check(const struct perf_event_attr *attributes, enum metric_check check,
                               char words[RECORD_REASON_BYTES]);

/* The check for an event that no metric stands for, by what it is for the kernel. */
enum metric_check event_check_for(const struct perf_event_attr *attributes);

#endif
