/* Nodes, as sinfo tells of them: of all nodes at once, so that the question is one however many are
 * chosen, and that what was not found can be told from what was not asked for. */
#include "fleet/slurm/slurm_parts.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/str.h"
#include "model/fleet.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
	NODE_NAME,
	NODE_PARTITION,
	NODE_STATE,
	NODE_REASON_BY,
	NODE_REASON,
	NODE_FEATURES,
	NODE_FIELDS
};

/* In the order of the fields above; the reason is a person's text, features are the site's. */
static const char *const node_formats[NODE_FIELDS] = {
        [NODE_NAME] = "%N",      [NODE_PARTITION] = "%R", [NODE_STATE] = "%T",
        [NODE_REASON_BY] = "%u", [NODE_REASON] = "%E",    [NODE_FEATURES] = "%f",
};

int nodes_format(const char *separator, char **ret_format, struct error *err)
{
	struct str s = {0};
	for (size_t i = 0; i < NODE_FIELDS; i++) {
		str_add(&s, node_formats[i]);
		str_add(&s, separator);
	}
	return str_take(&s, ret_format, err);
}

/* The parts of a node's state; a word that is not here is one that a later Slurm has, and the node
 * is left to Slurm as one that is busy. */
static const struct {
	const char *word;
	enum node_use use;
} uses[] = {
        {"idle", NODE_IDLE},
        {"drained", NODE_UNUSABLE},
        {"draining", NODE_UNUSABLE},
        {"drain", NODE_UNUSABLE},
        {"down", NODE_UNUSABLE},
        {"fail", NODE_UNUSABLE},
        {"failing", NODE_UNUSABLE},
        {"error", NODE_UNUSABLE},
        {"unknown", NODE_UNUSABLE},
        {"future", NODE_UNUSABLE},
        {"inval", NODE_UNUSABLE},
        {"unk", NODE_UNUSABLE},
        {"perfctrs", NODE_BUSY},
        {"no_respond", NODE_UNUSABLE},
        {"not_responding", NODE_UNUSABLE},
};

enum node_use node_use_find(const char *state_word)
{
	/* "*": it does not respond. The others (powered down until it is needed, about to reboot,
	 * planned for another job, ...) make a job wait. */
	const size_t length = strcspn(state_word, "*~#!%$@^-");
	if (strchr(state_word + length, '*'))
		return NODE_UNUSABLE;
	enum node_use worst = state_word[length] ? NODE_BUSY : NODE_IDLE;
	for (size_t at = 0; at < length;) {
		const size_t part = strcspn(state_word + at, "+*~#!%$@^-");
		enum node_use use = part > 0 ? NODE_BUSY : NODE_IDLE;
		for (size_t i = 0; i < ARRAY_LENGTH(uses); i++)
			if (strlen(uses[i].word) == part &&
			    strncasecmp(uses[i].word, state_word + at, part) == 0)
				use = uses[i].use;
		if (use > worst)
			worst = use;
		/* "allocated+": some of its jobs end just now. */
		at += part + (state_word[at + part] == '+');
	}
	return length == 0 ? NODE_UNUSABLE : worst;
}

static int compare_nodes(const void *a, const void *b)
{
	const struct batch_node *const one = a;
	const struct batch_node *const two = b;
	const int order = fleet_name_compare(one->name, two->name);
	return order != 0 ? order
	                  : strcmp(one->partitions ? one->partitions : "",
	                           two->partitions ? two->partitions : "");
}

static int read_node(const struct fields *fields, size_t record, struct batch_node *node,
                     struct error *err)
{
	const struct {
		size_t field;
		char **text;
	} texts[] = {
	        {NODE_NAME, &node->name},           {NODE_PARTITION, &node->partitions},
	        {NODE_STATE, &node->state_word},    {NODE_REASON, &node->reason},
	        {NODE_REASON_BY, &node->reason_by}, {NODE_FEATURES, &node->features},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
		const int r =
		        field_copy(fields_at(fields, record, texts[i].field), texts[i].text, err);
		if (r < 0)
			return r;
	}
	if (!node->name || !node->state_word)
		return error_set(err, EINVAL, "sinfo: a node without a name or state");
	if (!node->reason) {
		free(node->reason_by);
		node->reason_by = NULL;
	}
	node->use = node_use_find(node->state_word);
	return 0;
}

/* sinfo tells a node once for each of its partitions; sorted, these stand side by side. */
static int join_partitions(struct batch_nodes *nodes, struct error *err)
{
	qsort(nodes->items, nodes->count, sizeof *nodes->items, compare_nodes);
	size_t kept = 0;
	int r = 0;
	for (size_t i = 0; i < nodes->count; i++) {
		struct batch_node *const node = &nodes->items[i];
		struct batch_node *const before = kept > 0 ? &nodes->items[kept - 1] : NULL;
		if (r < 0 || !before || strcmp(before->name, node->name) != 0) {
			if (kept != i) {
				nodes->items[kept] = *node;
				*node = (struct batch_node){0};
			}
			kept++;
			continue;
		}
		char *both = NULL;
		r = str_format(&both, err, "%s,%s", before->partitions ? before->partitions : "",
		               node->partitions ? node->partitions : "");
		if (r == 0) {
			free(before->partitions);
			before->partitions = both;
		}
		batch_node_release(node);
	}
	nodes->count = kept;
	return r;
}

int nodes_parse(const struct subprocess_end *end, const char *separator,
                struct batch_nodes *ret_nodes, struct error *err)
{
	cleanup_fields struct fields fields = {0};
	int r = fields_split("sinfo", end, separator, NODE_FIELDS, &fields, err);
	if (r < 0)
		return r;
	cleanup_batch_nodes struct batch_nodes nodes = {0};
	r = array_reserve(&nodes.items, &nodes.capacity, fields.record_count + 1,
	                  sizeof *nodes.items, err);
	for (size_t i = 0; r == 0 && i < fields.record_count; i++)
		r = read_node(&fields, i, &nodes.items[nodes.count++], err);
	if (r == 0)
		r = join_partitions(&nodes, err);
	if (r < 0)
		return r;
	*ret_nodes = nodes;
	nodes = (struct batch_nodes){0};
	return 0;
}
