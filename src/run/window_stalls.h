/* For how long something stood still in a trial's window: the pressure stall totals at its two
 * ends, and what they differ by as samples. */
#ifndef RUN_WINDOW_STALLS_H
#define RUN_WINDOW_STALLS_H

#include "model/sink.h"
#include "platform/stalls.h"
#include "run/protocol.h"

#include <stdbool.h>

/* Zeroed at the beginning of a trial. */
struct window_stalls {
	bool has_opened;
	bool has_closed;
	struct stall_reading opened;
	struct stall_reading closed;
};

/* To be called whenever the protocol may have moved; reads when the window opens and when it
 * closes. Nothing is read of a window that was never seen open. stalls may be NULL. */
void window_stalls_watch(struct window_stalls *window, const struct protocol *protocol,
                         const struct stalls *stalls);

/* Puts a sample of every kind that is known, and one of the time between the readings. Returns 0
 * or -errno of the sink. */
int window_stalls_put(const struct window_stalls *window, const struct trial_record *trial,
                      const struct sink *sink, struct error *err);

#endif
