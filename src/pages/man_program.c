/* plateau(1) */
#include "commands/command.h"
#include "pages/man_parts.h"
#include "pages/pages.h"
#include "pages/roff.h"

static const char description[] =
        "Finds out by experiment how many copies of a task a node should run at once, and why it "
        "does not scale further: it keeps exactly N copies running, for one N after the other, and "
        "measures throughput, wall times, memory, I/O and hardware counters of every task. Results "
        "are files that can be shown, compared, judged, exported, and handed over as one page; "
        "many nodes are measured through Slurm. What other tools have recorded is read as well.\n\n"
        "A COMMAND says what is to be done; `plateau help COMMAND` and the page of each tell more. "
        "Options are written in full or by letter, and may stand before and behind other words; "
        "-- ends them. stdout has the answer, stderr the talk.\n\n"
        "Pages that are called docs/NAME.md are in the source, and in the package plateau-doc.";

static const struct command_note examples[] = {
        {"plateau run -j 1,2,4,cores -- my-task --with its-options",
         "How does this command scale here, up to every core?"},
        {"plateau node", "What is this node, and what can be measured on it?"},
        {"plateau report results/my-task-*.db -o page.html", "One page to hand over."},
        {NULL, NULL},
};

static const struct command_note variables[] = {
        {"NO_COLOR", "where this is set, --color auto means never"},
        {"COLUMNS", "width of the terminal, where it cannot be asked"},
        {"TMPDIR", "where working folders of tasks are made; /tmp if not set"},
        {"PATH", "where programs are looked for: the task, gnuplot, strace, the commands of Slurm"},
        {NULL, NULL},
};

static const struct command_note files[] = {
        {"results/NAME-TIME.db", "where `plateau run` puts a result, unless it is told otherwise"},
        {"plateau/metrics.yaml",
         "in the data folder of the installation (share), and in the configuration folder of the "
         "system: what is counted by which name; docs/metrics.md"},
        {"plateau/scenarios", "in the data folder: scenario files to copy from"},
        {NULL, NULL},
};

static void add_environment(struct str *s)
{
	roff_section(s, "environment");
	roff_text(s,
	          "Each option that takes a value can be set by a variable, PLATEAU_ and its name "
	          "in capitals, with _ for a dash: PLATEAU_REPEATS for --repeats. What stands on "
	          "the command line comes before it; an empty variable counts as not set. Other "
	          "variables:");
	man_notes(s, NULL, variables);
}

void page_program(struct str *s, const struct command *const table[], const char *date)
{
	const struct roff_page page = {.name = "plateau",
	                               .section = 1,
	                               .summary =
	                                       "how many copies of a task a node should run, and "
	                                       "why it stops scaling there",
	                               .date = date};
	roff_begin(s, &page);
	roff_section(s, "synopsis");
	str_add(s,
	        "\\fBplateau\\fR \\fICOMMAND\\fR [\\fIOPTION\\fR]... [\\fIARGUMENT\\fR]...\n.br\n"
	        "\\fBplateau help\\fR [\\fICOMMAND\\fR]\n.br\n"
	        "\\fBplateau \\-\\-help\\fR\n.br\n"
	        "\\fBplateau \\-\\-version\\fR [\\fB\\-\\-verbose\\fR]\n");
	roff_section(s, "description");
	roff_paragraphs(s, description);
	roff_section(s, "commands");
	man_commands(s, table, NULL);
	man_options(s, "options of every command", common_options, COMMON_OPTION_COUNT);
	man_exits(s, NULL);
	add_environment(s);
	man_notes(s, "files", files);
	man_examples(s, examples);
	roff_section(s, "see also");
	roff_reference(s, "plateau-scenario", 5, true);
	roff_reference(s, "plateau-isr", 1, true);
	roff_reference(s, "plateau-spin", 1, true);
	roff_reference(s, "plateau-stream", 1, false);
}
