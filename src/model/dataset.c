#include "model/dataset.h"

#include "core/array.h"
#include "core/error.h"
#include "core/number.h"
#include "core/str.h"
#include "model/event_mode.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

const char *const run_state_names[] = {"running", "done", "interrupted", "failed", NULL};

const char *run_state_word(enum run_state state)
{
	return state == RUN_RUNNING ? "killed" : run_state_names[state];
}

static void release_fact(struct host_fact *fact)
{
	free(fact->name);
	free(fact->value);
	free(fact->reason);
}

int host_facts_add(struct host_facts *facts, const char *name, const char *value,
                   const char *reason, struct error *err)
{
	int r = array_reserve(&facts->items, &facts->capacity, facts->count + 1,
	                      sizeof *facts->items, err);
	if (r < 0)
		return r;
	struct host_fact fact = {0};
	r = str_copy(name, &fact.name, err);
	if (r == 0 && value)
		r = str_copy(value, &fact.value, err);
	if (r == 0 && reason)
		r = str_copy(reason, &fact.reason, err);
	if (r < 0) {
		release_fact(&fact);
		return r;
	}
	facts->items[facts->count++] = fact;
	return 0;
}

const char *host_facts_get(const struct host_facts *facts, const char *name)
{
	for (size_t i = 0; i < facts->count; i++)
		if (strcmp(facts->items[i].name, name) == 0)
			return facts->items[i].value;
	return NULL;
}

int64_t host_facts_count(const struct host_facts *facts, const char *name)
{
	static const int64_t most = INT64_C(1) << 53; /* a double holds all up to here */
	const char *const text = host_facts_get(facts, name);
	struct error ignored;
	int64_t count;
	return text && number_parse_integer(text, 0, most, &count, &ignored) == 0 ? count : -1;
}

void run_facts_release(struct run_facts *facts)
{
	if (!facts)
		return;
	free(facts->id);
	free(facts->name);
	free(facts->plateau_version);
	free(facts->scenario_text);
	free(facts->scenario_sha256);
	free(facts->scenario_json);
	free(facts->task_type);
	free(facts->command);
	free(facts->working_folder);
	free(facts->program_path);
	free(facts->program_sha256);
	free(facts->imported);
	free(facts->source);
	*facts = (struct run_facts){0};
}

void host_facts_release(struct host_facts *facts)
{
	if (!facts)
		return;
	for (size_t i = 0; i < facts->count; i++)
		release_fact(&facts->items[i]);
	free(facts->items);
	free(facts->topology_xml);
	*facts = (struct host_facts){0};
}

struct counter_value dataset_counter(const struct dataset *dataset, size_t task, size_t event)
{
	if (dataset->counters)
		return dataset->counters[task * dataset->event_count + event];
	const enum counter_state state = dataset->events[event].state;
	return (struct counter_value){
	        .state = state == COUNTER_OK ? COUNTER_NOT_COUNTED : state,
	};
}

static int compare_slot(const void *key, const void *item)
{
	const struct dataset_slot *const x = key;
	const struct dataset_slot *const y = item;
	if (x->level != y->level)
		return x->level < y->level ? -1 : 1;
	return (x->slot > y->slot) - (x->slot < y->slot);
}

const struct dataset_slot *dataset_find_slot(const struct dataset *dataset, uint32_t level,
                                             uint32_t slot)
{
	const struct dataset_slot key = {.level = level, .slot = slot};
	if (dataset->slot_count == 0)
		return NULL;
	return bsearch(&key, dataset->slots, dataset->slot_count, sizeof *dataset->slots,
	               compare_slot);
}

bool dataset_is_same_run(const struct dataset *a, const struct dataset *b)
{
	return a->run.id && b->run.id && strcmp(a->run.id, b->run.id) == 0;
}

bool dataset_event_is(const char *event, const char *name)
{
	const size_t length = strlen(name);
	return strncasecmp(event, name, length) == 0 &&
	       (event[length] == '\0' || strcmp(event + length, ":u") == 0 ||
	        strcmp(event + length, ":uk") == 0 || strcmp(event + length, ":ku") == 0);
}

ptrdiff_t dataset_find_event(const struct dataset *dataset, const char *name, bool is_user_only)
{
	for (size_t e = 0; e < dataset->event_count; e++)
		if (dataset_event_is(dataset->events[e].name, name) &&
		    event_mode_of(&dataset->events[e]) ==
		            (is_user_only ? EVENT_OF_USER : EVENT_OF_BOTH))
			return (ptrdiff_t)e;
	return -1;
}

ptrdiff_t dataset_find_figure(const struct dataset *dataset, const char *name)
{
	for (size_t i = 0; i < dataset->figure_names.count; i++)
		if (strcmp(dataset->figure_names.items[i], name) == 0)
			return (ptrdiff_t)i;
	return -1;
}

double dataset_figure(const struct dataset *dataset, size_t task, size_t figure)
{
	size_t low = 0;
	size_t high = dataset->figure_count;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		const struct dataset_figure *const f = &dataset->figures[middle];
		if (f->task < task || (f->task == task && f->name < figure))
			low = middle + 1;
		else
			high = middle;
	}
	if (low == dataset->figure_count || dataset->figures[low].task != task ||
	    dataset->figures[low].name != figure)
		return NAN;
	return dataset->figures[low].value;
}

const char *dataset_said(const struct dataset *dataset, int32_t level, enum task_state state,
                         int32_t detail)
{
	for (size_t i = 0; i < dataset->said_count; i++) {
		const struct dataset_said *const said = &dataset->said[i];
		if (said->level == level && said->state == state && said->detail == detail)
			return said->text;
	}
	return NULL;
}

static void keep_samples(struct dataset *dataset, const char *name)
{
	size_t kept = 0;
	for (size_t i = 0; i < dataset->sample_count; i++)
		if (strcmp(dataset->sample_names.items[dataset->samples[i].name], name) == 0)
			dataset->samples[kept++] = dataset->samples[i];
	dataset->sample_count = kept;
	struct dataset_sample *const fewer =
	        realloc(dataset->samples, (kept + 1) * sizeof *dataset->samples);
	if (fewer)
		dataset->samples = fewer;
}

void dataset_forget_tasks(struct dataset *dataset, const char *kept_sample)
{
	free(dataset->tasks);
	free(dataset->counters);
	free(dataset->phases);
	free(dataset->figures);
	dataset->tasks = NULL;
	dataset->counters = NULL;
	dataset->phases = NULL;
	dataset->figures = NULL;
	dataset->task_count = dataset->phase_count = dataset->figure_count = 0;
	keep_samples(dataset, kept_sample);
}

void dataset_release(struct dataset *dataset)
{
	if (!dataset)
		return;
	free(dataset->path);
	run_facts_release(&dataset->run);
	host_facts_release(&dataset->host);
	for (size_t i = 0; i < dataset->level_count; i++) {
		free(dataset->levels[i].policy);
		free(dataset->levels[i].spelling);
		free(dataset->levels[i].skipped);
	}
	free(dataset->levels);
	free(dataset->slots);
	free(dataset->events);
	words_release(&dataset->inputs);
	free(dataset->input_facts);
	free(dataset->trials);
	free(dataset->stalls);
	free(dataset->tasks);
	free(dataset->counters);
	free(dataset->phases);
	words_release(&dataset->phase_names);
	free(dataset->figures);
	words_release(&dataset->figure_names);
	free(dataset->samples);
	words_release(&dataset->sample_names);
	free(dataset->stated);
	free(dataset->warnings);
	for (size_t i = 0; i < dataset->said_count; i++)
		free(dataset->said[i].text);
	free(dataset->said);
	*dataset = (struct dataset){0};
}
