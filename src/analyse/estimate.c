#include "analyse/estimate.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

static const char one_trial[] = "an interval needs at least two trials";
static const char a_zero[] = "no task of some trial succeeded, so its logarithm does not exist";

bool estimate_has_value(const struct estimate *estimate)
{
	return isfinite(estimate->value);
}

bool estimate_has_interval(const struct estimate *estimate)
{
	return isfinite(estimate->low) && isfinite(estimate->high);
}

struct estimate estimate_absent(const char *reason)
{
	return (struct estimate){.value = NAN, .low = NAN, .high = NAN, .reason = reason};
}

struct estimate estimate_inverse(const struct estimate *e)
{
	if (!(e->value > 0))
		return estimate_absent(e->reason ? e->reason : "no task succeeded");
	struct estimate inverse = *e;
	inverse.value = 1 / e->value;
	inverse.low = 1 / e->high;
	inverse.high = 1 / e->low;
	return inverse;
}

/* From the sum and the sum of squared deviations of `count` logs to the mean and its t interval,
 * exponentiated and times factor. */
static struct estimate from_logs(double mean, double squares, size_t count, double factor)
{
	struct estimate e = {.value = factor * exp(mean), .low = NAN, .high = NAN, .n = count};
	if (count < 2) {
		e.reason = one_trial;
		return e;
	}
	const double n = (double)count;
	const double half = gsl_cdf_tdist_Pinv(0.975, n - 1) * sqrt(squares / (n - 1) / n);
	e.low = factor * exp(mean - half);
	e.high = factor * exp(mean + half);
	/* Two trials far apart can give an interval that no double holds: that is none. */
	if (!isfinite(e.high)) {
		e.low = NAN;
		e.high = NAN;
		e.reason = "the trials are too far apart for an interval";
	}
	return e;
}

struct estimate estimate_geometric(const double *values, size_t count)
{
	if (count == 0)
		return estimate_absent("no trial");
	double mean = 0;
	for (size_t i = 0; i < count; i++) {
		if (!(values[i] > 0))
			return (struct estimate){
			        .low = NAN, .high = NAN, .n = count, .reason = a_zero};
		mean += log(values[i]) / (double)count;
	}
	double squares = 0;
	for (size_t i = 0; i < count; i++)
		squares += (log(values[i]) - mean) * (log(values[i]) - mean);
	return from_logs(mean, squares, count, 1);
}

struct estimate estimate_arithmetic(const double *values, size_t count)
{
	if (count == 0)
		return estimate_absent("no trial");
	const double n = (double)count;
	double mean = 0;
	for (size_t i = 0; i < count; i++)
		mean += values[i] / n;
	struct estimate e = {.value = mean, .low = NAN, .high = NAN, .n = count};
	if (count < 2) {
		e.reason = one_trial;
		return e;
	}
	double squares = 0;
	for (size_t i = 0; i < count; i++)
		squares += (values[i] - mean) * (values[i] - mean);
	const double half = gsl_cdf_tdist_Pinv(0.975, n - 1) * sqrt(squares / (n - 1) / n);
	if (!isfinite(mean - half) || !isfinite(mean + half)) {
		e.reason = "the trials are too far apart for an interval";
		return e;
	}
	e.low = mean - half;
	e.high = mean + half;
	return e;
}

struct estimate estimate_paired_ratio(const double *above, const double *below, size_t count,
                                      double factor)
{
	if (count == 0)
		return estimate_absent("no block holds both levels");
	double mean = 0;
	for (size_t i = 0; i < count; i++)
		mean += (log(above[i]) - log(below[i])) / (double)count;
	double squares = 0;
	for (size_t i = 0; i < count; i++) {
		const double d = log(above[i]) - log(below[i]) - mean;
		squares += d * d;
	}
	return from_logs(mean, squares, count, factor);
}
