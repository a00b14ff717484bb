#include "analyse/clocked.h"

#include "core/array.h"
#include "core/clock.h"
#include "model/event_mode.h"

/* By the name that was asked for; with other modifiers than those of user mode, or of both, it is
 * another event. */
static bool is_one_of(const struct event_definition *event, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (dataset_event_is(event->name, names[i]))
			return event_mode_of(event) != EVENT_OF_KERNEL;
	return false;
}

bool clocked_is_cycles(const struct event_definition *event)
{
	static const char *const names[] = {"cycles", "cpu-cycles"};
	return is_one_of(event, names, ARRAY_LENGTH(names));
}

bool clocked_is_aperf(const struct event_definition *event)
{
	static const char *const names[] = {"aperf", "msr/aperf/", "sysfs:msr/aperf/"};
	return is_one_of(event, names, ARRAY_LENGTH(names));
}

/* A count over the time in which the counter was running. */
static bool over_running(const struct dataset *dataset, size_t task, size_t event,
                         struct clocked *ret_clocked)
{
	const struct counter_value counter = dataset_counter(dataset, task, event);
	const bool has_value = counter.state == COUNTER_OK || counter.state == COUNTER_SCALED;
	if (event_mode_of(&dataset->events[event]) != EVENT_OF_BOTH || !has_value ||
	    counter.running_ns == 0)
		return false;
	*ret_clocked = (struct clocked){(double)counter.raw, (double)counter.running_ns};
	return true;
}

bool clocked_by_cycles(const struct dataset *dataset, size_t task, size_t event,
                       struct clocked *ret_clocked)
{
	return clocked_is_cycles(&dataset->events[event]) &&
	       over_running(dataset, task, event, ret_clocked);
}

bool clocked_by_aperf(const struct dataset *dataset, size_t task, size_t event,
                      struct clocked *ret_clocked)
{
	return clocked_is_aperf(&dataset->events[event]) &&
	       over_running(dataset, task, event, ret_clocked);
}

bool clocked_by_user_cycles(const struct dataset *dataset, size_t task, size_t event,
                            struct clocked *ret_clocked)
{
	const struct event_definition *const definition = &dataset->events[event];
	const struct counter_value counter = dataset_counter(dataset, task, event);
	const int64_t user_ns = dataset->tasks[task].user_ns;
	/* Of imported tasks others have scaled it up to the whole time. */
	const bool is_whole = counter.state == COUNTER_OK ||
	                      (counter.state == COUNTER_SCALED && dataset->run.imported);
	if (!clocked_is_cycles(definition) || event_mode_of(definition) != EVENT_OF_USER ||
	    !is_whole || user_ns == RECORD_ABSENT || user_ns <= 0)
		return false;
	*ret_clocked = (struct clocked){counter_scaled_value(&counter), (double)user_ns};
	return true;
}

double clocked_hz(struct clocked clocked)
{
	return clocked.cycles / clocked.ns * NS_PER_S;
}
