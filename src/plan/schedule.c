#include "plan/schedule.h"

static bool is_left(const struct plan *plan, const struct schedule_state *state, size_t trial)
{
	const uint32_t level = plan->trials[trial].level;
	if (plan->levels[level].skipped ||
	    (state->level_abandoned && state->level_abandoned[level]))
		return false;
	switch (state->trial_states[trial]) {
	case TRIAL_PENDING:
	case TRIAL_RUNNING:
	case TRIAL_INTERRUPTED:
		return true;
	case TRIAL_DONE:
	case TRIAL_CENSORED:
	case TRIAL_ABANDONED:
	case TRIAL_SKIPPED:
	case TRIAL_STATES:
	default:
		return false;
	}
}

static bool is_begun(const struct plan *plan, const struct schedule_state *state, uint32_t block)
{
	for (size_t i = 0; i < plan->trial_count; i++)
		if (plan->trials[i].block == block && state->trial_states[i] != TRIAL_PENDING &&
		    state->trial_states[i] != TRIAL_SKIPPED)
			return true;
	return false;
}

int64_t schedule_next(const struct plan *plan, const struct schedule_state *state)
{
	const bool is_past = state->budget_ns > 0 && state->elapsed_ns >= state->budget_ns;
	for (size_t i = 0; i < plan->trial_count; i++) {
		if (!is_left(plan, state, i))
			continue;
		if (is_past && !is_begun(plan, state, plan->trials[i].block))
			return -1;
		return (int64_t)i;
	}
	return -1;
}
