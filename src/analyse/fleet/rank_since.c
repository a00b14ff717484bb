/* Who got slower since its first accepted result. What the whole class changed by since then (a
 * kernel, another compiler in the same scenario) is no fault of a node, and is told of the class.
 */
#include "analyse/fleet/fleet_facts.h"
#include "analyse/fleet/history.h"
#include "analyse/fleet/rank_parts.h"

#include "core/cleanup.h"
#include "core/error.h"
#include "core/str.h"

#include <math.h>
#include <stdlib.h>

static int note_node(struct ranking_work *work, size_t node, struct error *err)
{
	struct fleet_history history cleanup_fleet_history = {0};
	struct fleet_rank_item *const item = rank_item(work, node);
	int r = fleet_history_build(&work->fleet->nodes[node], &history, err);
	if (r < 0)
		return r;
	const struct fleet_attempt *first = NULL;
	for (size_t i = 0; i < history.count; i++) {
		const struct fleet_history_item *const own = &history.items[i];
		first = own->is_first ? own->attempt : first;
		if (own->attempt != item->attempt || own->is_first || own->reason || !first)
			continue;
		item->since_relative = own->relative;
		item->was_faster = own->is_slower;
		work->nodes[node].first = first;
		cleanup_str struct str text = {0};
		str_addf(&text,
		         "at N=%u it does %.3f of what it did in its first accepted result "
		         "(attempt %u",
		         (unsigned)history.concurrency, own->relative, (unsigned)first->number);
		/* Over several fleets attempts are numbered anew. */
		if (!work->fleet->id && first->result_path)
			str_addf(&text, ", %s", first->result_path);
		str_addf(&text, ")%s%s", own->changed ? "; not as it was then: " : "",
		         own->changed ? own->changed : "");
		return str_take(&text, &item->since, err);
	}
	return 0;
}

/* The median of what the nodes of a class changed by, where enough of them have a history. */
static double drift_of(const struct ranking_work *work, struct fleet_class *class, double *values,
                       double *scratch)
{
	double median;
	double ignored;
	size_t n = 0;
	for (size_t i = 0; i < class->node_count; i++) {
		const double since = rank_item(work, class->nodes[i])->since_relative;
		if (!isnan(since))
			values[n++] = since;
	}
	class->since_nodes = n;
	if (n < RANK_LEAST_NODES)
		return NAN;
	rank_centre(values, n, scratch, &median, &ignored);
	return median;
}

/* What is not as it was on nearly all nodes of a class. */
static void add_changes(const struct ranking_work *work, const struct fleet_class *class,
                        struct str *text)
{
	enum { NAMED_MOST = 5 };
	size_t named = 0;
	for (size_t f = 0; f < fleet_fact_count && named < NAMED_MOST; f++) {
		size_t changed = 0;
		for (size_t i = 0; i < class->node_count; i++) {
			const struct rank_node *const node = &work->nodes[class->nodes[i]];
			changed += node->first &&
			           rank_has_changed(&node->measured->profile, &node->first->profile,
			                            fleet_facts[f].name);
		}
		if (changed == 0 || 5 * changed < 4 * class->since_nodes)
			continue;
		str_addf(text, "%s%s",
		         named > 0 ? ", " : "; not as it was then: ", fleet_facts[f].words);
		named++;
	}
}

static int apply_drift(struct ranking_work *work, struct fleet_class *class, double drift,
                       struct error *err)
{
	for (size_t i = 0; i < class->node_count; i++) {
		struct fleet_rank_item *const item = rank_item(work, class->nodes[i]);
		if (item->since_relative >= drift * (1 - RANK_MARGIN))
			item->was_faster = false;
	}
	class->since_relative = drift;
	class->got_slower = drift < 1 - RANK_MARGIN;
	if (!class->got_slower)
		return 0;
	cleanup_str struct str text = {0};
	str_addf(&text,
	         "%s%sthe class as a whole got slower since its nodes were accepted: it does "
	         "%.3f of what it did",
	         class->note ? class->note : "", class->note ? "; " : "", drift);
	add_changes(work, class, &text);
	char *note = NULL;
	const int r = str_take(&text, &note, err);
	if (r < 0)
		return r;
	free(class->note);
	class->note = note;
	return 0;
}

int rank_find_since(struct ranking_work *work, struct error *err)
{
	const size_t nodes = work->fleet->node_count;
	cleanup_free double *values = calloc(2 * nodes + 1, sizeof *values);
	int r = values ? 0 : error_memory(err);
	for (size_t n = 0; r == 0 && n < nodes; n++)
		if (work->fleet->nodes[n].attempt_count > 1)
			r = note_node(work, n, err);
	for (size_t c = 0; r == 0 && c < work->ranking->class_count; c++) {
		struct fleet_class *const class = &work->ranking->classes[c];
		class->since_relative = NAN;
		const double drift = drift_of(work, class, values, values + nodes);
		if (!isnan(drift))
			r = apply_drift(work, class, drift, err);
	}
	return r;
}

bool fleet_lost_speed(const struct fleet_ranking *ranking)
{
	for (size_t c = 0; c < ranking->class_count; c++)
		if (ranking->classes[c].got_slower)
			return true;
	for (size_t i = 0; i < ranking->item_count; i++)
		if (ranking->items[i].was_faster)
			return true;
	return false;
}
