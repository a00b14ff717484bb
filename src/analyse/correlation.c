/* How the cycles of a task go with its misses of the last cache, over all levels. */
#include "analyse/distributions_parts.h"

#include "analyse/plausibility.h"
#include "analyse/quantile.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/str.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>

/* Fewer tasks, or fewer trials for the interval, say nothing. */
enum { LEAST_TASKS = 3, LEAST_TRIALS = 3 };

/* The tasks that have both counts. */
struct pairs {
	double *misses;
	double *cycles;
	double *weights;
	uint32_t *trials;
	uint32_t *levels;
	size_t count;
};

static void release_pairs(struct pairs *pairs)
{
	free(pairs->misses);
	free(pairs->cycles);
	free(pairs->weights);
	free(pairs->trials);
	free(pairs->levels);
}

#define cleanup_pairs __attribute__((cleanup(release_pairs)))

static int allocate_pairs(size_t count, struct pairs *pairs, struct error *err)
{
	pairs->misses = malloc(count * sizeof *pairs->misses);
	pairs->cycles = malloc(count * sizeof *pairs->cycles);
	pairs->weights = malloc(count * sizeof *pairs->weights);
	pairs->trials = malloc(count * sizeof *pairs->trials);
	pairs->levels = malloc(count * sizeof *pairs->levels);
	return pairs->misses && pairs->cycles && pairs->weights && pairs->trials && pairs->levels
	               ? 0
	               : error_memory(err);
}

/* Weighted sums of two centred columns. */
struct sums {
	double w, x, y, xx, xy, yy;
};

static void add_pair(struct sums *sums, double w, double x, double y)
{
	sums->w += w;
	sums->x += w * x;
	sums->y += w * y;
	sums->xx += w * x * x;
	sums->xy += w * x * y;
	sums->yy += w * y * y;
}

static double slope_of(const struct sums *s)
{
	return (s->xy - s->x * s->y / s->w) / (s->xx - s->x * s->x / s->w);
}

static double pearson_of(const struct sums *s)
{
	const double xx = s->xx - s->x * s->x / s->w;
	const double yy = s->yy - s->y * s->y / s->w;
	return (s->xy - s->x * s->y / s->w) / sqrt(xx * yy);
}

static double weighted_mean(const double *values, const double *weights, size_t count)
{
	double sum = 0;
	double weight = 0;
	for (size_t i = 0; i < count; i++) {
		sum += weights[i] * values[i];
		weight += weights[i];
	}
	return sum / weight;
}

/* Sets why the counts as a whole cannot be compared, if they cannot. A text of its own is on the
 * heap, since findings are copied. Returns 0 or -ENOMEM. */
static int find_reason(const struct summary *summary, const struct task_columns *columns,
                       struct correlation *correlation, struct error *err)
{
	const struct dataset *const dataset = summary->dataset;
	if (columns->misses_event < 0) {
		correlation->reason = "LLC-load-misses were not asked for";
		return 0;
	}
	const struct event_definition *const event = &dataset->events[columns->misses_event];
	for (size_t i = 0; i < summary->level_count; i++) {
		const struct counter_summary *const counter =
		        &summary->levels[i].counters[columns->misses_event];
		char name[64];
		if (counter->state != COUNTER_IMPLAUSIBLE || !counter->reason)
			continue;
		int r = str_format(&correlation->text, err,
		                   "%s is implausible at %s, so that nothing of it is believed",
		                   event->name, summary_level_name(summary, i, name));
		correlation->reason = correlation->text;
		return r;
	}
	if (event->state != COUNTER_OK && event->state != COUNTER_SCALED)
		correlation->reason =
		        event->reason[0] ? event->reason : "LLC-load-misses could not be counted";
	return 0;
}

static void collect_pairs(const struct summary *summary, const struct task_columns *columns,
                          struct pairs *pairs, size_t *left_out)
{
	const struct dataset *const dataset = summary->dataset;
	const struct memory_bound bound = memory_bound_of(&dataset->host);
	for (size_t l = 0; l < summary->level_count; l++)
		for (size_t i = columns->level_first[l]; i < columns->level_first[l + 1]; i++) {
			const double cycles = columns->figures[FIGURE_CYCLES][i];
			if (!isfinite(cycles) || !isfinite(columns->misses[i]))
				continue;
			if (!plausible_misses(columns->misses[i], columns->first_misses[i],
			                      columns->figures[FIGURE_WALL_S][i],
			                      bound.bytes_per_s)) {
				(*left_out)++;
				continue;
			}
			const size_t k = pairs->count++;
			pairs->misses[k] = columns->misses[i];
			pairs->cycles[k] = cycles;
			pairs->weights[k] = columns->weight[i];
			pairs->trials[k] = dataset->tasks[columns->task[i]].trial;
			pairs->levels[k] = (uint32_t)l;
		}
}

/* Weighted mid-ranks, 0 to 1: equal values share the middle of theirs. */
static void rank(const double *values, const double *weights, size_t count,
                 struct weighted_value *items, double *ranks)
{
	for (size_t i = 0; i < count; i++)
		items[i] = (struct weighted_value){values[i], (double)i};
	quantile_sort(items, count);
	double before = 0;
	for (size_t first = 0; first < count;) {
		size_t end = first;
		double weight = 0;
		for (; end < count && !(items[end].value > items[first].value); end++)
			weight += weights[(size_t)items[end].weight];
		for (; first < end; first++)
			ranks[(size_t)items[first].weight] = before + weight / 2;
		before += weight;
	}
}

static int measure_spearman(const struct pairs *pairs, double *ret_spearman, struct error *err)
{
	cleanup_free struct weighted_value *items = malloc(pairs->count * sizeof *items);
	cleanup_free double *x = calloc(pairs->count, sizeof *x);
	cleanup_free double *y = calloc(pairs->count, sizeof *y);
	if (!items || !x || !y)
		return error_memory(err);
	rank(pairs->misses, pairs->weights, pairs->count, items, x);
	rank(pairs->cycles, pairs->weights, pairs->count, items, y);
	const double mean_x = weighted_mean(x, pairs->weights, pairs->count);
	const double mean_y = weighted_mean(y, pairs->weights, pairs->count);
	struct sums sums = {0};
	for (size_t i = 0; i < pairs->count; i++)
		add_pair(&sums, pairs->weights[i], x[i] - mean_x, y[i] - mean_y);
	*ret_spearman = pearson_of(&sums);
	return 0;
}

/* The interval of the slope from leaving out one trial at a time (the jackknife): tasks of one
 * trial are not independent, trials are. sums are of all pairs, pairs of a trial stand together. */
static void find_interval(const struct pairs *pairs, double mean_x, double mean_y,
                          const struct sums *sums, struct correlation *correlation)
{
	double mean = 0; /* of the slopes, and the sum of squares around it, by Welford's steps */
	double squares = 0;
	size_t trials = 0;
	for (size_t first = 0; first < pairs->count;) {
		struct sums own = {0};
		size_t i = first;
		for (; i < pairs->count && pairs->trials[i] == pairs->trials[first]; i++)
			add_pair(&own, pairs->weights[i], pairs->misses[i] - mean_x,
			         pairs->cycles[i] - mean_y);
		const struct sums rest = {sums->w - own.w,   sums->x - own.x,   sums->y - own.y,
		                          sums->xx - own.xx, sums->xy - own.xy, sums->yy - own.yy};
		const double slope = slope_of(&rest);
		const double step = slope - mean;
		trials++;
		mean += step / (double)trials;
		squares += step * (slope - mean);
		first = i;
	}
	correlation->trials = trials;
	if (trials < LEAST_TRIALS || !isfinite(squares)) {
		correlation->slope_reason =
		        "fewer than 3 trials: tasks of one trial are not independent";
		return;
	}
	const double n = (double)trials;
	const double half = gsl_cdf_tdist_Pinv(0.975, n - 1) * sqrt((n - 1) / n * squares);
	correlation->slope_low = correlation->slope - half;
	correlation->slope_high = correlation->slope + half;
}

/* Evenly from the tasks of every level. Pairs stand by level. */
static int choose_points(const struct pairs *pairs, struct correlation *correlation,
                         struct error *err)
{
	size_t levels = 1;
	for (size_t i = 1; i < pairs->count; i++)
		levels += pairs->levels[i] != pairs->levels[i - 1];
	const size_t most = levels < SCATTER_MOST ? SCATTER_MOST / levels : 1;
	correlation->points = calloc(most * levels, sizeof *correlation->points);
	if (!correlation->points)
		return error_memory(err);
	for (size_t first = 0; first < pairs->count;) {
		size_t end = first;
		while (end < pairs->count && pairs->levels[end] == pairs->levels[first])
			end++;
		const size_t count = end - first < most ? end - first : most;
		for (size_t k = 0; k < count; k++) {
			const size_t i = first + k * (end - first) / count;
			correlation->points[correlation->point_count++] = (struct scatter_point){
			        pairs->levels[i], pairs->misses[i], pairs->cycles[i]};
		}
		first = end;
	}
	return 0;
}

static int correlate(const struct pairs *pairs, struct correlation *correlation, struct error *err)
{
	const double mean_x = weighted_mean(pairs->misses, pairs->weights, pairs->count);
	const double mean_y = weighted_mean(pairs->cycles, pairs->weights, pairs->count);
	struct sums sums = {0};
	for (size_t i = 0; i < pairs->count; i++)
		add_pair(&sums, pairs->weights[i], pairs->misses[i] - mean_x,
		         pairs->cycles[i] - mean_y);
	/* Rounding leaves a little of what is nothing. */
	const double least = 1e-18 * sums.w;
	if (!(sums.xx > least * mean_x * mean_x) || !(sums.yy > least * mean_y * mean_y)) {
		correlation->reason = "all tasks counted the same";
		return 0;
	}
	correlation->pearson = pearson_of(&sums);
	correlation->slope = slope_of(&sums);
	correlation->intercept = mean_y - correlation->slope * mean_x;
	find_interval(pairs, mean_x, mean_y, &sums, correlation);
	const int r = measure_spearman(pairs, &correlation->spearman, err);
	return r < 0 ? r : choose_points(pairs, correlation, err);
}

int correlation_measure(const struct summary *summary, const struct task_columns *columns,
                        struct distributions *ret_distributions, struct error *err)
{
	struct correlation *const correlation = &ret_distributions->cycles_misses;
	*correlation = (struct correlation){.pearson = NAN,
	                                    .spearman = NAN,
	                                    .slope = NAN,
	                                    .slope_low = NAN,
	                                    .slope_high = NAN,
	                                    .intercept = NAN};
	int r = find_reason(summary, columns, correlation, err);
	if (r < 0 || correlation->reason)
		return r;
	struct pairs pairs cleanup_pairs = {0};
	r = allocate_pairs(columns->count + 1, &pairs, err);
	if (r < 0)
		return r;
	collect_pairs(summary, columns, &pairs, &correlation->left_out);
	correlation->tasks = pairs.count;
	if (pairs.count < LEAST_TASKS) {
		correlation->reason = "fewer than 3 tasks counted both";
		return 0;
	}
	return correlate(&pairs, correlation, err);
}
