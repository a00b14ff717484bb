/* What JUnit files of plateau have in common: suites and properties, as both common schemas allow
 * them (report/junit.h). */
#ifndef REPORT_JUNIT_PARTS_H
#define REPORT_JUNIT_PARTS_H

#include "report/markup.h"

#include <stddef.h>
#include <stdint.h>

/* How a suite begins. */
struct junit_suite {
	const char *name;
	const char *host;
	int64_t began_ns; /* calendar; not above 0: not known */
	int64_t ended_ns; /* not above began_ns: not known */
	size_t index;
	size_t tests, failures, errors, skipped;
};

void junit_open_suite(struct markup *m, const struct junit_suite *suite);

/* Nothing where value is NULL or "". */
void junit_add_property(struct markup *m, const char *name, const char *value);

/* A part of a class name: readers divide these at points. */
void junit_add_class_part(struct str *name, const char *text);

/* "unknown" for NULL and "". */
const char *junit_or_unknown(const char *text);

enum { JUNIT_TIME_BYTES = 32 };

/* Seconds between two calendar times, "0.000" where one of both is not known. */
void junit_write_seconds(int64_t began_ns, int64_t ended_ns, char text[JUNIT_TIME_BYTES]);

#endif
