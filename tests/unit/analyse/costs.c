#include "costs.h"

#include "core/clock.h"

#include <math.h>

struct costs costs_usual(bool is_user_only)
{
	return (struct costs){6e9, 0.8, 3e9, is_user_only ? 1.1 : 1, 1.05};
}

double costs_wall_s(const struct costs *costs)
{
	return costs->instructions * costs->cpi / costs->clock_hz * costs->kernel * costs->off_cpu;
}

void costs_events(struct made *made, bool is_user_only)
{
	static const char *const names[] = {"instructions", "cycles", "task-clock"};
	for (size_t i = 0; i < 3; i++)
		made_event(made, names[i])->is_user_only = is_user_only;
}

double costs_task(struct made *made, uint32_t slot, double start_s, const struct costs *costs)
{
	const double cycles = costs->instructions * costs->cpi;
	const double counted_s = cycles / costs->clock_hz;
	const double cpu_s = counted_s * costs->kernel;
	const double end_s = start_s + cpu_s * costs->off_cpu;
	struct task_record *const task = made_task(made, slot, start_s, end_s);
	task->user_ns = llround(counted_s * NS_PER_S);
	task->system_ns = llround((cpu_s - counted_s) * NS_PER_S);
	if (made->dataset.event_count >= 3) {
		made_counter(made, 0, (uint64_t)llround(costs->instructions), COUNTER_OK);
		made_counter(made, 1, (uint64_t)llround(cycles), COUNTER_OK);
		made_counter(made, 2, (uint64_t)llround(cpu_s * NS_PER_S), COUNTER_OK);
	}
	return end_s;
}
