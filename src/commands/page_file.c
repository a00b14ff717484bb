#include "commands/page_file.h"

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
#include <sys/stat.h>

const struct text_style page_style = {.width = 100};

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
int page_file_check(const struct page_file *page, struct error *err)
{
	const struct words *const results = page->results;
	struct stat status;
	if (strcmp(page->path, "-") == 0) {
		if (arguments_has(page->arguments, "json"))
			return error_set(err, EINVAL,
			                 "-o - and --json both want stdout: name the page");
		return 0;
	}
	for (size_t i = 0; i < results->count; i++)
		if (is_same_file(page->path, results->items[i]))
			return error_set(err, EINVAL,
			                 "%s is a result itself: name another file with -o",
			                 page->path);
	if (stat(page->path, &status) < 0)
		return 0;
	if (S_ISDIR(status.st_mode))
		return error_set(err, EINVAL, "%s is a folder: name a file in it", page->path);
	if (S_ISREG(status.st_mode) && status.st_size > 0 && !is_report(page->path) &&
	    !page->is_forced)
		return error_set(err, EEXIST,
		                 "%s is there already and is no report of plateau: name another "
		                 "file with -o, or say --force to replace it",
		                 page->path);
	return 0;
}

static int put_page(const struct page_file *page, const char *html, struct error *err)
{
	if (strcmp(page->path, "-") == 0) {
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
	if (strcmp(page->path, "-") == 0)
		return 0;
	if (arguments_has(page->arguments, "json")) {
		const int r = report_json_write(&answer, &json, err);
		if (r < 0)
			return r;
		fputs(json, stdout);
		return 0;
	}
	printf("%s\n", page->path);
	number_format_bytes((int64_t)outcome->bytes, size);
	talk_detail(page->arguments, "the page is %s and needs nothing besides", size);
	return 0;
}

enum exit_code page_file_write(const struct page_file *page, const struct document *documents,
                               size_t count, const char *title)
{
	struct error err;
	struct page_outcome outcome = {0};
	struct undrawn *const undrawn = &outcome.undrawn;
	cleanup_free char *html = NULL;
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
