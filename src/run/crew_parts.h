/* What run/crew.c (set-up, starting) and run/crew_end.c (ending, reaping) share, and nobody else
 * sees. */
#ifndef RUN_CREW_PARTS_H
#define RUN_CREW_PARTS_H

#include "core/clock.h"
#include "platform/delays.h"
#include "platform/events.h"
#include "run/crew.h"
#include "run/words.h"

/* Of any task so far, bytes; -1: not known. */
struct most_memory {
	int64_t process_bytes; /* of its largest process */
	int64_t rss_bytes;     /* of its tree */
	int64_t pss_bytes;
};

struct crew {
	struct crew_settings settings;
	struct words_context words_context;
	const struct events *events; /* that tasks count now: all, or one_set */
	struct events one_set;
	struct launcher *launcher;
	struct launch_cell *cells;
	struct streams *streams;
	struct orphans *orphans;
	struct memory_limit *limit; /* NULL: none */
	struct delays *delays;
	struct slot *slots;
	uint32_t *ended; /* scratch of crew_reap, one entry per slot */
	uint32_t busy;
	uint32_t lost_workdirs;
	uint32_t delays_kept[DELAYS_FATES]; /* tasks, by what became of their delays */
	struct most_memory most_memory;
	int64_t own_max_rss_bytes; /* plateau's, when it was asked for last */
	int outputs_fd;
	int workdirs_fd;
};

static inline int64_t now_ns_of(const struct crew *crew)
{
	return clock_now_ns() - crew->settings.origin_ns;
}

#endif
