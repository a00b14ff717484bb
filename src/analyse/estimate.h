/* A figure with its 95 % interval. The replicate is the trial: n counts trials, never tasks. */
#ifndef ANALYSE_ESTIMATE_H
#define ANALYSE_ESTIMATE_H

#include "model/record.h"

#include <stdbool.h>
#include <stddef.h>

struct estimate {
	double value; /* NAN: absent, for `reason` */
	double low;   /* both NAN where there is no interval, for `reason` */
	double high;
	size_t n;           /* trials (or pairs of trials) behind it */
	const char *reason; /* why value or interval is absent, or that others stated it; NULL when
	                     * both are there and of trials; a constant, or a text of the dataset
	                     * that was summarised */
	/* What the interval of a figure is that others stated (analyse/stated); 0: of trials, 95 %
	 */
	enum stated_error error_kind;
};

bool estimate_has_value(const struct estimate *estimate);
bool estimate_has_interval(const struct estimate *estimate);

/* An absent estimate. reason is kept, not copied. */
struct estimate estimate_absent(const char *reason);

/* 1 / e, of one that is above 0; else absent. */
struct estimate estimate_inverse(const struct estimate *e);

/* The geometric mean of values (each 0 or more), with the t interval of the mean of their logs,
 * exponentiated: exp(m -+ t(0.975, n-1) s / sqrt(n)). One value: no interval. A value of 0: the
 * mean is 0 and there is no interval. */
struct estimate estimate_geometric(const double *values, size_t count);

/* The mean of values of any sign, with its t interval: mean -+ t(0.975, n-1) s / sqrt(n). */
struct estimate estimate_arithmetic(const double *values, size_t count);

/* The geometric mean of the ratios above[i] / below[i] (all above 0) times factor, with the paired
 * t interval on the logs: what is common to both sides of a pair cancels. */
struct estimate estimate_paired_ratio(const double *above, const double *below, size_t count,
                                      double factor);

#endif
