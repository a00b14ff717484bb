#include "analyse/curve.h"

#include "analyse/summary_parts.h"
#include "core/array.h"
#include "core/error.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A pooled variance of logs below this is no noise but the grain of numbers: repeats that are all
 * the same say nothing of how much they would vary. */
static const double least_log_variance = 1e-20;

const char *const curve_weights_names[] = {"equal", "variance"};

void curve_init(struct curve *curve)
{
	*curve = (struct curve){.pooled_log_variance = NAN};
}

int curve_add(struct curve *curve, const struct curve_point *point, struct error *err)
{
	int r = array_reserve(&curve->points, &curve->capacity, curve->count + 1,
	                      sizeof *curve->points, err);
	if (r < 0)
		return r;
	size_t at = curve->count;
	for (; at > 0 && curve->points[at - 1].concurrency > point->concurrency; at--)
		curve->points[at] = curve->points[at - 1];
	curve->points[at] = *point;
	curve->count++;
	return 0;
}

void curve_finish(struct curve *curve)
{
	bool has_errors = curve->count > 0;
	for (size_t i = 0; i < curve->count; i++)
		has_errors = has_errors && curve->points[i].se > 0;
	curve->weights = has_errors ? WEIGHTS_VARIANCE : WEIGHTS_EQUAL;
	curve->baseline = 0;
	for (size_t i = curve->count; i-- > 0;)
		if (curve->points[i].throughput_per_s > 0)
			curve->baseline = i;
}

static bool is_on_curve(const struct level_summary *level, const char *policy)
{
	return strcmp(level->level->policy, policy) == 0 && !level->is_censored &&
	       level->throughput_per_s.value > 0;
}

/* Adds a level's squared deviations of log throughput from its mean, and its degrees of freedom. */
static void pool_level(const struct summary *summary, size_t level, double *squares,
                       size_t *freedom)
{
	const double mean = log(summary->levels[level].throughput_per_s.value);
	size_t trials = 0;
	for (size_t t = 0; t < summary->trial_count; t++) {
		const struct trial_summary *const trial = &summary->trials[t];
		if (!summary_trial_is_used(trial, level))
			continue;
		const double d = log(trial->throughput_per_s) - mean;
		*squares += d * d;
		trials++;
	}
	if (trials > 1)
		*freedom += trials - 1;
}

static void set_errors(struct curve *curve, double squares, size_t freedom)
{
	const double variance = freedom > 0 ? squares / (double)freedom : (double)NAN;
	if (!(variance > least_log_variance))
		return;
	curve->pooled_log_variance = variance;
	curve->pooled_freedom = freedom;
	for (size_t i = 0; i < curve->count; i++) {
		struct curve_point *const point = &curve->points[i];
		point->se = point->throughput_per_s * sqrt(variance / (double)point->trials);
	}
}

int curve_from_summary(const struct summary *summary, const char *policy, struct curve *ret_curve,
                       struct error *err)
{
	cleanup_curve struct curve curve;
	double squares = 0;
	size_t freedom = 0;
	double baseline = NAN;
	curve_init(&curve);
	for (size_t i = 0; i < summary->level_count; i++) {
		const struct level_summary *const level = &summary->levels[i];
		if (!is_on_curve(level, policy))
			continue;
		const struct curve_point point = {
		        .concurrency = level->level->concurrency,
		        .throughput_per_s = level->throughput_per_s.value,
		        .se = NAN,
		        .trials = level->throughput_per_s.n,
		};
		int r = curve_add(&curve, &point, err);
		if (r < 0)
			return r;
		pool_level(summary, i, &squares, &freedom);
		if (level->is_baseline)
			baseline = point.concurrency;
	}
	set_errors(&curve, squares, freedom);
	curve_finish(&curve);
	for (size_t i = 0; i < curve.count; i++)
		if (curve.points[i].concurrency == baseline)
			curve.baseline = i;
	*ret_curve = curve;
	curve = (struct curve){0};
	return 0;
}

int curve_copy(const struct curve *curve, struct curve *ret_copy, struct error *err)
{
	struct curve copy = *curve;
	copy.points = NULL;
	copy.capacity = 0;
	int r = array_reserve(&copy.points, &copy.capacity, curve->count + 1, sizeof *copy.points,
	                      err);
	if (r < 0)
		return r;
	for (size_t i = 0; i < curve->count; i++)
		copy.points[i] = curve->points[i];
	*ret_copy = copy;
	return 0;
}

void curve_release(struct curve *curve)
{
	if (!curve)
		return;
	free(curve->points);
	curve_init(curve);
}

double curve_baseline_rate(const struct curve *curve)
{
	if (curve->count == 0)
		return NAN;
	const struct curve_point *const point = &curve->points[curve->baseline];
	return point->throughput_per_s > 0 ? point->throughput_per_s / point->concurrency
	                                   : (double)NAN;
}
