#include "model/submit.h"

#include <stdlib.h>

const struct submit_state_words submit_state_words[SUBMIT_STATES] = {
        [SUBMIT_WAITING] = {"waiting", "to submit"},
        [SUBMIT_SUBMITTED] = {"submitted", "submitted"},
        [SUBMIT_REFUSED] = {"refused", "refused"},
        [SUBMIT_LIVE] = {"live", "in the queue"},
        [SUBMIT_DONE] = {"done", "done before"},
        [SUBMIT_NOT_ASKED] = {"not-asked", "not asked for"},
        [SUBMIT_NOT_RUN] = {"not-run", "not run"},
};

size_t submit_steps_in(const struct submit_steps *steps, enum submit_state state)
{
	size_t count = 0;
	for (size_t i = 0; i < steps->count; i++)
		count += steps->items[i].state == state;
	return count;
}

void submit_steps_release(struct submit_steps *steps)
{
	if (!steps)
		return;
	for (size_t i = 0; i < steps->count; i++) {
		free(steps->items[i].node);
		free(steps->items[i].partition);
		free(steps->items[i].job);
		free(steps->items[i].reason);
	}
	free(steps->items);
	*steps = (struct submit_steps){0};
}
