#include "commands/sweep.h"

#include "commands/idle_clock.h"
#include "commands/preflight.h"
#include "commands/resume.h"
#include "commands/run_facts.h"
#include "commands/sweep_times.h"
#include "commands/talk.h"
#include "commands/ticker.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/number.h"
#include "plan/memory_guard.h"
#include "plan/schedule.h"
#include "platform/affinity.h"
#include "platform/host.h"
#include "run/engine.h"
#include "store/recorder.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How long to wait before a trial for what earlier ones wrote. */
#define MOST_DRAIN_NS (2 * NS_PER_S)

struct sweep {
	const struct sweep_settings *settings;
	struct sweep_outcome outcome;
	enum trial_state *states; /* by index of plan->trials, trial_count of them */
	size_t trial_count;
	uint32_t *attempts;       /* as states: of the next time that the trial is run */
	bool *is_abandoned;       /* by level */
	struct sweep_times times; /* of each level, as seen so far */
	int64_t start_ns;         /* monotonic */
	bool has_program_changed; /* and that was told */
	uint32_t clocked_block;   /* before which the clock was measured last */
	struct ticker *ticker;    /* NULL: there is no terminal to move a line on */
};

/* ---- Progress ----------------------------------------------------------------------------- */

static double remaining_ns(const struct sweep *sweep)
{
	const struct plan *const plan = sweep->settings->plan;
	double sum_ns = 0;
	for (size_t i = 0; i < plan->trial_count; i++) {
		const uint32_t level = plan->trials[i].level;
		if (sweep->states[i] == TRIAL_PENDING && !sweep->is_abandoned[level] &&
		    !plan->levels[level].skipped)
			sum_ns += sweep_times_trial_ns(&sweep->times, plan,
			                               sweep->settings->scenario, level);
	}
	return sum_ns;
}

static void say_trial_begins(const struct sweep *sweep, int64_t next)
{
	const struct plan *const plan = sweep->settings->plan;
	const struct plan_level *const level = &plan->levels[plan->trials[next].level];
	if (!talk_has_progress(sweep->settings->arguments))
		return;
	char left[NUMBER_TEXT_BYTES];
	const double left_ns = remaining_ns(sweep);
	number_format_duration(llround(left_ns), 2, left);
	fprintf(stderr,
	        "plateau: trial %" PRId64 " of %zu: %" PRIu32 " %s, %s, block %" PRIu32
	        " of %" PRIu32 "; %s%s left\n",
	        next + 1, plan->trial_count, level->concurrency,
	        level->concurrency == 1 ? "copy" : "copies", level->policy,
	        plan->trials[next].block + 1, plan->blocks, left_ns > 0 ? "about " : "unknown time",
	        left_ns > 0 ? left : "");
}

/* How much is safe in the file, for whoever reads along. */
static void say_stored(const struct sweep *sweep)
{
	const char *const when = arguments_get(sweep->settings->arguments, "progress");
	if (when && strcmp(when, "always") == 0)
		fprintf(stderr, "stored %" PRIu64 "\n", recorder_stored(sweep->settings->recorder));
}

/* ---- A resumed run ------------------------------------------------------------------------- */

static void recall_trial(struct sweep *sweep, const struct trial_record *trial)
{
	const size_t index = trial->trial - 1;
	sweep->states[index] = trial->state;
	/* Only one that never began is run as the attempt that the file has of it. */
	sweep->attempts[index] = trial->attempt + (trial->state == TRIAL_PENDING ? 0 : 1);
	sweep->is_abandoned[trial->level] |= trial->state == TRIAL_ABANDONED;
}

/* What the file holds already: states, attempts and how long things take. The commands have
 * checked that its trials are the plan's first ones. */
static void recall(struct sweep *sweep, const struct resume *resume)
{
	for (size_t i = 0; i < resume->before.trial_count; i++)
		recall_trial(sweep, &resume->before.trials[i]);
	sweep_times_take(&sweep->times, &resume->times, resume->before.level_count);
}

/* ---- The loop ----------------------------------------------------------------------------- */

static void remember(struct sweep *sweep, int64_t index, const struct trial_outcome *trial)
{
	const uint32_t level = sweep->settings->plan->trials[index].level;
	sweep->states[index] = trial->record.state;
	sweep->outcome.trials_begun++;
	sweep->outcome.tasks += trial->tasks;
	sweep->outcome.failures += trial->failures;
	if (trial->record.state == TRIAL_ABANDONED) {
		sweep->is_abandoned[level] = true;
		sweep->outcome.abandoned++;
		talk_warning("N=%" PRIu32 ": %s; this level is left out from here on",
		             sweep->settings->plan->levels[level].concurrency,
		             trial->record.reason);
	}
	sweep_times_add(&sweep->times, &trial->record, trial->mean_wall_ns);
}

/* A program that is replaced while the run goes on makes trials unlike each other. */
static int watch_program(struct sweep *sweep, uint32_t trial, struct error *err)
{
	const struct sweep_settings *const s = sweep->settings;
	if (sweep->has_program_changed || !run_facts_program_has_changed(s->facts))
		return 0;
	sweep->has_program_changed = true;
	struct record record = {.kind = RECORD_EVENT, .event = {.trial = trial, .slot = -1}};
	record.event.at_ns = clock_now_ns() - s->origin_ns;
	snprintf(record.event.code, sizeof record.event.code, "program-changed");
	snprintf(record.event.text, sizeof record.event.text,
	         "the program was replaced while the run went on: trials from trial %" PRIu32
	         " on may have measured another one (%.200s)",
	         trial, s->facts->program_path);
	talk_warning("%s", record.event.text);
	return sink_put(recorder_sink(s->recorder), &record, err);
}

/* Before a block the node is as idle as it will be. A run that counts nothing is left alone. */
static int watch_clock(struct sweep *sweep, uint32_t block, struct error *err)
{
	const struct sweep_settings *const s = sweep->settings;
	if (block == sweep->clocked_block || s->scenario->events.count == 0)
		return 0;
	sweep->clocked_block = block;
	return idle_clock_put(s->topology, clock_now_ns() - s->origin_ns,
	                      recorder_sink(s->recorder), err);
}

/* Runs the trial at index of the plan. Its id is index + 1, as the recorder numbered them. */
static int run_one(struct sweep *sweep, int64_t index, struct error *err)
{
	const struct sweep_settings *const s = sweep->settings;
	const struct plan_trial *const planned = &s->plan->trials[index];
	int64_t drain_ns;
	engine_wait_for_disk(s->engine, MOST_DRAIN_NS, &drain_ns);
	int watched = watch_program(sweep, (uint32_t)index + 1, err);
	if (watched == 0)
		watched = watch_clock(sweep, planned->block, err);
	if (watched < 0)
		return watched;
	say_trial_begins(sweep, index);
	const struct plan_level *const level = &s->plan->levels[planned->level];
	affinity_keep_off(recorder_thread_id(s->recorder), s->topology, level);
	affinity_keep_off(engine_sampler_thread(s->engine), s->topology, level);
	if (engine_node_sampler_thread(s->engine) > 0)
		affinity_keep_off(engine_node_sampler_thread(s->engine), s->topology, level);
	affinity_keep_off(0, s->topology, level);
	if (sweep->ticker)
		affinity_keep_off(ticker_thread_id(sweep->ticker), s->topology, level);
	struct trial_outcome trial;
	preflight_trial_begin(s->preflight);
	ticker_begin(sweep->ticker, llround(sweep_times_trial_ns(&sweep->times, s->plan,
	                                                         s->scenario, planned->level)));
	int r = engine_trial(s->engine, (uint32_t)index + 1, planned, sweep->attempts[index],
	                     drain_ns, sweep_times_wall_ns(&sweep->times, s->plan, planned->level),
	                     &trial, err);
	ticker_end(sweep->ticker);
	if (r == 0)
		r = preflight_trial_end(s->preflight, s->scenario, (uint32_t)index + 1,
		                        clock_now_ns() - s->origin_ns, recorder_sink(s->recorder),
		                        err);
	if (r < 0)
		return r;
	remember(sweep, index, &trial);
	say_stored(sweep);
	return 0;
}

/* One task on its own, to learn how long it takes. */
static int try_one(struct sweep *sweep, struct error *err)
{
	const struct sweep_settings *const s = sweep->settings;
	if (talk_has_progress(s->arguments))
		fprintf(stderr, "plateau: trying one task first\n");
	const int r = engine_probe(s->engine, &sweep->times.probe_wall_ns, err);
	if (r < 0 || engine_stop_signal(s->engine))
		return r;
	/* Now, not when all has been measured. */
	const char *const fault = engine_log_fault(s->engine);
	if (fault)
		talk_warning("%s", fault);
	sweep->outcome.tasks++;
	sweep->outcome.failures += sweep->times.probe_wall_ns == 0;
	return 0;
}

static int64_t next_trial(const struct sweep *sweep, int64_t budget_ns)
{
	const struct schedule_state state = {
	        .trial_states = sweep->states,
	        .level_abandoned = sweep->is_abandoned,
	        .elapsed_ns = clock_now_ns() - sweep->start_ns,
	        .budget_ns = budget_ns,
	};
	return schedule_next(sweep->settings->plan, &state);
}

/* ---- The memory guard --------------------------------------------------------------------- */

static int put_skipped_trial(struct sweep *sweep, size_t index, const char *reason,
                             struct error *err)
{
	const struct plan_trial *const planned = &sweep->settings->plan->trials[index];
	struct record record = {.kind = RECORD_TRIAL,
	                        .trial = {.trial = (uint32_t)index + 1,
	                                  .block = planned->block,
	                                  .level = planned->level,
	                                  .attempt = 1,
	                                  .event_set = planned->event_set,
	                                  .state = TRIAL_SKIPPED,
	                                  .start_ns = RECORD_ABSENT,
	                                  .end_ns = RECORD_ABSENT,
	                                  .window_start_ns = RECORD_ABSENT,
	                                  .window_end_ns = RECORD_ABSENT,
	                                  .harness_cpu_ns = RECORD_ABSENT,
	                                  .harness_max_rss_bytes = RECORD_ABSENT,
	                                  .drain_ns = RECORD_ABSENT}};
	snprintf(record.trial.reason, sizeof record.trial.reason, "%s", reason);
	sweep->states[index] = TRIAL_SKIPPED;
	return sink_put(recorder_sink(sweep->settings->recorder), &record, err);
}

/* Leaves out what is still to be run of a level. One that has no trial yet is marked as skipped. */
static int skip_level(struct sweep *sweep, uint32_t level, const char *reason, struct error *err)
{
	const struct plan *const plan = sweep->settings->plan;
	const struct sink *const sink = recorder_sink(sweep->settings->recorder);
	talk_warning("%" PRIu32 " copies: %s; this level is left out from here on",
	             plan->levels[level].concurrency, reason);
	struct record record = {.kind = RECORD_EVENT, .event = {.slot = -1}};
	record.event.at_ns = clock_now_ns() - sweep->settings->origin_ns;
	snprintf(record.event.code, sizeof record.event.code, "memory-guard");
	snprintf(record.event.text, sizeof record.event.text, "%" PRIu32 " copies, %s: %s",
	         plan->levels[level].concurrency, plan->levels[level].policy, reason);
	int r = sink_put(sink, &record, err);
	if (r == 0 && sweep->times.levels[level].trials == 0) {
		struct record skipped = {.kind = RECORD_LEVEL};
		skipped.level.level = level;
		snprintf(skipped.level.reason, sizeof skipped.level.reason, "%s", reason);
		r = sink_put(sink, &skipped, err);
	}
	for (size_t i = 0; r == 0 && i < plan->trial_count; i++)
		if (plan->trials[i].level == level && sweep->states[i] == TRIAL_PENDING)
			r = put_skipped_trial(sweep, i, reason, err);
	return r;
}

/* Whether the level of the trial at index fits into the memory that there is now, by what was seen
 * so far. */
static bool fits_memory(const struct sweep *sweep, int64_t index, char reason[RECORD_REASON_BYTES])
{
	const struct sweep_settings *const s = sweep->settings;
	const struct memory_guess guess = {
	        .stated_bytes = s->scenario->task.memory_bytes,
	        .seen_bytes = engine_most_memory(s->engine),
	};
	const uint32_t level = s->plan->trials[index].level;
	return memory_guard_fits(&guess, s->plan->levels[level].concurrency,
	                         host_memory_available(NULL), reason);
}

/* One trial, or its level left out. */
static int run_or_skip(struct sweep *sweep, int64_t index, struct error *err)
{
	char reason[RECORD_REASON_BYTES];
	if (fits_memory(sweep, index, reason))
		return run_one(sweep, index, err);
	return skip_level(sweep, sweep->settings->plan->trials[index].level, reason, err);
}

static int run_all(struct sweep *sweep, struct error *err)
{
	const struct sweep_settings *const s = sweep->settings;
	/* Where nothing may run, not even one task is tried. */
	if (next_trial(sweep, 0) < 0)
		return 0;
	int r = 0;
	if (sweep->times.probe_wall_ns == 0)
		r = try_one(sweep, err);
	/* Once: a sweep that has grown has one budget. */
	if (sweep->start_ns == 0)
		sweep->start_ns = clock_now_ns();
	while (r == 0) {
		sweep->outcome.stop_signal = engine_stop_signal(s->engine);
		if (sweep->outcome.stop_signal)
			return 0;
		const int64_t next = next_trial(sweep, s->scenario->sweep.budget_ns);
		if (next < 0) {
			sweep->outcome.is_over_budget = next_trial(sweep, 0) >= 0;
			return 0;
		}
		r = run_or_skip(sweep, next, err);
	}
	return r;
}

/* For trials from index `first` on, of which nothing is known. */
static int make_room(struct sweep *sweep, size_t first, struct error *err)
{
	const size_t count = sweep->settings->plan->trial_count;
	enum trial_state *const states =
	        reallocarray(sweep->states, count + 1, sizeof *sweep->states);
	if (states)
		sweep->states = states;
	uint32_t *const attempts =
	        reallocarray(sweep->attempts, count + 1, sizeof *sweep->attempts);
	if (attempts)
		sweep->attempts = attempts;
	if (!states || !attempts)
		return error_memory(err);
	for (size_t i = first; i < count; i++) {
		states[i] = TRIAL_PENDING;
		attempts[i] = 1;
	}
	sweep->trial_count = count;
	return 0;
}

int sweep_new(const struct sweep_settings *settings, struct sweep **ret_sweep, struct error *err)
{
	const struct plan *const plan = settings->plan;
	struct sweep *const sweep = calloc(1, sizeof *sweep);
	if (!sweep)
		return error_memory(err);
	sweep->settings = settings;
	sweep->clocked_block = UINT32_MAX;
	sweep->is_abandoned = calloc(plan->level_count, sizeof *sweep->is_abandoned);
	int r = sweep->is_abandoned ? 0 : error_memory(err);
	if (r == 0)
		r = sweep_times_init(&sweep->times, plan->level_count, err);
	if (r == 0)
		r = make_room(sweep, 0, err);
	if (r < 0) {
		sweep_free(sweep);
		return r;
	}
	if (settings->resume)
		recall(sweep, settings->resume);
	*ret_sweep = sweep;
	return 0;
}

int sweep_grow(struct sweep *sweep, struct error *err)
{
	return make_room(sweep, sweep->trial_count, err);
}

bool sweep_has_more(const struct sweep *sweep)
{
	return next_trial(sweep, 0) >= 0;
}

int sweep_run(struct sweep *sweep, struct sweep_outcome *ret_outcome, struct error *err)
{
	const struct sweep_settings *const s = sweep->settings;
	if (talk_has_progress(s->arguments) && ticker_is_possible())
		sweep->ticker = ticker_new(s->recorder);
	const int r = run_all(sweep, err);
	ticker_free(sweep->ticker);
	sweep->ticker = NULL;
	if (r == 0)
		*ret_outcome = sweep->outcome;
	return r;
}

void sweep_free(struct sweep *sweep)
{
	if (!sweep)
		return;
	free(sweep->states);
	free(sweep->attempts);
	free(sweep->is_abandoned);
	sweep_times_release(&sweep->times);
	free(sweep);
}
