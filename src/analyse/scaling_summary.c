/* The curves of a result, one per placement policy, and what caps them on its node. */
#include "analyse/scaling_parts.h"

#include "core/error.h"
#include "plan/memory_guard.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int64_t least_known(int64_t a, int64_t b)
{
	return a < 0 ? b : b < 0 || a < b ? a : b;
}

/* What the tasks of this node can have together, bytes; -1: not known. */
static int64_t memory_of_node(const struct dataset *dataset)
{
	const int64_t available = host_facts_count(&dataset->host, "memory_available_bytes");
	const int64_t limit = host_facts_count(&dataset->host, "memory_limit_bytes");
	return least_known(available >= 0 ? available
	                                  : host_facts_count(&dataset->host, "memory_total_bytes"),
	                   limit);
}

/* The most that a task was seen to hold, its whole process tree: its PSS, or, where the kernel
 * shows none, its RSS, which is no less. -1: never looked at. */
static int64_t largest_tree(const struct dataset *dataset)
{
	int64_t most_pss = -1;
	int64_t most_rss = -1;
	for (size_t i = 0; i < dataset->task_count; i++) {
		const struct task_record *const task = &dataset->tasks[i];
		most_pss = task->peak_pss_bytes > most_pss ? task->peak_pss_bytes : most_pss;
		most_rss = task->peak_rss_bytes > most_rss ? task->peak_rss_bytes : most_rss;
	}
	return most_pss >= 0 ? most_pss : most_rss;
}

/* What is stated and seen of the memory of a task. */
static struct memory_guess memory_of_task(const struct summary *summary)
{
	const int64_t tree = largest_tree(summary->dataset);
	struct memory_guess guess = {.stated_bytes = -1, .seen_bytes = tree};
	for (size_t i = 0; i < summary->level_count; i++) {
		const struct level_summary *const level = &summary->levels[i];
		const int64_t stated = level->level->memory_bytes;
		if (stated >= 0 && level->level->concurrency > 0)
			guess.stated_bytes = stated / level->level->concurrency;
		const double seen = level->max_rss_bytes.max;
		if (tree < 0 && seen > (double)guess.seen_bytes)
			guess.seen_bytes = (int64_t)seen;
	}
	return guess;
}

/* How many tasks of this size fit, or 0 where that is not known. At least one ran. */
static uint32_t fit_into_memory(const struct summary *summary)
{
	const struct memory_guess guess = memory_of_task(summary);
	const int64_t room = memory_of_node(summary->dataset);
	const int64_t one = memory_guard_needed(&guess, 1);
	if (room <= 0 || one <= 0)
		return 0;
	const int64_t tasks = room / one;
	return tasks < 1 ? 1 : tasks > UINT32_MAX ? UINT32_MAX : (uint32_t)tasks;
}

static struct scaling_limits limits_of(const struct summary *summary)
{
	const int64_t cores = host_facts_count(&summary->dataset->host, "cores_allowed");
	const uint32_t threads = summary->dataset->run.threads;
	const int64_t tasks = cores > 0 ? cores / (threads > 1 ? threads : 1) : 0;
	return (struct scaling_limits){
	        .memory = fit_into_memory(summary),
	        .cores = tasks > UINT32_MAX ? 0 : (uint32_t)tasks,
	        .threads = threads,
	        .seed = summary->dataset->run.seed,
	        .is_imported = summary->dataset->run.imported != NULL,
	};
}

/* Finds the highest level of the policy where that is not on the curve. */
static void find_left_out(const struct summary *summary, const char *policy,
                          const struct curve *curve, struct scaling_limits *limits)
{
	const double top =
	        curve->count > 0 ? curve->points[curve->count - 1].concurrency : INFINITY;
	limits->left_out = 0;
	for (size_t i = 0; i < summary->level_count; i++) {
		const struct level_summary *const level = &summary->levels[i];
		if (strcmp(level->level->policy, policy) != 0 || level->level->concurrency <= top)
			continue;
		limits->left_out = level->level->concurrency;
		if (level->is_stated)
			limits->left_out_reason = "no throughput of it is stated";
		else if (level->trials == 0)
			limits->left_out_reason =
			        level->level->skipped ? "it was skipped" : "no trial of it counts";
		else if (level->is_censored)
			limits->left_out_reason = "a task of it ran into the timeout";
		else if (level->failed == level->tasks)
			limits->left_out_reason = "all its tasks failed";
		else
			limits->left_out_reason = "no task succeeded in some trial of it";
	}
}

int scalings_build(const struct summary *summary, struct scaling **ret_scalings, size_t *ret_count,
                   struct error *err)
{
	struct scaling_limits limits = limits_of(summary);
	struct scaling *const scalings = calloc(summary->policy_count + 1, sizeof *scalings);
	if (!scalings)
		return error_memory(err);
	for (size_t p = 0; p < summary->policy_count; p++) {
		cleanup_curve struct curve curve = {0};
		int r = curve_from_summary(summary, summary->policies[p], &curve, err);
		find_left_out(summary, summary->policies[p], &curve, &limits);
		if (r == 0)
			r = scaling_build(&curve, &limits, &scalings[p], err);
		if (r < 0) {
			scalings_free(scalings, p);
			return r;
		}
		scalings[p].policy = summary->policies[p];
	}
	*ret_scalings = scalings;
	*ret_count = summary->policy_count;
	return 0;
}

void scalings_free(struct scaling *scalings, size_t count)
{
	for (size_t i = 0; i < count; i++)
		scaling_release(&scalings[i]);
	free(scalings);
}
