#include "formats/scenario/criteria_keys.h"

#include "core/array.h"
#include "formats/scenario/criteria_values.h"
#include "formats/scenario/scenario_values.h"
#include "formats/yaml_value.h"

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
		r = criterion_finish(binder, place, node, criterion_keys, CRITERION_KEYS, &binding);
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
	if (bind_is_empty_list(node))
		return bind_problem(binder, place, node,
		                    "the list is empty, so nothing would be judged; write for "
		                    "example %s: %s",
		                    key->name, key->example);
	return bind_list(binder, place, key, node, &criterion_item, target);
}

#define ORIGIN(member) offsetof(struct criteria, origin.member)

static const struct bind_key origin_keys[] = {
        {.name = "command",
         .kind = BIND_CUSTOM,
         .offset = ORIGIN(command),
         .bind = criteria_bind_origin,
         .type = "a text",
         .default_text = "none",
         .example = "/opt/us/task --work 1",
         .help = "The task. What ran another command (folders aside) can fail these criteria, but "
                 "not pass them."},
        {.name = "processor",
         .kind = BIND_CUSTOM,
         .offset = ORIGIN(processor),
         .bind = criteria_bind_origin,
         .type = "a text",
         .default_text = "none",
         .example = "AMD EPYC 7742 64-Core Processor",
         .help = "The kind of node. That a result is of another one stands before its verdict."},
        {.name = "scenario",
         .kind = BIND_CUSTOM,
         .offset = ORIGIN(scenario),
         .bind = criteria_bind_origin,
         .type = "a text",
         .default_text = "none",
         .example = "acceptance",
         .help = "The name of the scenario. That a result is of another one stands before its "
                 "verdict."},
};

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
        {.name = "made_from",
         .kind = BIND_MAPPING,
         .keys = origin_keys,
         .key_count = ARRAY_LENGTH(origin_keys),
         .type = "a mapping",
         .default_text = "none",
         .example = "{command: /opt/us/task --work 1}",
         .help = "Which runs the criteria were made from, as `plateau accept --make-criteria` "
                 "writes it: they mean something for the same task on the same kind of node."},
};

int criteria_bind(struct binder *binder, const struct bind_place *place, const struct bind_key *key,
                  const yaml_node_t *node, void *target)
{
	return bind_mapping(binder, place, key, node, criteria_keys, CRITERIA_KEYS, target);
}
