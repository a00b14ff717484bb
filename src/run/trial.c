#include "run/trial_parts.h"

#include "core/clock.h"
#include "core/error.h"
#include "core/rng.h"
#include "core/usage.h"
#include "model/sink.h"
#include "model/window.h"
#include "run/crew.h"
#include "run/node_sampler.h"
#include "run/protocol.h"
#include "run/signals.h"
#include "run/streams.h"
#include "run/window_stalls.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#define HEARTBEAT_NS (100 * NS_PER_MS)

/* ---- Starting ----------------------------------------------------------------------------- */

/* Called at every turn of the loop and after every start of a task: between two calls lies a
 * heartbeat at most. One that comes late means that plateau itself did not run (stopped, or starved
 * of CPU time), and what the tasks did meanwhile was not seen. */
static void look_at_clock(struct trial *trial)
{
	const int64_t now_ns = clock_now_ns();
	const int64_t late_ns = now_ns - trial->looked_ns - HEARTBEAT_NS;
	if (trial->looked_ns > 0 && late_ns > trial->most_late_ns)
		trial->most_late_ns = late_ns;
	trial->looked_ns = now_ns;
}

/* Whether a slot that has become empty gets another task. */
static bool wants_more(const struct trial *trial)
{
	return !trial->is_ending && trial->result == 0 && trial->protocol.phase != PHASE_ABANDONED;
}

static void abandon(struct trial *trial, const char *reason)
{
	trial->is_ending = true;
	trial->record.state = TRIAL_ABANDONED;
	snprintf(trial->record.reason, sizeof trial->record.reason, "%.*s", RECORD_REASON_BYTES - 1,
	         reason);
}

static void start_task(struct trial *trial, uint32_t slot)
{
	const uint32_t inputs = trial->tools->input_count;
	const uint32_t index = trial->next_index++;
	const struct crew_task task = {
	        .trial = trial->record.trial,
	        .index = index,
	        .level = trial->level->concurrency,
	        .input = inputs ? (int32_t)trial->input_order[index % inputs] : -1,
	};
	struct error err;
	if (crew_start(trial->tools->crew, slot, &task, &err) < 0) {
		abandon(trial, err.text);
		return;
	}
	protocol_started(&trial->protocol, slot, crew_now_ns(trial->tools->crew));
	look_at_clock(trial);
}

static void start_what_is_due(struct trial *trial, int64_t now_ns)
{
	if (now_ns < trial->next_first_ns)
		return;
	trial->next_first_ns = INT64_MAX;
	for (uint32_t i = 0; i < trial->level->concurrency; i++) {
		if (trial->first_start_ns[i] <= now_ns && wants_more(trial)) {
			trial->first_start_ns[i] = INT64_MAX;
			start_task(trial, i);
		}
		if (trial->first_start_ns[i] < trial->next_first_ns)
			trial->next_first_ns = trial->first_start_ns[i];
	}
}

/* Identical tasks that are released together stay in step: all read at once, then all compute at
 * once. Staggered starts spread the slots over one task's time, in a seeded order. */
static int plan_starts(struct trial *trial, struct rng *rng, int64_t assumed_wall_ns)
{
	const uint32_t slots = trial->level->concurrency;
	uint32_t *const order = calloc(slots, sizeof *order);
	if (!order)
		return error_memory(trial->err);
	rng_permutation(rng, order, slots);
	const bool is_staggered = trial->tools->scenario->sweep.start == START_STAGGERED;
	const int64_t now_ns = crew_now_ns(trial->tools->crew);
	for (uint32_t i = 0; i < slots; i++) {
		const double share = is_staggered ? (double)order[i] / slots : 0;
		trial->first_start_ns[i] = now_ns + (int64_t)(share * (double)assumed_wall_ns);
	}
	trial->next_first_ns = now_ns;
	free(order);
	return 0;
}

static int start_together(struct trial *trial)
{
	int r = crew_gate_close(trial->tools->crew, trial->err);
	if (r < 0)
		return r;
	start_what_is_due(trial, INT64_MAX - 1);
	crew_gate_open(trial->tools->crew, trial->level->concurrency);
	return 0;
}

/* ---- Ending ------------------------------------------------------------------------------- */

static void explain_failure(struct trial *trial, const struct task_record *task)
{
	trial->left_children += task->state == TASK_LEFT_CHILDREN;
	/* One in words is enough: the others are in their records. */
	if (task->state == TASK_NOT_STARTED && trial->outcome->failures == 0)
		trial_put_event(trial, (int32_t)task->slot, "task-not-started",
		                "the command \"%s\" could not be started: cannot %s: %s%s",
		                trial->tools->scenario->task.command.items[0],
		                crew_failed_step(trial->tools->crew, task->slot),
		                strerror(task->start_errno),
		                task->start_errno == ENOEXEC
		                        ? " (a script needs a first line such as #!/bin/sh)"
		                        : "");
}

/* A command that is gone, or CPUs that were taken away: task after task would fail in an instant,
 * to the end of the window and far into the result file. */
static void abandon_when_nothing_starts(struct trial *trial, const struct task_record *task)
{
	enum { MOST_ROUNDS = 16 };
	trial->unstarted = task->state == TASK_NOT_STARTED ? trial->unstarted + 1 : 0;
	if (trial->unstarted < MOST_ROUNDS * trial->level->concurrency || trial->is_ending)
		return;
	char reason[RECORD_REASON_BYTES];
	snprintf(reason, sizeof reason, "no task could be started any more: cannot %s: %s",
	         crew_failed_step(trial->tools->crew, task->slot), strerror(task->start_errno));
	abandon(trial, reason);
}

static void count_task(struct trial *trial, const struct task_record *task)
{
	struct trial_outcome *const outcome = trial->outcome;
	const double wall_ns = (double)(task->end_ns - task->start_ns);
	outcome->tasks += task->state != TASK_ENDED;
	abandon_when_nothing_starts(trial, task);
	trial->over_limit += task->exceeded_memory_limit;
	if (task_state_is_failure(task->state)) {
		explain_failure(trial, task);
		outcome->failures++;
	}
	if (task->state == TASK_TIMEOUT && task->role == ROLE_MEASURED &&
	    trial->record.state == TRIAL_RUNNING)
		trial->record.state = TRIAL_CENSORED;
	if (!task_state_is_success(task->state))
		return;
	if (task->role == ROLE_MEASURED) {
		outcome->measured++;
		trial->measured_wall_ns += wall_ns;
	} else if (task->role == ROLE_WARMUP) {
		trial->warm++;
		trial->warm_wall_ns += wall_ns;
	}
}

/* A slot is empty again: what the task was, the slot's next task first, then the bookkeeping. */
static void task_finished(void *context, struct slot *slot, const struct record *record)
{
	struct trial *const trial = context;
	struct protocol *const protocol = &trial->protocol;
	struct record ended = *record;
	struct task_record *const task = &ended.task;
	const int64_t now_ns = crew_now_ns(trial->tools->crew);
	if (task->state != TASK_ENDED)
		protocol_ended(protocol, task->slot, task->start_ns, task->end_ns,
		               task_state_is_success(task->state), now_ns);
	protocol_advance(protocol, now_ns);
	task->role = window_role(task->start_ns, task->end_ns, protocol->window_start_ns,
	                         protocol->window_end_ns);
	if (wants_more(trial))
		start_task(trial, slot->number);
	count_task(trial, task);
	trial_put(trial, &ended);
}

/* Descendants that linger are still the task's: it ends as what it will be then. */
static bool is_measured_task_running(const struct trial *trial)
{
	for (uint32_t i = 0; i < trial->level->concurrency; i++) {
		const struct slot *const slot = crew_slot(trial->tools->crew, i);
		if (slot->phase != SLOT_EMPTY &&
		    protocol_must_finish(&trial->protocol, slot->record.task.start_ns))
			return true;
	}
	return false;
}

static void end_tasks(struct trial *trial, bool hurry)
{
	for (uint32_t i = 0; i < trial->level->concurrency; i++)
		crew_end(trial->tools->crew, i, ENDING_NOT_NEEDED, hurry);
}

static void take_requests(struct trial *trial)
{
	const struct signals *const signals = trial->tools->signals;
	if (signals->requests == 0)
		return;
	if (trial->record.state != TRIAL_INTERRUPTED) {
		trial->is_ending = true;
		trial->record.state = TRIAL_INTERRUPTED;
		snprintf(trial->record.reason, sizeof trial->record.reason, "%s",
		         signals_name(signals->last_request));
	}
	end_tasks(trial, signals->requests > 1);
}

/* Sees whether the trial has what it needs, and ends what is left over. */
static void end_when_complete(struct trial *trial)
{
	if (trial->is_ending)
		return;
	if (trial->protocol.phase == PHASE_ABANDONED) {
		abandon(trial, trial->protocol.reason);
		end_tasks(trial, false);
	} else if (trial->protocol.phase == PHASE_DRAIN && !is_measured_task_running(trial)) {
		trial->is_ending = true;
		if (trial->tools->scenario->sweep.filler == FILLER_KILL)
			end_tasks(trial, false);
	}
}

/* ---- The loop ----------------------------------------------------------------------------- */

static int64_t wake_ns(const struct trial *trial)
{
	const struct crew *const crew = trial->tools->crew;
	int64_t next_ns = crew_next_ns(crew);
	if (trial->is_ending)
		return next_ns;
	if (protocol_next_ns(&trial->protocol) < next_ns)
		next_ns = protocol_next_ns(&trial->protocol);
	return trial->next_first_ns < next_ns ? trial->next_first_ns : next_ns;
}

/* Waits for the next thing to do; when children are known to be waiting, only looks for requests
 * to stop. Never for longer than a heartbeat. */
static void wait_for_something(struct trial *trial, bool has_more)
{
	const int64_t now_ns = clock_now_ns();
	const int64_t origin_ns = now_ns - crew_now_ns(trial->tools->crew);
	int64_t until_ns = has_more ? 0 : wake_ns(trial);
	if (until_ns > now_ns - origin_ns + HEARTBEAT_NS)
		until_ns = now_ns - origin_ns + HEARTBEAT_NS;
	signals_wait(trial->tools->signals, origin_ns + until_ns);
}

static void run_loop(struct trial *trial)
{
	struct crew *const crew = trial->tools->crew;
	bool has_more = false;
	for (;;) {
		const int64_t now_ns = crew_now_ns(crew);
		look_at_clock(trial);
		protocol_advance(&trial->protocol, now_ns);
		window_stalls_watch(&trial->stalls, &trial->protocol, trial->tools->stalls);
		node_sampler_watch(trial->tools->node_sampler, &trial->protocol);
		trial_put_samples(trial, false);
		take_requests(trial);
		if (!trial->is_ending)
			start_what_is_due(trial, now_ns);
		end_when_complete(trial);
		if ((trial->result < 0 || trial->tools->signals->has_failed) && !trial->is_ending) {
			trial->is_ending = true;
			end_tasks(trial, false);
		}
		if (trial->is_ending && trial->record.state == TRIAL_ABANDONED)
			end_tasks(trial, false);
		if (trial->is_ending && crew_busy(crew) == 0)
			return;
		wait_for_something(trial, has_more);
		has_more = crew_reap(crew, task_finished, trial);
		crew_tend(crew, task_finished, trial);
	}
}

/* After the last task: what was printed is stored, the folders are emptied. */
static void clear_up(struct trial *trial)
{
	uint64_t dropped = 0;
	struct error ignored;
	const int r = streams_flush(crew_streams(trial->tools->crew), trial->record.window_start_ns,
	                            trial->record.window_end_ns, trial->tools->sink, &dropped,
	                            trial->result < 0 ? &ignored : trial->err);
	if (trial->result == 0)
		trial->result = r;
	if (dropped > 0)
		trial_put_event(trial, -1, "output-dropped",
		                "the output of %" PRIu64 " tasks could not be kept", dropped);
	struct error err;
	if (crew_clear_workdirs(trial->tools->crew, trial->level->concurrency, &err) < 0)
		trial_put_event(trial, -1, "workdir-not-empty", "%s", err.text);
}

/* plateau's own share. What the kernel does not tell stays absent. */
static void take_own_usage(struct trial_record *record, const struct usage *before)
{
	struct usage now;
	if (before->cpu_ns == RECORD_ABSENT || usage_read(RUSAGE_SELF, &now) < 0)
		return;
	record->harness_cpu_ns = now.cpu_ns - before->cpu_ns;
	record->harness_max_rss_bytes = now.max_rss_bytes;
}

static void finish_record(struct trial *trial, const struct usage *before)
{
	struct trial_record *const record = &trial->record;
	record->end_ns = crew_now_ns(trial->tools->crew);
	record->window_start_ns = trial->protocol.window_start_ns;
	record->window_end_ns = trial->protocol.window_end_ns;
	take_own_usage(record, before);
	if (record->state == TRIAL_RUNNING)
		record->state = TRIAL_DONE;
	if (trial->result < 0 || trial->tools->signals->has_failed)
		record->state = TRIAL_INTERRUPTED;
	struct trial_outcome *const outcome = trial->outcome;
	if (outcome->measured)
		outcome->mean_wall_ns = trial->measured_wall_ns / (double)outcome->measured;
	else if (trial->warm)
		outcome->mean_wall_ns = trial->warm_wall_ns / (double)trial->warm;
}

static int prepare(struct trial *trial, const struct plan_trial *planned, int64_t assumed_wall_ns)
{
	const struct trial_tools *const tools = trial->tools;
	struct rng rng;
	rng_init(&rng, tools->plan->seed, planned->stream);
	trial->protocol_slots = calloc(trial->level->concurrency, sizeof *trial->protocol_slots);
	trial->first_start_ns = calloc(trial->level->concurrency, sizeof *trial->first_start_ns);
	trial->input_order = calloc(tools->input_count + 1, sizeof *trial->input_order);
	if (!trial->protocol_slots || !trial->first_start_ns || !trial->input_order)
		return error_memory(trial->err);
	rng_permutation(&rng, trial->input_order, tools->input_count);
	crew_take_places(tools->crew, trial->level);
	crew_take_events(tools->crew, &tools->plan->event_sets, trial->record.event_set);
	const int r = plan_starts(trial, &rng, assumed_wall_ns);
	const struct protocol_rules rules = {
	        .slots = trial->level->concurrency,
	        .warmup = tools->scenario->sweep.warmup,
	        .measured = tools->scenario->sweep.measured,
	        .assumed_wall_ns = assumed_wall_ns,
	};
	protocol_begin(&trial->protocol, &rules, trial->protocol_slots, crew_now_ns(tools->crew));
	return r;
}

int trial_run(const struct trial_tools *tools, uint32_t trial_id, const struct plan_trial *planned,
              uint32_t attempt, int64_t drain_ns, int64_t assumed_wall_ns,
              struct trial_outcome *ret_outcome, struct error *err)
{
	struct trial_outcome outcome = {0};
	struct trial trial = {
	        .tools = tools,
	        .level = &tools->plan->levels[planned->level],
	        .outcome = &outcome,
	        .err = err,
	        .record =
	                {
	                        .trial = trial_id,
	                        .block = planned->block,
	                        .level = planned->level,
	                        .attempt = attempt,
	                        .event_set = planned->event_set,
	                        .state = TRIAL_RUNNING,
	                        .start_ns = crew_now_ns(tools->crew),
	                        .end_ns = RECORD_ABSENT,
	                        .window_start_ns = RECORD_ABSENT,
	                        .window_end_ns = RECORD_ABSENT,
	                        .harness_cpu_ns = RECORD_ABSENT,
	                        .harness_max_rss_bytes = RECORD_ABSENT,
	                        .drain_ns = drain_ns,
	                },
	};
	struct usage before = {.cpu_ns = RECORD_ABSENT};
	usage_read(RUSAGE_SELF, &before);
	const struct sampler_mark sampler_before = trial_mark_sampler(tools->sampler);
	trial_put_state(&trial);
	node_sampler_begin(tools->node_sampler, trial_id);
	int r = prepare(&trial, planned, assumed_wall_ns);
	if (r == 0 && tools->scenario->sweep.start == START_TOGETHER)
		r = start_together(&trial);
	if (r == 0) {
		run_loop(&trial);
		finish_record(&trial, &before);
		trial_report_oddities(&trial);
		trial_put_sampler_cost(&trial, sampler_before);
		trial_put_stalls(&trial);
		trial_put_samples(&trial, true);
		clear_up(&trial);
		trial_put_state(&trial);
		r = trial.result;
	}
	free(trial.protocol_slots);
	free(trial.first_start_ns);
	free(trial.input_order);
	outcome.record = trial.record;
	if (r == 0)
		*ret_outcome = outcome;
	return r;
}
