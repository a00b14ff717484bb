/* From the name of an event to what the kernel is asked for. Names are libpfm4's, raw encodings
 * (formats/event_code) or the kernel's own PMUs (platform/event_sysfs). */
#ifndef PLATFORM_EVENT_NAME_H
#define PLATFORM_EVENT_NAME_H

#include "model/metric.h"
#include "model/record.h"

#include <linux/perf_event.h>

/* Fills ret_attributes for a task and its children (disabled, from exec on, inherited, with times)
 * and the definition's encoded, type, config, config1 and is_user_only.
 *   choice     event, and the code to take where nothing resolves it
 *   processor  whose PMUs an event without a PMU of its own belongs to; NULL: any that is here
 *   sysroot    in front of paths below /sys; NULL: this machine
 *   remark     "", or what a reader should know of how it was resolved
 * Returns 0; -ENOENT when nothing knows the name, -ENODEV when it is of a PMU or event that the
 * kernel does not list here, -EINVAL when it is written wrongly: reason then says so. */
int event_name_resolve(const struct metric_choice *choice, const struct metric_processor *processor,
                       const char *sysroot, struct event_definition *definition,
                       struct perf_event_attr *ret_attributes, char remark[RECORD_REASON_BYTES],
                       char reason[RECORD_REASON_BYTES]);

/* Attributes for a task, of an event that was resolved before. */
void event_name_attributes(const struct event_definition *definition,
                           struct perf_event_attr *ret_attributes);

/* The processor at hand: libpfm4's PMUs of the cores (names of the library, pmu_max of them), and
 * what /proc/cpuinfo below sysroot says. LIBPFM_FORCE_PMU in the environment leaves cpuinfo out:
 * somebody wants another processor's
 * events. The result points into itself: it must not be copied. */
enum { EVENT_PMUS_MAX = 8 };
struct event_processor {
	struct processor_identity identity;
	const char *pmus[EVENT_PMUS_MAX];
	char vendor[32];
};
void event_processor_read(const char *sysroot, struct event_processor *ret_processor);

#endif
