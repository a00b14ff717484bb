#include "core/array.h"
#include "formats/import/perf_parts.h"
#include "model/record.h"

#include <math.h>
#include <string.h>

const char perf_why_locale[] =
        "a number as another locale writes it: it could mean two things, so it is not read; run "
        "perf with LC_ALL=C, or write decimals with a point and thousands without anything";
const char perf_why_large[] = "a number that no counter reaches (2^64 or more)";
const char perf_why_interval[] =
        "intervals (perf stat -I) are no tasks; run perf stat without -I, once per task";
const char perf_why_repeat[] =
        "means over runs (perf stat -r) are no tasks; run perf stat once per task, each with -o";
const char perf_why_places[] =
        "counts by CPU, socket or thread (-A, --per-socket, --per-thread) are no tasks; run perf "
        "stat once per task, without them";

struct perf_row perf_row_empty(void)
{
	return (struct perf_row){
	        .percent_e2 = -1,
	        .running_ns = RECORD_ABSENT,
	        .cpus = NAN,
	        .cpus_error = NAN,
	};
}

void perf_row_set_unit(struct perf_row *row)
{
	static const char *const clocks[] = {"task-clock", "cpu-clock"};
	for (size_t i = 0; i < ARRAY_LENGTH(clocks) && row->unit[0] == '\0'; i++) {
		const size_t length = strlen(clocks[i]);
		if (strncmp(row->event, clocks[i], length) == 0 &&
		    (row->event[length] == '\0' || row->event[length] == ':'))
			memcpy(row->unit, "msec", sizeof "msec");
	}
}

bool perf_row_is_plain(const struct perf_row *row)
{
	if (row->state != PERF_VALUE)
		return true;
	if (strcmp(row->unit, "msec") == 0)
		return row->value.has_fraction;
	return !row->value.has_fraction || (row->unit[0] != '\0' && strcmp(row->unit, "ns") != 0);
}
