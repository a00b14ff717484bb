#include "report/fleet/status_view.h"

#include "core/array.h"
#include "core/error.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool is_quiet(const struct fleet_node *node, int64_t now_ns)
{
	const struct fleet_attempt *const last = fleet_attempt_last(node);
	return last && fleet_attempt_is_quiet(last, now_ns);
}

/* "idle*": sinfo marks so what it has not heard of for some time; no job goes there. */
static bool is_silent(const struct fleet_node *node)
{
	return node->site_state && strchr(node->site_state, '*');
}

bool status_needs_look(const struct fleet_node *node, int64_t now_ns)
{
	switch (node->verdict) {
	case FLEET_PASS:
		return false;
	case FLEET_RUNNING:
		return is_quiet(node, now_ns);
	case FLEET_PENDING:
		return node->site_reason != NULL; /* drained while its job waits */
	case FLEET_NOT_RUN: {
		const struct fleet_attempt *const last = fleet_attempt_last(node);
		return node->site_reason || is_silent(node) || (last && last->refused);
	}
	default:
		return true;
	}
}

bool status_is_unsubmitted(const struct fleet_node *node)
{
	const struct fleet_attempt *const last = fleet_attempt_last(node);
	return node->verdict == FLEET_NOT_RUN && !node->site_reason && !is_silent(node) &&
	       (!last || !last->refused);
}

bool status_is_open(const struct fleet *fleet, const struct status_work *work)
{
	for (size_t i = 0; i < fleet->node_count; i++)
		if (fleet_verdict_words[fleet->nodes[i].verdict].is_open ||
		    (work->is_submitting && status_is_unsubmitted(&fleet->nodes[i])))
			return true;
	return false;
}

static bool is_same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static struct status_group *take_group(struct status_view *view, const struct fleet_node *node,
                                       struct error *err)
{
	for (size_t g = 0; g < view->group_count; g++)
		if (view->groups[g].verdict == node->verdict &&
		    is_same_text(view->groups[g].reason, node->reason))
			return &view->groups[g];
	if (array_reserve(&view->groups, &view->group_capacity, view->group_count + 1,
	                  sizeof *view->groups, err) < 0)
		return NULL;
	struct status_group *const group = &view->groups[view->group_count];
	*group = (struct status_group){.verdict = node->verdict, .reason = node->reason};
	group->nodes = calloc(view->fleet->node_count, sizeof *group->nodes);
	if (!group->nodes) {
		error_memory(err);
		return NULL;
	}
	view->group_count++;
	return group;
}

/* Worst first, then as their first nodes stand. */
static int compare_groups(const void *a, const void *b)
{
	const struct status_group *const left = a;
	const struct status_group *const right = b;
	if (left->verdict != right->verdict)
		return fleet_verdict_order(left->verdict) - fleet_verdict_order(right->verdict);
	return left->nodes[0] < right->nodes[0] ? -1 : 1;
}

static void add_progress(struct status_view *view, const struct fleet_node *node)
{
	const struct fleet_attempt *const last = fleet_attempt_last(node);
	if (node->verdict != FLEET_RUNNING || !last || !last->has_report)
		return;
	view->trials_done += last->report.trials_done;
	view->trials_planned += last->report.trials_planned;
}

int status_view_build(const struct fleet *fleet, const struct status_batch *batch,
                      const struct status_work *work, struct status_view *ret_view,
                      struct error *err)
{
	cleanup_status_view struct status_view view = {
	        .fleet = fleet, .batch = *batch, .work = *work};
	for (size_t i = 0; i < fleet->node_count; i++) {
		const struct fleet_node *const node = &fleet->nodes[i];
		view.in_verdict[node->verdict]++;
		view.unsubmitted += status_is_unsubmitted(node);
		add_progress(&view, node);
		if (!status_needs_look(node, fleet->observed_ns))
			continue;
		struct status_group *const group = take_group(&view, node, err);
		if (!group)
			return -ENOMEM;
		group->nodes[group->node_count++] = i;
	}
	if (view.group_count > 1)
		qsort(view.groups, view.group_count, sizeof *view.groups, compare_groups);
	*ret_view = view;
	view = (struct status_view){0};
	return 0;
}

void status_view_release(struct status_view *view)
{
	if (!view)
		return;
	for (size_t g = 0; g < view->group_count; g++)
		free(view->groups[g].nodes);
	free(view->groups);
	*view = (struct status_view){0};
}
