/* How far off a level's throughput may be, from its repeats. The log throughput of a trial is that
 * of its level, and three things besides: what its block differs by, which all levels of the block
 * share; what the trial itself differs by, the same in relative terms at every level; and what a
 * window with few tasks varies by, which is the largest part at small N. The first moves the curve
 * as a whole, the other two change its shape. */
#include "analyse/scaling_parts.h"

#include "analyse/summary_parts.h"
#include "core/cleanup.h"
#include "core/error.h"

#include <math.h>
#include <stdlib.h>

/* A variance of logs below this is no noise but the grain of numbers: repeats that are all the same
 * say nothing of how much they would vary. */
static const double least_log_variance = 1e-20;

/* What the trials of a level say. */
struct level_noise {
	double squares; /* of log throughput, around its mean and what blocks share */
	double freedom;
	double sampling; /* variance of a trial's log throughput that comes from its tasks alone */
	double variance; /* of a trial, as far as it is known */
};

/* One trial. */
struct deviation {
	uint32_t block;
	size_t point;
	double log; /* throughput against the level's mean */
};

struct noise {
	struct level_noise *levels;
	size_t level_count;
	struct deviation *trials; /* by block */
	size_t trial_count;
};

/* Squared coefficient of variation of walls within the level's trials, pooled; 0 where no trial
 * has two tasks. */
static double pooled_wall_variance(const struct summary *summary, size_t level)
{
	double squares = 0;
	double freedom = 0;
	for (const struct trial_summary *trial = summary->levels[level].first; trial;
	     trial = trial->next) {
		const double tasks = (double)trial->measured - (double)trial->failed;
		if (!summary_trial_is_used(trial, level) || !(tasks > 1) ||
		    !isfinite(trial->wall_cv))
			continue;
		squares += tasks * trial->wall_cv * trial->wall_cv;
		freedom += tasks - 1;
	}
	return freedom > 0 ? squares / freedom : 0;
}

static void read_level(const struct summary *summary, size_t level, size_t point,
                       struct noise *noise)
{
	const double mean = log(summary->levels[level].throughput_per_s.value);
	const double wall_variance = pooled_wall_variance(summary, level);
	struct level_noise *const at = &noise->levels[point];
	size_t trials = 0;
	for (const struct trial_summary *trial = summary->levels[level].first; trial;
	     trial = trial->next) {
		if (!summary_trial_is_used(trial, level))
			continue;
		const double d = log(trial->throughput_per_s) - mean;
		noise->trials[noise->trial_count++] =
		        (struct deviation){trial->trial->block, point, d};
		at->squares += d * d;
		/* Renewal theory: m tasks in a window vary by CV^2 / m. */
		at->sampling += wall_variance / trial->successes;
		trials++;
	}
	if (trials == 0)
		return; /* somebody else stated it */
	at->freedom = (double)trials - 1;
	at->sampling /= (double)trials;
}

static int by_block(const void *a, const void *b)
{
	const struct deviation *const x = a;
	const struct deviation *const y = b;
	if (x->block != y->block)
		return x->block < y->block ? -1 : 1;
	return x->point < y->point ? -1 : x->point > y->point;
}

/* Sum of the levels' squares over their variances, if `between` is what trials differ by. */
static double scaled_squares(const struct noise *noise, double between)
{
	double sum = 0;
	for (size_t i = 0; i < noise->level_count; i++)
		if (noise->levels[i].freedom > 0)
			sum += noise->levels[i].squares / (between + noise->levels[i].sampling);
	return sum;
}

/* The variance between trials at which the squares are as large as their degrees of freedom say
 * (Paule and Mandel 1982), 0 where windows with few tasks explain them all. Sets the variances.
 * Returns false where there is nothing to go by. */
static bool find_variances(struct noise *noise)
{
	double squares = 0;
	double freedom = 0;
	for (size_t i = 0; i < noise->level_count; i++) {
		squares += noise->levels[i].squares;
		freedom += noise->levels[i].freedom;
	}
	if (!(freedom > 0) || !(squares / freedom > least_log_variance))
		return false;
	double low = 0;
	double high = 2 * squares / fmin(1, freedom); /* no level varies so much */
	if (scaled_squares(noise, high * 1e-12) <= freedom)
		high = 0;
	for (int i = 0; i < 100; i++) {
		const double middle = (low + high) / 2;
		if (scaled_squares(noise, middle) > freedom)
			low = middle;
		else
			high = middle;
	}
	for (size_t i = 0; i < noise->level_count; i++)
		noise->levels[i].variance = high + noise->levels[i].sampling;
	return true;
}

/* The trials of one block. */
struct block {
	const struct deviation *trials;
	size_t count;
};

static struct block next_block(const struct noise *noise, size_t first)
{
	size_t end = first;
	while (end < noise->trial_count && noise->trials[end].block == noise->trials[first].block)
		end++;
	return (struct block){noise->trials + first, end - first};
}

/* What a block's trials have in common: their mean, weighted by their variances. ret_weight is the
 * sum of the weights. */
static double common_part(const struct noise *noise, const struct block *block, double *ret_weight)
{
	double weight = 0;
	double sum = 0;
	for (size_t i = 0; i < block->count; i++) {
		const double w = 1 / noise->levels[block->trials[i].point].variance;
		weight += w;
		sum += w * block->trials[i].log;
	}
	*ret_weight = weight;
	return sum / weight;
}

/* Works squares and degrees of freedom out again, without what the trials of a block have in
 * common. A trial that is alone in its block stays as it is. */
static void leave_blocks_out(struct noise *noise, double *freedoms)
{
	for (size_t i = 0; i < noise->level_count; i++) {
		const double trials = noise->levels[i].freedom + 1;
		freedoms[i] = noise->levels[i].freedom / trials; /* of each trial */
		noise->levels[i].squares = 0;
		noise->levels[i].freedom = 0;
	}
	struct block block;
	for (size_t t = 0; t < noise->trial_count; t += block.count) {
		double weight = 1;
		block = next_block(noise, t);
		const bool is_alone = block.count < 2;
		const double common = is_alone ? 0 : common_part(noise, &block, &weight);
		for (size_t i = 0; i < block.count; i++) {
			struct level_noise *const level = &noise->levels[block.trials[i].point];
			const double share = is_alone ? 0 : 1 / level->variance / weight;
			const double rest = block.trials[i].log - common;
			level->squares += rest * rest;
			level->freedom += freedoms[block.trials[i].point] * (1 - share);
		}
	}
}

/* What blocks differ by beyond what their trials do by themselves, over how many there are. */
static void find_common(const struct noise *noise, struct curve *curve)
{
	double squares = 0;
	double expected = 0;
	size_t blocks = 0;
	struct block block;
	for (size_t t = 0; t < noise->trial_count; t += block.count) {
		double weight = 1;
		block = next_block(noise, t);
		if (block.count < 2)
			continue;
		const double common = common_part(noise, &block, &weight);
		squares += common * common;
		expected += 1 / weight;
		blocks++;
	}
	if (blocks < 2)
		return;
	const double variance = squares / (double)(blocks - 1) - expected / (double)blocks;
	curve->common_log_se = sqrt(fmax(0, variance) / (double)blocks);
	curve->common_freedom = blocks - 1;
}

/* How many degrees of freedom the least of the variances is known with: those of a single pooled
 * variance, less where most of the repeats are of levels that vary much more. From the information
 * on what trials differ by, sum(freedom / variance^2) / 2. */
static double effective_freedom(const struct noise *noise)
{
	double information = 0;
	double least = INFINITY;
	for (size_t i = 0; i < noise->level_count; i++) {
		const double variance = noise->levels[i].variance;
		least = fmin(least, variance);
		information += noise->levels[i].freedom / (variance * variance);
	}
	return least * least * information;
}

static void set_errors(struct noise *noise, double *freedoms, struct curve *curve)
{
	double squares = 0;
	double freedom = 0;
	for (size_t i = 0; i < noise->level_count; i++) {
		squares += noise->levels[i].squares;
		freedom += noise->levels[i].freedom;
	}
	if (!find_variances(noise))
		return;
	curve->pooled_log_variance = squares / freedom;
	leave_blocks_out(noise, freedoms);
	if (!find_variances(noise))
		return;
	find_common(noise, curve);
	curve->pooled_freedom = (size_t)fmax(1, floor(effective_freedom(noise) + 1e-6));
	for (size_t i = 0; i < curve->count; i++) {
		struct curve_point *const point = &curve->points[i];
		if (point->trials == 0)
			continue;
		point->se = point->throughput_per_s *
		            sqrt(noise->levels[i].variance / (double)point->trials);
	}
}

int curve_measure_noise(const struct summary *summary, const size_t *levels, struct curve *curve,
                        struct error *err)
{
	cleanup_free struct level_noise *of_levels = calloc(curve->count + 1, sizeof *of_levels);
	cleanup_free struct deviation *trials = calloc(summary->trial_count + 1, sizeof *trials);
	cleanup_free double *freedoms = calloc(curve->count + 1, sizeof *freedoms);
	if (!of_levels || !trials || !freedoms)
		return error_memory(err);
	struct noise noise = {.levels = of_levels, .level_count = curve->count, .trials = trials};
	for (size_t i = 0; i < curve->count; i++)
		read_level(summary, levels[i], i, &noise);
	qsort(trials, noise.trial_count, sizeof *trials, by_block);
	set_errors(&noise, freedoms, curve);
	return 0;
}
