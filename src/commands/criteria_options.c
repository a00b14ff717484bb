#include "commands/criteria_options.h"

#include "commands/talk.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/str.h"
#include "formats/command_text.h"
#include "formats/scenario/criteria_yaml.h"
#include "model/command_line.h"
#include "plan/judgeable.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

static enum exit_code read_file(const char *path, bool is_told, struct criteria *ret_criteria)
{
	struct error err;
	cleanup_problems struct problems problems = {0};
	const int r = criteria_load(path, ret_criteria, &problems, &err);
	if (r == 0)
		return EXIT_DONE;
	if (!is_told)
		return exit_for_file(r);
	if (problems.count > 0)
		return talk_problems(&problems, &err);
	error_context(&err, r, "--criteria");
	return talk_fail(exit_for_file(r), &err);
}

/* Where a result stands is kept in full: it is looked for again from elsewhere. */
static int add_absolute(const char *word, struct words *words, struct error *err)
{
	char folder[PATH_MAX];
	cleanup_free char *path = NULL;
	if (word[0] == '/')
		return words_add(words, word, err);
	if (!getcwd(folder, sizeof folder))
		return error_system(err, errno, "the current folder");
	const int r = str_format(&path, err, "%s/%s", folder, word);
	return r < 0 ? r : words_add(words, path, err);
}

static int refer(const struct words *given, struct criterion *criterion, struct error *err)
{
	struct words words = {0};
	int r = 0;
	for (size_t i = 0; r == 0 && i < given->count; i++)
		r = add_absolute(given->items[i], &words, err);
	if (r < 0) {
		words_release(&words);
		return r;
	}
	words_release(&criterion->references);
	criterion->references = words;
	return 0;
}

static enum exit_code set_references(const struct words *given, bool is_told,
                                     struct criteria *criteria)
{
	struct error err;
	size_t held = 0;
	int r = 0;
	for (size_t i = 0; r == 0 && i < criteria->count; i++) {
		if (!criterion_is_relative(&criteria->items[i]))
			continue;
		held++;
		r = refer(given, &criteria->items[i], &err);
	}
	if (is_told && r == 0 && held == 0 && criteria->count > 0)
		talk_warning("--reference changes nothing: no criterion names a reference "
		             "(docs/scenario.md, Criteria)");
	if (r == 0)
		return EXIT_DONE;
	error_context(&err, r, "--reference");
	return is_told ? talk_fail(exit_for_file(r), &err) : exit_for_file(r);
}

enum exit_code criteria_options_apply(const struct arguments *arguments, bool is_told,
                                      struct scenario *scenario)
{
	const char *const path = arguments_get(arguments, "criteria");
	const struct words *const references = arguments_list(arguments, "reference");
	cleanup_criteria struct criteria criteria = {0};
	if (path) {
		const enum exit_code code = read_file(path, is_told, &criteria);
		if (code != EXIT_DONE)
			return code;
		criteria_release(&scenario->accept);
		scenario->accept = criteria;
		criteria = (struct criteria){0};
	}
	return references->count == 0 ? EXIT_DONE
	                              : set_references(references, is_told, &scenario->accept);
}

/* Criteria of another task are told once, before hours are spent. */
static int warn_of_origin(const struct scenario *scenario, struct error *err)
{
	const char *const of = scenario->accept.origin.command;
	cleanup_free char *command = NULL;
	if (!of)
		return 0;
	const int r = command_text_write(&scenario->task.command, &command, err);
	if (r == 0 && !command_line_is_same(of, command))
		talk_warning("the criteria were made from runs of another command (%.200s): they "
		             "can fail, but not pass",
		             of);
	return r;
}

int criteria_options_warn(const struct judgeable_run *as_planned, struct error *err)
{
	const struct criteria *const criteria = &as_planned->scenario->accept;
	const int told = warn_of_origin(as_planned->scenario, err);
	if (told < 0)
		return told;
	for (size_t i = 0; i < criteria->count; i++) {
		const struct criterion *const c = &criteria->items[i];
		cleanup_free char *reason = NULL;
		const int r = judgeable_reason(as_planned, c, &reason, err);
		if (r < 0)
			return r;
		if (reason)
			talk_warning("the criterion \"%s\" will be inconclusive: %s",
			             c->label ? c->label : c->spelling, reason);
	}
	return 0;
}
