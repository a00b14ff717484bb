#include "commands/make_criteria.h"

#include "analyse/verdict/limits.h"
#include "commands/loaded.h"
#include "commands/outputs.h"
#include "commands/result_files.h"
#include "commands/talk.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/file.h"
#include "formats/scenario/criteria_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Another file is written over only when that was asked for. */
static int check_output(const struct arguments *arguments, const char *path, struct error *err)
{
	const struct output output = {
	        .path = path,
	        .option = "-o",
	        .kind = OUTPUT_CRITERIA,
	        .is_forced = arguments_has(arguments, "force"),
	};
	cleanup_taken_files struct taken_files taken = {0};
	const int r = taken_files_add_results(&taken, &arguments->operands, NULL, "a result", err);
	return r < 0 ? r : output_check(&output, &taken, err);
}

/* A copy of a run is no further run, whatever its file is called. */
static bool is_copy(const struct findings *const *runs, size_t count, const struct findings *run)
{
	for (size_t i = 0; i < count; i++)
		if (dataset_is_same_run(runs[i]->dataset, run->dataset))
			return true;
	return false;
}

static int propose(const struct words *paths, struct limits *ret_limits, struct loaded *loaded,
                   struct error *err)
{
	cleanup_free const struct findings **runs = calloc(paths->count, sizeof(void *));
	if (!runs)
		return error_memory(err);
	size_t count = 0;
	for (size_t i = 0; i < paths->count; i++) {
		const struct loaded_result *result;
		const int r = loaded_get(loaded, paths->items[i], &result, err);
		if (r < 0)
			return r;
		if (is_copy(runs, count, &result->findings))
			talk_warning("%s is a copy of a run that another file holds, and is left "
			             "out: one run counts once",
			             paths->items[i]);
		else
			runs[count++] = &result->findings;
	}
	return limits_propose(runs, count, ret_limits, err);
}

enum exit_code make_criteria(const struct arguments *arguments)
{
	cleanup_words struct words paths = {0};
	const char *const output = arguments_get(arguments, "output");
	const bool is_file = output && strcmp(output, "-") != 0;
	cleanup_loaded struct loaded loaded = {0};
	struct limits limits = {0};
	cleanup_free char *text = NULL;
	struct error err;
	int r = is_file ? check_output(arguments, output, &err) : 0;
	if (r == 0)
		r = result_files_find_all(&arguments->operands, NULL, &paths, &err);
	if (r == 0)
		r = propose(&paths, &limits, &loaded, &err);
	if (r == 0)
		r = criteria_text_write(&limits.criteria, &limits.notes, &text, &err);
	for (size_t i = 0; r == 0 && is_file && i < limits.notes.count; i++)
		talk_note(arguments, "%s", limits.notes.items[i]);
	limits_release(&limits);
	if (r != 0)
		return talk_fail(exit_for_file(r), &err);
	if (!is_file) {
		/* What does not go out is found and told by main. */
		fputs(text, stdout);
		return EXIT_DONE;
	}
	r = file_replace(output, text, strlen(text), &err);
	if (r < 0)
		return talk_fail(EXIT_SOMETHING_FAILED, &err);
	talk_path(output);
	return EXIT_DONE;
}
