#include "analyse/scaling_parts.h"

#include "analyse/stated.h"
#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const curve_weights_names[] = {"equal", "variance"};

void curve_init(struct curve *curve)
{
	*curve = (struct curve){.pooled_log_variance = NAN, .common_log_se = NAN};
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

int curve_from_summary(const struct summary *summary, const char *policy, struct curve *ret_curve,
                       struct error *err)
{
	cleanup_curve struct curve curve;
	cleanup_free size_t *levels = calloc(summary->level_count + 1, sizeof *levels);
	double baseline = NAN;
	curve_init(&curve);
	if (!levels)
		return error_memory(err);
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
		levels[curve.count - 1] = i; /* ascending, as levels are */
		if (level->is_baseline)
			baseline = point.concurrency;
	}
	int r = curve_measure_noise(summary, levels, &curve, err);
	if (r < 0)
		return r;
	for (size_t i = 0; i < curve.count; i++)
		if (summary->levels[levels[i]].is_stated)
			curve.points[i].se =
			        stated_standard_error(&summary->levels[levels[i]].throughput_per_s);
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
