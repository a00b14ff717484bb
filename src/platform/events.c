#include "platform/events.h"

#include "core/error.h"
#include "model/metric.h"
#include "platform/event_take.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static int check_count(size_t count, struct error *err)
{
	if (count <= RECORD_MAX_EVENTS)
		return 0;
	return error_set(err, E2BIG, "%zu events are asked for; at most %d can be counted in a run",
	                 count, RECORD_MAX_EVENTS);
}

/* Puts what was taken beside the others. */
static void add_open(struct events *events, size_t definition,
                     const struct perf_event_attr *attributes)
{
	events->attributes[events->open_count] = *attributes;
	events->definition_of[events->open_count++] = definition;
}

int events_open(const struct words *names, const struct metrics *metrics, struct events *ret_events,
                struct error *err)
{
	const int r = check_count(names->count, err);
	if (r < 0)
		return r;
	struct event_taking taking;
	event_taking_begin(metrics, &taking);
	struct events *const events = ret_events;
	*events = (struct events){.count = names->count};
	for (size_t i = 0; i < names->count; i++) {
		struct perf_event_attr attributes;
		if (event_take(&taking, names->items[i], &events->definitions[i], &attributes,
		               &events->keepers[i]))
			add_open(events, i, &attributes);
	}
	return 0;
}

int events_open_again(const struct event_definition *before, size_t count,
                      struct events *ret_events, struct error *err)
{
	const int r = check_count(count, err);
	if (r < 0)
		return r;
	struct event_taking taking;
	event_taking_begin(NULL, &taking);
	struct events *const events = ret_events;
	*events = (struct events){.count = count};
	for (size_t i = 0; i < count; i++) {
		struct perf_event_attr attributes;
		if (event_take_again(&taking, &before[i], &events->definitions[i], &attributes,
		                     &events->keepers[i]))
			add_open(events, i, &attributes);
	}
	return 0;
}

const char *events_processor(const struct metrics *metrics)
{
	struct event_taking taking;
	event_taking_begin(metrics, &taking);
	return taking.processor ? taking.processor->name : NULL;
}

int events_describe(const struct metrics *metrics, struct event_definition **ret_definitions,
                    struct error *err)
{
	struct event_definition *const definitions =
	        calloc(metrics->count + 1, sizeof *definitions);
	if (!definitions)
		return error_memory(err);
	struct event_taking taking;
	event_taking_begin(metrics, &taking);
	for (size_t i = 0; i < metrics->count; i++) {
		struct perf_event_attr attributes;
		int keeper;
		event_take(&taking, metrics->items[i].name, &definitions[i], &attributes, &keeper);
		if (keeper >= 0)
			close(keeper);
	}
	*ret_definitions = definitions;
	return 0;
}

void events_close(struct events *events)
{
	if (!events)
		return;
	for (size_t i = 0; i < events->count; i++)
		if (events->keepers[i] >= 0)
			close(events->keepers[i]);
	events->count = events->open_count = 0;
}
