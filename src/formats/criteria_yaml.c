#include "formats/criteria_yaml.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/file.h"
#include "core/str.h"
#include "formats/criteria_values.h"
#include "formats/scenario_values.h"
#include "formats/scenario_yaml.h"
#include "formats/yaml_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(sizeof(enum criterion_absence) == sizeof(unsigned), "enums are unsigned int");

#define AT(member) offsetof(struct criterion_binding, member)

const struct bind_key criterion_keys[CRITERION_KEYS] = {
        {.name = "metric",
         .kind = BIND_CUSTOM,
         .is_required = true,
         .offset = AT(metric),
         .bind = criterion_bind_node,
         .type = "a metric",
         .default_text = "required",
         .example = "throughput",
         .help = "What is judged; the list is in the section Criteria."},
        {.name = "name",
         .kind = BIND_CUSTOM,
         .offset = AT(criterion.label),
         .bind = criterion_bind_name,
         .type = "a text",
         .default_text = "made of metric, level and bound",
         .example = "clock under full load",
         .help = "What the criterion is called in answers."},
        {.name = "level",
         .kind = BIND_CUSTOM,
         .offset = AT(criterion.levels),
         .bind = scenario_bind_levels,
         .type = "a level or a list of levels",
         .default_text = "cores; of counts, all together",
         .example = "[50%, cores]",
         .help = "At which levels it is judged, each by itself."},
        {.name = "policy",
         .kind = BIND_CUSTOM,
         .offset = AT(criterion.policy),
         .bind = criterion_bind_policy,
         .type = "a placement policy",
         .default_text = "every policy of the result",
         .example = "spread",
         .help = "With which placement."},
        {.name = "statistic",
         .kind = BIND_CUSTOM,
         .offset = AT(statistic),
         .bind = criterion_bind_node,
         .type = "mean, median, max, min, or p0 to p100",
         .default_text = "mean",
         .example = "p95",
         .help = "Of figures of single tasks: what is made of a trial's."},
        {.name = "quantile",
         .kind = BIND_CUSTOM,
         .offset = AT(quantile),
         .bind = criterion_bind_node,
         .type = "a share",
         .default_text = "none",
         .example = "95%",
         .help = "The same in other words: 95% is p95."},
        {.name = "at_least",
         .kind = BIND_CUSTOM,
         .offset = AT(at_least),
         .bind = criterion_bind_node,
         .type = "a limit",
         .default_text = "none",
         .example = "2.0 GHz",
         .help = "It must not be below this: in the unit of the metric, or with a reference as a "
                 "ratio to it."},
        {.name = "at_most",
         .kind = BIND_CUSTOM,
         .offset = AT(at_most),
         .bind = criterion_bind_node,
         .type = "a limit",
         .default_text = "none",
         .example = "1.10",
         .help = "It must not be above this."},
        {.name = "margin",
         .kind = BIND_CUSTOM,
         .offset = AT(margin),
         .bind = criterion_bind_node,
         .type = "a share",
         .default_text = "none",
         .example = "5%",
         .help = "How much worse than the reference is allowed, whichever way better is."},
        {.name = "reference",
         .kind = BIND_CUSTOM,
         .offset = 0,
         .bind = criterion_bind_reference,
         .type = "a result, a folder or a pattern, or a list of them",
         .default_text = "none",
         .example = "results/good-node-*.db",
         .help = "Results of at least three runs that it is compared with; relative paths are "
                 "taken from the folder of this file."},
        {.name = "sources",
         .kind = BIND_CUSTOM,
         .offset = AT(sources),
         .bind = criterion_bind_node,
         .type = "a source or a list of them",
         .default_text = "those of tasks",
         .example = "[cycles, cycles-user, msr, chain]",
         .help = "Of frequency: which sources count; the best of them is taken."},
        {.name = "where_absent",
         .kind = BIND_CHOICE,
         .offset = AT(criterion.where_absent),
         .choices = criterion_absence_names,
         .type = "inconclusive or skip",
         .default_text = "inconclusive",
         .example = "skip",
         .help = "What it means on a node that has no such thing: no counter to tell a frequency "
                 "by, or one socket alone."},
};

static int bind_criterion(struct binder *binder, const struct bind_place *place,
                          const struct bind_key *key, const yaml_node_t *node, void *target)
{
	struct criterion_binding binding = {0};
	int r = bind_mapping(binder, place, key, node, criterion_keys, CRITERION_KEYS, &binding);
	if (r == 0 && node->type == YAML_MAPPING_NODE)
		r = criterion_finish(binder, place, node, &binding);
	if (r == 0 && binding.criterion.spelling)
		r = criteria_add(target, &binding.criterion, binder->err);
	criterion_release(&binding.criterion);
	return r;
}

static const struct bind_key criterion_item = {
        .name = "criteria",
        .type = "a mapping with a metric and a bound",
        .example = "[{metric: failures, at_most: 0}]",
        .bind = bind_criterion,
};

int criteria_bind_list(struct binder *binder, const struct bind_place *place,
                       const struct bind_key *key, const yaml_node_t *node, void *target)
{
	if (node->type == YAML_SEQUENCE_NODE &&
	    node->data.sequence.items.start == node->data.sequence.items.top)
		return bind_problem(binder, place, node,
		                    "the list is empty, so nothing would be judged; write for "
		                    "example %s: %s",
		                    key->name, key->example);
	return bind_list(binder, place, key, node, &criterion_item, target);
}

const struct bind_key criteria_keys[CRITERIA_KEYS] = {
        {.name = "criteria",
         .kind = BIND_CUSTOM,
         .is_required = true,
         .offset = 0,
         .bind = criteria_bind_list,
         .type = "a list of criteria",
         .default_text = "required",
         .example = "[{metric: failures, at_most: 0}]",
         .help = "Bounds that the node must keep, each with a metric and one of at_least, "
                 "at_most and margin."},
        {.name = "max_repeats",
         .kind = BIND_INTEGER,
         .offset = offsetof(struct criteria, max_repeats),
         .low = 1,
         .high = 10000,
         .type = "a whole number",
         .default_text = "none are added",
         .example = "10",
         .help = "Up to how many repeats `plateau run --accept` adds while the verdict is "
                 "inconclusive."},
};

int criteria_bind(struct binder *binder, const struct bind_place *place, const struct bind_key *key,
                  const yaml_node_t *node, void *target)
{
	return bind_mapping(binder, place, key, node, criteria_keys, CRITERIA_KEYS, target);
}

/* ---- Files --------------------------------------------------------------------------------- */

int criteria_set_folder(struct criteria *criteria, const char *path, struct error *err)
{
	bool has_references = false;
	for (size_t i = 0; i < criteria->count; i++)
		has_references |= criteria->items[i].references.count > 0;
	if (!has_references)
		return 0;
	const char *const slash = strrchr(path, '/');
	cleanup_free char *folder = NULL;
	const int r = slash ? str_format(&folder, err, "%.*s/", (int)(slash - path), path)
	                    : str_copy(".", &folder, err);
	if (r < 0)
		return r;
	/* From memory the file may be nowhere; its folder is then taken as it is written. */
	char *const absolute = realpath(folder, NULL);
	free(criteria->folder);
	criteria->folder = absolute ? absolute : folder;
	if (!absolute)
		folder = NULL;
	return 0;
}

static int refuse_size(const char *name, struct problems *problems, struct error *err)
{
	const int r = problems_add(problems, name, 1, 1, "criteria", err,
	                           "larger than 1 MiB, so these are no criteria; name the file "
	                           "that holds them");
	return r < 0 ? r : problems_result(problems, name, err);
}

/* Whether the document is a scenario, which has criteria of its own under accept. */
static bool is_scenario(yaml_document_t *document)
{
	static const char *const names[] = {"accept", "task", "sweep"};
	const yaml_node_t *const root = yaml_document_get_root_node(document);
	if (!root || root->type != YAML_MAPPING_NODE)
		return false;
	for (const yaml_node_pair_t *p = root->data.mapping.pairs.start;
	     p < root->data.mapping.pairs.top; p++) {
		const yaml_node_t *const key = yaml_document_get_node(document, p->key);
		for (size_t i = 0; key->type == YAML_SCALAR_NODE && i < ARRAY_LENGTH(names); i++)
			if (strcmp((const char *)key->data.scalar.value, names[i]) == 0)
				return true;
	}
	return false;
}

static int take_from_scenario(const char *name, const char *text, size_t text_bytes,
                              struct criteria *ret_criteria, struct problems *ret_problems,
                              struct error *err)
{
	cleanup_scenario struct scenario scenario = {0};
	int r = scenario_yaml_parse(name, text, text_bytes, &scenario, ret_problems, err);
	if (r < 0)
		return r;
	if (scenario.accept.count == 0) {
		r = problems_add(ret_problems, name, 1, 1, "accept", err,
		                 "missing: this scenario asks nothing of a node; write for example "
		                 "accept: {criteria: [{metric: failures, at_most: 0}]}");
		return r < 0 ? r : problems_result(ret_problems, name, err);
	}
	*ret_criteria = scenario.accept;
	scenario.accept = (struct criteria){0};
	return 0;
}

static int bind_all(struct binder *binder, struct criteria *criteria)
{
	const int r = bind_document(binder, criteria_keys, CRITERIA_KEYS, criteria);
	if (r < 0)
		return r;
	problems_sort(binder->problems);
	return problems_result(binder->problems, binder->file, binder->err);
}

int criteria_parse(const char *name, const char *text, size_t text_bytes,
                   struct criteria *ret_criteria, struct problems *ret_problems, struct error *err)
{
	if (text_bytes > CRITERIA_MAX_BYTES)
		return refuse_size(name, ret_problems, err);
	yaml_document_t document;
	int r = yaml_text_load(name, text, text_bytes, &document, ret_problems, err);
	if (r < 0)
		return r;
	if (is_scenario(&document)) {
		yaml_document_delete(&document);
		return take_from_scenario(name, text, text_bytes, ret_criteria, ret_problems, err);
	}
	struct criteria criteria = {0};
	struct binder binder = {name, "criteria", &document, ret_problems, err, NULL};
	r = bind_all(&binder, &criteria);
	yaml_document_delete(&document);
	if (r == 0)
		r = criteria_set_folder(&criteria, name, err);
	if (r < 0) {
		criteria_release(&criteria);
		return r;
	}
	*ret_criteria = criteria;
	return 0;
}

int criteria_load(const char *path, struct criteria *ret_criteria, struct problems *ret_problems,
                  struct error *err)
{
	cleanup_free char *text = NULL;
	size_t text_bytes = 0;
	const int r = file_read(path, CRITERIA_MAX_BYTES, &text, &text_bytes, err);
	if (r == -EFBIG)
		return refuse_size(path, ret_problems, err);
	if (r < 0)
		return r;
	return criteria_parse(path, text, text_bytes, ret_criteria, ret_problems, err);
}
