#include "analyse/compare/compare_values.h"

#include "analyse/measure.h"
#include "core/error.h"

#include <stdlib.h>

int compare_load(const struct side *side, const ptrdiff_t *levels,
                 const struct measure_query *query, struct side_values *ret_values,
                 struct error *err)
{
	static const char no_level[] = "this run does not have the level";
	struct side_values values = {.runs = calloc(side->count + 1, sizeof *values.runs)};
	if (!values.runs)
		return error_memory(err);
	for (; values.count < side->count; values.count++) {
		struct measure_values *const run = &values.runs[values.count];
		const ptrdiff_t level = levels[values.count];
		*run = (struct measure_values){
		        .event = -1, .stated = estimate_absent(no_level), .reason = no_level};
		if (level < 0)
			continue;
		const int r = measure_values_find(side->runs[values.count], (size_t)level, query,
		                                  run, err);
		if (r < 0) {
			compare_unload(&values);
			return r;
		}
	}
	*ret_values = values;
	return 0;
}

void compare_unload(struct side_values *values)
{
	for (size_t i = 0; i < values->count; i++)
		measure_values_release(&values->runs[i]);
	free(values->runs);
	*values = (struct side_values){0};
}

bool compare_run_has_values(const struct measure_values *values)
{
	return values->count > 0 || estimate_has_value(&values->stated);
}

size_t compare_runs_with_values(const struct side_values *values)
{
	size_t count = 0;
	for (size_t i = 0; i < values->count; i++)
		count += compare_run_has_values(&values->runs[i]);
	return count;
}

bool compare_has_values(const struct side_values *values)
{
	return compare_runs_with_values(values) > 0;
}
