#include "model/record.h"

#include <math.h>

const char *const phase_class_names[] = {"compute", "datastore", "other", NULL};
const char *const task_role_names[] = {"probe", "warmup", "measured", "filler", NULL};
const char *const task_state_names[] = {"ok",          "failed",        "signaled", "timeout",
                                        "not-started", "left-children", "ended",    NULL};
const char *const counter_state_names[] = {
        "ok",          "scaled",  "not-counted", "not-supported", "no-permission", "detached",
        "implausible", "unknown", NULL};
const char *const trial_state_names[] = {"pending",   "running",     "done",    "censored",
                                         "abandoned", "interrupted", "skipped", NULL};

bool task_state_is_success(enum task_state state)
{
	return state == TASK_OK;
}

bool task_state_is_failure(enum task_state state)
{
	return state != TASK_OK && state != TASK_ENDED;
}

int32_t task_failure_detail(const struct task_record *task)
{
	switch (task->state) {
	case TASK_FAILED:
		return task->exit_status;
	case TASK_SIGNALED:
		return task->signal;
	case TASK_NOT_STARTED:
		return task->start_errno;
	default:
		return 0;
	}
}

double counter_scaled_value(const struct counter_value *counter)
{
	if (counter->state == COUNTER_OK)
		return (double)counter->raw;
	if (counter->state == COUNTER_SCALED && counter->running_ns > 0)
		return (double)counter->raw * (double)counter->enabled_ns /
		       (double)counter->running_ns;
	return NAN;
}
