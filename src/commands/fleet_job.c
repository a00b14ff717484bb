/* plateau fleet job: what a fleet's job does on its node. */
#include "commands/command.h"
#include "commands/talk.h"
#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/number.h"
#include "fleet/folder.h"
#include "fleet/job.h"
#include "formats/fleet/job_report_json.h"

#include <stdio.h>
#include <stdlib.h>

static void say(void *context, enum job_talk kind, const char *text)
{
	const struct arguments *const arguments = context;
	switch (kind) {
	case JOB_LINE:
		if (!arguments_has(arguments, "quiet"))
			fprintf(stderr, "%s\n", text);
		return;
	case JOB_NOTE:
		talk_note(arguments, "%s", text);
		return;
	case JOB_WARNING:
		talk_warning("%s", text);
		return;
	case JOB_ERROR:
		talk_error("%s", text);
		return;
	}
}

static enum exit_code print_report(const struct job_report *report)
{
	struct error err;
	cleanup_free char *json = NULL;
	if (!report->node)
		return EXIT_DONE;
	if (job_report_json_write(report, &json, &err) < 0)
		return talk_fail(EXIT_SOMETHING_FAILED, &err);
	fputs(json, stdout);
	return EXIT_DONE;
}

static enum exit_code run_fleet_job(const struct arguments *arguments)
{
	struct error err;
	int64_t attempt = 0;
	const char *const given = arguments_get(arguments, "attempt");
	if (given && number_parse_integer(given, 1, FOLDER_MOST_ATTEMPTS, &attempt, &err) < 0) {
		talk_error("--attempt: %s", err.text);
		return EXIT_USAGE;
	}
	const struct job_settings settings = {
	        .dir = arguments->operands.items[0],
	        .node = arguments_get(arguments, "node"),
	        .attempt = (uint32_t)attempt,
	        .is_any_host = arguments_has(arguments, "any-host"),
	        .is_here = arguments_has(arguments, "here"),
	        .say = say,
	        .context = (void *)(uintptr_t)arguments,
	};
	cleanup_job_report struct job_report report = {0};
	enum exit_code code = (enum exit_code)job_run(&settings, &report);
	if (arguments_has(arguments, "json"))
		code = exit_worse(code, print_report(&report));
	return code;
}

static const struct option_entry options[] = {
        {0, "node", "NAME",
         "the node that is meant (default: the batch system's word, or this host)"},
        {0, "attempt", "K", "the attempt that this job is (default: a new one)"},
        {0, "any-host", NULL, "without a batch system: this host may be called otherwise"},
        {0, "here", NULL, "measure outside an allocation, or beside other users, too"},
};

const struct command command_fleet_job = {
        .name = "fleet job",
        .operands = "DIR",
        .summary = "run a fleet's scenario on this node (jobs call it)",
        .details = "What every job of `plateau fleet submit` does on its node, and what may be "
                   "started "
                   "by hand where there is no Slurm: ssh NODE plateau fleet job DIR. DIR is the "
                   "fleet's folder, which all nodes see.\n\n"
                   "By hand it is outside an allocation: on a node that a batch system has, it is "
                   "refused without --here, and no attempt is kept of that.\n\n"
                   "Checks that it is on the right node, and that this node sees the scenario's "
                   "working folder, program and inputs; runs the scenario with a result on the "
                   "node itself (in TMPDIR); then moves that into "
                   "DIR/nodes/NODE/attempt-K/result.db, whole or not at all. state.json beside it "
                   "says how far it is, and why it failed.\n\n"
                   "TERM (scancel --batch --signal=TERM, or the time limit), INT and HUP interrupt "
                   "the run: what was measured so far is handed in as a partial result. No process "
                   "and no folder is left.",
        .options = options,
        .option_count = ARRAY_LENGTH(options),
        .least_operands = 1,
        .most_operands = 1,
        .exits =
                {
                        {EXIT_DONE, "measured; accepted, where the fleet judges"},
                        {EXIT_SOMETHING_FAILED, "something failed, or the run was interrupted"},
                        {EXIT_USAGE, "DIR is no fleet, or its scenario is wrong"},
                        {EXIT_CRITERIA_FAILED, "a criterion failed"},
                        {EXIT_INCONCLUSIVE, "undecided"},
                        {EXIT_NODE_CANNOT,
                         "the node cannot do it; the reason is said, in state.json too"},
                },
        .variables =
                {
                        {"TMPDIR, SLURM_TMPDIR",
                         "where the result is made before it is moved into DIR"},
                        {"SLURM_JOB_ID, SLURMD_NODENAME, SLURM_CPUS_ON_NODE",
                         "set by Slurm: the allocation that this is in"},
                },
        .files =
                {
                        {"DIR/nodes/NODE/attempt-K/result.db", "the result, whole or not at all"},
                        {"DIR/nodes/NODE/attempt-K/state.json", "how far it is, and why it failed"},
                },
        .examples =
                {
                        {"ssh rome03 plateau fleet job /shared/racks",
                         "by hand, where there is no Slurm"},
                },
        .see_also = "run",
        .run = run_fleet_job,
};
