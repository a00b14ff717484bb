/* How well a line is known: from the scores of its points, one by one and by stretches of time. */
#include "analyse/campaign/campaign_fit_parts.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

double line_t(double freedom)
{
	return gsl_cdf_tdist_Pinv(0.975, freedom);
}

/* V = A^-1 B A^-1 of symmetric matrices, each as (1,1), (1,2), (2,2). */
static void sandwich(const double a[3], const double b[3], double ret_v[3])
{
	const double determinant = a[0] * a[2] - a[1] * a[1];
	/* The rows of A^-1 are (i, j) and (j, k). */
	const double i = a[2] / determinant;
	const double j = -a[1] / determinant;
	const double k = a[0] / determinant;
	ret_v[0] = i * i * b[0] + 2 * i * j * b[1] + j * j * b[2];
	ret_v[1] = i * j * b[0] + (i * k + j * j) * b[1] + j * k * b[2];
	ret_v[2] = j * j * b[0] + 2 * j * k * b[1] + k * k * b[2];
}

/* For the sums of few stretches are somewhat small, as a variance of few is. */
static const double FEW = (double)CAMPAIGN_STRETCHES / (CAMPAIGN_STRETCHES - 1);

static void sum_stretches(const struct line_scores *scores, double ret_b[3])
{
	ret_b[0] = ret_b[1] = ret_b[2] = 0;
	for (size_t s = 0; s < CAMPAIGN_STRETCHES; s++) {
		ret_b[0] += FEW * scores->one[s] * scores->one[s];
		ret_b[1] += FEW * scores->one[s] * scores->x[s];
		ret_b[2] += FEW * scores->x[s] * scores->x[s];
	}
}

static double squared(double x)
{
	return x * x;
}

void line_covariance(const struct line_points *points, const double slopes[3],
                     const struct line_scores *scores, struct line *line)
{
	double v[3];
	sandwich(slopes, scores->own, v);
	line->aa = v[0];
	line->ab = v[1];
	line->bb = v[2];
	if (!points->stretch)
		return;
	double b[3];
	sum_stretches(scores, b);
	sandwich(slopes, b, v);
	const double own = (line->aa + line->bb) * squared(line_t(line->freedom));
	const double together = (v[0] + v[2]) * squared(line_t(CAMPAIGN_STRETCHES - 1));
	if (!(together > own))
		return;
	line->aa = v[0];
	line->ab = v[1];
	line->bb = v[2];
	line->freedom = CAMPAIGN_STRETCHES - 1;
}

double line_score_width(const struct line_points *points, const struct line_scores *scores,
                        double mean)
{
	const double own =
	        scores->own[2] - 2 * mean * scores->own[1] + mean * mean * scores->own[0];
	const double width = line_t((double)points->count - 2) * sqrt(fmax(own, 0));
	if (!points->stretch)
		return width;
	double b[3];
	sum_stretches(scores, b);
	const double sum = b[2] - 2 * mean * b[1] + mean * mean * b[0];
	return fmax(width, line_t(CAMPAIGN_STRETCHES - 1) * sqrt(fmax(sum, 0)));
}
