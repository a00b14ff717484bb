#include "analyse/bounds.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

struct bounded bounded_mean(const double *values, size_t count)
{
	struct bounded b = {.se = NAN, .freedom = NAN, .count = count};
	for (size_t i = 0; i < count; i++)
		b.mean += values[i] / (double)count;
	if (count < 2)
		return b;
	double squares = 0;
	for (size_t i = 0; i < count; i++)
		squares += (values[i] - b.mean) * (values[i] - b.mean);
	b.freedom = (double)count - 1;
	b.se = sqrt(squares / b.freedom / (double)count);
	return b;
}

static double reach(const struct bounded *b, double level)
{
	if (isnan(b->se) || !(level > 0) || !(b->freedom > 0))
		return NAN;
	return b->se > 0 ? gsl_cdf_tdist_Qinv(level, b->freedom) * b->se : 0;
}

double bounded_low(const struct bounded *b, double level)
{
	return b->mean - reach(b, level);
}

double bounded_high(const struct bounded *b, double level)
{
	return b->mean + reach(b, level);
}

/* By how much the variance of the judged mean is above that of the references' means, as far as
 * their trials tell. */
static double excess_variance(const struct bounded *judged, const struct bounded *references,
                              size_t count)
{
	double of_means = 0;  /* sum of e_r^2, */
	double of_trials = 0; /* and of the variance of one trial, */
	size_t known = 0;     /* over the runs that know them */
	for (size_t i = 0; i < count; i++) {
		const double square = references[i].se * references[i].se;
		if (isnan(square))
			continue;
		of_means += square;
		of_trials += square * (double)references[i].count;
		known++;
	}
	const double of_mean = known > 0 ? of_means / (double)known : 0;
	if (!isnan(judged->se))
		return fmax(judged->se * judged->se - of_mean, 0);
	return known > 0 ? fmax(of_trials / (double)known / (double)judged->count - of_mean, 0) : 0;
}

struct bounded bounded_against(const struct bounded *judged, const struct bounded *references,
                               size_t count)
{
	const double runs = (double)count;
	double mean = 0;
	double squares = 0;
	for (size_t i = 0; i < count; i++)
		mean += references[i].mean / runs;
	for (size_t i = 0; i < count; i++)
		squares += (references[i].mean - mean) * (references[i].mean - mean);
	const double predicted = squares / (runs - 1) * (1 + 1 / runs);
	const double excess = excess_variance(judged, references, count);
	const double total = predicted + excess;
	const double own_freedom = judged->count > 1 ? (double)judged->count - 1 : runs - 1;
	const double freedom = excess > 0 ? total * total /
	                                            (predicted * predicted / (runs - 1) +
	                                             excess * excess / own_freedom)
	                                  : runs - 1;
	return (struct bounded){
	        .mean = judged->mean - mean, .se = sqrt(total), .freedom = freedom, .count = count};
}

/* Whether n replicates of variance square, beside what is common, decide at this distance. */
static bool would_decide(double distance, double square, double common, double level, double n)
{
	const double quantiles =
	        gsl_cdf_tdist_Qinv(level, n - 1) + gsl_cdf_tdist_Pinv(REPEATS_POWER, n - 1);
	return distance >= quantiles * sqrt(common + square / n);
}

/* The least n above done; 0: not even REPEATS_MOST do. */
static size_t least_number(double distance, double square, double common, double level, size_t done)
{
	size_t low = done > 1 ? done : 1;
	size_t high = REPEATS_MOST;
	if (!(distance > 0) || !(level > 0) || low >= high ||
	    !would_decide(distance, square, common, level, REPEATS_MOST))
		return 0;
	while (high - low > 1) {
		const size_t middle = low + (high - low) / 2;
		if (would_decide(distance, square, common, level, (double)middle))
			high = middle;
		else
			low = middle;
	}
	return high;
}

size_t bounds_repeats(double distance, double sd, double common, double level, size_t done)
{
	return least_number(distance, sd * sd, common, level, done);
}

size_t bounds_runs(double distance, double sd, double other, double level, size_t done)
{
	/* sd^2 (1 + 1/R) + other: what the judged run itself differs by stays. */
	return least_number(distance, sd * sd, sd * sd + other, level, done);
}
