/* Figures of levels that others worked out (dataset.stated), as estimates: what stands in for
 * figures of trials where a level has none. Pure. */
#ifndef ANALYSE_STATED_H
#define ANALYSE_STATED_H

#include "analyse/estimate.h"
#include "analyse/summary.h"
#include "model/dataset.h"

#include <stdint.h>

/* The figure of a level (index into dataset->levels) with this name, or NULL. quantile is of
 * STATED_QUANTILE alone. */
const struct stated_figure *stated_find(const struct dataset *dataset, uint32_t level,
                                        const char *name, enum stated_statistic statistic,
                                        double quantile);

/* As an estimate. Its interval is value -+ error where the error tells how well it was read, or is
 * half of a 95 % interval, and value -+ 1.96 errors where it is a standard error; without an error
 * there is none. error_kind and reason say which. NULL: absent. */
struct estimate stated_estimate(const struct stated_figure *figure);

/* Its standard error; NAN: none is known. Of a figure that was read, how well. */
double stated_standard_error(const struct estimate *estimate);

/* The ratio above / below times factor of two stated figures: everything that readings leave open;
 * relative errors of other kinds add up in squares. Without an interval where one of them has none,
 * or one was read and the other not. */
struct estimate stated_ratio(const struct estimate *above, const struct estimate *below,
                             double factor);

/* Mean, median, p95 and maximum, as far as they are stated. */
struct spread stated_spread(const struct dataset *dataset, uint32_t level, const char *name);

/* Where throughput of a level is not stated itself but N over a wall time that is: of which, "mean"
 * or "median". NULL: it is stated, or there is none. */
const char *stated_wall_of_throughput(const struct dataset *dataset, uint32_t level);

/* Fills in what is stated of a level that has no trial in the estimates; nothing where nothing is
 * stated. Throughput is what is stated, or N over the stated wall time. */
void stated_fill_level(const struct dataset *dataset, struct level_summary *level);

#endif
