/* A curve of given points, fitted. Whatever does not work out fails the
 * test at once. */
#ifndef TESTS_SCALED_H
#define TESTS_SCALED_H

#include "analyse/scaling_parts.h"

#include <stddef.h>

struct scaled_point {
	double n;
	double x;
	double se; /* 0: none */
};

extern const struct scaling_limits scaled_no_limits;

void scaled_build(const struct scaled_point *points, size_t count,
                  const struct scaling_limits *limits, struct scaling *ret_scaling);

/* To the digits that are printed: `last` is one unit of the last one. */
void scaled_printed(const char *what, double value, double printed, double last);

#endif
