#include "commands/sweep_times.h"

#include "core/cleanup.h"
#include "core/error.h"
#include "model/dataset.h"
#include "model/plan.h"
#include "model/scenario.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool is_complete(const struct trial_record *trial)
{
	return trial->state == TRIAL_DONE || trial->state == TRIAL_CENSORED;
}

int sweep_times_init(struct sweep_times *times, size_t level_count, struct error *err)
{
	*times = (struct sweep_times){.levels = calloc(level_count + 1, sizeof *times->levels)};
	return times->levels ? 0 : error_memory(err);
}

void sweep_times_release(struct sweep_times *times)
{
	free(times->levels);
	*times = (struct sweep_times){0};
}

void sweep_times_add(struct sweep_times *times, const struct trial_record *trial,
                     double mean_wall_ns)
{
	struct level_times *const level = &times->levels[trial->level];
	if (!is_complete(trial))
		return;
	if (mean_wall_ns > 0)
		level->wall_ns = mean_wall_ns;
	if (trial->start_ns == RECORD_ABSENT || trial->end_ns == RECORD_ABSENT)
		return;
	const double trial_ns = (double)(trial->end_ns - trial->start_ns);
	level->trial_ns = (level->trial_ns * level->trials + trial_ns) / (level->trials + 1);
	level->trials++;
}

/* Wall times of successful tasks, a mean over all completed trials of their level. */
static void recall_tasks(struct sweep_times *times, const struct dataset *before, double *counts)
{
	for (size_t i = 0; i < before->task_count; i++) {
		const struct task_record *const task = &before->tasks[i];
		const double wall_ns = (double)(task->end_ns - task->start_ns);
		if (!task_state_is_success(task->state))
			continue;
		if (task->role == ROLE_PROBE)
			times->probe_wall_ns = task->end_ns - task->start_ns;
		if (task->role != ROLE_MEASURED)
			continue;
		const struct trial_record *const trial = &before->trials[task->trial - 1];
		if (!is_complete(trial))
			continue;
		double *const mean_ns = &times->levels[trial->level].wall_ns;
		double *const count = &counts[trial->level];
		*mean_ns = (*mean_ns * *count + wall_ns) / (*count + 1);
		*count += 1;
	}
}

int sweep_times_recall(struct sweep_times *times, size_t level_count, const struct dataset *before,
                       struct error *err)
{
	const int r = sweep_times_init(times, level_count, err);
	if (r < 0)
		return r;
	cleanup_free double *counts = calloc(level_count + 1, sizeof *counts);
	if (!counts)
		return error_memory(err);
	for (size_t i = 0; i < before->trial_count; i++)
		sweep_times_add(times, &before->trials[i], 0);
	recall_tasks(times, before, counts);
	return 0;
}

void sweep_times_take(struct sweep_times *times, const struct sweep_times *known,
                      size_t level_count)
{
	times->probe_wall_ns = known->probe_wall_ns;
	memcpy(times->levels, known->levels, level_count * sizeof *times->levels);
}

int64_t sweep_times_wall_ns(const struct sweep_times *times, const struct plan *plan,
                            uint32_t level)
{
	const struct plan_level *const levels = plan->levels;
	for (int64_t i = level; i >= 0; i--)
		if (times->levels[i].wall_ns > 0 && levels[i].placement == levels[level].placement)
			return llround(times->levels[i].wall_ns);
	return times->probe_wall_ns;
}

/* Slots beyond the machine's room share it, so their tasks take longer in proportion. */
double sweep_times_trial_ns(const struct sweep_times *times, const struct plan *plan,
                            const struct scenario *scenario, uint32_t level)
{
	const struct level_times *const seen = &times->levels[level];
	if (seen->trials > 0)
		return seen->trial_ns;
	double wall_ns = (double)sweep_times_wall_ns(times, plan, level);
	const double crowding = (double)plan->levels[level].concurrency / plan->capacity;
	if (crowding > 1)
		wall_ns *= crowding;
	const double tasks = 1 + scenario->sweep.warmup.tasks + scenario->sweep.measured.tasks;
	return tasks * wall_ns + (double)scenario->sweep.warmup.at_least_ns +
	       (double)scenario->sweep.measured.at_least_ns;
}
