/* Which levels of a result a criterion speaks of. For analyse/verdict*.c and limits.c. */
#ifndef ANALYSE_VERDICT_VERDICT_LEVELS_H
#define ANALYSE_VERDICT_VERDICT_LEVELS_H

#include "analyse/findings.h"
#include "model/criteria.h"

#include <stddef.h>
#include <stdint.h>

/* One concurrency that is asked for. */
struct asked_level {
	uint32_t concurrency;
	/* A range stands for those of its levels that were measured; of all others each has to be
	 * there. */
	bool is_needed;
};

struct asked_levels {
	struct asked_level *items; /* ascending, no two equal */
	size_t count;
	char reason[256]; /* why there are none; "" where there are some */
};

/* What specs (count 0: `cores`) mean on the node of this result: `cores` and `pus` are those that
 * could be used, divided by the threads of a task. Returns 0 or -ENOMEM. */
int asked_levels_find(const struct findings *findings, const struct level_specs *specs,
                      struct asked_levels *ret_levels, struct error *err);
void asked_levels_release(struct asked_levels *levels);

#define cleanup_asked_levels __attribute__((cleanup(asked_levels_release)))

#endif
