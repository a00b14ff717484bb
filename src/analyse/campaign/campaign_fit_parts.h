/* The pieces of campaign_fit: lines through points that are brought to one scale. */
#ifndef ANALYSE_CAMPAIGN_CAMPAIGN_FIT_PARTS_H
#define ANALYSE_CAMPAIGN_CAMPAIGN_FIT_PARTS_H

#include "analyse/campaign/campaign_fit.h"
#include "analyse/quantile.h"

#include <stdbool.h>

/* What is nearer to a line than this, in the points' scale, is on it but for rounding. */
#define LINE_ROUNDING 1e-9

/* Points with x of mean 0 and variance 1 (divided by count), and y about 0 with a scatter of about
 * 1, or 0 throughout. */
struct line_points {
	double *x;
	double *y;
	const uint8_t *stretch; /* of time, below CAMPAIGN_STRETCHES; NULL: not known */
	size_t count;
};

/* Room that the fits of one set of points share: each of points.count doubles. */
struct line_room {
	double *kept_x;
	double *kept_y;
	double *residuals;
	double *scratch;
	struct weighted_value *items;
};

/* A line a + b x in the points' scale. */
struct line {
	double a, b;
	/* The covariance of a and b; NAN where there is none, for reason. */
	double aa, ab, bb;
	double freedom;       /* of the t quantile that goes with it */
	double b_low, b_high; /* an interval of b that was found in another way, or NAN */
	size_t n;             /* points that it goes through */
	bool is_constant;     /* b is 0 by definition, and has no interval */
	const char *reason;
};

/* What every point adds to the equations that a line solves: a score, and the score times x. */
struct line_scores {
	double own[3];                  /* sums of score^2, score^2 x and score^2 x^2 */
	double one[CAMPAIGN_STRETCHES]; /* by stretch: sums of scores, */
	double x[CAMPAIGN_STRETCHES];   /* and of scores times x */
};

static inline void line_score_add(struct line_scores *scores, const struct line_points *points,
                                  size_t point, double score)
{
	const double x = points->x[point];
	scores->own[0] += score * score;
	scores->own[1] += score * score * x;
	scores->own[2] += score * score * x * x;
	if (!points->stretch)
		return;
	scores->one[points->stretch[point]] += score;
	scores->x[points->stretch[point]] += score * x;
}

/* Fills the line's covariance: slopes are the sums of the scores' slopes times 1, x and x^2. It is
 * that of independent points, or of independent stretches where that is wider (Liang and Zeger,
 * Biometrika 73 (1986) 13). */
void line_covariance(const struct line_points *points, const double slopes[3],
                     const struct line_scores *scores, struct line *line);

/* Half the width of a 95 % interval of the sum of scores times (x - mean), likewise. */
double line_score_width(const struct line_points *points, const struct line_scores *scores,
                        double mean);

/* The two-sided t quantile of 95 % at so many degrees of freedom. */
double line_t(double freedom);

/* The beginning of a line through the points: nothing about it is known yet. */
struct line line_of(const struct line_points *points);

/* Least squares, with the covariance that holds where the scatter depends on x (HC3 of MacKinnon
 * and White, Journal of Econometrics 29 (1985) 305). */
struct line line_least_squares(const struct line_points *points);

/* Bisquare M-estimate (Huber and Ronchetti, "Robust Statistics", 2009, chapter 7) about the scale
 * of the residuals of the median line, from which it starts. */
struct line line_robust(const struct line_points *points, const struct line_room *room);

/* The line below which a share of `quantile` of the points lies (Koenker and Bassett, Econometrica
 * 46 (1978) 33): the exact minimum of the sum of tilted absolute residuals. With is_interval, also
 * the interval of its slope by inverting the rank test, and the covariance. */
struct line line_quantile(const struct line_points *points, double quantile, bool is_interval,
                          const struct line_room *room);

/* Least squares through the largest y of every x, or of every slice of x of width *ret_step where
 * few x occur more than once; constant where its slope is not above 0. */
struct line line_maxima(const struct line_points *points, const struct line_room *room,
                        double *ret_step);

#endif
