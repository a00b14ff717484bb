/* Criteria on counts, which compare exactly. */
#include "analyse/verdict/verdict_parts.h"

#include "core/number.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* What there is to count at the levels that are asked for. */
struct counted {
	size_t failed;
	size_t tasks;
	size_t trials;
	size_t unfinished; /* trials that were planned, and did not run to their end */
	const struct level_summary *missing; /* a level that did not run, or NULL */
};

/* Trials that were given up in their warm-up, or cut off, are no measured ones, but what failed in
 * them failed. */
static bool is_counted_aside(const struct trial_summary *trial)
{
	const enum trial_state state = trial->trial->state;
	return state == TRIAL_ABANDONED || state == TRIAL_INTERRUPTED || state == TRIAL_RUNNING;
}

static void count_aside(const struct level_summary *level, struct counted *counted)
{
	for (const struct trial_summary *t = level->first; t; t = t->next) {
		if (!is_counted_aside(t))
			continue;
		for (size_t i = 0; i < t->task_count; i++) {
			const bool is_failure = task_state_is_failure(t->tasks[i].state);
			counted->failed += is_failure;
			counted->tasks += is_failure || task_state_is_success(t->tasks[i].state);
		}
	}
}

/* Trials that were begun and cut off, or that were still to come when the run was. What a run that
 * came to its end left out, for its budget, it left out as it was told to. */
static size_t unfinished_trials(const struct level_summary *level, enum run_state state)
{
	const size_t pending = state == RUN_DONE ? 0 : level->trials_in_state[TRIAL_PENDING];
	return pending + level->trials_in_state[TRIAL_RUNNING] +
	       level->trials_in_state[TRIAL_INTERRUPTED];
}

static void count_level(const struct level_summary *level, enum run_state state,
                        struct counted *counted)
{
	counted->failed += level->failed;
	counted->tasks += level->tasks;
	counted->trials += level->trials;
	count_aside(level, counted);
	counted->unfinished += unfinished_trials(level, state);
	/* One that was left out by plan says nothing of failures; one that should have run does. */
	if (level->trials == 0 && !level->level->skipped)
		counted->missing = level;
}

static struct counted count_tasks(const struct question *question)
{
	const struct summary *const summary = &question->judged->findings->summary;
	const struct judgement *const j = question->judgement;
	struct counted counted = {0};
	for (size_t i = 0; i < summary->level_count; i++) {
		const struct level_summary *const level = &summary->levels[i];
		const bool is_asked =
		        j->level < 0 ? !j->policy || strcmp(level->level->policy, j->policy) == 0
		                     : (size_t)j->level == i;
		if (is_asked)
			count_level(level, summary->dataset->run.state, &counted);
	}
	return counted;
}

/* What did not run can still fail. */
static bool doubt_unfinished(const struct question *question, const struct counted *counted)
{
	const enum run_state state = question->judged->findings->dataset->run.state;
	if (counted->unfinished > 0)
		verdict_cannot(
		        question, false,
		        "%zu of %zu tasks failed so far, and %zu %s planned did not come to "
		        "an end: `plateau run --resume` goes on with it",
		        counted->failed, counted->tasks, counted->unfinished,
		        number_noun(counted->unfinished, "trial that was", "trials that were"));
	else if (state != RUN_DONE)
		verdict_cannot(question, false,
		               "%zu of %zu tasks failed, and the run did not come to its end (%s)",
		               counted->failed, counted->tasks, run_state_word(state));
	return question->judgement->verdict != VERDICT_PASS;
}

void verdict_judge_count(const struct question *question)
{
	struct judgement *const j = question->judgement;
	const struct counted counted = count_tasks(question);
	const bool is_share = question->criterion->measure == MEASURE_FAILURE_SHARE;
	char figure[VERDICT_FIGURE_BYTES];
	if (verdict_is_relative(question)) {
		verdict_cannot(question, false, "a count has a limit of its own, not a reference");
		return;
	}
	if (counted.tasks == 0) {
		verdict_cannot(question, false, "no task was measured");
		return;
	}
	const double value =
	        is_share ? (double)counted.failed / (double)counted.tasks : (double)counted.failed;
	j->value = (struct estimate){.value = value,
	                             .low = NAN,
	                             .high = NAN,
	                             .n = counted.trials,
	                             .reason = "it is counted: it has no interval"};
	j->compared = j->value;
	j->replicates = counted.trials;
	verdict_decide(j, value, value);
	if (j->verdict == VERDICT_PASS && counted.missing) {
		verdict_cannot(question, false, "N=%u has not been measured: %.200s",
		               counted.missing->level->concurrency, counted.missing->reason);
		return;
	}
	if (j->verdict == VERDICT_PASS && doubt_unfinished(question, &counted))
		return;
	snprintf(j->reason, sizeof j->reason, "%zu of %zu tasks failed; %s %s is asked",
	         counted.failed, counted.tasks,
	         question->criterion->bound == BOUND_AT_LEAST ? "at least" : "at most",
	         verdict_figure(question, j->limit, figure));
}
