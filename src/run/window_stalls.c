#include "run/window_stalls.h"

#include <stdio.h>

void window_stalls_watch(struct window_stalls *window, const struct protocol *protocol,
                         const struct stalls *stalls)
{
	if (!window->has_opened && protocol->phase == PHASE_WINDOW) {
		window->has_opened = true;
		stalls_read(stalls, &window->opened);
	} else if (window->has_opened && !window->has_closed && protocol->phase == PHASE_DRAIN) {
		window->has_closed = true;
		stalls_read(stalls, &window->closed);
	}
}

static int put_sample(const char *name, int64_t ns, const struct trial_record *trial,
                      const struct sink *sink, struct error *err)
{
	struct record record = {.kind = RECORD_SAMPLE,
	                        .sample = {.at_ns = trial->window_end_ns,
	                                   .trial = trial->trial,
	                                   .slot = -1,
	                                   .place = -1,
	                                   .value = (double)ns * 1e-9}};
	snprintf(record.sample.name, sizeof record.sample.name, "%s", name);
	return sink_put(sink, &record, err);
}

int window_stalls_put(const struct window_stalls *window, const struct trial_record *trial,
                      const struct sink *sink, struct error *err)
{
	bool is_any = false;
	int r = 0;
	for (int i = 0; r == 0 && window->has_closed && i < STALL_KINDS; i++) {
		const int64_t before_ns = window->opened.total_ns[i];
		const int64_t after_ns = window->closed.total_ns[i];
		if (before_ns == RECORD_ABSENT || after_ns == RECORD_ABSENT || after_ns < before_ns)
			continue;
		r = put_sample(stall_sample_names[i], after_ns - before_ns, trial, sink, err);
		is_any = true;
	}
	if (r < 0 || !is_any)
		return r;
	return put_sample(stall_elapsed_sample_name, window->closed.at_ns - window->opened.at_ns,
	                  trial, sink, err);
}
