/* What came of an attempt: three witnesses, of which each may be silent and none is always right.
 * The batch system knows that a node died and that a limit was reached, and forgets its jobs. The
 * job's state file knows how its run went, and goes silent with its node. The result knows what was
 * measured, and is not there before the end. A job that says it is done is believed before the
 * batch system, which hears of it later; but a node that died is never a pass. */
#include "core/cleanup.h"
#include "core/error.h"
#include "fleet/observe.h"
#include "fleet/standing_parts.h"

#include <stdlib.h>
#include <string.h>

/* Whether the job has nothing more to say: it says so, or it is over as the batch system sees it
 * and left a result; or there never was one, and a result was brought from elsewhere. */
static bool is_for_result(const struct fleet_attempt *attempt)
{
	const enum job_state state = attempt->has_job ? attempt->job.state : JOB_UNKNOWN;
	const bool is_waiting = state == JOB_PENDING || state == JOB_HELD;
	if (attempt->has_report && attempt->report.stage == STAGE_DONE)
		return !is_waiting || standing_has_result(attempt);
	return standing_has_result(attempt) && !is_waiting && state != JOB_RUNNING;
}

static void find(const struct fleet_attempt *attempt, int64_t now_ns, struct standing *standing)
{
	if (attempt->has_job && attempt->job.state == JOB_NODE_FAIL)
		standing_node_failed(attempt, now_ns, standing);
	else if (standing_is_out_of_time(attempt) && !standing_is_whole(attempt))
		standing_out_of_time(attempt, now_ns, standing);
	else if (is_for_result(attempt))
		standing_by_result(attempt, standing);
	else if (attempt->has_job)
		standing_by_job(attempt, now_ns, standing);
	else
		standing_without_job(attempt, now_ns, standing);
	/* A state file or an answer that cannot be read; of a result it was said. */
	if (attempt->unreadable && !attempt->result_path && !attempt->has_profile)
		str_addf(&standing->reason, "%s%s", standing->reason.length > 0 ? "; " : "",
		         attempt->unreadable);
}

/* Moves what was found to its place. */
static int settle(struct standing *standing, enum fleet_verdict *verdict, char **reason,
                  struct error *err)
{
	char *text = NULL;
	const bool is_empty = standing->reason.length == 0 && !standing->reason.failed;
	const int r = is_empty ? 0 : str_take(&standing->reason, &text, err);
	str_release(&standing->reason);
	if (r < 0)
		return r;
	*verdict = standing->verdict;
	free(*reason);
	*reason = text;
	return 0;
}

int standing_find(struct fleet_attempt *attempt, int64_t now_ns, struct error *err)
{
	struct standing standing = {.verdict = FLEET_NOT_RUN};
	find(attempt, now_ns, &standing);
	return settle(&standing, &attempt->verdict, &attempt->reason, err);
}

/* "drained: bad DIMM (root)". */
static void add_site(struct str *s, const struct fleet_node *node)
{
	str_add(s, node->site_state);
	if (node->site_reason)
		str_addf(s, ": %s", node->site_reason);
	if (node->site_reason && node->site_reason_by)
		str_addf(s, " (%s)", node->site_reason_by);
}

/* Verdicts to which it matters what the site says of the node. */
static bool wants_site(enum fleet_verdict verdict)
{
	return verdict == FLEET_PENDING || verdict == FLEET_HELD || verdict == FLEET_NODE_FAIL ||
	       verdict == FLEET_NOT_RUN || verdict == FLEET_NO_RESULT;
}

/* The job is not known any more, it never said that it was done, and its node is down: that is what
 * became of it, even if nobody remembers the job. */
static bool has_died_with_node(const struct fleet_node *node, const struct fleet_attempt *last)
{
	return last->is_forgotten && last->has_report && last->report.stage != STAGE_DONE &&
	       !standing_has_result(last) && node->site_state &&
	       str_starts_with(node->site_state, "down");
}

static int say_died_with_node(struct fleet_attempt *last, struct error *err)
{
	struct standing standing = {0};
	cleanup_str struct str trials = {0};
	standing_say(&standing, FLEET_NODE_FAIL,
	             "its node is down, and job %s is not known any more", last->job.id);
	if (standing_add_trials(&trials, last))
		str_addf(&standing.reason, "; %s by then", str_text(&trials));
	return settle(&standing, &last->verdict, &last->reason, err);
}

int standing_find_node(struct fleet_node *node, int64_t now_ns, struct error *err)
{
	struct fleet_attempt *const last = fleet_attempt_last(node);
	struct standing standing = {.verdict = FLEET_NOT_RUN};
	if (last) {
		int r = standing_find(last, now_ns, err);
		if (r == 0 && has_died_with_node(node, last))
			r = say_died_with_node(last, err);
		if (r < 0)
			return r;
		standing_say(&standing, last->verdict, "%s", last->reason ? last->reason : "");
	}
	if (!last && node->site_reason)
		add_site(&standing.reason, node);
	else if (!last && node->site_state && strchr(node->site_state, '*'))
		standing_say(&standing, FLEET_NOT_RUN,
		             "not submitted yet; the node does not answer (%s)", node->site_state);
	else if (!last && node->site_state)
		standing_say(&standing, FLEET_NOT_RUN, "not submitted yet; the node is %s",
		             node->site_state);
	else if (!last)
		standing_say(&standing, FLEET_NOT_RUN, "not submitted yet");
	else if (node->site_state && node->site_reason && wants_site(last->verdict)) {
		str_add(&standing.reason, "; the site says of the node: ");
		add_site(&standing.reason, node);
	}
	return settle(&standing, &node->verdict, &node->reason, err);
}

int standing_find_all(struct fleet *fleet, struct error *err)
{
	for (size_t n = 0; n < fleet->node_count; n++) {
		struct fleet_node *const node = &fleet->nodes[n];
		for (size_t a = 0; a + 1 < node->attempt_count; a++) {
			const int r = standing_find(&node->attempts[a], fleet->observed_ns, err);
			if (r < 0)
				return r;
		}
		const int r = standing_find_node(node, fleet->observed_ns, err);
		if (r < 0)
			return r;
	}
	return 0;
}
