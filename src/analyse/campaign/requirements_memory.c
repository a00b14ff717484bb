/* Attempts by max RSS: what does not fit into a limit, bins, and the cumulative distribution. */
#include "analyse/campaign/requirements_parts.h"
#include "analyse/quantile.h"
#include "core/cleanup.h"
#include "core/error.h"

#include <math.h>
#include <stdlib.h>

/* Steps of a cumulative distribution that a plot can show. */
enum { STEPS = 500, TAIL = 200 };

/* Bins times types, that a hostile table may not make more of. */
static const double MOST_CELLS = 2e7;

/* ---- Limits -------------------------------------------------------------------------------- */

static void add_to_over(struct campaign_over *over, double rss, double cores, double wall,
                        bool is_over, bool is_ended_below)
{
	over->ended_below += is_ended_below;
	if (isnan(rss))
		return;
	over->of++;
	over->tasks += is_over;
	over->several += cores > 1;
	over->max_bytes = fmax(over->max_bytes, rss);
	over->max_per_core_bytes = fmax(over->max_per_core_bytes, rss / cores);
	if (isnan(wall))
		return;
	over->of_wall_s += wall;
	over->wall_s += is_over ? wall : 0;
}

void requirements_over(const struct requirements *requirements, double limit_bytes,
                       struct campaign_over *ret_overs)
{
	const struct campaign *const campaign = requirements->campaign;
	const size_t all = requirements->type_count;
	for (size_t t = 0; t <= all; t++)
		ret_overs[t] = (struct campaign_over){.max_bytes = NAN, .max_per_core_bytes = NAN};
	for (size_t i = 0; i < campaign->task_count; i++) {
		const struct campaign_task *const task = &campaign->tasks[i];
		const double rss = requirements_figure(task, CAMPAIGN_MAX_RSS);
		const double cores = task->cores > 0 ? task->cores : 1;
		const double wall = requirements_figure(task, CAMPAIGN_WALL);
		const bool is_ended = task->state == CAMPAIGN_OUT_OF_MEMORY;
		const bool is_over =
		        rss / cores > limit_bytes || (is_ended && rss / cores >= limit_bytes);
		const bool is_ended_below = is_ended && !isnan(limit_bytes) && !is_over;
		add_to_over(&ret_overs[requirements->place_of_type[task->type]], rss, cores, wall,
		            is_over, is_ended_below);
		add_to_over(&ret_overs[all], rss, cores, wall, is_over, is_ended_below);
	}
}

/* ---- Bins ---------------------------------------------------------------------------------- */

static double largest_rss(const struct requirements *requirements)
{
	const double largest = requirements->types[requirements->type_count].over.max_bytes;
	return isnan(largest) ? 0 : largest;
}

/* The bin in which rss is: that whose upper end is the first that is not below it. */
static size_t bin_of(double rss, double width)
{
	return (size_t)fmax(ceil(rss / width) - 1, 0);
}

static void fill_up_to(struct campaign_bins *bins, const size_t *tasks, const double *wall)
{
	double all_tasks = 0;
	double all_wall = 0;
	for (size_t b = 0; b < bins->count; b++) {
		bins->tasks_up_to[b] = all_tasks += (double)tasks[b];
		bins->wall_s_up_to[b] = all_wall += wall[b];
	}
	for (size_t b = 0; b < bins->count; b++) {
		bins->tasks_up_to[b] /= all_tasks;
		bins->wall_s_up_to[b] =
		        all_wall > 0 ? bins->wall_s_up_to[b] / all_wall : (double)NAN;
	}
}

int requirements_fill_bins(struct requirements *requirements, double width_bytes, struct error *err)
{
	const struct campaign *const campaign = requirements->campaign;
	struct campaign_bins *const bins = &requirements->bins;
	const size_t all = requirements->type_count;
	const double largest = largest_rss(requirements);
	const double rows = (double)(all + 1);
	while (largest / width_bytes > CAMPAIGN_MOST_BINS ||
	       largest / width_bytes * rows > MOST_CELLS)
		width_bytes *= 10;
	bins->width_bytes = width_bytes;
	if (requirements->types[all].over.of == 0)
		return 0;
	bins->count = bin_of(largest, width_bytes) + 1;
	bins->tasks = calloc(bins->count * (all + 1), sizeof *bins->tasks);
	bins->wall_s = calloc(bins->count * (all + 1), sizeof *bins->wall_s);
	bins->tasks_up_to = calloc(bins->count, sizeof *bins->tasks_up_to);
	bins->wall_s_up_to = calloc(bins->count, sizeof *bins->wall_s_up_to);
	if (!bins->tasks || !bins->wall_s || !bins->tasks_up_to || !bins->wall_s_up_to)
		return error_memory(err);
	for (size_t i = 0; i < campaign->task_count; i++) {
		const struct campaign_task *const task = &campaign->tasks[i];
		const double rss = requirements_figure(task, CAMPAIGN_MAX_RSS);
		if (isnan(rss))
			continue;
		const double wall = requirements_figure(task, CAMPAIGN_WALL);
		const size_t b = bin_of(rss, width_bytes);
		const size_t own = requirements->place_of_type[task->type] * bins->count + b;
		const size_t together = all * bins->count + b;
		bins->tasks[own]++;
		bins->tasks[together]++;
		bins->wall_s[own] += isnan(wall) ? 0 : wall;
		bins->wall_s[together] += isnan(wall) ? 0 : wall;
	}
	fill_up_to(bins, &bins->tasks[all * bins->count], &bins->wall_s[all * bins->count]);
	return 0;
}

/* ---- Cumulative ---------------------------------------------------------------------------- */

/* A point of a cumulative distribution. */
struct step {
	double rss;
	double tasks;
	double wall;
};

static void write_step(struct campaign_cumulative *c, const struct step *step)
{
	c->max_rss_bytes[c->count] = step->rss;
	c->tasks[c->count] = step->tasks;
	c->wall_s[c->count++] = step->wall;
}

/* Whether a plot would show the way from the last point that was written to this one. */
static bool is_shown(const struct campaign_cumulative *c, const struct step *step, double largest)
{
	if (c->count == 0)
		return true;
	const size_t last = c->count - 1;
	return step->tasks - c->tasks[last] > 1.0 / STEPS ||
	       step->wall - c->wall_s[last] > 1.0 / STEPS ||
	       step->rss - c->max_rss_bytes[last] > largest / STEPS;
}

/* items are ascending max RSS, each with its wall time. The point before one that would show is
 * written too: what is left out between two points is less than what shows. */
static void thin(const struct weighted_value *items, size_t count, double all_wall,
                 struct campaign_cumulative *c)
{
	const double largest = items[count - 1].value;
	double wall = 0;
	struct step before = {0};
	bool is_left_out = false;
	for (size_t i = 0; i < count; i++) {
		wall += items[i].weight;
		if (i + 1 < count && !(items[i + 1].value > items[i].value))
			continue;
		const struct step step = {
		        .rss = items[i].value,
		        .tasks = (double)(i + 1) / (double)count,
		        .wall = all_wall > 0 ? fmin(wall / all_wall, 1) : (double)NAN,
		};
		if (is_left_out && is_shown(c, &step, largest))
			write_step(c, &before);
		is_left_out = i + TAIL < count && !is_shown(c, &step, largest);
		before = step;
		if (!is_left_out)
			write_step(c, &step);
	}
	if (all_wall > 0)
		c->wall_s[c->count - 1] = 1;
}

/* The most points that thin writes of count items: two for every step of each of three axes, and
 * the tail. */
static size_t most_points(size_t count)
{
	const size_t most = 2 * 3 * (STEPS + 1) + TAIL + 2;
	return count < most ? count : most;
}

int requirements_fill_cumulative(struct requirements *requirements, struct error *err)
{
	const struct campaign *const campaign = requirements->campaign;
	struct campaign_cumulative *const c = &requirements->cumulative;
	const size_t count = requirements->types[requirements->type_count].over.of;
	if (count == 0)
		return 0;
	cleanup_free struct weighted_value *items = malloc(count * sizeof *items);
	const size_t most = most_points(count);
	c->max_rss_bytes = calloc(most, sizeof *c->max_rss_bytes);
	c->tasks = calloc(most, sizeof *c->tasks);
	c->wall_s = calloc(most, sizeof *c->wall_s);
	if (!items || !c->max_rss_bytes || !c->tasks || !c->wall_s)
		return error_memory(err);
	double all_wall = 0;
	size_t n = 0;
	for (size_t i = 0; i < campaign->task_count; i++) {
		const double rss = requirements_figure(&campaign->tasks[i], CAMPAIGN_MAX_RSS);
		const double wall = requirements_figure(&campaign->tasks[i], CAMPAIGN_WALL);
		if (isnan(rss))
			continue;
		items[n++] = (struct weighted_value){rss, isnan(wall) ? 0 : wall};
		all_wall += isnan(wall) ? 0 : wall;
	}
	quantile_sort(items, n);
	thin(items, n, all_wall, c);
	return 0;
}
