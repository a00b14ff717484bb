#include "analyse/verdict/limits_parts.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>

/* The one-sided level of the bounds that are judged. */
#define LEVEL 0.05

/* Points of Simpson's rule (odd). */
enum { POINTS = 121 };

double limits_between_runs(const double *bounds, size_t count, double miss, double least)
{
	const double runs = (double)count;
	const double sd = gsl_stats_sd(bounds, 1, count);
	const double width = gsl_cdf_tdist_Qinv(miss, runs - 1) * sd * sqrt(1 + 1 / runs);
	return gsl_stats_mean(bounds, 1, count) + fmax(width, least);
}

/* sqrt(chi^2 / freedom): where it is, and with what weight. */
struct spread_points {
	double values[POINTS];
	double weights[POINTS];
};

static void spread_out(double freedom, struct spread_points *points)
{
	/* Seven standard deviations either way; at 0 itself the density may have a pole. */
	const double far = 7 / sqrt(2 * freedom);
	const double low = fmax(1 - far, 1e-6);
	const double high = 1 + far;
	const double step = (high - low) / (POINTS - 1);
	double sum = 0;
	for (size_t i = 0; i < POINTS; i++) {
		const double v = low + step * (double)i;
		const double simpson = i == 0 || i + 1 == POINTS ? 1 : i % 2 ? 4 : 2;
		points->values[i] = v;
		points->weights[i] =
		        simpson * 2 * v * freedom * gsl_ran_chisq_pdf(v * v * freedom, freedom);
		sum += points->weights[i];
	}
	for (size_t i = 0; i < POINTS; i++)
		points->weights[i] /= sum;
}

/* P(sqrt(2) Z + t V' > c V) */
static double beyond(const struct spread_points *points, double t, double c)
{
	double sum = 0;
	for (size_t i = 0; i < POINTS; i++)
		for (size_t j = 0; j < POINTS; j++)
			sum += points->weights[i] * points->weights[j] *
			       gsl_cdf_ugaussian_Q((c * points->values[i] - t * points->values[j]) /
			                           M_SQRT2);
	return sum;
}

double limits_within_run(size_t repeats, double miss)
{
	if (repeats < 2)
		return 0;
	const double freedom = (double)repeats - 1;
	const double t = gsl_cdf_tdist_Qinv(LEVEL, freedom);
	struct spread_points points;
	double low = 0;
	double high = 1;
	spread_out(freedom, &points);
	while (high < 1e6 && beyond(&points, t, high) > miss)
		high *= 2;
	for (int i = 0; i < 24; i++) {
		const double middle = (low + high) / 2;
		if (beyond(&points, t, middle) > miss)
			low = middle;
		else
			high = middle;
	}
	return fmax(high / t - 1, 0);
}
