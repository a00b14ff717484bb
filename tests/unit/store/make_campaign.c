/* make_campaign FILE TASKS: a result file of a made-up node with TASKS tasks, for tests and
 * benchmarks of what reads large results. 128 cores in 2 packages and 32 L3 caches, levels 1 to
 * 128, 5 blocks, the default events. A task slows down with N; wall times vary by 8 %, cycles
 * follow the cache misses, core 37 is slower than the others by a quarter, and every 5000th task
 * takes three times as long. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/clock.h"
#include "core/rng.h"
#include "fixture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LEVELS = 8, BLOCKS = 5, TRIALS = LEVELS * BLOCKS, CORES = 128, SLOW_CORE = 37 };

#define WALL_S 10.0

static const char *const events[] = {
        "cycles",      "instructions",     "LLC-load-misses", "task-clock",
        "page-faults", "context-switches", "cpu-migrations",
};

/* One trial that is being made. */
struct making {
	struct recorder *recorder;
	struct rng rng;
	uint32_t trial;
	uint32_t concurrency;
	uint32_t tasks;
	double slowdown;
	int64_t start_ns;
	int64_t free_ns[CORES]; /* when each slot's next task starts, since start_ns */
};

static void put(struct recorder *recorder, const struct record *record)
{
	struct error err;
	struct record copy = *record;
	if (sink_put(recorder_sink(recorder), &copy, &err) == 0)
		return;
	fprintf(stderr, "%s\n", err.text);
	exit(1);
}

/* Slots are spread: the first over the L3 caches, then over the cores of each. */
static uint32_t core_of_slot(uint32_t slot)
{
	return slot % 32 * 4 + slot / 32;
}

static void make_plan(struct plan *plan)
{
	*plan = (struct plan){.level_count = LEVELS,
	                      .trial_count = TRIALS,
	                      .blocks = BLOCKS,
	                      .capacity = CORES,
	                      .baseline = 1,
	                      .largest = CORES,
	                      .input_count = FIXTURE_INPUTS};
	plan->levels = calloc(LEVELS, sizeof *plan->levels);
	plan->trials = calloc(TRIALS, sizeof *plan->trials);
	assert_non_null(plan->levels);
	assert_non_null(plan->trials);
	for (uint32_t i = 0; i < LEVELS; i++) {
		struct plan_level *const level = &plan->levels[i];
		*level = (struct plan_level){.concurrency = 1U << i,
		                             .policy = strdup("spread"),
		                             .spelling = strdup(""),
		                             .memory_bytes = -1};
		level->slots = calloc(level->concurrency, sizeof *level->slots);
		assert_non_null(level->slots);
		for (uint32_t k = 0; k < level->concurrency; k++) {
			const uint32_t core = core_of_slot(k);
			uint32_t *const pu = malloc(sizeof *pu);
			assert_non_null(pu);
			*pu = core;
			level->slots[k] = (struct plan_slot){.pus = pu,
			                                     .pu_count = 1,
			                                     .own_count = 1,
			                                     .core = (int32_t)core,
			                                     .l3 = (int32_t)core / 4,
			                                     .numa = (int32_t)core / 64,
			                                     .package = (int32_t)core / 64};
		}
	}
	for (uint32_t i = 0; i < TRIALS; i++)
		plan->trials[i] = (struct plan_trial){.block = i / LEVELS, .level = i % LEVELS};
}

/* Counters of a task that took wall_s. */
static void count(struct making *making, struct record *record, double wall_s)
{
	const double misses = 2e8 * making->slowdown * exp(0.2 * rng_normal(&making->rng));
	const double values[] = {2e10 + 60 * misses,     6e10, misses, wall_s * 0.97e9, 3e5,
	                         100 * making->slowdown, 1};
	for (size_t e = 0; e < ARRAY_LENGTH(events); e++)
		record->counters[e] =
		        (struct counter_value){(uint64_t)values[e], (uint64_t)(wall_s * 0.97e9),
		                               (uint64_t)(wall_s * 0.97e9), COUNTER_OK};
}

static void put_task(struct making *making, uint32_t index)
{
	uint32_t slot = 0; /* the one that is free first */
	for (uint32_t k = 1; k < making->concurrency; k++)
		if (making->free_ns[k] < making->free_ns[slot])
			slot = k;
	struct record record = fixture_task(making->trial, index);
	struct task_record *const task = &record.task;
	const uint32_t core = core_of_slot(slot);
	double wall_s = WALL_S * making->slowdown * exp(0.08 * rng_normal(&making->rng));
	wall_s *= core == SLOW_CORE ? 1.25 : 1;
	wall_s *= rng_below(&making->rng, 5000) == 0 ? 3 : 1;
	task->slot = slot;
	task->pu = (int32_t)core;
	task->input = (int32_t)(index % FIXTURE_INPUTS);
	task->start_ns = making->start_ns + making->free_ns[slot];
	task->end_ns = task->start_ns + (int64_t)(wall_s * NS_PER_S);
	task->idle_before_ns = (int64_t)(rng_uniform(&making->rng) * 1e6);
	making->free_ns[slot] = task->end_ns + task->idle_before_ns - making->start_ns;
	task->role = index < making->concurrency ? ROLE_WARMUP : ROLE_MEASURED;
	task->state = TASK_OK;
	task->exit_status = 0;
	task->signal = 0;
	task->start_errno = 0;
	task->user_ns = (int64_t)(wall_s * 0.9e9);
	task->system_ns = (int64_t)(wall_s * 0.07e9);
	task->max_rss_bytes = 1500000000 + (int64_t)(1e8 * rng_normal(&making->rng));
	task->peak_pss_bytes = task->max_rss_bytes + 50000000;
	task->peak_rss_bytes = task->peak_pss_bytes + 20000000;
	task->cgroup_peak_bytes = task->peak_pss_bytes + 90000000;
	task->rss_samples = 40;
	task->pss_samples = 4;
	task->exceeded_memory_limit = false;
	task->read_chars = 180000000 + (int64_t)rng_below(&making->rng, 1000000);
	task->write_chars = 90000000;
	count(making, &record, wall_s);
	put(making->recorder, &record);
}

static void put_trial(struct making *making)
{
	const uint32_t level = (making->trial - 1) % LEVELS;
	making->concurrency = 1U << level;
	making->slowdown = 1 + 0.008 * (making->concurrency - 1);
	struct record record = {
	        .kind = RECORD_TRIAL,
	        .trial = {.trial = making->trial,
	                  .block = (making->trial - 1) / LEVELS,
	                  .level = level,
	                  .attempt = 1,
	                  .state = TRIAL_RUNNING,
	                  .start_ns = making->start_ns,
	                  .end_ns = RECORD_ABSENT,
	                  .window_start_ns = RECORD_ABSENT,
	                  .window_end_ns = RECORD_ABSENT,
	                  .harness_cpu_ns = RECORD_ABSENT,
	                  .harness_max_rss_bytes = RECORD_ABSENT,
	                  .drain_ns = RECORD_ABSENT},
	};
	put(making->recorder, &record);
	/* Staggered over one task's time. */
	for (uint32_t k = 0; k < making->concurrency; k++)
		making->free_ns[k] = (int64_t)(WALL_S * NS_PER_S) * k / making->concurrency;
	for (uint32_t i = 0; i < making->tasks; i++)
		put_task(making, i);
	int64_t first_free = making->free_ns[0];
	int64_t last_free = making->free_ns[0];
	for (uint32_t k = 1; k < making->concurrency; k++) {
		first_free = first_free < making->free_ns[k] ? first_free : making->free_ns[k];
		last_free = last_free > making->free_ns[k] ? last_free : making->free_ns[k];
	}
	record.trial.state = TRIAL_DONE;
	record.trial.end_ns = making->start_ns + last_free;
	record.trial.window_start_ns =
	        making->start_ns + (int64_t)(2 * WALL_S * making->slowdown * NS_PER_S);
	record.trial.window_end_ns = making->start_ns + first_free;
	if (record.trial.window_end_ns <= record.trial.window_start_ns)
		record.trial.window_end_ns = record.trial.end_ns;
	record.trial.harness_cpu_ns = 300000 * (int64_t)making->tasks;
	record.trial.harness_max_rss_bytes = 12000000;
	put(making->recorder, &record);
	making->start_ns += last_free + NS_PER_S;
}

/* How many tasks the trials 1 to `trial` have: trials at higher N have more, so that every slot has
 * several. */
static uint64_t tasks_up_to(uint32_t tasks, uint32_t trial)
{
	double all = 0;
	double share = 0;
	for (uint32_t i = 1; i <= TRIALS; i++) {
		all += sqrt(1U << (i - 1) % LEVELS);
		share += i <= trial ? sqrt(1U << (i - 1) % LEVELS) : 0;
	}
	return (uint64_t)llround(tasks * share / all);
}

static uint32_t tasks_of(uint32_t tasks, uint32_t trial)
{
	return (uint32_t)(tasks_up_to(tasks, trial) - tasks_up_to(tasks, trial - 1));
}

/* A node that could be; the fixture's is made to be odd. */
static int describe(struct fixture *fixture, struct error *err)
{
	static const char *const facts[][2] = {
	        {"hostname", "made-up"},
	        {"processor", "A processor of 64 cores"},
	        {"packages", "2"},
	        {"cores_allowed", "128"},
	        {"pus_allowed", "128"},
	        {"pus_machine", "128"},
	        {"smt", "off"},
	        {"numa_nodes", "8"},
	        {"l3_caches", "32"},
	        {"l3_bytes", "16777216"},
	        {"memory_total_bytes", "540000000000"},
	        {"frequency_max_hz", "3400000000"},
	        {"cpufreq_governor", "performance"},
	        {"kernel", "6.1.0"},
	        {"hardware_pmu", "cpu"},
	};
	char *const name = strdup("campaign");
	if (!name)
		return error_memory(err);
	free(fixture->run.name);
	fixture->run.name = name;
	host_facts_release(&fixture->host);
	int r = 0;
	for (size_t i = 0; r == 0 && i < ARRAY_LENGTH(facts); i++)
		r = host_facts_add(&fixture->host, facts[i][0], facts[i][1], NULL, err);
	return r;
}

static int make(const char *path, uint32_t tasks, struct error *err)
{
	struct fixture fixture;
	fixture_init(&fixture);
	plan_release(&fixture.plan);
	make_plan(&fixture.plan);
	struct event_definition definitions[ARRAY_LENGTH(events)] = {0};
	for (size_t e = 0; e < ARRAY_LENGTH(events); e++)
		snprintf(definitions[e].name, sizeof definitions[e].name, "%s", events[e]);
	struct making making = {.start_ns = NS_PER_S};
	rng_init(&making.rng, 1, 0);
	int r = describe(&fixture, err);
	if (r < 0) {
		fixture_release(&fixture);
		return r;
	}
	r = recorder_create(path, false, &fixture.run, &fixture.host, &fixture.scenario,
	                    &fixture.plan, definitions, ARRAY_LENGTH(events), &fixture.inputs,
	                    &making.recorder, err);
	for (uint32_t trial = 1; r == 0 && trial <= TRIALS; trial++) {
		making.trial = trial;
		making.tasks = tasks_of(tasks, trial);
		put_trial(&making);
	}
	if (r == 0)
		r = recorder_close(making.recorder, RUN_DONE,
		                   fixture.run.origin_calendar_ns + making.start_ns, err);
	fixture_release(&fixture);
	return r;
}

int main(int argc, char *argv[])
{
	if (argc != 3 || strtoul(argv[2], NULL, 10) < TRIALS * CORES) {
		fprintf(stderr, "usage: make_campaign FILE TASKS, with at least %d tasks\n",
		        TRIALS * CORES);
		return 2;
	}
	struct error err;
	const int r = make(argv[1], (uint32_t)strtoul(argv[2], NULL, 10), &err);
	if (r < 0)
		fprintf(stderr, "%s\n", err.text);
	return r < 0 ? 1 : 0;
}
