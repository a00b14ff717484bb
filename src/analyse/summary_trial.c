/* One trial: throughput, occupancy, and the two halves of its window. */
#include "analyse/summary_parts.h"

#include "core/clock.h"
#include "model/window.h"

#include <math.h>

bool summary_task_is_measured(const struct trial_summary *trial, const struct task_record *task)
{
	return window_is_measured(trial->trial, task);
}

double summary_task_weight(const struct trial_summary *trial, const struct task_record *task)
{
	return trial->weights[task - trial->tasks];
}

bool summary_trial_is_used(const struct trial_summary *trial, size_t level)
{
	return trial->level == level && !trial->left_out;
}

const struct trial_summary *summary_trial_of(const struct summary *summary, size_t level,
                                             uint32_t block)
{
	const struct trial_summary *trial = summary->levels[level].first;
	while (trial && !(summary_trial_is_used(trial, level) && trial->trial->block == block))
		trial = trial->next;
	return trial;
}

static const char *reason_or(const struct trial_record *trial, const char *otherwise)
{
	return trial->reason[0] ? trial->reason : otherwise;
}

/* Why a trial cannot be part of an estimate, or NULL. */
static const char *left_out(const struct trial_record *trial)
{
	switch (trial->state) {
	case TRIAL_DONE:
	case TRIAL_CENSORED:
		if (trial->has_durations_only)
			return NULL;
		if (trial->window_start_ns == RECORD_ABSENT ||
		    trial->window_end_ns <= trial->window_start_ns)
			return "it has no measuring window";
		return NULL;
	case TRIAL_PENDING:
		return "it did not run";
	case TRIAL_RUNNING:
		return "the run ended in the middle of it";
	case TRIAL_ABANDONED:
		return reason_or(trial, "too many tasks failed in its warm-up");
	case TRIAL_INTERRUPTED:
		return reason_or(trial, "it was interrupted");
	case TRIAL_SKIPPED:
		return reason_or(trial, "it was skipped");
	case TRIAL_STATES:
		break;
	}
	return "its state is unknown";
}

/* The weight of a task in half 0 or 1 of the window. */
static double half_weight(const struct trial_record *trial, const struct task_record *task,
                          int half)
{
	const int64_t middle =
	        trial->window_start_ns + (trial->window_end_ns - trial->window_start_ns) / 2;
	return half == 0
	               ? window_weight(task->start_ns, task->end_ns, trial->window_start_ns, middle)
	               : window_weight(task->start_ns, task->end_ns, middle, trial->window_end_ns);
}

/* When tasks ran is not known: as if every one of N places had always been taken by one of them,
 * and they had been as these are. What failed took its place, too. */
static void measure_durations(struct trial_summary *trial, uint32_t concurrency,
                              struct weighted_value *scratch)
{
	double all_s = 0;
	size_t walls = 0;
	for (size_t i = 0; i < trial->task_count; i++) {
		const struct task_record *const task = &trial->tasks[i];
		const double wall_s = (double)(task->end_ns - task->start_ns) / NS_PER_S;
		trial->measured++;
		trial->failed += task_state_is_failure(task->state);
		all_s += wall_s;
		if (task_state_is_success(task->state))
			scratch[walls++] = (struct weighted_value){wall_s, 1};
	}
	trial->successes = (double)walls;
	trial->window_s = NAN;
	trial->held = NAN;
	trial->halves_per_s[0] = NAN;
	trial->halves_per_s[1] = NAN;
	trial->throughput_per_s = all_s > 0 ? concurrency * trial->successes / all_s : (double)NAN;
	trial->wall_cv = quantile_weighted_cv(scratch, walls);
}

void summary_measure_trial(struct trial_summary *trial, uint32_t concurrency,
                           struct weighted_value *scratch)
{
	const struct trial_record *const record = trial->trial;
	trial->left_out = left_out(record);
	trial->wall_cv = NAN;
	if (trial->left_out)
		return;
	if (record->has_durations_only) {
		measure_durations(trial, concurrency, scratch);
		return;
	}
	double overlap_ns = 0;
	size_t walls = 0;
	for (size_t i = 0; i < trial->task_count; i++) {
		const struct task_record *const task = &trial->tasks[i];
		if (!summary_task_is_measured(trial, task))
			continue;
		trial->measured++;
		trial->failed += task_state_is_failure(task->state);
		overlap_ns +=
		        (double)window_overlap_ns(task->start_ns, task->end_ns,
		                                  record->window_start_ns, record->window_end_ns);
		if (!task_state_is_success(task->state))
			continue;
		const double v = summary_task_weight(trial, task);
		scratch[walls++] = (struct weighted_value){
		        (double)(task->end_ns - task->start_ns) / NS_PER_S, v};
		trial->successes += v;
		trial->halves_per_s[0] += half_weight(record, task, 0);
		trial->halves_per_s[1] += half_weight(record, task, 1);
	}
	const double window_ns = (double)(record->window_end_ns - record->window_start_ns);
	trial->window_s = window_ns / NS_PER_S;
	trial->throughput_per_s = trial->successes / trial->window_s;
	trial->held = overlap_ns / window_ns;
	trial->halves_per_s[0] /= trial->window_s / 2;
	trial->halves_per_s[1] /= trial->window_s / 2;
	trial->wall_cv = quantile_weighted_cv(scratch, walls);
}
