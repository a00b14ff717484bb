/* Time. Intervals use the monotonic clock in nanoseconds; the calendar is for people. */
#ifndef CORE_CLOCK_H
#define CORE_CLOCK_H

#include <stdint.h>

enum { CLOCK_TEXT_BYTES = 32 };

#define NS_PER_S  1000000000LL
#define NS_PER_MS 1000000LL
#define NS_PER_US 1000LL

/* CLOCK_MONOTONIC now, ns. */
int64_t clock_now_ns(void);

/* CLOCK_REALTIME now, ns since 1970-01-01 UTC. */
int64_t clock_calendar_ns(void);

/* ISO 8601 in UTC with milliseconds: 2026-11-20T09:58:03.125Z. calendar_ns as above. */
void clock_format_utc(int64_t calendar_ns, char text[CLOCK_TEXT_BYTES]);

/* Sleeps until the monotonic time `until_ns`; returns early only when a signal is delivered. */
void clock_sleep_until(int64_t until_ns);

#endif
