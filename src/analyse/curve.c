#include "analyse/curve.h"

#include "analyse/summary_parts.h"
#include "core/array.h"
#include "core/cleanup.h"
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

/* What the trials of a level say of the noise. */
struct level_noise {
	double squares; /* of log throughput, around the level's mean */
	size_t freedom;
	double sampling; /* variance of a trial's log throughput that comes from its tasks alone */
};

/* Squared coefficient of variation of walls within the level's trials, pooled; 0 where no trial
 * has two tasks. */
static double pooled_wall_variance(const struct summary *summary, size_t level)
{
	double squares = 0;
	double freedom = 0;
	for (size_t t = 0; t < summary->trial_count; t++) {
		const struct trial_summary *const trial = &summary->trials[t];
		const double tasks = (double)trial->measured - (double)trial->failed;
		if (!summary_trial_is_used(trial, level) || !(tasks > 1) ||
		    !isfinite(trial->wall_cv))
			continue;
		squares += tasks * trial->wall_cv * trial->wall_cv;
		freedom += tasks - 1;
	}
	return freedom > 0 ? squares / freedom : 0;
}

static struct level_noise noise_of_level(const struct summary *summary, size_t level)
{
	const double mean = log(summary->levels[level].throughput_per_s.value);
	const double wall_variance = pooled_wall_variance(summary, level);
	struct level_noise noise = {0};
	size_t trials = 0;
	for (size_t t = 0; t < summary->trial_count; t++) {
		const struct trial_summary *const trial = &summary->trials[t];
		if (!summary_trial_is_used(trial, level))
			continue;
		const double d = log(trial->throughput_per_s) - mean;
		noise.squares += d * d;
		/* Renewal theory: m tasks in a window vary by CV^2 / m. */
		noise.sampling += wall_variance / trial->successes;
		trials++;
	}
	noise.freedom = trials > 1 ? trials - 1 : 0;
	noise.sampling /= (double)trials;
	return noise;
}

/* Sum of the levels' squares over their variances, if `between` is what trials differ by. */
static double scaled_squares(const struct level_noise *noise, size_t count, double between)
{
	double sum = 0;
	for (size_t i = 0; i < count; i++)
		if (noise[i].freedom > 0)
			sum += noise[i].squares / (between + noise[i].sampling);
	return sum;
}

/* The variance between trials at which the squares are as large as their degrees of freedom say
 * (Paule and Mandel 1982), 0 where windows with few tasks explain them all. most is larger. */
static double variance_between(const struct level_noise *noise, size_t count, size_t freedom,
                               double most)
{
	double low = 0;
	double high = most;
	if (scaled_squares(noise, count, most * 1e-12) <= (double)freedom)
		return 0;
	for (int i = 0; i < 100; i++) {
		const double middle = (low + high) / 2;
		if (scaled_squares(noise, count, middle) > (double)freedom)
			low = middle;
		else
			high = middle;
	}
	return high;
}

/* How many degrees of freedom the least of the variances is known with: those of a single pooled
 * variance, less where most of the repeats are of levels that vary much more. From the information
 * on `between`, sum(freedom / variance^2) / 2. */
static double effective_freedom(const struct level_noise *noise, size_t count, double between)
{
	double information = 0;
	double least = INFINITY;
	for (size_t i = 0; i < count; i++) {
		const double variance = between + noise[i].sampling;
		least = fmin(least, variance);
		information += (double)noise[i].freedom / (variance * variance);
	}
	return least * least * information;
}

/* The variance of a trial has two parts: what trials differ by, the same in relative terms at every
 * level and hence pooled, and what a window with few tasks varies by, which is the larger part at
 * small N. */
static void set_errors(struct curve *curve, const struct level_noise *noise)
{
	double squares = 0;
	size_t freedom = 0;
	for (size_t i = 0; i < curve->count; i++) {
		squares += noise[i].squares;
		freedom += noise[i].freedom;
	}
	if (freedom == 0 || !(squares / (double)freedom > least_log_variance))
		return;
	/* No level's variance is above all squares over one degree of freedom. */
	const double between = variance_between(noise, curve->count, freedom, squares);
	curve->pooled_log_variance = squares / (double)freedom;
	curve->pooled_freedom =
	        (size_t)fmax(1, floor(effective_freedom(noise, curve->count, between) + 1e-6));
	for (size_t i = 0; i < curve->count; i++) {
		struct curve_point *const point = &curve->points[i];
		const double variance = between + noise[i].sampling;
		point->se = point->throughput_per_s * sqrt(variance / (double)point->trials);
	}
}

int curve_from_summary(const struct summary *summary, const char *policy, struct curve *ret_curve,
                       struct error *err)
{
	cleanup_curve struct curve curve;
	cleanup_free struct level_noise *noise = calloc(summary->level_count + 1, sizeof *noise);
	double baseline = NAN;
	curve_init(&curve);
	if (!noise)
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
		noise[curve.count - 1] = noise_of_level(summary, i); /* ascending, as levels are */
		if (level->is_baseline)
			baseline = point.concurrency;
	}
	set_errors(&curve, noise);
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
