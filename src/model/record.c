#include "model/record.h"

#include "core/clock.h"

#include <math.h>
#include <stdlib.h>

const char *const phase_class_names[] = {"compute", "datastore", "other", NULL};
const char *const task_role_names[] = {"probe", "warmup", "measured", "filler", NULL};
const char *const task_state_names[] = {"ok",          "failed",        "signaled", "timeout",
                                        "not-started", "left-children", "ended",    NULL};
const char *const counter_state_names[] = {
        "ok",          "scaled",  "not-counted", "not-supported", "no-permission", "detached",
        "implausible", "unknown", NULL};
const char *const trial_state_names[] = {"pending",   "running",     "done",    "censored",
                                         "abandoned", "interrupted", "skipped", NULL};

const char *const stall_sample_names[] = {
        "stall_cpu_some_s",
        "stall_cpu_full_s",
        "stall_memory_some_s",
        "stall_memory_full_s",
        "stall_io_some_s",
        "stall_io_full_s",
        NULL,
};

const char stall_elapsed_sample_name[] = "stall_elapsed_s";

const char look_sample_name[] = "accept_look";

const char *const stated_statistic_names[] = {"mean", "sd", "quantile", NULL};
const char *const stated_error_names[] = {"none", "reading", "standard", "ci95", NULL};

const char chain_sample_name[] = "chain_frequency_hz";

bool task_state_is_success(enum task_state state)
{
	return state == TASK_OK;
}

bool task_state_is_failure(enum task_state state)
{
	return state != TASK_OK && state != TASK_ENDED;
}

struct task_record task_record_empty(void)
{
	return (struct task_record){
	        .pu = -1,
	        .input = -1,
	        .exit_status = -1,
	        .idle_before_ns = RECORD_ABSENT,
	        .user_ns = RECORD_ABSENT,
	        .system_ns = RECORD_ABSENT,
	        .cpu_ns = RECORD_ABSENT,
	        .max_rss_bytes = RECORD_ABSENT,
	        .peak_pss_bytes = RECORD_ABSENT,
	        .peak_rss_bytes = RECORD_ABSENT,
	        .rss_samples = RECORD_ABSENT,
	        .pss_samples = RECORD_ABSENT,
	        .cgroup_peak_bytes = RECORD_ABSENT,
	        .minor_faults = RECORD_ABSENT,
	        .major_faults = RECORD_ABSENT,
	        .voluntary_switches = RECORD_ABSENT,
	        .involuntary_switches = RECORD_ABSENT,
	        .read_chars = RECORD_ABSENT,
	        .write_chars = RECORD_ABSENT,
	        .read_calls = RECORD_ABSENT,
	        .write_calls = RECORD_ABSENT,
	        .read_bytes = RECORD_ABSENT,
	        .write_bytes = RECORD_ABSENT,
	        .run_delay_ns = RECORD_ABSENT,
	        .block_delay_ns = RECORD_ABSENT,
	        .page_in_delay_ns = RECORD_ABSENT,
	};
}

int64_t task_cpu_ns(const struct task_record *task)
{
	if (task->user_ns != RECORD_ABSENT && task->system_ns != RECORD_ABSENT)
		return task->user_ns + task->system_ns;
	return task->cpu_ns;
}

double task_cpu_s(const struct task_record *task)
{
	const int64_t cpu_ns = task_cpu_ns(task);
	return cpu_ns == RECORD_ABSENT ? (double)NAN : (double)cpu_ns / NS_PER_S;
}

double task_off_cpu_s(const struct task_record *task)
{
	const int64_t cpu_ns = task_cpu_ns(task);
	/* fmax(NAN, 0) is 0: an absent CPU time must stay absent. */
	if (cpu_ns == RECORD_ABSENT)
		return NAN;
	return fmax((double)(task->end_ns - task->start_ns) - (double)cpu_ns, 0) / NS_PER_S;
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

bool event_sets_has(const struct event_sets *sets, uint32_t set, size_t event)
{
	return set == 0 || set > sets->count || (sets->events[set - 1] >> event & 1);
}

uint32_t event_sets_holding(const struct event_sets *sets, size_t event)
{
	uint32_t count = 0;
	for (uint32_t s = 0; s < sets->count; s++)
		count += sets->events[s] >> event & 1;
	return count;
}

void record_release(struct record *record)
{
	if (record->kind == RECORD_OUTPUT) {
		free(record->output.head);
		free(record->output.tail);
		record->output.head = NULL;
		record->output.tail = NULL;
	} else if (record->kind == RECORD_PHASES) {
		free(record->phases.items);
		free(record->phases.names);
		record->phases.items = NULL;
		record->phases.names = NULL;
	} else if (record->kind == RECORD_FIGURES) {
		free(record->figures.items);
		record->figures.items = NULL;
	}
}
