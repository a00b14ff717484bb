#include "tasks/isr/overscan.h"

#include "tasks/isr/geometry.h"

#include <math.h>

/* Insertion sort: rows of overscan have about thirty values. */
static void sort_values(float *values, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		const float value = values[i];
		size_t j = i;
		for (; j > 0 && values[j - 1] > value; j--)
			values[j] = values[j - 1];
		values[j] = value;
	}
}

static double median_of_sorted(const float *values, size_t count)
{
	const double upper = (double)values[count / 2];
	return count % 2 ? upper : (upper + (double)values[count / 2 - 1]) / 2;
}

double overscan_clipped_median(float *values, size_t count)
{
	sort_values(values, count);
	const double median = median_of_sorted(values, count);
	const double sigma = 0.741 * (double)(values[count * 3 / 4] - values[count / 4]);
	/* Whole numbers often have quartiles that coincide: half a unit is the least spread. */
	const double reach = OVERSCAN_CLIP_SIGMA * fmax(sigma, 0.5);
	size_t low = 0, high = count;
	while (low < count && (double)values[low] < median - reach)
		low++;
	while (high > low && (double)values[high - 1] > median + reach)
		high--;
	return low < high ? median_of_sorted(values + low, high - low) : median;
}

struct overscan_statistics overscan_correct(const struct geometry *g, float *amplifier)
{
	const int width = geometry_raw_width(g);
	const int first = g->data_x + g->data_width + OVERSCAN_SKIP;
	const size_t count = (size_t)(width - first);
	double level = 0, sum = 0, squares = 0;
	for (int y = 0; y < g->data_height; y++) {
		float *const row = amplifier + (size_t)y * (size_t)width;
		const double sorted = overscan_clipped_median(row + first, count);
		level += sorted;
		for (int x = 0; x < width; x++)
			row[x] -= (float)sorted;
		for (int x = first; x < width; x++) {
			sum += (double)row[x];
			squares += (double)row[x] * (double)row[x];
		}
	}
	const double values = (double)count * g->data_height;
	const double mean = sum / values;
	return (struct overscan_statistics){
	        .level = level / g->data_height,
	        .residual = mean,
	        .noise = sqrt(fmax(squares / values - mean * mean, 0)),
	};
}
