/* Criteria on counts, which compare exactly. */
#include "analyse/verdict_parts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* What there is to count at the levels that are asked for. */
struct counted {
	size_t failed;
	size_t tasks;
	size_t trials;
	const struct level_summary *missing; /* a level that did not run, or NULL */
};

/* Tasks that failed in warm-up so often that the trial was given up are no measured ones, but they
 * failed. */
static void count_abandoned(const struct level_summary *level, struct counted *counted)
{
	for (const struct trial_summary *t = level->first; t; t = t->next) {
		if (t->trial->state != TRIAL_ABANDONED)
			continue;
		for (size_t i = 0; i < t->task_count; i++) {
			const bool is_failure = task_state_is_failure(t->tasks[i].state);
			counted->failed += is_failure;
			counted->tasks += is_failure || task_state_is_success(t->tasks[i].state);
		}
	}
}

static void count_level(const struct level_summary *level, struct counted *counted)
{
	counted->failed += level->failed;
	counted->tasks += level->tasks;
	counted->trials += level->trials;
	count_abandoned(level, counted);
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
			count_level(level, &counted);
	}
	return counted;
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
	snprintf(j->reason, sizeof j->reason, "%zu of %zu tasks failed; %s %s is asked",
	         counted.failed, counted.tasks,
	         question->criterion->bound == BOUND_AT_LEAST ? "at least" : "at most",
	         verdict_figure(question, j->limit, figure));
}
