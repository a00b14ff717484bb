/* The summary of a made result. Whatever does not work out fails the
 * test at once. */
#ifndef TESTS_SUMMED_H
#define TESTS_SUMMED_H

#include "analyse/summary.h"
#include "made.h"

#define assert_near(a, b) summed_near(a, b, __LINE__)

void summed_near(double a, double b, int line);

struct summary summed_build(const struct made *made);

const struct warning *summed_warning(const struct summary *summary, const char *code);

#endif
