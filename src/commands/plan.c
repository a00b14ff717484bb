#include "commands/plan.h"

#include "commands/counting.h"
#include "commands/criteria_options.h"
#include "commands/metrics.h"
#include "commands/overrides.h"
#include "commands/talk.h"
#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/number.h"
#include "core/str.h"
#include "plan/judgeable.h"
#include "plan/plan_build.h"
#include "platform/events.h"
#include "platform/host.h"
#include "platform/node.h"
#include "report/json/plan_json.h"
#include "report/plan_text.h"

#include <errno.h>
#include <glob.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static enum exit_code code_of(int result)
{
	switch (result) {
	case -ENODEV:
	case -EIO:
		return EXIT_NODE_CANNOT;
	case -ENOMEM:
		return EXIT_SOMETHING_FAILED;
	default:
		return EXIT_USAGE;
	}
}

static int open_node(const struct arguments *arguments, struct node **ret_node, struct error *err)
{
	const char *const path = arguments_get(arguments, "topology");
	return path ? node_open_xml(path, ret_node, err) : node_open(ret_node, err);
}

/* How many files the scenario's glob names now, of at most as many as a run takes. */
static int look_for_matches(const struct scenario_inputs *inputs, struct plan *plan,
                            char **ret_problem, struct error *err)
{
	glob_t found = {0};
	const char *const pattern = inputs->words.items[0];
	const uint32_t most = inputs->count ? inputs->count : plan->largest;
	const int code = glob(pattern, GLOB_TILDE, NULL, &found);
	plan->input_count = found.gl_pathc < most ? (uint32_t)found.gl_pathc : most;
	if (code != 0)
		plan->input_count = 0;
	globfree(&found);
	if (code == GLOB_NOSPACE)
		return error_memory(err);
	return code ? str_format(ret_problem, err, "no file matches %s", pattern) : 0;
}

static int look_for_listed(const struct words *files, char **ret_problem, struct error *err)
{
	const char *first = NULL;
	size_t missing = 0;
	for (size_t i = 0; i < files->count; i++) {
		if (access(files->items[i], F_OK) == 0)
			continue;
		first = first ? first : files->items[i];
		missing++;
	}
	if (missing == 0)
		return 0;
	if (missing == 1)
		return str_format(ret_problem, err, "there is no file %s", first);
	return str_format(ret_problem, err, "%zu are not there, the first is %s", missing, first);
}

int plan_look_for_inputs(const struct scenario_inputs *inputs, struct plan *plan,
                         char **ret_problem, struct error *err)
{
	if (inputs->kind == INPUTS_GLOB && inputs->words.count > 0)
		return look_for_matches(inputs, plan, ret_problem, err);
	if (inputs->kind == INPUTS_LIST)
		return look_for_listed(&inputs->words, ret_problem, err);
	return 0;
}

static void find_memory(struct plan_view *view)
{
	if (view->topology->is_this_system) {
		view->memory_available_bytes = host_memory_available(NULL);
		view->memory_of = "available now";
	} else {
		view->memory_available_bytes = view->topology->memory_bytes;
		view->memory_of = "in the machine";
	}
}

static enum exit_code print(const struct arguments *arguments, const struct plan_view *view)
{
	struct error err;
	cleanup_free char *text = NULL;
	const struct text_style style = talk_style(arguments);
	const int r = arguments_has(arguments, "json")
	                      ? plan_json_write(view, &text, &err)
	                      : plan_text_write(view, &style, arguments_has(arguments, "verbose"),
	                                        &text, &err);
	if (r < 0)
		return talk_fail(EXIT_SOMETHING_FAILED, &err);
	fputs(text, stdout);
	return EXIT_DONE;
}

/* What can be counted here, and what together: tried, like at the beginning of a run. */
struct counting {
	struct metrics metrics;
	struct events events;
	struct str missing;
};

static void release_counting(struct counting *counting)
{
	events_close(&counting->events);
	metrics_release(&counting->metrics);
	str_release(&counting->missing);
}

static enum exit_code find_events(const struct arguments *arguments,
                                  const struct scenario *scenario, struct plan *plan,
                                  struct counting *counting, struct plan_view *view)
{
	struct error err;
	const enum exit_code code = metrics_load(arguments, &counting->metrics);
	if (code != EXIT_DONE)
		return code;
	const int r = events_open(&scenario->events, &counting->metrics, &counting->events, &err);
	if (r < 0)
		return talk_fail(r == -E2BIG ? EXIT_USAGE : EXIT_SOMETHING_FAILED, &err);
	counting_divide(scenario, NULL, &counting->events, plan, &view->is_multiplexed);
	counting_add_missing(plan, &counting->events, &counting->missing);
	view->events = counting->events.definitions;
	view->event_count = counting->events.count;
	view->events_missing = counting->missing.length > 0 ? str_text(&counting->missing) : NULL;
	const struct judgeable_run as_planned = {
	        .scenario = scenario,
	        .plan = plan,
	        .topology = view->topology,
	        .events = view->events,
	        .event_count = view->event_count,
	};
	return criteria_options_warn(&as_planned, &err) < 0 ? talk_fail(EXIT_SOMETHING_FAILED, &err)
	                                                    : EXIT_DONE;
}

enum exit_code plan_print(const struct arguments *arguments, const struct scenario *scenario,
                          const struct node *node, int64_t task_ns)
{
	struct error err;
	cleanup_plan struct plan plan = {0};
	int r = plan_build(scenario, node_topology(node), scenario->seed, &plan, &err);
	if (r < 0)
		return talk_fail(code_of(r), &err);
	cleanup_free char *problem = NULL;
	r = plan_look_for_inputs(&scenario->task.inputs, &plan, &problem, &err);
	if (r < 0)
		return talk_fail(EXIT_SOMETHING_FAILED, &err);
	struct plan_view view = {
	        .plan = &plan,
	        .scenario = scenario,
	        .topology = node_topology(node),
	        .task_ns = task_ns,
	        .input_problem = problem,
	};
	find_memory(&view);
	if (view.memory_available_bytes >= 0) {
		r = plan_skip_for_memory(&plan, view.memory_available_bytes, view.memory_of, &err);
		if (r < 0)
			return talk_fail(EXIT_SOMETHING_FAILED, &err);
	}
	struct counting counting __attribute__((cleanup(release_counting))) = {0};
	enum exit_code code = EXIT_DONE;
	if (view.topology->is_this_system)
		code = find_events(arguments, scenario, &plan, &counting, &view);
	return code == EXIT_DONE ? print(arguments, &view) : code;
}

/* One after the other, as many as there are. */
static enum exit_code plan_all(const struct arguments *arguments, const struct scenario *scenarios,
                               size_t count, int64_t task_ns)
{
	struct error err;
	cleanup_node struct node *node = NULL;
	const int r = open_node(arguments, &node, &err);
	if (r < 0)
		return talk_fail(arguments_has(arguments, "topology") && r != -ENODEV ? EXIT_USAGE
		                                                                      : code_of(r),
		                 &err);
	enum exit_code code = EXIT_DONE;
	for (size_t i = 0; i < count; i++) {
		if (i > 0 && !arguments_has(arguments, "json"))
			putchar('\n');
		code = exit_worse(code, plan_print(arguments, &scenarios[i], node, task_ns));
	}
	return code;
}

static enum exit_code run_plan(const struct arguments *arguments)
{
	struct error err;
	const size_t count = overrides_count(arguments);
	struct scenario *const scenarios = calloc(count, sizeof *scenarios);
	if (!scenarios) {
		error_memory(&err);
		return talk_fail(EXIT_SOMETHING_FAILED, &err);
	}
	enum exit_code code = EXIT_DONE;
	for (size_t i = 0; i < count; i++)
		code = exit_worse(code, overrides_scenario(arguments, i, &scenarios[i]));
	int64_t task_ns = 0;
	const char *const assumed = arguments_get(arguments, "assume-time");
	if (assumed && number_parse_duration(assumed, &task_ns, &err) < 0) {
		talk_error("--assume-time: %s", err.text);
		code = EXIT_USAGE;
	}
	if (code == EXIT_DONE)
		code = plan_all(arguments, scenarios, count, task_ns);
	for (size_t i = 0; i < count; i++)
		scenario_release(&scenarios[i]);
	free(scenarios);
	return code;
}
static const struct option_entry plan_options[] = {
        OVERRIDE_OPTIONS METRICS_OPTION,
        {0, "topology", "FILE.xml", "plan for a machine recorded by hwloc's lstopo"},
        {0, "assume-time", "TIME", "wall time of one task, such as 7.5s, for the estimate"},
};

const struct command command_plan = {
        .name = "plan",
        .operands = "[SCENARIO... | -- COMMAND ARG...]",
        .summary = "show what a sweep would do here: trials, placement, memory, time",
        .details = "Prints the levels with what each uses of the machine, where every slot is "
                   "bound, the memory needed against what there is, and, when the time of a "
                   "task is given, how long the sweep takes. Nothing is run.\n\n"
                   "Under every policy level N has the slots 0 to N-1 of one list, so the map "
                   "is printed once, for the largest level; neighbours are drawn together. "
                   "--verbose lists every slot.\n\n"
                   "Without a file the levels are 1, 25%, 50%, 75% and all of the cores unless "
                   "--levels says otherwise.",
        .options = plan_options,
        .option_count = ARRAY_LENGTH(plan_options),
        .least_operands = 0,
        .most_operands = SIZE_MAX,
        .takes_rest = true,
        .exits =
                {
                        {EXIT_USAGE, "the scenario or an option is wrong"},
                        {EXIT_NODE_CANNOT, "this node, or the one of --topology, cannot do it"},
                },
        .examples =
                {
                        {"plateau plan scenarios/isr-occupancy.yaml --assume-time 7.5s",
                         "what it would do here, and how long that takes"},
                        {"plateau plan --topology rome.xml -j 1,cores,pus --policy pack -- my-task",
                         "where copies of a command would go on another node"},
                },
        .see_also = "run, node, scenario",
        .run = run_plan,
};
