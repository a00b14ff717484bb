/* What a row is made of, checked before anything runs. */
#include "commands/run_row.h"

#include "commands/aside.h"
#include "commands/judging.h"
#include "commands/outputs.h"
#include "commands/overrides.h"
#include "commands/run_looks.h"
#include "commands/talk.h"
#include "core/error.h"

#include <stdlib.h>

void row_release(struct row *row)
{
	for (size_t i = 0; i < row->count; i++) {
		run_release(&row->entries[i].run);
		free(row->entries[i].result);
		free(row->entries[i].json);
	}
	free(row->entries);
}

/* In a process of its own: what is loaded here would count against the tasks. */
static enum exit_code expect(void *context)
{
	const struct row *const row = context;
	const struct judging_settings settings = {.arguments = row->arguments};
	struct judging *judging = NULL;
	enum exit_code code = judging_open(&settings, &judging);
	for (size_t i = 0; code == EXIT_DONE && i < row->count; i++)
		code = judging_expect(judging, &row->entries[i].run.scenario);
	judging_free(judging);
	return code;
}

/* A run that nobody can judge would be for nothing. */
static enum exit_code row_expect(struct row *row)
{
	enum exit_code code = EXIT_DONE;
	for (size_t i = 0; i < row->count; i++) {
		const struct row_entry *const entry = &row->entries[i];
		if (entry->run.scenario.accept.count > 0)
			continue;
		talk_error(
		        "--accept: %s does not say what the node must be: give it the key accept "
		        "with criteria, or %s (docs/acceptance.md)",
		        entry->name                  ? entry->name
		        : entry->run.resume.is_asked ? entry->run.resume.path
		                                     : "a command line",
		        entry->run.resume.is_asked
		                ? "go on with it without --accept and then `plateau accept RESULT "
		                  "--criteria FILE`"
		                : "name a file of them with --criteria FILE");
		code = EXIT_USAGE;
	}
	return code == EXIT_DONE ? aside(expect, row) : code;
}

/* Whether the row is judged. A run that was begun with --accept is, without a word; what its
 * criteria lack by now is then said by the verdict, and does not keep it from being measured. */
static enum exit_code row_judge(struct row *row)
{
	const struct arguments *const arguments = row->arguments;
	struct run *const first = &row->entries[0].run;
	row->is_judged = arguments_has(arguments, "accept");
	if (!row->is_judged && first->resume.is_asked && first->scenario.accept.count > 0 &&
	    run_was_judged(&first->resume.before)) {
		row->is_judged = true;
		talk_note(arguments, "%s was begun with --accept, and is judged again",
		          first->resume.path);
	} else if (row->is_judged) {
		const enum exit_code code = row_expect(row);
		if (code != EXIT_DONE)
			return code;
	} else if (arguments_has(arguments, "criteria")) {
		talk_note(arguments, "nothing is judged without --accept: the criteria are kept in "
		                     "the result, for `plateau accept RESULT`");
	}
	for (size_t i = 0; i < row->count; i++)
		row->entries[i].run.is_judged = row->is_judged;
	return EXIT_DONE;
}

/* What the row reads. */
static int row_take_files(const struct row *row, struct taken_files *taken, struct error *err)
{
	const struct arguments *const arguments = row->arguments;
	const struct words *const references = arguments_list(arguments, "reference");
	int r = taken_files_add(taken, arguments_get(arguments, "criteria"), "the file of criteria",
	                        err);
	if (r == 0)
		r = taken_files_add(taken, arguments_get(arguments, "metrics"),
		                    "the file of metrics", err);
	if (r == 0)
		r = taken_files_add_results(taken, references, NULL, "a reference", err);
	for (size_t i = 0; r == 0 && i < row->count; i++) {
		const struct row_entry *const entry = &row->entries[i];
		r = taken_files_add(taken, entry->name, "the scenario", err);
		if (r == 0)
			r = taken_files_add(taken, entry->run.resume.path,
			                    "the result that is gone on with", err);
		if (r == 0)
			r = taken_files_add_references(taken, &entry->run.scenario.accept, err);
	}
	return r;
}

/* Nothing that is read is written, nor is one file written twice: a measurement would be lost, or
 * what it is made by. */
static enum exit_code row_check_outputs(const struct row *row)
{
	const struct arguments *const arguments = row->arguments;
	const struct output result = {
	        .path = arguments_get(arguments, "output"), .option = "-o", .kind = OUTPUT_RESULT};
	const struct output junit = {.path = arguments_get(arguments, "junit"),
	                             .option = "--junit",
	                             .kind = OUTPUT_JUNIT,
	                             .is_forced = arguments_has(arguments, "force")};
	cleanup_taken_files struct taken_files taken = {0};
	struct error err;
	int r = row_take_files(row, &taken, &err);
	if (r == 0 && result.path)
		r = output_check(&result, &taken, &err);
	if (r == 0)
		r = taken_files_add(&taken, result.path, "the result of -o", &err);
	if (r == 0 && junit.path)
		r = output_check(&junit, &taken, &err);
	return r < 0 ? talk_fail(exit_for_file(r), &err) : EXIT_DONE;
}

enum exit_code row_load(const struct arguments *arguments, struct row *row)
{
	struct error err;
	const bool is_resumed = arguments_has(arguments, "resume");
	const size_t count = is_resumed ? 1 : overrides_count(arguments);
	row->entries = calloc(count, sizeof *row->entries);
	if (!row->entries) {
		error_memory(&err);
		return talk_fail(EXIT_SOMETHING_FAILED, &err);
	}
	row->arguments = arguments;
	row->count = count;
	enum exit_code code = EXIT_DONE;
	for (size_t i = 0; i < count; i++) {
		struct row_entry *const entry = &row->entries[i];
		struct run *const run = &entry->run;
		run->arguments = arguments;
		if (!is_resumed && !arguments->has_rest && arguments->operands.count > 0)
			entry->name = arguments->operands.items[i];
		code = exit_worse(code,
		                  is_resumed ? resume_load(arguments, &run->resume, &run->scenario)
		                             : overrides_scenario(arguments, i, &run->scenario));
	}
	if (code == EXIT_DONE && count > 1)
		code = run_check_row_output(arguments);
	if (code == EXIT_DONE)
		code = row_check_outputs(row);
	if (code == EXIT_DONE && !is_resumed && !arguments_has(arguments, "dry-run"))
		code = run_check_output(arguments);
	return code == EXIT_DONE ? row_judge(row) : code;
}
