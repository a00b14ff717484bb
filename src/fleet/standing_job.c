/* The verdict of a job that has not said that it is done, by what the batch system says of it; and
 * of one that the batch system does not know. */
#include "core/array.h"
#include "core/clock.h"
#include "fleet/standing_parts.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define WORD_IS_OLD_NS (FLEET_QUIET_S * NS_PER_S)
/* So long without a word and without a batch system that would know: it is gone. */
#define WORD_IS_LAST_NS (600 * NS_PER_S)
/* Within this a job that was just submitted need not be in the batch system's list. */
#define JUST_NOW_NS (60 * NS_PER_S)

static bool is_known(int64_t time_ns)
{
	return time_ns != RECORD_ABSENT && time_ns > 0;
}

/* What the site calls a reason to wait, and what it means. What is not here stands as it is. */
static const struct {
	const char *word;
	const char *meaning;
} waits[] = {
        {"None", "it was just submitted"},
        {"Resources", "waits for the node to become free"},
        {"Priority", "other jobs go first"},
        {"ReqNodeNotAvail", "the node is not available"},
        {"NodeDown", "the node is down"},
        {"Reservation", "waits for its reservation"},
        {"BeginTime", "its time has not come"},
        {"Dependency", "waits for another job"},
        {"Licenses", "waits for licences"},
        {"PartitionDown", "its partition is down"},
        {"PartitionInactive", "its partition is not active"},
        {"PartitionNodeLimit", "its partition does not take it"},
        {"PartitionTimeLimit", "its time limit is above the partition's"},
        {"JobHeldUser", "held by its user"},
        {"JobHeldAdmin", "held by an administrator"},
};

static void add_wait(struct str *s, const char *reason)
{
	/* "ReqNodeNotAvail, UnavailableNodes:rome03" */
	const size_t length = strcspn(reason, " ,:(");
	for (size_t i = 0; i < ARRAY_LENGTH(waits); i++)
		if (strlen(waits[i].word) == length &&
		    strncasecmp(waits[i].word, reason, length) == 0) {
			str_addf(s, "%s (%s)", waits[i].meaning, reason);
			return;
		}
	str_addf(s, "waits: %s", reason);
}

static void by_pending(const struct fleet_attempt *attempt, int64_t now_ns,
                       struct standing *standing)
{
	const struct batch_job *const job = &attempt->job;
	char age[NUMBER_TEXT_BYTES];
	standing->verdict = FLEET_PENDING;
	if (job->reason)
		add_wait(&standing->reason, job->reason);
	else
		str_add(&standing->reason, "waits");
	if (is_known(job->submitted_ns) && now_ns - job->submitted_ns >= WORD_IS_OLD_NS) {
		standing_format_span(now_ns - job->submitted_ns, age);
		str_addf(&standing->reason, ", for %s", age);
	}
}

/* A site that could not start a job puts it back and holds it: it waits for ever, and the fault is
 * the node's. */
static bool is_launch_failure(const char *reason)
{
	return reason &&
	       (strcasestr(reason, "launch failed") || strcasestr(reason, "launch_failed"));
}

static void by_held(const struct fleet_attempt *attempt, int64_t now_ns, struct standing *standing)
{
	const struct batch_job *const job = &attempt->job;
	(void)now_ns;
	if (is_launch_failure(job->reason)) {
		standing_say(standing, FLEET_FAIL,
		             "the job could not be started on the node (%s), and would wait for "
		             "ever: scancel %s",
		             job->reason, job->id);
		return;
	}
	standing->verdict = FLEET_HELD;
	if (job->reason)
		add_wait(&standing->reason, job->reason);
	else
		str_add(&standing->reason, "held");
	if (!job->reason || strcasestr(job->reason, "held"))
		str_addf(&standing->reason, "; to let it go: scontrol release %s", job->id);
}

static const char *const stage_words[JOB_STAGES] = {
        [STAGE_STARTING] = "looks at its node",
        [STAGE_RUNNING] = "no trial done yet",
        [STAGE_MOVING] = "puts its result into place",
        [STAGE_DONE] = "is done",
};

/* How far it is, and that its last word is old. */
static void add_progress(const struct fleet_attempt *attempt, int64_t now_ns,
                         struct standing *standing)
{
	const struct job_report *const report = &attempt->report;
	if (report->stage != STAGE_RUNNING || !standing_add_trials(&standing->reason, attempt))
		str_add(&standing->reason, stage_words[report->stage]);
	if (fleet_attempt_is_quiet(attempt, now_ns)) {
		char age[NUMBER_TEXT_BYTES];
		standing_format_span(now_ns - report->updated_ns, age);
		str_addf(&standing->reason, "; its last word is %s old", age);
	}
}

static void by_running(const struct fleet_attempt *attempt, int64_t now_ns,
                       struct standing *standing)
{
	const struct batch_job *const job = &attempt->job;
	standing->verdict = FLEET_RUNNING;
	if (attempt->has_report) {
		add_progress(attempt, now_ns, standing);
		return;
	}
	if (!fleet_attempt_is_quiet(attempt, now_ns)) {
		str_add(&standing->reason, "has just begun");
		return;
	}
	char age[NUMBER_TEXT_BYTES];
	standing_format_span(now_ns - job->started_ns, age);
	str_addf(&standing->reason,
	         "runs for %s and has not written a word: is the fleet's folder seen there?", age);
}

static void by_done(const struct fleet_attempt *attempt, int64_t now_ns, struct standing *standing)
{
	const struct batch_job *const job = &attempt->job;
	standing_say(standing, FLEET_NO_RESULT,
	             "its job is over as if all were well, and left no result");
	if (is_known(job->ended_ns) && now_ns - job->ended_ns < JUST_NOW_NS)
		str_add(&standing->reason, "; it may not be seen here yet");
}

/* What is left of a job that ended without saying that it is done. */
static void add_remains(const struct fleet_attempt *attempt, struct standing *standing)
{
	if (attempt->has_report) {
		str_add(&standing->reason, "; its last word: ");
		cleanup_str struct str trials = {0};
		str_add(&standing->reason, standing_add_trials(&trials, attempt)
		                                   ? str_text(&trials)
		                                   : stage_words[attempt->report.stage]);
		if (attempt->report.reason)
			str_addf(&standing->reason, " (%s)", attempt->report.reason);
	} else
		str_add(&standing->reason, "; it never wrote a word");
}

/* The exit code of a job that finds the node not to be what it should be, where it may not be able
 * to write that (README.md lists the codes). */
enum { NODE_CANNOT = 5 };

static void by_failed(const struct fleet_attempt *attempt, int64_t now_ns,
                      struct standing *standing)
{
	const struct batch_job *const job = &attempt->job;
	(void)now_ns;
	if (job->exit_code == NODE_CANNOT && job->signal == 0)
		standing_say(standing, FLEET_FAIL, "the node cannot do it");
	else
		standing_say(standing, FLEET_NO_RESULT, "its job was killed or failed");
	standing_add_span(&standing->reason, job->started_ns, job->ended_ns);
	if (job->signal > 0)
		str_addf(&standing->reason, " (signal %d)", (int)job->signal);
	else if (job->exit_code > 0)
		str_addf(&standing->reason, " (exit code %d)", (int)job->exit_code);
	add_remains(attempt, standing);
	str_add(&standing->reason, "; job.log may say why");
}

static const struct {
	const char *word;
	const char *meaning;
} endings[] = {
        {"PREEMPTED", "another job took its place"},
        {"DEADLINE", "its deadline was over"},
        {"REVOKED", "the site took it back"},
};

static void by_cancelled(const struct fleet_attempt *attempt, int64_t now_ns,
                         struct standing *standing)
{
	const struct batch_job *const job = &attempt->job;
	(void)now_ns;
	const char *words = "it was cancelled";
	for (size_t i = 0; job->state_word && i < ARRAY_LENGTH(endings); i++)
		if (strcasecmp(endings[i].word, job->state_word) == 0)
			words = endings[i].meaning;
	standing_say(standing, FLEET_NO_RESULT, "%s", words);
	if (job->cancelled_by)
		str_addf(&standing->reason, " by %s", job->cancelled_by);
	if (!is_known(job->started_ns) && !attempt->has_report) {
		str_add(&standing->reason, " before it began");
		return;
	}
	standing_add_span(&standing->reason, job->started_ns, job->ended_ns);
	add_remains(attempt, standing);
}

static void by_memory(const struct fleet_attempt *attempt, int64_t now_ns,
                      struct standing *standing)
{
	(void)now_ns;
	standing_say(standing, FLEET_FAIL, "its job ran out of memory");
	standing_add_span(&standing->reason, attempt->job.started_ns, attempt->job.ended_ns);
	add_remains(attempt, standing);
}

static void by_unknown(const struct fleet_attempt *attempt, int64_t now_ns,
                       struct standing *standing)
{
	const char *const word = attempt->job.state_word;
	if (attempt->has_report) {
		standing_without_job(attempt, now_ns, standing);
		str_add(&standing->reason, "; ");
	} else
		standing->verdict = FLEET_INCONCLUSIVE;
	str_addf(&standing->reason, "the site calls its job '%s', which is not known here",
	         word ? word : "");
}

static void (*const by_state[JOB_STATES])(const struct fleet_attempt *, int64_t,
                                          struct standing *) = {
        [JOB_UNKNOWN] = by_unknown,
        [JOB_PENDING] = by_pending,
        [JOB_HELD] = by_held,
        [JOB_RUNNING] = by_running,
        [JOB_DONE] = by_done,
        [JOB_FAILED] = by_failed,
        [JOB_TIMEOUT] = standing_out_of_time,
        [JOB_NODE_FAIL] = standing_node_failed,
        [JOB_CANCELLED] = by_cancelled,
        [JOB_OUT_OF_MEMORY] = by_memory,
};

void standing_by_job(const struct fleet_attempt *attempt, int64_t now_ns, struct standing *standing)
{
	by_state[attempt->job.state](attempt, now_ns, standing);
}

/* A job that spoke and is not done. */
static void by_last_word(const struct fleet_attempt *attempt, int64_t now_ns,
                         struct standing *standing)
{
	const struct job_report *const report = &attempt->report;
	const int64_t age_ns =
	        is_known(report->updated_ns) ? now_ns - report->updated_ns : INT64_MAX;
	const bool is_gone = age_ns >= (attempt->is_forgotten ? WORD_IS_OLD_NS : WORD_IS_LAST_NS);
	if (!is_gone) {
		standing->verdict = FLEET_RUNNING;
		add_progress(attempt, now_ns, standing);
		return;
	}
	standing_say(standing, FLEET_NO_RESULT, "its last word");
	if (is_known(report->updated_ns)) {
		char age[NUMBER_TEXT_BYTES];
		standing_format_span(age_ns, age);
		str_addf(&standing->reason, " is %s old", age);
	} else
		str_add(&standing->reason, " is of no known time");
	cleanup_str struct str trials = {0};
	str_addf(&standing->reason, " (%s)",
	         standing_add_trials(&trials, attempt) ? str_text(&trials)
	                                               : stage_words[report->stage]);
	if (attempt->is_forgotten)
		str_addf(&standing->reason,
		         ", and job %s is not known any more: it or its node died, which cannot be "
		         "told apart now",
		         attempt->job.id);
	else
		str_add(&standing->reason, ": it or its node died");
}

void standing_without_job(const struct fleet_attempt *attempt, int64_t now_ns,
                          struct standing *standing)
{
	const struct batch_job *const job = &attempt->job;
	if (attempt->has_report)
		by_last_word(attempt, now_ns, standing);
	else if (job->id && attempt->is_forgotten && is_known(job->submitted_ns) &&
	         now_ns - job->submitted_ns < JUST_NOW_NS)
		standing_say(standing, FLEET_PENDING, "job %s was just submitted", job->id);
	else if (job->id && attempt->is_forgotten)
		standing_say(standing, FLEET_NO_RESULT,
		             "job %s is not known any more, and left neither a word nor a result",
		             job->id);
	else if (job->id)
		standing_say(standing, FLEET_PENDING,
		             "job %s was submitted and has not written a word, and no batch system "
		             "tells of it",
		             job->id);
	else if (attempt->refused)
		standing_say(standing, FLEET_NOT_RUN, "the site refused the job: %s",
		             attempt->refused);
	else
		standing_say(standing, FLEET_NOT_RUN, "prepared, and not submitted yet");
}
