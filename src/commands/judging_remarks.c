/* In what a result differs from those that it is held against: what makes a verdict mean less. */
#include "commands/judging_parts.h"
#include "commands/talk.h"
#include "core/error.h"

#include <stdlib.h>

static bool is_among(const struct findings *const *runs, size_t count, const struct findings *run)
{
	for (size_t i = 0; i < count; i++)
		if (runs[i] == run)
			return true;
	return false;
}

/* All runs of all references, each once. */
static int gather(const struct judging_references *references, const struct findings ***ret_runs,
                  size_t *ret_count, struct error *err)
{
	size_t most = 0;
	size_t count = 0;
	for (size_t i = 0; i < references->count; i++)
		most += references->owned[i].count;
	const struct findings **const runs = calloc(most + 1, sizeof(void *));
	if (!runs)
		return error_memory(err);
	for (size_t i = 0; i < references->count; i++)
		for (size_t k = 0; k < references->owned[i].count; k++)
			if (!is_among(runs, count, references->owned[i].runs[k]))
				runs[count++] = references->owned[i].runs[k];
	*ret_runs = runs;
	*ret_count = count;
	return 0;
}

int judging_find_remarks(struct judged *judged, struct error *err)
{
	size_t count = 0;
	int r = gather(&judged->references, &judged->compared, &count, err);
	if (r < 0 || count == 0)
		return r;
	judged->self = &judged->result->findings;
	const struct side base = {
	        .name = "the reference",
	        .path = judged->compared[0]->dataset->path,
	        .runs = judged->compared,
	        .count = count,
	};
	const struct side new = {
	        .name = "the node",
	        .path = judged->result->path,
	        .runs = &judged->self,
	        .count = 1,
	};
	return compare_build(&base, &new, &judged->comparison, err);
}

void judging_say_remarks(const struct judged *judged)
{
	const struct comparison *const comparison = &judged->comparison;
	for (size_t i = 0; i < comparison->remark_count; i++)
		if (comparison->remarks[i].is_serious)
			talk_warning("%s, held against its references: %s", judged->result->path,
			             comparison->remarks[i].text);
}
