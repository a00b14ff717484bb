/* What a ranking said, kept with the attempts that it spoke of: a later look at the fleet, and a
 * later ranking, know which results were slow among their like. */
#include "analyse/fleet/rank.h"

#include "analyse/fleet/rank_parts.h"
#include "core/cleanup.h"
#include "core/error.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool is_same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool is_same_number(double a, double b)
{
	return a == b || (isnan(a) && isnan(b));
}

static bool is_said(const struct fleet_attempt *attempt, const struct fleet_rank_item *item,
                    const char *component)
{
	const struct fleet_ranked *const said = &attempt->ranked;
	return attempt->has_ranked && said->verdict == item->verdict &&
	       is_same_number(said->relative, item->relative) && is_same_number(said->z, item->z) &&
	       said->component_index == item->component_index &&
	       is_same_text(said->component, component) && is_same_text(said->reason, item->reason);
}

static int note(struct fleet_attempt *attempt, const struct fleet_rank_item *item, int64_t now_ns,
                struct error *err)
{
	const char *const component =
	        item->component != COMPONENT_NONE ? fleet_component_names[item->component] : NULL;
	if (is_said(attempt, item, component))
		return 0;
	cleanup_free char *component_copy = NULL;
	cleanup_free char *reason = NULL;
	int r = component ? str_copy(component, &component_copy, err) : 0;
	if (r == 0 && item->reason)
		r = str_copy(item->reason, &reason, err);
	if (r < 0)
		return r;
	free(attempt->ranked.component);
	free(attempt->ranked.reason);
	attempt->has_ranked = true;
	attempt->ranked = (struct fleet_ranked){
	        .verdict = item->verdict,
	        .relative = item->relative,
	        .z = item->z,
	        .component = component_copy,
	        .component_index = item->component_index,
	        .reason = reason,
	        .ranked_ns = now_ns,
	};
	component_copy = reason = NULL;
	return 0;
}

int fleet_rank_note(const struct fleet_ranking *ranking, struct fleet *fleet, int64_t now_ns,
                    struct error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < ranking->item_count; i++) {
		const struct fleet_rank_item *const item = &ranking->items[i];
		struct fleet_attempt *const last = fleet_attempt_last(&fleet->nodes[item->node]);
		/* Of a node whose last attempt left no result, this is no word on an earlier one.
		 */
		if (item->class >= 0 && last && item->attempt == last)
			r = note(last, item, now_ns, err);
	}
	return r;
}

static int say_before(const struct ranking_work *work, struct fleet_rank_item *item,
                      struct error *err)
{
	const struct fleet_node *const node = &work->fleet->nodes[item->node];
	const struct fleet_attempt *last = NULL;
	cleanup_str struct str text = {0};
	char *reason = NULL;
	for (size_t i = 0; i < node->attempt_count; i++) {
		const struct fleet_attempt *const attempt = &node->attempts[i];
		if (attempt == item->attempt || fleet_attempt_verdict(attempt) != FLEET_SLOW)
			continue;
		item->slow_before++;
		last = attempt;
	}
	if (!last)
		return 0;
	str_addf(&text, "%s%s", item->reason ? item->reason : "", item->reason ? "; " : "");
	if (node->attempt_count == 2)
		str_add(&text, "slow in both attempts");
	else
		str_addf(&text, "slow in %zu of its %zu attempts", item->slow_before + 1,
		         node->attempt_count);
	if (!isnan(last->ranked.relative))
		str_addf(&text, " (%.3f in attempt %u)", last->ranked.relative,
		         (unsigned)last->number);
	const int r = str_take(&text, &reason, err);
	if (r < 0)
		return r;
	free(item->reason);
	item->reason = reason;
	return 0;
}

int rank_find_before(struct ranking_work *work, struct error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < work->ranking->item_count; i++)
		if (work->ranking->items[i].verdict == FLEET_SLOW)
			r = say_before(work, &work->ranking->items[i], err);
	return r;
}
