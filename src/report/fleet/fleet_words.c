/* How verdicts, nodes and places are called. */
#include "report/fleet/fleet_parts.h"

#include "core/str.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

const struct grid_kind fleet_kinds[FLEET_VERDICTS] = {
        [FLEET_PASS] = {'.', "pass", "pass", TEXT_GOOD},
        [FLEET_SLOW] = {'S', "slow", "slow", TEXT_BAD},
        [FLEET_FAIL] = {'F', "fail", "fail", TEXT_BAD},
        [FLEET_INCONCLUSIVE] = {'?', "inconclusive", "open", TEXT_WARN},
        [FLEET_HUNG] = {'H', "hung", "hung", TEXT_BAD},
        [FLEET_NODE_FAIL] = {'X', "node-fail", "dead", TEXT_BAD},
        [FLEET_NO_RESULT] = {'N', "no-result", "none", TEXT_WARN},
        [FLEET_HELD] = {'!', "held", "held", TEXT_WARN},
        [FLEET_RUNNING] = {'>', "running", "busy", TEXT_PLAIN},
        [FLEET_PENDING] = {':', "pending", "wait", TEXT_DIM},
        [FLEET_NOT_RUN] = {'-', "not-run", "off", TEXT_DIM},
};

bool fleet_needs_somebody(enum fleet_verdict verdict)
{
	return fleet_verdict_words[verdict].is_bad || verdict == FLEET_NO_RESULT ||
	       verdict == FLEET_INCONCLUSIVE || verdict == FLEET_HELD;
}

const struct fleet_node *fleet_node_of(const struct fleet_ranking *ranking,
                                       const struct fleet_rank_item *item)
{
	return &ranking->fleet->nodes[item->node];
}

const char *fleet_name(const struct fleet_ranking *ranking, const struct fleet_rank_item *item,
                       size_t columns, char text[FLEET_NAME_BYTES])
{
	static const struct text_style any = {0};
	cleanup_str struct str name = {0};
	text_add_cut(&name, &any, columns < 48 ? columns : 48, fleet_node_of(ranking, item)->name);
	snprintf(text, FLEET_NAME_BYTES, "%s", str_text(&name));
	return text;
}

const char *fleet_place(const struct fleet_rank_item *item, char text[48])
{
	static const char *const words[COMPONENTS] = {
	        [COMPONENT_NONE] = "",          [COMPONENT_CORE] = "core",
	        [COMPONENT_L3] = "L3",          [COMPONENT_PACKAGE] = "socket",
	        [COMPONENT_MEMORY] = "memory",  [COMPONENT_CLOCK] = "clock",
	        [COMPONENT_DISK] = "disk",      [COMPONENT_SHARED_CPU] = "shared CPU",
	        [COMPONENT_WORK] = "more work", [COMPONENT_UNKNOWN] = "cause not known",
	};
	if (item->component_index >= 0 && item->component >= COMPONENT_CORE &&
	    item->component <= COMPONENT_PACKAGE)
		snprintf(text, 48, "%s %d", words[item->component], (int)item->component_index);
	else
		snprintf(text, 48, "%s", words[item->component]);
	return text;
}

void fleet_add_sentence(struct str *text, const char *sentence)
{
	if (!sentence || !sentence[0] || strstr(str_text(text), sentence + 1))
		return;
	const char first[] = {(char)toupper((unsigned char)sentence[0]), '\0'};
	if (text->length > 0)
		str_add(text, " ");
	str_add(text, first);
	str_add(text, sentence + 1);
	if (!strchr(".!?:", sentence[strlen(sentence) - 1]))
		str_add(text, ".");
}

void fleet_why(const struct fleet_rank_item *item, struct str *text)
{
	const bool is_within =
	        item->reason && item->evidence && strstr(item->evidence, item->reason);
	if (!is_within)
		fleet_add_sentence(text, item->reason);
	fleet_add_sentence(text, item->evidence);
	if (item->was_faster)
		fleet_add_sentence(text, item->since);
	if (text->length == 0)
		str_add(text, "No reason is known.");
}

void fleet_add_place(const struct fleet_ranking *ranking, const char *source, struct str *text)
{
	const char *const path = ranking->fleet->folder ? ranking->fleet->folder : source;
	if (!path)
		return;
	size_t end = strlen(path);
	while (end > 1 && path[end - 1] == '/')
		end--;
	size_t start = end;
	while (start > 0 && path[start - 1] != '/')
		start--;
	size_t length = end - start;
	if (length > 3 && strncmp(path + end - 3, ".db", 3) == 0)
		length -= 3;
	const char *const name = ranking->fleet->name;
	const bool is_name =
	        name && strlen(name) == length && strncmp(path + start, name, length) == 0;
	if (length > 0 && !is_name && path[start] != '.')
		str_add_bytes(text, path + start, length);
}

size_t fleet_needing(const struct fleet_ranking *ranking)
{
	size_t count = 0;
	for (size_t v = 0; v < FLEET_VERDICTS; v++)
		count += fleet_needs_somebody((enum fleet_verdict)v) ? ranking->in_verdict[v] : 0;
	return count;
}

size_t fleet_under_way(const struct fleet_ranking *ranking)
{
	return ranking->in_verdict[FLEET_RUNNING] + ranking->in_verdict[FLEET_PENDING];
}

const struct profile *fleet_profile_of(const struct fleet_rank_item *item)
{
	return item->attempt && item->attempt->has_profile ? &item->attempt->profile : NULL;
}

const struct profile_figure *fleet_figure(const struct fleet_class *class,
                                          const struct profile *profile, enum measure_id measure,
                                          uint32_t concurrency)
{
	for (size_t i = 0; i < profile->policy_count; i++)
		if (!class->policy || strcmp(profile->policies[i], class->policy) == 0)
			return profile_find(profile, concurrency, (uint32_t)i, measure);
	return NULL;
}
