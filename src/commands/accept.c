/* plateau accept: is this node as good as it should be. */
#include "commands/command.h"
#include "commands/judging.h"
#include "commands/make_criteria.h"
#include "commands/outputs.h"
#include "commands/page_file.h"
#include "commands/result_files.h"
#include "commands/talk.h"
#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/str.h"
#include "report/accept/accept_document.h"
#include "report/section/sections.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

/* A page of one result is that of `report` with the verdict in it; of several, or where something
 * could not be judged, the verdicts first and then each, in the order of the table of verdicts. */
static enum exit_code write_page(const struct page_file *page, const struct judging *judging)
{
	struct accepted_all all;
	struct error err;
	judging_all(judging, &all);
	const size_t plain = all.count == 1 && all.unjudged_count == 0 ? 0 : 1;
	const size_t count = plain + all.count;
	cleanup_free char *title = NULL;
	struct document *const documents = calloc(count, sizeof *documents);
	int r = documents ? 0 : error_memory(&err);
	size_t made = 0;
	if (r == 0 && plain) {
		document_init(&documents[made], "", &page_style);
		accept_fill(&all, READ_IN_PAGE, &documents[made++]);
	}
	for (size_t v = 0; r == 0 && v < VERDICTS; v++)
		for (size_t i = 0; i < all.count; i++) {
			if (all.items[i].acceptance->verdict != accept_worst_first[v])
				continue;
			document_init(&documents[made], "", &page_style);
			report_fill_judged(&all.items[i], READ_IN_PAGE, &documents[made++]);
		}
	for (size_t i = 0; r == 0 && i < made; i++)
		r = documents[i].failed ? error_memory(&err) : 0;
	if (r == 0)
		r = str_copy(documents[0].title, &title, &err);
	struct page_file with_plain = *page;
	with_plain.plain_documents = plain;
	const enum exit_code code = r < 0 ? talk_fail(EXIT_SOMETHING_FAILED, &err)
	                                  : page_file_write(&with_plain, documents, count, title);
	for (size_t i = 0; i < made; i++)
		document_release(&documents[i]);
	free(documents);
	return code;
}

/* What was asked to be written, in an order that leaves the answer last. */
static enum exit_code answer(const struct arguments *arguments, const struct page_file *page,
                             const struct judging *judging)
{
	const char *const junit = arguments_get(arguments, "junit");
	const bool is_stdout_taken = output_is_stdout(junit) || output_is_stdout(page->path);
	enum exit_code code = EXIT_DONE;
	if (page->path)
		code = write_page(page, judging);
	if (junit)
		code = exit_worse(code, judging_write_junit(judging, junit));
	if (!is_stdout_taken)
		code = exit_worse(code, judging_print(judging));
	return code;
}

/* One bad file does not hide the others. */
static enum exit_code judge_word(struct judging *judging, const char *word)
{
	struct error err;
	cleanup_words struct words paths = {0};
	const int r = result_files_find(word, NULL, &paths, &err);
	if (r < 0)
		return judging_miss(judging, word, r, &err);
	enum exit_code code = EXIT_DONE;
	for (size_t i = 0; i < paths.count; i++)
		code = exit_worse(code, judging_result(judging, paths.items[i], NULL));
	return code;
}

/* Before anything is read: what is written is none of what is read, nor the other one that is
 * written. */
static int check_outputs(const struct judging_settings *settings, const struct page_file *page,
                         struct error *err)
{
	const struct arguments *const arguments = settings->arguments;
	const struct output junit = {
	        .path = arguments_get(arguments, "junit"),
	        .option = "--junit",
	        .kind = OUTPUT_JUNIT,
	        .is_forced = page->is_forced,
	};
	cleanup_taken_files struct taken_files taken = {0};
	int r = taken_files_add_results(&taken, &arguments->operands, NULL, "a result", err);
	if (r == 0)
		r = taken_files_add_results(&taken, settings->references, NULL, "a reference", err);
	if (r == 0)
		r = taken_files_add(&taken, settings->criteria_path, "the file of criteria", err);
	if (r == 0 && page->path)
		r = page_file_check(page, &taken, err);
	if (r == 0)
		r = taken_files_add(&taken, page->path, "the page of -o", err);
	return r < 0 || !junit.path ? r : output_check(&junit, &taken, err);
}

/* --reference where no criterion of any result is held against one. */
static void warn_of_references(const struct judging *judging)
{
	struct accepted_all all;
	judging_all(judging, &all);
	for (size_t i = 0; i < all.count; i++)
		for (size_t k = 0; k < all.items[i].criteria->count; k++)
			if (criterion_is_relative(&all.items[i].criteria->items[k]))
				return;
	if (all.count > 0)
		talk_warning("--reference changes nothing: no criterion names a reference "
		             "(docs/scenario.md, Criteria)");
}

static enum exit_code judge(const struct arguments *arguments)
{
	const struct words *const words = &arguments->operands;
	struct error err;
	struct judging *judging = NULL;
	const struct judging_settings settings = {
	        .arguments = arguments,
	        .criteria_path = arguments_get(arguments, "criteria"),
	        .references = arguments_list(arguments, "reference"),
	};
	const struct page_file page = {
	        .arguments = arguments,
	        .option = "-o",
	        .path = arguments_get(arguments, "output"),
	        .results = words,
	        .is_forced = arguments_has(arguments, "force"),
	        .is_aside = true,
	};
	if (check_outputs(&settings, &page, &err) < 0)
		return talk_fail(EXIT_USAGE, &err);
	enum exit_code code = judging_clear_junit(arguments);
	if (code == EXIT_DONE)
		code = judging_open(&settings, &judging);
	if (code != EXIT_DONE)
		return code;
	for (size_t i = 0; i < words->count; i++)
		code = exit_worse(code, judge_word(judging, words->items[i]));
	if (settings.references->count > 0)
		warn_of_references(judging);
	code = exit_worse(code, answer(arguments, &page, judging));
	code = exit_worse(code, judging_exit(judging));
	judging_free(judging);
	return code;
}

/* Options that would each have stdout to itself, or that speak of something else. */
static int check_options(const struct arguments *arguments, struct error *err)
{
	const char *const junit = arguments_get(arguments, "junit");
	const char *const output = arguments_get(arguments, "output");
	const int wanting = output_is_stdout(junit) + output_is_stdout(output) +
	                    arguments_has(arguments, "json");
	static const char *const of_judging[] = {"criteria", "reference", "junit", "json"};
	const bool is_making = arguments_has(arguments, "make-criteria");
	for (size_t i = 0; is_making && i < ARRAY_LENGTH(of_judging); i++)
		if (arguments_has(arguments, of_judging[i]))
			return error_set(err, EINVAL,
			                 "--make-criteria judges nothing: it does not go with --%s",
			                 of_judging[i]);
	if (wanting > 1)
		return error_set(err, EINVAL,
		                 "only one of --json, --junit - and -o - can have stdout: name "
		                 "files for the others");
	return 0;
}

static enum exit_code run_accept(const struct arguments *arguments)
{
	struct error err;
	if (check_options(arguments, &err) < 0)
		return talk_fail(EXIT_USAGE, &err);
	return arguments_has(arguments, "make-criteria") ? make_criteria(arguments)
	                                                 : judge(arguments);
}

static const struct option_entry accept_options[] = {
        {0, "criteria", "FILE", "what the node must be (default: the scenario of each result)"},
        {0, "reference", "RESULT...",
         "runs of a good node, instead of those that the criteria name; all words up to the next "
         "option"},
        {0, "junit", "FILE", "write the verdicts as JUnit XML; - for stdout"},
        {'o', "output", "FILE", "write a page with the verdict; - for stdout"},
        {0, "make-criteria", NULL,
         "from runs of a good node write criteria for its like, to -o FILE"},
        {0, "force", NULL,
         "replace FILE even if plateau did not write it; no result, and nothing that is read"},
};

const struct command command_accept = {
        .name = "accept",
        .operands = "RESULT...",
        .summary = "judge a node: pass, fail or inconclusive",
        .details =
                "Holds results against criteria: limits on throughput, efficiency, wall time, "
                "frequency, memory, failures, the spread between cores and sockets, and all else "
                "that a result has, absolute or against runs of a good node. A criterion passes "
                "when its one-sided 95 % bound is on the good side of the limit, fails when it is "
                "on the bad side, and is inconclusive else; how many repeats would decide it is "
                "said. A folder stands for all results (*.db) in it, and several results get one "
                "verdict.\n\n"
                "The criteria stand in the scenario that a result was measured by (the key "
                "accept), or in a file of their own. --make-criteria RESULT... writes such a file "
                "from "
                "runs of a good node, one or better three and more: limits that it would pass "
                "again.\n\ndocs/acceptance.md tells how to accept a node, docs/scenario.md "
                "what criteria there are, docs/method.md how a verdict is worked out, and "
                "docs/json.md what --json answers.",
        .options = accept_options,
        .option_count = ARRAY_LENGTH(accept_options),
        .least_operands = 1,
        .most_operands = SIZE_MAX,
        .exits =
                {
                        {EXIT_DONE, "pass"},
                        {EXIT_USAGE, "a result, the criteria or an option cannot be read"},
                        {EXIT_CRITERIA_FAILED, "a criterion fails"},
                        {EXIT_INCONCLUSIVE, "inconclusive"},
                        {EXIT_NODE_CANNOT, "gnuplot, which draws the plots, is missing or failed; "
                                           "the page has their figures as tables"},
                },
        .examples =
                {
                        {"plateau accept --make-criteria good/*.db -o node.yaml",
                         "criteria from runs of a good node"},
                        {"plateau accept new.db --criteria node.yaml --junit new.xml",
                         "judge a new one, for a person and for a program"},
                        {"plateau accept new.db --criteria node.yaml --reference good/*.db",
                         "against other runs than the criteria name"},
                },
        .see_also = "run, compare, report, fleet rank, scenario",
        .run = run_accept,
};
