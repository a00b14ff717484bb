/* The stages of distributions_build. For analyse/distributions*.c, outliers.c, places.c,
 * correlation.c and timelines.c. */
#ifndef ANALYSE_DISTRIBUTIONS_PARTS_H
#define ANALYSE_DISTRIBUTIONS_PARTS_H

#include "analyse/distributions.h"
#include "analyse/quantile.h"
#include "analyse/task_columns.h"

/* All of a distribution but its tasks and its bins, from count items, 1 or more, in the order of
 * quantile_sort. */
void distribution_describe(const struct weighted_value *items, size_t count,
                           struct distribution *distribution);

/* A distribution that is absent; reason is kept, not copied. */
void distribution_make_absent(struct distribution *distribution, const char *reason);

/* The range of the bins from kind->levels, which are described; then the bins of one of them. */
void distribution_find_range(struct distribution_kind *kind, size_t level_count);
void distribution_fill_bins(const struct distribution_kind *kind,
                            const struct weighted_value *items, size_t count,
                            struct distribution *distribution);

/* Each fills its part of *ret_distributions, which owns it. Return 0 or -ENOMEM. */
int outliers_find(const struct summary *summary, const struct task_columns *columns,
                  struct distributions *ret_distributions, struct error *err);
int places_measure(const struct summary *summary, const struct task_columns *columns,
                   struct distributions *ret_distributions, struct error *err);
int correlation_measure(const struct summary *summary, const struct task_columns *columns,
                        struct distributions *ret_distributions, struct error *err);
/* After outliers_find: outliers are marked. */
int timelines_make(const struct summary *summary, struct distributions *ret_distributions,
                   struct error *err);

#endif
