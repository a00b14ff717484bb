#include "model/criteria.h"

#include "core/array.h"
#include "core/error.h"

#include <math.h>
#include <stdlib.h>

const char *const verdict_names[VERDICTS] = {[VERDICT_PASS] = "pass",
                                             [VERDICT_FAIL] = "fail",
                                             [VERDICT_INCONCLUSIVE] = "inconclusive",
                                             [VERDICT_SKIPPED] = "skipped"};

const char *const criterion_bound_names[] = {"at_least", "at_most", NULL};
const char *const criterion_absence_names[] = {"inconclusive", "skip", NULL};

int criteria_add(struct criteria *criteria, struct criterion *criterion, struct error *err)
{
	const int r = array_reserve(&criteria->items, &criteria->capacity, criteria->count + 1,
	                            sizeof *criteria->items, err);
	if (r < 0)
		return r;
	criteria->items[criteria->count++] = *criterion;
	*criterion = (struct criterion){0};
	return 0;
}

bool criterion_is_relative(const struct criterion *criterion)
{
	return criterion->references.count > 0 || !isnan(criterion->margin);
}

bool criteria_have_origin(const struct criteria *criteria)
{
	const struct criteria_origin *const origin = &criteria->origin;
	return origin->command || origin->processor || origin->scenario;
}

void criterion_release(struct criterion *criterion)
{
	if (!criterion)
		return;
	free(criterion->spelling);
	free(criterion->label);
	free(criterion->detail);
	free(criterion->policy);
	level_specs_release(&criterion->levels);
	words_release(&criterion->references);
	*criterion = (struct criterion){0};
}

void criteria_release(struct criteria *criteria)
{
	if (!criteria)
		return;
	for (size_t i = 0; i < criteria->count; i++)
		criterion_release(&criteria->items[i]);
	free(criteria->items);
	free(criteria->folder);
	free(criteria->origin.command);
	free(criteria->origin.processor);
	free(criteria->origin.scenario);
	*criteria = (struct criteria){0};
}
