/* A result made by hand that has something for every section of `show`. */
#ifndef TESTS_SAMPLE_H
#define TESTS_SAMPLE_H

#include "../analyse/made.h"

/* Levels 1, 2, 4 (oversubscribed) in three blocks and 8 (skipped); counters with and without a
 * PMU; failures of several kinds; an interrupted trial; a warning of the run. */
void sample_make(struct made *made);

#endif
