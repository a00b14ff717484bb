/* Throughput against concurrency as plain numbers: from a result's levels, or from elsewhere
 * (`plateau fit CURVE.csv`). What fits and the plateau are worked out from. */
#ifndef ANALYSE_CURVE_H
#define ANALYSE_CURVE_H

#include "analyse/summary.h"

#include <stdbool.h>
#include <stddef.h>

struct curve_point {
	double concurrency;
	double throughput_per_s; /* the level's mean */
	double se;               /* its standard error, tasks/s; NAN: unknown */
	size_t trials;           /* behind it; 1 for a bare curve */
};

enum curve_weights { WEIGHTS_EQUAL, WEIGHTS_VARIANCE };

struct curve {
	struct curve_point *points; /* ascending by concurrency, no two equal */
	size_t count;
	size_t capacity;
	enum curve_weights weights; /* VARIANCE: every point has a standard error */
	size_t baseline;            /* index of the point from which linear scaling is drawn */
	/* Within-level variance of log throughput, pooled, and its degrees of freedom; NAN and 0
	 * without repeats: then nothing says whether a fit is adequate. */
	double pooled_log_variance;
	size_t pooled_freedom;
};

/* The levels of one policy that have a throughput and whose trials are not censored; standard
 * errors are pooled in relative terms: se = X s / sqrt(n), s^2 the pooled variance of the logs.
 * Returns 0 or -ENOMEM. */
int curve_from_summary(const struct summary *summary, const char *policy, struct curve *ret_curve,
                       struct error *err);
void curve_release(struct curve *curve);

#define cleanup_curve __attribute__((cleanup(curve_release)))

#endif
