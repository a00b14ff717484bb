/* One node against another: for each level that both have, the ratio of every measure with its
 * interval; how each scales; how much more work the new node does, each at its best N; and what
 * cannot be compared, with the reason. Pure; docs/method.md defends it. */
#ifndef ANALYSE_COMPARE_COMPARE_H
#define ANALYSE_COMPARE_COMPARE_H

#include "analyse/compare/compare_welch.h"
#include "analyse/compare/comparison.h"

/* Compares two sides, whose findings (and names, runs) must outlive the comparison. Returns 0 or
 * -ENOMEM. */
int compare_build(const struct side *base, const struct side *new,
                  struct comparison *ret_comparison, struct error *err);

#endif
