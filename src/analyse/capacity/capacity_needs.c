#include "analyse/capacity/capacity_needs.h"

#include "analyse/capacity/capacity_parts.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

const char *const capacity_limit_names[CAPACITY_LIMITS] = {
        [CAPACITY_BY_CORES] = "cores",
        [CAPACITY_BY_MEMORY] = "memory",
        [CAPACITY_BY_RESULT] = "result",
};

const char *const capacity_input_names[CAPACITY_INPUTS] = {
        [CAPACITY_IN_INSTANCES] = "instances",
        [CAPACITY_IN_CPU_HOURS] = "cpu_hours",
        [CAPACITY_IN_CPU_TIME] = "cpu_time",
        [CAPACITY_IN_MAX_RSS] = "max_rss",
        [CAPACITY_IN_EFFICIENCY] = "cpu_efficiency",
        [CAPACITY_IN_RATE] = "throughput",
        [CAPACITY_IN_VISITS_MEAN] = "visits_mean",
        [CAPACITY_IN_VISITS_MAX] = "visits_max",
        [CAPACITY_IN_CORES] = "cores",
        [CAPACITY_IN_MEMORY] = "memory",
        [CAPACITY_IN_RESERVE] = "reserve",
        [CAPACITY_IN_FACTOR] = "cpu_factor",
        [CAPACITY_IN_SIZE] = "product_size",
        [CAPACITY_IN_PRODUCTS] = "product_instances",
};

const char *const capacity_input_words[CAPACITY_INPUTS] = {
        [CAPACITY_IN_INSTANCES] = "instances",
        [CAPACITY_IN_CPU_HOURS] = "CPU hours",
        [CAPACITY_IN_CPU_TIME] = "CPU time",
        [CAPACITY_IN_MAX_RSS] = "max RSS",
        [CAPACITY_IN_EFFICIENCY] = "CPU efficiency",
        [CAPACITY_IN_RATE] = "throughput",
        [CAPACITY_IN_VISITS_MEAN] = "visits, mean",
        [CAPACITY_IN_VISITS_MAX] = "visits, max",
        [CAPACITY_IN_CORES] = "cores",
        [CAPACITY_IN_MEMORY] = "memory",
        [CAPACITY_IN_RESERVE] = "reserve",
        [CAPACITY_IN_FACTOR] = "CPU factor",
        [CAPACITY_IN_SIZE] = "size",
        [CAPACITY_IN_PRODUCTS] = "instances",
};

/* ---- Platforms ------------------------------------------------------------------------------- */

/* What one job more or fewer of this task would make of the platform. */
static void find_steps(const struct reckoner *reckoner, const double *values, size_t platform,
                       double node_days, struct capacity_cell *cell)
{
	if (cell->limit == CAPACITY_BY_RESULT || !(cell->jobs > 0))
		return;
	const double room = reckon_room(reckoner, values, platform);
	const double without = node_days - cell->node_days;
	cell->fewer_above_bytes = room / cell->jobs;
	if (cell->jobs > 1)
		cell->fewer_node_days = without + cell->node_days * cell->jobs / (cell->jobs - 1);
	if (cell->limit != CAPACITY_BY_MEMORY)
		return;
	cell->more_up_to_bytes = room / (cell->jobs + 1);
	cell->more_node_days = without + cell->node_days * cell->jobs / (cell->jobs + 1);
}

static void say_misfit(const struct reckoner *reckoner, const double *values, size_t platform,
                       size_t task, char reason[256])
{
	char needs[NUMBER_TEXT_BYTES];
	char room[NUMBER_TEXT_BYTES];
	const struct capacity_task *const it = &reckoner->capacity->tasks[task];
	const double cores = reckoner->capacity->platforms[platform].cores;
	if (capacity_cores_of(it) > cores) {
		snprintf(reason, 256, "%.100s takes %.0f cores, and a node has %.0f", it->name,
		         capacity_cores_of(it), cores);
		return;
	}
	number_format_bytes(llround(reckon_max_rss(reckoner, values, task)), needs);
	number_format_bytes(llround(reckon_room(reckoner, values, platform)), room);
	snprintf(reason, 256, "%.100s takes %s, and a node has %s for tasks", it->name, needs,
	         room);
}

static int build_platform(const struct reckoner *reckoner, const double *values, size_t index,
                          struct capacity_platform_needs *needs, struct error *err)
{
	const struct capacity *const capacity = reckoner->capacity;
	needs->cells = calloc(capacity->task_count + 1, sizeof *needs->cells);
	if (!needs->cells)
		return error_memory(err);
	for (size_t i = 0; i < capacity->task_count; i++) {
		reckon_cell(reckoner, values, index, i, &needs->cells[i]);
		if (!(needs->cells[i].jobs > 0) && !needs->reason[0])
			say_misfit(reckoner, values, index, i, needs->reason);
	}
	const double days = reckon_node_days(reckoner, values, index);
	needs->node_days = capacity_figure_of(isfinite(days) ? days : (double)NAN);
	needs->cpu_hours = capacity_figure_of(reckon_platform_hours(reckoner, values, index));
	for (size_t i = 0; isfinite(days) && i < capacity->task_count; i++)
		find_steps(reckoner, values, index, days, &needs->cells[i]);
	return 0;
}

/* After the intervals: the same with how many nodes there are. */
static void find_calendar(const struct capacity_platform *platform,
                          const struct capacity_options *options,
                          struct capacity_platform_needs *needs)
{
	needs->nodes = platform->nodes > 0 ? platform->nodes : options->nodes;
	needs->calendar_days = capacity_figure_absent();
	needs->nodes_needed = NAN;
	if (needs->nodes > 0) {
		needs->calendar_days = needs->node_days;
		needs->calendar_days.value /= needs->nodes;
		needs->calendar_days.low /= needs->nodes;
		needs->calendar_days.high /= needs->nodes;
	}
	if (options->days > 0)
		needs->nodes_needed = ceil(needs->node_days.value / options->days);
}

/* ---- Tasks and products ---------------------------------------------------------------------- */

static int build_tasks(const struct reckoner *reckoner, const double *values,
                       struct capacity_needs *needs, struct error *err)
{
	const struct capacity *const capacity = reckoner->capacity;
	double hours = capacity->task_count > 0 ? 0 : (double)NAN;
	needs->tasks = calloc(capacity->task_count + 1, sizeof *needs->tasks);
	if (!needs->tasks)
		return error_memory(err);
	for (size_t i = 0; i < capacity->task_count; i++) {
		struct capacity_task_needs *const task = &needs->tasks[i];
		task->instances = capacity->tasks[i].instances;
		task->cpu_s = capacity_figure_of(reckon_cpu_s(reckoner, values, i));
		task->cpu_hours = capacity_figure_of(reckon_cpu_hours(reckoner, values, i));
		task->max_rss_bytes = capacity_figure_of(reckon_max_rss(reckoner, values, i));
		task->cpu_s.n = capacity->tasks[i].cpu.at.n;
		task->max_rss_bytes.n = capacity->tasks[i].max_rss.at.n;
		hours += task->cpu_hours.value;
	}
	needs->cpu_hours = capacity_figure_of(hours);
	return 0;
}

static int build_products(const struct reckoner *reckoner, const double *values,
                          struct capacity_needs *needs, struct error *err)
{
	const struct capacity *const capacity = reckoner->capacity;
	needs->total_bytes = capacity_figure_of(capacity->product_count > 0 ? 0 : (double)NAN);
	needs->kept_bytes = needs->total_bytes;
	needs->products = calloc(capacity->product_count + 1, sizeof *needs->products);
	if (!needs->products)
		return error_memory(err);
	for (size_t i = 0; i < capacity->product_count; i++) {
		const struct capacity_product *const product = &capacity->products[i];
		struct capacity_product_needs *const p = &needs->products[i];
		p->instances =
		        capacity_figure_is_there(&product->instances) || product->task_index < 0
		                ? product->instances
		                : capacity->tasks[product->task_index].instances;
		p->bytes = capacity_figure_of(reckon_product_bytes(reckoner, values, i));
		needs->total_bytes.value += p->bytes.value;
		if (product->is_kept)
			needs->kept_bytes.value += p->bytes.value;
	}
	return 0;
}

/* ---- Sensitivity ----------------------------------------------------------------------------- */

/* How far an effect goes either way; one that makes something not fit goes farthest. */
static double strength(const struct capacity_effect *effect)
{
	if (isnan(effect->less) || isnan(effect->more))
		return INFINITY;
	return fmax(fabs(effect->less - 1), fabs(effect->more - 1));
}

static int compare_effects(const void *a, const void *b)
{
	const struct capacity_effect *const left = a;
	const struct capacity_effect *const right = b;
	const double l = strength(left);
	const double r = strength(right);
	if (l != r)
		return l < r ? 1 : -1;
	return left->input < right->input ? -1 : left->input > right->input;
}

static double ratio_at(const struct reckoner *reckoner, double *values, size_t platform,
                       size_t input, double factor, double node_days)
{
	const double before = values[input];
	values[input] = before * factor;
	const double days = reckon_node_days(reckoner, values, platform);
	values[input] = before;
	return isfinite(days) ? days / node_days : (double)NAN;
}

/* Below this a ratio is 1 but for rounding. */
static const double no_effect = 1e-9;

static int find_effects(const struct reckoner *reckoner, double *values, size_t platform,
                        struct capacity_needs *needs, struct error *err)
{
	const double node_days = needs->platforms[platform].node_days.value;
	struct capacity_effect *const effects = calloc(reckoner->input_count + 1, sizeof *effects);
	size_t count = 0;
	if (!effects)
		return error_memory(err);
	needs->effects[platform] = effects;
	for (size_t i = 0; !isnan(node_days) && node_days > 0 && i < reckoner->input_count; i++) {
		const struct capacity_effect effect = {
		        i,
		        ratio_at(reckoner, values, platform, i, 1 - CAPACITY_STEP, node_days),
		        ratio_at(reckoner, values, platform, i, 1 + CAPACITY_STEP, node_days),
		};
		if (strength(&effect) > no_effect)
			effects[count++] = effect;
	}
	qsort(effects, count, sizeof *effects, compare_effects);
	needs->effect_counts[platform] = count;
	return 0;
}

/* ---- All of it ------------------------------------------------------------------------------- */

static int build(const struct reckoner *reckoner, double *values,
                 const struct capacity_options *options, struct capacity_needs *needs,
                 struct error *err)
{
	const struct capacity *const capacity = needs->capacity;
	reckoner_values(reckoner, values);
	int r = build_tasks(reckoner, values, needs, err);
	if (r == 0)
		r = build_products(reckoner, values, needs, err);
	for (size_t i = 0; r == 0 && i < capacity->platform_count; i++)
		r = build_platform(reckoner, values, i, &needs->platforms[i], err);
	for (size_t i = 0; i < reckoner->input_count; i++)
		needs->uncertain += capacity_figure_has_interval(&reckoner->inputs[i].figure);
	if (r == 0 && needs->uncertain > 0)
		r = capacity_draw(reckoner, needs, err);
	for (size_t i = 0; r == 0 && i < capacity->platform_count; i++) {
		find_calendar(&capacity->platforms[i], options, &needs->platforms[i]);
		r = find_effects(reckoner, values, i, needs, err);
	}
	return r;
}

int capacity_needs_build(const struct capacity *capacity, const struct capacity_options *options,
                         struct capacity_needs *ret_needs, struct error *err)
{
	struct capacity_needs needs = {.capacity = capacity, .days = options->days};
	struct reckoner reckoner = {.capacity = capacity};
	int r = reckoner_build(capacity, &reckoner, err);
	if (r < 0)
		return r;
	needs.platforms = calloc(capacity->platform_count + 1, sizeof *needs.platforms);
	needs.effects = calloc(capacity->platform_count + 1, sizeof(void *));
	needs.effect_counts = calloc(capacity->platform_count + 1, sizeof *needs.effect_counts);
	cleanup_free double *values = calloc(reckoner.input_count + 1, sizeof *values);
	r = needs.platforms && needs.effects && needs.effect_counts && values
	            ? build(&reckoner, values, options, &needs, err)
	            : error_memory(err);
	needs.inputs = reckoner.inputs;
	needs.input_count = reckoner.input_count;
	reckoner.inputs = NULL;
	reckoner_release(&reckoner);
	if (r < 0) {
		capacity_needs_release(&needs);
		return r;
	}
	*ret_needs = needs;
	return 0;
}

void capacity_needs_release(struct capacity_needs *needs)
{
	if (!needs)
		return;
	for (size_t i = 0; needs->capacity && i < needs->capacity->platform_count; i++) {
		if (needs->platforms)
			free(needs->platforms[i].cells);
		if (needs->effects)
			free(needs->effects[i]);
	}
	free(needs->tasks);
	free(needs->platforms);
	free(needs->products);
	free(needs->inputs);
	free(needs->effects);
	free(needs->effect_counts);
	*needs = (struct capacity_needs){0};
}
