/* make_records FILE <DESCRIPTION: a result file of records that somebody else published. Lines:
 *
 *   name NAME, command TEXT    of the run
 *   host NAME VALUE            a fact of the node
 *   baseline N
 *   event NAME user|all        counted in user mode alone, or in kernel mode too
 *   level N                    begins a level, of one trial
 *   tasks HOW_MANY START END USER SYSTEM COUNT...
 *                              successful tasks, in s since the trial's start; a count per event
 *
 * The window of a trial is from the first start to the last end. Tasks go to slots 0 to N-1 in
 * turn.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/clock.h"
#include "core/error.h"
#include "fixture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_LEVELS = 16, MOST_EVENTS = 8 };

struct described_level {
	uint32_t concurrency;
	struct record *tasks;
	size_t count;
	size_t capacity;
};

struct description {
	struct event_definition events[MOST_EVENTS];
	size_t event_count;
	struct described_level levels[MOST_LEVELS];
	size_t level_count;
	uint32_t baseline;
};

static void leave(const char *what, const char *text)
{
	fprintf(stderr, "make_records: %s: %s\n", what, text);
	exit(2);
}

static int64_t ns(const char *seconds)
{
	return llround(strtod(seconds, NULL) * NS_PER_S);
}

static void read_event(struct description *d, const char *name, const char *mode)
{
	if (d->event_count == MOST_EVENTS)
		leave("too many events", name);
	struct event_definition *const event = &d->events[d->event_count++];
	snprintf(event->name, sizeof event->name, "%s", name);
	event->is_user_only = strcmp(mode, "user") == 0;
}

static void read_tasks(struct description *d, char *rest)
{
	char *words[5 + MOST_EVENTS];
	size_t count = 0;
	char *save = NULL;
	for (char *word = strtok_r(rest, " ", &save); word; word = strtok_r(NULL, " ", &save))
		if (count < ARRAY_LENGTH(words))
			words[count++] = word;
	if (d->level_count == 0 || count != 5 + d->event_count)
		leave("tasks need a level, a number, four times and a count per event", rest);
	struct described_level *const level = &d->levels[d->level_count - 1];
	struct record record = {.kind = RECORD_TASK, .task = task_record_empty()};
	struct task_record *const task = &record.task;
	task->trial = (uint32_t)d->level_count;
	task->role = ROLE_MEASURED;
	task->exit_status = 0;
	task->start_ns = ns(words[1]);
	task->end_ns = ns(words[2]);
	task->user_ns = ns(words[3]);
	task->system_ns = ns(words[4]);
	/* Counters run while the task is on a CPU. */
	const uint64_t running_ns = (uint64_t)(task->user_ns + task->system_ns);
	for (size_t e = 0; e < d->event_count; e++)
		record.counters[e] = (struct counter_value){(uint64_t)strtod(words[5 + e], NULL),
		                                            running_ns, running_ns, COUNTER_OK};
	for (unsigned long left = strtoul(words[0], NULL, 10); left > 0; left--) {
		struct error err;
		task->index = (uint32_t)level->count;
		task->slot = task->index % level->concurrency;
		if (array_reserve(&level->tasks, &level->capacity, level->count + 1,
		                  sizeof *level->tasks, &err) < 0)
			leave("tasks", err.text);
		level->tasks[level->count++] = record;
	}
}

static void replace(char **text, const char *with)
{
	free(*text);
	*text = strdup(with);
	assert_non_null(*text);
}

static void read_line(struct description *d, struct fixture *fixture, char *line)
{
	struct error err;
	line[strcspn(line, "\n")] = '\0';
	char *const rest = strchr(line, ' ');
	if (!rest)
		leave("half a line", line);
	*rest = '\0';
	char *const value = strchr(rest + 1, ' ');
	if (strcmp(line, "tasks") == 0) {
		read_tasks(d, rest + 1);
	} else if (strcmp(line, "level") == 0 && d->level_count < MOST_LEVELS) {
		d->levels[d->level_count++].concurrency = (uint32_t)strtoul(rest + 1, NULL, 10);
	} else if (strcmp(line, "name") == 0) {
		replace(&fixture->run.name, rest + 1);
	} else if (strcmp(line, "command") == 0) {
		replace(&fixture->run.command, rest + 1);
	} else if (strcmp(line, "baseline") == 0) {
		d->baseline = (uint32_t)strtoul(rest + 1, NULL, 10);
	} else if (value && strcmp(line, "event") == 0) {
		*value = '\0';
		read_event(d, rest + 1, value + 1);
	} else if (value && strcmp(line, "host") == 0) {
		*value = '\0';
		if (host_facts_add(&fixture->host, rest + 1, value + 1, NULL, &err) < 0)
			leave("host", err.text);
	} else {
		leave("unknown", line);
	}
}

static void make_plan(const struct description *d, struct plan *plan)
{
	const uint32_t count = (uint32_t)d->level_count;
	*plan = (struct plan){.level_count = count,
	                      .trial_count = count,
	                      .blocks = 1,
	                      .capacity = d->levels[count - 1].concurrency,
	                      .baseline = d->baseline,
	                      .largest = d->levels[count - 1].concurrency,
	                      .input_count = 0};
	plan->levels = calloc(count, sizeof *plan->levels);
	plan->trials = calloc(count, sizeof *plan->trials);
	assert_true(plan->levels && plan->trials);
	for (uint32_t i = 0; i < count; i++) {
		const uint32_t n = d->levels[i].concurrency;
		struct plan_level *const level = &plan->levels[i];
		plan->trials[i] = (struct plan_trial){.level = i};
		*level = (struct plan_level){.concurrency = n,
		                             .policy = strdup("none"),
		                             .spelling = strdup(""),
		                             .memory_bytes = -1};
		level->slots = calloc(n, sizeof *level->slots);
		assert_non_null(level->slots);
		for (uint32_t k = 0; k < n; k++)
			level->slots[k] =
			        (struct plan_slot){.core = -1, .l3 = -1, .numa = -1, .package = -1};
	}
}

static void put(struct recorder *recorder, const struct record *record)
{
	struct error err;
	struct record copy = *record;
	if (sink_put(recorder_sink(recorder), &copy, &err) < 0)
		leave("writing", err.text);
}

/* Returns when the trial ends, in ns since the run's origin. */
static int64_t put_level(struct recorder *recorder, struct described_level *level, uint32_t index,
                         int64_t start_ns)
{
	struct record trial = fixture_trial(index + 1, 1, TRIAL_RUNNING);
	int64_t first = INT64_MAX;
	int64_t last = start_ns;
	trial.trial.block = 0;
	trial.trial.level = index;
	trial.trial.start_ns = start_ns;
	trial.trial.reason[0] = '\0';
	put(recorder, &trial);
	for (size_t i = 0; i < level->count; i++) {
		struct task_record *const task = &level->tasks[i].task;
		task->start_ns += start_ns;
		task->end_ns += start_ns;
		first = task->start_ns < first ? task->start_ns : first;
		last = task->end_ns > last ? task->end_ns : last;
		put(recorder, &level->tasks[i]);
	}
	trial.trial.state = TRIAL_DONE;
	trial.trial.window_start_ns = first;
	trial.trial.window_end_ns = last;
	trial.trial.end_ns = last;
	put(recorder, &trial);
	return last;
}

static int make(const char *path, struct description *d, struct fixture *fixture, struct error *err)
{
	struct recorder *recorder = NULL;
	const struct words no_inputs = {0};
	plan_release(&fixture->plan);
	make_plan(d, &fixture->plan);
	fixture->run.baseline = d->baseline;
	int r = recorder_create(path, true, &fixture->run, &fixture->host, &fixture->scenario,
	                        &fixture->plan, d->events, d->event_count, &no_inputs, &recorder,
	                        err);
	if (r < 0)
		return r;
	int64_t end_ns = 0;
	for (size_t i = 0; i < d->level_count; i++)
		end_ns = put_level(recorder, &d->levels[i], (uint32_t)i, end_ns + NS_PER_S);
	return recorder_close(recorder, RUN_DONE, fixture->run.origin_calendar_ns + end_ns, err);
}

int main(int argc, char *argv[])
{
	static struct description description;
	struct fixture fixture;
	struct error err;
	char line[512];
	if (argc != 2)
		leave("usage", "make_records FILE <DESCRIPTION");
	fixture_init(&fixture);
	host_facts_release(&fixture.host);
	fixture.host = (struct host_facts){0};
	while (fgets(line, sizeof line, stdin))
		read_line(&description, &fixture, line);
	if (description.level_count == 0)
		leave("no levels in", argv[1]);
	const int r = make(argv[1], &description, &fixture, &err);
	fixture_release(&fixture);
	for (size_t i = 0; i < description.level_count; i++)
		free(description.levels[i].tasks);
	if (r < 0)
		leave(argv[1], err.text);
	return 0;
}
