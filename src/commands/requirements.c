/* plateau requirements: what the tasks of campaigns need, and what would not fit. */
#include "analyse/campaign/requirements.h"
#include "commands/campaign_load.h"
#include "commands/command.h"
#include "commands/outputs.h"
#include "commands/page_file.h"
#include "commands/talk.h"
#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/file.h"
#include "core/number.h"
#include "core/str.h"
#include "model/campaign_keep.h"
#include "report/campaign/needs_document.h"
#include "report/document_text.h"
#include "report/json/requirements_json.h"

#include <errno.h>
#include <fnmatch.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One campaign, from its file to what it needs. */
struct studied {
	struct campaign campaign;
	struct requirements needs;
	char *name;
};

struct study {
	const struct arguments *arguments;
	struct requirements_options options;
	struct studied *items;
	size_t count;
	/* The same, as those that compare and write take them. */
	const struct requirements **campaigns;
	struct needs_told *told;
	struct requirements_comparison comparison;
};

static void study_release(struct study *study)
{
	requirements_comparison_release(&study->comparison);
	for (size_t i = 0; i < study->count; i++) {
		requirements_release(&study->items[i].needs);
		campaign_release(&study->items[i].campaign);
		free(study->items[i].name);
	}
	free(study->items);
	free(study->campaigns);
	free(study->told);
}

/* ---- Options -------------------------------------------------------------------------------- */

/* A size that an option gives; missing: as it was. */
static int parse_size(const struct arguments *arguments, const char *name, double *size,
                      struct error *err)
{
	const char *const text = arguments_get(arguments, name);
	int64_t bytes;
	if (!text)
		return 0;
	const int r = number_parse_bytes(text, &bytes, err);
	if (r < 0)
		return error_context(err, r, "--%s", name);
	if (bytes <= 0)
		return error_set(err, EINVAL, "--%s: %s is no size above 0: such as 6GB", name,
		                 text);
	*size = (double)bytes;
	return 0;
}

static int parse_envelope(const struct arguments *arguments, double *quantile, struct error *err)
{
	const char *const text = arguments_get(arguments, "envelope");
	if (!text)
		return 0;
	const int r = number_parse_fraction(text, quantile, err);
	if (r < 0)
		return error_context(err, r, "--envelope");
	if (!(*quantile > 0 && *quantile < 1))
		return error_set(err, EINVAL,
		                 "--envelope: %s is no share between 0 and 1: such as 95%%", text);
	return 0;
}

static int parse_options(const struct arguments *arguments, struct requirements_options *options,
                         struct error *err)
{
	*options = (struct requirements_options){
	        .limit_bytes = (double)NAN,
	        .covariate = arguments_get(arguments, "covariate"),
	};
	int r = parse_size(arguments, "limit", &options->limit_bytes, err);
	if (r == 0)
		r = parse_size(arguments, "bin", &options->bin_bytes, err);
	return r < 0 ? r : parse_envelope(arguments, &options->quantile, err);
}

/* ---- Types that were asked for -------------------------------------------------------------- */

/* What was asked for is not there: says what is. */
static int refuse_type(const struct campaign *campaign, const char *path, const char *pattern,
                       struct error *err)
{
	enum { MOST_NAMED = 8 };
	cleanup_str struct str names = {0};
	const char *const near = str_nearest(pattern, campaign->types.items, campaign->types.count,
	                                     sizeof *campaign->types.items);
	if (near)
		return error_set(err, EINVAL, "%s: no task is of the type %s: did you mean %s?",
		                 path, pattern, near);
	for (size_t i = 0; i < campaign->types.count && i < MOST_NAMED; i++)
		str_addf(&names, "%s%s", i > 0 ? ", " : "", campaign->types.items[i]);
	if (campaign->types.count > MOST_NAMED)
		str_addf(&names, " and %zu more", campaign->types.count - MOST_NAMED);
	return error_set(err, EINVAL, "%s: no task is of the type %s: there are %s", path, pattern,
	                 str_text(&names));
}

static int keep_types(struct campaign *campaign, const char *path, const char *pattern,
                      struct error *err)
{
	if (!pattern)
		return 0;
	cleanup_free bool *is_kept = calloc(campaign->types.count + 1, sizeof *is_kept);
	if (!is_kept)
		return error_memory(err);
	for (size_t i = 0; i < campaign->types.count; i++)
		is_kept[i] = strcmp(pattern, campaign->types.items[i]) == 0 ||
		             fnmatch(pattern, campaign->types.items[i], 0) == 0;
	return campaign_keep_types(campaign, is_kept) > 0
	               ? 0
	               : refuse_type(campaign, path, pattern, err);
}

/* ---- From files to what they need ------------------------------------------------------------ */

static enum exit_code study_file(struct study *study, const char *path)
{
	const struct campaign_load_settings settings = {.arguments = study->arguments};
	struct studied *const item = &study->items[study->count];
	struct error err;
	const enum exit_code code = campaign_load(path, &settings, &item->campaign);
	if (code != EXIT_DONE)
		return code;
	study->count++;
	if (item->campaign.task_count == 0) {
		talk_error("%s: no task is in it", path);
		return EXIT_USAGE;
	}
	int r = keep_types(&item->campaign, path, arguments_get(study->arguments, "type"), &err);
	if (r == 0) {
		r = requirements_build(&item->campaign, &study->options, &item->needs, &err);
		if (r < 0)
			r = error_context(&err, r, "%s", path);
	}
	return r < 0 ? talk_fail(exit_for_file(r), &err) : EXIT_DONE;
}

/* The label; where another campaign has it too, with the file's name, or with its number. */
static int name_campaign(struct study *study, size_t index, struct error *err)
{
	const struct words *const paths = &study->arguments->operands;
	const char *const label = study->items[index].campaign.label;
	const char *const base = file_base_name(paths->items[index]);
	bool is_taken = false;
	bool is_base_taken = false;
	for (size_t i = 0; i < study->count; i++) {
		const char *const other = study->items[i].campaign.label;
		if (i == index || !label || !other || strcmp(label, other) != 0)
			continue;
		is_taken = true;
		is_base_taken |= strcmp(base, file_base_name(paths->items[i])) == 0;
	}
	char **const name = &study->items[index].name;
	if (!is_taken)
		return str_format(name, err, "%s", label ? label : base);
	return is_base_taken ? str_format(name, err, "%s (%zu)", label, index + 1)
	                     : str_format(name, err, "%s (%s)", label, base);
}

static int compare_all(struct study *study, struct error *err)
{
	study->campaigns = calloc(study->count, sizeof(const struct requirements *));
	study->told = calloc(study->count, sizeof *study->told);
	if (!study->campaigns || !study->told)
		return error_memory(err);
	for (size_t i = 0; i < study->count; i++) {
		if (name_campaign(study, i, err) < 0)
			return -ENOMEM;
		study->campaigns[i] = &study->items[i].needs;
		study->told[i] = (struct needs_told){
		        .name = study->items[i].name,
		        .path = study->arguments->operands.items[i],
		        .pattern = arguments_get(study->arguments, "type"),
		};
	}
	return requirements_compare(study->campaigns, study->count, &study->comparison, err);
}

static enum exit_code study_files(struct study *study)
{
	const struct words *const paths = &study->arguments->operands;
	struct error err;
	study->items = calloc(paths->count, sizeof *study->items);
	if (!study->items) {
		error_memory(&err);
		return talk_fail(EXIT_SOMETHING_FAILED, &err);
	}
	for (size_t i = 0; i < paths->count; i++) {
		const enum exit_code code = study_file(study, paths->items[i]);
		if (code != EXIT_DONE)
			return code;
	}
	return compare_all(study, &err) < 0 ? talk_fail(EXIT_SOMETHING_FAILED, &err) : EXIT_DONE;
}

/* ---- Answers -------------------------------------------------------------------------------- */

static int write_text(const struct study *study, char **ret_text, struct error *err)
{
	const struct text_style style = talk_style(study->arguments);
	cleanup_document struct document doc;
	document_init(&doc, "", &style);
	if (study->count > 1)
		needs_compare_document(&study->comparison, study->told, READ_IN_TERMINAL, &doc);
	else
		needs_document(&study->items[0].needs, study->told, READ_IN_TERMINAL, &doc);
	return document_text_write(&doc, ret_text, err);
}

static enum exit_code print(const struct study *study)
{
	struct error err;
	cleanup_free char *text = NULL;
	const int r =
	        arguments_has(study->arguments, "json")
	                ? requirements_json_write(&study->comparison, study->told, &text, &err)
	                : write_text(study, &text, &err);
	if (r < 0)
		return talk_fail(EXIT_SOMETHING_FAILED, &err);
	/* What does not go out is found and told by main. */
	fputs(text, stdout);
	return EXIT_DONE;
}

/* What stands on a page: the comparison where there is one, then every campaign. */
static size_t fill_documents(const struct study *study, struct document *docs)
{
	size_t count = 0;
	if (study->count > 1) {
		document_init(&docs[count], "", &page_style);
		needs_compare_document(&study->comparison, study->told, READ_IN_PAGE,
		                       &docs[count++]);
	}
	for (size_t i = 0; i < study->count; i++) {
		document_init(&docs[count], "", &page_style);
		needs_document(&study->items[i].needs, &study->told[i], READ_IN_PAGE,
		               &docs[count++]);
	}
	return count;
}

/* The page with its plots, or the plots alone. */
static enum exit_code write_page(const struct study *study, const struct page_file *page)
{
	struct error err;
	cleanup_free struct document *docs = calloc(study->count + 1, sizeof *docs);
	if (!docs) {
		error_memory(&err);
		return talk_fail(EXIT_SOMETHING_FAILED, &err);
	}
	const size_t count = fill_documents(study, docs);
	const enum exit_code code = page_file_write(page, docs, count, docs[0].title);
	for (size_t i = 0; i < count; i++)
		document_release(&docs[i]);
	return code;
}

/* The tables go to stdout, unless the page does. */
static enum exit_code answer(const struct study *study, const struct page_file *page)
{
	const bool is_to_stdout = output_is_stdout(page->path);
	enum exit_code code = is_to_stdout ? EXIT_DONE : print(study);
	if (code != EXIT_DONE || !(page->path || page->plots))
		return code;
	code = write_page(study, page);
	if (code == EXIT_DONE)
		page_file_note(page);
	return code;
}

static int check_page(const struct arguments *arguments, const struct page_file *page,
                      struct error *err)
{
	cleanup_taken_files struct taken_files taken = {0};
	int r = 0;
	if (!page->path)
		return 0;
	for (size_t i = 0; r == 0 && i < arguments->operands.count; i++)
		r = taken_files_add(&taken, arguments->operands.items[i], "a campaign", err);
	return r < 0 ? r : page_file_check(page, &taken, err);
}

static enum exit_code run_requirements(const struct arguments *arguments)
{
	struct error err;
	struct study study = {.arguments = arguments};
	const struct page_file page = page_file_beside(arguments, &arguments->operands);
	int r = parse_options(arguments, &study.options, &err);
	if (r == 0)
		r = check_page(arguments, &page, &err);
	if (r < 0)
		return talk_fail(r == -ENOMEM ? EXIT_SOMETHING_FAILED : EXIT_USAGE, &err);
	enum exit_code code = study_files(&study);
	if (code == EXIT_DONE)
		code = answer(&study, &page);
	study_release(&study);
	return code;
}

static const struct option_entry requirements_options[] = {
        {0, "limit", "SIZE", "memory per core that is asked about, such as 6GB"},
        {0, "type", "NAME", "only tasks of this type, or of those that match a pattern (make*)"},
        {0, "covariate", "NAME",
         "the covariate that lines are fitted against; default: every one of numbers"},
        {0, "envelope", "SHARE", "share of the tasks below the upper envelope; default: 95%"},
        {0, "bin", "SIZE", "width of the bins of max RSS; default: 1GB"},
        {'o', "output", "FILE", "write a page too, with plots; - for stdout"},
        {0, "plots", "DIR", "write every plot there as SVG, PDF and PNG, with data and script"},
        {0, "force", NULL, "replace FILE even if it is no page of plateau"},
};

const struct command command_requirements = {
        .name = "requirements",
        .operands = "CAMPAIGN...",
        .summary = "what the tasks of a campaign need, and what would not fit into a limit",
        .details =
                "Reads the records of many tasks (a campaign that plateau import has made, a "
                "result of plateau, or a table, metadata or sacct output as import would take it) "
                "and says for every type of task how long it takes, how much CPU time and memory "
                "it needs at its median, 95th and 99th percentile and at most, how attempts "
                "ended, and how CPU time and memory grow with a covariate such as the number of "
                "visits. First it answers how many tasks fit into so much memory per core, and "
                "which do not.\n\n"
                "Several campaigns are held against the first: what improved and what got worse, "
                "type by type.\n\n"
                "--limit changes no figure and no exit code: tasks above it are an answer, not a "
                "failure. docs/requirements.md has a worked example, docs/method.md says how the "
                "figures are worked out, and docs/json.md what --json answers.",
        .options = requirements_options,
        .option_count = ARRAY_LENGTH(requirements_options),
        .least_operands = 1,
        .most_operands = SIZE_MAX,
        .exits =
                {
                        {EXIT_USAGE, "a campaign cannot be read, or an option is wrong"},
                        {EXIT_NODE_CANNOT, "gnuplot, which draws the plots, is missing or failed; "
                                           "the page has their figures as tables"},
                },
        .examples =
                {
                        {"plateau import csv tasks.csv --campaign w_2025_48 -o w48.db",
                         "make a campaign of a table"},
                        {"plateau requirements w48.db --limit 6GB -o w48.html",
                         "what of it fits into 6 GB per core"},
                        {"plateau requirements w48.db v30.db --limit 6GB", "against another one"},
                        {"plateau requirements w48.db --type 'makeWarp*' --covariate visits",
                         "some types, by the number of visits"},
                },
        .see_also = "import, capacity",
        .run = run_requirements,
};
