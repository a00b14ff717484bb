/* From a campaign: how many cores a task takes, and how busy it keeps them. */
#include "analyse/capacity/capacity_sources_parts.h"
#include "core/error.h"
#include "core/str.h"

#include <errno.h>
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdio.h>

/* The cores that tasks were given; least 0: of none it is known. */
struct range {
	uint32_t least;
	uint32_t most;
};

/* Whether a task is of the type, and its figures count. */
static bool counts(const struct campaign_task *task, uint32_t type)
{
	return task->type == type && campaign_task_is_done(task);
}

static struct range find_range(const struct campaign *campaign, uint32_t type)
{
	struct range range = {0, 0};
	for (size_t i = 0; i < campaign->task_count; i++) {
		const uint32_t cores = campaign->tasks[i].cores;
		if (!counts(&campaign->tasks[i], type) || cores == 0)
			continue;
		range.least = range.least == 0 || cores < range.least ? cores : range.least;
		range.most = cores > range.most ? cores : range.most;
	}
	return range;
}

/* CPU time and the time for which cores were held; false: not known of this task. */
static bool take_times(const struct campaign_task *task, uint32_t type, double cores, double *cpu,
                       double *held)
{
	if (!counts(task, type) || task->cpu_ns == RECORD_ABSENT || task->wall_ns <= 0)
		return false;
	*cpu = (double)task->cpu_ns / 1e9;
	*held = (double)task->wall_ns / 1e9 * (task->cores > 0 ? task->cores : cores);
	return true;
}

/* Sums over the n tasks whose times are known: of CPU time, of time for which cores were held, and
 * of squares: of what each is off its mean, and of what CPU time is off its share of the time held.
 */
struct times {
	size_t n;
	double cpu, held;
	double cpu_squares, held_squares, off_squares;
};

static struct times sum_times(const struct campaign *campaign, uint32_t type, double cores)
{
	struct times sum = {0};
	double cpu;
	double held;
	for (size_t i = 0; i < campaign->task_count; i++) {
		if (!take_times(&campaign->tasks[i], type, cores, &cpu, &held))
			continue;
		sum.cpu += cpu;
		sum.held += held;
		sum.n++;
	}
	for (size_t i = 0; i < campaign->task_count; i++) {
		if (!take_times(&campaign->tasks[i], type, cores, &cpu, &held))
			continue;
		const double off_cpu = cpu - sum.cpu / (double)sum.n;
		const double off_held = held - sum.held / (double)sum.n;
		const double off = cpu - sum.cpu / sum.held * held;
		sum.cpu_squares += off_cpu * off_cpu;
		sum.held_squares += off_held * off_held;
		sum.off_squares += off * off;
	}
	return sum;
}

/* Total CPU time by the total of wall time times cores, with the t interval of a ratio of two means
 * (Cochran, Sampling Techniques, 1977, section 6.4). CPU time is drawn by itself, though it is of
 * the same tasks; what comes of both is the time held, whose relative variance is that of its own
 * mean. Where the ratio's and that of the mean CPU time add up to less (long tasks that are less
 * busy), the ratio's is made as much larger. */
static struct capacity_figure efficiency_of(const struct campaign *campaign, uint32_t type,
                                            double cores)
{
	struct capacity_figure figure = capacity_figure_absent();
	const struct times sum = sum_times(campaign, type, cores);
	if (sum.n == 0 || !(sum.cpu > 0))
		return figure;
	figure.n = sum.n;
	figure.value = sum.cpu / sum.held;
	if (figure.n < 2)
		return figure;
	const double n = (double)figure.n;
	const double of_cpu = sum.cpu_squares / (sum.cpu * sum.cpu);
	const double of_held = sum.held_squares / (sum.held * sum.held);
	const double of_ratio = sum.off_squares / (sum.cpu * sum.cpu);
	const double half = figure.value * gsl_cdf_tdist_Pinv(0.975, n - 1) *
	                    sqrt(n / (n - 1) * fmax(of_ratio, of_held - of_cpu));
	figure.low = fmax(figure.value - half, 0.01 * figure.value);
	figure.high = figure.value + half;
	return figure;
}

/* More than all cores cannot be had on a full node. */
static void cap(struct capacity_figure *figure)
{
	figure->value = fmin(figure->value, 1);
	if (!capacity_figure_has_interval(figure))
		return;
	figure->low = fmin(figure->low, figure->value);
	figure->high = fmin(figure->high, 1);
}

static int say(const struct capacity_task *task, double measured, const char *path,
               bool is_typed_otherwise, uint32_t cores_there, char **ret_text, struct error *err)
{
	char busy[128] = "how busy it keeps them is not known: all the time, as it is reckoned";
	char there[96] = "";
	if (capacity_figure_is_there(&task->cpu_efficiency))
		snprintf(busy, sizeof busy, "its CPU time keeps %.3g %% of them busy (%zu %s)%s",
		         100 * task->cpu_efficiency.value, task->cpu_efficiency.n,
		         task->cpu_efficiency.n == 1 ? "task" : "tasks",
		         measured > 1 ? ": it took more than it was given" : "");
	if (is_typed_otherwise)
		snprintf(there, sizeof there, ", with the %u that it had there", cores_there);
	return str_format(ret_text, err, "%.0f in %s; %s%s", capacity_cores_of(task), path, busy,
	                  there);
}

int capacity_take_cores(const struct campaign *campaign, uint32_t type, const char *path,
                        struct capacity_task *task, struct error *err)
{
	const struct range range = find_range(campaign, type);
	const bool is_typed = !isnan(task->cores);
	if (!is_typed && range.least != range.most)
		return error_set(
		        err, EINVAL,
		        "%s tasks of %s had %u to %u cores: a node of how many such jobs is "
		        "not known; write cores: %u here, or another number",
		        campaign->types.items[type], path, range.least, range.most, range.most);
	if (!is_typed && range.least > 0)
		task->cores = range.least;
	if (capacity_cores_of(task) < 2 || capacity_figure_is_there(&task->cpu_efficiency))
		return 0;
	task->cpu_efficiency = efficiency_of(campaign, type, task->cores);
	const double measured = task->cpu_efficiency.value;
	if (capacity_figure_is_there(&task->cpu_efficiency))
		cap(&task->cpu_efficiency);
	const bool is_otherwise = is_typed && range.most > 0 && range.most != task->cores;
	return say(task, measured, path, is_otherwise, range.most, &task->cores_origin, err);
}
