/* make_jobs FILE: a result file of the two jobs of figures 9 and 10 of RTN-028, ISR of LSST images
 * on a node with two AMD EPYC 7702: one of 16 and one of 128 at once, as `perf stat` listed them,
 * counted in user mode. Every slot holds a job like it, in one trial of each level. The counts were
 * multiplexed and scaled by perf; they are taken as counted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/clock.h"
#include "fixture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { JOBS = 2, EVENTS = 6 };

static const char *const events[EVENTS] = {
        "cycles",          "instructions", "L1-dcache-load-misses",
        "LLC-load-misses", "task-clock",   "page-faults"};

static const struct job {
	uint32_t concurrency;
	double wall_s, user_s, system_s;
	double counts[EVENTS]; /* task-clock in ns */
} jobs[JOBS] = {
        {16,
         32.04867514,
         29.071208,
         2.115704,
         {95247738589, 291667442880, 86134047, 0, 31161.59e6, 398251}},
        {128,
         72.144414918,
         45.784547,
         6.083165,
         {117627028354, 291085249865, 82911969, 14503117135, 51938.23e6, 669623}},
};

static void replace(char **text, const char *with)
{
	free(*text);
	*text = strdup(with);
	assert_non_null(*text);
}

static void describe(struct fixture *fixture)
{
	static const char *const facts[][2] = {
	        {"hostname", "rome"},   {"processor", "AMD EPYC 7702 64-Core Processor"},
	        {"packages", "2"},      {"cores_allowed", "128"},
	        {"pus_allowed", "128"},
	};
	struct error err;
	host_facts_release(&fixture->host);
	fixture->host = (struct host_facts){0};
	for (size_t i = 0; i < ARRAY_LENGTH(facts); i++)
		assert_int_equal(
		        host_facts_add(&fixture->host, facts[i][0], facts[i][1], NULL, &err), 0);
	replace(&fixture->run.name, "figures-9-10");
	replace(&fixture->run.command, "isr");
	fixture->run.baseline = jobs[0].concurrency;
}

static void make_plan(struct plan *plan)
{
	plan_release(plan);
	*plan = (struct plan){.level_count = JOBS,
	                      .trial_count = JOBS,
	                      .blocks = 1,
	                      .capacity = 128,
	                      .baseline = jobs[0].concurrency,
	                      .largest = 128};
	plan->levels = calloc(JOBS, sizeof *plan->levels);
	plan->trials = calloc(JOBS, sizeof *plan->trials);
	assert_non_null(plan->levels);
	assert_non_null(plan->trials);
	for (uint32_t i = 0; i < JOBS; i++) {
		const uint32_t slots = jobs[i].concurrency;
		plan->levels[i] = (struct plan_level){.concurrency = slots,
		                                      .policy = strdup("none"),
		                                      .spelling = strdup(""),
		                                      .memory_bytes = -1};
		plan->levels[i].slots = calloc(slots, sizeof *plan->levels[i].slots);
		assert_non_null(plan->levels[i].slots);
		for (uint32_t k = 0; k < slots; k++)
			plan->levels[i].slots[k] =
			        (struct plan_slot){.core = -1, .l3 = -1, .numa = -1, .package = -1};
		plan->trials[i] = (struct plan_trial){.block = 0, .level = i};
	}
}

static void put(struct recorder *recorder, struct record *record)
{
	struct error err;
	if (sink_put(recorder_sink(recorder), record, &err) == 0)
		return;
	fprintf(stderr, "%s\n", err.text);
	exit(1);
}

static void put_task(struct recorder *recorder, const struct job *job, uint32_t trial,
                     uint32_t slot, int64_t start_ns)
{
	struct record record = {.kind = RECORD_TASK, .task = task_record_empty()};
	struct task_record *const task = &record.task;
	task->trial = trial;
	task->index = slot;
	task->slot = slot;
	task->role = ROLE_MEASURED;
	task->exit_status = 0;
	task->start_ns = start_ns;
	task->end_ns = start_ns + llround(job->wall_s * NS_PER_S);
	task->user_ns = llround(job->user_s * NS_PER_S);
	task->system_ns = llround(job->system_s * NS_PER_S);
	for (size_t e = 0; e < EVENTS; e++)
		record.counters[e] =
		        (struct counter_value){(uint64_t)llround(job->counts[e]), 1, 1, COUNTER_OK};
	put(recorder, &record);
}

static void put_trial(struct recorder *recorder, uint32_t trial, int64_t start_ns)
{
	const struct job *const job = &jobs[trial - 1];
	struct record record = fixture_trial(trial, 1, TRIAL_RUNNING);
	record.trial.block = 0;
	record.trial.level = trial - 1;
	record.trial.start_ns = start_ns;
	record.trial.reason[0] = '\0';
	put(recorder, &record);
	for (uint32_t slot = 0; slot < job->concurrency; slot++)
		put_task(recorder, job, trial, slot, start_ns);
	record.trial.state = TRIAL_DONE;
	record.trial.end_ns = start_ns + llround(job->wall_s * NS_PER_S);
	record.trial.window_start_ns = start_ns;
	record.trial.window_end_ns = record.trial.end_ns;
	put(recorder, &record);
}

static int make(const char *path, struct error *err)
{
	struct fixture fixture;
	fixture_init(&fixture);
	describe(&fixture);
	make_plan(&fixture.plan);
	words_release(&fixture.inputs);
	fixture.inputs = (struct words){0};
	struct event_definition definitions[EVENTS] = {0};
	for (size_t e = 0; e < EVENTS; e++) {
		snprintf(definitions[e].name, sizeof definitions[e].name, "%s", events[e]);
		definitions[e].is_user_only = true;
	}
	struct recorder *recorder = NULL;
	int r = recorder_create(path, false, &fixture.run, &fixture.host, &fixture.scenario,
	                        &fixture.plan, definitions, EVENTS, &fixture.inputs, &recorder,
	                        err);
	for (uint32_t trial = 1; r == 0 && trial <= JOBS; trial++)
		put_trial(recorder, trial, (int64_t)trial * 100 * NS_PER_S);
	if (r == 0)
		r = recorder_close(recorder, RUN_DONE,
		                   fixture.run.origin_calendar_ns + 300 * NS_PER_S, err);
	fixture_release(&fixture);
	return r;
}

int main(int argc, char *argv[])
{
	if (argc != 2) {
		fputs("usage: make_jobs FILE\n", stderr);
		return 2;
	}
	struct error err;
	const int r = make(argv[1], &err);
	if (r < 0)
		fprintf(stderr, "%s\n", err.text);
	return r < 0 ? 1 : 0;
}
