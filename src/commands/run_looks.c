#include "commands/run_looks.h"

#include "commands/aside.h"
#include "commands/command.h"
#include "commands/judging.h"
#include "commands/run_parts.h"
#include "commands/talk.h"
#include "core/cleanup.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"
#include "core/str.h"
#include "formats/scenario/scenario_json.h"
#include "plan/plan_build.h"
#include "plan/rotation.h"
#include "platform/node.h"
#include "store/recorder.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What a look found. In memory that the process that judges shares. */
struct look_answer {
	enum verdict verdict;
	size_t inconclusive;   /* criteria, at each of their levels */
	size_t judged;         /* of so many */
	size_t repeats_needed; /* 0: it is not known how many */
	bool may_be_decided;   /* of what is inconclusive, by more blocks of this run */
};

struct look {
	const struct arguments *arguments;
	const char *path;
	struct look_answer *answer;
};

bool run_criteria_count_failures(const struct run *run)
{
	const struct criteria *const criteria = &run->scenario.accept;
	for (size_t i = 0; i < criteria->count; i++)
		if (criteria->items[i].measure == MEASURE_FAILURES ||
		    criteria->items[i].measure == MEASURE_FAILURE_SHARE)
			return run->is_judged;
	return false;
}

/* ---- Judging ------------------------------------------------------------------------------- */

/* What has no bound lacks something else than repeats (a level, an event), unless it says how many
 * it needs; what needs runs of the reference, those. */
static bool may_be_decided(const struct acceptance *acceptance)
{
	for (size_t i = 0; i < acceptance->count; i++) {
		const struct judgement *const j = &acceptance->items[i];
		if (j->verdict == VERDICT_INCONCLUSIVE &&
		    (j->repeats_needed > 0 || (j->runs_needed == 0 && !isnan(j->bound))))
			return true;
	}
	return false;
}

/* In a process of its own. */
static enum exit_code judge(void *context)
{
	const struct look *const look = context;
	const struct judging_settings settings = {.arguments = look->arguments};
	struct judging *judging = NULL;
	const struct accepted *accepted = NULL;
	enum exit_code code = judging_open(&settings, &judging);
	if (code == EXIT_DONE)
		code = judging_result(judging, look->path, &accepted);
	if (code == EXIT_DONE) {
		const struct acceptance *const acceptance = accepted->acceptance;
		*look->answer = (struct look_answer){
		        .verdict = acceptance->verdict,
		        .inconclusive = acceptance->in_verdict[VERDICT_INCONCLUSIVE],
		        .judged = acceptance->count,
		        .repeats_needed = acceptance->repeats_needed,
		        .may_be_decided = may_be_decided(acceptance),
		};
	}
	judging_free(judging);
	return code;
}

static int judge_file(const struct run *run, const char *path, struct look_answer *ret_answer,
                      struct error *err)
{
	struct look look = {.arguments = run->arguments, .path = path};
	look.answer = aside_share(sizeof *look.answer, err);
	if (!look.answer)
		return -ENOMEM;
	const enum exit_code code = aside(judge, &look);
	if (code == EXIT_DONE)
		*ret_answer = *look.answer;
	aside_unshare(look.answer, sizeof *look.answer);
	return code == EXIT_DONE ? 0
	                         : error_set(err, EIO,
	                                     "the result cannot be judged; what was measured is "
	                                     "kept");
}

/* The result as it is now is judged by a copy, because it is held while the run goes on. */
static int judge_copy(const struct run *run, struct look_answer *ret_answer, struct error *err)
{
	cleanup_free char *path = NULL;
	int r = str_format(&path, err, "%s/plateau-%s/look.db", file_temporary_parent(),
	                   run->session.name);
	if (r == 0)
		r = recorder_copy(run->recorder, path, err);
	if (r < 0)
		return r;
	r = judge_file(run, path, ret_answer, err);
	unlink(path);
	return r;
}

/* ---- Looks --------------------------------------------------------------------------------- */

/* Whether the result, as it was when it was gone on with, tells of a look at from least to most
 * blocks. */
static bool has_look(const struct dataset *dataset, uint32_t least, uint32_t most)
{
	for (size_t i = 0; i < dataset->sample_count; i++) {
		const struct dataset_sample *const sample = &dataset->samples[i];
		if (strcmp(dataset->sample_names.items[sample->name], look_sample_name) == 0 &&
		    sample->value >= least && sample->value <= most)
			return true;
	}
	return false;
}

bool run_was_judged(const struct dataset *before)
{
	return has_look(before, 0, UINT32_MAX);
}

static int put(struct run *run, uint32_t blocks, struct error *err)
{
	struct record record = {.kind = RECORD_SAMPLE,
	                        .sample = {.at_ns = clock_now_ns() - run->origin_ns,
	                                   .slot = -1,
	                                   .place = -1,
	                                   .value = blocks}};
	snprintf(record.sample.name, sizeof record.sample.name, "%s", look_sample_name);
	return sink_put(recorder_sink(run->recorder), &record, err);
}

int run_put_judged(struct run *run, struct error *err)
{
	return !run->is_judged || run_was_judged(&run->resume.before) ? 0 : put(run, 0, err);
}

/* One that is there already was at the same trials, and is no other. */
static int put_look(struct run *run, struct error *err)
{
	const uint32_t blocks = run->plan.blocks;
	run->looks++;
	return has_look(&run->resume.before, blocks, blocks) ? 0 : put(run, blocks, err);
}

/* Trials of one more block behind those that there are: a plan's blocks are a prefix of those of a
 * longer one. Its levels stay where they are, because the engine has them. */
static int lengthen_plan(struct run *run, struct error *err)
{
	cleanup_plan struct plan longer = {0};
	run->scenario.sweep.repeats = run->plan.blocks + 1;
	const int r =
	        plan_build(&run->scenario, node_topology(run->node), run->plan.seed, &longer, err);
	if (r < 0)
		return r;
	rotation_apply(&run->plan.event_sets, &longer);
	free(run->plan.trials);
	run->plan.trials = longer.trials;
	run->plan.trial_count = longer.trial_count;
	run->plan.blocks = longer.blocks;
	longer.trials = NULL;
	longer.trial_count = 0;
	return 0;
}

/* The recorder rests. */
static int lengthen(struct run *run, struct sweep *sweep, struct error *err)
{
	cleanup_free char *json = NULL;
	int r = lengthen_plan(run, err);
	if (r == 0)
		r = sweep_grow(sweep, err);
	if (r == 0)
		r = scenario_json_write(&run->scenario, &json, err);
	if (r == 0)
		r = recorder_extend(run->recorder, &run->plan, json, err);
	return r < 0 ? r : recorder_go_on(run->recorder, err);
}

static void say_look(const struct run *run, const struct look_answer *answer)
{
	const uint32_t blocks = run->plan.blocks;
	const uint32_t most = run->scenario.accept.max_repeats;
	if (answer->verdict != VERDICT_INCONCLUSIVE) {
		talk_note(run->arguments, "judged after block %" PRIu32 ": %s", blocks,
		          verdict_names[answer->verdict]);
		return;
	}
	if (!answer->may_be_decided) {
		talk_note(run->arguments,
		          "judged after block %" PRIu32
		          ": inconclusive, and no further block would change that",
		          blocks);
		return;
	}
	char needed[80] = "";
	if (answer->repeats_needed > blocks)
		snprintf(needed, sizeof needed, ", about %zu would decide", answer->repeats_needed);
	talk_note(run->arguments,
	          "judged after block %" PRIu32 ": %zu of %zu %s undecided; another block is run "
	          "(at most %" PRIu32 " in all%s)",
	          blocks, answer->inconclusive, answer->judged,
	          answer->judged == 1 ? "criterion is" : "criteria are", most, needed);
}

int run_look(struct run *run, struct sweep *sweep, const struct sweep_outcome *outcome,
             bool *ret_is_longer, struct error *err)
{
	const uint32_t most = run->scenario.accept.max_repeats;
	*ret_is_longer = false;
	if (!run->is_judged || outcome->stop_signal || outcome->is_over_budget)
		return 0;
	/* The last one is the verdict itself. Without others it is none of several. */
	if (run->plan.blocks >= most)
		return run->looks > 0 || has_look(&run->resume.before, 1, UINT32_MAX)
		               ? put_look(run, err)
		               : 0;
	struct look_answer answer = {0};
	int r = put_look(run, err);
	if (r == 0)
		r = recorder_rest(run->recorder, err);
	if (r == 0)
		r = judge_copy(run, &answer, err);
	if (r < 0)
		return r;
	say_look(run, &answer);
	if (answer.verdict != VERDICT_INCONCLUSIVE || !answer.may_be_decided)
		return 0;
	r = lengthen(run, sweep, err);
	if (r == 0)
		*ret_is_longer = sweep_has_more(sweep);
	return r;
}

bool run_complete_wants_more(const struct run *run)
{
	const struct dataset *const before = &run->resume.before;
	const uint32_t blocks = run->scenario.sweep.repeats;
	struct look_answer answer = {0};
	struct error err;
	if (!run->is_judged || blocks >= run->scenario.accept.max_repeats ||
	    resume_is_complete(before, blocks + 1))
		return false;
	/* Its look has to be put down before it may decide. */
	if (!has_look(before, blocks, blocks))
		return true;
	if (judge_file(run, before->path, &answer, &err) < 0) {
		talk_fail(EXIT_SOMETHING_FAILED, &err);
		return false;
	}
	return answer.verdict == VERDICT_INCONCLUSIVE && answer.may_be_decided;
}
