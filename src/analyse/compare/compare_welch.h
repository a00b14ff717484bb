/* Two samples against one another, with Welch's interval. */
#ifndef ANALYSE_COMPARE_COMPARE_WELCH_H
#define ANALYSE_COMPARE_COMPARE_WELCH_H

#include "analyse/estimate.h"

#include <stdbool.h>
#include <stddef.h>

/* Why there is no ratio with a value that is not above 0. */
extern const char compare_not_above_0[];

/* Ratio of two samples: exp(mean(log new) - mean(log base)) with Welch's interval (t at
 * Satterthwaite's degrees of freedom). Absent where a side is empty or a value is not above 0;
 * without interval where a side has one value. n is the lesser count. */
struct estimate compare_welch_ratio(const double *base, size_t base_count, const double *new,
                                    size_t new_count);

/* The same of mean(new) - mean(base), for values of any sign. */
struct estimate compare_welch_difference(const double *base, size_t base_count, const double *new,
                                         size_t new_count);

/* Either of values of runs. Where one side has one run and the other several, it is taken to differ
 * from run to run as they do: with s the standard deviation of R runs (of logs), the interval is
 * t(0.975, R - 1) s sqrt(1 + 1/R) either way, in which a further run of theirs would be. */
struct estimate compare_runs(const double *base, size_t base_count, const double *new,
                             size_t new_count, bool is_difference);

#endif
