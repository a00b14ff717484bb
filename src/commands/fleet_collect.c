/* plateau fleet collect: results into a fleet file. */
#include "commands/command.h"
#include "commands/fleet_load.h"
#include "commands/talk.h"
#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/number.h"
#include "core/str.h"
#include "report/json/collect_json.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static void print_results(const struct collected *collected)
{
	const size_t found =
	        collected->new_results + collected->changed_results + collected->known_results;
	if (collected->fleet_files > 0)
		talk_answer("Fleet files: %zu, with %zu %s.", collected->fleet_files,
		            collected->file_attempts,
		            number_noun(collected->file_attempts, "attempt", "attempts"));
	if (collected->fleet_files > 0 && found + collected->unreadable->count == 0)
		return;
	cleanup_str struct str s = {0};
	const size_t unreadable = collected->unreadable->count;
	const bool is_new = collected->new_results + collected->changed_results + unreadable > 0 ||
	                    collected->has_changed;
	str_addf(&s, "Results: %zu new", collected->new_results);
	if (collected->changed_results > 0)
		str_addf(&s, ", %zu changed", collected->changed_results);
	str_addf(&s, ", %zu known", collected->known_results);
	if (unreadable > 0)
		str_addf(&s, ", %zu that could not be read", unreadable);
	talk_answer("%s%s", str_text(&s), is_new ? "." : ": nothing is new.");
}

static void print_nodes(const struct fleet *fleet)
{
	cleanup_str struct str s = {0};
	size_t counts[FLEET_VERDICTS] = {0};
	size_t attempts = 0;
	for (size_t i = 0; i < fleet->node_count; i++) {
		counts[fleet->nodes[i].verdict]++;
		attempts += fleet->nodes[i].attempt_count;
	}
	str_addf(&s, "Nodes: %zu, in %zu %s", fleet->node_count, attempts,
	         number_noun(attempts, "attempt", "attempts"));
	const char *between = ": ";
	for (size_t v = 0; v < FLEET_VERDICTS; v++) {
		if (counts[v] == 0)
			continue;
		str_addf(&s, "%s%zu %s", between, counts[v], fleet_verdict_words[v].words);
		between = ", ";
	}
	talk_answer("%s.", str_text(&s));
}

static enum exit_code print_answer(const struct arguments *arguments,
                                   const struct collected *collected)
{
	struct error err;
	cleanup_free char *json = NULL;
	if (!arguments_has(arguments, "json")) {
		print_results(collected);
		print_nodes(collected->fleet);
		talk_answer("%s %s.", collected->path,
		            collected->has_changed ? "is written" : "says all of this already");
		return EXIT_DONE;
	}
	if (collect_json_write(collected, &json, &err) < 0)
		return talk_fail(EXIT_SOMETHING_FAILED, &err);
	fputs(json, stdout);
	return EXIT_DONE;
}

/* What is not there is told before what is missing from the command line. */
static int check_sources(const struct words *words, struct error *err)
{
	struct stat status;
	for (size_t i = 0; i < words->count; i++)
		if (!strpbrk(words->items[i], "*?[") && stat(words->items[i], &status) < 0)
			return errno == ENOENT
			               ? error_set(err, ENOENT, "there is no file or folder %s",
			                           words->items[i])
			               : error_system(err, errno, "%s", words->items[i]);
	return 0;
}

static enum exit_code run_collect(const struct arguments *arguments)
{
	struct error err;
	const char *const output = arguments_get(arguments, "output");
	if (check_sources(&arguments->operands, &err) < 0)
		return talk_fail(EXIT_USAGE, &err);
	if (!output && (arguments->operands.count > 1 ||
	                !fleet_load_is_folder(arguments->operands.items[0]))) {
		talk_error("-o FLEET.db is needed: only the folder of one fleet has a fleet file "
		           "of its own (DIR/fleet.db)");
		return EXIT_USAGE;
	}
	const struct fleet_load_settings settings = {
	        .arguments = arguments,
	        .sources = &arguments->operands,
	        .output = output,
	        .node = arguments_get(arguments, "node"),
	        .expected = arguments_get(arguments, "expect"),
	        .is_again = arguments_has(arguments, "again"),
	        .must_write = true,
	};
	cleanup_fleet struct fleet fleet = {0};
	cleanup_fleet_load_summary struct fleet_load_summary summary = {0};
	const enum exit_code code = fleet_load(&settings, &fleet, &summary);
	if (code != EXIT_DONE)
		return code;
	if (summary.no_batch)
		talk_note(arguments, "jobs are known by what they left alone: %s",
		          summary.no_batch);
	const struct collected collected = {
	        .fleet = &fleet,
	        .path = summary.written,
	        .has_changed = summary.has_changed,
	        .new_results = summary.new_results,
	        .changed_results = summary.changed_results,
	        .known_results = summary.known_results,
	        .fleet_files = summary.fleet_files,
	        .file_attempts = summary.file_attempts,
	        .unreadable = &summary.unreadable,
	        .no_batch = summary.no_batch,
	        .scheduler_calls = summary.scheduler_calls,
	};
	return print_answer(arguments, &collected);
}

static const struct option_entry options[] = {
        {'o', "output", "FLEET.db", "the fleet file; what it has stays (default: DIR/fleet.db)"},
        {0, "node", "NAME", "the node that the results are of (default: the host name in each)"},
        {0, "expect", "NODES",
         "nodes that should be there (n[01-08],m3, or a file of names): one without a result is "
         "named as not run"},
        {0, "again", NULL, "load results again that are known already, too"},
};

const struct command command_fleet_collect = {
        .name = "fleet collect",
        .operands = "DIR | RESULT...",
        .summary = "put the results of many nodes into a fleet file",
        .details =
                "Reads what is new of a fleet: DIR as `plateau fleet submit` made it, or results "
                "that were gathered by any other means (files, patterns, folders of *.db), or "
                "other fleet files. Each result is judged by the criteria of its scenario, if it "
                "has any, and its figures are kept in the fleet file, together with what the "
                "batch system and the jobs say: every attempt of every node, also when its folder "
                "is gone. Where accounts are kept, their memory figures stand beside plateau's "
                "own.\n\n"
                "Results that are known are not loaded again; collecting twice changes nothing. "
                "Damaged ones, and those that are still being written, are named; the node that "
                "such "
                "a file is named for has no result until the file can be read. The fleet file is "
                "replaced when the new one is whole: an "
                "interrupted collect leaves the old one.\n\n`plateau fleet rank` collects by "
                "itself. docs/fleet.md tells of fleets, "
                "docs/fleet-file.md of the fleet file and of queries in SQL.",
        .options = options,
        .option_count = ARRAY_LENGTH(options),
        .least_operands = 1,
        .most_operands = SIZE_MAX,
        .exits =
                {
                        {EXIT_DONE, "done, also where single results could not be read"},
                        {EXIT_SOMETHING_FAILED, "the disk is full or fails"},
                        {EXIT_USAGE,
                         "what is not there, cannot be read at all, or may not be written"},
                },
        .files =
                {
                        {"DIR/fleet.db", "the fleet file, unless -o says otherwise"},
                },
        .examples =
                {
                        {"plateau fleet collect racks/", "what is new of a fleet"},
                        {"plateau fleet collect gathered/*.db -o rack7.db",
                         "results that came by other ways"},
                        {"plateau fleet collect rack7.db rack8.db -o hall.db", "two fleets as one"},
                },
        .run = run_collect,
};
