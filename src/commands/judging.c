#include "commands/judging.h"

#include "commands/judging_parts.h"
#include "commands/talk.h"
#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "formats/scenario/criteria_yaml.h"
#include "formats/scenario/scenario_json.h"

#include <errno.h>
#include <stdlib.h>

/* All but the result. */
static void judged_release(struct judged *judged)
{
	acceptance_release(&judged->acceptance);
	free(judged->remarks);
	judging_references_release(&judged->references);
	criteria_release(&judged->criteria);
}

static void judged_free(struct judged *judged)
{
	if (!judged)
		return;
	judged_release(judged);
	loaded_result_free(judged->result);
	free(judged);
}

void judging_free(struct judging *judging)
{
	if (!judging)
		return;
	for (size_t i = 0; i < judging->count; i++)
		judged_free(judging->items[i]);
	free(judging->items);
	free(judging->accepted);
	words_release(&judging->unjudged);
	words_release(&judging->reasons);
	words_release(&judging->copies);
	words_release(&judging->originals);
	loaded_release(&judging->loaded);
	criteria_release(&judging->criteria);
	words_release(&judging->given);
	free(judging);
}

static enum exit_code read_criteria(struct judging *judging)
{
	struct error err;
	cleanup_problems struct problems problems = {0};
	const int r =
	        criteria_load(judging->settings.criteria_path, &judging->criteria, &problems, &err);
	if (problems.count > 0)
		return talk_problems(&problems, &err);
	return r < 0 ? talk_fail(exit_for_file(r), &err) : EXIT_DONE;
}

/* What --reference names is loaded at once: a wrong name is a mistake, not a verdict. */
static enum exit_code read_given(struct judging *judging)
{
	struct error err;
	const struct loaded_result *result;
	int r = result_files_find_all(judging->settings.references, NULL, &judging->given, &err);
	for (size_t i = 0; r == 0 && i < judging->given.count; i++)
		r = loaded_get(&judging->loaded, judging->given.items[i], &result, &err);
	if (r == 0)
		return EXIT_DONE;
	error_context(&err, r, "--reference");
	return talk_fail(exit_for_file(r), &err);
}

enum exit_code judging_open(const struct judging_settings *settings, struct judging **ret_judging)
{
	struct error err;
	struct judging *const judging = calloc(1, sizeof *judging);
	if (!judging) {
		error_memory(&err);
		return talk_fail(EXIT_SOMETHING_FAILED, &err);
	}
	judging->settings = *settings;
	enum exit_code code = EXIT_DONE;
	if (settings->criteria_path)
		code = read_criteria(judging);
	if (code == EXIT_DONE && settings->references && settings->references->count > 0)
		code = read_given(judging);
	if (code != EXIT_DONE) {
		judging_free(judging);
		return code;
	}
	*ret_judging = judging;
	return EXIT_DONE;
}

enum exit_code judging_expect(struct judging *judging, const struct scenario *scenario)
{
	struct error err;
	const struct criteria *const criteria =
	        judging->settings.criteria_path ? &judging->criteria : &scenario->accept;
	if (criteria->count == 0) {
		talk_error("the scenario %s does not say what the node must be: give it criteria "
		           "(the key accept, docs/scenario.md), or name a file of them with "
		           "--criteria",
		           scenario->path ? scenario->path : scenario->name);
		return EXIT_USAGE;
	}
	struct judging_references references = {0};
	const int r = judging_find_references(judging, criteria, NULL, &references, &err);
	if (r < 0)
		return talk_fail(EXIT_SOMETHING_FAILED, &err);
	enum exit_code code = EXIT_DONE;
	for (size_t i = 0; i < criteria->count; i++) {
		const struct reference *const reference = &references.items[i];
		const char *const name = criteria->items[i].spelling;
		if (reference->problem) {
			talk_error("the reference of the criterion %s cannot be had: %s", name,
			           reference->problem);
			code = EXIT_USAGE;
		} else if (criterion_is_relative(&criteria->items[i]) &&
		           reference->count < VERDICT_LEAST_RUNS) {
			talk_warning("the criterion %s is held against %zu run%s of the good node, "
			             "and will stay inconclusive: %d are the least that a verdict "
			             "can be based on",
			             name, reference->count, reference->count == 1 ? "" : "s",
			             VERDICT_LEAST_RUNS);
		}
	}
	judging_references_release(&references);
	return code;
}

/* The criteria that came with a result, in its scenario. */
static int take_criteria(struct judged *judged, struct error *err)
{
	const struct loaded_result *const result = judged->result;
	cleanup_scenario struct scenario scenario = {0};
	if (!result->dataset.run.scenario_json)
		return 0;
	const int r = scenario_json_read(result->dataset.run.scenario_json, &scenario, err);
	if (r < 0)
		return error_context(err, r, "the scenario in %s", result->path);
	judged->criteria = scenario.accept;
	scenario.accept = (struct criteria){0};
	return 0;
}

/* What is asked of a result, perhaps nothing. */
static int find_criteria(struct judging *judging, struct judged *judged,
                         const struct criteria **ret_criteria, struct error *err)
{
	int r = 0;
	if (!judging->settings.criteria_path)
		r = take_criteria(judged, err);
	if (r == 0)
		*ret_criteria =
		        judging->settings.criteria_path ? &judging->criteria : &judged->criteria;
	return r;
}

/* By accepted->criteria. */
static int judge_by(struct judging *judging, struct judged *judged, struct accepted *accepted,
                    struct error *err)
{
	int r = judging_find_references(judging, accepted->criteria, judged->result,
	                                &judged->references, err);
	if (r == 0)
		r = verdict_build(accepted->criteria, judged->references.items,
		                  &judged->result->findings, &judged->acceptance, err);
	if (r == 0)
		r = judging_find_remarks(judged, err);
	if (r < 0)
		return error_context(err, r, "%s", judged->result->path);
	accepted->path = judged->result->path;
	accepted->findings = &judged->result->findings;
	accepted->criteria_path = judging->settings.criteria_path;
	accepted->references = judged->references.items;
	accepted->reference_paths = (const char *const *)judged->references.paths.items;
	accepted->reference_count = judged->references.paths.count;
	accepted->remarks = judged->remarks;
	accepted->remark_count = judged->remark_count;
	accepted->acceptance = &judged->acceptance;
	return 0;
}

static int judge(struct judging *judging, struct judged *judged, struct accepted *accepted,
                 struct error *err)
{
	const int r = find_criteria(judging, judged, &accepted->criteria, err);
	if (r < 0)
		return r;
	if (accepted->criteria->count == 0)
		return error_set(err, EINVAL,
		                 "%s: its scenario does not say what the node must be (the key "
		                 "accept): name a criteria file with --criteria, which "
		                 "--make-criteria writes from results of a good node",
		                 judged->result->path);
	return judge_by(judging, judged, accepted, err);
}

int judging_once(struct judging *judging, struct loaded_result *result,
                 int (*take)(const struct accepted *accepted, void *data, struct error *err),
                 void *data, struct error *err)
{
	struct judged judged = {.result = result};
	struct accepted accepted = {0};
	int r = find_criteria(judging, &judged, &accepted.criteria, err);
	if (r == 0 && accepted.criteria->count > 0) {
		r = judge_by(judging, &judged, &accepted, err);
		if (r == 0)
			r = take(&accepted, data, err);
	}
	judged_release(&judged);
	return r;
}

static bool is_same_file(const struct loaded_result *a, const struct loaded_result *b)
{
	return a->device == b->device && a->inode == b->inode;
}

/* Puts it where its file was judged before, or behind the others. */
static int keep(struct judging *judging, struct judged *judged, const struct accepted *accepted,
                size_t *ret_index, struct error *err)
{
	size_t at = 0;
	while (at < judging->count && !is_same_file(judging->items[at]->result, judged->result))
		at++;
	if (at == judging->count) {
		int r = array_reserve(&judging->items, &judging->capacity, at + 1, sizeof(void *),
		                      err);
		if (r == 0)
			r = array_reserve(&judging->accepted, &judging->accepted_capacity, at + 1,
			                  sizeof *judging->accepted, err);
		if (r < 0)
			return r;
		judging->count++;
	} else {
		judged_free(judging->items[at]);
	}
	judging->items[at] = judged;
	judging->accepted[at] = *accepted;
	*ret_index = at;
	return 0;
}

/* What holds the run of this file already, NULL: nothing. Where they come to different verdicts,
 * neither hides the other. */
static const struct judged *find_original(const struct judging *judging,
                                          const struct judged *judged)
{
	for (size_t i = 0; i < judging->count; i++) {
		const struct judged *const other = judging->items[i];
		if (is_same_file(other->result, judged->result) ||
		    !dataset_is_same_run(&other->result->dataset, &judged->result->dataset))
			continue;
		if (other->acceptance.verdict == judged->acceptance.verdict)
			return other;
		talk_warning("%s and %s say that they are one run, but come to different verdicts: "
		             "both stand in the answer",
		             judged->result->path, other->result->path);
	}
	return NULL;
}

/* Says of a file that it is a copy; it is not judged besides. */
static int note_copy(struct judging *judging, const struct judged *judged,
                     const struct judged *original, struct error *err)
{
	talk_warning("%s is a copy of a run that %s holds, and is left out: one run counts once",
	             judged->result->path, original->result->path);
	const int r = words_add(&judging->copies, judged->result->path, err);
	return r < 0 ? r : words_add(&judging->originals, original->result->path, err);
}

enum exit_code judging_miss(struct judging *judging, const char *path, int r,
                            const struct error *why)
{
	struct error err;
	const enum exit_code code = talk_fail(exit_for_file(r), why);
	int noted = words_add(&judging->unjudged, path, &err);
	if (noted == 0)
		noted = words_add(&judging->reasons, why->text, &err);
	return noted < 0 ? exit_worse(code, talk_fail(EXIT_SOMETHING_FAILED, &err)) : code;
}

enum exit_code judging_result(struct judging *judging, const char *path,
                              const struct accepted **ret_accepted)
{
	struct error err;
	struct accepted accepted = {0};
	size_t index = 0;
	struct judged *const judged = calloc(1, sizeof *judged);
	int r = judged ? loaded_read(path, &judged->result, &err) : error_memory(&err);
	if (r == 0)
		r = judge(judging, judged, &accepted, &err);
	const struct judged *const original = r == 0 ? find_original(judging, judged) : NULL;
	if (original) {
		r = note_copy(judging, judged, original, &err);
		judged_free(judged);
		return r < 0 ? talk_fail(EXIT_SOMETHING_FAILED, &err) : EXIT_DONE;
	}
	if (r == 0)
		r = keep(judging, judged, &accepted, &index, &err);
	if (r < 0) {
		judged_free(judged);
		return judging_miss(judging, path, r, &err);
	}
	judging_say_remarks(judged);
	if (ret_accepted)
		*ret_accepted = &judging->accepted[index];
	return EXIT_DONE;
}

void judging_all(const struct judging *judging, struct accepted_all *ret_all)
{
	*ret_all = (struct accepted_all){
	        .items = judging->accepted,
	        .count = judging->count,
	        .verdict = judging_verdict(judging),
	        .unjudged_paths = (const char *const *)judging->unjudged.items,
	        .unjudged_reasons = (const char *const *)judging->reasons.items,
	        .unjudged_count = judging->reasons.count,
	        .copy_paths = (const char *const *)judging->copies.items,
	        .copy_originals = (const char *const *)judging->originals.items,
	        .copy_count = judging->originals.count,
	};
}

/* As verdict_overall, whose list would have to be made first. */
enum verdict judging_verdict(const struct judging *judging)
{
	const bool is_whole = judging->count > 0 && judging->unjudged.count == 0;
	enum verdict verdict = is_whole ? VERDICT_PASS : VERDICT_INCONCLUSIVE;
	for (size_t i = 0; i < judging->count; i++) {
		const enum verdict one = judging->items[i]->acceptance.verdict;
		if (one == VERDICT_FAIL)
			return one;
		if (one != VERDICT_PASS)
			verdict = VERDICT_INCONCLUSIVE;
	}
	return verdict;
}

enum exit_code judging_exit(const struct judging *judging)
{
	switch (judging_verdict(judging)) {
	case VERDICT_PASS:
		return EXIT_DONE;
	case VERDICT_FAIL:
		return EXIT_CRITERIA_FAILED;
	default:
		return EXIT_INCONCLUSIVE;
	}
}

bool judging_speaks_of_failures(const struct accepted *accepted)
{
	for (size_t i = 0; i < accepted->criteria->count; i++)
		if (accepted->criteria->items[i].measure == MEASURE_FAILURES ||
		    accepted->criteria->items[i].measure == MEASURE_FAILURE_SHARE)
			return true;
	return false;
}
