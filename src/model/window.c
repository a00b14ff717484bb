#include "model/window.h"

int64_t window_overlap_ns(int64_t start_ns, int64_t end_ns, int64_t window_start_ns,
                          int64_t window_end_ns)
{
	const int64_t from = start_ns > window_start_ns ? start_ns : window_start_ns;
	const int64_t to = end_ns < window_end_ns ? end_ns : window_end_ns;
	return to > from ? to - from : 0;
}

double window_weight(int64_t start_ns, int64_t end_ns, int64_t window_start_ns,
                     int64_t window_end_ns)
{
	if (end_ns <= start_ns)
		return start_ns >= window_start_ns && start_ns < window_end_ns ? 1 : 0;
	return (double)window_overlap_ns(start_ns, end_ns, window_start_ns, window_end_ns) /
	       (double)(end_ns - start_ns);
}

enum task_role window_role(int64_t start_ns, int64_t end_ns, int64_t window_start_ns,
                           int64_t window_end_ns)
{
	if (window_start_ns == RECORD_ABSENT || end_ns <= window_start_ns)
		return ROLE_WARMUP;
	return start_ns < window_end_ns ? ROLE_MEASURED : ROLE_FILLER;
}

bool window_is_measured(const struct trial_record *trial, const struct task_record *task)
{
	if (trial->has_durations_only)
		return true;
	return trial->window_start_ns != RECORD_ABSENT &&
	       window_role(task->start_ns, task->end_ns, trial->window_start_ns,
	                   trial->window_end_ns) == ROLE_MEASURED;
}
