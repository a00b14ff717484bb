#include "report/junit_parts.h"

#include "core/clock.h"

#include <inttypes.h>
#include <stdio.h>

enum { COUNT_BYTES = 24 };

const char *junit_or_unknown(const char *text)
{
	return text && text[0] ? text : "unknown";
}

void junit_write_seconds(int64_t began_ns, int64_t ended_ns, char text[JUNIT_TIME_BYTES])
{
	const int64_t ms =
	        began_ns > 0 && ended_ns > began_ns ? (ended_ns - began_ns) / NS_PER_MS : 0;
	snprintf(text, JUNIT_TIME_BYTES, "%" PRId64 ".%03d", ms / 1000, (int)(ms % 1000));
}

void junit_add_property(struct markup *m, const char *name, const char *value)
{
	if (!value || !value[0])
		return;
	markup_break(m);
	markup_open(m, "property", MARKUP("name", name, "value", value));
	markup_close(m);
}

void junit_add_class_part(struct str *name, const char *text)
{
	for (; *text; text++)
		str_add_bytes(name, *text == '.' ? "_" : text, 1);
}

void junit_open_suite(struct markup *m, const struct junit_suite *suite)
{
	char utc[CLOCK_TEXT_BYTES];
	char timestamp[JUNIT_TIME_BYTES];
	char seconds[JUNIT_TIME_BYTES];
	char id[COUNT_BYTES];
	char tests[COUNT_BYTES];
	char failures[COUNT_BYTES];
	char errors[COUNT_BYTES];
	char skipped[COUNT_BYTES];
	clock_format_utc(suite->began_ns > 0 ? suite->began_ns : 0, utc);
	/* Without parts of a second and without a zone, as one of the schemas wants it. */
	snprintf(timestamp, sizeof timestamp, "%.19s", utc);
	junit_write_seconds(suite->began_ns, suite->ended_ns, seconds);
	snprintf(id, sizeof id, "%zu", suite->index);
	snprintf(tests, sizeof tests, "%zu", suite->tests);
	snprintf(failures, sizeof failures, "%zu", suite->failures);
	snprintf(errors, sizeof errors, "%zu", suite->errors);
	snprintf(skipped, sizeof skipped, "%zu", suite->skipped);
	markup_break(m);
	markup_open(m, "testsuite",
	            MARKUP("name", suite->name, "package", "plateau", "id", id, "hostname",
	                   suite->host, "timestamp", timestamp, "time", seconds, "tests", tests,
	                   "failures", failures, "errors", errors, "skipped", skipped));
}
