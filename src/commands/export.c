/* plateau export: the tasks of a result, a row each, for other programs. */
#include "commands/talk.h"
#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/file.h"
#include "report/task_rows.h"
#include "store/load.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* main is silent when the reader of stdout went away: that is right for an answer that somebody
 * reads, and wrong for data that go into another program. */
static enum exit_code fail_on_stdout(int result, const struct error *err)
{
	if (result == -EPIPE)
		talk_error("not all tasks were exported: the reader of standard output is gone");
	else
		talk_error("not all tasks were exported: %s", err->text);
	return EXIT_SOMETHING_FAILED;
}

/* True when path is the result itself, by whatever name. */
static bool is_same_file(const char *path, const char *result)
{
	struct stat a;
	struct stat b;
	return stat(path, &a) == 0 && stat(result, &b) == 0 && a.st_dev == b.st_dev &&
	       a.st_ino == b.st_ino;
}

/* What is exported, and how. */
struct exported {
	const struct dataset *dataset;
	enum task_rows_format format;
};

static int write_rows(const void *content, FILE *stream, struct error *err)
{
	const struct exported *const exported = content;
	return task_rows_write(exported->dataset, exported->format, stream, err);
}

static enum exit_code run_export(const struct arguments *arguments)
{
	const bool is_csv = arguments_has(arguments, "csv");
	const bool is_jsonl = arguments_has(arguments, "jsonl");
	const char *const result = arguments->operands.items[0];
	const char *const path = arguments_get(arguments, "output");
	if (is_csv == is_jsonl) {
		if (arguments_has(arguments, "json"))
			talk_error("export writes a row per task: --jsonl is meant, one object a "
			           "line");
		else
			talk_error("name one format: --csv or --jsonl");
		return EXIT_USAGE;
	}
	if (path && is_same_file(path, result)) {
		talk_error("--output %s is the result file itself", path);
		return EXIT_USAGE;
	}
	struct error err;
	cleanup_dataset struct dataset dataset = {0};
	const int r = load_dataset(result, &dataset, &err);
	if (r < 0)
		return talk_fail(exit_for_file(r), &err);
	const enum task_rows_format format = is_csv ? TASK_ROWS_CSV : TASK_ROWS_JSONL;
	if (!path || strcmp(path, "-") == 0) {
		const int w = task_rows_write(&dataset, format, stdout, &err);
		return w < 0 ? fail_on_stdout(w, &err) : EXIT_DONE;
	}
	const struct exported exported = {&dataset, format};
	return file_replace_by(path, write_rows, &exported, &err) < 0
	               ? talk_fail(EXIT_SOMETHING_FAILED, &err)
	               : EXIT_DONE;
}

static const struct option_entry export_options[] = {
        {0, "csv", NULL, "comma-separated values with a header line"},
        {0, "jsonl", NULL, "JSON lines: one object a line"},
        {'o', "output", "FILE", "write to FILE instead of stdout"},
};

const struct command command_export = {
        .name = "export",
        .operands = "RESULT",
        .summary = "write a row per task as CSV or JSON lines",
        .details = "Every task of the result, of the probe and of warm-ups too, with its level, "
                   "trial, role, state and weight in the window, what it used, and the value and "
                   "state of every event. Units stand in the names of the columns; what was not "
                   "measured is an empty field, or null. An existing FILE is replaced when the "
                   "new one is whole. docs/result-file.md lists the columns.",
        .options = export_options,
        .option_count = ARRAY_LENGTH(export_options),
        .least_operands = 1,
        .most_operands = 1,
        .exits =
                {
                        {EXIT_USAGE, "a result cannot be read, or an option is wrong"},
                },
        .examples =
                {
                        {"plateau export --csv results/my-task.db -o tasks.csv",
                         "a row per task, for a spreadsheet"},
                        {"plateau export --jsonl results/my-task.db | jq .wall_s",
                         "an object per task, for a program"},
                },
        .see_also = "show, import",
        .run = run_export,
};
