/* What pictures of a campaign's tasks show beside the figures of requirements: how one figure of a
 * type is distributed, and how it lies against a covariate. Half a million points are thinned so
 * that nothing that a picture could show goes missing. */
#ifndef ANALYSE_CAMPAIGN_PORTRAIT_H
#define ANALYSE_CAMPAIGN_PORTRAIT_H

#include "analyse/campaign/requirements.h"

#include <stdbool.h>
#include <stddef.h>

struct error;

/* Tasks of one type by one figure, in bins of equal width. */
struct portrait_histogram {
	double from;   /* SI units */
	double width;  /* of a bin; 0: nothing is known */
	size_t count;  /* bins */
	size_t *tasks; /* in each */
	size_t beyond; /* tasks above the last bin: a long tail does not press the rest flat */
};

/* Bins from the smallest figure to the largest, or, where the tail is long, to twice as far as the
 * 99th percentile. Returns 0 or -ENOMEM. */
int portrait_histogram(const struct campaign_spread *spread,
                       struct portrait_histogram *ret_histogram, struct error *err);
void portrait_histogram_release(struct portrait_histogram *histogram);

/* The tasks in a stretch of the covariate. */
struct portrait_stretch {
	double x; /* its middle */
	double p5, q1, p50, q3, p95;
	size_t tasks;
};

/* Tasks of one type, a figure against a covariate. */
struct portrait_scatter {
	double *x; /* of the points that are kept */
	double *y; /* SI units */
	size_t count;
	size_t tasks;    /* that there are */
	bool is_thinned; /* of the tasks within one small cell of the picture the one with the
	                  * largest y is kept, so that every place with a task has a point */
	struct portrait_stretch *stretches; /* ascending; those with too few tasks left out */
	size_t stretch_count;
};

/* A relation is of the requirements' campaign. Returns 0 or -ENOMEM. */
int portrait_scatter(const struct requirements *requirements,
                     const struct campaign_type_needs *needs,
                     const struct campaign_relation *relation, struct portrait_scatter *ret_scatter,
                     struct error *err);
void portrait_scatter_release(struct portrait_scatter *scatter);

#define cleanup_portrait_histogram __attribute__((cleanup(portrait_histogram_release)))
#define cleanup_portrait_scatter   __attribute__((cleanup(portrait_scatter_release)))

#endif
