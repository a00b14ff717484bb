/* `plateau run`: one scenario after the other, each in a process of its own, and the answer over
 * all of them. What is read is in run_row.c, one scenario in run_entry.c, the answer in
 * run_answer.c; preparing is in run_prepare.c, measuring in run_measure.c. */
#include "commands/command.h"
#include "commands/judging.h"
#include "commands/metrics.h"
#include "commands/overrides.h"
#include "commands/plan.h"
#include "commands/preflight.h"
#include "commands/run_row.h"
#include "commands/talk.h"
#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/str.h"
#include "platform/node.h"

#include <stdint.h>
#include <stdio.h>

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

/* An interrupt stops the row; whatever else happens to one scenario, the next has its turn. */
static enum exit_code row_run(struct row *row)
{
	enum exit_code code = EXIT_DONE;
	while (row->begun < row->count && code != EXIT_INTERRUPTED) {
		struct row_entry *const entry = &row->entries[row->begun];
		say_entry_begins(row, row->begun++);
		if (row_entry_run(entry) == ROW_ENDS_HERE)
			return entry->code;
		row_print(row, entry);
		code = exit_worse(code, entry->code);
	}
	say_left_out(row);
	struct judging *judging = NULL;
	if (row->is_judged && code != EXIT_INTERRUPTED)
		code = exit_worse(code, row_accept(row, &judging));
	if (arguments_has(row->arguments, "json"))
		code = exit_worse(code, row_print_json(row, judging));
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
                "Options take the place of a scenario's keys. Without either: levels "
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
                "max_repeats. The result keeps the criteria, and --resume goes on judging.\n\n"
                "A first Ctrl-C ends the running trial and keeps the result; a second one ends the "
                "tasks at once.",
        .options = options,
        .option_count = ARRAY_LENGTH(options),
        .least_operands = 0,
        .most_operands = SIZE_MAX,
        .takes_rest = true,
        .exits =
                {
                        {EXIT_DONE, "measured, and no task failed, or a criterion speaks of "
                                    "failures; with --accept: accepted"},
                        {EXIT_SOMETHING_FAILED,
                         "tasks failed and no criterion speaks of failures, tasks could not be "
                         "started, the disk is full, or the measuring process died; what was "
                         "stored is kept"},
                        {EXIT_USAGE,
                         "the scenario, an option or a criterion is wrong; nothing was run"},
                        {EXIT_CRITERIA_FAILED, "with --accept: a criterion failed"},
                        {EXIT_INCONCLUSIVE, "with --accept: undecided"},
                        {EXIT_NODE_CANNOT,
                         "this node cannot do it: too little memory, an event that cannot be "
                         "counted, other load above the limits, no allocation, or every level is "
                         "left out"},
                        {EXIT_INTERRUPTED, "interrupted, with the result kept"},
                },
        .variables =
                {
                        {"TMPDIR", "where the working folders of tasks are made; /tmp if not set"},
                        {"PLATEAU_RUN, PLATEAU_SLOT, PLATEAU_INDEX, PLATEAU_LEVEL, PLATEAU_CPU, "
                         "PLATEAU_WORKDIR",
                         "set for every task: the run, the slot, the number of the task in its "
                         "trial, how many run at once, the first PU, and the working folder"},
                },
        .files =
                {
                        {"results/NAME-TIME.db", "the result, unless -o says otherwise"},
                        {"plateau/metrics.yaml",
                         "in the data folder, and in the configuration folder of the system: what "
                         "is counted by which name"},
                },
        .examples =
                {
                        {"plateau run scenarios/quick.yaml",
                         "a scenario file, into a result below results"},
                        {"plateau run -j 1,2,4,cores -r 3 -o my-task.db -- my-task --its-option",
                         "a command, at four levels, three times each"},
                        {"plateau run --resume my-task.db -r 6",
                         "go on with that run, up to six times each"},
                        {"plateau run --accept --criteria our-nodes.yaml scenario.yaml",
                         "measure and judge, with more blocks while undecided"},
                },
        .see_also = "plan, node, show, report, accept, scenario",
        .run = run_run,
};
