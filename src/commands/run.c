/* `plateau run`: one scenario after the other, each in a process of its own (run/guardian), and the
 * answer over all of them. Preparing is in run_prepare.c, measuring in run_measure.c. */
#include "commands/aside.h"
#include "commands/command.h"
#include "commands/judging.h"
#include "commands/metrics.h"
#include "commands/outputs.h"
#include "commands/overrides.h"
#include "commands/plan.h"
#include "commands/preflight.h"
#include "commands/run_facts.h"
#include "commands/run_looks.h"
#include "commands/run_parts.h"
#include "commands/show.h"
#include "commands/talk.h"
#include "core/array.h"
#include "core/cleanup.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/str.h"
#include "platform/launch.h"
#include "platform/node.h"
#include "report/json/accept_json.h"
#include "report/json/row_json.h"
#include "run/engine.h"
#include "run/guardian.h"
#include "run/signals.h"
#include "store/place.h"
#include "store/recorder.h"

#include <errno.h>
#include <stdint.h>
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

/* ---- One scenario -------------------------------------------------------------------------- */

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
	/* A second Ctrl-C while the result was closed. */
	if (signals_is_request(outcome->signal))
		return EXIT_INTERRUPTED;
	cleanup_free char *stored = run_find_stored(outcome->output, begin_ns);
	talk_error("the measuring process was ended by signal %d (%s)%s%s", outcome->signal,
	           strsignal(outcome->signal), stored ? "; what it had stored is in " : "",
	           stored ? stored : "");
	return EXIT_SOMETHING_FAILED;
}

/* The engine's process, from its first moment to its last. */
static enum exit_code measure(struct run *run)
{
	struct error err;
	/* First of all: descriptors 3 to 5 belong to the tasks to come. */
	if (launch_reserve(&err) < 0)
		return talk_fail(EXIT_SOMETHING_FAILED, &err);
	if (run->resume.is_complete && run_complete_wants_more(run))
		run->resume.is_complete = false;
	enum exit_code code = run_prepare(run, &err);
	if (code == EXIT_DONE)
		code = run->resume.is_complete ? run_finish_complete(run, &err)
		                               : run_measure(run, &err);
	return code;
}

/* One scenario of the command line, and what came of it. */
struct row_entry {
	const char *name; /* the file; NULL: there is none */
	struct run run;   /* what is known of it before it is begun */
	enum exit_code code;
	char *result; /* the file to print; NULL: there is none */
	char *json;   /* of it */
};

enum row_side { ROW_GOES_ON, ROW_ENDS_HERE };

/* Splits the process. In the engine's, measures, and returns ROW_ENDS_HERE: that process has
 * nothing else to do. */
static enum row_side run_entry(struct row_entry *entry)
{
	struct error err;
	struct guardian_outcome outcome;
	struct run *const run = &entry->run;
	const int64_t begin_ns = clock_calendar_ns();
	const int side = guardian_split(&run->guardian, &outcome, &err);
	if (side < 0 && !run->guardian) {
		entry->code = talk_fail(EXIT_SOMETHING_FAILED, &err);
		return ROW_GOES_ON;
	}
	if (side != GUARDIAN_DONE) {
		entry->code = side < 0 ? talk_fail(EXIT_SOMETHING_FAILED, &err) : measure(run);
		release(run);
		guardian_sweep(run->guardian);
		*run = (struct run){0};
		return ROW_ENDS_HERE;
	}
	entry->code = guarded(&outcome, begin_ns);
	if (outcome.exit_status >= 0 && outcome.output[0] && access(outcome.output, R_OK) == 0 &&
	    str_copy(outcome.output, &entry->result, &err) < 0)
		entry->code = talk_fail(EXIT_SOMETHING_FAILED, &err);
	return ROW_GOES_ON;
}

/* ---- The row ------------------------------------------------------------------------------- */

struct row {
	const struct arguments *arguments;
	struct row_entry *entries;
	size_t count;
	size_t begun;
	bool is_judged;
};

static void row_release(struct row *row)
{
	for (size_t i = 0; i < row->count; i++) {
		release(&row->entries[i].run);
		free(row->entries[i].result);
		free(row->entries[i].json);
	}
	free(row->entries);
}

/* In a process of its own: what is loaded here would count against the tasks. */
static enum exit_code expect(void *context)
{
	const struct row *const row = context;
	const struct judging_settings settings = {.arguments = row->arguments};
	struct judging *judging = NULL;
	enum exit_code code = judging_open(&settings, &judging);
	for (size_t i = 0; code == EXIT_DONE && i < row->count; i++)
		code = judging_expect(judging, &row->entries[i].run.scenario);
	judging_free(judging);
	return code;
}

/* A run that nobody can judge would be for nothing. */
static enum exit_code row_expect(struct row *row)
{
	enum exit_code code = EXIT_DONE;
	for (size_t i = 0; i < row->count; i++) {
		const struct row_entry *const entry = &row->entries[i];
		if (entry->run.scenario.accept.count > 0)
			continue;
		talk_error(
		        "--accept: %s does not say what the node must be: give it the key accept "
		        "with criteria, or %s (docs/acceptance.md)",
		        entry->name                  ? entry->name
		        : entry->run.resume.is_asked ? entry->run.resume.path
		                                     : "a command line",
		        entry->run.resume.is_asked
		                ? "go on with it without --accept and then `plateau accept RESULT "
		                  "--criteria FILE`"
		                : "name a file of them with --criteria FILE");
		code = EXIT_USAGE;
	}
	return code == EXIT_DONE ? aside(expect, row) : code;
}

/* Whether the row is judged. A run that was begun with --accept is, without a word; what its
 * criteria lack by now is then said by the verdict, and does not keep it from being measured. */
static enum exit_code row_judge(struct row *row)
{
	const struct arguments *const arguments = row->arguments;
	struct run *const first = &row->entries[0].run;
	row->is_judged = arguments_has(arguments, "accept");
	if (!row->is_judged && first->resume.is_asked && first->scenario.accept.count > 0 &&
	    run_was_judged(&first->resume.before)) {
		row->is_judged = true;
		talk_note(arguments, "%s was begun with --accept, and is judged again",
		          first->resume.path);
	} else if (row->is_judged) {
		const enum exit_code code = row_expect(row);
		if (code != EXIT_DONE)
			return code;
	} else if (arguments_has(arguments, "criteria")) {
		talk_note(arguments, "nothing is judged without --accept: the criteria are kept in "
		                     "the result, for `plateau accept RESULT`");
	}
	for (size_t i = 0; i < row->count; i++)
		row->entries[i].run.is_judged = row->is_judged;
	return EXIT_DONE;
}

/* What the row reads. */
static int row_take_files(const struct row *row, struct taken_files *taken, struct error *err)
{
	const struct arguments *const arguments = row->arguments;
	const struct words *const references = arguments_list(arguments, "reference");
	int r = taken_files_add(taken, arguments_get(arguments, "criteria"), "the file of criteria",
	                        err);
	if (r == 0)
		r = taken_files_add(taken, arguments_get(arguments, "metrics"),
		                    "the file of metrics", err);
	if (r == 0)
		r = taken_files_add_results(taken, references, NULL, "a reference", err);
	for (size_t i = 0; r == 0 && i < row->count; i++) {
		const struct row_entry *const entry = &row->entries[i];
		r = taken_files_add(taken, entry->name, "the scenario", err);
		if (r == 0)
			r = taken_files_add(taken, entry->run.resume.path,
			                    "the result that is gone on with", err);
		if (r == 0)
			r = taken_files_add_references(taken, &entry->run.scenario.accept, err);
	}
	return r;
}

/* Nothing that is read is written, nor is one file written twice: a measurement would be lost, or
 * what it is made by. */
static enum exit_code row_check_outputs(const struct row *row)
{
	const struct arguments *const arguments = row->arguments;
	const struct output result = {
	        .path = arguments_get(arguments, "output"), .option = "-o", .kind = OUTPUT_RESULT};
	const struct output junit = {.path = arguments_get(arguments, "junit"),
	                             .option = "--junit",
	                             .kind = OUTPUT_JUNIT,
	                             .is_forced = arguments_has(arguments, "force")};
	cleanup_taken_files struct taken_files taken = {0};
	struct error err;
	int r = row_take_files(row, &taken, &err);
	if (r == 0 && result.path)
		r = output_check(&result, &taken, &err);
	if (r == 0)
		r = taken_files_add(&taken, result.path, "the result of -o", &err);
	if (r == 0 && junit.path)
		r = output_check(&junit, &taken, &err);
	return r < 0 ? talk_fail(exit_for_file(r), &err) : EXIT_DONE;
}

/* Everything that can be wrong with what was given is told before anything runs. */
static enum exit_code row_load(const struct arguments *arguments, struct row *row)
{
	struct error err;
	const bool is_resumed = arguments_has(arguments, "resume");
	const size_t count = is_resumed ? 1 : overrides_count(arguments);
	row->entries = calloc(count, sizeof *row->entries);
	if (!row->entries) {
		error_memory(&err);
		return talk_fail(EXIT_SOMETHING_FAILED, &err);
	}
	row->arguments = arguments;
	row->count = count;
	enum exit_code code = EXIT_DONE;
	for (size_t i = 0; i < count; i++) {
		struct row_entry *const entry = &row->entries[i];
		struct run *const run = &entry->run;
		run->arguments = arguments;
		if (!is_resumed && !arguments->has_rest && arguments->operands.count > 0)
			entry->name = arguments->operands.items[i];
		code = exit_worse(code,
		                  is_resumed ? resume_load(arguments, &run->resume, &run->scenario)
		                             : overrides_scenario(arguments, i, &run->scenario));
	}
	if (code == EXIT_DONE && count > 1)
		code = run_check_row_output(arguments);
	if (code == EXIT_DONE)
		code = row_check_outputs(row);
	if (code == EXIT_DONE && !is_resumed && !arguments_has(arguments, "dry-run"))
		code = run_check_output(arguments);
	return code == EXIT_DONE ? row_judge(row) : code;
}

static enum exit_code row_plan(struct row *row)
{
	struct error err;
	cleanup_node struct node *node = NULL;
	if (node_open(&node, &err) < 0)
		return talk_fail(EXIT_NODE_CANNOT, &err);
	enum exit_code code = EXIT_DONE;
	for (size_t i = 0; i < row->count; i++) {
		if (i > 0 && !arguments_has(row->arguments, "json"))
			putchar('\n');
		code = exit_worse(
		        code, plan_print(row->arguments, &row->entries[i].run.scenario, node, 0));
	}
	return code;
}

/* Of several results that are judged the verdict matters, and is not to be looked for behind their
 * tables. */
static bool is_short(const struct row *row)
{
	return row->count > 1 && arguments_has(row->arguments, "accept") &&
	       !arguments_has(row->arguments, "verbose");
}

/* The table of one result, as soon as there is one; as JSON it waits for the others. */
static void print_entry(const struct row *row, struct row_entry *entry)
{
	struct error err;
	if (!entry->result)
		return;
	const bool is_json = arguments_has(row->arguments, "json");
	cleanup_free char *text = NULL;
	const int r = show_write(entry->result, row->arguments, is_short(row),
	                         is_json ? &entry->json : &text, &err);
	if (r < 0) {
		entry->code = exit_worse(entry->code, talk_fail(EXIT_SOMETHING_FAILED, &err));
		return;
	}
	if (!text)
		return;
	if (entry > row->entries)
		putchar('\n');
	fputs(text, stdout);
	fflush(stdout);
}

static void say_entry_begins(const struct row *row, size_t index)
{
	if (row->count > 1)
		talk_note(row->arguments, "scenario %zu of %zu: %s (%s)", index + 1, row->count,
		          row->entries[index].run.scenario.name, row->entries[index].name);
}

static void say_left_out(const struct row *row)
{
	if (row->begun == row->count)
		return;
	cleanup_str struct str names = {0};
	for (size_t i = row->begun; i < row->count; i++)
		str_addf(&names, "%s%s", i > row->begun ? ", " : "", row->entries[i].name);
	talk_warning("not begun: %s", str_text(&names));
}

/* One document, whatever was asked for. judging: NULL where nothing was judged. */
static enum exit_code print_json(const struct row *row, const struct judging *judging)
{
	struct error err;
	cleanup_free char *json = NULL;
	cleanup_free char *acceptance = NULL;
	struct accepted_all all;
	if (judging) {
		judging_all(judging, &all);
		if (accept_json_write(&all, &acceptance, &err) < 0)
			return talk_fail(EXIT_SOMETHING_FAILED, &err);
	}
	size_t count = 0;
	cleanup_free const char **documents = calloc(row->count, sizeof *documents);
	for (size_t i = 0; documents && i < row->count; i++)
		if (row->entries[i].json)
			documents[count++] = row->entries[i].json;
	if (row->count == 1 && count == 0)
		return EXIT_DONE;
	const int r = documents ? row_json_write(documents, count, row->count == 1, acceptance,
	                                         &json, &err)
	                        : error_memory(&err);
	if (r < 0)
		return talk_fail(EXIT_SOMETHING_FAILED, &err);
	fputs(json, stdout);
	return EXIT_DONE;
}

/* A scenario that has no result is missing from the verdict, which is then no pass. */
static enum exit_code miss(struct judging *judging, const struct row_entry *entry)
{
	struct error err;
	const char *const name = entry->name ? entry->name : entry->run.scenario.name;
	error_set(&err, EIO, "%s has no result, so the verdict is without it", name);
	const enum exit_code code = judging_miss(judging, name, -EIO, &err);
	return entry->code != EXIT_DONE ? entry->code : code;
}

/* Holds every result against its criteria. */
static enum exit_code judge_all(const struct row *row, struct judging *judging)
{
	enum exit_code code = EXIT_DONE;
	for (size_t i = 0; i < row->count; i++) {
		const struct row_entry *const entry = &row->entries[i];
		if (entry->result)
			code = exit_worse(code, judging_result(judging, entry->result, NULL));
		else
			code = exit_worse(code, miss(judging, entry));
	}
	return code;
}

/* The verdict over all, after everything else. */
static enum exit_code row_accept(const struct row *row, struct judging **ret_judging)
{
	const struct judging_settings settings = {.arguments = row->arguments};
	const char *const junit = arguments_get(row->arguments, "junit");
	enum exit_code code = judging_open(&settings, ret_judging);
	if (code != EXIT_DONE)
		return code;
	struct judging *const judging = *ret_judging;
	code = judge_all(row, judging);
	struct accepted_all all;
	judging_all(judging, &all);
	if (all.count == 0)
		return code;
	if (!arguments_has(row->arguments, "json")) {
		putchar('\n');
		code = exit_worse(code, judging_print(judging));
	}
	if (junit)
		code = exit_worse(code, judging_write_junit(judging, junit));
	return exit_worse(code, judging_exit(judging));
}

/* An interrupt stops the row; whatever else happens to one scenario, the next has its turn. */
static enum exit_code row_run(struct row *row)
{
	enum exit_code code = EXIT_DONE;
	while (row->begun < row->count && code != EXIT_INTERRUPTED) {
		struct row_entry *const entry = &row->entries[row->begun];
		say_entry_begins(row, row->begun++);
		if (run_entry(entry) == ROW_ENDS_HERE)
			return entry->code;
		print_entry(row, entry);
		code = exit_worse(code, entry->code);
	}
	say_left_out(row);
	struct judging *judging = NULL;
	if (row->is_judged && code != EXIT_INTERRUPTED)
		code = exit_worse(code, row_accept(row, &judging));
	if (arguments_has(row->arguments, "json"))
		code = exit_worse(code, print_json(row, judging));
	judging_free(judging);
	return code;
}

static enum exit_code run_run(const struct arguments *arguments)
{
	struct row row = {0};
	enum exit_code code = EXIT_DONE;
	if (!arguments_has(arguments, "dry-run"))
		code = judging_clear_junit(arguments);
	if (code == EXIT_DONE)
		code = row_load(arguments, &row);
	if (code == EXIT_DONE)
		code = arguments_has(arguments, "dry-run") ? row_plan(&row) : row_run(&row);
	row_release(&row);
	return code;
}

static const struct option_entry options[] = {
        OVERRIDE_OPTIONS{'o', "output", "FILE",
                         "the result file, or a folder for it (default: results/NAME-TIME.db)"},
        {'n', "dry-run", NULL, "print what would be done, as `plateau plan` does"},
        {0, "force", NULL, "replace the result file if it exists, and any FILE of --junit"},
        {0, "resume", "FILE",
         "go on with the run whose result this is; -r N: up to N blocks in all"},
        {0, "accept", NULL, "judge by the criteria, with more blocks while undecided"},
        {0, "junit", "FILE", "with --accept: write the verdict as JUnit XML too"},
        METRICS_OPTION,
        PREFLIGHT_OPTIONS};

const struct command command_run = {
        .name = "run",
        .operands = "[SCENARIO... | -- COMMAND ARG...]",
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
                "Several scenarios run one after the other, each into a result of its own; their "
                "tables are printed as they come, with --json one document at the end; with "
                "--accept only throughput and warnings of each, unless --verbose asks for all. An "
                "interrupt stops the row.\n\n"
                "With --accept the results are held against the criteria of their scenarios (the "
                "key accept), or of the file that --criteria names, such as one of `plateau accept "
                "--make-criteria`; while these cannot be decided blocks are added up to their "
                "max_repeats. The result keeps the criteria, and --resume goes on judging. Exit "
                "code 0: accepted, 3: a criterion failed, 4: undecided.\n\n"
                "  plateau run --accept --criteria our-nodes.yaml scenario.yaml\n"
                "  plateau run --accept --criteria our-nodes.yaml -- COMMAND\n\n"
                "A first Ctrl-C ends the running trial and keeps the result; a second one ends the "
                "tasks at once.",
        .options = options,
        .option_count = ARRAY_LENGTH(options),
        .least_operands = 0,
        .most_operands = SIZE_MAX,
        .takes_rest = true,
        .run = run_run,
};
