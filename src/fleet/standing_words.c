/* What the verdicts on attempts have in common: what is there, and how it is said. */
#include "core/cleanup.h"
#include "core/clock.h"
#include "fleet/standing_parts.h"

#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A job is told to end 30 s before its limit, and Slurm may do so up to 60 s early; with some time
 * for the run to end in. */
#define BEFORE_LIMIT_NS (100 * NS_PER_S)

void standing_say(struct standing *standing, enum fleet_verdict verdict, const char *format, ...)
{
	standing->verdict = verdict;
	char *text = NULL;
	va_list list;
	va_start(list, format);
	if (vasprintf(&text, format, list) < 0) {
		standing->reason.failed = true;
		text = NULL;
	}
	va_end(list);
	if (text)
		str_add(&standing->reason, text);
	free(text);
}

bool standing_has_result(const struct fleet_attempt *attempt)
{
	return attempt->has_profile || attempt->result_path;
}

bool standing_is_whole(const struct fleet_attempt *attempt)
{
	if (attempt->has_profile)
		return attempt->profile.state && strcmp(attempt->profile.state, "done") == 0;
	return attempt->result_path && attempt->has_report && attempt->report.stage == STAGE_DONE &&
	       !attempt->report.is_partial;
}

/* Of two times the first that is known. */
static int64_t first_known(int64_t a, int64_t b)
{
	return a != RECORD_ABSENT && a > 0 ? a : b != RECORD_ABSENT && b > 0 ? b : RECORD_ABSENT;
}

bool standing_is_out_of_time(const struct fleet_attempt *attempt)
{
	const struct batch_job *const job = &attempt->job;
	if (attempt->has_job && job->state == JOB_TIMEOUT)
		return true;
	if (!attempt->has_report || attempt->report.signal != SIGTERM || job->time_limit_ns <= 0 ||
	    (attempt->has_job && job->state == JOB_CANCELLED))
		return false;
	const int64_t start = first_known(job->started_ns, attempt->report.started_ns);
	const int64_t end = first_known(attempt->report.ended_ns, job->ended_ns);
	return start != RECORD_ABSENT && end != RECORD_ABSENT &&
	       end - start >= job->time_limit_ns - BEFORE_LIMIT_NS;
}

void standing_format_span(int64_t ns, char text[NUMBER_TEXT_BYTES])
{
	static const struct {
		int64_t s;
		const char *unit;
	} units[] = {{86400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}};
	const int64_t s = ns / NS_PER_S;
	size_t i = 0;
	while (units[i].s > 1 && s < 2 * units[i].s && s != units[i].s)
		i++;
	snprintf(text, NUMBER_TEXT_BYTES, "%" PRId64 " %s", s / units[i].s, units[i].unit);
}

void standing_add_span(struct str *s, int64_t start_ns, int64_t end_ns)
{
	char text[NUMBER_TEXT_BYTES];
	if (first_known(start_ns, RECORD_ABSENT) == RECORD_ABSENT || end_ns < start_ns)
		return;
	standing_format_span(end_ns - start_ns, text);
	str_addf(s, " after %s", text);
}

bool standing_add_trials(struct str *s, const struct fleet_attempt *attempt)
{
	if (!attempt->has_report && !attempt->has_profile)
		return false;
	const uint32_t done =
	        attempt->has_profile ? attempt->profile.trials_done : attempt->report.trials_done;
	const uint32_t planned = attempt->has_profile ? attempt->profile.trials_planned
	                                              : attempt->report.trials_planned;
	if (planned > 0)
		str_addf(s, "%u of %u trials done", (unsigned)done, (unsigned)planned);
	else if (done > 0)
		str_addf(s, "%u %s done", (unsigned)done, number_noun(done, "trial", "trials"));
	return planned > 0 || done > 0;
}

void standing_add_partial(struct str *s, const struct fleet_attempt *attempt)
{
	if (!standing_has_result(attempt) || standing_is_whole(attempt))
		return;
	str_add(s, "; it left a partial result");
	cleanup_str struct str trials = {0};
	if (standing_add_trials(&trials, attempt))
		str_addf(s, " (%s)", str_text(&trials));
}

static void add_time_limit(struct str *s, const struct batch_job *job)
{
	char text[NUMBER_TEXT_BYTES];
	if (job->time_limit_ns <= 0)
		return;
	standing_format_span(job->time_limit_ns, text);
	str_addf(s, " of %s", text);
}

/* How long it took when it was told to end, where that was before its limit was over; else -1. */
static int64_t early_ns(const struct fleet_attempt *attempt)
{
	const struct batch_job *const job = &attempt->job;
	const int64_t start =
	        first_known(job->started_ns, attempt->has_report ? attempt->report.started_ns : -1);
	if (!attempt->has_report || start == RECORD_ABSENT ||
	    first_known(attempt->report.ended_ns, RECORD_ABSENT) == RECORD_ABSENT)
		return -1;
	const int64_t took_ns = attempt->report.ended_ns - start;
	return took_ns >= 0 && took_ns < job->time_limit_ns ? took_ns : -1;
}

void standing_out_of_time(const struct fleet_attempt *attempt, int64_t now_ns,
                          struct standing *standing)
{
	(void)now_ns;
	const int64_t took_ns = early_ns(attempt);
	standing_say(standing, FLEET_HUNG,
	             took_ns < 0 ? "its time limit" : "it was told to end for its time limit");
	add_time_limit(&standing->reason, &attempt->job);
	if (took_ns < 0) {
		str_add(&standing->reason, " was over before its work was");
	} else {
		char took[NUMBER_TEXT_BYTES];
		standing_format_span(took_ns, took);
		str_addf(&standing->reason, ", after %s, before its work was done", took);
	}
	if (standing_has_result(attempt)) {
		standing_add_partial(&standing->reason, attempt);
		return;
	}
	cleanup_str struct str trials = {0};
	if (standing_add_trials(&trials, attempt))
		str_addf(&standing->reason, " (%s)", str_text(&trials));
	str_add(&standing->reason, "; it left no result");
}

void standing_node_failed(const struct fleet_attempt *attempt, int64_t now_ns,
                          struct standing *standing)
{
	(void)now_ns;
	const struct batch_job *const job = &attempt->job;
	standing_say(standing, FLEET_NODE_FAIL, "the node went away under its job");
	standing_add_span(&standing->reason, job->started_ns, job->ended_ns);
	if (job->state_word)
		str_addf(&standing->reason, " (%s)", job->state_word);
	if (attempt->unreadable && attempt->result_path && !attempt->has_profile)
		str_addf(&standing->reason, "; its result cannot be judged: %s",
		         attempt->unreadable);
	else if (standing_has_result(attempt) && standing_is_whole(attempt))
		str_add(&standing->reason, "; its result is whole");
	else if (standing_has_result(attempt))
		standing_add_partial(&standing->reason, attempt);
	else if (attempt->has_report) {
		cleanup_str struct str trials = {0};
		if (standing_add_trials(&trials, attempt))
			str_addf(&standing->reason, "; %s by then", str_text(&trials));
	}
}
