/* A run up to its first trial: scenario, machine and plan; engine, inputs, events and slots; what
 * is told before anything is measured. */
#include "commands/command.h"
#include "commands/counting.h"
#include "commands/criteria_options.h"
#include "commands/metrics.h"
#include "commands/preflight.h"
#include "commands/run_parts.h"
#include "commands/talk.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/file.h"
#include "core/rng.h"
#include "core/str.h"
#include "plan/judgeable.h"
#include "plan/plan_build.h"
#include "platform/events.h"
#include "platform/host.h"
#include "platform/node.h"
#include "platform/process_memory.h"
#include "report/plan_counters.h"
#include "run/engine.h"
#include "run/words.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static uint64_t seed_of(const struct run *run)
{
	if (run->resume.is_asked)
		return run->resume.before.run.seed;
	return run->scenario.has_seed ? run->scenario.seed : rng_entropy() >> 1;
}

/* The levels that the result has, less those that have no room now. */
static enum exit_code adopt_plan(struct run *run, struct error *err)
{
	const int r = resume_adopt_plan(&run->resume, &run->plan, err);
	return r == 0 ? EXIT_DONE
	              : talk_fail(r == -EXDEV ? EXIT_NODE_CANNOT : EXIT_SOMETHING_FAILED, err);
}

static void warn_of_room(const struct run *run)
{
	for (size_t i = 0; i < run->plan.level_count; i++)
		if (run->plan.levels[i].skipped && !run->resume.before.levels[i].skipped)
			talk_warning("%" PRIu32 " copies: %s; what is missing of this level stays "
			             "missing until --resume finds the room",
			             run->plan.levels[i].concurrency, run->plan.levels[i].skipped);
}

/* Whether the node is fit for the plan. */
static enum exit_code check_node(const struct run *run)
{
	const char *const given = arguments_get(run->arguments, "output");
	return preflight_end(run->preflight, &run->scenario, &run->plan, node_topology(run->node),
	                     given ? given : "results");
}

enum exit_code run_prepare(struct run *run, struct error *err)
{
	enum exit_code code = EXIT_DONE;
	if (!run->resume.is_asked)
		code = metrics_load(run->arguments, &run->metrics);
	if (code != EXIT_DONE || run->resume.is_complete)
		return code;
	if (!file_has_temporary_parent())
		talk_warning("TMPDIR is \"%s\", which is no folder: %s is used", getenv("TMPDIR"),
		             file_temporary_parent());
	if (preflight_begin(run->arguments, &run->preflight, err) < 0)
		return talk_fail(EXIT_SOMETHING_FAILED, err);
	if (node_open(&run->node, err) < 0)
		return talk_fail(EXIT_NODE_CANNOT, err);
	const struct topology *const topology = node_topology(run->node);
	const int r = plan_build(&run->scenario, topology, seed_of(run), &run->plan, err);
	if (r < 0)
		return talk_fail(r == -ENODEV ? EXIT_NODE_CANNOT : EXIT_USAGE, err);
	if (run->resume.is_asked && (code = adopt_plan(run, err)) != EXIT_DONE)
		return code;
	if (plan_skip_for_memory(&run->plan, host_memory_available(NULL), "available on this node",
	                         err) < 0)
		return talk_fail(EXIT_SOMETHING_FAILED, err);
	if (run->resume.is_asked)
		warn_of_room(run);
	if (run->plan.note)
		talk_warning("%s", run->plan.note);
	return check_node(run);
}

/* Told before anything is measured, because it will be no surprise then. */
static int warn_of_events(const struct run *run, struct error *err)
{
	const struct events *const events = &run->events;
	for (size_t i = 0; i < events->count; i++) {
		const struct event_definition *const event = &events->definitions[i];
		if (event->state == COUNTER_UNKNOWN || event->state == COUNTER_NOT_COUNTED)
			talk_warning("%s will not be counted: %s (%s)", event->name, event->reason,
			             event->remedy);
	}
	if (run->is_multiplexed)
		talk_warning("%s", counting_multiplexed);
	cleanup_str struct str missing = {0};
	counting_add_missing(&run->plan, events, &missing);
	if (missing.length > 0)
		talk_warning("%s", str_text(&missing));
	return missing.failed ? error_memory(err) : 0;
}

static int warn_of_command(const struct run *run, struct error *err)
{
	const char *const command = run->scenario.task.command.items[0];
	cleanup_free char *path = NULL;
	if (strchr(command, '{'))
		return 0;
	const int r = words_find_command(command, getenv("PATH"), &path, err);
	if (r == 0 && access(path, X_OK) < 0)
		talk_warning("the command %s: %s; every task will fail", command,
		             strchr(command, '/') ? strerror(errno) : "not found in PATH");
	return r;
}

/* What was tried for every event, and what it is. */
static void tell_events(const struct run *run)
{
	for (size_t i = 0; i < run->events.count; i++) {
		const struct event_definition *const event = &run->events.definitions[i];
		talk_detail(run->arguments, "%s is %s%s%s%s%s", event->name,
		            event->state == COUNTER_OK ? event->encoded
		                                       : counter_state_names[event->state],
		            event->reason[0] ? ": " : "", event->reason, event->note[0] ? "; " : "",
		            event->note);
	}
}

/* Which events take turns, where some do. */
static int tell_sets(const struct run *run, struct error *err)
{
	const struct plan_view view = {
	        .plan = &run->plan,
	        .scenario = &run->scenario,
	        .events = run->events.definitions,
	        .event_count = run->events.count,
	};
	if (run->plan.event_sets.count == 0)
		return 0;
	cleanup_str struct str text = {0};
	plan_counters_add(&view, &text);
	talk_note(run->arguments, "%s", str_text(&text));
	return text.failed ? error_memory(err) : 0;
}

/* A run that goes on counts what it counted, whatever metric files say by now. */
static int open_events(struct run *run, struct error *err)
{
	const struct dataset *const before = &run->resume.before;
	const int r =
	        run->resume.is_asked
	                ? events_open_again(before->events, before->event_count, &run->events, err)
	                : events_open(&run->scenario.events, &run->metrics, &run->events, err);
	if (r < 0)
		return r;
	counting_divide(&run->scenario, run->resume.is_asked ? before : NULL, &run->events,
	                &run->plan, &run->is_multiplexed);
	tell_events(run);
	return tell_sets(run, err);
}

/* Where figures of tasks' memory come from, or why there are none: facts of the host, for whoever
 * reads the result. */
static int describe_memory(struct run *run, struct error *err)
{
	bool has_peak = false;
	const char *const peak = engine_memory_peak(run->engine, &has_peak);
	const bool has_pss = process_memory_has_pss();
	const int r = host_facts_add(&run->host, "task_peak_pss",
	                             has_pss ? "/proc/PID/smaps_rollup" : NULL,
	                             has_pss ? NULL
	                                     : "this kernel does not show /proc/PID/smaps_rollup "
	                                       "(Linux 4.14 and later do)",
	                             err);
	if (r < 0)
		return r;
	return host_facts_add(&run->host, "task_cgroup_peak", has_peak ? peak : NULL,
	                      has_peak ? NULL : peak, err);
}

static int warn_of_criteria(const struct run *run, struct error *err)
{
	const struct judgeable_run as_planned = {
	        .scenario = &run->scenario,
	        .plan = &run->plan,
	        .topology = node_topology(run->node),
	        .events = run->events.definitions,
	        .event_count = run->events.count,
	};
	return run->is_judged ? criteria_options_warn(&as_planned, err) : 0;
}

int run_get_ready(struct run *run, struct error *err)
{
	const struct engine_settings settings = {
	        .scenario = &run->scenario,
	        .plan = &run->plan,
	        .topology = node_topology(run->node),
	        .run_id = run->session.name,
	        .origin_ns = run->origin_ns,
	        .guardian = run->guardian,
	};
	int r = engine_open(&settings, &run->engine, err);
	if (r == 0)
		r = session_hold(&run->session, err);
	if (r == 0 && run->scenario.task.inputs.kind == INPUTS_GENERATE)
		talk_note(run->arguments, "generating the inputs");
	size_t found = 0;
	if (r == 0)
		r = engine_inputs(run->engine, &run->inputs, &found, err);
	if (r == 0 && run->inputs->count < found)
		talk_note(run->arguments,
		          "of %zu input files %zu are used, one for each copy of the largest level "
		          "(task.inputs.count changes that)",
		          found, run->inputs->count);
	if (r == 0)
		r = open_events(run, err);
	if (r == 0)
		r = engine_ready(run->engine, &run->events, err);
	if (r == 0)
		r = describe_memory(run, err);
	if (r == 0)
		r = warn_of_command(run, err);
	if (r == 0)
		r = warn_of_events(run, err);
	if (r == 0)
		r = warn_of_criteria(run, err);
	return r;
}
