/* What keeps the core busy between the bites of the chains: nothing more (scalar), or vectors of
 * fused multiply-adds at the rate that the units can do. */
#ifndef TASKS_SPIN_LOAD_H
#define TASKS_SPIN_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct load {
	const char *name;
	const char *help;
	bool (*is_supported)(void); /* by this processor, as it is now */
	/* Does so many vector operations, a multiple of 96. False: the unit computed wrongly.
	 * NULL: no load. */
	bool (*run)(uint64_t operations);
	uint64_t operations;      /* in one round */
	uint64_t rounds_per_work; /* rounds of --work 1: a second or so */
};

/* All of them, also those of other architectures, narrowest first; *ret_count of them. */
const struct load *load_list(size_t *ret_count);

/* NULL: no such name. */
const struct load *load_find(const char *name);

/* The widest that this processor has. */
const struct load *load_widest(void);

#endif
