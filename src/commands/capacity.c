/* plateau capacity: how many node-days and how much storage a production takes. */
#include "analyse/capacity/capacity_needs.h"
#include "commands/capacity_files.h"
#include "commands/command.h"
#include "commands/outputs.h"
#include "commands/page_file.h"
#include "commands/talk.h"
#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/number.h"
#include "formats/capacity/capacity_yaml.h"
#include "report/capacity/capacity_document.h"
#include "report/document_text.h"
#include "report/json/capacity_json.h"
#include "store/campaign_file.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>

/* ---- Options --------------------------------------------------------------------------------- */

static int read_options(const struct arguments *arguments, struct capacity_options *ret_options,
                        double *ret_reserve, struct error *err)
{
	const char *const nodes = arguments_get(arguments, "nodes");
	const char *const within = arguments_get(arguments, "within");
	const char *const reserve = arguments_get(arguments, "reserve");
	int64_t value;
	*ret_options = (struct capacity_options){0, NAN};
	*ret_reserve = NAN;
	if (nodes) {
		if (number_parse_integer(nodes, 1, 10000000, &value, err) < 0)
			return error_context(err, -EINVAL, "--nodes");
		ret_options->nodes = (uint32_t)value;
	}
	if (within) {
		if (number_parse_duration(within, &value, err) < 0)
			return error_context(err, -EINVAL, "--within");
		if (value == 0)
			return error_set(err, EINVAL, "--within: write a duration, as 90d");
		ret_options->days = (double)value / 86400e9;
	}
	if (reserve) {
		if (number_parse_bytes(reserve, &value, err) < 0)
			return error_context(err, -EINVAL, "--reserve");
		*ret_reserve = (double)value;
	}
	return 0;
}

/* Another reserve than the file's, of every platform. */
static int set_reserve(struct capacity *capacity, double reserve, struct error *err)
{
	for (size_t i = 0; !isnan(reserve) && i < capacity->platform_count; i++) {
		struct capacity_platform *const platform = &capacity->platforms[i];
		if (reserve >= platform->memory_bytes)
			return error_set(err, EINVAL,
			                 "--reserve leaves no memory for tasks on %s; make it "
			                 "smaller",
			                 platform->name);
		platform->reserve_bytes = reserve;
	}
	return 0;
}

/* ---- Answers --------------------------------------------------------------------------------- */

static int write_text(const struct arguments *arguments, const struct capacity_needs *needs,
                      char **ret_text, struct error *err)
{
	const struct text_style style = talk_style(arguments);
	cleanup_document struct document doc;
	document_init(&doc, "", &style);
	capacity_fill(needs, READ_IN_TERMINAL, &doc);
	return document_text_write(&doc, ret_text, err);
}

static int print(const struct arguments *arguments, const struct capacity_needs *needs,
                 struct error *err)
{
	cleanup_free char *text = NULL;
	const int r = arguments_has(arguments, "json")
	                      ? capacity_json_write(needs, arguments->operands.items[0], &text, err)
	                      : write_text(arguments, needs, &text, err);
	if (r < 0)
		return r;
	/* What does not go out is found and told by main. */
	fputs(text, stdout);
	return 0;
}

/* The page with its plots, or the plots alone. */
static enum exit_code write_page(const struct capacity_needs *needs, const struct page_file *page)
{
	cleanup_document struct document doc;
	document_init(&doc, "", &page_style);
	capacity_fill(needs, READ_IN_PAGE, &doc);
	return page_file_write(page, &doc, 1, doc.title);
}

static enum exit_code answer(const struct arguments *arguments, const struct capacity_needs *needs,
                             const struct page_file *page)
{
	const bool is_to_stdout = output_is_stdout(page->path);
	struct error err;
	const int r = is_to_stdout ? 0 : print(arguments, needs, &err);
	if (r < 0)
		return talk_fail(EXIT_SOMETHING_FAILED, &err);
	if (!(page->path || page->plots))
		return EXIT_DONE;
	const enum exit_code code = write_page(needs, page);
	if (code == EXIT_DONE)
		page_file_note(page);
	return code;
}

/* ---- All of it ------------------------------------------------------------------------------- */

static int check_page(const struct page_file *page, const char *path,
                      const struct capacity *capacity, struct error *err)
{
	cleanup_taken_files struct taken_files taken = {0};
	if (!page->path)
		return 0;
	const int r = capacity_files_add(path, capacity, &taken, err);
	return r < 0 ? r : page_file_check(page, &taken, err);
}

/* The one file that is given in place of the other. */
static int check_kind(const char *path, struct error *err)
{
	return campaign_file_is(path)
	               ? error_set(err, EINVAL,
	                           "%s is a campaign; write a file of tasks and platforms, with "
	                           "from: {campaign: FILE} (docs/capacity.md)",
	                           path)
	               : 0;
}

static enum exit_code run_capacity(const struct arguments *arguments)
{
	const char *const path = arguments->operands.items[0];
	const struct page_file page = page_file_beside(arguments, &arguments->operands);
	cleanup_problems struct problems problems = {0};
	cleanup_capacity struct capacity capacity = {0};
	cleanup_capacity_needs struct capacity_needs needs = {0};
	struct capacity_options options;
	double reserve;
	struct error err;
	if (read_options(arguments, &options, &reserve, &err) < 0 || check_kind(path, &err) < 0)
		return talk_fail(EXIT_USAGE, &err);
	int r = capacity_yaml_load(path, &capacity, &problems, &err);
	if (problems.count > 0)
		return talk_problems(&problems, &err);
	if (r == 0)
		r = set_reserve(&capacity, reserve, &err);
	if (r == 0)
		r = check_page(&page, path, &capacity, &err);
	if (r < 0)
		return talk_fail(exit_for_file(r), &err);
	const enum exit_code code = capacity_files_read(arguments, path, &capacity);
	if (code != EXIT_DONE)
		return code;
	r = capacity_needs_build(&capacity, &options, &needs, &err);
	return r < 0 ? talk_fail(EXIT_SOMETHING_FAILED, &err) : answer(arguments, &needs, &page);
}

static const struct option_entry capacity_options[] = {
        {0, "nodes", "N", "how many nodes there are: days that it takes"},
        {0, "within", "DURATION", "in what time it is to be done: nodes that it takes (90d)"},
        {0, "reserve", "SIZE", "memory that the system keeps of every node, whatever FILE says"},
        {'o', "output", "FILE", "write a page too, with plots; - for stdout"},
        {0, "plots", "DIR", "write every plot there as SVG, PDF and PNG, with data and script"},
        {0, "force", NULL, "replace FILE even if it is no report of plateau"},
};

const struct command command_capacity = {
        .name = "capacity",
        .operands = "FILE",
        .summary = "node-days and storage of a production, on several kinds of nodes",
        .details =
                "Says how many node-days a production takes on each of several platforms: how many "
                "jobs fit on a node and whether cores or memory limit them, CPU hours, storage, "
                "what a tenth more or less of every input would change, and which max RSS gives "
                "one job more or costs one.\n\n"
                "FILE is YAML with tasks (instances, CPU time, max RSS), platforms (cores, memory, "
                "reserve, CPU factor) and data products (size, kept or not). What tasks need is "
                "written down, or taken from a campaign, from resource parameters, or from a "
                "result of plateau at a chosen number of tasks; a CPU factor may come from two "
                "results. Where inputs have 95 % intervals, so have the answers.\n\n"
                "scenarios/capacity-drp.yaml is a complete example; docs/capacity.md goes through "
                "it and lists every key, docs/json.md has what --json answers.",
        .options = capacity_options,
        .option_count = ARRAY_LENGTH(capacity_options),
        .least_operands = 1,
        .most_operands = 1,
        .exits =
                {
                        {EXIT_USAGE, "FILE, or a file that it names, is wrong"},
                        {EXIT_NODE_CANNOT, "gnuplot, which draws the plots, is missing or failed; "
                                           "the page has their figures as tables"},
                },
        .examples =
                {
                        {"plateau capacity scenarios/capacity-drp.yaml --nodes 200",
                         "how many days 200 nodes need"},
                        {"plateau capacity scenarios/capacity-drp.yaml --within 90d -o "
                         "capacity.html",
                         "how many nodes it takes in 90 days, as a page"},
                },
        .see_also = "requirements",
        .run = run_capacity,
};
