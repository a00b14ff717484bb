/* How CPU time or memory of tasks grows with a covariate: a straight line through the middle of the
 * points (least squares, robust), and one along their upper edge, by two definitions. */
#ifndef ANALYSE_CAMPAIGN_CAMPAIGN_FIT_H
#define ANALYSE_CAMPAIGN_CAMPAIGN_FIT_H

#include "analyse/estimate.h"

#include <stddef.h>
#include <stdint.h>

struct error;

enum campaign_fit_kind {
	CAMPAIGN_FIT_LINEAR,   /* least squares */
	CAMPAIGN_FIT_ROBUST,   /* the same that outliers do not pull */
	CAMPAIGN_FIT_QUANTILE, /* upper envelope: quantile regression */
	CAMPAIGN_FIT_MAXIMA,   /* upper envelope too: least squares through the largest
	                        * y of every x; the mean of those where the slope is not positive
	                        */
	CAMPAIGN_FITS
};

/* "linear", "robust", "envelope-quantile", "envelope-maxima". */
extern const char *const campaign_fit_names[CAMPAIGN_FITS];

/* y = intercept + slope x. */
struct campaign_fit {
	struct estimate slope;     /* in units of y per unit of x; n counts tasks, of MAXIMA the
	                            * largest of every x */
	struct estimate intercept; /* in units of y */
	double quantile;           /* QUANTILE: which; else NAN */
	double below;              /* share of all points on or below the line */
	size_t points;             /* 0: not fitted, for reason */
	double x_step;      /* MAXIMA: the width of the slices of x whose largest y were taken; 0:
	                     * of every x as it is */
	const char *reason; /* why it was not fitted, or NULL */
};

/* Fits all kinds to count points. Never fails for points that are few or odd: what cannot be worked
 * out is absent with its reason. quantile is that of CAMPAIGN_FIT_QUANTILE. Returns 0 or -ENOMEM.
 */
int campaign_fit(const double *x, const double *y, size_t count, double quantile,
                 struct campaign_fit ret_fits[CAMPAIGN_FITS], struct error *err);

/* Tasks that ran one after another are alike: they shared inputs, nodes and file systems. So the
 * tasks of a type are put into as many stretches of time, each with as many tasks, and what those
 * differ by is taken into the intervals. */
enum { CAMPAIGN_STRETCHES = 20 };

/* The same for tasks of which it is known when they started: stretch has for every point in which
 * stretch of time that was, below CAMPAIGN_STRETCHES; NULL: not known. Intervals of LINEAR, ROBUST
 * and QUANTILE are then the wider of those of independent tasks and of independent stretches. */
int campaign_fit_in_time(const double *x, const double *y, const uint8_t *stretch, size_t count,
                         double quantile, struct campaign_fit ret_fits[CAMPAIGN_FITS],
                         struct error *err);

/* The line at x; NAN where it was not fitted. */
double campaign_fit_at(const struct campaign_fit *fit, double x);

#endif
