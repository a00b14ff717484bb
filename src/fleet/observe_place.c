/* Which job belongs to which attempt. The id that submit noted is the surest; a submit that was
 * killed before it could note one is found by the job's comment; and where a site's accounts keep
 * no comments, by its node. */
#include "core/cleanup.h"
#include "core/error.h"
#include "fleet/observe.h"
#include "fleet/observe_parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool is_same(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

static struct fleet_attempt *find_by_id(const struct fleet *fleet, const char *id)
{
	for (size_t n = 0; n < fleet->node_count; n++) {
		const struct fleet_node *const node = &fleet->nodes[n];
		for (size_t a = 0; a < node->attempt_count; a++)
			if (is_same(node->attempts[a].job.id, id) ||
			    (node->attempts[a].has_report &&
			     is_same(node->attempts[a].report.job, id)))
				return &node->attempts[a];
	}
	return NULL;
}

/* The attempt that a comment speaks of, made where there is none: *ret_attempt, NULL if it speaks
 * of none. */
static int take_by_comment(struct fleet *fleet, const char *comment,
                           struct fleet_attempt **ret_attempt, struct error *err)
{
	cleanup_free char *name = NULL;
	uint32_t number = 0;
	*ret_attempt = NULL;
	const int r = comment ? observe_read_comment(comment, &name, &number, err) : -EINVAL;
	if (r < 0)
		return r == -EINVAL ? 0 : r;
	struct fleet_node *const node = fleet_node_take(fleet, name, err);
	*ret_attempt = node ? fleet_attempt_take(node, number, err) : NULL;
	return *ret_attempt ? 0 : -ENOMEM;
}

/* The last attempt on the job's node of which no job is known. */
static struct fleet_attempt *find_by_node(const struct fleet *fleet, const struct batch_job *job)
{
	const struct fleet_node *const node = job->node ? fleet_node_find(fleet, job->node) : NULL;
	for (size_t a = node ? node->attempt_count : 0; a > 0; a--)
		if (!node->attempts[a - 1].has_job && !node->attempts[a - 1].job.id &&
		    !node->attempts[a - 1].refused)
			return &node->attempts[a - 1];
	return NULL;
}

static void settle(struct fleet_attempt *attempt, struct batch_job *job)
{
	if (job->submitted_ns == RECORD_ABSENT || job->submitted_ns == 0)
		job->submitted_ns = attempt->job.submitted_ns;
	if (job->time_limit_ns <= 0)
		job->time_limit_ns = attempt->job.time_limit_ns;
	batch_job_release(&attempt->job);
	attempt->job = *job;
	attempt->has_job = true;
	*job = (struct batch_job){0};
}

int observe_place_jobs(struct fleet *fleet, struct batch_jobs *jobs, struct error *err)
{
	for (size_t i = 0; i < jobs->count; i++) {
		struct fleet_attempt *const attempt =
		        jobs->items[i].id ? find_by_id(fleet, jobs->items[i].id) : NULL;
		if (attempt && !attempt->has_job)
			settle(attempt, &jobs->items[i]);
	}
	for (size_t i = 0; i < jobs->count; i++) {
		struct batch_job *const job = &jobs->items[i];
		struct fleet_attempt *attempt = NULL;
		const int r = job->id ? take_by_comment(fleet, job->comment, &attempt, err) : 0;
		if (r < 0)
			return r;
		if (job->id && !attempt)
			attempt = find_by_node(fleet, job);
		if (attempt && !attempt->has_job)
			settle(attempt, job);
	}
	for (size_t n = 0; n < fleet->node_count; n++)
		for (size_t a = 0; a < fleet->nodes[n].attempt_count; a++) {
			struct fleet_attempt *const attempt = &fleet->nodes[n].attempts[a];
			attempt->is_forgotten = attempt->job.id && !attempt->has_job;
		}
	return 0;
}

static void move_text(char **to, char **from)
{
	free(*to);
	*to = *from;
	*from = NULL;
}

void observe_place_nodes(struct fleet *fleet, struct batch_nodes *nodes)
{
	for (size_t i = 0; i < nodes->count; i++) {
		struct batch_node *const site = &nodes->items[i];
		struct fleet_node *const node =
		        site->name ? fleet_node_find(fleet, site->name) : NULL;
		if (!node)
			continue;
		move_text(&node->partitions, &site->partitions);
		move_text(&node->site_state, &site->state_word);
		move_text(&node->site_reason, &site->reason);
		move_text(&node->site_reason_by, &site->reason_by);
	}
}

static struct fleet_attempt *find_attempt(const struct fleet_node *node, uint32_t number)
{
	for (size_t a = 0; a < node->attempt_count; a++)
		if (node->attempts[a].number == number)
			return &node->attempts[a];
	return NULL;
}

void observe_move_answers(struct fleet *before, struct fleet *now)
{
	now->has_accounting = before->has_accounting;
	for (size_t n = 0; n < before->node_count; n++) {
		struct fleet_node *const from = &before->nodes[n];
		struct fleet_node *const to = fleet_node_find(now, from->name);
		if (!to)
			continue;
		move_text(&to->partitions, &from->partitions);
		move_text(&to->site_state, &from->site_state);
		move_text(&to->site_reason, &from->site_reason);
		move_text(&to->site_reason_by, &from->site_reason_by);
		for (size_t a = 0; a < from->attempt_count; a++) {
			struct fleet_attempt *const old = &from->attempts[a];
			struct fleet_attempt *const attempt = find_attempt(to, old->number);
			if (!attempt)
				continue;
			attempt->is_forgotten = old->is_forgotten;
			if (old->has_job &&
			    (!attempt->job.id || is_same(attempt->job.id, old->job.id)))
				settle(attempt, &old->job);
		}
	}
}
