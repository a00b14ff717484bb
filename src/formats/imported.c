#include "formats/imported.h"

#include "core/array.h"
#include "core/error.h"
#include "core/str.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct imported_task *imported_add_task(struct imported *imported, const char *file, size_t line,
                                        struct error *err)
{
	if (array_reserve(&imported->tasks, &imported->task_capacity, imported->task_count + 1,
	                  sizeof *imported->tasks, err) < 0)
		return NULL;
	struct imported_task *const task = &imported->tasks[imported->task_count];
	*task = (struct imported_task){
	        .record = task_record_empty(),
	        .wall_ns = RECORD_ABSENT,
	        .concurrency = RECORD_ABSENT,
	        .repeat = RECORD_ABSENT,
	        .line = line,
	};
	task->record.start_ns = RECORD_ABSENT;
	task->record.end_ns = RECORD_ABSENT;
	task->record.role = ROLE_MEASURED;
	if (str_copy(file, &task->file, err) < 0)
		return NULL;
	imported->task_count++;
	return task;
}

int imported_event(struct imported *imported, const char *name, bool is_user_only,
                   uint32_t *ret_event, struct error *err)
{
	for (size_t i = 0; i < imported->event_count; i++) {
		if (strcmp(imported->events[i].name, name) == 0) {
			*ret_event = (uint32_t)i;
			return 0;
		}
	}
	struct event_definition *const event = &imported->events[imported->event_count];
	if (imported->event_count == RECORD_MAX_EVENTS || strlen(name) >= sizeof event->name)
		return error_set(err, E2BIG,
		                 "more than %d events, or a name longer than %zu letters: %.80s",
		                 RECORD_MAX_EVENTS, sizeof event->name - 1, name);
	*event = (struct event_definition){.is_user_only = is_user_only, .state = COUNTER_OK};
	snprintf(event->name, sizeof event->name, "%s", name);
	*ret_event = (uint32_t)imported->event_count++;
	return 0;
}

int imported_add_count(struct imported_task *task, uint32_t event,
                       const struct counter_value *value, struct error *err)
{
	for (size_t i = 0; i < task->count_count; i++)
		if (task->counts[i].event == event)
			return error_set(err, EEXIST, "the event is there twice");
	/* A few for each task: there is no use in room to spare. */
	struct imported_count *const counts =
	        realloc(task->counts, (task->count_count + 1) * sizeof *counts);
	if (!counts)
		return error_memory(err);
	task->counts = counts;
	counts[task->count_count++] = (struct imported_count){event, *value};
	return 0;
}

int imported_add_figure(struct imported *imported, int64_t concurrency,
                        const struct stated_figure *figure, struct error *err)
{
	const int r = array_reserve(&imported->figures, &imported->figure_capacity,
	                            imported->figure_count + 1, sizeof *imported->figures, err);
	if (r < 0)
		return r;
	imported->figures[imported->figure_count++] =
	        (struct imported_figure){concurrency, *figure};
	return 0;
}

int imported_add_fact(struct imported *imported, const char *name, const char *value,
                      struct error *err)
{
	const int r = words_add(&imported->facts, name, err);
	return r < 0 ? r : words_add(&imported->fact_values, value, err);
}

void imported_release(struct imported *imported)
{
	if (!imported)
		return;
	for (size_t i = 0; i < imported->task_count; i++) {
		free(imported->tasks[i].file);
		free(imported->tasks[i].counts);
	}
	free(imported->tasks);
	free(imported->figures);
	words_release(&imported->facts);
	words_release(&imported->fact_values);
	words_release(&imported->remarks);
	*imported = (struct imported){0};
}
