/* In what a result differs from those that it is held against: what makes a verdict mean less. */
#include "commands/judging_parts.h"
#include "commands/talk.h"
#include "core/array.h"
#include "core/error.h"

#include <string.h>

/* Criteria that are held against the same runs. */
static bool is_alike(const struct judging_reference *a, const struct judging_reference *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (a->runs[i] != b->runs[i])
			return false;
	return true;
}

static bool is_first(const struct judging_references *references, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (is_alike(&references->owned[i], &references->owned[index]))
			return false;
	return references->owned[index].count > 0;
}

/* What was said of another reference is said once. */
static int add_new(struct judged *judged, const struct comparison *comparison, struct error *err)
{
	for (size_t i = 0; i < comparison->remark_count; i++) {
		const struct compare_remark *const remark = &comparison->remarks[i];
		bool is_known = false;
		for (size_t k = 0; k < judged->remark_count; k++)
			is_known |= strcmp(judged->remarks[k].text, remark->text) == 0;
		if (is_known)
			continue;
		const int r = array_reserve(&judged->remarks, &judged->remark_capacity,
		                            judged->remark_count + 1, sizeof *judged->remarks, err);
		if (r < 0)
			return r;
		judged->remarks[judged->remark_count++] = *remark;
	}
	return 0;
}

/* Against the runs of one reference. Those of different criteria are never taken together. */
static int compare_with(struct judged *judged, const struct judging_reference *reference,
                        struct error *err)
{
	const struct findings *const self = &judged->result->findings;
	struct comparison comparison = {0};
	const struct side base = {
	        .name = "the reference",
	        .path = reference->runs[0]->dataset->path,
	        .runs = reference->runs,
	        .count = reference->count,
	};
	const struct side new = {
	        .name = "the node",
	        .path = judged->result->path,
	        .runs = &self,
	        .count = 1,
	};
	int r = compare_build(&base, &new, &comparison, err);
	if (r == 0)
		r = add_new(judged, &comparison, err);
	comparison_release(&comparison);
	return r;
}

int judging_find_remarks(struct judged *judged, struct error *err)
{
	const struct judging_references *const references = &judged->references;
	int r = 0;
	for (size_t i = 0; r == 0 && i < references->count; i++)
		if (is_first(references, i))
			r = compare_with(judged, &references->owned[i], err);
	return r;
}

void judging_say_remarks(const struct judged *judged)
{
	for (size_t i = 0; i < judged->remark_count; i++)
		if (judged->remarks[i].is_serious)
			talk_warning("%s, held against its references: %s", judged->result->path,
			             judged->remarks[i].text);
}
