/* plateau compare: one node against others. */
#include "analyse/compare/compare.h"
#include "commands/command.h"
#include "commands/compare_sides.h"
#include "commands/outputs.h"
#include "commands/page_file.h"
#include "commands/talk.h"
#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "report/compare/compare_document.h"
#include "report/document_text.h"
#include "report/json/compare_json.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct compared {
	const struct arguments *arguments;
	struct compare_sides sides;
	struct comparison *items; /* of each side but the base */
	size_t count;
};

static void release_compared(struct compared *compared)
{
	for (size_t i = 0; i < compared->count; i++)
		comparison_release(&compared->items[i]);
	free(compared->items);
	compare_sides_release(&compared->sides);
}

static int build(struct compared *compared, struct error *err)
{
	const struct compare_sides *const sides = &compared->sides;
	compared->items = calloc(sides->count, sizeof *compared->items);
	if (!compared->items)
		return error_memory(err);
	for (size_t i = 1; i < sides->count; i++) {
		const int r = compare_build(&sides->items[0], &sides->items[i],
		                            &compared->items[compared->count], err);
		if (r < 0)
			return r;
		compared->count++;
	}
	return 0;
}

/* ---- Answers -------------------------------------------------------------------------------- */

static int write_text(const struct compared *compared, char **ret_text, struct error *err)
{
	const struct text_style style = talk_style(compared->arguments);
	cleanup_document struct document doc;
	document_init(&doc, "", &style);
	compare_fill(compared->items, compared->count, READ_IN_TERMINAL, &doc);
	return document_text_write(&doc, ret_text, err);
}

static int print(const struct compared *compared, struct error *err)
{
	cleanup_free char *text = NULL;
	const int r = arguments_has(compared->arguments, "json")
	                      ? compare_json_write(compared->items, compared->count, &text, err)
	                      : write_text(compared, &text, err);
	if (r < 0)
		return r;
	/* What does not go out is found and told by main. */
	fputs(text, stdout);
	return 0;
}

/* The page with its plots, or the plots alone. */
static enum exit_code write_page(const struct compared *compared, const struct page_file *page)
{
	cleanup_document struct document doc;
	document_init(&doc, "", &page_style);
	compare_fill(compared->items, compared->count, READ_IN_PAGE, &doc);
	return page_file_write(page, &doc, 1, doc.title);
}

/* The table goes to stdout, unless the page does. */
static enum exit_code answer(const struct compared *compared, const struct page_file *page)
{
	const bool is_to_stdout = output_is_stdout(page->path);
	struct error err;
	const int r = is_to_stdout ? 0 : print(compared, &err);
	if (r < 0)
		return talk_fail(EXIT_SOMETHING_FAILED, &err);
	return page->path || page->plots ? write_page(compared, page) : EXIT_DONE;
}

static int check_page(const struct arguments *arguments, const struct page_file *page,
                      struct error *err)
{
	cleanup_taken_files struct taken_files taken = {0};
	if (!page->path)
		return 0;
	int r = taken_files_add_results(&taken, &arguments->operands, NULL, "a result", err);
	if (r == 0)
		r = taken_files_add_results(&taken, &arguments->rest, NULL, "a result", err);
	return r < 0 ? r : page_file_check(page, &taken, err);
}

static enum exit_code run_compare(const struct arguments *arguments)
{
	struct error err;
	struct compared compared = {.arguments = arguments};
	const struct page_file page = page_file_beside(arguments, &compared.sides.files);
	int r = check_page(arguments, &page, &err);
	if (r == 0)
		r = compare_sides_open(arguments, &compared.sides, &err);
	if (r == 0)
		r = build(&compared, &err);
	const enum exit_code code =
	        r < 0 ? talk_fail(exit_for_file(r), &err) : answer(&compared, &page);
	release_compared(&compared);
	return code;
}

static const struct option_entry compare_options[] = {
        {0, "names", "LIST", "how the sides are called, with commas, the base first"},
        {'o', "output", "FILE", "write a page too, with plots; - for stdout"},
        {0, "plots", "DIR", "write every plot there as SVG, PDF and PNG, with data and script"},
        {0, "force", NULL, "replace FILE even if it is no report of plateau"},
};

const struct command command_compare = {
        .name = "compare",
        .operands = "BASE NEW... | BASE... -- NEW...",
        .summary = "hold nodes against one another: ratios with intervals",
        .details =
                "Says how much more work one node does than another, each at its best number of "
                "tasks, and for every level that both have the ratio of throughput, wall time, "
                "frequency, cycles, misses, memory, energy and whatever else both have, new by "
                "base, with 95 % intervals; then how each scales. What is not comparable has no "
                "ratio but a reason: another event, another mode, another baseline. In what the "
                "runs differ (scenario, program, inputs, placement, NUMA layout, clock) is said "
                "first.\n\n"
                "The first result is the base, and every other one is held against it. A folder "
                "stands for all results in it, as runs of one kind of node, and so does a pattern "
                "in quotes; BASE... -- NEW... gives several runs to both sides. With several runs "
                "on a side the interval holds what differs from run to run; with one run a side it "
                "is called within-run, and holds only what one run says of itself.\n\n"
                "A side is called by what tells it from the others: its processor, else its host, "
                "the folder of its runs, its scenario or its file; --names gives other names.\n\n"
                "docs/method.md says how ratios and intervals are worked out, docs/json.md what "
                "--json answers.",
        .options = compare_options,
        .option_count = ARRAY_LENGTH(compare_options),
        .least_operands = 1,
        .most_operands = SIZE_MAX,
        .takes_rest = true,
        .exits =
                {
                        {EXIT_USAGE, "a result cannot be read, or an option is wrong"},
                        {EXIT_NODE_CANNOT, "gnuplot, which draws the plots, is missing or failed; "
                                           "the page has their figures as tables"},
                },
        .examples =
                {
                        {"plateau compare old-node.db new-node.db",
                         "what the new node does more than the old one"},
                        {"plateau compare old/*.db -- new/*.db -o compare.html",
                         "several runs of each, as a page"},
                        {"plateau compare base.db a.db b.db --names old,a,b",
                         "two against one, with names"},
                },
        .see_also = "show, report, accept",
        .run = run_compare,
};
