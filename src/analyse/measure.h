/* What a result has of a measure (model/measure) at a level: one value per trial, because the trial
 * is the replicate. What comparisons and verdicts are made of. Pure. */
#ifndef ANALYSE_MEASURE_H
#define ANALYSE_MEASURE_H

#include "analyse/findings.h"
#include "analyse/measure_values.h"

#include <stddef.h>

/* Efficiency, degradation and factors are of each trial against the baseline's trial of the same
 * block. Measures of NATURE_PLACES have none here: analyse/verdict/place_spread works them out. A
 * count is the count of each trial. A quantile that is censored by a timeout is absent. Returns 0
 * or -ENOMEM. */
int measure_values_find(const struct findings *findings, size_t level,
                        const struct measure_query *query, struct measure_values *ret_values,
                        struct error *err);

#endif
