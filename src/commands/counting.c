#include "commands/counting.h"

#include "core/str.h"
#include "plan/rotation.h"
#include "platform/event_sets.h"

#include <inttypes.h>

const char counting_multiplexed[] =
        "there are more events than counters, so every task counts each of them part of the time "
        "and the counts are scaled up: they are estimates (--overflow rotate lets trials count "
        "sets of them in turn, all the time)";

void counting_divide(const struct scenario *scenario, const struct dataset *before,
                     struct events *events, struct plan *plan, bool *ret_is_multiplexed)
{
	struct event_sets sets = {0};
	*ret_is_multiplexed = false;
	if (before) {
		sets = before->event_sets;
	} else if (scenario->overflow == OVERFLOW_ROTATE) {
		event_sets_find(events, &sets);
	} else {
		*ret_is_multiplexed = !event_sets_all_fit(events);
	}
	rotation_apply(&sets, plan);
}

static bool will_run(const struct plan *plan, uint32_t level)
{
	return !plan->levels[level].skipped;
}

/* "N=1, 4": the levels that do not count the event. Several policies have a level several times. */
static void add_levels(const struct plan *plan, size_t event, struct str *text)
{
	uint32_t last = 0;
	for (uint32_t l = 0; l < plan->level_count; l++) {
		const uint32_t missing = rotation_missing(&plan->event_sets, plan->blocks, l);
		const uint32_t concurrency = plan->levels[l].concurrency;
		if (!will_run(plan, l) || !(missing >> event & 1) || concurrency == last)
			continue;
		str_addf(text, "%s%" PRIu32, last ? ", " : "N=", concurrency);
		last = concurrency;
	}
}

void counting_add_missing(const struct plan *plan, const struct events *events, struct str *text)
{
	uint32_t missing = 0;
	for (uint32_t l = 0; l < plan->level_count; l++)
		if (will_run(plan, l))
			missing |= rotation_missing(&plan->event_sets, plan->blocks, l);
	if (!missing)
		return;
	str_addf(text, "%" PRIu32 " sets of events take turns, and there %s %" PRIu32 " %s: ",
	         plan->event_sets.count, plan->blocks == 1 ? "is" : "are", plan->blocks,
	         plan->blocks == 1 ? "block" : "blocks");
	bool is_first = true;
	for (size_t e = 0; e < events->count; e++) {
		if (!(missing >> e & 1))
			continue;
		str_addf(text, "%s%s is not counted at ", is_first ? "" : "; ",
		         events->definitions[e].name);
		add_levels(plan, e, text);
		is_first = false;
	}
	str_addf(text, ". With %" PRIu32 " blocks (-r %" PRIu32 ") every level counts everything",
	         plan->event_sets.count, plan->event_sets.count);
}
