/* The verdict of a job that is over, by its result and by what it said of its run. */
#include "core/array.h"
#include "core/number.h"
#include "fleet/standing_parts.h"

#include <inttypes.h>
#include <signal.h>
#include <string.h>

/* Exit codes of `plateau run`, frozen (README.md). */
enum {
	RUN_DONE = 0,
	RUN_FAILED = 1,
	RUN_REFUSED = 2,
	RUN_CRITERIA_FAILED = 3,
	RUN_INCONCLUSIVE = 4,
	RUN_CANNOT = 5,
	RUN_INTERRUPTED = 130
};

static const struct {
	int32_t code;
	enum fleet_verdict with_result; /* whole, and not loaded yet */
	enum fleet_verdict without;
	const char *with_words;
	const char *without_words;
} by_code[] = {
        {RUN_DONE, FLEET_PASS, FLEET_NO_RESULT, NULL, "its run was done, and left no result"},
        {RUN_FAILED, FLEET_FAIL, FLEET_NO_RESULT, "tasks failed",
         "its run failed, and left no result"},
        {RUN_REFUSED, FLEET_NO_RESULT, FLEET_NO_RESULT, "its run was refused",
         "its run was refused"},
        {RUN_CRITERIA_FAILED, FLEET_FAIL, FLEET_NO_RESULT, "criteria failed",
         "criteria failed, and its result was not left"},
        {RUN_INCONCLUSIVE, FLEET_INCONCLUSIVE, FLEET_NO_RESULT, "criteria could not be decided",
         "criteria could not be decided, and its result was not left"},
        {RUN_CANNOT, FLEET_FAIL, FLEET_FAIL, "the node cannot do it", "the node cannot do it"},
        {RUN_INTERRUPTED, FLEET_NO_RESULT, FLEET_NO_RESULT, "its run was interrupted",
         "its run was interrupted, and left no result"},
};

/* The sentence of the job itself, behind what was said. */
static void add_own_words(const struct fleet_attempt *attempt, struct standing *standing)
{
	if (attempt->has_report && attempt->report.reason)
		str_addf(&standing->reason, "%s%s", standing->reason.length > 0 ? ": " : "",
		         attempt->report.reason);
}

static void by_exit_code(const struct fleet_attempt *attempt, struct standing *standing)
{
	const bool has_result = standing_has_result(attempt);
	const int32_t code = attempt->report.exit_code;
	for (size_t i = 0; i < ARRAY_LENGTH(by_code); i++) {
		if (by_code[i].code != code)
			continue;
		/* "12 of 400 tasks failed" is not to stand behind "tasks failed". */
		const bool has_better =
		        (has_result || code == RUN_CANNOT) && attempt->report.reason;
		const char *const words = has_better   ? NULL
		                          : has_result ? by_code[i].with_words
		                                       : by_code[i].without_words;
		standing_say(standing, has_result ? by_code[i].with_result : by_code[i].without,
		             "%s", words ? words : "");
		add_own_words(attempt, standing);
		return;
	}
	if (code < 0)
		standing_say(standing, FLEET_NO_RESULT,
		             attempt->report.reason ? "" : "its run did not begin");
	else
		standing_say(standing, has_result ? FLEET_FAIL : FLEET_NO_RESULT,
		             "its run ended with exit code %d%s", (int)code,
		             has_result ? "" : ", and left no result");
	add_own_words(attempt, standing);
}

/* Ended before its work was done, and not by its time limit. */
static void was_ended(const struct fleet_attempt *attempt, struct standing *standing)
{
	const struct job_report *const report = &attempt->report;
	const struct batch_job *const job = &attempt->job;
	if (attempt->has_job && job->state == JOB_CANCELLED)
		standing_say(standing, FLEET_NO_RESULT, "it was cancelled%s%s",
		             job->cancelled_by ? " by " : "",
		             job->cancelled_by ? job->cancelled_by : "");
	else if (attempt->has_report && report->signal != 0)
		standing_say(standing, FLEET_NO_RESULT, "%s (signal %d)",
		             report->signal == SIGTERM || report->signal == SIGINT
		                     ? "it was told to end"
		                     : "its run was killed",
		             (int)report->signal);
	else
		standing_say(standing, FLEET_NO_RESULT, "its run did not come to its end");
	if (attempt->has_report)
		standing_add_span(&standing->reason, report->started_ns, report->ended_ns);
	if (standing_has_result(attempt))
		standing_add_partial(&standing->reason, attempt);
	else
		str_add(&standing->reason, "; it left no result");
	/* That it was told to end was said; why its result did not arrive was not. */
	if (attempt->has_report && report->reason &&
	    (report->signal == 0 || !standing_has_result(attempt)))
		str_addf(&standing->reason, " (%s)", report->reason);
}

/* The first judgement with this verdict, and how many more there are. */
static void add_judgements(const struct fleet_attempt *attempt, enum verdict verdict, struct str *s)
{
	size_t count = 0;
	for (size_t i = 0; i < attempt->judgement_count; i++) {
		const struct fleet_judgement *const judgement = &attempt->judgements[i];
		if (judgement->verdict != verdict)
			continue;
		if (count++ == 0)
			str_addf(s, "%s%s%s", judgement->label ? judgement->label : "a criterion",
			         judgement->reason ? ": " : "",
			         judgement->reason ? judgement->reason : "");
	}
	if (count > 1)
		str_addf(s, " (and %zu more)", count - 1);
}

static void by_judgements(const struct fleet_attempt *attempt, struct standing *standing)
{
	switch (attempt->criteria_verdict) {
	case VERDICT_PASS:
		standing->verdict = FLEET_PASS;
		return;
	case VERDICT_FAIL:
		standing_say(standing, FLEET_FAIL, "failed: ");
		add_judgements(attempt, VERDICT_FAIL, &standing->reason);
		return;
	default:
		standing_say(standing, FLEET_INCONCLUSIVE, "could not be decided: ");
		add_judgements(attempt,
		               attempt->criteria_verdict == VERDICT_SKIPPED ? VERDICT_SKIPPED
		                                                            : VERDICT_INCONCLUSIVE,
		               &standing->reason);
	}
}

/* Whether a criterion speaks of failed tasks: then it alone decides how many are too many. */
static bool judges_failures(const struct fleet_attempt *attempt)
{
	for (size_t i = 0; i < attempt->judgement_count; i++) {
		const char *const name = attempt->judgements[i].measure;
		const char *ignored;
		const enum measure_id measure = name ? measure_find(name, &ignored) : MEASURES;
		if (measure == MEASURE_FAILURES || measure == MEASURE_FAILURE_SHARE)
			return true;
	}
	return false;
}

/* Tasks that failed while the trials warmed up are not among the measured ones. Imported figures of
 * levels stand without the tasks that they are of. */
static bool has_measured_nothing(const struct fleet_attempt *attempt)
{
	const struct profile *const profile = &attempt->profile;
	for (size_t i = 0; i < profile->figure_count; i++) {
		const struct profile_figure *const figure = &profile->figures[i];
		if (figure->value > 0 &&
		    (figure->measure == MEASURE_THROUGHPUT || figure->measure == MEASURE_WALL))
			return false;
	}
	return profile->tasks == 0 && profile->failed_tasks == 0;
}

static void add_failure(const struct profile *profile, struct standing *standing)
{
	if (profile->failure)
		str_addf(&standing->reason, ": %s", profile->failure);
}

/* A criterion says how many tasks failed, or what became too slow because they did; why they failed
 * is what a person needs. */
static void add_failure_behind(const struct profile *profile, struct standing *standing)
{
	if (profile->failure)
		str_addf(&standing->reason, "; tasks failed: %s", profile->failure);
}

static void by_profile(const struct fleet_attempt *attempt, struct standing *standing)
{
	const struct profile *const profile = &attempt->profile;
	const bool has_word = attempt->has_report && attempt->report.exit_code > 0;
	if (attempt->judgement_count > 0) {
		by_judgements(attempt, standing);
		if (standing->verdict == FLEET_FAIL)
			add_failure_behind(profile, standing);
		if (standing->verdict == FLEET_FAIL || judges_failures(attempt))
			return;
	}
	if (profile->failed_tasks > 0) {
		str_release(&standing->reason);
		standing_say(standing, FLEET_FAIL, "%" PRIu64 " of %" PRIu64 " %s failed",
		             profile->failed_tasks, profile->tasks,
		             number_noun((size_t)profile->tasks, "task", "tasks"));
		add_failure(profile, standing);
	} else if (attempt->judgement_count == 0 && has_word) {
		by_exit_code(attempt, standing);
		if (attempt->report.exit_code == RUN_FAILED)
			add_failure(profile, standing);
	} else if (has_measured_nothing(attempt)) {
		str_release(&standing->reason);
		standing_say(standing, FLEET_FAIL, "no task came to be measured");
		add_failure(profile, standing);
	} else if (attempt->judgement_count == 0)
		standing->verdict = FLEET_PASS;
}

/* How sure it is without having read it. */
static void by_unread_result(const struct fleet_attempt *attempt, struct standing *standing)
{
	if (attempt->has_report && attempt->report.exit_code >= 0)
		by_exit_code(attempt, standing);
	else
		standing_say(standing, FLEET_INCONCLUSIVE,
		             "a result is there, and its job did not say how it went; "
		             "`plateau fleet collect` reads it");
}

/* Whether its run was ended before its work was done, as far as is known. */
static bool was_cut_short(const struct fleet_attempt *attempt)
{
	const bool is_done = attempt->has_report && attempt->report.stage == STAGE_DONE;
	if (!standing_has_result(attempt))
		return attempt->has_report && attempt->report.signal != 0;
	return !standing_is_whole(attempt) && (is_done || attempt->has_profile);
}

void standing_by_result(const struct fleet_attempt *attempt, struct standing *standing)
{
	if (attempt->unreadable && attempt->result_path && !attempt->has_profile)
		standing_say(standing, FLEET_NO_RESULT, "its result cannot be judged: %s",
		             attempt->unreadable);
	else if (attempt->shared && attempt->has_profile)
		standing_say(standing, FLEET_NO_RESULT, "it has no result of its own: %s",
		             attempt->shared);
	else if (was_cut_short(attempt))
		was_ended(attempt, standing);
	else if (attempt->has_profile)
		by_profile(attempt, standing);
	else if (standing_has_result(attempt))
		by_unread_result(attempt, standing);
	else if (attempt->report.result && attempt->report.exit_code >= 0) {
		standing_say(standing, FLEET_NO_RESULT,
		             "its result was there (exit code %d) and is gone, or not seen here "
		             "yet",
		             (int)attempt->report.exit_code);
	} else
		by_exit_code(attempt, standing);
	if (attempt->has_job &&
	    (attempt->job.state == JOB_PENDING || attempt->job.state == JOB_HELD))
		str_addf(&standing->reason, "%sjob %s still waits, and is not needed for it",
		         standing->reason.length > 0 ? "; " : "", attempt->job.id);
}
