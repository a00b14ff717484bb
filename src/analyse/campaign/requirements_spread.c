/* Figures of tasks, and how they are spread. */
#include "analyse/campaign/requirements_parts.h"
#include "analyse/quantile.h"
#include "core/cleanup.h"
#include "core/error.h"

#include <gsl/gsl_statistics_double.h>
#include <math.h>

const char *const campaign_figure_names[CAMPAIGN_FIGURES] = {
        [CAMPAIGN_WALL] = "wall_s",
        [CAMPAIGN_CPU] = "cpu_s",
        [CAMPAIGN_EFFICIENCY] = "cpu_efficiency",
        [CAMPAIGN_MAX_RSS] = "max_rss_bytes",
};

/* Tukey's fences, in interquartile ranges from the box. */
static const double FENCE = 1.5;

/* RECORD_ABSENT is below 0 as everything is that no time and no size can be. */
static double known(int64_t value, double unit)
{
	return value >= 0 ? (double)value / unit : (double)NAN;
}

double requirements_figure(const struct campaign_task *task, enum campaign_figure figure)
{
	const double wall = known(task->wall_ns, 1e9);
	const double cpu = known(task->cpu_ns, 1e9);
	switch (figure) {
	case CAMPAIGN_WALL:
		return wall;
	case CAMPAIGN_CPU:
		return cpu;
	case CAMPAIGN_EFFICIENCY:
		return wall > 0 ? cpu / (wall * (task->cores > 0 ? task->cores : 1)) : (double)NAN;
	case CAMPAIGN_MAX_RSS:
		return known(task->max_rss_bytes, 1);
	case CAMPAIGN_FIGURES:
		break;
	}
	return NAN;
}

/* The first of the ascending values that is not below limit; count where none is. */
static size_t first_from(const double *sorted, size_t count, double limit)
{
	size_t low = 0;
	while (count > 0) {
		const size_t half = count / 2;
		if (sorted[low + half] < limit) {
			low += half + 1;
			count -= half + 1;
		} else {
			count = half;
		}
	}
	return low;
}

static void add_whiskers(struct campaign_spread *spread)
{
	const double fence = FENCE * (spread->q3 - spread->q1);
	const size_t first = first_from(spread->sorted, spread->n, spread->q1 - fence);
	const double above = nextafter(spread->q3 + fence, INFINITY);
	const size_t end = first_from(spread->sorted, spread->n, above);
	spread->whisker_low = spread->sorted[first];
	spread->whisker_high = spread->sorted[end - 1];
	spread->outliers = first + (spread->n - end);
}

static double quantile_of(const struct campaign_spread *spread, double p)
{
	return gsl_stats_quantile_from_sorted_data(spread->sorted, 1, spread->n, p);
}

/* The variance of the share of values up to the p quantile by what stretches of time differ by,
 * over that of independent values. */
static double effect_at(const double *values, const uint8_t *stretch, size_t count, double p,
                        double quantile)
{
	double off[CAMPAIGN_STRETCHES] = {0};
	size_t n = 0;
	double share = 0;
	for (size_t i = 0; i < count; i++) {
		n += !isnan(values[i]);
		share += values[i] <= quantile;
	}
	share /= (double)n;
	for (size_t i = 0; i < count; i++)
		if (!isnan(values[i]))
			off[stretch[i]] += (values[i] <= quantile) - share;
	double squares = 0;
	for (size_t s = 0; s < CAMPAIGN_STRETCHES; s++)
		squares += off[s] * off[s];
	const double few = (double)CAMPAIGN_STRETCHES / (CAMPAIGN_STRETCHES - 1);
	return fmax(few * squares / ((double)n * p * (1 - p)), 1);
}

int requirements_spread(const double *values, const uint8_t *stretch, size_t count,
                        struct campaign_spread *ret_spread, struct error *err)
{
	struct campaign_spread spread = {.min = NAN,
	                                 .q1 = NAN,
	                                 .p50 = NAN,
	                                 .q3 = NAN,
	                                 .p95 = NAN,
	                                 .p99 = NAN,
	                                 .max = NAN,
	                                 .mean = NAN,
	                                 .sum = NAN,
	                                 .whisker_low = NAN,
	                                 .whisker_high = NAN,
	                                 .p50_effect = 1,
	                                 .p95_effect = 1};
	for (size_t i = 0; i < count; i++)
		spread.n += !isnan(values[i]);
	if (spread.n == 0) {
		*ret_spread = spread;
		return 0;
	}
	cleanup_free struct weighted_value *items = calloc(spread.n, sizeof *items);
	spread.sorted = calloc(spread.n, sizeof *spread.sorted);
	if (!items || !spread.sorted) {
		free(spread.sorted);
		return error_memory(err);
	}
	size_t n = 0;
	for (size_t i = 0; i < count; i++)
		if (!isnan(values[i]))
			items[n++] = (struct weighted_value){values[i], 1};
	quantile_sort(items, n);
	spread.sum = 0;
	for (size_t i = 0; i < n; i++) {
		spread.sorted[i] = items[i].value;
		spread.sum += items[i].value;
	}
	spread.mean = spread.sum / (double)n;
	spread.min = spread.sorted[0];
	spread.q1 = quantile_of(&spread, 0.25);
	spread.p50 = quantile_of(&spread, 0.5);
	spread.q3 = quantile_of(&spread, 0.75);
	spread.p95 = quantile_of(&spread, 0.95);
	spread.p99 = quantile_of(&spread, 0.99);
	spread.max = spread.sorted[n - 1];
	add_whiskers(&spread);
	if (stretch) {
		spread.p50_effect = effect_at(values, stretch, count, 0.5, spread.p50);
		spread.p95_effect = effect_at(values, stretch, count, 0.95, spread.p95);
	}
	*ret_spread = spread;
	return 0;
}
