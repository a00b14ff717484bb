#include "core/clock.h"

#include <stdio.h>
#include <time.h>

static int64_t read_clock(clockid_t id)
{
	struct timespec t;
	clock_gettime(id, &t);
	return (int64_t)t.tv_sec * NS_PER_S + t.tv_nsec;
}

int64_t clock_now_ns(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

int64_t clock_calendar_ns(void)
{
	return read_clock(CLOCK_REALTIME);
}

void clock_format_utc(int64_t calendar_ns, char text[CLOCK_TEXT_BYTES])
{
	const time_t seconds = (time_t)(calendar_ns / NS_PER_S);
	const int milliseconds = (int)(calendar_ns % NS_PER_S / NS_PER_MS);
	struct tm calendar;
	gmtime_r(&seconds, &calendar);
	char date[CLOCK_TEXT_BYTES - 6];
	strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &calendar);
	snprintf(text, CLOCK_TEXT_BYTES, "%s.%03dZ", date, milliseconds);
}

void clock_sleep_until(int64_t until_ns)
{
	const struct timespec t = {.tv_sec = until_ns / NS_PER_S, .tv_nsec = until_ns % NS_PER_S};
	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
}
