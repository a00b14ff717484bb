/* What is worked out of the tasks of a made result. Whatever does not work out fails the
 * test at once. */
#ifndef TESTS_DISTRIBUTED_H
#define TESTS_DISTRIBUTED_H

#include "analyse/distributions.h"
#include "made.h"

#include <stddef.h>

struct distributed {
	struct summary summary;
	struct distributions distributions;
};

struct distributed distributed_find(const struct made *made);

void distributed_release(struct distributed *answer);

const struct distribution *distributed_of(const struct distributed *answer, enum figure_kind kind,
                                          size_t level);

void distributed_near(double value, double expected);

#endif
