/* Events of the PMUs that the kernel lists under /sys/bus/event_source, as perf writes them:
 * "sysfs:msr/aperf/", "sysfs:cpu/event=0x3c,umask=0/u". libpfm4 does not know most of these PMUs.
 */
#ifndef PLATFORM_EVENT_SYSFS_H
#define PLATFORM_EVENT_SYSFS_H

#include <linux/perf_event.h>
#include <stdbool.h>

struct error;

/* Whether text is meant as one: "sysfs:" in front, or PMU/TERMS/ with two slashes. */
bool event_sysfs_is_meant(const char *text);

/* Fills type, the configs and what the modifiers behind the last slash exclude (u and k) of
 * attributes, the rest of which is left. sysroot is put in front of every path; NULL means this
 * machine. Returns 0; -ENOENT when there is no such PMU, event or term; -EINVAL when text is none,
 * or a value does not fit. err says what would be right. */
int event_sysfs_resolve(const char *sysroot, const char *text, struct perf_event_attr *attributes,
                        struct error *err);

#endif
