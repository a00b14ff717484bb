/* The values of sweep, placement, counters, preflight, and the seed. */
#include "core/error.h"
#include "core/number.h"
#include "formats/interval_text.h"
#include "formats/levels_text.h"
#include "formats/placement_text.h"
#include "formats/scenario/scenario_values.h"
#include "formats/yaml_value.h"
#include "model/record.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

static const double tasks_max = 1e6;

static int add_level(const char *text, void *target, struct error *err)
{
	return levels_text_add(text, target, err);
}

static int bind_level(struct binder *binder, const struct bind_place *place,
                      const struct bind_key *key, const yaml_node_t *node, void *target)
{
	return bind_parsed(binder, place, key, node, false, add_level, target);
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
	if (bind_is_empty_list(node))
		return bind_problem(binder, place, node,
		                    "the list of levels is empty; write for example %s",
		                    key->example);
	return bind_list(binder, place, key, node, &level_item, target);
}

static int read_tasks(const char *text, void *target, struct error *err)
{
	double tasks;
	const int r = number_parse_real(text, &tasks, err);
	if (r < 0)
		return r;
	if (!(tasks >= 0) || tasks > tasks_max)
		return error_set(err, EINVAL,
		                 "%s is out of range; tasks per slot must be between 0 and 1000000",
		                 text);
	*(double *)target = tasks;
	return 0;
}

static int bind_tasks(struct binder *binder, const struct bind_place *place,
                      const struct bind_key *key, const yaml_node_t *node, void *target)
{
	return bind_parsed(binder, place, key, node, true, read_tasks, target);
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

static int add_policy(const char *text, void *target, struct error *err)
{
	return placement_text_add(text, target, err);
}

static int bind_policy(struct binder *binder, const struct bind_place *place,
                       const struct bind_key *key, const yaml_node_t *node, void *target)
{
	return bind_parsed(binder, place, key, node, false, add_policy, target);
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
	if (bind_is_empty_list(node))
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

static int add_event(const char *text, void *target, struct error *err)
{
	struct words *const events = target;
	const char *const fault = event_fault(text);
	if (fault)
		return error_set(err, EINVAL, "%s", fault);
	for (size_t i = 0; i < events->count; i++)
		if (strcmp(events->items[i], text) == 0)
			return error_set(err, EINVAL,
			                 "the event %.80s is there twice; name it once", text);
	return words_add(events, text, err);
}

static int bind_event(struct binder *binder, const struct bind_place *place,
                      const struct bind_key *key, const yaml_node_t *node, void *target)
{
	return bind_parsed(binder, place, key, node, false, add_event, target);
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

static int read_share(const char *text, void *target, struct error *err)
{
	double share = -1;
	const int r = strcmp(text, "never") == 0 ? 0 : number_parse_fraction(text, &share, err);
	if (r < 0)
		return r;
	if (strcmp(text, "never") != 0 && (!(share >= 0) || share > 1))
		return error_set(err, EINVAL,
		                 "%s is out of range; write a share from 0%% to 100%%, or never",
		                 text);
	*(double *)target = share;
	return 0;
}

int scenario_bind_share(struct binder *binder, const struct bind_place *place,
                        const struct bind_key *key, const yaml_node_t *node, void *target)
{
	return bind_parsed(binder, place, key, node, true, read_share, target);
}

static int read_interval(const char *text, void *target, struct error *err)
{
	return interval_text_parse(text, target, err);
}

int scenario_bind_interval(struct binder *binder, const struct bind_place *place,
                           const struct bind_key *key, const yaml_node_t *node, void *target)
{
	return bind_parsed(binder, place, key, node, true, read_interval, target);
}

static int read_seed(const char *text, void *target, struct error *err)
{
	struct scenario *const scenario = target;
	int64_t seed;
	const int r = number_parse_integer(text, 0, INT64_MAX, &seed, err);
	if (r < 0)
		return r;
	scenario->has_seed = true;
	scenario->seed = (uint64_t)seed;
	return 0;
}

int scenario_bind_seed(struct binder *binder, const struct bind_place *place,
                       const struct bind_key *key, const yaml_node_t *node, void *target)
{
	return bind_parsed(binder, place, key, node, true, read_seed, target);
}
