/* plateau report: results as one page that can be handed over. */
#include "analyse/findings.h"
#include "commands/command.h"
#include "commands/judging.h"
#include "commands/outputs.h"
#include "commands/page_file.h"
#include "commands/talk.h"
#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/str.h"
#include "formats/scenario/scenario_json.h"
#include "model/scenario.h"
#include "report/event_compare.h"
#include "report/index.h"
#include "report/section/sections.h"
#include "store/load.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct report {
	const struct arguments *arguments;
	struct document *documents; /* with several results the first is their index */
	size_t count;
	struct table *index;          /* NULL with one result */
	struct event_variants events; /* of several results */
	char *path;                   /* of the page */
};

static void release_report(struct report *report)
{
	for (size_t i = 0; report->documents && i < report->count; i++)
		document_release(&report->documents[i]);
	free(report->documents);
	event_variants_release(&report->events);
	free(report->path);
}

/* "results/a.db" to "results/a.html". */
static int choose_path(const struct arguments *arguments, char **ret_path, struct error *err)
{
	const char *const given = arguments_get(arguments, "output");
	const char *const result = arguments->operands.items[0];
	if (given)
		return str_copy(given, ret_path, err);
	if (arguments->operands.count > 1)
		return error_set(err, EINVAL,
		                 "several results make one page: name it with -o FILE.html");
	const size_t length = strlen(result);
	const bool has_end = length > 3 && strcmp(result + length - 3, ".db") == 0;
	return str_format(ret_path, err, "%.*s.html", (int)(has_end ? length - 3 : length), result);
}

/* Whether the scenario that a result was measured by says what the node must be. */
static bool has_criteria(const struct dataset *dataset)
{
	struct error err;
	cleanup_scenario struct scenario scenario = {0};
	return dataset->run.scenario_json &&
	       scenario_json_read(dataset->run.scenario_json, &scenario, &err) == 0 &&
	       scenario.accept.count > 0;
}

/* Fills the page, with the verdict on the result where criteria came with it. One that cannot be
 * judged is shown all the same; why is said by the judging. */
static void fill_page(const struct report *report, const char *path,
                      const struct findings *findings, struct document *doc)
{
	const struct judging_settings settings = {.arguments = report->arguments};
	struct judging *judging = NULL;
	const struct accepted *accepted = NULL;
	const bool is_judged = has_criteria(findings->dataset) &&
	                       judging_open(&settings, &judging) == EXIT_DONE &&
	                       judging_result(judging, path, &accepted) == EXIT_DONE;
	if (is_judged) {
		struct accepted shown = *accepted;
		shown.findings = findings;
		report_fill_judged(&shown, READ_IN_PAGE, doc);
	} else {
		report_fill(findings, READ_IN_PAGE, doc);
	}
	judging_free(judging);
}

static int add_result(struct report *report, const char *path, struct error *err)
{
	cleanup_dataset struct dataset dataset = {0};
	cleanup_findings struct findings findings = {0};
	int r = load_dataset(path, &dataset, err);
	if (r < 0)
		return r; /* it names the file */
	r = findings_build(&dataset, &findings, err);
	const char *const input = arguments_get(report->arguments, "phases-of");
	if (r == 0 && input)
		r = phases_choose_input(&findings.summary, input, &findings.phases, err);
	if (r < 0)
		return error_context(err, r, "%s", path);
	struct document *const doc = &report->documents[report->count++];
	document_init(doc, "", &page_style);
	fill_page(report, path, &findings, doc);
	if (doc->failed)
		return error_memory(err);
	if (!report->index)
		return 0;
	index_add(report->index, &findings, &page_style);
	return event_variants_add(&report->events, &dataset, err);
}

static int load_results(struct report *report, struct error *err)
{
	const struct words *const results = &report->arguments->operands;
	int r = 0;
	report->documents = calloc(results->count + 1, sizeof *report->documents);
	if (!report->documents)
		return error_memory(err);
	if (results->count > 1) {
		struct document *const doc = &report->documents[report->count++];
		document_init(doc, "", &page_style);
		report->index = index_begin(doc);
	}
	for (size_t i = 0; r == 0 && i < results->count; i++)
		r = add_result(report, results->items[i], err);
	if (r == 0 && report->index)
		event_variants_say(&report->events, &report->documents[0]);
	return r;
}

static enum exit_code write_page(struct report *report, const struct page_file *page)
{
	struct error err;
	cleanup_free char *title = NULL;
	const int r = report->count == 1 ? str_copy(report->documents[0].title, &title, &err)
	                                 : str_format(&title, &err, "%zu results of plateau",
	                                              report->count - 1);
	if (r < 0)
		return talk_fail(EXIT_SOMETHING_FAILED, &err);
	if (report->count > 1)
		document_title(&report->documents[0], title);
	return page_file_write(page, report->documents, report->count, title);
}

static enum exit_code run_report(const struct arguments *arguments)
{
	struct error err;
	struct report report = {.arguments = arguments};
	int r = choose_path(arguments, &report.path, &err);
	const struct page_file page = {
	        .arguments = arguments,
	        .option = "-o",
	        .path = report.path,
	        .plots = arguments_get(arguments, "plots"),
	        .results = &arguments->operands,
	        .plain_documents = arguments->operands.count > 1 ? 1 : 0,
	        .is_forced = arguments_has(arguments, "force"),
	};
	cleanup_taken_files struct taken_files taken = {0};
	for (size_t i = 0; r == 0 && i < arguments->operands.count; i++)
		r = taken_files_add(&taken, arguments->operands.items[i], "a result", &err);
	if (r == 0)
		r = page_file_check(&page, &taken, &err);
	if (r == 0)
		r = load_results(&report, &err);
	const enum exit_code code =
	        r < 0 ? talk_fail(exit_for_file(r), &err) : write_page(&report, &page);
	release_report(&report);
	return code;
}

static const struct option_entry report_options[] = {
        {'o', "output", "FILE", "the page (default: RESULT with .html); - for stdout"},
        {0, "plots", "DIR", "write every plot there as SVG, PDF and PNG, with data and script"},
        {0, "phases-of", "INPUT", "draw the time stamps of tasks with this input"},
        {0, "force", NULL, "replace FILE even if it is no report of plateau"},
};

const struct command command_report = {
        .name = "report",
        .operands = "RESULT...",
        .summary = "write a result as a page to hand over",
        .details =
                "Writes one HTML file that stands alone: nothing in it is fetched from elsewhere, "
                "and it can be read with scripts blocked, printed, and sent by mail. It says what "
                "`plateau show` says, with plots, and where the result comes from; where its "
                "scenario "
                "has criteria (accept), the verdict stands first. Several results stand below one "
                "another in one page.\n\n"
                "An existing FILE is replaced when the new page is whole, but only if it is an "
                "earlier report, or with --force. The plots are drawn by gnuplot; without it the "
                "page has their figures as tables.\n\n"
                "docs/report.md describes the page and the files of --plots.",
        .options = report_options,
        .option_count = ARRAY_LENGTH(report_options),
        .least_operands = 1,
        .most_operands = SIZE_MAX,
        .exits =
                {
                        {EXIT_USAGE, "a result cannot be read, or an option is wrong"},
                        {EXIT_NODE_CANNOT, "gnuplot, which draws the plots, is missing or failed; "
                                           "the page has their figures as tables"},
                },
        .examples =
                {
                        {"plateau report results/my-task.db", "the page results/my-task.html"},
                        {"plateau report results/*.db -o nodes.html --plots plots",
                         "several results in one page, and the plots as files"},
                },
        .see_also = "show, compare, accept",
        .run = run_report,
};
