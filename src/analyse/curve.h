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

/* "equal", "variance". */
extern const char *const curve_weights_names[];

struct curve {
	struct curve_point *points; /* ascending by concurrency, no two equal */
	size_t count;
	size_t capacity;
	enum curve_weights weights; /* VARIANCE: every point has a standard error */
	size_t baseline;            /* index of the point from which linear scaling is drawn */
	/* Within-level variance of log throughput, pooled over levels, and the degrees of freedom
	 * with which the standard errors are known; NAN and 0 without repeats. */
	double pooled_log_variance;
	size_t pooled_freedom;
	/* Standard error of the log throughput of all levels together, and its degrees of freedom:
	 * what blocks differ by moves the whole curve up or down and is in no point's error. NAN
	 * and 0: not known. */
	double common_log_se;
	size_t common_freedom;
};

/* Makes an empty curve, to be filled by curve_add. */
void curve_init(struct curve *curve);

/* Inserts a point, in its place: concurrency 1 or more and not yet there, throughput 0 or more,
 * se above 0 or NAN. Returns 0 or -ENOMEM. */
int curve_add(struct curve *curve, const struct curve_point *point, struct error *err);

/* To be called after the last curve_add: weights by variance where every point has a standard
 * error, and the baseline at the first point that has a throughput above 0. */
void curve_finish(struct curve *curve);

/* The levels of one policy that have a throughput above 0 and whose trials are not censored, with
 * standard errors as curve_noise.c works them out. Without repeats, or where all of them are the
 * same, there are none. Returns 0 or -ENOMEM. */
int curve_from_summary(const struct summary *summary, const char *policy, struct curve *ret_curve,
                       struct error *err);

/* Returns 0 or -ENOMEM. */
int curve_copy(const struct curve *curve, struct curve *ret_copy, struct error *err);
void curve_release(struct curve *curve);

/* Throughput per task at the baseline, tasks/s: the slope of linear scaling; NAN without one. */
double curve_baseline_rate(const struct curve *curve);

#define cleanup_curve __attribute__((cleanup(curve_release)))

#endif
