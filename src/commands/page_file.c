#include "commands/page_file.h"

#include "commands/outputs.h"
#include "commands/talk.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/file.h"
#include "core/number.h"
#include "report/document_html.h"
#include "report/json/report_json.h"
#include "report/plot/plot_gnuplot.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

const struct text_style page_style = {.width = 100};

struct page_file page_file_beside(const struct arguments *arguments, const struct words *results)
{
	return (struct page_file){
	        .arguments = arguments,
	        .option = "-o",
	        .path = arguments_get(arguments, "output"),
	        .plots = arguments_get(arguments, "plots"),
	        .results = results,
	        .is_forced = arguments_has(arguments, "force"),
	        .is_aside = true,
	};
}

int page_file_check(const struct page_file *page, const struct taken_files *taken,
                    struct error *err)
{
	const struct output output = {
	        .path = page->path,
	        .option = page->option,
	        .kind = OUTPUT_PAGE,
	        .is_forced = page->is_forced,
	};
	if (output_is_stdout(page->path) && arguments_has(page->arguments, "json"))
		return error_set(err, EINVAL, "%s - and --json both want stdout: name the page",
		                 page->option);
	return output_check(&output, taken, err);
}

static int put_page(const struct page_file *page, const char *html, struct error *err)
{
	if (output_is_stdout(page->path)) {
		/* What does not go out is found and told by main. */
		fputs(html, stdout);
		return 0;
	}
	return file_replace(page->path, html, strlen(html), err);
}

/* What a page was made of, and what of it is missing. */
struct page_outcome {
	size_t bytes;
	size_t folder_plots;
	struct undrawn undrawn;
};

/* The answer is where the page is. */
static int tell(const struct page_file *page, const struct page_outcome *outcome, struct error *err)
{
	char size[NUMBER_TEXT_BYTES];
	cleanup_free char *json = NULL;
	const struct report_answer answer = {
	        .page = page->path,
	        .page_bytes = outcome->bytes,
	        .results = page->results->count,
	        .undrawn = outcome->undrawn.plots,
	        .why = outcome->undrawn.why.text,
	        .folder = page->plots,
	        .folder_plots = outcome->folder_plots,
	};
	if (output_is_stdout(page->path))
		return 0;
	if (arguments_has(page->arguments, "json")) {
		const int r = report_json_write(&answer, &json, err);
		if (r < 0)
			return r;
		fputs(json, stdout);
		return 0;
	}
	talk_path(page->path);
	number_format_bytes((int64_t)outcome->bytes, size);
	talk_detail(page->arguments, "the page is %s and needs nothing besides", size);
	return 0;
}

static enum exit_code write_plots(const struct page_file *page, const struct document *documents,
                                  size_t count)
{
	struct error err;
	size_t plots;
	int r = 0;
	for (size_t i = 0; r == 0 && i < count; i++)
		r = documents[i].failed ? error_memory(&err) : 0;
	if (r == 0)
		r = plots_write_files(documents, count, page->plots, NULL, &plots, &err);
	return r < 0 ? talk_fail(EXIT_SOMETHING_FAILED, &err) : EXIT_DONE;
}

enum exit_code page_file_write(const struct page_file *page, const struct document *documents,
                               size_t count, const char *title)
{
	struct error err;
	struct page_outcome outcome = {0};
	struct undrawn *const undrawn = &outcome.undrawn;
	cleanup_free char *html = NULL;
	if (!page->path)
		return write_plots(page, documents, count);
	int r = document_html_write(documents, count, title, plot_draw, &html, undrawn, &err);
	if (r == 0)
		r = put_page(page, html, &err);
	if (r != 0)
		return talk_fail(EXIT_SOMETHING_FAILED, &err);
	outcome.bytes = strlen(html);
	const size_t first = page->plain_documents;
	if (page->plots && plots_write_files(documents + first, count - first, page->plots, NULL,
	                                     &outcome.folder_plots, &err) < 0)
		return talk_fail(undrawn->plots > 0 ? EXIT_NODE_CANNOT : EXIT_SOMETHING_FAILED,
		                 &err);
	if (!page->is_aside && tell(page, &outcome, &err) < 0)
		return talk_fail(EXIT_SOMETHING_FAILED, &err);
	if (undrawn->plots == 0)
		return EXIT_DONE;
	talk_error("%zu plots are missing from the page: %s", undrawn->plots, undrawn->why.text);
	return EXIT_NODE_CANNOT;
}

void page_file_note(const struct page_file *page)
{
	const char *const to = page->path ? page->path : page->plots;
	if (!to || strcmp(to, "-") == 0)
		return;
	if (page->path && page->plots)
		talk_note(page->arguments, "written: %s, and plots in %s", to, page->plots);
	else
		talk_note(page->arguments, "written: %s", to);
}
