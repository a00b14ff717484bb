/* The stages of distributions_build. For analyse/distributions*.c, outliers.c, places.c,
 * correlation.c and timelines.c. */
#ifndef ANALYSE_DISTRIBUTIONS_PARTS_H
#define ANALYSE_DISTRIBUTIONS_PARTS_H

#include "analyse/distributions.h"
#include "analyse/task_columns.h"

/* 1 / (the 0.75 quantile of the normal distribution): what makes a MAD a standard deviation. */
#define MAD_TO_SIGMA 1.482602218505602

/* The median of count values, 1 or more, which are put into another order. */
double median_of(double *values, size_t count);

/* MAD_TO_SIGMA times the median distance of count values, 1 or more, from `centre`, which they are
 * replaced by. */
double mad_around(double *values, size_t count, double centre);

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
