/* The values of sweep, placement, counters, preflight, and the seed. */
#include "core/error.h"
#include "core/number.h"
#include "core/str.h"
#include "formats/interval_text.h"
#include "formats/levels_text.h"
#include "formats/placement_text.h"
#include "formats/scenario/scenario_values.h"
#include "model/record.h"

#include <ctype.h>
#include <string.h>

static const double tasks_max = 1e6;

static int bind_level(struct binder *binder, const struct bind_place *place,
                      const struct bind_key *key, const yaml_node_t *node, void *target)
{
	const char *text;
	const int r = bind_text(binder, place, key, node, false, &text);
	if (r < 0 || !text)
		return r;
	struct error wrong;
	const int added = levels_text_add(text, target, &wrong);
	return added < 0 ? bind_problem(binder, place, node, "%s", wrong.text) : 0;
}

static const struct bind_key level_item = {
        .name = "levels",
        .type = "a level",
        .example = "[1, 2, 4, 8-64/8, 50%, cores, pus]",
        .bind = bind_level,
};

int scenario_bind_levels(struct binder *binder, const struct bind_place *place,
                         const struct bind_key *key, const yaml_node_t *node, void *target)
{
	if (node->type == YAML_SCALAR_NODE && !bind_is_empty(node))
		return bind_level(binder, place, key, node, target);
	if (node->type == YAML_SEQUENCE_NODE &&
	    node->data.sequence.items.start == node->data.sequence.items.top)
		return bind_problem(binder, place, node,
		                    "the list of levels is empty; write for example %s",
		                    key->example);
	return bind_list(binder, place, key, node, &level_item, target);
}

static int bind_tasks(struct binder *binder, const struct bind_place *place,
                      const struct bind_key *key, const yaml_node_t *node, void *target)
{
	const char *text;
	const int r = bind_number_text(binder, place, key, node, &text);
	if (r < 0 || !text)
		return r;
	double tasks;
	struct error wrong;
	if (number_parse_real(text, &tasks, &wrong) < 0)
		return bind_problem(binder, place, node, "%s", wrong.text);
	if (!(tasks >= 0) || tasks > tasks_max)
		return bind_problem(
		        binder, place, node,
		        "%s is out of range; tasks per slot must be between 0 and 1000000", text);
	*(double *)target = tasks;
	return 0;
}

const struct bind_key scenario_extent_keys[SCENARIO_EXTENT_KEYS] = {
        {.name = "tasks",
         .kind = BIND_CUSTOM,
         .offset = offsetof(struct scenario_extent, tasks),
         .bind = bind_tasks,
         .type = "a number",
         .default_text = "as above",
         .example = "4",
         .help = "Tasks per slot. A part of a task is allowed (2.5) for the window; a warm-up is "
                 "rounded up."},
        {.name = "at_least",
         .kind = BIND_DURATION,
         .is_zero_allowed = true,
         .offset = offsetof(struct scenario_extent, at_least_ns),
         .type = "a duration",
         .default_text = "0s",
         .example = "60s",
         .help = "A least length in time, where tasks are short."},
};

int scenario_bind_warmup(struct binder *binder, const struct bind_place *place,
                         const struct bind_key *key, const yaml_node_t *node, void *target)
{
	struct scenario_extent *const extent = target;
	if (node->type == YAML_SCALAR_NODE && !bind_is_empty(node))
		return bind_tasks(binder, place, key, node, &extent->tasks);
	return bind_mapping(binder, place, key, node, scenario_extent_keys, SCENARIO_EXTENT_KEYS,
	                    extent);
}

int scenario_bind_measured(struct binder *binder, const struct bind_place *place,
                           const struct bind_key *key, const yaml_node_t *node, void *target)
{
	const struct scenario_extent *const extent = target;
	const int r = scenario_bind_warmup(binder, place, key, node, target);
	if (r < 0 || extent->tasks > 0 || extent->at_least_ns > 0)
		return r;
	return bind_problem(binder, place, node,
	                    "nothing would be measured; write for example %s: %s", key->name,
	                    key->example);
}

static int bind_policy(struct binder *binder, const struct bind_place *place,
                       const struct bind_key *key, const yaml_node_t *node, void *target)
{
	const char *text;
	const int r = bind_text(binder, place, key, node, false, &text);
	if (r < 0 || !text)
		return r;
	struct error wrong;
	const int added = placement_text_add(text, target, &wrong);
	return added < 0 ? bind_problem(binder, place, node, "%s", wrong.text) : 0;
}

static const struct bind_key policy_item = {
        .name = "policy",
        .type = "a placement policy",
        .example = "[spread, pack]",
        .bind = bind_policy,
};

int scenario_bind_policies(struct binder *binder, const struct bind_place *place,
                           const struct bind_key *key, const yaml_node_t *node, void *target)
{
	struct placements *const placements = target;
	placements_release(placements);
	if (node->type == YAML_SCALAR_NODE && !bind_is_empty(node))
		return bind_policy(binder, place, key, node, placements);
	if (node->type == YAML_SEQUENCE_NODE &&
	    node->data.sequence.items.start == node->data.sequence.items.top)
		return bind_problem(binder, place, node,
		                    "the list of policies is empty; write for example %s: %s",
		                    key->name, key->example);
	return bind_list(binder, place, key, node, &policy_item, placements);
}

/* What is wrong with the name of an event, or NULL. Whether the machine has it is found out where
 * it is opened. */
static const char *event_fault(const char *name)
{
	for (const char *p = name; *p; p++)
		if (!isascii((unsigned char)*p) || !isgraph((unsigned char)*p))
			return "an event's name has no blanks or control characters; write for "
			       "example "
			       "[cycles, instructions]";
	return NULL;
}

static int bind_event(struct binder *binder, const struct bind_place *place,
                      const struct bind_key *key, const yaml_node_t *node, void *target)
{
	struct words *const events = target;
	const char *text;
	const int r = bind_text(binder, place, key, node, false, &text);
	if (r < 0 || !text)
		return r;
	const char *const fault = event_fault(text);
	if (fault)
		return bind_problem(binder, place, node, "%s", fault);
	for (size_t i = 0; i < events->count; i++)
		if (strcmp(events->items[i], text) == 0)
			return bind_problem(binder, place, node,
			                    "the event %.80s is there twice; name it once", text);
	return words_add(events, text, binder->err);
}

static const struct bind_key event_item = {
        .name = "events",
        .type = "the name of an event",
        .example = "[cycles, instructions, task-clock]",
        .bind = bind_event,
};

int scenario_bind_events(struct binder *binder, const struct bind_place *place,
                         const struct bind_key *key, const yaml_node_t *node, void *target)
{
	struct words *const events = target;
	words_release(events);
	const int r = bind_list(binder, place, key, node, &event_item, events);
	if (r == 0 && events->count > RECORD_MAX_EVENTS)
		return bind_problem(binder, place, node, "more than %d events; name fewer",
		                    RECORD_MAX_EVENTS);
	return r;
}

int scenario_bind_share(struct binder *binder, const struct bind_place *place,
                        const struct bind_key *key, const yaml_node_t *node, void *target)
{
	const char *text;
	const int r = bind_number_text(binder, place, key, node, &text);
	if (r < 0 || !text)
		return r;
	double share = -1;
	struct error wrong;
	if (strcmp(text, "never") != 0) {
		if (number_parse_fraction(text, &share, &wrong) < 0)
			return bind_problem(binder, place, node, "%s", wrong.text);
		if (!(share >= 0) || share > 1)
			return bind_problem(binder, place, node,
			                    "%s is out of range; write a share from 0%% to 100%%, "
			                    "or never",
			                    text);
	}
	*(double *)target = share;
	return 0;
}

int scenario_bind_interval(struct binder *binder, const struct bind_place *place,
                           const struct bind_key *key, const yaml_node_t *node, void *target)
{
	const char *text;
	const int r = bind_number_text(binder, place, key, node, &text);
	if (r < 0 || !text)
		return r;
	struct error wrong;
	if (interval_text_parse(text, target, &wrong) < 0)
		return bind_problem(binder, place, node, "%s", wrong.text);
	return 0;
}

int scenario_bind_seed(struct binder *binder, const struct bind_place *place,
                       const struct bind_key *key, const yaml_node_t *node, void *target)
{
	struct scenario *const scenario = target;
	const char *text;
	const int r = bind_number_text(binder, place, key, node, &text);
	if (r < 0 || !text)
		return r;
	int64_t seed;
	struct error wrong;
	if (number_parse_integer(text, 0, INT64_MAX, &seed, &wrong) < 0)
		return bind_problem(binder, place, node, "%s", wrong.text);
	scenario->has_seed = true;
	scenario->seed = (uint64_t)seed;
	return 0;
}
