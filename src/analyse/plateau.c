/* Where a curve stops rising: the rule, its interval by a parametric bootstrap, and how many tasks
 * to run. */
#include "analyse/scaling_parts.h"

#include "core/cleanup.h"
#include "core/error.h"
#include "core/rng.h"

#include <gsl/gsl_math.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { BOOTSTRAP_DRAWS = 4000, BOOTSTRAP_MOST_POINTS = 4096 };

/* The rule of the plateau. */
static const double share_of_most = 0.95;
static const double least_average_gain = 0.5;

/* The rule of the recommendation. */
static const double least_gain = 0.1;

const char *const plateau_limit_names[PLATEAU_LIMITS] = {"none", "marginal-gain", "memory", "cores",
                                                         "measured"};

size_t plateau_begins(const struct curve_point *points, const double *x, size_t count, double rate)
{
	const size_t top = count - 1;
	double most = 0;
	for (size_t i = 0; i < count; i++)
		most = fmax(most, x[i]);
	for (size_t i = 0; i < top; i++) {
		const double gain =
		        (x[top] - x[i]) / (points[top].concurrency - points[i].concurrency);
		if (x[i] >= share_of_most * most && gain < least_average_gain * rate)
			return i;
	}
	return top;
}

void plateau_isotonic(const double *x, const double *weights, size_t count, double *y)
{
	/* Block by block: y holds a block's mean at its first place, ends where it ends. A block
	 * that is below the one before is merged with it. */
	for (size_t i = 0; i < count; i++) {
		size_t first = i;
		double sum = weights[i] * x[i];
		double weight = weights[i];
		double mean = x[i];
		while (first > 0 && y[first - 1] >= mean) {
			const double before = y[first - 1];
			while (first > 0 && y[first - 1] == before) {
				first--;
				sum += weights[first] * x[first];
				weight += weights[first];
			}
			mean = sum / weight;
		}
		for (size_t j = first; j <= i; j++)
			y[j] = mean;
	}
}

/* How far the points may lie from where they would lie without noise. */
struct noise {
	double *sd;     /* tasks/s, by point */
	size_t freedom; /* how well the scale of all sd is known; 0: exactly */
	bool is_of_repeats;
};

/* A chi-square variate over its freedom (Marsaglia and Tsang 2000). */
static double scaled_chi_square(struct rng *rng, size_t freedom)
{
	if (freedom < 2) {
		const double z = rng_normal(rng);
		return z * z;
	}
	const double d = (double)freedom / 2 - 1.0 / 3;
	for (;;) {
		const double z = rng_normal(rng);
		const double v = gsl_pow_3(1 + z / sqrt(9 * d));
		if (v > 0 && log(rng_uniform(rng)) < z * z / 2 + d - d * v + d * log(v))
			return d * v * 2 / (double)freedom;
	}
}

/* One curve as it might have been measured. */
static void draw_curve(const struct curve *curve, const struct noise *noise, struct rng *rng,
                       double *x)
{
	/* Where the noise is known from few repeats it may be larger than it seems: Student's t,
	 * with one scale for all points. */
	double scale = 1;
	if (noise->freedom > 0) {
		const double least = 1e-6; /* one degree of freedom comes near 0 */
		scale = 1 / sqrt(fmax(least, scaled_chi_square(rng, noise->freedom)));
	}
	for (size_t i = 0; i < curve->count; i++)
		x[i] = fmax(0, curve->points[i].throughput_per_s +
		                       scale * noise->sd[i] * rng_normal(rng));
}

/* Fills counts: how many of the drawn curves have their plateau at each point. */
static void bootstrap(const struct curve *curve, const struct noise *noise, uint64_t seed,
                      double *x, size_t *counts)
{
	struct rng rng;
	rng_init(&rng, seed, curve->count);
	const double concurrency = curve->points[curve->baseline].concurrency;
	const double measured = curve_baseline_rate(curve);
	for (size_t draw = 0; draw < BOOTSTRAP_DRAWS; draw++) {
		draw_curve(curve, noise, &rng, x);
		/* Residuals of equal weight say little of the noise at the lowest level, where
		 * throughput is least: there its rate is taken as it was measured. */
		const double rate =
		        noise->is_of_repeats ? x[curve->baseline] / concurrency : measured;
		counts[plateau_begins(curve->points, x, curve->count, rate)]++;
	}
}

/* Index of the point at which `share` of the draws is reached. */
static size_t quantile_of(const size_t *counts, size_t count, double share)
{
	size_t sum = 0;
	for (size_t i = 0; i < count; i++) {
		sum += counts[i];
		if ((double)sum >= share * BOOTSTRAP_DRAWS)
			return i;
	}
	return count - 1;
}

/* Without repeats, the residuals of what is nearest to the points stand for the noise, a model or a
 * line that bends once: what a curve is too stiff for is no noise. Returns false where there are no
 * residuals. */
static bool find_residual_noise(const struct curve *curve, const struct fit *fits, double *ret_sd,
                                size_t *ret_freedom)
{
	*ret_sd = bent_line_residual_se(curve, ret_freedom);
	for (size_t m = 0; m < FIT_MODELS; m++)
		if (isfinite(fits[m].residual_se) && !(fits[m].residual_se >= *ret_sd)) {
			*ret_sd = fits[m].residual_se;
			*ret_freedom = curve->count - fit_model_parameters[m];
		}
	return isfinite(*ret_sd);
}

/* Returns false where nothing says how large the noise is. */
static bool find_noise(const struct curve *curve, const struct fit *fits, struct noise *noise)
{
	double residual_se = NAN;
	noise->is_of_repeats = curve->weights == WEIGHTS_VARIANCE;
	noise->freedom = curve->pooled_freedom;
	if (!noise->is_of_repeats &&
	    !find_residual_noise(curve, fits, &residual_se, &noise->freedom))
		return false;
	for (size_t i = 0; i < curve->count; i++)
		noise->sd[i] = noise->is_of_repeats ? curve->points[i].se : residual_se;
	return true;
}

/* The first of the levels that are as good as the highest: from 95 % of its N on, a linear machine
 * reaches 95 % of its throughput too. */
static size_t first_at_top(const struct curve *curve)
{
	size_t i = curve->count - 1;
	const double top = curve->points[i].concurrency;
	while (i > 0 && curve->points[i - 1].concurrency >= share_of_most * top)
		i--;
	return i;
}

/* What the top of the curve is, and what was planned above it: "the highest level measured". */
static void name_top(const struct scaling_limits *limits, char text[160])
{
	if (limits->left_out > 0)
		snprintf(text, 160,
		         "the highest level with a usable throughput (N=%u is left out: %s)",
		         limits->left_out, limits->left_out_reason);
	else
		snprintf(text, 160, "the highest level %s",
		         limits->is_imported ? "that was imported" : "measured");
}

static void identify(const struct curve *curve, const struct scaling_limits *limits, size_t point,
                     size_t low, size_t high, struct plateau *plateau)
{
	char at_top[160];
	const size_t top = first_at_top(curve);
	plateau->low = curve->points[low].concurrency;
	name_top(limits, at_top);
	if (point >= top) {
		plateau->is_rising = limits->left_out == 0;
		snprintf(plateau->state_reason, sizeof plateau->state_reason,
		         plateau->is_rising ? "throughput still rises at N=%.10g, %s"
		                            : "the curve ends at N=%.10g, %s",
		         curve->points[curve->count - 1].concurrency, at_top);
		return;
	}
	if (high >= top) {
		snprintf(plateau->state_reason, sizeof plateau->state_reason,
		         "its interval reaches %s: it may lie beyond", at_top);
		return;
	}
	plateau->is_identified = true;
	plateau->concurrency = curve->points[point].concurrency;
	plateau->high = curve->points[high].concurrency;
}

static void say_state(struct plateau *plateau, const char *reason)
{
	snprintf(plateau->state_reason, sizeof plateau->state_reason, "%s", reason);
}

/* x has room for two numbers of every point, counts for one; counts is all 0. */
static void place_plateau(const struct curve *curve, const struct fit *fits,
                          const struct scaling_limits *limits, double *x, size_t *counts,
                          struct plateau *plateau)
{
	struct noise noise = {.sd = x + curve->count};
	if (curve->count > BOOTSTRAP_MOST_POINTS) {
		plateau->interval_reason = "more than 4096 levels are too many for an interval";
		say_state(plateau, plateau->interval_reason);
		return;
	}
	if (!find_noise(curve, fits, &noise)) {
		plateau->interval_reason = "nothing says how large the noise is: it needs repeats, "
		                           "or more levels than a model has parameters";
		say_state(plateau, plateau->interval_reason);
		return;
	}
	for (size_t i = 0; i < curve->count; i++)
		x[i] = curve->points[i].throughput_per_s;
	const size_t point =
	        plateau_begins(curve->points, x, curve->count, curve_baseline_rate(curve));
	bootstrap(curve, &noise, limits->seed, x, counts);
	identify(curve, limits, point, quantile_of(counts, curve->count, 0.025),
	         quantile_of(counts, curve->count, 0.975), plateau);
}

static int find_plateau(const struct curve *curve, const struct fit *fits,
                        const struct scaling_limits *limits, struct plateau *plateau,
                        struct error *err)
{
	if (curve->count < 2 || isnan(curve_baseline_rate(curve))) {
		plateau->interval_reason = curve->count < 2
		                                   ? "it needs at least 2 levels with a throughput"
		                                   : "no level has a throughput above 0";
		say_state(plateau, plateau->interval_reason);
		return 0;
	}
	cleanup_free double *x = calloc(curve->count, 2 * sizeof *x);
	cleanup_free size_t *counts = calloc(curve->count, sizeof *counts);
	if (!x || !counts)
		return error_memory(err);
	place_plateau(curve, fits, limits, x, counts, plateau);
	return 0;
}

/* Up to the level of the largest throughput, and flat beyond: what comes down there is of no use to
 * anybody, and must not pull the levels below it down. */
static int make_isotonic(const struct curve *curve, struct plateau *plateau, struct error *err)
{
	const size_t count = curve->count;
	cleanup_free double *x = calloc(count + 1, 2 * sizeof *x);
	double *const weights = x ? x + count : NULL;
	plateau->isotonic = calloc(count + 1, sizeof *plateau->isotonic);
	if (!x || !plateau->isotonic)
		return error_memory(err);
	for (size_t i = 0; i < count; i++) {
		const struct curve_point *const point = &curve->points[i];
		x[i] = point->throughput_per_s;
		weights[i] = curve->weights == WEIGHTS_VARIANCE ? 1 / (point->se * point->se) : 1;
	}
	size_t peak = 0;
	for (size_t i = 1; i < count; i++)
		if (x[i] > x[peak])
			peak = i;
	const size_t rising = count > 0 ? peak + 1 : 0;
	plateau_isotonic(x, weights, rising, plateau->isotonic);
	for (size_t i = rising; i < count; i++)
		plateau->isotonic[i] = plateau->isotonic[peak];
	return 0;
}

/* What a further task adds between two levels of the isotonic curve, over what one adds at the
 * baseline. */
static double gain_between(const struct curve *curve, const double *y, size_t from, size_t to)
{
	const double tasks = curve->points[to].concurrency - curve->points[from].concurrency;
	const double rate = y[curve->baseline] / curve->points[curve->baseline].concurrency;
	return (y[to] - y[from]) / tasks / rate;
}

/* The first level past which a further task adds too little, both up to the next level and on
 * average up to the top: one level that came out low does not end the curve. */
static size_t find_recommended(const struct curve *curve, const double *y, double *ret_gain)
{
	/* Where it is flat up to the end, the end is where that begins. */
	size_t top = curve->count - 1;
	while (top > 0 && y[top - 1] >= y[top])
		top--;
	for (size_t i = 0; i < top; i++) {
		const double next = gain_between(curve, y, i, i + 1);
		const double average = gain_between(curve, y, i, top);
		if (next < least_gain && average < least_gain) {
			*ret_gain = next;
			return i;
		}
	}
	*ret_gain = top < curve->count - 1 ? 0 : (double)NAN;
	return top;
}

/* Up to which level all were worth it, "all cores: up to one task on each of the 64 cores". */
static void name_worthy(const struct curve *curve, const struct scaling_limits *limits,
                        enum plateau_limit limit, char text[224])
{
	char at_top[160];
	if (limit == LIMIT_CORES && limits->threads > 1) {
		snprintf(text, 224,
		         "all cores: up to N=%u, where tasks of %u threads each take every core",
		         limits->cores, limits->threads);
	} else if (limit == LIMIT_CORES) {
		snprintf(text, 224, "all cores: up to one task on each of the %u cores",
		         limits->cores);
	} else {
		name_top(limits, at_top);
		snprintf(text, 224, "up to N=%.10g, %s",
		         curve->points[curve->count - 1].concurrency, at_top);
	}
}

/* What find_recommended found to be too little. */
static void say_gain(const struct plateau *plateau, double n, double base, char *text, size_t size)
{
	const char *const whole = n > floor(n) ? "; N is a whole number" : "";
	if (plateau->marginal_gain > 0)
		snprintf(text, size,
		         "marginal gain: past N=%.10g a further task adds %.2g %% of the rate of a "
		         "task at N=%.10g, which is below %.0f %%%s",
		         n, plateau->marginal_gain * 100, base, least_gain * 100, whole);
	else
		snprintf(text, size, "marginal gain: past N=%.10g a further task adds nothing%s", n,
		         whole);
}

static void say_why(const struct curve *curve, const struct scaling_limits *limits, size_t level,
                    struct plateau *plateau)
{
	const double n = curve->points[level].concurrency;
	const double base = curve->points[curve->baseline].concurrency;
	char *const text = plateau->reason;
	const size_t size = sizeof plateau->reason;
	char worthy[224];
	switch (plateau->limit) {
	case LIMIT_MEMORY:
		snprintf(text, size,
		         "memory: no more than %u %s into it; by throughput it would be N=%.10g",
		         limits->memory, limits->memory == 1 ? "task fits" : "tasks fit", n);
		return;
	case LIMIT_CORES:
	case LIMIT_MEASURED:
		/* Between two levels it may add less: the rule holds from every level to the top.
		 */
		name_worthy(curve, limits, plateau->limit, worthy);
		snprintf(
		        text, size,
		        "%s, a further task adds on average at least %.0f %% of the rate of a task "
		        "at N=%.10g%s",
		        worthy, least_gain * 100, base,
		        plateau->limit == LIMIT_MEASURED && limits->left_out == 0
		                ? ": higher levels may do more"
		                : "");
		return;
	default:
		say_gain(plateau, n, base, text, size);
	}
}

static void recommend(const struct curve *curve, const struct scaling_limits *limits,
                      struct plateau *plateau)
{
	if (curve->count < 2 || isnan(curve_baseline_rate(curve))) {
		snprintf(plateau->reason, sizeof plateau->reason, "%s", plateau->state_reason);
		return;
	}
	const size_t level = find_recommended(curve, plateau->isotonic, &plateau->marginal_gain);
	const uint32_t n = (uint32_t)curve->points[level].concurrency;
	plateau->recommended = n;
	plateau->limit = LIMIT_GAIN;
	if (limits->memory > 0 && n > limits->memory) {
		plateau->limit = LIMIT_MEMORY;
		plateau->recommended = limits->memory;
	} else if (level == curve->count - 1) {
		plateau->limit = limits->cores == n ? LIMIT_CORES : LIMIT_MEASURED;
	}
	say_why(curve, limits, level, plateau);
	/* Where a further task is not worth it, the throughput may rise for all that. */
	if (plateau->is_rising && plateau->limit == LIMIT_GAIN) {
		char at_top[160];
		name_top(limits, at_top);
		snprintf(plateau->state_reason, sizeof plateau->state_reason,
		         "throughput still rises up to N=%.10g, %s, though by less per task than "
		         "makes more than %u worth while",
		         curve->points[curve->count - 1].concurrency, at_top, n);
	}
}

int plateau_build(const struct curve *curve, const struct fit *fits,
                  const struct scaling_limits *limits, struct plateau *ret_plateau,
                  struct error *err)
{
	struct plateau plateau = {
	        .concurrency = NAN, .low = NAN, .high = NAN, .marginal_gain = NAN};
	int r = find_plateau(curve, fits, limits, &plateau, err);
	if (r == 0)
		r = make_isotonic(curve, &plateau, err);
	if (r < 0) {
		plateau_release(&plateau);
		return r;
	}
	recommend(curve, limits, &plateau);
	*ret_plateau = plateau;
	return 0;
}

void plateau_release(struct plateau *plateau)
{
	if (!plateau)
		return;
	free(plateau->isotonic);
	plateau->isotonic = NULL;
}
