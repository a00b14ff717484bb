/* plateau import: what other tools recorded, as a result. */
#include "commands/command.h"
#include "commands/import_parts.h"
#include "commands/outputs.h"
#include "commands/show.h"
#include "commands/talk.h"
#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/number.h"
#include "store/recorder.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

/* More files with problems than this are not told: they are of another format. */
enum { MOST_BAD_FILES = 10 };

struct import {
	const struct arguments *arguments;
	const struct import_format *format;
	struct import_settings settings;
	const char *output;
	int64_t concurrency; /* RECORD_ABSENT: not said */
	struct path_pattern pattern;
	bool has_pattern;
	struct import_files files;
	struct imported imported;
	struct arrangement arrangement;
	size_t bad_files;
};

static int check_options(struct import *import, struct error *err)
{
	const struct arguments *const arguments = import->arguments;
	const char *const concurrency = arguments_get(arguments, "concurrency");
	const char *const path = arguments_get(arguments, "path");
	import->output = arguments_get(arguments, "output");
	import->concurrency = RECORD_ABSENT;
	if (!import->output)
		return error_set(err, EINVAL, "say where the result goes: -o RESULT.db");
	if (arguments_get(arguments, "columns") && !import->format->has_columns)
		return error_set(err, EINVAL, "--columns is for the format csv alone");
	if (import->format->has_levels && (concurrency || path))
		return error_set(err, EINVAL,
		                 "--%s does not go with the format levels: its files have a column "
		                 "concurrency",
		                 concurrency ? "concurrency" : "path");
	int r = concurrency
	                ? number_parse_integer(concurrency, 1, 1000000, &import->concurrency, err)
	                : 0;
	if (r < 0)
		return error_context(err, r, "--concurrency");
	import->has_pattern = path != NULL;
	r = path ? path_pattern_init(&import->pattern, path, err) : 0;
	if (r < 0)
		return error_context(err, r, "--path");
	if (path && concurrency && import->pattern.groups[PATH_CONCURRENCY] > 0)
		return error_set(err, EINVAL,
		                 "--concurrency and {concurrency} in --path both say "
		                 "it: give one of them");
	return recorder_check(import->output, arguments_has(arguments, "force"), err);
}

/* ---- Reading ------------------------------------------------------------------------------- */

/* What a path or the command line says must not contradict the file. */
static int set_number(const char *what, const struct imported_task *task, int64_t said,
                      int64_t *ret_value, struct error *err)
{
	if (said == RECORD_ABSENT || *ret_value == said)
		return 0;
	if (*ret_value != RECORD_ABSENT)
		return error_set(err, EINVAL,
		                 "%s:%zu: its %s is %" PRId64 " in the file, and %" PRId64
		                 " by --path or --concurrency: give what is right alone",
		                 task->file, task->line, what, *ret_value, said);
	*ret_value = said;
	return 0;
}

/* Of the tasks of one file, from the one with index first. */
static int take_path(struct import *import, const char *path, size_t first, struct error *err)
{
	struct path_facts facts = {.concurrency = RECORD_ABSENT, .repeat = RECORD_ABSENT};
	if (import->has_pattern)
		path_pattern_match(&import->pattern, path, &facts);
	if (import->concurrency != RECORD_ABSENT)
		facts.concurrency = import->concurrency;
	const char *policy = NULL;
	if (facts.policy[0] && !(policy = imported_text(&import->imported, facts.policy, err)))
		return -ENOMEM;
	for (size_t i = first; i < import->imported.task_count; i++) {
		struct imported_task *const task = &import->imported.tasks[i];
		int r = set_number("concurrency", task, facts.concurrency, &task->concurrency, err);
		if (r == 0)
			r = set_number("repeat", task, facts.repeat, &task->repeat, err);
		if (r < 0)
			return r;
		task->policy = policy ? policy : task->policy;
	}
	return 0;
}

/* Returns 0, also for a file with problems, which are told and counted. */
static int read_file(struct import *import, const char *path, struct error *err)
{
	cleanup_problems struct problems problems = {0};
	const size_t first = import->imported.task_count;
	const int r =
	        import->format->read(&import->settings, path, &import->imported, &problems, err);
	if (r == -EINVAL && problems.count > 0) {
		talk_problems(&problems, err);
		import->bad_files++;
		return 0;
	}
	return r < 0 ? r : take_path(import, path, first, err);
}

static int read_files(struct import *import, struct error *err)
{
	const struct words *const paths = &import->files.paths;
	for (size_t i = 0; i < paths->count; i++) {
		const int r = read_file(import, paths->items[i], err);
		if (r < 0)
			return r;
		if (import->bad_files == MOST_BAD_FILES && i + 1 < paths->count)
			return error_set(err, EINVAL,
			                 "nothing was imported: %d files have problems, and %zu "
			                 "more were not looked at",
			                 MOST_BAD_FILES, paths->count - i - 1);
	}
	if (import->bad_files > 0)
		return error_set(err, EINVAL, "nothing was imported: %zu of %zu files %s problems",
		                 import->bad_files, paths->count,
		                 number_noun(import->bad_files, "has", "have"));
	return 0;
}

static int find_files(struct import *import, struct error *err)
{
	const struct words *const operands = &import->arguments->operands;
	int r = 0;
	cleanup_taken_files struct taken_files taken = {0};
	const struct output output = {
	        .path = import->output, .option = "-o", .kind = OUTPUT_RESULT};
	import->files.first = operands->items[1];
	for (size_t i = 1; r == 0 && i < operands->count; i++)
		r = import_files_find(operands->items[i],
		                      import->has_pattern ? &import->pattern : NULL, &import->files,
		                      err);
	for (size_t i = 0; r == 0 && i < import->files.paths.count; i++)
		r = taken_files_add(&taken, import->files.paths.items[i], "imported", err);
	return r < 0 ? r : output_check(&output, &taken, err);
}

/* ---- The whole ----------------------------------------------------------------------------- */

static void tell(const struct import *import)
{
	const struct words *const lists[] = {&import->imported.remarks,
	                                     &import->arrangement.remarks};
	for (size_t l = 0; l < ARRAY_LENGTH(lists); l++)
		for (size_t i = 0; i < lists[l]->count; i++)
			talk_note(import->arguments, "%s", lists[l]->items[i]);
	if (import->files.passed_over > 0)
		talk_note(import->arguments, "%zu %s passed over", import->files.passed_over,
		          number_noun(import->files.passed_over,
		                      "file does not match --path and was",
		                      "files do not match --path and were"));
	const bool has_levels = import->format->has_levels;
	const size_t count =
	        has_levels ? import->imported.figure_count : import->arrangement.task_count;
	const size_t levels = import->arrangement.plan.level_count;
	const size_t files = import->files.paths.count;
	talk_note(import->arguments, "%s: %zu %s at %zu %s, from %zu %s", import->output, count,
	          has_levels ? number_noun(count, "stated figure", "stated figures")
	                     : number_noun(count, "task", "tasks"),
	          levels, number_noun(levels, "level", "levels"), files,
	          number_noun(files, "file", "files"));
}

static int import_all(struct import *import, struct error *err)
{
	const struct arguments *const arguments = import->arguments;
	int r = check_options(import, err);
	if (r == 0)
		r = find_files(import, err);
	if (r == 0)
		r = read_files(import, err);
	if (r == 0)
		r = arrange_imported(&import->imported, &import->arrangement, err);
	if (r == 0 && import->arrangement.plan.level_count == 0)
		r = error_set(err, EINVAL,
		              "there is no task with a wall time in these files: "
		              "nothing was imported");
	const struct import_words words = {
	        .format = import->format->name,
	        .name = arguments_get(arguments, "name"),
	        .task_type = arguments_get(arguments, "task-type"),
	        .host = arguments_get(arguments, "host"),
	        .source = arguments_get(arguments, "source"),
	};
	if (r == 0)
		r = import_write(&import->imported, &import->arrangement, &import->files, &words,
		                 import->output, arguments_has(arguments, "force"), err);
	return r;
}

static enum exit_code answer(const struct import *import)
{
	cleanup_free char *text = NULL;
	struct error err;
	tell(import);
	const int r = show_write(import->output, import->arguments, false, &text, &err);
	if (r < 0)
		return talk_fail(EXIT_SOMETHING_FAILED, &err);
	fputs(text, stdout);
	return EXIT_DONE;
}

static enum exit_code make_result(const struct arguments *arguments,
                                  const struct import_format *format)
{
	struct import import = {
	        .arguments = arguments,
	        .format = format,
	        .settings = {.columns = arguments_get(arguments, "columns")},
	};
	struct error err;
	const int r = import_all(&import, &err);
	const enum exit_code code = r < 0 ? talk_fail(exit_for_file(r), &err) : answer(&import);
	path_pattern_release(&import.pattern);
	import_files_release(&import.files);
	imported_release(&import.imported);
	arrangement_release(&import.arrangement);
	return code;
}

static enum exit_code run_import(const struct arguments *arguments)
{
	const struct import_format *format = NULL;
	char why[512] = "";
	bool is_campaign = false;
	struct error err;
	int r = import_format_find(arguments->operands.items[0], &format, &err);
	if (r == 0)
		r = import_wants_campaign(arguments, format, &is_campaign, why, &err);
	if (r < 0)
		return talk_fail(exit_for_file(r), &err);
	return is_campaign ? import_campaign(arguments, format, why)
	                   : make_result(arguments, format);
}

static const struct option_entry import_options[] = {
        {'o', "output", "FILE", "the result or campaign file to write; needed"},
        {0, "force", NULL, "replace a result or campaign that is there"},
        {0, "campaign", "LABEL", "make a campaign called so: a release, a weekly"},
        {0, "concurrency", "N", "how many tasks ran at once, of all files"},
        {0, "path", "PATTERN", "the same from names: n{concurrency}/r{repeat}/*.txt"},
        {0, "columns", "MAP", "of csv: what columns are, as wall_s=run_time:s,user_s=cpu:min"},
        {0, "name", "NAME", "what the result is called (the first file's name)"},
        {0, "task-type", "TYPE", "label of the tasks"},
        {0, "host", "NAME", "the node on which they ran"},
        {0, "source", "TEXT", "who measured it, where it was published"},
};

const struct command command_import = {
        .name = "import",
        .operands = "FORMAT FILE...",
        .summary = "make a result or a campaign of what other tools recorded",
        .details =
                "Reads records of tasks and makes a result file of them, for show, report, "
                "compare, accept, fit and export; or a campaign file, for requirements and "
                "capacity: the tasks of a production, of several types, without levels. FORMAT is "
                "one of\n\n"
                "  perf-stat      perf stat: text, -x and -j, any number of jobs in a file\n"
                "  time           GNU time (-v, -p, -f) and the shell's time\n"
                "  csv            a row per task: plateau export --csv, or mapped columns\n"
                "  levels         figures per level that somebody else worked out\n"
                "  lsst-metadata  task metadata of LSST: files, folders, archives\n"
                "  sacct          what Slurm's sacct prints, with its header\n\n"
                "A FILE may be a folder: all files in it and below are read.\n\n"
                "A campaign is made of lsst-metadata and sacct, of everything with --campaign, and "
                "of a table that names task types and does not say how many ran at once.\n\n"
                "How many tasks ran at once is said by --concurrency, by the names of files and "
                "folders (--path, compared with the end of each path; {concurrency}, {repeat} and "
                "{policy} stand for what they say), or by a column; else it is worked out from "
                "when tasks began and ended. A level's window is the stretch in which all copies "
                "ran. Where only durations are known, throughput is N over the mean wall time, and "
                "the result says so. What is not in the files is absent.\n\n"
                "A file that is wrong anywhere is told by file and line (exit code 2), and nothing "
                "is imported. docs/import.md describes the formats.",
        .options = import_options,
        .option_count = ARRAY_LENGTH(import_options),
        .least_operands = 2,
        .most_operands = SIZE_MAX,
        .exits =
                {
                        {EXIT_DONE, "all files were read"},
                        {EXIT_USAGE,
                         "a file is wrong, which is told by file and line; nothing is imported"},
                },
        .examples =
                {
                        {"plateau import perf-stat --path n{concurrency}/r{repeat}/*.txt runs -o "
                         "old.db",
                         "outputs of perf stat, whose folders say how many ran at once"},
                        {"plateau import csv tasks.csv --columns wall_s=run_time:s -o old.db",
                         "a table with other names"},
                        {"plateau import sacct --campaign w_2025_48 accounts.txt -o w48.db",
                         "what Slurm kept of a production"},
                },
        .see_also = "show, fit, requirements, capacity",
        .run = run_import,
};
