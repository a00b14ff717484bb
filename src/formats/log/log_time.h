/* Time stamps of logs: to calendar time, ns since 1970-01-01 UTC. */
#ifndef FORMATS_LOG_LOG_TIME_H
#define FORMATS_LOG_LOG_TIME_H

#include "model/scenario.h"

#include <stdbool.h>
#include <stdint.h>

struct error;

/* Reads an ISO 8601 time at the beginning of text: 2023-10-19T06:00:01.727+00:00, also with a
 * blank for the T, a comma for the point, no seconds, no fraction, an offset as +0000, +00 or Z;
 * without an offset it is in zone. Years 1970 to 2261. Returns the first character behind it, or
 * NULL when there is none. */
const char *log_time_iso(const char *text, enum phases_zone zone, int64_t *ret_calendar_ns);

/* Whether a time format can be used: it must say the day as well as the time. Returns 0, or
 * -EINVAL with the reason and the remedy. */
int log_time_check(const char *format, struct error *err);

/* Reads the whole of text by a format of strptime (3), in which %f stands for a fraction of a
 * second and %s for seconds since 1970. Returns false when it does not follow the format, or is
 * outside of 1970 to 2261. */
bool log_time_read(const char *text, const char *format, enum phases_zone zone,
                   int64_t *ret_calendar_ns);

/* From seconds since 1970; false outside of the same years. */
bool log_time_from_seconds(double seconds, int64_t *ret_calendar_ns);

#endif
