#include "analyse/verdict/bounds.h"

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

/* The mean of e_r^2, and of the variance of one trial, over the runs that know theirs; 0: none
 * does. */
static void find_scatter(const struct bounded *runs, size_t count, double *ret_of_means,
                         double *ret_of_trials)
{
	double of_means = 0;
	double of_trials = 0;
	double known = 0;
	for (size_t i = 0; i < count; i++) {
		if (isnan(runs[i].se))
			continue;
		of_means += runs[i].se * runs[i].se;
		of_trials += runs[i].se * runs[i].se * (double)runs[i].count;
		known++;
	}
	*ret_of_means = known > 0 ? of_means / known : 0;
	*ret_of_trials = known > 0 ? of_trials / known : 0;
}

struct predicted bounds_against(const struct bounded *judged, const struct bounded *runs,
                                size_t count)
{
	const double n = (double)count;
	double mean = 0;
	double squares = 0;
	for (size_t i = 0; i < count; i++)
		mean += runs[i].mean / n;
	for (size_t i = 0; i < count; i++)
		squares += (runs[i].mean - mean) * (runs[i].mean - mean);
	struct predicted p = {.run_sd = sqrt(squares / (n - 1))};
	double of_trials;
	find_scatter(runs, count, &p.least, &of_trials);
	const double like_theirs = of_trials / (double)judged->count;
	const double of_judged =
	        isnan(judged->se) ? like_theirs : fmax(judged->se * judged->se, like_theirs);
	p.excess = fmax(of_judged - p.least, 0);
	const double own = judged->count > 1 ? (double)judged->count - 1 : n - 1;
	const double common = squares / (n - 1) * (1 + 1 / n);
	const double total = common + p.excess;
	p.apart = (struct bounded){
	        .mean = judged->mean - mean,
	        .se = sqrt(total),
	        .freedom = p.excess > 0
	                           ? total * total /
	                                     (common * common / (n - 1) + p.excess * p.excess / own)
	                           : n - 1,
	        .count = count,
	};
	return p;
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
