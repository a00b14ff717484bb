/* What criteria are held against: files, folders and patterns, resolved and loaded. */
#include "commands/judging_parts.h"
#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/str.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool is_known(const struct judging_reference *own, const struct loaded_result *result)
{
	for (size_t i = 0; i < own->count; i++)
		if (own->runs[i] == &result->findings ||
		    dataset_is_same_run(own->runs[i]->dataset, &result->dataset))
			return true;
	return false;
}

static int note_path(struct words *paths, const char *path, struct error *err)
{
	for (size_t i = 0; i < paths->count; i++)
		if (strcmp(paths->items[i], path) == 0)
			return 0;
	return words_add(paths, path, err);
}

static int add_file(struct judging *judging, const char *path, const struct loaded_result *judged,
                    struct judging_reference *own, struct words *all, struct error *err)
{
	const struct loaded_result *result = NULL;
	int r = loaded_get(&judging->loaded, path, &result, err);
	if (r < 0)
		return r;
	if (judged && ((result->device == judged->device && result->inode == judged->inode) ||
	               dataset_is_same_run(&result->dataset, &judged->dataset))) {
		own->is_itself = true;
		return 0;
	}
	if (is_known(own, result))
		return 0;
	r = array_reserve(&own->runs, &own->capacity, own->count + 1, sizeof(void *), err);
	if (r < 0)
		return r;
	own->runs[own->count++] = &result->findings;
	return note_path(all, result->path, err);
}

static int find_runs(struct judging *judging, const struct criterion *criterion, const char *folder,
                     const struct loaded_result *judged, struct judging_reference *own,
                     struct words *all, struct error *err)
{
	cleanup_words struct words named = {0};
	const bool is_given = judging->given.count > 0;
	int r = is_given ? 0 : result_files_find_all(&criterion->references, folder, &named, err);
	const struct words *const files = is_given ? &judging->given : &named;
	for (size_t i = 0; r == 0 && i < files->count; i++)
		r = add_file(judging, files->items[i], judged, own, all, err);
	return r;
}

/* Why there is nothing to hold a criterion against; nothing where there is something. */
static int find_problem(int failed, const struct error *why, struct judging_reference *own,
                        struct error *err)
{
	if (failed < 0)
		return str_copy(why->text, &own->problem, err);
	if (own->count > 0)
		return 0;
	return str_copy(own->is_itself ? "the only reference is the result that is judged itself"
	                               : "no reference is named: say one with --reference",
	                &own->problem, err);
}

static int find_one(struct judging *judging, const struct criteria *criteria, size_t index,
                    const struct loaded_result *judged, struct judging_references *references,
                    struct error *err)
{
	struct judging_reference *const own = &references->owned[index];
	struct error why;
	int r = find_runs(judging, &criteria->items[index], criteria->folder, judged, own,
	                  &references->paths, &why);
	if (r == -ENOMEM) {
		*err = why;
		return r;
	}
	r = find_problem(r, &why, own, err);
	references->items[index] = (struct reference){
	        .runs = own->runs,
	        .count = own->count,
	        .problem = own->problem,
	};
	return r;
}

void judging_references_release(struct judging_references *references)
{
	for (size_t i = 0; references->owned && i < references->count; i++) {
		free(references->owned[i].runs);
		free(references->owned[i].problem);
	}
	free(references->owned);
	free(references->items);
	words_release(&references->paths);
	*references = (struct judging_references){0};
}

int judging_find_references(struct judging *judging, const struct criteria *criteria,
                            const struct loaded_result *judged,
                            struct judging_references *ret_references, struct error *err)
{
	struct judging_references references = {.count = criteria->count};
	references.owned = calloc(criteria->count, sizeof *references.owned);
	references.items = calloc(criteria->count, sizeof *references.items);
	int r = 0;
	if (criteria->count > 0 && (!references.owned || !references.items))
		r = error_memory(err);
	for (size_t i = 0; r == 0 && i < criteria->count; i++)
		if (criterion_is_relative(&criteria->items[i]))
			r = find_one(judging, criteria, i, judged, &references, err);
	if (r < 0) {
		judging_references_release(&references);
		return r;
	}
	*ret_references = references;
	return 0;
}
