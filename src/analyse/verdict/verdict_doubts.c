/* What keeps a criterion from passing although its bound is on the good side: the figures of those
 * tasks that went badly are not among its values. */
#include "analyse/verdict/verdict_parts.h"

#include "analyse/summary_parts.h"
#include "model/command_line.h"

#include <stdio.h>

/* ---- What a measure is made of ------------------------------------------------------------ */

bool verdict_is_of_baseline(enum measure_id id)
{
	return id == MEASURE_EFFICIENCY || id == MEASURE_DEGRADATION ||
	       (id >= MEASURE_FACTOR_INSTRUCTIONS && id <= MEASURE_SLOWDOWN);
}

/* Whether only successful tasks speak. Throughput counts what was done, so those that failed are in
 * it, and what the node's own meters show has nothing to do with them. */
static bool is_of_successes(enum measure_id id)
{
	switch (id) {
	case MEASURE_THROUGHPUT:
	case MEASURE_EFFICIENCY:
	case MEASURE_DEGRADATION:
	case MEASURE_OCCUPANCY:
	case MEASURE_ENERGY:
	case MEASURE_POWER:
	case MEASURE_TEMPERATURE:
	case MEASURE_FAILURES:
	case MEASURE_FAILURE_SHARE:
		return false;
	default:
		return true;
	}
}

/* ---- Tasks that were cut off -------------------------------------------------------------- */

enum cut { CUT_TIMEOUT, CUT_MEMORY, CUT_FAILED, CUT_ENDED, CUTS };

static const char *const cut_words[CUTS] = {
        [CUT_TIMEOUT] = "ran into the timeout",
        [CUT_MEMORY] = "went beyond their memory limit",
        [CUT_FAILED] = "failed",
        [CUT_ENDED] = "were ended by plateau",
};

/* CUTS: it was not. */
static enum cut cut_of(const struct task_record *task)
{
	if (task->state == TASK_TIMEOUT)
		return CUT_TIMEOUT;
	if (task->exceeded_memory_limit)
		return CUT_MEMORY;
	if (task->state == TASK_ENDED)
		return CUT_ENDED;
	return task_state_is_failure(task->state) ? CUT_FAILED : CUTS;
}

bool verdict_find_cut_off(const struct findings *findings, size_t level,
                          char text[VERDICT_DOUBT_BYTES])
{
	const struct level_summary *const l = &findings->summary.levels[level];
	size_t counts[CUTS + 1] = {0};
	size_t tasks = 0;
	for (const struct trial_summary *t = l->first; t; t = t->next) {
		for (size_t i = 0; summary_trial_is_used(t, level) && i < t->task_count; i++) {
			if (!summary_task_is_measured(t, &t->tasks[i]))
				continue;
			counts[cut_of(&t->tasks[i])]++;
			tasks++;
		}
	}
	for (size_t cut = 0; cut < CUTS; cut++) {
		if (counts[cut] == 0)
			continue;
		snprintf(text, VERDICT_DOUBT_BYTES, "%zu of %zu tasks of N=%u %s", counts[cut],
		         tasks, l->level->concurrency, cut_words[cut]);
		return true;
	}
	return false;
}

/* ---- The doubt ---------------------------------------------------------------------------- */

static bool doubt_tasks(const struct question *question, size_t level)
{
	char text[VERDICT_DOUBT_BYTES];
	if (!verdict_find_cut_off(question->judged->findings, level, text))
		return false;
	verdict_cannot(question, false,
	               "%s: what they would have shown is not known, so it can fail, but not pass",
	               text);
	return true;
}

static bool doubt_baseline(const struct question *question)
{
	const struct summary *const summary = &question->judged->findings->summary;
	const struct dataset_level *const level = summary->levels[question->judgement->level].level;
	const ptrdiff_t baseline = summary_baseline(summary, level->policy);
	return verdict_is_of_baseline(question->criterion->measure) && baseline >= 0 &&
	       doubt_tasks(question, (size_t)baseline);
}

/* Trials without a success have no value. */
static void doubt_trials(const struct question *question, size_t count)
{
	const struct level_summary *const level =
	        &question->judged->findings->summary.levels[question->judgement->level];
	size_t without = 0;
	for (const struct trial_summary *t = level->first; t; t = t->next)
		without += !t->left_out && !(t->successes > 0);
	if (without > 0 && count < level->trials)
		verdict_cannot(question, false,
		               "no task of some trial succeeded, which then does not have it");
}

/* Throughput that nobody counted: N by the mean wall time. */
static bool doubt_throughput(const struct question *question)
{
	const struct summary *const summary = &question->judged->findings->summary;
	const enum measure_id id = question->criterion->measure;
	const bool is_of_throughput =
	        id == MEASURE_THROUGHPUT || id == MEASURE_EFFICIENCY || id == MEASURE_DEGRADATION;
	if (!is_of_throughput || !summary->levels[question->judgement->level].has_durations_only)
		return false;
	verdict_cannot(
	        question, false,
	        "only how long tasks took is known, not when they ran, so throughput is N by "
	        "their mean wall time, without the gaps between them: it can fail, but not "
	        "pass");
	return true;
}

void verdict_doubt_pass(const struct question *question, size_t count)
{
	const struct judgement *const j = question->judgement;
	if (j->verdict != VERDICT_PASS)
		return;
	if (is_of_successes(question->criterion->measure) &&
	    doubt_tasks(question, (size_t)j->level))
		return;
	if (doubt_baseline(question) || doubt_throughput(question))
		return;
	doubt_trials(question, count);
}

/* ---- Whose criteria they are --------------------------------------------------------------- */

void verdict_doubt_origin(const struct question *question, const struct criteria_origin *origin)
{
	const char *const command = question->judged->findings->dataset->run.command;
	if (question->judgement->verdict != VERDICT_PASS || !origin->command || !command ||
	    command_line_is_same(origin->command, command))
		return;
	verdict_cannot(question, false,
	               "the criteria were made from runs of another command, so it can fail, but "
	               "not pass");
}

/* ---- The baseline ------------------------------------------------------------------------- */

bool verdict_has_no_baseline(const struct question *question)
{
	const struct dataset *const dataset = question->judged->findings->dataset;
	const struct summary *const summary = &question->judged->findings->summary;
	const struct dataset_level *const level = summary->levels[question->judgement->level].level;
	const ptrdiff_t baseline = summary_baseline(summary, level->policy);
	if (!verdict_is_of_baseline(question->criterion->measure) || baseline < 0)
		return false;
	const uint32_t used = summary->levels[baseline].level->concurrency;
	if (dataset->run.baseline > 0 && used != dataset->run.baseline) {
		verdict_cannot(question, false,
		               "the baseline N=%u, which it is drawn from, has no result here: "
		               "from N=%u instead it says another thing",
		               dataset->run.baseline, used);
		return true;
	}
	if (used == level->concurrency && used > 1) {
		verdict_cannot(question, false,
		               "N=%u is the baseline itself, at which it is 1 by definition: give "
		               "the scenario a lower level",
		               used);
		return true;
	}
	return false;
}
