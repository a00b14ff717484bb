#include "engine_fixture.h"

#include "core/array.h"
#include "core/rng.h"
#include "core/str.h"
#include "model/window.h"
#include "platform/launch.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static int collect(void *self, const struct record *record, struct error *err)
{
	struct collected *const c = self;
	const int r = array_reserve(&c->items, &c->capacity, c->count + 1, sizeof *c->items, err);
	if (r < 0)
		return r;
	c->items[c->count++] = *record;
	return 0;
}

static void plan_level(struct fixture *fixture, size_t i, uint32_t concurrency)
{
	struct plan *const plan = &fixture->plan;
	struct error err;
	struct plan_level *const level = &plan->levels[i];
	level->concurrency = concurrency;
	level->slots = calloc(concurrency, sizeof *level->slots);
	level->memory_bytes = -1;
	assert_int_equal(str_copy("none", &level->policy, &err), 0);
	plan->trials[i].level = (uint32_t)i;
	plan->trials[i].stream = i + 1;
	if (concurrency > plan->largest)
		plan->largest = concurrency;
}

void fixture_init(struct fixture *fixture, const char *const *argv, const uint32_t *levels)
{
	struct error err;
	*fixture = (struct fixture){0};
	assert_int_equal(scenario_init(&fixture->scenario, &err), 0);
	words_release(&fixture->scenario.events);
	for (size_t i = 0; argv[i]; i++)
		assert_int_equal(words_add(&fixture->scenario.task.command, argv[i], &err), 0);
	size_t count = 0;
	while (levels[count])
		count++;
	fixture->plan.levels = calloc(count, sizeof *fixture->plan.levels);
	fixture->plan.trials = calloc(count, sizeof *fixture->plan.trials);
	fixture->plan.level_count = fixture->plan.trial_count = count;
	fixture->plan.blocks = 1;
	fixture->plan.capacity = 2;
	fixture->plan.seed = 7;
	for (size_t i = 0; i < count; i++)
		plan_level(fixture, i, levels[i]);
	fixture->sink = (struct sink){collect, &fixture->collected};
}

static void must(int r, const struct error *err)
{
	if (r < 0)
		fail_msg("%s", err->text);
}

void fixture_run(struct fixture *fixture, struct trial_outcome *outcomes)
{
	struct error err;
	static int is_reserved;
	if (!is_reserved++)
		must(launch_reserve(&err), &err);
	fixture->origin_ns = clock_now_ns();
	snprintf(fixture->run_id, sizeof fixture->run_id, "%016" PRIx64 "%016" PRIx64,
	         rng_entropy(), rng_entropy());
	const struct engine_settings settings = {
	        .scenario = &fixture->scenario,
	        .plan = &fixture->plan,
	        .topology = &fixture->topology,
	        .run_id = fixture->run_id,
	        .origin_ns = fixture->origin_ns,
	};
	const struct words *inputs;
	size_t found;
	must(engine_open(&settings, &fixture->engine, &err), &err);
	must(engine_inputs(fixture->engine, &inputs, &found, &err), &err);
	must(events_open(&fixture->scenario.events, NULL, &fixture->events, &err), &err);
	must(engine_ready(fixture->engine, &fixture->events, &err), &err);
	engine_set_sink(fixture->engine, &fixture->sink, -1);
	must(engine_probe(fixture->engine, &fixture->probe_wall_ns, &err), &err);
	for (size_t i = 0; i < fixture->plan.trial_count; i++)
		must(engine_trial(fixture->engine, (uint32_t)i + 1, &fixture->plan.trials[i], 1,
		                  RECORD_ABSENT, fixture->probe_wall_ns, &outcomes[i], &err),
		     &err);
	engine_close(fixture->engine);
	fixture->engine = NULL;
}

void fixture_release(struct fixture *fixture)
{
	engine_close(fixture->engine);
	events_close(&fixture->events);
	for (size_t i = 0; i < fixture->collected.count; i++)
		record_release(&fixture->collected.items[i]);
	free(fixture->collected.items);
	scenario_release(&fixture->scenario);
	plan_release(&fixture->plan);
}

const struct task_record *fixture_task(const struct fixture *fixture, uint32_t trial,
                                       uint32_t index)
{
	for (size_t i = 0; i < fixture->collected.count; i++) {
		const struct record *const record = &fixture->collected.items[i];
		if (record->kind == RECORD_TASK && record->task.trial == trial &&
		    record->task.index == index)
			return &record->task;
	}
	fail_msg("there is no task %u in trial %u", (unsigned)index, (unsigned)trial);
	abort();
}

double fixture_throughput(const struct fixture *fixture, const struct trial_record *trial)
{
	double work = 0;
	for (size_t i = 0; i < fixture->collected.count; i++) {
		const struct record *const record = &fixture->collected.items[i];
		const struct task_record *const task = &record->task;
		if (record->kind == RECORD_TASK && task->trial == trial->trial &&
		    task->state == TASK_OK)
			work += window_weight(task->start_ns, task->end_ns, trial->window_start_ns,
			                      trial->window_end_ns);
	}
	return work * 1e9 / (double)(trial->window_end_ns - trial->window_start_ns);
}

double fixture_held(const struct fixture *fixture, const struct trial_record *trial)
{
	int64_t overlap_ns = 0;
	for (size_t i = 0; i < fixture->collected.count; i++) {
		const struct record *const record = &fixture->collected.items[i];
		if (record->kind == RECORD_TASK && record->task.trial == trial->trial)
			overlap_ns +=
			        window_overlap_ns(record->task.start_ns, record->task.end_ns,
			                          trial->window_start_ns, trial->window_end_ns);
	}
	return (double)overlap_ns / (double)(trial->window_end_ns - trial->window_start_ns);
}

size_t fixture_count(const struct fixture *fixture, uint32_t trial, enum task_state state)
{
	size_t count = 0;
	for (size_t i = 0; i < fixture->collected.count; i++) {
		const struct record *const record = &fixture->collected.items[i];
		count += record->kind == RECORD_TASK && record->task.trial == trial &&
		         record->task.state == state;
	}
	return count;
}
