#include "plan/judgeable.h"

#include "core/array.h"
#include "core/error.h"
#include "core/str.h"
#include "model/frequency.h"
#include "plan/levels.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

enum { SOURCES_OF_CYCLES = 1u << FREQUENCY_CYCLES | 1u << FREQUENCY_USER_CYCLES };

/* ---- Levels -------------------------------------------------------------------------------- */

/* Adds why there is nothing at this concurrency; nothing where some policy has it. */
static void add_level(const struct judgeable_run *run, const struct criterion *c,
                      uint32_t concurrency, struct str *reason)
{
	const char *skipped = NULL;
	for (size_t i = 0; i < run->plan->level_count; i++) {
		const struct plan_level *const level = &run->plan->levels[i];
		if (level->concurrency != concurrency ||
		    (c->policy && strcmp(c->policy, level->policy) != 0))
			continue;
		if (!level->skipped)
			return;
		skipped = level->skipped;
	}
	str_addf(reason, "%sthe level N=%" PRIu32 "%s%s ", reason->length ? "; " : "", concurrency,
	         c->policy ? " of policy " : "", c->policy ? c->policy : "");
	if (skipped)
		str_addf(reason, "is left out (%s)", skipped);
	else
		str_add(reason, "is not among those of the sweep");
}

static bool is_planned(const struct plan *plan, uint32_t concurrency)
{
	for (size_t i = 0; i < plan->level_count; i++)
		if (plan->levels[i].concurrency == concurrency)
			return true;
	return false;
}

/* Of a range those count that the sweep has; a range of which it has none is told by its first. */
static int add_spec(const struct judgeable_run *run, const struct criterion *c,
                    const struct level_spec *spec, struct str *reason, struct error *err)
{
	const uint32_t threads = run->scenario->task.threads ? run->scenario->task.threads : 1;
	struct level_spec one = *spec;
	const struct level_specs alone = {.items = &one, .count = 1};
	cleanup_resolved_levels struct resolved_levels resolved = {0};
	const int r = levels_resolve(&alone, (uint32_t)run->topology->core_count / threads,
	                             (uint32_t)run->topology->pu_count / threads, &resolved, err);
	if (r == -EINVAL)
		str_addf(reason, "%s%s", reason->length ? "; " : "", err->text);
	if (r < 0)
		return r == -EINVAL ? 0 : r;
	bool has_some = false;
	for (size_t i = 0; i < resolved.count; i++)
		has_some |= is_planned(run->plan, resolved.items[i].concurrency);
	for (size_t i = 0; i < resolved.count; i++) {
		const uint32_t n = resolved.items[i].concurrency;
		if (spec->kind != LEVEL_RANGE || !has_some || is_planned(run->plan, n))
			add_level(run, c, n, reason);
		if (spec->kind == LEVEL_RANGE && !has_some)
			break;
	}
	return 0;
}

static int add_levels(const struct judgeable_run *run, const struct criterion *c,
                      struct str *reason, struct error *err)
{
	static const struct level_spec usual = {.kind = LEVEL_CORES};
	/* Of counts no level means all of them. */
	if (c->levels.count == 0 && measures[c->measure].nature == NATURE_COUNT)
		return 0;
	if (c->levels.count == 0)
		return add_spec(run, c, &usual, reason, err);
	int r = 0;
	for (size_t i = 0; r == 0 && i < c->levels.count; i++)
		r = add_spec(run, c, &c->levels.items[i], reason, err);
	return r;
}

/* ---- Events -------------------------------------------------------------------------------- */

/* What a measure is counted by. */
static const struct {
	enum measure_id measure;
	const char *events[2];
} needed_events[] = {
        {MEASURE_CYCLES, {"cycles", NULL}},
        {MEASURE_INSTRUCTIONS, {"instructions", NULL}},
        {MEASURE_LLC_LOAD_MISSES, {"LLC-load-misses", NULL}},
        {MEASURE_CPI, {"cycles", "instructions"}},
        {MEASURE_FACTOR_INSTRUCTIONS, {"instructions", NULL}},
        {MEASURE_FACTOR_CPI, {"cycles", "instructions"}},
        {MEASURE_FACTOR_CLOCK, {"cycles", "instructions"}},
};

/* What the node does not have, or its user may not count, may be skipped; not what nobody asked
 * for, nor a name that is not known. */
static bool is_skipped(const struct criterion *c, const struct event_definition *event)
{
	return c->where_absent == ABSENCE_SKIP && event &&
	       (event->state == COUNTER_NOT_SUPPORTED || event->state == COUNTER_NO_PERMISSION);
}

static void add_event(const struct judgeable_run *run, const struct criterion *c, const char *name,
                      struct str *reason)
{
	const struct event_definition *event = NULL;
	for (size_t i = 0; i < run->event_count && !event; i++)
		if (strcmp(run->events[i].name, name) == 0)
			event = &run->events[i];
	if ((event && event->state == COUNTER_OK) || is_skipped(c, event))
		return;
	str_addf(reason, "%s%s is not counted: %s", reason->length ? "; " : "", name,
	         !event             ? "add it to counters.events (-e)"
	         : event->reason[0] ? event->reason
	                            : counter_state_names[event->state]);
}

static void add_events(const struct judgeable_run *run, const struct criterion *c,
                       struct str *reason)
{
	/* Other sources than cycles are only known while tasks run. */
	if (c->measure == MEASURE_FREQUENCY && c->sources && !(c->sources & ~SOURCES_OF_CYCLES))
		add_event(run, c, "cycles", reason);
	if (c->measure == MEASURE_COUNTER)
		add_event(run, c, c->detail, reason);
	for (size_t i = 0; i < ARRAY_LENGTH(needed_events); i++)
		for (size_t e = 0; e < ARRAY_LENGTH(needed_events[i].events); e++)
			if (needed_events[i].measure == c->measure && needed_events[i].events[e])
				add_event(run, c, needed_events[i].events[e], reason);
}

/* ---- Places -------------------------------------------------------------------------------- */

static bool is_bound(const struct scenario *scenario)
{
	for (size_t i = 0; i < scenario->placement.policies.count; i++)
		if (scenario->placement.policies.items[i].policy != PLACEMENT_NONE)
			return true;
	return false;
}

static void add_places(const struct judgeable_run *run, const struct criterion *c,
                       struct str *reason)
{
	const struct topology *const t = run->topology;
	const struct {
		enum measure_id measure;
		size_t count;
		const char *words;
	} kinds[] = {
	        {MEASURE_CORE_SPREAD, t->core_count, "cores"},
	        {MEASURE_L3_SPREAD, t->l3_count, "L3 caches"},
	        {MEASURE_PACKAGE_SPREAD, t->package_count, "sockets"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++) {
		if (kinds[i].measure != c->measure)
			continue;
		if (kinds[i].count < 2 && c->where_absent != ABSENCE_SKIP)
			str_addf(reason, "%sthere are no two %s to compare",
			         reason->length ? "; " : "", kinds[i].words);
		if (!is_bound(run->scenario))
			str_addf(reason, "%stasks are not bound (placement.policy none)",
			         reason->length ? "; " : "");
	}
}

static void add_repeats(const struct judgeable_run *run, const struct criterion *c,
                        struct str *reason)
{
	const uint32_t most = run->scenario->accept.max_repeats;
	if (measures[c->measure].nature != NATURE_COUNT && run->plan->blocks < 2 && most < 2)
		str_addf(reason,
		         "%sone repeat has no interval: take sweep.repeats: 5 (-r 5), or give "
		         "accept.max_repeats",
		         reason->length ? "; " : "");
}

int judgeable_reason(const struct judgeable_run *run, const struct criterion *criterion,
                     char **ret_reason, struct error *err)
{
	cleanup_str struct str reason = {0};
	const int r = add_levels(run, criterion, &reason, err);
	if (r < 0)
		return r;
	add_events(run, criterion, &reason);
	add_places(run, criterion, &reason);
	add_repeats(run, criterion, &reason);
	if (reason.failed)
		return error_memory(err);
	if (reason.length == 0) {
		*ret_reason = NULL;
		return 0;
	}
	return str_take(&reason, ret_reason, err);
}
