/* Where too much of a fleet is bad, the cause is not in the nodes: a scenario that is wrong, a file
 * system, a firmware, a limit that is too narrow. It says so, and what the bad ones have in common
 * that the others have not. */
#include "analyse/fleet/fleet_facts.h"
#include "analyse/fleet/rank_parts.h"

#include "core/cleanup.h"
#include "core/error.h"

#include <string.h>

/* More than a fifth of what ended, and three nodes at least; or two that are bad in the same way:
 * two nodes of eight that have each a fault of their own are two bad nodes. */
enum { SYSTEMIC_OF = 5, SYSTEMIC_LEAST = 3, SYSTEMIC_LEAST_ALIKE = 2 };

/* A trait is named that four fifths of the bad nodes have, and a third of the others at most. */
#define COMMON_PART 0.8
#define OTHERS_PART (1.0 / 3)

/* What nodes may have in common. A value belongs to the fleet or the ranking, or is NULL. */
enum trait {
	TRAIT_REASON,
	TRAIT_COMPONENT, /* up to here what went wrong, from here on where */
	TRAIT_CLASS,
	TRAIT_PARTITION,
	TRAIT_FACTS
};

static bool has_ended(enum fleet_verdict verdict)
{
	return !fleet_verdict_words[verdict].is_open && verdict != FLEET_NOT_RUN;
}

static bool is_bad(const struct fleet_rank_item *item)
{
	return fleet_verdict_words[item->verdict].is_bad;
}

/* The result of the last attempt, whole or not. */
static const struct profile *profile_of(const struct ranking_work *work, size_t node)
{
	const struct fleet_attempt *const last = fleet_attempt_last(&work->fleet->nodes[node]);
	return last && last->has_profile ? &last->profile : NULL;
}

/* What tasks died of, or why the job did: without figures, which differ from node to node. */
static const char *reason_of(const struct ranking_work *work, const struct fleet_rank_item *item)
{
	const struct profile *const profile = profile_of(work, item->node);
	if (item->verdict == FLEET_FAIL && profile && profile->failure)
		return profile->failure;
	return item->verdict == FLEET_SLOW ? NULL : item->reason;
}

static const char *trait_of(const struct ranking_work *work, const struct fleet_rank_item *item,
                            size_t trait)
{
	const struct profile *const profile = profile_of(work, item->node);
	switch (trait) {
	case TRAIT_REASON:
		return reason_of(work, item);
	case TRAIT_COMPONENT:
		/* That nothing says why is nothing in common. */
		return item->component != COMPONENT_NONE && item->component != COMPONENT_UNKNOWN
		               ? fleet_component_names[item->component]
		               : NULL;
	case TRAIT_CLASS:
		return item->class >= 0 ? work->ranking->classes[item->class].words : NULL;
	case TRAIT_PARTITION:
		return work->fleet->nodes[item->node].partitions;
	default:
		return profile ? profile_fact(profile, fleet_facts[trait - TRAIT_FACTS].name)
		               : NULL;
	}
}

/* No more than so many bytes, cut between words where there are any. */
static void add_short(struct str *text, const char *value, size_t most)
{
	if (strlen(value) <= most) {
		str_add(text, value);
		return;
	}
	size_t length = most;
	while (length > most / 2 && value[length] != ' ')
		length--;
	if (value[length] != ' ')
		for (length = most; length > 0 && ((unsigned char)value[length] & 0xc0) == 0x80;)
			length--;
	str_add_bytes(text, value, length);
	str_add(text, " ...");
}

static void add_trait(struct str *text, size_t trait, const char *value, size_t count, size_t of)
{
	str_add(text, text->length > 0 ? "; " : "");
	if (count == of)
		str_add(text, "all of them ");
	else
		str_addf(text, "%zu of them ", count);
	switch (trait) {
	case TRAIT_REASON:
		str_add(text, "say \"");
		add_short(text, value, 160);
		str_add(text, "\"");
		break;
	case TRAIT_COMPONENT:
		str_addf(text, "are slow by the same component (%s)", value);
		break;
	case TRAIT_CLASS:
		str_add(text, "are of one class, ");
		add_short(text, value, 120);
		break;
	case TRAIT_PARTITION:
		/* It is the whole list that sets them apart. */
		str_add(text, strchr(value, ',') ? "are in the partitions " : "are in partition ");
		add_short(text, value, 60);
		str_add(text, strchr(value, ',') ? "" : " and in no other");
		break;
	default:
		str_addf(text, "have %s ", fleet_facts[trait - TRAIT_FACTS].words);
		add_short(text, value, 60);
	}
}

/* The value of a trait that most of the bad nodes have, or NULL; *ret_count says how many. */
static const char *most_common(const struct ranking_work *work, size_t trait, size_t *ret_count)
{
	const struct fleet_ranking *const ranking = work->ranking;
	const char *candidate = NULL;
	size_t votes = 0;
	*ret_count = 0;
	/* More than half have it, or it is not common: a vote (Boyer and Moore) finds it. */
	for (size_t i = 0; i < ranking->item_count; i++) {
		const char *const value = is_bad(&ranking->items[i])
		                                  ? trait_of(work, &ranking->items[i], trait)
		                                  : NULL;
		if (!value)
			continue;
		if (votes == 0)
			candidate = value;
		votes = strcmp(value, candidate) == 0 ? votes + 1 : votes - 1;
	}
	for (size_t i = 0; candidate && i < ranking->item_count; i++) {
		const char *const value = is_bad(&ranking->items[i])
		                                  ? trait_of(work, &ranking->items[i], trait)
		                                  : NULL;
		*ret_count += value && strcmp(value, candidate) == 0;
	}
	return candidate;
}

/* Of the nodes that ended and are not bad: how many have this value, and how many tell the trait.
 */
static void count_others(const struct ranking_work *work, size_t trait, const char *value,
                         size_t *ret_same, size_t *ret_of)
{
	const struct fleet_ranking *const ranking = work->ranking;
	*ret_same = *ret_of = 0;
	for (size_t i = 0; i < ranking->item_count; i++) {
		const struct fleet_rank_item *const item = &ranking->items[i];
		if (is_bad(item) || !has_ended(item->verdict))
			continue;
		const char *const own = trait_of(work, item, trait);
		*ret_of += 1;
		*ret_same += own && strcmp(own, value) == 0;
	}
}

/* The traits before `end`. */
static void add_common(const struct ranking_work *work, size_t bad, size_t end, struct str *text)
{
	size_t named = 0;
	for (size_t t = 0; t < end && named < RANK_MOST_CAUSES + 1; t++) {
		size_t count;
		size_t same;
		size_t of;
		const char *const value = most_common(work, t, &count);
		if (!value || (double)count < COMMON_PART * (double)bad)
			continue;
		count_others(work, t, value, &same, &of);
		/* Where no node is good, only what went wrong can be told. */
		const bool is_telling =
		        of > 0 ? (double)same <= OTHERS_PART * (double)of : t <= TRAIT_COMPONENT;
		if (!is_telling)
			continue;
		add_trait(text, t, value, count, bad);
		named++;
	}
}

/* "2 fail, 1 slow"; returns how many verdicts that are. */
static size_t add_verdicts(const struct fleet_ranking *ranking, struct str *text)
{
	size_t count = 0;
	for (size_t v = 0; v < FLEET_VERDICTS; v++)
		if (fleet_verdict_words[v].is_bad && ranking->in_verdict[v] > 0)
			str_addf(text, "%s%zu %s", count++ > 0 ? ", " : "", ranking->in_verdict[v],
			         fleet_verdict_words[v].words);
	return count;
}

/* Two nodes that are in the same partition, or have the same kernel, are so by chance. */
static bool is_too_much(const struct ranking_work *work, size_t bad, size_t ended)
{
	cleanup_str struct str alike = {0};
	if (SYSTEMIC_OF * bad <= ended || bad < SYSTEMIC_LEAST_ALIKE)
		return false;
	add_common(work, bad, TRAIT_CLASS, &alike);
	return bad >= SYSTEMIC_LEAST || alike.length > 0;
}

int rank_find_systemic(struct ranking_work *work, struct error *err)
{
	struct fleet_ranking *const ranking = work->ranking;
	size_t ended = 0;
	size_t bad = 0;
	for (size_t i = 0; i < ranking->item_count; i++) {
		ended += has_ended(ranking->items[i].verdict);
		bad += is_bad(&ranking->items[i]);
	}
	ranking->is_systemic = is_too_much(work, bad, ended);
	if (!ranking->is_systemic)
		return 0;
	cleanup_str struct str common = {0};
	cleanup_str struct str text = {0};
	add_common(work, bad, TRAIT_FACTS + fleet_fact_count, &common);
	ranking->has_common = common.length > 0;
	str_addf(&text, "%zu of the %zu nodes that ended are bad (%.0f %%: ", bad, ended,
	         100.0 * (double)bad / (double)ended);
	const size_t ways = add_verdicts(ranking, &text);
	str_add(&text, ranking->has_common
	                       ? "). So many do not break at once: look for a cause that they "
	                         "share, and drain none for it"
	                       : "). So many seldom break at once: before any is drained, look "
	                         "whether they share a cause");
	if (common.failed)
		return error_memory(err);
	if (common.length > 0)
		str_addf(&text, ". What sets them apart: %s.", str_text(&common));
	else
		str_addf(&text,
		         ". Nothing that is known sets them apart from the others%s: they may as "
		         "well have faults of their own.",
		         ways > 1 ? ", and they are not bad in the same way" : "");
	return str_take(&text, &ranking->systemic, err);
}
