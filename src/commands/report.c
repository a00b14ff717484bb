/* plateau report: results as one page that can be handed over. */
#include "analyse/findings.h"
#include "commands/command.h"
#include "commands/talk.h"
#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/file.h"
#include "core/number.h"
#include "core/str.h"
#include "report/document_html.h"
#include "report/event_compare.h"
#include "report/index.h"
#include "report/json/report_json.h"
#include "report/plot/plot_gnuplot.h"
#include "report/section/sections.h"
#include "store/load.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct report {
	const struct arguments *arguments;
	struct document *documents; /* with several results the first is their index */
	size_t count;
	struct table *index;          /* NULL with one result */
	struct event_variants events; /* of several results */
	char *path;                   /* of the page */
};

/* How figures are written in a page, whatever the locale. */
static const struct text_style page_style = {.width = 100};

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

static bool is_same_file(const char *path, const char *result)
{
	struct stat a;
	struct stat b;
	return stat(path, &a) == 0 && stat(result, &b) == 0 && a.st_dev == b.st_dev &&
	       a.st_ino == b.st_ino;
}

/* Whether path is a page that an earlier report wrote. */
static bool is_report(const char *path)
{
	char begin[256] = "";
	const size_t length = strlen(document_html_sign);
	cleanup_file FILE *stream = fopen(path, "re");
	return stream && fread(begin, 1, length, stream) == length &&
	       memcmp(begin, document_html_sign, length) == 0;
}

/* Nothing is lost that somebody else made: only an earlier report is replaced. */
static int check_path(const struct report *report, struct error *err)
{
	const struct words *const results = &report->arguments->operands;
	struct stat status;
	if (strcmp(report->path, "-") == 0) {
		if (arguments_has(report->arguments, "json"))
			return error_set(err, EINVAL,
			                 "-o - and --json both want stdout: name the page");
		return 0;
	}
	for (size_t i = 0; i < results->count; i++)
		if (is_same_file(report->path, results->items[i]))
			return error_set(err, EINVAL,
			                 "%s is a result itself: name another file with -o",
			                 report->path);
	if (stat(report->path, &status) < 0)
		return 0;
	if (S_ISDIR(status.st_mode))
		return error_set(err, EINVAL, "%s is a folder: name a file in it", report->path);
	if (S_ISREG(status.st_mode) && status.st_size > 0 && !is_report(report->path) &&
	    !arguments_has(report->arguments, "force"))
		return error_set(err, EEXIST,
		                 "%s is there already and is no report of plateau: name another "
		                 "file with -o, or say --force to replace it",
		                 report->path);
	return 0;
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
	report_fill(&findings, READ_IN_PAGE, doc);
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

static int put_page(const struct report *report, const char *html, struct error *err)
{
	if (strcmp(report->path, "-") == 0) {
		/* What does not go out is found and told by main. */
		fputs(html, stdout);
		return 0;
	}
	return file_replace(report->path, html, strlen(html), err);
}

/* The plots as files, where they were asked for. */
static int write_plots(const struct report *report, struct report_answer *answer, struct error *err)
{
	/* The index has none. */
	const size_t first = report->index ? 1 : 0;
	answer->folder = arguments_get(report->arguments, "plots");
	if (!answer->folder)
		return 0;
	return plots_write_files(report->documents + first, report->count - first, answer->folder,
	                         NULL, &answer->folder_plots, err);
}

/* The answer is where the page is. */
static int tell(const struct report *report, const struct report_answer *answer, struct error *err)
{
	char size[NUMBER_TEXT_BYTES];
	cleanup_free char *json = NULL;
	if (strcmp(report->path, "-") == 0)
		return 0;
	if (arguments_has(report->arguments, "json")) {
		const int r = report_json_write(answer, &json, err);
		if (r < 0)
			return r;
		fputs(json, stdout);
		return 0;
	}
	printf("%s\n", report->path);
	number_format_bytes((int64_t)answer->page_bytes, size);
	talk_detail(report->arguments, "the page is %s and needs nothing besides", size);
	return 0;
}

static int make_page(struct report *report, char **ret_html, struct undrawn *ret_undrawn,
                     struct error *err)
{
	cleanup_free char *title = NULL;
	int r = report->count == 1
	                ? str_copy(report->documents[0].title, &title, err)
	                : str_format(&title, err, "%zu results of plateau", report->count - 1);
	if (r == 0 && report->count > 1)
		document_title(&report->documents[0], title);
	return r < 0 ? r
	             : document_html_write(report->documents, report->count, title, plot_draw,
	                                   ret_html, ret_undrawn, err);
}

static enum exit_code write_page(struct report *report)
{
	struct error err;
	struct undrawn undrawn = {0};
	cleanup_free char *html = NULL;
	int r = make_page(report, &html, &undrawn, &err);
	if (r == 0)
		r = put_page(report, html, &err);
	if (r != 0)
		return talk_fail(EXIT_SOMETHING_FAILED, &err);
	struct report_answer answer = {
	        .page = report->path,
	        .page_bytes = strlen(html),
	        .results = report->arguments->operands.count,
	        .undrawn = undrawn.plots,
	        .why = undrawn.why.text,
	};
	if (write_plots(report, &answer, &err) < 0)
		return talk_fail(undrawn.plots > 0 ? EXIT_NODE_CANNOT : EXIT_SOMETHING_FAILED,
		                 &err);
	if (tell(report, &answer, &err) < 0)
		return talk_fail(EXIT_SOMETHING_FAILED, &err);
	if (undrawn.plots == 0)
		return EXIT_DONE;
	talk_error("%zu plots are missing from the page: %s", undrawn.plots, undrawn.why.text);
	return EXIT_NODE_CANNOT;
}

static enum exit_code run_report(const struct arguments *arguments)
{
	struct error err;
	struct report report = {.arguments = arguments};
	int r = choose_path(arguments, &report.path, &err);
	if (r == 0)
		r = check_path(&report, &err);
	if (r == 0)
		r = load_results(&report, &err);
	const enum exit_code code = r < 0 ? talk_fail(exit_for_file(r), &err) : write_page(&report);
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
                "`plateau show` says, with plots, and where the result comes from. Several results "
                "stand below one another in one page.\n\n"
                "An existing FILE is replaced when the new page is whole, but only if it is an "
                "earlier report, or with --force. The plots are drawn by gnuplot; without it the "
                "page has their figures as tables, and the exit code is 5.\n\n"
                "docs/report.md describes the page and the files of --plots.",
        .options = report_options,
        .option_count = ARRAY_LENGTH(report_options),
        .least_operands = 1,
        .most_operands = SIZE_MAX,
        .run = run_report,
};
