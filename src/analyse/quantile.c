#include "analyse/quantile.h"

#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

static int compare_values(const void *a, const void *b)
{
	const double x = ((const struct weighted_value *)a)->value;
	const double y = ((const struct weighted_value *)b)->value;
	return (x > y) - (x < y);
}

void quantile_sort(struct weighted_value *items, size_t count)
{
	if (count > 1)
		qsort(items, count, sizeof *items, compare_values);
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

static double unequal_quantile(const struct weighted_value *items, size_t count, double p,
                               double total)
{
	const double n = quantile_effective_count(items, count);
	const double h = p * (n - 1) + 1;
	double quantile = 0;
	double before = 0;
	double weight = 0;
	for (size_t i = 0; i < count; i++) {
		weight += items[i].weight;
		/* The last item ends the distribution, whatever rounding made of the sum. */
		const double share = i + 1 < count ? type7_share(weight / total, h, n) : 1;
		if (share > before && items[i].weight > 0)
			quantile += (share - before) * items[i].value;
		before = share;
	}
	return quantile;
}

double quantile_weighted(const struct weighted_value *items, size_t count, double p)
{
	const double total = total_weight(items, count);
	if (count == 0 || !(total > 0))
		return NAN;
	if (weights_are_equal(items, count))
		return gsl_stats_quantile_from_sorted_data(
		        &items[0].value, sizeof *items / sizeof items[0].value, count, p);
	while (count > 1 && !(items[count - 1].weight > 0))
		count--;
	return unequal_quantile(items, count, p, total);
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
