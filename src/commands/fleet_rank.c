/* plateau fleet rank: which nodes of a fleet are good, which are not, and what is slow in them. */
#include "analyse/fleet/rank.h"
#include "commands/command.h"
#include "commands/fleet_load.h"
#include "commands/outputs.h"
#include "commands/page_file.h"
#include "commands/talk.h"
#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/file.h"
#include "core/str.h"
#include "report/document_text.h"
#include "report/fleet/drain_text.h"
#include "report/fleet/fleet_document.h"
#include "report/json/fleet_json.h"
#include "report/junit_fleet.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* What was ranked, and what of it could not be read. */
struct ranked {
	const struct arguments *arguments;
	const struct fleet_ranking *ranking;
	struct fleet_told told;
	enum verdict verdict;
};

/* ---- What is written -------------------------------------------------------------------- */

static int put_text(const char *path, const char *text, struct error *err)
{
	if (!output_is_stdout(path))
		return file_replace(path, text, strlen(text), err);
	/* What does not go out is found and told by main. */
	fputs(text, stdout);
	return 0;
}

static enum exit_code write_page(const struct ranked *ranked, const struct page_file *page)
{
	cleanup_document struct document doc;
	struct error err;
	document_init(&doc, "", &page_style);
	fleet_document(ranked->ranking, &ranked->told, &doc);
	if (doc.failed) {
		error_memory(&err);
		return talk_fail(EXIT_SOMETHING_FAILED, &err);
	}
	return page_file_write(page, &doc, 1, doc.title);
}

static enum exit_code write_junit(const struct ranked *ranked, const char *path)
{
	struct error err;
	cleanup_free char *xml = NULL;
	int r = junit_fleet_write(ranked->ranking, &ranked->told, &xml, &err);
	if (r == 0)
		r = put_text(path, xml, &err);
	return r < 0 ? talk_fail(EXIT_SOMETHING_FAILED, &err) : EXIT_DONE;
}

static enum exit_code write_drain(const struct ranked *ranked, const char *path)
{
	struct error err;
	cleanup_free char *text = NULL;
	int r = drain_text_write(ranked->ranking, &text, &err);
	if (r == 0)
		r = put_text(path, text, &err);
	return r < 0 ? talk_fail(EXIT_SOMETHING_FAILED, &err) : EXIT_DONE;
}

static int write_answer(const struct ranked *ranked, char **ret_text, struct error *err)
{
	if (arguments_has(ranked->arguments, "json"))
		return fleet_json_write(ranked->ranking, ranked->verdict, ranked->told.unreadable,
		                        ret_text, err);
	const struct text_style style = talk_style(ranked->arguments);
	cleanup_document struct document doc;
	document_init(&doc, "", &style);
	fleet_document(ranked->ranking, &ranked->told, &doc);
	return document_text_write(&doc, ret_text, err);
}

static enum exit_code print_answer(const struct ranked *ranked)
{
	struct error err;
	cleanup_free char *text = NULL;
	if (write_answer(ranked, &text, &err) < 0)
		return talk_fail(EXIT_SOMETHING_FAILED, &err);
	fputs(text, stdout);
	return EXIT_DONE;
}

/* Which files there are now. */
static void tell_written(const struct ranked *ranked, const char *const paths[], size_t count)
{
	cleanup_str struct str text = {0};
	for (size_t i = 0; i < count; i++)
		if (paths[i] && !output_is_stdout(paths[i]))
			str_addf(&text, "%s%s", text.length > 0 ? ", " : "", paths[i]);
	if (text.length > 0)
		talk_note(ranked->arguments, "written: %s", str_text(&text));
}

/* What was asked to be written, in an order that leaves the answer last. */
static enum exit_code answer(const struct ranked *ranked, const struct page_file *page)
{
	const char *const junit = arguments_get(ranked->arguments, "junit");
	const char *const drain = arguments_get(ranked->arguments, "drain");
	enum exit_code code = EXIT_DONE;
	if (page->path)
		code = write_page(ranked, page);
	if (junit)
		code = exit_worse(code, write_junit(ranked, junit));
	if (drain)
		code = exit_worse(code, write_drain(ranked, drain));
	if (!output_is_stdout(junit) && !output_is_stdout(drain) && !output_is_stdout(page->path))
		code = exit_worse(code, print_answer(ranked));
	const char *const paths[] = {page->path, junit, drain};
	if (code == EXIT_DONE)
		tell_written(ranked, paths, ARRAY_LENGTH(paths));
	return code;
}

/* ---- The command ------------------------------------------------------------------------ */

static enum exit_code exit_of(const struct ranked *ranked)
{
	static const enum exit_code codes[VERDICTS] = {
	        [VERDICT_PASS] = EXIT_DONE,
	        [VERDICT_FAIL] = EXIT_CRITERIA_FAILED,
	        [VERDICT_INCONCLUSIVE] = EXIT_INCONCLUSIVE,
	        [VERDICT_SKIPPED] = EXIT_INCONCLUSIVE,
	};
	return codes[ranked->verdict];
}

static enum exit_code load_and_answer(const struct arguments *arguments,
                                      const struct page_file *page)
{
	cleanup_fleet struct fleet fleet = {0};
	cleanup_fleet_load_summary struct fleet_load_summary summary = {0};
	cleanup_fleet_ranking struct fleet_ranking ranking = {0};
	struct error err;
	const struct fleet_load_settings settings = {
	        .arguments = arguments,
	        .sources = &arguments->operands,
	        .expected = arguments_get(arguments, "expect"),
	        .is_ranked = true,
	};
	const enum exit_code code = fleet_load(&settings, &fleet, &summary);
	if (code != EXIT_DONE)
		return code;
	if (fleet_rank(&fleet, &ranking, &err) < 0)
		return talk_fail(EXIT_SOMETHING_FAILED, &err);
	struct ranked ranked = {
	        .arguments = arguments,
	        .ranking = &ranking,
	        .told = {.unreadable = &summary.unreadable,
	                 .source = arguments->operands.count == 1 ? arguments->operands.items[0]
	                                                          : NULL,
	                 .drain = arguments_get(arguments, "drain")},
	        .verdict = fleet_overall(&ranking),
	};
	/* A node that could not be read is no node that passes. */
	if (ranked.verdict == VERDICT_PASS && summary.unreadable.count > 0)
		ranked.verdict = VERDICT_INCONCLUSIVE;
	return exit_worse(answer(&ranked, page), exit_of(&ranked));
}

/* Before anything is read: what is written is none of what is read, nor another one that is
 * written; and what an earlier ranking wrote there does not outlive this one's failure. */
static int check_outputs(const struct arguments *arguments, const struct page_file *page,
                         struct error *err)
{
	const struct output outputs[] = {
	        {arguments_get(arguments, "junit"), "--junit", OUTPUT_JUNIT, page->is_forced},
	        {arguments_get(arguments, "drain"), "--drain", OUTPUT_DRAIN, page->is_forced},
	};
	cleanup_taken_files struct taken_files taken = {0};
	int r = taken_files_add_results(&taken, &arguments->operands, NULL, "what is ranked", err);
	if (r == 0 && page->path)
		r = page_file_check(page, &taken, err);
	if (r == 0)
		r = taken_files_add(&taken, page->path, "the page of -o", err);
	for (size_t i = 0; r == 0 && i < ARRAY_LENGTH(outputs); i++) {
		if (!outputs[i].path)
			continue;
		r = output_check(&outputs[i], &taken, err);
		if (r == 0)
			r = taken_files_add(&taken, outputs[i].path,
			                    i == 0 ? "the file of --junit" : "the file of --drain",
			                    err);
	}
	for (size_t i = 0; r == 0 && i < ARRAY_LENGTH(outputs); i++)
		r = outputs[i].path ? output_clear(&outputs[i], err) : 0;
	return r;
}

/* Options that would each have stdout to itself. */
static int check_options(const struct arguments *arguments, struct error *err)
{
	const int wanting = output_is_stdout(arguments_get(arguments, "junit")) +
	                    output_is_stdout(arguments_get(arguments, "drain")) +
	                    output_is_stdout(arguments_get(arguments, "output")) +
	                    arguments_has(arguments, "json");
	if (wanting > 1)
		return error_set(err, EINVAL,
		                 "only one of --json, --junit -, --drain - and -o - can have "
		                 "stdout: name files for the others");
	return 0;
}

static enum exit_code run_fleet_rank(const struct arguments *arguments)
{
	struct error err;
	const struct page_file page = {
	        .arguments = arguments,
	        .option = "-o",
	        .path = arguments_get(arguments, "output"),
	        .results = &arguments->operands,
	        .is_forced = arguments_has(arguments, "force"),
	        .is_aside = true,
	};
	if (check_options(arguments, &err) < 0 || check_outputs(arguments, &page, &err) < 0)
		return talk_fail(EXIT_USAGE, &err);
	return load_and_answer(arguments, &page);
}

static const struct option_entry options[] = {
        {'o', "output", "FILE", "write a page: the grid of nodes, classes, curves; - for stdout"},
        {0, "junit", "FILE", "write a test per node as JUnit XML; - for stdout"},
        {0, "drain", "FILE",
         "write the commands that drain bad nodes, for an administrator; - for stdout"},
        {0, "expect", "NODES",
         "nodes that should be there (n[01-08],m3, or a file of names): one without a result is "
         "named as not run"},
        {0, "force", NULL,
         "replace FILE even if plateau did not write it; no result, and nothing that is read"},
};

const struct command command_fleet_rank = {
        .name = "fleet rank",
        .operands = "DIR | FLEET.db... | RESULT...",
        .summary = "which nodes of a fleet are slow or failed, and what is slow in them",
        .details =
                "Holds the nodes of a fleet against each other: of the folder of a fleet (what is "
                "new in it is collected first), of fleet files, or of results that were gathered "
                "by any other means (a folder stands for all *.db in it). Nodes of one kind of "
                "hardware, as it was found, are one class. A node is slow when its throughput at "
                "full occupancy is far below the median of its class, by a robust z and by 5 % "
                "together, or when a core, an L3 cache or a socket of it is; what is slow is "
                "looked for in its places, counters and clocks.\n\n"
                "Where more than a fifth of a fleet is bad the cause is hardly in the nodes: that "
                "is "
                "said, and none is to be drained. --drain writes commands for the others; plateau "
                "runs none of them, and a node with a reason that somebody else has set is left "
                "alone.\n\ndocs/fleet.md tells of fleets, docs/method.md how a node is "
                "ranked, and "
                "docs/json.md what --json answers.",
        .options = options,
        .option_count = ARRAY_LENGTH(options),
        .least_operands = 1,
        .most_operands = SIZE_MAX,
        .exits =
                {
                        {EXIT_DONE, "all nodes pass"},
                        {EXIT_USAGE, "what cannot be read"},
                        {EXIT_CRITERIA_FAILED, "a node is slow, fails, hangs or died"},
                        {EXIT_INCONCLUSIVE, "something is open, without a result, not run, or "
                                            "slower than when it was accepted"},
                        {EXIT_NODE_CANNOT, "gnuplot, which draws the plots, is missing or failed; "
                                           "the page has their figures as tables"},
                },
        .examples =
                {
                        {"plateau fleet rank DIR -o fleet.html --drain drain.sh",
                         "a fleet, as a page, and what an administrator would do"},
                        {"plateau fleet rank results/*.db --junit nodes.xml",
                         "results that came by other ways"},
                },
        .see_also = "accept",
        .run = run_fleet_rank,
};
