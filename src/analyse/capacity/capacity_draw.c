/* Intervals: every input with an interval is drawn from a distribution that has it, all of them
 * together, and the answer is reckoned anew each time. So steps (a job more or less), inputs that
 * several figures share and intervals that are not symmetric are in what comes out.
 *
 * A distribution is two halves of normal ones that meet at the value: 2.5 % lie below low, 2.5 %
 * above high. Draws are a Latin hypercube (McKay, Beckman and Conover, Technometrics 21, 1979):
 * each input takes each of its quantiles once, in an order of its own; with one input the ends of
 * the answer's interval are the answers at the ends of the input's. */
#include "analyse/capacity/capacity_parts.h"

#include "core/cleanup.h"
#include "core/error.h"
#include "core/rng.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sort.h>
#include <math.h>
#include <stdlib.h>

/* The same question has the same answer. */
enum { DRAW_SEED = 1 };

/* Something whose interval is wanted. */
struct output {
	struct capacity_figure *figure;
	double *drawn; /* CAPACITY_DRAWS */
	double (*reckon)(const struct reckoner *reckoner, const double *values, size_t index);
	size_t index;
};

struct outputs {
	struct output *items;
	size_t count;
};

/* ---- Sums ------------------------------------------------------------------------------------ */

static double total_hours(const struct reckoner *reckoner, const double *values, size_t index)
{
	(void)index;
	double hours = 0;
	for (size_t i = 0; i < reckoner->capacity->task_count; i++)
		hours += reckon_cpu_hours(reckoner, values, i);
	return hours;
}

/* index 1: of what is kept alone. */
static double total_bytes(const struct reckoner *reckoner, const double *values, size_t index)
{
	double bytes = 0;
	for (size_t i = 0; i < reckoner->capacity->product_count; i++)
		if (index == 0 || reckoner->capacity->products[i].is_kept)
			bytes += reckon_product_bytes(reckoner, values, i);
	return bytes;
}

/* ---- Draws ----------------------------------------------------------------------------------- */

/* The quantile of an input at u. */
static double quantile_of(const struct capacity_figure *figure, double u)
{
	const double z = gsl_cdf_ugaussian_Pinv(u) / gsl_cdf_ugaussian_Pinv(0.975);
	const double half = z < 0 ? figure->value - figure->low : figure->high - figure->value;
	/* An interval that begins near 0 must not be drawn at 0 or below. */
	return fmax(figure->value + z * half, 1e-3 * figure->value);
}

/* The orders in which the inputs take their quantiles; NULL of those that have no interval. */
static int order_draws(const struct reckoner *reckoner, double **drawn, struct error *err)
{
	struct rng rng;
	cleanup_free uint32_t *order = calloc(CAPACITY_DRAWS, sizeof *order);
	if (!order)
		return error_memory(err);
	for (size_t i = 0; i < reckoner->input_count; i++) {
		const struct capacity_figure *const figure = &reckoner->inputs[i].figure;
		if (!capacity_figure_has_interval(figure))
			continue;
		drawn[i] = calloc(CAPACITY_DRAWS, sizeof *drawn[i]);
		if (!drawn[i])
			return error_memory(err);
		rng_init(&rng, DRAW_SEED, i);
		rng_permutation(&rng, order, CAPACITY_DRAWS);
		for (size_t d = 0; d < CAPACITY_DRAWS; d++)
			drawn[i][d] = quantile_of(figure, (order[d] + 0.5) / CAPACITY_DRAWS);
	}
	return 0;
}

static void reckon_draws(const struct reckoner *reckoner, double *const *drawn, double *values,
                         const struct outputs *outputs)
{
	reckoner_values(reckoner, values);
	for (size_t d = 0; d < CAPACITY_DRAWS; d++) {
		for (size_t i = 0; i < reckoner->input_count; i++)
			if (drawn[i])
				values[i] = drawn[i][d];
		for (size_t i = 0; i < outputs->count; i++) {
			const struct output *const output = &outputs->items[i];
			output->drawn[d] = output->reckon(reckoner, values, output->index);
		}
	}
}

/* The quantile at p of sorted draws, type 7; NAN where it is infinite. */
static double drawn_quantile(const double *sorted, double p)
{
	const double h = p * (CAPACITY_DRAWS - 1);
	const size_t i = (size_t)h;
	const double value = sorted[i] + (h - (double)i) * (sorted[i + 1] - sorted[i]);
	return isfinite(value) ? value : (double)NAN;
}

static void take_interval(const struct output *output)
{
	struct capacity_figure *const figure = output->figure;
	for (size_t d = 0; d < CAPACITY_DRAWS; d++)
		if (isnan(output->drawn[d]))
			return;
	gsl_sort(output->drawn, 1, CAPACITY_DRAWS);
	/* Nothing of it is uncertain. */
	if (output->drawn[0] == output->drawn[CAPACITY_DRAWS - 1])
		return;
	const double low = drawn_quantile(output->drawn, 0.025);
	const double high = drawn_quantile(output->drawn, 0.975);
	if (isnan(low) || isnan(high))
		return;
	figure->low = low;
	figure->high = high;
}

static void count_misfits(const struct output *output, struct capacity_platform_needs *platform)
{
	size_t misfits = 0;
	for (size_t d = 0; d < CAPACITY_DRAWS; d++)
		misfits += isinf(output->drawn[d]) != 0;
	platform->misfits = (double)misfits / CAPACITY_DRAWS;
}

/* ---- What has intervals ---------------------------------------------------------------------- */

static int add(struct outputs *outputs, struct capacity_figure *figure,
               double (*reckon)(const struct reckoner *, const double *, size_t), size_t index,
               struct error *err)
{
	if (!capacity_figure_is_there(figure))
		return 0;
	struct output *const output = &outputs->items[outputs->count];
	output->drawn = calloc(CAPACITY_DRAWS, sizeof *output->drawn);
	if (!output->drawn)
		return error_memory(err);
	output->figure = figure;
	output->reckon = reckon;
	output->index = index;
	outputs->count++;
	return 0;
}

static int add_all(const struct capacity *capacity, struct capacity_needs *needs,
                   struct outputs *outputs, struct error *err)
{
	int r = add(outputs, &needs->cpu_hours, total_hours, 0, err);
	if (r == 0)
		r = add(outputs, &needs->total_bytes, total_bytes, 0, err);
	if (r == 0)
		r = add(outputs, &needs->kept_bytes, total_bytes, 1, err);
	for (size_t i = 0; r == 0 && i < capacity->platform_count; i++) {
		struct capacity_platform_needs *const platform = &needs->platforms[i];
		r = add(outputs, &platform->node_days, reckon_node_days, i, err);
		if (r == 0)
			r = add(outputs, &platform->cpu_hours, reckon_platform_hours, i, err);
	}
	for (size_t i = 0; r == 0 && i < capacity->task_count; i++) {
		struct capacity_task_needs *const task = &needs->tasks[i];
		r = add(outputs, &task->cpu_s, reckon_cpu_s, i, err);
		if (r == 0)
			r = add(outputs, &task->cpu_hours, reckon_cpu_hours, i, err);
		if (r == 0)
			r = add(outputs, &task->max_rss_bytes, reckon_max_rss, i, err);
	}
	for (size_t i = 0; r == 0 && i < capacity->product_count; i++)
		r = add(outputs, &needs->products[i].bytes, reckon_product_bytes, i, err);
	return r;
}

static void take_all(const struct outputs *outputs, struct capacity_needs *needs)
{
	for (size_t i = 0; i < outputs->count; i++) {
		const struct output *const output = &outputs->items[i];
		if (output->reckon == reckon_node_days)
			count_misfits(output, &needs->platforms[output->index]);
		take_interval(output);
	}
}

int capacity_draw(const struct reckoner *reckoner, struct capacity_needs *needs, struct error *err)
{
	const struct capacity *const capacity = reckoner->capacity;
	const size_t most = 3 + 2 * capacity->platform_count + 3 * capacity->task_count +
	                    capacity->product_count;
	struct outputs outputs = {calloc(most, sizeof *outputs.items), 0};
	cleanup_free double *values = calloc(reckoner->input_count + 1, sizeof *values);
	double **const drawn = calloc(reckoner->input_count + 1, sizeof *drawn);
	int r = outputs.items && values && drawn ? add_all(capacity, needs, &outputs, err)
	                                         : error_memory(err);
	if (r == 0)
		r = order_draws(reckoner, drawn, err);
	if (r == 0) {
		reckon_draws(reckoner, drawn, values, &outputs);
		take_all(&outputs, needs);
	}
	for (size_t i = 0; i < outputs.count; i++)
		free(outputs.items[i].drawn);
	free(outputs.items);
	for (size_t i = 0; drawn && i < reckoner->input_count; i++)
		free(drawn[i]);
	free(drawn);
	return r;
}
