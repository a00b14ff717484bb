#include "report/plan_view.h"

#include "core/clock.h"

#include <math.h>

uint64_t plan_view_trials(const struct plan_view *view)
{
	const struct plan *const plan = view->plan;
	uint64_t count = 0;
	for (size_t i = 0; i < plan->trial_count; i++)
		count += plan->levels[plan->trials[i].level].skipped == NULL;
	return count;
}

bool plan_view_has_sharing(const struct plan_view *view)
{
	const struct plan *const plan = view->plan;
	for (size_t i = 0; i < plan->level_count; i++)
		if (!plan->levels[i].skipped && plan->levels[i].concurrency > plan->capacity)
			return true;
	return false;
}

static double extent_seconds(const struct scenario_extent *extent, double task_s)
{
	return fmax(extent->tasks * task_s, (double)extent->at_least_ns / (double)NS_PER_S);
}

double plan_view_seconds(const struct plan_view *view)
{
	const struct plan *const plan = view->plan;
	if (view->task_ns <= 0)
		return (double)NAN;
	double sum = 0;
	for (size_t i = 0; i < plan->trial_count; i++) {
		const struct plan_level *const level = &plan->levels[plan->trials[i].level];
		if (level->skipped)
			continue;
		const double shared = plan->capacity > 0
		                              ? fmax(1, (double)level->concurrency / plan->capacity)
		                              : level->concurrency;
		const double task_s = (double)view->task_ns / (double)NS_PER_S * shared;
		sum += task_s + extent_seconds(&view->scenario->sweep.warmup, task_s) +
		       extent_seconds(&view->scenario->sweep.measured, task_s);
	}
	return sum;
}

double plan_view_most_seconds(const struct plan_view *view)
{
	const uint32_t most = view->scenario->accept.max_repeats;
	const uint32_t blocks = view->plan->blocks;
	if (most <= blocks || blocks == 0)
		return (double)NAN;
	return plan_view_seconds(view) / blocks * most;
}
