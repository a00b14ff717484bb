#include "analyse/quantile.h"

#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Below this many items the digits' counts cost more than they save. */
enum { RADIX_LEAST = 512, RADIX_BITS = 8, RADIX_DIGITS = 64 / RADIX_BITS, RADIX = 1 << RADIX_BITS };

static int compare_values(const void *a, const void *b)
{
	const double x = ((const struct weighted_value *)a)->value;
	const double y = ((const struct weighted_value *)b)->value;
	return (x > y) - (x < y);
}

/* A number that orders as the value does: a double's bits order as an integer once the sign bit is
 * turned over, and every bit of a negative one. */
static uint64_t ordered_bits(double value)
{
	uint64_t bits;
	memcpy(&bits, &value, sizeof bits);
	return bits >> 63 ? ~bits : bits | UINT64_C(1) << 63;
}

static size_t digit_of(double value, unsigned digit)
{
	return ordered_bits(value) >> (digit * RADIX_BITS) & (RADIX - 1);
}

/* How often each digit occurs at each place. */
static void count_digits(const struct weighted_value *items, size_t count,
                         size_t counts[RADIX_DIGITS][RADIX])
{
	memset(counts, 0, sizeof(size_t[RADIX_DIGITS][RADIX]));
	for (size_t i = 0; i < count; i++) {
		uint64_t bits = ordered_bits(items[i].value);
		for (unsigned digit = 0; digit < RADIX_DIGITS; digit++, bits >>= RADIX_BITS)
			counts[digit][bits & (RADIX - 1)]++;
	}
}

/* Radix sort from the last digit on; a digit that all values share is passed over. */
static void sort_by_digits(struct weighted_value *items, size_t count, struct weighted_value *other)
{
	static _Thread_local size_t counts[RADIX_DIGITS][RADIX];
	struct weighted_value *from = items;
	struct weighted_value *to = other;
	count_digits(items, count, counts);
	for (unsigned digit = 0; digit < RADIX_DIGITS; digit++) {
		size_t *const places = counts[digit];
		if (places[digit_of(from[0].value, digit)] == count)
			continue;
		size_t place = 0;
		for (size_t d = 0; d < RADIX; d++) {
			const size_t next = place + places[d];
			places[d] = place;
			place = next;
		}
		for (size_t i = 0; i < count; i++)
			to[places[digit_of(from[i].value, digit)]++] = from[i];
		struct weighted_value *const swap = from;
		from = to;
		to = swap;
	}
	if (from != items)
		memcpy(items, from, count * sizeof *items);
}

void quantile_sort(struct weighted_value *items, size_t count)
{
	if (count < 2)
		return;
	struct weighted_value *const other =
	        count >= RADIX_LEAST ? malloc(count * sizeof *other) : NULL;
	if (other)
		sort_by_digits(items, count, other);
	else
		qsort(items, count, sizeof *items, compare_values);
	free(other);
}

static double total_weight(const struct weighted_value *items, size_t count)
{
	double total = 0;
	for (size_t i = 0; i < count; i++)
		total += items[i].weight;
	return total;
}

static bool weights_are_equal(const struct weighted_value *items, size_t count)
{
	for (size_t i = 1; i < count; i++)
		if (items[i].weight < items[0].weight || items[i].weight > items[0].weight)
			return false;
	return true;
}

double quantile_effective_count(const struct weighted_value *items, size_t count)
{
	double sum = 0;
	double squares = 0;
	for (size_t i = 0; i < count; i++) {
		sum += items[i].weight;
		squares += items[i].weight * items[i].weight;
	}
	return squares > 0 ? sum * sum / squares : 0;
}

/* The distribution function of type 7 at probability u: 0 before (h-1)/n, 1 past h/n, straight
 * between. */
static double type7_share(double u, double h, double n)
{
	return fmin(fmax(u * n - (h - 1), 0), 1);
}

/* A quantile's stretch of probability times n begins at h-1 and ends at h, and ps ascend: items and
 * stretches are gone through side by side. */
static void unequal_quantiles(const struct weighted_value *items, size_t count, const double *ps,
                              size_t p_count, double total, double *quantiles)
{
	const double n = quantile_effective_count(items, count);
	double before = 0;
	double weight = 0;
	size_t first = 0; /* stretches before it have ended */
	for (size_t q = 0; q < p_count; q++)
		quantiles[q] = 0;
	for (size_t i = 0; i < count && first < p_count; i++) {
		const bool is_last = i + 1 == count;
		weight += items[i].weight;
		const double u = weight / total;
		for (size_t q = first; q < p_count; q++) {
			const double h = ps[q] * (n - 1) + 1;
			if (!is_last && h - 1 > u * n)
				break;
			/* The last item ends the distribution, whatever rounding made of the sum.
			 */
			const double share = is_last ? 1 : type7_share(u, h, n);
			const double share_before = i > 0 ? type7_share(before, h, n) : 0;
			if (share > share_before && items[i].weight > 0)
				quantiles[q] += (share - share_before) * items[i].value;
			if (share >= 1 && q == first)
				first++;
		}
		before = u;
	}
}

void quantiles_weighted(const struct weighted_value *items, size_t count, const double *ps,
                        size_t p_count, double *ret_quantiles)
{
	const double total = total_weight(items, count);
	const bool is_there = count > 0 && total > 0;
	const bool is_equal = is_there && weights_are_equal(items, count);
	for (size_t q = 0; q < p_count; q++)
		ret_quantiles[q] =
		        is_equal ? gsl_stats_quantile_from_sorted_data(
		                           &items[0].value, sizeof *items / sizeof items[0].value,
		                           count, ps[q])
		                 : (double)NAN;
	if (!is_there || is_equal)
		return;
	while (count > 1 && !(items[count - 1].weight > 0))
		count--;
	unequal_quantiles(items, count, ps, p_count, total, ret_quantiles);
}

double quantile_weighted(const struct weighted_value *items, size_t count, double p)
{
	double quantile;
	quantiles_weighted(items, count, &p, 1, &quantile);
	return quantile;
}

double quantile_weighted_mean(const struct weighted_value *items, size_t count)
{
	const double total = total_weight(items, count);
	if (!(total > 0))
		return NAN;
	double mean = 0;
	for (size_t i = 0; i < count; i++)
		mean += items[i].weight / total * items[i].value;
	return mean;
}

double quantile_weighted_cv(const struct weighted_value *items, size_t count)
{
	const double total = total_weight(items, count);
	const double mean = quantile_weighted_mean(items, count);
	if (!(fabs(mean) > 0))
		return NAN;
	double variance = 0;
	for (size_t i = 0; i < count; i++)
		variance +=
		        items[i].weight / total * (items[i].value - mean) * (items[i].value - mean);
	return sqrt(variance) / fabs(mean);
}

static int compare_doubles(const void *a, const void *b)
{
	const double x = *(const double *)a;
	const double y = *(const double *)b;
	return (x > y) - (x < y);
}

void quantile_sort_values(double *values, size_t count)
{
	qsort(values, count, sizeof *values, compare_doubles);
}

double quantile_median(double *values, size_t count)
{
	return gsl_stats_median(values, 1, count);
}

double quantile_mad(double *values, size_t count, double centre)
{
	for (size_t i = 0; i < count; i++)
		values[i] = fabs(values[i] - centre);
	return MAD_TO_SIGMA * quantile_median(values, count);
}
