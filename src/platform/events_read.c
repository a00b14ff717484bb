/* The counters of one task, read and judged. */
#include "platform/counting.h"
#include "platform/events.h"

#include <unistd.h>

/* A tick of user time is 1 to 10 ms on kernels that sample it; below this nothing can be said. */
#define DETACHED_LEAST_NS 50000000

static struct counter_value read_counter(int fd, bool was_started)
{
	struct counter_value value = {.state = COUNTER_NOT_COUNTED};
	struct {
		uint64_t raw;
		uint64_t enabled_ns;
		uint64_t running_ns;
	} kernel;
	if (!was_started || read(fd, &kernel, sizeof kernel) != (ssize_t)sizeof kernel)
		return value;
	value.raw = kernel.raw;
	value.enabled_ns = kernel.enabled_ns;
	value.running_ns = kernel.running_ns;
	if (kernel.running_ns == 0)
		return value;
	value.state = kernel.running_ns < kernel.enabled_ns ? COUNTER_SCALED : COUNTER_OK;
	return value;
}

void events_read(const struct events *events, int *event_fds, bool was_started,
                 struct counter_value counters[RECORD_MAX_EVENTS])
{
	for (size_t i = 0; i < events->count; i++)
		counters[i] = (struct counter_value){.state = events->definitions[i].state};
	for (size_t i = 0; i < events->open_count; i++) {
		struct counter_value *const value = &counters[events->definition_of[i]];
		if (event_fds[i] < 0) {
			/* It opened when the run began, and was refused for this task. */
			value->state = counting_state_of(-event_fds[i]);
			continue;
		}
		*value = read_counter(event_fds[i], was_started);
		close(event_fds[i]);
		event_fds[i] = -1;
	}
}

static bool is_task_clock(const struct event_definition *definition)
{
	return definition->type == PERF_TYPE_SOFTWARE &&
	       definition->config == PERF_COUNT_SW_TASK_CLOCK;
}

void events_mark_detached(const struct events *events, int64_t user_ns,
                          struct counter_value counters[RECORD_MAX_EVENTS])
{
	if (user_ns == RECORD_ABSENT || user_ns < DETACHED_LEAST_NS)
		return;
	bool is_detached = false;
	for (size_t i = 0; i < events->count; i++)
		if (is_task_clock(&events->definitions[i]) && counters[i].state == COUNTER_OK &&
		    (double)counters[i].raw < 0.9 * (double)user_ns)
			is_detached = true;
	for (size_t i = 0; is_detached && i < events->count; i++)
		if (counters[i].state == COUNTER_OK || counters[i].state == COUNTER_SCALED)
			counters[i].state = COUNTER_DETACHED;
}
