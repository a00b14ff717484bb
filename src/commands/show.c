#include "commands/show.h"

#include "analyse/findings.h"
#include "commands/command.h"
#include "commands/talk.h"
#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "report/json/show_json.h"
#include "report/show_text.h"
#include "store/load.h"

#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

extern const struct command command_show;

static int write_answer(const struct findings *findings, const struct arguments *arguments,
                        bool is_short, char **ret_text, struct error *err)
{
	if (arguments_has(arguments, "json"))
		return show_json_write(findings, ret_text, err);
	const struct text_style style = talk_style(arguments);
	return show_text_write(findings, &style, is_short, ret_text, err);
}

/* The time stamps of another input, where they are asked for; `run` does not know the option. */
static int choose_phases(const struct arguments *arguments, struct findings *findings,
                         struct error *err)
{
	const char *const input =
	        arguments->command == &command_show ? arguments_get(arguments, "phases-of") : NULL;
	return input ? phases_choose_input(&findings->summary, input, &findings->phases, err) : 0;
}

int show_write(const char *path, const struct arguments *arguments, bool is_short, char **ret_text,
               struct error *err)
{
	cleanup_dataset struct dataset dataset = {0};
	cleanup_findings struct findings findings = {0};
	int r = load_dataset(path, &dataset, err);
	if (r < 0)
		return r; /* it names the file */
	r = findings_build(&dataset, &findings, err);
	if (r == 0)
		r = choose_phases(arguments, &findings, err);
	if (r == 0)
		r = write_answer(&findings, arguments, is_short, ret_text, err);
	return r < 0 ? error_context(err, r, "%s", path) : 0;
}

static int print(const char *path, const struct arguments *arguments, struct error *err)
{
	cleanup_free char *text = NULL;
	const int r = show_write(path, arguments, false, &text, err);
	if (r < 0)
		return r;
	/* What does not go out is found and told by main. */
	fputs(text, stdout);
	return 0;
}

static enum exit_code run_show(const struct arguments *arguments)
{
	const bool is_json = arguments_has(arguments, "json");
	enum exit_code code = EXIT_DONE;
	struct error err;
	for (size_t i = 0; i < arguments->operands.count; i++) {
		if (i > 0 && !is_json)
			putchar('\n');
		int r = print(arguments->operands.items[i], arguments, &err);
		/* One bad file does not hide the others. A usage error outranks a failure. */
		if (r < 0 && (code == EXIT_DONE || exit_for_file(r) == EXIT_USAGE))
			code = exit_for_file(r);
		if (r < 0)
			talk_error("%s", err.text);
	}
	return code;
}

static const struct option_entry show_options[] = {
        {0, "phases-of", "INPUT", "with --json: the time stamps of tasks with this input"},
};

const struct command command_show = {
        .name = "show",
        .operands = "RESULT...",
        .summary = "print what a result says",
        .details =
                "Prints the tables of a result file: throughput, its 95 % interval and efficiency "
                "at every level, what a task took, what was counted and what could not be, the "
                "machine's limits, warnings, failures, and what plateau itself cost. Several "
                "results are printed one after the other.\n\n"
                "With --json the same figures as numbers, in SI units; docs/json.md has the "
                "schema. docs/method.md says how each figure is worked out.",
        .options = show_options,
        .option_count = ARRAY_LENGTH(show_options),
        .least_operands = 1,
        .most_operands = SIZE_MAX,
        .exits =
                {
                        {EXIT_USAGE, "a result cannot be read, or an option is wrong"},
                },
        .examples =
                {
                        {"plateau show results/my-task.db", "the tables"},
                        {"plateau show --json results/my-task.db", "the same as numbers"},
                },
        .see_also = "report, export, compare, fit",
        .run = run_show,
};
