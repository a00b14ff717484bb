#include "analyse/compare/compare_welch.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdbool.h>

static const char one_value[] = "an interval needs at least two trials (or runs) on each side";
const char compare_not_above_0[] = "a value is 0, and nothing can be a multiple of it";
static const char no_spread[] = "the values of each side are all the same: there is no spread to "
                                "make an interval of";

/* Mean and variance of the mean of values, or of their logs. */
struct moments {
	double mean;
	double variance; /* of the mean */
	double freedom;
};

static struct moments moments_of(const double *values, size_t count, bool is_log)
{
	struct moments m = {0, 0, (double)count - 1};
	double squares = 0;
	for (size_t i = 0; i < count; i++)
		m.mean += (is_log ? log(values[i]) : values[i]) / (double)count;
	for (size_t i = 0; i < count; i++) {
		const double d = (is_log ? log(values[i]) : values[i]) - m.mean;
		squares += d * d;
	}
	if (count > 1)
		m.variance = squares / (double)(count - 1) / (double)count;
	return m;
}

/* Half the 95 % interval of the difference of two means: Welch (1947), with the degrees of freedom
 * of Satterthwaite (1946). */
static double half_width(const struct moments *a, const struct moments *b)
{
	const double variance = a->variance + b->variance;
	const double freedom =
	        variance * variance /
	        (a->variance * a->variance / a->freedom + b->variance * b->variance / b->freedom);
	return gsl_cdf_tdist_Pinv(0.975, freedom) * sqrt(variance);
}

/* A single value varies as those of the other side do, of which there are other.freedom + 1: its
 * variance is theirs, and adds no freedom. */
static struct moments vary_alike(const struct moments *single, const struct moments *other)
{
	struct moments both = *other;
	both.mean = single->mean;
	both.variance = other->variance * (other->freedom + 1);
	return both;
}

/* Half the 95 % interval of a single value less the mean of others, its prediction interval. */
static double half_width_of_one(const struct moments *a, const struct moments *b)
{
	return gsl_cdf_tdist_Pinv(0.975, a->freedom) * sqrt(a->variance + b->variance);
}

/* is_one_alike: a side of one value is taken to vary as the other one. */
static struct estimate compare_samples(const double *base, size_t base_count, const double *new,
                                       size_t new_count, bool is_log, bool is_one_alike)
{
	if (base_count == 0 || new_count == 0)
		return estimate_absent("one side has no value");
	struct moments a = moments_of(base, base_count, is_log);
	struct moments b = moments_of(new, new_count, is_log);
	const bool is_one = is_one_alike && (base_count == 1) != (new_count == 1);
	if (is_one && base_count == 1)
		a = vary_alike(&a, &b);
	else if (is_one)
		b = vary_alike(&b, &a);
	const double difference = b.mean - a.mean;
	struct estimate e = {.value = is_log ? exp(difference) : difference,
	                     .low = NAN,
	                     .high = NAN,
	                     .n = base_count < new_count ? base_count : new_count};
	if (e.n < 2 && !is_one) {
		e.reason = one_value;
		return e;
	}
	if (!(a.variance + b.variance > 0)) {
		e.reason = no_spread;
		return e;
	}
	const double half = is_one ? half_width_of_one(&a, &b) : half_width(&a, &b);
	e.low = is_log ? exp(difference - half) : difference - half;
	e.high = is_log ? exp(difference + half) : difference + half;
	if (!isfinite(e.low) || !isfinite(e.high)) {
		e.low = NAN;
		e.high = NAN;
		e.reason = "the values are too far apart for an interval";
	}
	return e;
}

static bool all_positive(const double *values, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!(values[i] > 0))
			return false;
	return true;
}

struct estimate compare_welch_ratio(const double *base, size_t base_count, const double *new,
                                    size_t new_count)
{
	if (!all_positive(base, base_count) || !all_positive(new, new_count))
		return estimate_absent(compare_not_above_0);
	return compare_samples(base, base_count, new, new_count, true, false);
}

struct estimate compare_welch_difference(const double *base, size_t base_count, const double *new,
                                         size_t new_count)
{
	return compare_samples(base, base_count, new, new_count, false, false);
}

struct estimate compare_runs(const double *base, size_t base_count, const double *new,
                             size_t new_count, bool is_difference)
{
	if (!is_difference && (!all_positive(base, base_count) || !all_positive(new, new_count)))
		return estimate_absent(compare_not_above_0);
	return compare_samples(base, base_count, new, new_count, !is_difference, true);
}
