#include "report/fleet/fleet_document.h"

#include "core/str.h"
#include "report/fleet/fleet_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What a square says when it is looked at. */
static void write_tip(const struct fleet_ranking *ranking, const struct fleet_rank_item *item,
                      struct str *text)
{
	char place[48];
	str_addf(text, "%s: %s", fleet_node_of(ranking, item)->name,
	         fleet_verdict_words[item->verdict].words);
	fleet_place(item, place);
	if (place[0])
		str_addf(text, ", %s", place);
	if (isfinite(item->relative))
		str_addf(text, ", %.3f of the median of its class", item->relative);
	if (item->verdict == FLEET_PASS)
		return;
	str_add(text, ". ");
	cleanup_str struct str why = {0};
	fleet_why(item, &why);
	str_add(text, str_text(&why));
	text->failed |= why.failed;
}

static void add_cell(const struct fleet_ranking *ranking, const struct fleet_rank_item *item,
                     struct grid *grid)
{
	cleanup_str struct str tip = {0};
	write_tip(ranking, item, &tip);
	grid->failed |= tip.failed;
	grid_cell(grid, item->verdict, fleet_node_of(ranking, item)->name, str_text(&tip));
}

/* The items by node, or NULL: no memory. */
static const struct fleet_rank_item **by_node(const struct fleet_ranking *ranking)
{
	const size_t count = ranking->fleet->node_count;
	const struct fleet_rank_item **const items =
	        calloc(count + 1, sizeof(const struct fleet_rank_item *));
	for (size_t i = 0; items && i < ranking->item_count; i++)
		items[ranking->items[i].node] = &ranking->items[i];
	return items;
}

/* Whether two names are the same up to their first digit. */
static bool are_kin(const char *a, const char *b)
{
	static const char digits[] = "0123456789";
	const size_t length = strcspn(a, digits);
	return length == strcspn(b, digits) && strncmp(a, b, length) == 0;
}

/* The class of a node; of one without a result that of its neighbours by name, so that neighbours
 * in a rack are neighbours here; -1: none. */
static ptrdiff_t class_near(const struct fleet_ranking *ranking,
                            const struct fleet_rank_item *const *items, size_t node)
{
	const struct fleet_node *const nodes = ranking->fleet->nodes;
	const size_t count = ranking->fleet->node_count;
	if (items[node]->class >= 0)
		return items[node]->class;
	for (size_t away = 1; away < count; away++) {
		const size_t near[] = {node - away, node + away};
		for (size_t k = 0; k < 2; k++)
			if (near[k] < count && items[near[k]] && items[near[k]]->class >= 0 &&
			    are_kin(nodes[node].name, nodes[near[k]].name))
				return items[near[k]]->class;
	}
	return -1;
}

/* Where there is but one class, nodes that are called alike stand together, unless all have names
 * of their own. */
static void add_kin(const struct fleet_ranking *ranking, const struct fleet_rank_item *const *items,
                    struct grid *grid)
{
	enum { MOST_KINS = 12 };
	const struct fleet_node *const nodes = ranking->fleet->nodes;
	const size_t count = ranking->fleet->node_count;
	size_t kins = 1;
	for (size_t n = 1; n < count; n++)
		kins += !are_kin(nodes[n - 1].name, nodes[n].name);
	for (size_t n = 0; n < count; n++) {
		if (n > 0 && kins <= MOST_KINS && !are_kin(nodes[n - 1].name, nodes[n].name))
			grid_group(grid, "");
		if (items[n])
			add_cell(ranking, items[n], grid);
	}
}

static void add_groups(const struct fleet_ranking *ranking,
                       const struct fleet_rank_item *const *items, struct grid *grid)
{
	const size_t classes = ranking->class_count;
	for (size_t group = 0; group <= classes; group++) {
		const ptrdiff_t class = group == classes ? -1 : (ptrdiff_t)group;
		grid_group(grid, class < 0 ? "Hardware not known: no result"
		                           : ranking->classes[group].words);
		for (size_t n = 0; n < ranking->fleet->node_count; n++)
			if (items[n] && class_near(ranking, items, n) == class)
				add_cell(ranking, items[n], grid);
	}
}

void fleet_add_grid(const struct fleet_ranking *ranking, struct document *doc)
{
	const struct fleet_rank_item **const items = by_node(ranking);
	if (!items) {
		doc->failed = true;
		return;
	}
	document_section(doc, "grid", "Nodes",
	                 ranking->class_count > 1 ? "by hardware; those without a result stand "
	                                            "beside their neighbours by name"
	                                          : "");
	struct grid *const grid =
	        document_grid(doc, "Nodes by verdict", fleet_kinds, FLEET_VERDICTS);
	if (ranking->class_count > 1)
		add_groups(ranking, items, grid);
	else
		add_kin(ranking, items, grid);
	free(items);
}

bool fleet_tells_unread(const struct fleet_ranking *ranking, const char *unreadable)
{
	for (size_t i = 0; i < ranking->item_count; i++) {
		const struct fleet_attempt *const last =
		        fleet_attempt_last(fleet_node_of(ranking, &ranking->items[i]));
		if (ranking->items[i].verdict != FLEET_PASS && last && last->unreadable &&
		    strcmp(last->unreadable, unreadable) == 0)
			return true;
	}
	return false;
}

size_t fleet_unread(const struct fleet_ranking *ranking, const struct words *unreadable)
{
	size_t count = 0;
	for (size_t i = 0; unreadable && i < unreadable->count; i++)
		count += !fleet_tells_unread(ranking, unreadable->items[i]);
	return count;
}

/* What is missing from the answer must not look like passed. */
static void say_unreadable(const struct fleet_ranking *ranking, const struct words *unreadable,
                           struct document *doc)
{
	for (size_t i = 0; unreadable && i < unreadable->count; i++)
		if (!fleet_tells_unread(ranking, unreadable->items[i]))
			document_item(doc, TEXT_WARN, "!", "Not read: %s", unreadable->items[i]);
}

enum verdict fleet_overall(const struct fleet_ranking *ranking)
{
	for (size_t v = 0; v < FLEET_VERDICTS; v++)
		if (fleet_verdict_words[v].is_bad && ranking->in_verdict[v] > 0)
			return VERDICT_FAIL;
	/* Held against each other nodes that all lost the same show nothing. */
	return ranking->item_count > 0 && ranking->in_verdict[FLEET_PASS] == ranking->item_count &&
	                       !fleet_lost_speed(ranking)
	               ? VERDICT_PASS
	               : VERDICT_INCONCLUSIVE;
}

void fleet_document(const struct fleet_ranking *ranking, const struct fleet_told *told,
                    struct document *doc)
{
	static const struct fleet_told nothing = {0};
	told = told ? told : &nothing;
	fleet_add_answer(ranking, told, doc);
	say_unreadable(ranking, told->unreadable, doc);
	fleet_add_grid(ranking, doc);
	fleet_add_needing(ranking, doc);
	fleet_add_next(ranking, told, doc);
	fleet_add_slower(ranking, doc);
	fleet_add_not_run(ranking, doc);
	fleet_add_classes(ranking, doc);
	fleet_add_memory(ranking, doc);
	fleet_add_all(ranking, doc);
}
