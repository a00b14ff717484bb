#include "formats/import/imported.h"

#include "core/array.h"
#include "core/error.h"
#include "core/number.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Nobody reads more remarks than this; texts are searched one by one. */
enum { MOST_REMARKS = 100 };

static bool has_word(const struct words *words, const char *text)
{
	for (size_t i = words->count; i > 0; i--)
		if (strcmp(words->items[i - 1], text) == 0)
			return true;
	return false;
}

const char *imported_text(struct imported *imported, const char *text, struct error *err)
{
	struct words *const texts = &imported->texts;
	for (size_t i = texts->count; i > 0; i--)
		if (strcmp(texts->items[i - 1], text) == 0)
			return texts->items[i - 1];
	if (words_add(texts, text, err) < 0)
		return NULL;
	return texts->items[texts->count - 1];
}

struct imported_task *imported_add_task(struct imported *imported, const char *file, size_t line,
                                        struct error *err)
{
	if (imported->task_count >= IMPORTED_MOST_TASKS) {
		error_set(err, E2BIG, "more than %d tasks; import the files in several results",
		          IMPORTED_MOST_TASKS);
		return NULL;
	}
	if (array_reserve(&imported->tasks, &imported->task_capacity, imported->task_count + 1,
	                  sizeof *imported->tasks, err) < 0)
		return NULL;
	struct imported_task *const task = &imported->tasks[imported->task_count];
	*task = (struct imported_task){
	        .record = task_record_empty(),
	        .wall_ns = RECORD_ABSENT,
	        .concurrency = RECORD_ABSENT,
	        .repeat = RECORD_ABSENT,
	        .file = file,
	        .line = line,
	};
	task->record.start_ns = RECORD_ABSENT;
	task->record.end_ns = RECORD_ABSENT;
	task->record.role = ROLE_MEASURED;
	imported->task_count++;
	return task;
}

static void release_task(struct imported_task *task)
{
	free(task->counts);
	free(task->numbers);
}

void imported_drop_task(struct imported *imported)
{
	release_task(&imported->tasks[--imported->task_count]);
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

static int number_name(struct imported *imported, const char *name, uint32_t *ret_index,
                       struct error *err)
{
	struct words *const names = &imported->number_names;
	for (size_t i = 0; i < names->count; i++) {
		if (strcmp(names->items[i], name) == 0) {
			*ret_index = (uint32_t)i;
			return 0;
		}
	}
	const int r = words_add(names, name, err);
	if (r == 0)
		*ret_index = (uint32_t)(names->count - 1);
	return r;
}

int imported_add_number(struct imported *imported, struct imported_task *task, const char *name,
                        double value, struct error *err)
{
	uint32_t index = 0;
	const int r = number_name(imported, name, &index, err);
	if (r < 0)
		return r;
	struct imported_number *const numbers =
	        realloc(task->numbers, (task->number_count + 1) * sizeof *numbers);
	if (!numbers)
		return error_memory(err);
	task->numbers = numbers;
	numbers[task->number_count++] = (struct imported_number){index, value};
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
	if (has_word(&imported->facts, name))
		return 0;
	const int r = words_add(&imported->fact_values, value, err);
	return r < 0 ? r : words_add(&imported->facts, name, err);
}

const char *imported_fact(const struct imported *imported, const char *name)
{
	for (size_t i = 0; i < imported->facts.count; i++)
		if (strcmp(imported->facts.items[i], name) == 0)
			return imported->fact_values.items[i];
	return NULL;
}

int64_t imported_fact_count(const struct imported *imported, const char *name)
{
	const char *const text = imported_fact(imported, name);
	struct error ignored;
	int64_t count;
	return text && number_parse_integer(text, 0, INT32_MAX, &count, &ignored) == 0 ? count : -1;
}

int imported_note(struct imported *imported, const char *text, struct error *err)
{
	char name[64];
	const size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyz_");
	if (length == 0 || length >= sizeof name || text[length] != ':' || text[length + 1] != ' ')
		return 0;
	memcpy(name, text, length);
	name[length] = '\0';
	return imported_add_fact(imported, name, text + length + 2, err);
}

int imported_add_remark(struct imported *imported, struct error *err, const char *format, ...)
{
	char remark[512];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(remark, sizeof remark, format, arguments);
	va_end(arguments);
	if (imported->remarks.count >= MOST_REMARKS || has_word(&imported->remarks, remark))
		return 0;
	return words_add(&imported->remarks, remark, err);
}

bool imported_is_user_only(const char *event)
{
	const char *const slash = strrchr(event, '/');
	const char *const colon = strrchr(event, ':');
	const char *const joint = !slash || (colon && colon > slash) ? colon : slash;
	const char *const modifiers = joint ? joint + 1 : "";
	if (modifiers[strspn(modifiers, "ukhIGHpPSDWebR")] != '\0')
		return false;
	return strchr(modifiers, 'u') && !strpbrk(modifiers, "kh");
}

struct imported_mark imported_mark(const struct imported *imported)
{
	return (struct imported_mark){
	        .tasks = imported->task_count,
	        .figures = imported->figure_count,
	        .events = imported->event_count,
	        .number_names = imported->number_names.count,
	        .facts = imported->facts.count,
	        .remarks = imported->remarks.count,
	        .texts = imported->texts.count,
	};
}

static void rewind_words(struct words *words, size_t count)
{
	while (words->count > count) {
		free(words->items[--words->count]);
		words->items[words->count] = NULL;
	}
}

void imported_rewind(struct imported *imported, const struct imported_mark *mark)
{
	while (imported->task_count > mark->tasks)
		release_task(&imported->tasks[--imported->task_count]);
	imported->figure_count = mark->figures;
	imported->event_count = mark->events;
	rewind_words(&imported->number_names, mark->number_names);
	rewind_words(&imported->facts, mark->facts);
	rewind_words(&imported->fact_values, mark->facts);
	rewind_words(&imported->remarks, mark->remarks);
	rewind_words(&imported->texts, mark->texts);
}

void imported_release(struct imported *imported)
{
	if (!imported)
		return;
	for (size_t i = 0; i < imported->task_count; i++)
		release_task(&imported->tasks[i]);
	free(imported->tasks);
	free(imported->figures);
	words_release(&imported->number_names);
	words_release(&imported->facts);
	words_release(&imported->fact_values);
	words_release(&imported->remarks);
	words_release(&imported->texts);
	*imported = (struct imported){0};
}
