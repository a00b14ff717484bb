/* A run from its first trial to its end: the sweep, how the result is closed, and what the caller
 * of plateau is told of it. */
#include "commands/command.h"
#include "commands/run_facts.h"
#include "commands/run_looks.h"
#include "commands/run_parts.h"
#include "commands/sweep.h"
#include "commands/talk.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/str.h"
#include "platform/host.h"
#include "platform/node.h"
#include "run/engine.h"
#include "run/guardian.h"
#include "run/signals.h"
#include "store/place.h"
#include "store/recorder.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

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

/* Nothing was measured, and nothing had been. */
static bool is_empty(const struct run *run, const struct sweep_outcome *outcome)
{
	return outcome->trials_begun == 0 && run->looks == 0;
}

static enum exit_code exit_of(const struct run *run, const struct sweep_outcome *outcome)
{
	if (outcome->stop_signal)
		return EXIT_INTERRUPTED;
	if (is_empty(run, outcome))
		return EXIT_NODE_CANNOT;
	if (run_criteria_count_failures(run))
		return EXIT_DONE;
	return outcome->failures > 0 || outcome->abandoned > 0 ? EXIT_SOMETHING_FAILED : EXIT_DONE;
}

static void say_outcome(const struct run *run, const struct sweep_outcome *outcome)
{
	if (outcome->stop_signal)
		talk_warning("stopped by signal %d (%s); what was measured is kept",
		             outcome->stop_signal, signals_name(outcome->stop_signal));
	else if (is_empty(run, outcome))
		talk_error("nothing was measured: every level is left out (%s)",
		           run->plan.levels[0].skipped ? run->plan.levels[0].skipped : "no trial");
	if (outcome->is_over_budget)
		talk_warning("sweep.budget is spent: the remaining blocks were not begun");
	if (outcome->failures > 0)
		talk_warning("%" PRIu64 " of %" PRIu64 " tasks failed; `plateau show %s` says how",
		             outcome->failures, outcome->tasks, run->output);
	talk_note(run->arguments, "the result is in %s", run->output);
	if (outcome->stop_signal)
		talk_note(run->arguments, "`plateau run --resume %s` goes on with it%s",
		          run->output, run->is_judged ? ", and judges it" : "");
	if (outcome->trials_begun > 0)
		talk_note(run->arguments, "`plateau %s %s%s` makes a page of it to hand over",
		          run->is_judged ? "accept" : "report", run->output,
		          run->is_judged ? " -o FILE.html" : "");
}

/* What ended the measuring, and why the result could not be closed; either may be NULL. What the
 * writer failed at ends the measuring too: it is told once, with what became of the log. */
static enum exit_code tell_failure(const struct error *measuring, const struct error *closing)
{
	const bool is_one = measuring && closing &&
	                    strncmp(closing->text, measuring->text, strlen(measuring->text)) == 0;
	if (measuring && closing && !is_one)
		talk_error("%s", measuring->text);
	return talk_fail(EXIT_SOMETHING_FAILED, closing ? closing : measuring);
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
	        .resume = run->resume.is_asked ? &run->resume : NULL,
	        .preflight = run->preflight,
	        .origin_ns = run->origin_ns,
	};
	struct sweep_outcome outcome = {0};
	struct sweep *sweep = NULL;
	bool has_more = true;
	int r = run_put_warnings(run, err);
	if (r == 0)
		r = run_put_judged(run, err);
	if (r == 0)
		r = sweep_new(&settings, &sweep, err);
	while (r == 0 && has_more) {
		r = sweep_run(sweep, &outcome, err);
		if (r == 0)
			r = run_look(run, sweep, &outcome, &has_more, err);
	}
	sweep_free(sweep);
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
		return tell_failure(r < 0 ? err : NULL, closed < 0 ? &close_err : NULL);
	say_outcome(run, &outcome);
	return exit_of(run, &outcome);
}

enum exit_code run_measure(struct run *run, struct error *err)
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
		r = run_get_ready(run, err);
	if (r == 0)
		r = run_open_result(run, err);
	if (r < 0)
		return talk_fail(code_of(r), err);
	return measure(run, err);
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
enum exit_code run_finish_complete(struct run *run, struct error *err)
{
	const struct resume *const resume = &run->resume;
	const struct dataset *const before = &resume->before;
	int r = str_copy(resume->path, &run->output, err);
	if (r < 0)
		return talk_fail(EXIT_SOMETHING_FAILED, err);
	guardian_tell_output(run->guardian, run->output);
	if (before->run.state == RUN_DONE && strcmp(before->path, resume->path) == 0 &&
	    !place_has_log(resume->path) && !place_has_journal(resume->path)) {
		talk_note(run->arguments, "%s is complete: there is nothing left to do",
		          resume->path);
		return EXIT_DONE;
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
	return EXIT_DONE;
}
