/* make_result FILE [TASKS]: a whole result file with TASKS tasks per trial (default 12), for the
 * shell tests of what reads result files. Tasks last 50 ms; the last of each trial is a filler
 * that was ended, and in trial 2 task 3 fails. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/clock.h"
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WALL_MS = 50, DEFAULT_TASKS = 12 };

static void put(struct recorder *recorder, struct record record)
{
	struct error err;
	if (sink_put(recorder_sink(recorder), &record, &err) == 0)
		return;
	fprintf(stderr, "%s\n", err.text);
	exit(1);
}

static int64_t trial_start_ns(uint32_t trial)
{
	return trial * 1000 * NS_PER_S;
}

static struct record make_task(uint32_t trial, uint32_t index, uint32_t tasks)
{
	const uint32_t concurrency = trial ? (trial - 1) % 2 + 1 : 1;
	struct record record = fixture_task(trial, index);
	struct task_record *const task = &record.task;
	task->slot = index % concurrency;
	task->input = (int32_t)(index % FIXTURE_INPUTS);
	task->start_ns = trial_start_ns(trial) + index / concurrency * WALL_MS * NS_PER_MS;
	task->end_ns = task->start_ns + WALL_MS * NS_PER_MS;
	task->idle_before_ns = index < concurrency ? RECORD_ABSENT : 200000;
	task->user_ns = 40 * NS_PER_MS;
	task->system_ns = 5 * NS_PER_MS;
	task->max_rss_bytes = 100000000 + index;
	task->peak_pss_bytes = index % 2 ? 90000000 + index : RECORD_ABSENT;
	task->peak_rss_bytes = index % 2 ? 95000000 + index : RECORD_ABSENT;
	task->cgroup_peak_bytes = 97000000 + index;
	task->rss_samples = index % 2 ? 3 : 0;
	task->pss_samples = index % 2 ? 1 : 0;
	task->exceeded_memory_limit = false;
	const bool is_failed = trial == 2 && index == 3;
	const bool is_last = index + 1 == tasks;
	task->state = is_last ? TASK_ENDED : is_failed ? TASK_FAILED : TASK_OK;
	task->exit_status = is_last ? -1 : is_failed ? 3 : 0;
	task->signal = is_last ? 15 : 0;
	task->start_errno = 0;
	if (trial > 0)
		task->role = index < concurrency ? ROLE_WARMUP
		             : is_last           ? ROLE_FILLER
		                                 : ROLE_MEASURED;
	record.counters[0] = (struct counter_value){45000000, 45000000, 45000000, COUNTER_OK};
	return record;
}

/* A task of two phases, half of its time each. */
static struct record make_phases(const struct task_record *task)
{
	static const char names[] = "Reading bytes from PATH\0Applying crosstalk correction.";
	const int64_t middle_ns = task->start_ns + (task->end_ns - task->start_ns) / 2;
	struct record record = {.kind = RECORD_PHASES,
	                        .phases = {.trial = task->trial, .index = task->index, .count = 2}};
	record.phases.items = calloc(2, sizeof *record.phases.items);
	record.phases.names = malloc(sizeof names);
	if (!record.phases.items || !record.phases.names)
		abort();
	memcpy(record.phases.names, names, sizeof names);
	record.phases.items[0] = (struct phase_item){task->start_ns, middle_ns, PHASE_DATASTORE, 0};
	record.phases.items[1] = (struct phase_item){middle_ns, task->end_ns, PHASE_COMPUTE,
	                                             (uint32_t)strlen(names) + 1};
	return record;
}

/* A number that the task printed. */
static struct record make_figures(const struct task_record *task)
{
	struct record record = {
	        .kind = RECORD_FIGURES,
	        .figures = {.trial = task->trial, .index = task->index, .count = 1}};
	record.figures.items = calloc(1, sizeof *record.figures.items);
	if (!record.figures.items)
		abort();
	snprintf(record.figures.items[0].name, sizeof record.figures.items[0].name, "images_per_s");
	record.figures.items[0].value = 20 + 0.5 * task->index;
	return record;
}

static void put_trial(struct recorder *recorder, uint32_t trial, uint32_t tasks)
{
	const uint32_t concurrency = (trial - 1) % 2 + 1;
	struct record record = fixture_trial(trial, 1, TRIAL_RUNNING);
	record.trial.reason[0] = '\0';
	put(recorder, record);
	for (uint32_t i = 0; i < tasks; i++) {
		const struct record task = make_task(trial, i, tasks);
		put(recorder, task);
		if (task.task.role == ROLE_MEASURED) {
			put(recorder, make_phases(&task.task));
			put(recorder, make_figures(&task.task));
		}
	}
	const int64_t rounds = tasks / concurrency;
	record.trial.state = TRIAL_DONE;
	record.trial.start_ns = trial_start_ns(trial);
	record.trial.end_ns = record.trial.start_ns + rounds * WALL_MS * NS_PER_MS;
	record.trial.window_start_ns = record.trial.start_ns + WALL_MS * NS_PER_MS;
	record.trial.window_end_ns = record.trial.end_ns - WALL_MS * NS_PER_MS;
	record.trial.harness_cpu_ns = 1000000;
	put(recorder, record);
}

int main(int argc, char *argv[])
{
	if (argc < 2 || argc > 3) {
		fprintf(stderr, "usage: make_result FILE [TASKS]\n");
		return 2;
	}
	const uint32_t tasks = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : DEFAULT_TASKS;
	struct fixture fixture;
	fixture_init(&fixture);
	struct error err;
	struct recorder *recorder = NULL;
	int r = fixture_create(&fixture, argv[1], false, &recorder, &err);
	if (r == 0) {
		put(recorder, make_task(0, 0, 2));
		for (uint32_t trial = 1; trial <= FIXTURE_TRIALS; trial++)
			put_trial(recorder, trial, tasks);
		put(recorder, (struct record){.kind = RECORD_EVENT,
		                              .event = {.at_ns = 5,
		                                        .trial = 2,
		                                        .slot = 1,
		                                        .code = "left-children",
		                                        .text = "One task left a child behind."}});
		put(recorder, (struct record){.kind = RECORD_OUTPUT,
		                              .output = {.trial = 2,
		                                         .index = 3,
		                                         .stream = 2,
		                                         .total_bytes = 6,
		                                         .head = strdup("error\n"),
		                                         .head_bytes = 6}});
		r = recorder_close(recorder, RUN_DONE,
		                   fixture.run.origin_calendar_ns + 60 * NS_PER_S, &err);
	}
	fixture_release(&fixture);
	if (r < 0)
		fprintf(stderr, "%s\n", err.text);
	return r < 0 ? 1 : 0;
}
