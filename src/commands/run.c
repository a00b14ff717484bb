#include "commands/command.h"
#include "commands/counting.h"
#include "commands/metrics.h"
#include "commands/overrides.h"
#include "commands/plan.h"
#include "commands/preflight.h"
#include "commands/run_facts.h"
#include "commands/run_parts.h"
#include "commands/show.h"
#include "commands/sweep.h"
#include "commands/talk.h"
#include "core/array.h"
#include "core/cleanup.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"
#include "core/rng.h"
#include "core/str.h"
#include "model/dataset.h"
#include "plan/plan_build.h"
#include "platform/events.h"
#include "platform/host.h"
#include "platform/launch.h"
#include "platform/node.h"
#include "platform/process_memory.h"
#include "report/plan_counters.h"
#include "run/engine.h"
#include "run/guardian.h"
#include "run/signals.h"
#include "run/words.h"
#include "store/place.h"
#include "store/recorder.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void release(struct run *run)
{
	struct error ignored;
	recorder_close(run->recorder, RUN_FAILED, RECORD_ABSENT, &ignored);
	engine_close(run->engine);
	events_close(&run->events);
	metrics_release(&run->metrics);
	run_facts_release(&run->facts);
	host_facts_release(&run->host);
	plan_release(&run->plan);
	preflight_free(run->preflight);
	node_close(run->node);
	scenario_release(&run->scenario);
	resume_release(&run->resume);
	free(run->output);
	session_release(&run->session);
}

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

/* Scenario, machine and plan: nothing is started or created yet. */
static enum exit_code prepare(struct run *run, struct error *err)
{
	enum exit_code code = arguments_has(run->arguments, "resume")
	                              ? resume_load(run->arguments, &run->resume, &run->scenario)
	                              : overrides_scenario(run->arguments, &run->scenario);
	if (code == EXIT_DONE && !run->resume.is_asked)
		code = metrics_load(run->arguments, &run->metrics);
	if (code != EXIT_DONE || run->resume.is_complete)
		return code;
	if (!file_has_temporary_parent())
		talk_warning("TMPDIR is \"%s\", which is no folder: %s is used", getenv("TMPDIR"),
		             file_temporary_parent());
	if (!arguments_has(run->arguments, "dry-run") &&
	    preflight_begin(run->arguments, &run->preflight, err) < 0)
		return talk_fail(EXIT_SOMETHING_FAILED, err);
	if (node_open(&run->node, err) < 0)
		return talk_fail(EXIT_NODE_CANNOT, err);
	if (arguments_has(run->arguments, "dry-run"))
		return plan_print(run->arguments, &run->scenario, run->node, 0);
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

/* What a failure to get ready means for the caller of plateau. */
static enum exit_code code_of(int r)
{
	switch (r) {
	case -EINTR:
		return EXIT_INTERRUPTED;
	case -EMFILE:
	case -EXDEV: /* --resume on another node */
		return EXIT_NODE_CANNOT;
	case -ENOENT:
	case -EACCES:
	case -EROFS:
	case -ENOTDIR:
	case -EISDIR:
	case -EINVAL:
	case -EEXIST:
	case -EBUSY:
	case -ENAMETOOLONG:
	case -E2BIG:
		return EXIT_USAGE;
	default:
		return EXIT_SOMETHING_FAILED;
	}
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

/* Engine, inputs, slots. */
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

static int get_ready(struct run *run, struct error *err)
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
	return r;
}

static enum exit_code exit_of(const struct sweep_outcome *outcome)
{
	if (outcome->stop_signal)
		return EXIT_INTERRUPTED;
	if (outcome->trials_begun == 0)
		return EXIT_NODE_CANNOT;
	return outcome->failures > 0 || outcome->abandoned > 0 ? EXIT_SOMETHING_FAILED : EXIT_DONE;
}

static void say_outcome(const struct run *run, const struct sweep_outcome *outcome)
{
	if (outcome->stop_signal)
		talk_warning("stopped by signal %d (%s); what was measured is kept",
		             outcome->stop_signal, signals_name(outcome->stop_signal));
	else if (outcome->trials_begun == 0)
		talk_error("nothing was measured: every level is left out (%s)",
		           run->plan.levels[0].skipped ? run->plan.levels[0].skipped : "no trial");
	if (outcome->is_over_budget)
		talk_warning("sweep.budget is spent: the remaining blocks were not begun");
	if (outcome->failures > 0)
		talk_warning("%" PRIu64 " of %" PRIu64 " tasks failed; `plateau show %s` says how",
		             outcome->failures, outcome->tasks, run->output);
	talk_note(run->arguments, "the result is in %s", run->output);
	if (outcome->trials_begun > 0)
		talk_note(run->arguments, "`plateau report %s` makes a page of it to hand over",
		          run->output);
}

/* Runs the sweep and closes the result, whatever happens in between. */
static enum exit_code measure(struct run *run, struct error *err)
{
	const struct sweep_settings settings = {
	        .arguments = run->arguments,
	        .scenario = &run->scenario,
	        .plan = &run->plan,
	        .topology = node_topology(run->node),
	        .facts = &run->facts,
	        .engine = run->engine,
	        .recorder = run->recorder,
	        .before = run->resume.is_asked ? &run->resume.before : NULL,
	        .preflight = run->preflight,
	        .origin_ns = run->origin_ns,
	};
	struct sweep_outcome outcome = {0};
	int r = run_put_warnings(run, err);
	if (r == 0)
		r = sweep_run(&settings, &outcome, err);
	enum run_state state = RUN_DONE;
	if (r < 0)
		state = RUN_FAILED;
	else if (outcome.stop_signal)
		state = RUN_INTERRUPTED;
	struct recorder *const recorder = run->recorder;
	run->recorder = NULL;
	/* Before the engine, which keeps signals from ending this process. */
	struct error close_err;
	/* By the clock that records have: the calendar may have been set meanwhile. */
	const int64_t finished_ns = run->facts.origin_calendar_ns + clock_now_ns() - run->origin_ns;
	const int closed = recorder_close(recorder, state, finished_ns, &close_err);
	engine_close(run->engine);
	run->engine = NULL;
	if (r < 0 || closed < 0)
		return talk_fail(EXIT_SOMETHING_FAILED, r < 0 ? err : &close_err);
	say_outcome(run, &outcome);
	return exit_of(&outcome);
}

static enum exit_code print_result(const struct run *run, enum exit_code code, struct error *err)
{
	if (show_print(run->output, run->arguments, err) < 0) {
		talk_fail(EXIT_SOMETHING_FAILED, err);
		return code == EXIT_INTERRUPTED ? code : EXIT_SOMETHING_FAILED;
	}
	return code;
}

static enum exit_code run_prepared(struct run *run, struct error *err)
{
	run->origin_ns = run->resume.is_asked ? resume_origin_ns(&run->resume) : clock_now_ns();
	int r = run_facts_make(&run->scenario, &run->plan, clock_calendar_ns(), &run->facts, err);
	if (r == 0)
		r = run_choose_output(run, err);
	if (r == 0)
		r = host_describe(run->node, NULL, &run->host, err);
	if (r == 0)
		r = host_describe_inherited(&run->scenario, &run->host, err);
	if (r == 0)
		r = run_facts_describe_arguments(&run->scenario, &run->host, err);
	if (r == 0 && !run->resume.is_asked)
		r = run_facts_seal(&run->facts, &run->host, err);
	if (r == 0 && run->resume.is_asked)
		r = resume_adopt_facts(&run->resume, &run->host, &run->facts, err);
	if (r == 0)
		r = session_begin(run->facts.id, run->resume.is_asked, &run->session, err);
	if (r == 0)
		r = get_ready(run, err);
	if (r == 0)
		r = run_open_result(run, err);
	if (r < 0)
		return talk_fail(code_of(r), err);
	const enum exit_code code = measure(run, err);
	return access(run->output, R_OK) == 0 ? print_result(run, code, err) : code;
}

/* When a run ended in which nothing was missing any more. */
static int64_t finished_ns(const struct resume *resume)
{
	const struct run_facts *const run = &resume->before.run;
	if (run->finished_calendar_ns != RECORD_ABSENT)
		return run->finished_calendar_ns;
	return run->origin_calendar_ns + clock_now_ns() - resume_origin_ns(resume);
}

/* A result in which nothing is missing. One that was killed at its very end, or could not be moved
 * to its place, is brought to its end. */
static enum exit_code finish_complete(struct run *run, struct error *err)
{
	const struct resume *const resume = &run->resume;
	const struct dataset *const before = &resume->before;
	int r = str_copy(resume->path, &run->output, err);
	if (r < 0)
		return talk_fail(EXIT_SOMETHING_FAILED, err);
	if (before->run.state == RUN_DONE && strcmp(before->path, resume->path) == 0 &&
	    !place_has_log(resume->path)) {
		talk_note(run->arguments, "%s is complete: there is nothing left to do",
		          resume->path);
		return print_result(run, EXIT_DONE, err);
	}
	const struct plan plan = {.blocks = before->trials[before->trial_count - 1].block + 1};
	struct recorder *recorder = NULL;
	r = recorder_open(resume->path, before, &plan, before->run.scenario_json, &recorder, err);
	if (r == 0) /* and nobody else goes on with it */
		session_clear_dead(&run->session, before->run.id);
	if (r == 0)
		r = recorder_close(recorder, RUN_DONE, finished_ns(resume), err);
	if (r < 0)
		return talk_fail(code_of(r), err);
	talk_note(run->arguments, "%s was complete but for its end; now it is whole", resume->path);
	return print_result(run, EXIT_DONE, err);
}

/* What the guardian makes of the engine's end. */
static enum exit_code guarded(const struct guardian_outcome *outcome, int64_t begin_ns)
{
	if (outcome->has_strays)
		talk_warning("processes of this run are left that cannot be ended (they wait for a "
		             "disk or a file server)");
	if (outcome->left_folder[0])
		talk_warning("the run's private folder could not be removed: %s",
		             outcome->left_folder);
	if (outcome->exit_status >= 0)
		return (enum exit_code)outcome->exit_status;
	if (outcome->output[0])
		place_clear(outcome->output);
	/* A second Ctrl-C while the table was printed. */
	if (signals_is_request(outcome->signal))
		return EXIT_INTERRUPTED;
	cleanup_free char *stored = run_find_stored(outcome->output, begin_ns);
	talk_error("the measuring process was ended by signal %d (%s)%s%s", outcome->signal,
	           strsignal(outcome->signal), stored ? "; what it had stored is in " : "",
	           stored ? stored : "");
	return EXIT_SOMETHING_FAILED;
}

static enum exit_code run_plan_only(const struct arguments *arguments)
{
	struct error err;
	struct run run = {.arguments = arguments};
	const enum exit_code code = prepare(&run, &err);
	release(&run);
	return code;
}

static enum exit_code run_run(const struct arguments *arguments)
{
	struct error err;
	if (arguments_has(arguments, "dry-run"))
		return run_plan_only(arguments);
	struct run run = {.arguments = arguments};
	struct guardian_outcome outcome;
	const int64_t begin_ns = clock_calendar_ns();
	const int side = guardian_split(&run.guardian, &outcome, &err);
	if (side == GUARDIAN_DONE)
		return guarded(&outcome, begin_ns);
	/* First of all: descriptors 3 to 5 belong to the tasks to come. */
	if (side < 0 || launch_reserve(&err) < 0)
		return talk_fail(EXIT_SOMETHING_FAILED, &err);
	enum exit_code code = prepare(&run, &err);
	if (code == EXIT_DONE)
		code = run.resume.is_complete ? finish_complete(&run, &err)
		                              : run_prepared(&run, &err);
	release(&run);
	guardian_sweep(run.guardian);
	return code;
}

static const struct option_entry options[] = {
        OVERRIDE_OPTIONS{'o', "output", "FILE", "the result file (default: results/NAME-TIME.db)"},
        {'n', "dry-run", NULL, "print what would be done, as `plateau plan` does"},
        {0, "force", NULL, "replace the result file if it exists"},
        {0, "resume", "FILE", "go on with the run whose result this is; -r adds blocks"},
        METRICS_OPTION,
        PREFLIGHT_OPTIONS};

const struct command command_run = {
        .name = "run",
        .operands = "[SCENARIO | -- COMMAND ARG...]",
        .summary = "sweep over numbers of copies, keep the result, print its table",
        .details =
                "Keeps exactly N copies of a task running, for every N of the scenario, and stores "
                "every task with its times, memory, I/O and counters in one result file. Progress "
                "is told on stderr, the table is printed on stdout.\n\n"
                "Options come before a scenario's keys. Without either: levels "
                "1,25%,50%,75%,cores; 5 "
                "repeats, 1 task per slot to warm up and 4 measured; policy spread, unit core, "
                "memory "
                "local; the events cycles, instructions, LLC-load-misses, task-clock, page-faults, "
                "context-switches and cpu-migrations; no timeout.\n\n"
                "A first Ctrl-C ends the running trial and keeps the result; a second one ends the "
                "tasks at once.",
        .options = options,
        .option_count = ARRAY_LENGTH(options),
        .least_operands = 0,
        .most_operands = 1,
        .takes_rest = true,
        .run = run_run,
};
