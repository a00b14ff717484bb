/* Where a run's result goes, how it is opened, and what is put into it before the first trial. */
#include "commands/command.h"
#include "commands/conditions.h"
#include "commands/counting.h"
#include "commands/preflight.h"
#include "commands/run_facts.h"
#include "commands/run_parts.h"
#include "commands/talk.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/str.h"
#include "platform/memory.h"
#include "run/engine.h"
#include "run/guardian.h"
#include "store/recorder.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

/* Whether a name is another's, so that the next one may be free. */
static bool is_taken(int r)
{
	return r == -EEXIST || r == -EBUSY;
}

/* Where results with names of their own go; NULL: the usual place, or --output names a file. */
static const char *folder_of(const struct arguments *arguments)
{
	struct stat status;
	const char *const given = arguments_get(arguments, "output");
	return given && stat(given, &status) == 0 && S_ISDIR(status.st_mode) ? given : NULL;
}

/* Whether --output names the very file. */
static bool is_named(const struct arguments *arguments)
{
	return arguments_get(arguments, "output") && !folder_of(arguments);
}

enum exit_code run_check_row_output(const struct arguments *arguments)
{
	if (!is_named(arguments))
		return EXIT_DONE;
	talk_error("--output %s: several scenarios have a result each: name a folder that is "
	           "there, and each gets a name of its own in it",
	           arguments_get(arguments, "output"));
	return EXIT_USAGE;
}

enum exit_code run_check_output(const struct arguments *arguments)
{
	struct error err;
	if (!is_named(arguments))
		return EXIT_DONE;
	const int r = recorder_check(arguments_get(arguments, "output"),
	                             arguments_has(arguments, "force"), &err);
	return r < 0 ? talk_fail(EXIT_USAGE, &err) : EXIT_DONE;
}

/* The name that was given, or the next one that is free. */
static int next_output(struct run *run, struct error *err)
{
	enum { MOST_NAMES = 10000 };
	const char *const folder = folder_of(run->arguments);
	const char *const given = folder ? NULL : arguments_get(run->arguments, "output");
	int r;
	do {
		free(run->output);
		run->output = NULL;
		run->output_number++;
		r = given ? str_copy(given, &run->output, err)
		          : run_output_path(folder, &run->scenario, run->facts.origin_calendar_ns,
		                            run->output_number, &run->output, err);
		if (r == 0)
			r = recorder_check(run->output, arguments_has(run->arguments, "force"),
			                   err);
	} while (!given && is_taken(r) && run->output_number < MOST_NAMES);
	return r;
}

int run_choose_output(struct run *run, struct error *err)
{
	return run->resume.is_asked ? str_copy(run->resume.path, &run->output, err)
	                            : next_output(run, err);
}

/* The result file goes on; inputs and events are there by now and must be the same. */
static int reopen_result(struct run *run, struct error *err)
{
	const struct resume *const resume = &run->resume;
	guardian_tell_output(run->guardian, run->output);
	int r = resume_check_inputs(resume, &run->scenario, run->inputs, err);
	if (r == 0)
		r = resume_check_events(resume, &run->events, err);
	if (r == 0)
		r = recorder_open(resume->path, &resume->before, &run->plan,
		                  run->facts.scenario_json, &run->recorder, err);
	if (r == 0) /* and nobody else goes on with it */
		session_clear_dead(&run->session, resume->before.run.id);
	return r;
}

/* Another run may have taken the name since it was chosen. */
static int create_result(struct run *run, struct error *err)
{
	int r;
	do {
		/* For what is left should this process be killed from here on. */
		guardian_tell_output(run->guardian, run->output);
		r = recorder_create(run->output, arguments_has(run->arguments, "force"),
		                    &run->facts, &run->host, &run->scenario, &run->plan,
		                    run->events.definitions, run->events.count, run->inputs,
		                    &run->recorder, err);
	} while (is_taken(r) && !is_named(run->arguments) && next_output(run, err) == 0);
	return r;
}

int run_open_result(struct run *run, struct error *err)
{
	const int r = run->resume.is_asked ? reopen_result(run, err) : create_result(run, err);
	if (r < 0) {
		/* What is there under that name is not ours. */
		guardian_tell_output(run->guardian, "");
		return r;
	}
	const char *kept_from;
	const char *const work = recorder_work(run->recorder, &kept_from);
	if (kept_from)
		talk_note(run->arguments,
		          "%s is on a network file system (%s): the result is written in %s and "
		          "moved at the end",
		          run->output, kept_from, work);
	engine_set_sink(run->engine, recorder_sink(run->recorder),
	                recorder_failure_fd(run->recorder));
	return 0;
}

/* Puts a warning that holds for the whole run. */
static int put_warning(const struct run *run, const struct sink *sink, const char *code,
                       const char *text, struct error *err)
{
	struct record record = {.kind = RECORD_EVENT, .event = {.slot = -1}};
	record.event.at_ns = clock_now_ns() - run->origin_ns;
	snprintf(record.event.code, sizeof record.event.code, "%s", code);
	snprintf(record.event.text, sizeof record.event.text, "%s", text);
	return sink_put(sink, &record, err);
}

static int put_resumed(const struct run *run, const struct sink *sink, struct error *err)
{
	char text[200];
	snprintf(text, sizeof text,
	         "the run was gone on with here after it had stopped (%s); trials that were cut "
	         "off and are repeated: %" PRIu32,
	         run_state_names[run->resume.before.run.state], resume_repeated(&run->resume));
	return put_warning(run, sink, "resumed", text, err);
}

int run_put_warnings(const struct run *run, struct error *err)
{
	const struct conditions conditions = {
	        .before = run->resume.is_asked ? &run->resume.before : NULL,
	        .host = &run->host,
	        .memory_limit = engine_memory_limit(run->engine),
	        .at_ns = clock_now_ns() - run->origin_ns,
	};
	struct conditions_filter filter;
	conditions_filter_init(conditions.before, recorder_sink(run->recorder), &filter);
	const struct sink *const sink = &filter.sink;
	int r = 0;
	if (run->resume.is_asked)
		r = put_resumed(run, recorder_sink(run->recorder), err);
	if (r == 0)
		r = conditions_compare(&conditions, recorder_sink(run->recorder), err);
	if (r == 0 && run->plan.note)
		r = put_warning(run, sink, "plan", run->plan.note, err);
	if (r == 0 && run->scenario.placement.memory != MEMORY_NONE && !memory_policy_works())
		r = put_warning(run, sink, "memory-policy",
		                "memory is placed by the kernel's default: this process runs under "
		                "a memory "
		                "policy of its own (numactl), or a container forbids set_mempolicy",
		                err);
	if (r == 0 && run->is_multiplexed)
		r = put_warning(run, sink, "counters-multiplexed", counting_multiplexed, err);
	if (r == 0 && conditions.memory_limit)
		r = put_warning(run, sink, "memory-limit", conditions.memory_limit, err);
	return r < 0 ? r : preflight_put(run->preflight, conditions.at_ns, sink, err);
}
