/* Two samples against one another, with Welch's interval. */
#ifndef ANALYSE_COMPARE_WELCH_H
#define ANALYSE_COMPARE_WELCH_H

#include "analyse/estimate.h"

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

#endif
