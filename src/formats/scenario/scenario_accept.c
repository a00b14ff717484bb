/* The key accept of a scenario, and what of it the rest of the scenario makes impossible. */
#include "core/str.h"
#include "formats/scenario/criteria_keys.h"
#include "formats/scenario/scenario_values.h"

#include <string.h>
#include <strings.h>

int scenario_bind_accept(struct binder *binder, const struct bind_place *place,
                         const struct bind_key *key, const yaml_node_t *node, void *target)
{
	struct scenario_binding *const binding = binder->context;
	binding->accept = node;
	return criteria_bind(binder, place, key, node, target);
}

/* The value of a key of a mapping, NULL where it has none. */
static const yaml_node_t *value_of(const struct binder *binder, const yaml_node_t *mapping,
                                   const char *name)
{
	for (const yaml_node_pair_t *p = mapping->data.mapping.pairs.start;
	     p < mapping->data.mapping.pairs.top; p++) {
		const yaml_node_t *const key = yaml_document_get_node(binder->document, p->key);
		if (strcmp((const char *)key->data.scalar.value, name) == 0)
			return yaml_document_get_node(binder->document, p->value);
	}
	return NULL;
}

static bool is_placed(const struct placements *policies, const char *spelling)
{
	for (size_t i = 0; i < policies->count; i++)
		if (strcmp(policies->items[i].spelling, spelling) == 0)
			return true;
	return false;
}

static int check_policy(struct binder *binder, const struct bind_place *place,
                        const yaml_node_t *node, const struct scenario *scenario,
                        const struct criterion *criterion)
{
	const struct placements *const policies = &scenario->placement.policies;
	if (!criterion->policy || is_placed(policies, criterion->policy))
		return 0;
	cleanup_str struct str run = {0};
	for (size_t i = 0; i < policies->count; i++)
		str_addf(&run, "%s%s", i ? ", " : "", policies->items[i].spelling);
	const struct bind_place here = {place, "policy", 0, NULL, NULL};
	return bind_problem(
	        binder, &here, value_of(binder, node, "policy"),
	        "this scenario places tasks by %.200s; write one of these, or add %.40s to "
	        "placement.policy",
	        str_text(&run), criterion->policy);
}

static bool is_among(const struct words *names, const char *name)
{
	for (size_t i = 0; i < names->count; i++)
		if (strcasecmp(names->items[i], name) == 0)
			return true;
	return false;
}

/* What tasks are judged by must be counted, or read of what they print. */
static int check_detail(struct binder *binder, const struct bind_place *place,
                        const yaml_node_t *node, const struct scenario *scenario,
                        const struct criterion *criterion)
{
	const bool is_figure = criterion->measure == MEASURE_FIGURE;
	const struct words *const names =
	        is_figure ? &scenario->task.figures.names : &scenario->events;
	if (!criterion->detail || is_among(names, criterion->detail))
		return 0;
	const char *const near =
	        str_nearest(criterion->detail, names->items, names->count, sizeof names->items[0]);
	const struct bind_place here = {place, "metric", 0, NULL, NULL};
	return bind_problem(
	        binder, &here, value_of(binder, node, "metric"),
	        "%.60s is not %s by this scenario; %s%s%sadd it to %s", criterion->detail,
	        is_figure ? "read" : "counted", near ? "did you mean " : "", near ? near : "",
	        near ? "? Otherwise " : "", is_figure ? "task.figures.names" : "counters.events");
}

static int check_max_repeats(struct binder *binder, const struct bind_place *place,
                             const yaml_node_t *node, const struct scenario *scenario)
{
	const uint32_t most = scenario->accept.max_repeats;
	if (most == 0 || most >= scenario->sweep.repeats)
		return 0;
	const struct bind_place here = {place, "max_repeats", 0, NULL, NULL};
	return bind_problem(
	        binder, &here, value_of(binder, node, "max_repeats"),
	        "%u is below the %u that are run anyway (sweep.repeats); it must be that "
	        "or more",
	        most, scenario->sweep.repeats);
}

int scenario_check_accept(struct binder *binder)
{
	const struct scenario_binding *const binding = binder->context;
	const struct scenario *const scenario = &binding->scenario;
	/* What is wrong with single keys comes first: these checks take them for right. */
	if (!binding->accept || binder->problems->count > 0)
		return 0;
	static const struct bind_place root = {NULL, NULL, 0, NULL, NULL};
	const struct bind_place accept = {&root, "accept", 0, NULL, NULL};
	const struct bind_place list = {&accept, "criteria", 0, NULL, NULL};
	const yaml_node_t *const nodes = value_of(binder, binding->accept, "criteria");
	int r = check_max_repeats(binder, &accept, binding->accept, scenario);
	for (size_t i = 0; r == 0 && i < scenario->accept.count; i++) {
		const struct criterion *const criterion = &scenario->accept.items[i];
		const struct bind_place place = {&list, NULL, i, NULL, NULL};
		const yaml_node_t *const node = yaml_document_get_node(
		        binder->document, nodes->data.sequence.items.start[i]);
		r = check_policy(binder, &place, node, scenario, criterion);
		if (r == 0)
			r = check_detail(binder, &place, node, scenario, criterion);
	}
	return r;
}
