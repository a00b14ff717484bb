#include "fleet/shared_runs.h"

#include "core/cleanup.h"
#include "core/error.h"
#include "core/str.h"
#include "fleet/expected.h"
#include "fleet/observe.h"

#include <stdlib.h>
#include <string.h>

enum { ID_SHOWN = 8 };

struct holder {
	struct fleet_node *node;
	struct fleet_attempt *attempt;
	char *was; /* what was said of it earlier */
};

struct holders {
	struct holder *items;
	size_t count;
};

static void release_holders(struct holders *holders)
{
	for (size_t i = 0; i < holders->count; i++)
		free(holders->items[i].was);
	free(holders->items);
}

static bool has_run(const struct fleet_attempt *attempt)
{
	return attempt->has_profile && attempt->profile.run_id;
}

static int compare_runs(const void *a, const void *b)
{
	const struct holder *const left = a;
	const struct holder *const right = b;
	const int order = strcmp(left->attempt->profile.run_id, right->attempt->profile.run_id);
	if (order != 0)
		return order;
	const int by_name = fleet_name_compare(left->node->name, right->node->name);
	if (by_name != 0)
		return by_name;
	return left->attempt->number < right->attempt->number ? -1 : 1;
}

static int list_holders(struct fleet *fleet, struct holders *holders, struct error *err)
{
	size_t count = 0;
	for (size_t i = 0; i < fleet->node_count; i++)
		count += fleet->nodes[i].attempt_count;
	holders->items = calloc(count + 1, sizeof *holders->items);
	if (!holders->items)
		return error_memory(err);
	for (size_t i = 0; i < fleet->node_count; i++)
		for (size_t k = 0; k < fleet->nodes[i].attempt_count; k++) {
			struct fleet_attempt *const attempt = &fleet->nodes[i].attempts[k];
			if (!has_run(attempt))
				continue;
			holders->items[holders->count++] = (struct holder){
			        .node = &fleet->nodes[i],
			        .attempt = attempt,
			        .was = attempt->shared,
			};
			attempt->shared = NULL;
		}
	qsort(holders->items, holders->count, sizeof *holders->items, compare_runs);
	return 0;
}

/* ---- Whose it is -------------------------------------------------------------------------- */

/* A state file that was copied with the result speaks of the node that it was written on. */
static bool has_own_report(const struct holder *holder)
{
	const struct fleet_attempt *const attempt = holder->attempt;
	return attempt->has_report && attempt->report.node &&
	       strcmp(attempt->report.node, holder->node->name) == 0;
}

static bool is_noted(const struct holder *holder)
{
	const char *const noted = holder->attempt->report.result_sha256;
	return has_own_report(holder) && noted && holder->attempt->result_sha256 &&
	       strcmp(noted, holder->attempt->result_sha256) == 0;
}

static bool is_of_host(const struct holder *holder)
{
	const char *const host = holder->attempt->profile.host;
	const char *const said = holder->attempt->report.host;
	if (!host)
		return false;
	return expected_is_host(holder->node->name, host) ||
	       (has_own_report(holder) && said && expected_is_host(said, host));
}

static bool is_one_node(const struct holder *a, const struct holder *b)
{
	return expected_is_host(a->node->name, b->node->name);
}

/* The only node of these that has a claim; NULL: none has, or several. */
static const struct holder *find_claim(const struct holder *group, size_t count,
                                       bool (*claims)(const struct holder *), bool *ret_is_disputed)
{
	const struct holder *found = NULL;
	*ret_is_disputed = false;
	for (size_t i = 0; i < count; i++) {
		if (!claims(&group[i]))
			continue;
		if (found && !is_one_node(found, &group[i]))
			*ret_is_disputed = true;
		found = found ? found : &group[i];
	}
	return *ret_is_disputed ? NULL : found;
}

static const struct holder *find_owner(const struct holder *group, size_t count)
{
	bool is_disputed;
	const struct holder *const owner = find_claim(group, count, is_noted, &is_disputed);
	return owner || is_disputed ? owner : find_claim(group, count, is_of_host, &is_disputed);
}

/* ---- What is said ------------------------------------------------------------------------- */

static int say(const struct holder *holder, const struct holder *other, bool is_owned,
               struct error *err)
{
	const char *const path = holder->attempt->result_path;
	char *text = NULL;
	const int r =
	        str_format(&text, err,
	                   is_owned ? "%s is run %.*s, which is that of node %s (attempt %u)"
	                            : "%s is run %.*s, which node %s (attempt %u) has, too, "
	                              "and whose it is cannot be told",
	                   path ? path : "its result", ID_SHOWN, holder->attempt->profile.run_id,
	                   other->node->name, (unsigned)other->attempt->number);
	if (r == 0)
		holder->attempt->shared = text;
	return r;
}

static int say_group(const struct holder *group, size_t count, struct error *err)
{
	const struct holder *const owner = find_owner(group, count);
	int r = 0;
	for (size_t i = 0; r == 0 && i < count; i++) {
		const struct holder *other = owner;
		for (size_t k = 0; !other && k < count; k++)
			if (!is_one_node(&group[i], &group[k]))
				other = &group[k];
		if (other && !is_one_node(&group[i], other))
			r = say(&group[i], other, owner != NULL, err);
	}
	return r;
}

static int find_groups(const struct holders *holders, struct error *err)
{
	int r = 0;
	size_t end;
	for (size_t i = 0; r == 0 && i < holders->count; i = end) {
		const char *const run = holders->items[i].attempt->profile.run_id;
		for (end = i + 1; end < holders->count; end++)
			if (strcmp(run, holders->items[end].attempt->profile.run_id) != 0)
				break;
		if (end - i > 1)
			r = say_group(&holders->items[i], end - i, err);
	}
	return r;
}

int shared_runs_find(struct fleet *fleet, struct error *err)
{
	__attribute__((cleanup(release_holders))) struct holders holders = {0};
	const int64_t now_ns = fleet->observed_ns > 0 ? fleet->observed_ns : 0;
	int r = list_holders(fleet, &holders, err);
	if (r == 0)
		r = find_groups(&holders, err);
	for (size_t i = 0; r == 0 && i < holders.count; i++) {
		const struct holder *const holder = &holders.items[i];
		if (!holder->was && !holder->attempt->shared)
			continue;
		r = standing_find(holder->attempt, now_ns, err);
		if (r == 0)
			r = standing_find_node(holder->node, now_ns, err);
	}
	return r;
}
